package suite

import "github.com/openparley/parley/internal/play"

// DiffLine is a line of a difference.
type DiffLine struct {
	Sign byte // '-' is written and was not seen, '+' was seen and is not written, ' ' is both
	Text string
}

// around is how many lines are shown beside a difference.
const around = 2

// diff finds where two conversations differ.
func diff(p *play.Play, got []play.Line) []Problem {
	want := p.Lines
	common := lengths(p, got)
	var lines []DiffLine
	var numbers []int // of the line of want that each stands at
	add := func(sign byte, l play.Line, i int) {
		lines = append(lines, DiffLine{sign, l.String()})
		number := 0
		if len(want) > 0 {
			number = want[min(i, len(want)-1)].Number
		}
		numbers = append(numbers, number)
	}
	i, j := 0, 0
	for i < len(want) || j < len(got) {
		switch {
		case i < len(want) && j < len(got) && p.Same(want[i], got[j]):
			add(' ', want[i], i)
			i, j = i+1, j+1
		case j == len(got) || i < len(want) && common[i+1][j] >= common[i][j+1]:
			add('-', want[i], i)
			i++
		default:
			add('+', got[j], i)
			j++
		}
	}
	return hunks(lines, numbers)
}

// lengths says how many lines of want from i on and of got from j on are the same, in order.
func lengths(p *play.Play, got []play.Line) [][]int {
	want := p.Lines
	n := make([][]int, len(want)+1)
	for i := range n {
		n[i] = make([]int, len(got)+1)
	}
	for i := len(want) - 1; i >= 0; i-- {
		for j := len(got) - 1; j >= 0; j-- {
			if p.Same(want[i], got[j]) {
				n[i][j] = n[i+1][j+1] + 1
			} else {
				n[i][j] = max(n[i+1][j], n[i][j+1])
			}
		}
	}
	return n
}

// hunks cuts out what differs, with what is around it.
func hunks(lines []DiffLine, numbers []int) (all []Problem) {
	for i := 0; i < len(lines); i++ {
		if lines[i].Sign == ' ' {
			continue
		}
		from, to := max(0, i-around), i
		for next := i; next < len(lines) && next <= to+2*around; next++ {
			if lines[next].Sign != ' ' {
				to = next
			}
		}
		end := min(len(lines), to+1+around)
		all = append(all, Problem{Line: numbers[i], Message: "seen otherwise", Diff: lines[from:end]})
		i = end - 1
	}
	return all
}
