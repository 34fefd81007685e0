package diagram

import (
	"cmp"
	"slices"
)

// sweeps is how often the layers are ordered by their neighbours before the best order is taken.
const sweeps = 24

// order arranges the vertices of each layer so that few lines cross: each goes to where its neighbours are, layer by layer, down and
// up in turn, and neighbours change places where that helps.
func (l *layout) order() {
	l.firstOrder()
	best, fewest := l.keepOrder(), l.crossings()
	for i := 0; i < sweeps && fewest > 0; i++ {
		if i%2 == 0 {
			for layer := 1; layer < len(l.layers); layer++ {
				l.arrange(layer, func(v *vertex) []int { return v.up })
			}
		} else {
			for layer := len(l.layers) - 2; layer >= 0; layer-- {
				l.arrange(layer, func(v *vertex) []int { return v.down })
			}
		}
		l.transpose()
		if n := l.crossings(); n < fewest {
			best, fewest = l.keepOrder(), n
		}
	}
	l.layers = best
	l.number()
}

// firstOrder is that in which the lines are met when the flow is followed.
func (l *layout) firstOrder() {
	seen := make([]bool, len(l.vertices))
	layers := make([][]int, len(l.layers))
	var visit func(int)
	visit = func(i int) {
		if seen[i] {
			return
		}
		seen[i] = true
		v := &l.vertices[i]
		layers[v.layer] = append(layers[v.layer], i)
		for _, next := range v.down {
			visit(next)
		}
	}
	for _, layer := range l.layers {
		for _, i := range layer {
			visit(i)
		}
	}
	l.layers = layers
	l.number()
}

func (l *layout) number() {
	for _, layer := range l.layers {
		for pos, i := range layer {
			l.vertices[i].pos = pos
		}
	}
}

func (l *layout) keepOrder() [][]int {
	kept := make([][]int, len(l.layers))
	for i, layer := range l.layers {
		kept[i] = slices.Clone(layer)
	}
	return kept
}

// arrange sorts a layer by the middle of each vertex's neighbours; who has none keeps its place.
func (l *layout) arrange(layer int, neighbours func(*vertex) []int) {
	middle := map[int]float64{}
	for pos, i := range l.layers[layer] {
		near := neighbours(&l.vertices[i])
		if len(near) == 0 {
			middle[i] = float64(pos)
			continue
		}
		sum := 0.0
		for _, n := range near {
			sum += float64(l.vertices[n].pos)
		}
		middle[i] = sum / float64(len(near))
	}
	slices.SortStableFunc(l.layers[layer], func(a, b int) int { return cmp.Compare(middle[a], middle[b]) })
	for pos, i := range l.layers[layer] {
		l.vertices[i].pos = pos
	}
}

// transpose lets neighbours change places as long as that saves crossings.
func (l *layout) transpose() {
	for range 4 {
		better := false
		for _, layer := range l.layers {
			for pos := 0; pos+1 < len(layer); pos++ {
				a, b := &l.vertices[layer[pos]], &l.vertices[layer[pos+1]]
				if l.pairs(a.up, b.up)+l.pairs(a.down, b.down) > l.pairs(b.up, a.up)+l.pairs(b.down, a.down) {
					layer[pos], layer[pos+1] = layer[pos+1], layer[pos]
					a.pos, b.pos, better = pos+1, pos, true
				}
			}
		}
		if !better {
			return
		}
	}
}

// pairs counts the crossings of the lines of two vertices, the first of which is on the left.
func (l *layout) pairs(left, right []int) int {
	n := 0
	for _, a := range left {
		for _, b := range right {
			if l.vertices[a].pos > l.vertices[b].pos {
				n++
			}
		}
	}
	return n
}

// crossings counts those of all lines: for each line, those to its left that end to its right.
func (l *layout) crossings() int {
	total := 0
	for at := 1; at < len(l.layers); at++ {
		count := make([]int, len(l.layers[at])+1) // a Fenwick tree over the places of the lower layer
		drawn := 0
		for _, i := range l.layers[at-1] {
			for _, to := range l.vertices[i].down {
				passed := 0
				for p := l.vertices[to].pos + 1; p > 0; p -= p & -p {
					passed += count[p]
				}
				total += drawn - passed
			}
			for _, to := range l.vertices[i].down {
				for p := l.vertices[to].pos + 1; p < len(count); p += p & -p {
					count[p]++
				}
				drawn++
			}
		}
	}
	return total
}
