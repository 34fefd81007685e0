package diagram

import (
	"cmp"
	"math"
	"slices"
)

// Distances in pixels.
const (
	margin     = 28
	cardGap    = 36 // between cards beside each other
	pointGap   = 18 // between anything else beside each other
	pointWidth = 2
	layerGap   = 22 // between a layer and the labels below it
	maxSpread  = 44 // more than that where lines go far to the side
	firstTurn  = 12 // below or above the cards
	nextTurn   = 8
	portGap    = 16 // between lines that leave or enter a card
	portMargin = 20 // from the corner of a card
)

// place gives every vertex its coordinates. Across: the method of Brandes and Köpf, which draws long lines straight and cards above the
// middle of what follows – four alignments, of which the average of the middle two is taken.
func (l *layout) place() {
	straight := l.straight()
	var all [4][]float64
	for i := range all {
		all[i] = l.align(i&2 != 0, i&1 != 0, straight)
	}
	l.settle(&all)
	left := math.Inf(1)
	for i := range l.vertices {
		v := &l.vertices[i]
		xs := []float64{all[0][i], all[1][i], all[2][i], all[3][i]}
		slices.Sort(xs)
		v.x = (xs[1] + xs[2]) / 2
		left = min(left, v.x-v.w/2)
	}
	for i := range l.vertices {
		v := &l.vertices[i]
		v.x = math.Round(v.x - left + margin)
		l.width = max(l.width, v.x+v.w/2+margin)
	}
	l.placeDown()
}

// settle moves the four alignments over the narrowest one: those to the left at its left edge, those to the right at its right.
func (l *layout) settle(all *[4][]float64) {
	edges := func(xs []float64) (low, high float64) {
		low, high = math.Inf(1), math.Inf(-1)
		for i, x := range xs {
			low, high = min(low, x-l.vertices[i].w/2), max(high, x+l.vertices[i].w/2)
		}
		return low, high
	}
	narrowest, low, high := math.Inf(1), 0.0, 0.0
	for _, xs := range all {
		if a, b := edges(xs); b-a < narrowest {
			narrowest, low, high = b-a, a, b
		}
	}
	for i, xs := range all {
		a, b := edges(xs)
		shift := low - a
		if i&1 != 0 {
			shift = high - b
		}
		for j := range xs {
			xs[j] += shift
		}
	}
}

// straight returns the pairs of vertices, upper and lower, that must not be aligned, for that would bend a long line that they cross.
func (l *layout) straight() map[[2]int]bool {
	crossed := map[[2]int]bool{}
	for _, layer := range l.layers {
		var long, short [][2]int
		for _, i := range layer {
			for _, to := range l.vertices[i].down {
				if l.point(i) && l.point(to) {
					long = append(long, [2]int{i, to})
				} else {
					short = append(short, [2]int{i, to})
				}
			}
		}
		for _, s := range short {
			for _, g := range long {
				above := l.vertices[s[0]].pos - l.vertices[g[0]].pos
				below := l.vertices[s[1]].pos - l.vertices[g[1]].pos
				if above*below < 0 {
					crossed[s] = true
					break
				}
			}
		}
	}
	return crossed
}

func (l *layout) point(i int) bool { return l.vertices[i].node < 0 && l.vertices[i].label == "" }

// align puts each vertex above or below the median of its neighbours where it can, and moves the blocks that arise together, to the left or
// to the right.
func (l *layout) align(upwards, right bool, crossed map[[2]int]bool) []float64 {
	layers := l.keepOrder()
	if upwards {
		slices.Reverse(layers)
	}
	at := make([]int, len(l.vertices)) // place in the layer in this direction
	for _, layer := range layers {
		if right {
			slices.Reverse(layer)
		}
		for pos, i := range layer {
			at[i] = pos
		}
	}
	root, next := make([]int, len(l.vertices)), make([]int, len(l.vertices))
	for i := range root {
		root[i], next[i] = i, i
	}
	for _, layer := range layers {
		last := -1
		for _, i := range layer {
			near := slices.Clone(l.vertices[i].up)
			if upwards {
				near = slices.Clone(l.vertices[i].down)
			}
			slices.SortFunc(near, func(a, b int) int { return cmp.Compare(at[a], at[b]) })
			for m := (len(near) - 1) / 2; m <= len(near)/2 && m >= 0 && m < len(near); m++ {
				n := near[m]
				pair := [2]int{n, i}
				if upwards {
					pair = [2]int{i, n}
				}
				if next[i] == i && last < at[n] && !crossed[pair] {
					next[n], root[i] = i, root[n]
					next[i] = root[i]
					last = at[n]
				}
			}
		}
	}
	xs := l.compact(layers, root)
	if right {
		for i := range xs {
			xs[i] = -xs[i]
		}
	}
	return xs
}

