package fault_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/internal/fault"
)

func TestMeets(t *testing.T) {
	t.Parallel()
	type asked struct{ name, operation, contact string }
	const name = fault.ServerErrors
	for _, tt := range []struct {
		what  string
		fault fault.Fault
		asked []asked
		want  []bool
	}{
		{
			"all calls",
			fault.Fault{Fault: name},
			[]asked{{name, "SendMessage", "a"}, {name, "", ""}, {fault.LostAnswers, "SendMessage", "a"}},
			[]bool{true, true, false},
		},
		{
			"some operations",
			fault.Fault{Fault: name, Operations: []string{"SendMessage", "SendEvent"}},
			[]asked{{name, "SendEvent", "a"}, {name, "GetTranscript", "a"}, {name, "", "a"}},
			[]bool{true, false, false},
		},
		{
			"one chat",
			fault.Fault{Fault: name, Contact: "a"},
			[]asked{{name, "SendEvent", "a"}, {name, "SendEvent", "b"}, {name, "SendEvent", ""}},
			[]bool{true, false, false},
		},
		{
			"twice",
			fault.Fault{Fault: name, Times: 2, Contact: "a"},
			[]asked{{name, "", "b"}, {name, "", "a"}, {name, "", "a"}, {name, "", "a"}},
			[]bool{false, true, true, false},
		},
		{
			"by all chance",
			fault.Fault{Fault: name, Chance: 1},
			[]asked{{name, "", "a"}, {name, "", "b"}},
			[]bool{true, true},
		},
		{
			"sockets that are open met none",
			fault.Fault{Fault: fault.SocketCut},
			[]asked{{fault.SocketCut, "WebSocket", "a"}},
			[]bool{false},
		},
		{
			"each at an item",
			fault.Fault{Fault: fault.SocketCut, Chance: 1},
			[]asked{{fault.SocketCut, "WebSocket", "a"}},
			[]bool{true},
		},
	} {
		var p fault.Plan
		if err := p.Add(tt.fault); err != nil {
			t.Fatal(err)
		}
		var got []bool
		met := 0
		for _, a := range tt.asked {
			f, meets := p.Meets(a.name, a.operation, a.contact)
			if got = append(got, meets); meets {
				met++
				if diff := cmp.Diff(tt.fault, f); diff != "" {
					t.Errorf("%s: another fault (-want +got):\n%s", tt.what, diff)
				}
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v met %v, want %v", tt.what, tt.asked, got, tt.want)
		}
		if active := p.Active(); len(active) != 1 || active[0].Met != met {
			t.Errorf("%s: it stands at %+v after %d", tt.what, active, met)
		}
	}
}

// TestFaultsBesideEachOther: one that is over, or is for others, leaves the call to the next.
func TestFaultsBesideEachOther(t *testing.T) {
	t.Parallel()
	var p fault.Plan
	for _, f := range []fault.Fault{
		{Fault: fault.SlowAnswers, Times: 1, Delay: fault.Duration(time.Second)},
		{Fault: fault.SlowAnswers, Operations: []string{"SendEvent"}, Delay: fault.Duration(time.Minute)},
		{Fault: fault.SlowAnswers, Delay: fault.Duration(time.Hour)},
	} {
		if err := p.Add(f); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []time.Duration{time.Second, time.Hour, time.Hour} {
		if f, meets := p.Meets(fault.SlowAnswers, "SendMessage", ""); !meets || time.Duration(f.Delay) != want {
			t.Errorf("call %d: %+v, want %v", i, f, want)
		}
	}
	if f, meets := p.Meets(fault.SlowAnswers, "SendEvent", ""); !meets || time.Duration(f.Delay) != time.Minute {
		t.Errorf("another call: %+v", f)
	}
}

func TestStrike(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		what  string
		fault fault.Fault
		want  []int
	}{
		{"all", fault.Fault{Fault: fault.SocketHalfOpen}, []int{0, 1, 2, 3}},
		{"one chat", fault.Fault{Fault: fault.SocketFrozen, Contact: "b"}, []int{1, 3}},
		{"the first of it", fault.Fault{Fault: fault.SocketCut, Contact: "b", Times: 1}, []int{1}},
		{"calls alone", fault.Fault{Fault: fault.SocketCut, Operations: []string{"SendMessage"}}, nil},
	} {
		var p fault.Plan
		met, err := p.Strike(tt.fault, "WebSocket", []string{"a", "b", "c", "b"})
		if err != nil || !slices.Equal(met, tt.want) || p.Active()[0].Met != len(tt.want) {
			t.Errorf("%s: %v met %v (%v), want %v", tt.what, tt.fault, met, err, tt.want)
		}
	}
	var by [2][]int
	for i := range by {
		var p fault.Plan
		met, err := p.Strike(fault.Fault{Fault: fault.SocketHalfOpen, Chance: 0.5, Seed: 7}, "WebSocket", make([]string, 100))
		if by[i] = met; err != nil || len(met) < 25 || len(met) > 75 {
			t.Errorf("half of 100: %v (%v)", met, err)
		}
	}
	if !slices.Equal(by[0], by[1]) {
		t.Errorf("the same seed met %v and %v", by[0], by[1])
	}
}

func TestLift(t *testing.T) {
	t.Parallel()
	var p fault.Plan
	add := func() {
		for _, name := range []string{fault.SocketFrozen, fault.ServerErrors, fault.LostAnswers} {
			if err := p.Add(fault.Fault{Fault: name}); err != nil {
				t.Fatal(err)
			}
		}
	}
	add()
	thawed := p.Lifted(fault.SocketFrozen)
	p.Lift(fault.ServerErrors)
	if _, meets := p.Meets(fault.ServerErrors, "", ""); meets {
		t.Error("it was lifted")
	}
	if _, meets := p.Meets(fault.LostAnswers, "", ""); !meets {
		t.Error("another was lifted too")
	}
	select {
	case <-thawed:
		t.Error("another fault was lifted, and what is frozen thawed")
	default:
	}
	p.Lift(fault.SocketFrozen)
	<-thawed
	add()
	thawed = p.Lifted(fault.SocketFrozen)
	p.Lift()
	<-thawed
	if p.Any() || len(p.Active()) > 0 {
		t.Errorf("left: %+v", p.Active())
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, name := range fault.Presets() {
		var p fault.Plan
		if err := p.Add(fault.Fault{Fault: name, Times: 1, Chance: 0.5, Delay: 1}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, tt := range []struct {
		fault fault.Fault
		want  string
	}{
		{fault.Fault{}, `there is no fault ""`},
		{fault.Fault{Fault: "rain"}, `there is no fault "rain": known are throttling, quota-reached`},
		{fault.Fault{Fault: fault.Throttling, Times: -1}, "can not be negative"},
		{fault.Fault{Fault: fault.Throttling, Delay: -1}, "can not be negative"},
		{fault.Fault{Fault: fault.Throttling, Chance: 1.5}, "between 0 and 1"},
		{fault.Fault{Fault: fault.Throttling, Chance: -0.5}, "between 0 and 1"},
		{fault.Fault{Fault: fault.SlowAnswers}, "needs a delay"},
		{fault.Fault{Fault: fault.ClockSkew}, "needs a delay"},
	} {
		var p fault.Plan
		if err := p.Add(tt.fault); err == nil || !strings.Contains(err.Error(), tt.want) || p.Any() {
			t.Errorf("%+v: %v, want %q", tt.fault, err, tt.want)
		}
	}
}

// TestSeeds: a storm and each of its faults repeat themselves with the same seed, and not with another.
func TestSeeds(t *testing.T) {
	t.Parallel()
	run := func(seed uint64) (met []string) {
		var p fault.Plan
		for _, f := range fault.Storm(seed) {
			if err := p.Add(f); err != nil {
				t.Fatal(err)
			}
		}
		for range 200 {
			for _, name := range fault.Presets() {
				if _, meets := p.Meets(name, "SendMessage", "a"); meets {
					met = append(met, name)
				}
			}
		}
		return met
	}
	if diff := cmp.Diff(fault.Storm(7), fault.Storm(7)); diff != "" {
		t.Errorf("a storm differs from itself:\n%s", diff)
	}
	if diff := cmp.Diff(run(7), run(7)); diff != "" {
		t.Errorf("the same storm met others:\n%s", diff)
	}
	if cmp.Equal(run(7), run(8)) {
		t.Error("two seeds make the same storm")
	}
	for _, name := range []string{fault.ConnectRefused, fault.DuplicateFrames, fault.LateFrames, fault.LostAnswers, fault.ServerErrors, fault.SocketCut} {
		if !slices.Contains(run(7), name) {
			t.Errorf("%s is no part of a storm of 200 calls", name)
		}
	}
}

// TestJSON: what programs in other languages write and read.
func TestJSON(t *testing.T) {
	t.Parallel()
	const text = `{"Fault":"slow-answers","Operations":["SendMessage"],"Contact":"c","Times":2,"Chance":0.5,"Seed":7,"Delay":"1.5s"}`
	want := fault.Fault{
		Fault: fault.SlowAnswers, Operations: []string{"SendMessage"}, Contact: "c", Times: 2, Chance: 0.5, Seed: 7,
		Delay: fault.Duration(1500 * time.Millisecond),
	}
	var got fault.Fault
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
	if b, err := json.Marshal(want); err != nil || string(b) != text {
		t.Errorf("written: %s (%v)", b, err)
	}
	if b, err := json.Marshal(fault.Active{Fault: fault.Fault{Fault: fault.Throttling}, Met: 3}); err != nil || string(b) != `{"Fault":"throttling","Met":3}` {
		t.Errorf("written: %s (%v)", b, err)
	}
	if err := json.Unmarshal([]byte(`{"Delay":"long"}`), &got); err == nil || !strings.Contains(err.Error(), `"long" is not a duration such as 2s`) {
		t.Errorf("a delay that is none: %v", err)
	}
}
