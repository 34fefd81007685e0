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
	sc.contact.FlowPauses, sc.contactChanged = sc.tx.Now().Add(e.AtLeast).UnixMilli(), true
	sc.putJob(jobClock, sc.contact.ID, e.For, nil)
}

func (sc *scene) stopClock() {
	if sc.contact.FlowPauses == 0 {
		return
	}
	sc.contact.FlowPauses, sc.contactChanged = 0, true
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
	for state.Behind == "" && state.Caller != nil { // a module is under way
		caller := *state.Caller
		caller.Seed, caller.Steps = state.Seed, state.Steps
		state = caller
	}
	if state.Behind == "" { // the module that waited is over
		sc.stopClock()
		return nil
	}
	sc.stopFlow()
	return sc.run(state, flow.Input{Kind: flow.ClockOver})
}