// compact places blocks as far to the left as their neighbours allow, and then as far to the right as costs no width.
func (l *layout) compact(layers [][]int, root []int) []float64 {
	type side struct {
		block int
		gap   float64
	}
	n := len(l.vertices)
	before, after, waiting := make([][]side, n), make([][]side, n), make([]int, n)
	for _, layer := range layers {
		for pos := 1; pos < len(layer); pos++ {
			u, v := layer[pos-1], layer[pos]
			gap := l.gap(u, v)
			before[root[v]] = append(before[root[v]], side{root[u], gap})
			after[root[u]] = append(after[root[u]], side{root[v], gap})
			waiting[root[v]]++
		}
	}
	var sorted []int
	for i := range n {
		if root[i] == i && waiting[i] == 0 {
			sorted = append(sorted, i)
		}
	}
	xs := make([]float64, n)
	for k := 0; k < len(sorted); k++ {
		b := sorted[k]
		for _, s := range before[b] {
			xs[b] = max(xs[b], xs[s.block]+s.gap)
		}
		for _, s := range after[b] {
			if waiting[s.block]--; waiting[s.block] == 0 {
				sorted = append(sorted, s.block)
			}
		}
	}
	for _, b := range slices.Backward(sorted) {
		if len(after[b]) == 0 {
			continue
		}
		limit := math.Inf(1)
		for _, s := range after[b] {
			limit = min(limit, xs[s.block]-s.gap)
		}
		xs[b] = max(xs[b], limit)
	}
	for i := range xs {
		xs[i] = xs[root[i]]
	}
	return xs
}

// gap is how far the centres of neighbours must be apart.
func (l *layout) gap(u, v int) float64 {
	a, b := &l.vertices[u], &l.vertices[v]
	gap := float64(pointGap)
	if a.node >= 0 && b.node >= 0 {
		gap = cardGap
	}
	return (a.w+b.w)/2 + gap
}

// placeDown stacks the layers. Where lines go far to the side there is more room for them.
func (l *layout) placeDown() {
	room := l.turns()
	y := float64(margin)
	for at, layer := range l.layers {
		height := 0.0
		for _, i := range layer {
			height = max(height, l.vertices[i].h)
		}
		if at > 0 {
			farthest := 0.0
			for _, i := range l.layers[at-1] {
				for _, to := range l.vertices[i].down {
					farthest = max(farthest, math.Abs(l.vertices[i].x-l.vertices[to].x))
				}
			}
			y += math.Round(layerGap + min(maxSpread, farthest/14) + room[at])
		} else {
			y += room[at]
		}
		for _, i := range layer {
			l.vertices[i].y = y + height/2
		}
		l.spans = append(l.spans, span{y, y + height})
		y += height
	}
	l.height = y + room[len(l.layers)] + margin
}

// turns gives each line that goes back a height of its own at which it turns, the shorter ones nearer to the cards, and returns how much
// room that takes above each layer.
func (l *layout) turns() []float64 {
	room := make([]float64, len(l.layers)+1)
	type end struct {
		link  int
		below bool
		long  float64
	}
	ends := map[int][]end{} // by the layer that the room is above
	for i := range l.links {
		k := &l.links[i]
		if !k.back {
			continue
		}
		first, last := l.vertices[k.path[0]], l.vertices[k.path[len(k.path)-1]]
		from, to := l.vertices[k.from], l.vertices[k.to]
		ends[from.layer+1] = append(ends[from.layer+1], end{i, true, math.Abs(first.x - from.x)})
		ends[to.layer] = append(ends[to.layer], end{i, false, math.Abs(last.x - to.x)})
	}
	for layer, all := range ends {
		slices.SortStableFunc(all, func(a, b end) int { return cmp.Compare(a.long, b.long) })
		below, above := 0.0, 0.0
		for _, e := range all {
			k := &l.links[e.link]
			if e.below {
				k.dip = firstTurn + below
				below += nextTurn
			} else {
				k.rise = firstTurn + nextTurn/2 + above
				above += nextTurn
			}
		}
		room[layer] = below + above
	}
	return room
}
