package center

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/store"
)

// A clock runs behind a flow that waits and goes on meanwhile: when its time is over the flow goes on behind the clock, whatever it does.
// Source: flow sheet, 11.18.

const jobClock = "clock" // key: the contact

func init() {
	chatJobs[jobClock] = func(sc *scene, _ store.Job) error { return sc.clockOver() }
}

func (sc *scene) startClock(e flow.StartClock) {
	now := sc.tx.Now()
	sc.runClock(now.Add(e.AtLeast).UnixMilli(), now.Add(e.For).UnixMilli())
}

// runClock has a clock run until it is over; before pauses nothing goes on behind it.
func (sc *scene) runClock(pauses, over int64) {
	sc.contact.FlowPauses, sc.contact.FlowClock, sc.contactChanged = pauses, over, true
	sc.putJob(jobClock, sc.contact.ID, time.UnixMilli(over).Sub(sc.tx.Now()), nil)
}

func (sc *scene) stopClock() {
	if sc.contact.FlowPauses == 0 {
		return
	}
	sc.contact.FlowPauses, sc.contact.FlowClock, sc.contactChanged = 0, 0, true
	sc.tx.DeleteJob(jobClock, sc.contact.ID)
}

// awaitClock suspends a run that has nothing more to do until its clock lets it go on. It reports false when that is now.
func (sc *scene) awaitClock(state *flow.State) (bool, error) {
	left := time.UnixMilli(sc.contact.FlowPauses).Sub(sc.tx.Now())
	sc.stopClock()
	if left <= 0 {
		return false, nil
	}
	return true, sc.wait(state, flow.Wait{For: left})
}

// clockOver goes on behind the clock.
func (sc *scene) clockOver() error {
	if sc.contact.FlowState == nil {
		return nil
	}
	var state flow.State
	if err := json.Unmarshal(sc.contact.FlowState, &state); err != nil {
		return fmt.Errorf("flow state of contact %s: %w", sc.contact.ID, err)
	}
	state, runs := state.AtClock()
	if !runs { // the module that waited is over
		sc.stopClock()
		return nil
	}
	sc.stopFlow()
	return sc.run(state, flow.Input{Kind: flow.ClockOver})
}
