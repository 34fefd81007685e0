package wire_test

import (
	"testing"
	"time"

	"github.com/openparley/parley/api/wire"
)

func TestPlanRefusesWhatMakesNoSense(t *testing.T) {
	tests := map[string]func(){
		"unknown rule": func() {
			wire.Append(nil, &struct {
				A *string `wire:"requierd"`
			}{})
		},
		"no bounds": func() {
			wire.Append(nil, &struct {
				A *string `wire:"len=many"`
			}{})
		},
		"unknown keys": func() {
			wire.Append(nil, &struct {
				A map[string]string `wire:"keys=any"`
			}{})
		},
		"unknown form": func() {
			wire.Append(nil, &struct {
				A *string `wire:"form=any"`
			}{})
		},
		"not for JSON":   func() { wire.Append(nil, &struct{ A chan int }{}) },
		"not for us yet": func() { wire.Append(nil, &struct{ A uint16 }{}) },
	}
	for name, compile := range tests {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			compile()
		})
	}
}

// tree holds itself in all the ways a structure can.
type tree struct {
	Next *tree
	List []tree
	Map  map[string]tree
	Name string `wire:"name=name"`
	Note string `wire:"-"`
	At   *time.Time
}

func TestAppend(t *testing.T) {
	at := func(millis int64) *time.Time { return new(time.UnixMilli(millis)) }
	tests := []struct {
		v    *tree
		want string
	}{
		{nil, `{}`},
		{&tree{Note: "hidden"}, `{}`},
		{&tree{Next: &tree{}, List: []tree{}, Map: map[string]tree{}}, `{"List":[],"Map":{},"Next":{}}`},
		{&tree{Map: map[string]tree{"b": {Name: "2"}, "a": {}}}, `{"Map":{"a":{},"b":{"name":"2"}}}`},
		{&tree{List: []tree{{At: at(0)}, {At: at(1500)}, {At: at(-1)}, {At: at(1767225845070)}}}, `{"List":[{"At":0},{"At":1.5},{"At":-0.001},{"At":1767225845.07}]}`},
		{&tree{Name: "\xff\u2028</script>\"\\"}, `{"name":"\ufffd\u2028</script>\"\\"}`},
	}
	for _, tt := range tests {
		if got := string(wire.Append([]byte("+"), tt.v)); got != "+"+tt.want {
			t.Errorf("Append(%+v) = %s, want +%s", tt.v, got, tt.want)
		}
	}
}

func TestTime(t *testing.T) {
	if got := *wire.Time(1767225845007); got != "2026-01-01T00:04:05.007Z" {
		t.Errorf("time %s", got)
	}
}
