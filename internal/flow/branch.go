package flow

import (
	"math/bits"
	"strconv"
)

// maxLoops is the most rounds of a Loop.
const maxLoops = 100

// compare gives its conditions a value to test. A missing value matches none.
func compare(r *run, a *action, _ args) outcome {
	v := a.params["ComparisonValue"]
	if v.text == nil {
		return outcome{missing: true}
	}
	if ref, ok := v.text.reference(); ok {
		found, ok := r.lookup(ref)
		return outcome{result: found, missing: !ok}
	}
	s, _ := r.text(*v.text)
	return outcome{result: s}
}

// loop leads ContinueLooping a number of times, then DoneLooping once, and starts over.
func loop(r *run, a *action, in args) outcome {
	s, _ := in.text("LoopCount")
	rounds, err := strconv.Atoi(s)
	if err != nil || rounds < 0 || rounds > maxLoops {
		if _, _, ok := a.branch(NoMatchingError); ok {
			return fails("LoopCount " + strconv.Quote(s))
		}
		rounds = 0
	}
	if r.state.Loops[a.id] >= rounds {
		delete(r.state.Loops, a.id)
		return outcome{result: doneLooping}
	}
	if r.state.Loops == nil {
		r.state.Loops = map[string]int{}
	}
	r.state.Loops[a.id]++
	return outcome{result: continueLooping}
}

// distribute draws from 0 to 99, so that "less than 10" is exactly one in ten. Source: flow sheet, 11.16.
func distribute(r *run, _ *action, _ args) outcome {
	return outcome{result: strconv.FormatUint(r.state.draw(100), 10)}
}

// draw returns a number below n and moves the generator on (SplitMix64).
func (st *State) draw(n uint64) uint64 {
	st.Seed += 0x9e3779b97f4a7c15
	z := st.Seed
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	drawn, _ := bits.Mul64(z^z>>31, n)
	return drawn
}

// SeedFor returns a seed of whose draws by percentage the first is percent, from 0 to 99.
func SeedFor(percent int) uint64 {
	for seed := uint64(0); ; seed++ {
		st := Start(seed)
		if st.draw(100) == uint64(percent) {
			return seed
		}
	}
}
