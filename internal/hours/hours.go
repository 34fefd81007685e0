// Package hours says when it is open: by a week of hours on the wall clocks of a time zone, and exceptions to it. It knows the time zones
// by itself, also on a machine without a database of them.
//
// Hours follow the wall clock. What the clock skips when summer time begins is never open, and the hour that comes twice when it ends is
// open twice.
package hours

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"
	_ "time/tzdata" // for machines that know no zones
)

const dayMinutes = 24 * 60

// Schedule is when it is open in a week.
type Schedule struct {
	Zone string  `json:"zone"` // IANA name: "Europe/Berlin"
	Week []Entry `json:"week,omitempty"`
}

// AnyDay is the day of an entry of an override that is for each day on which the override holds.
const AnyDay time.Weekday = -1

// Entry is a part of a day, in minutes since midnight: from Start up to End, which is no longer part of it. An End that is not after Start
// is on the next day, so that 0 to 0 is a whole day and 22:00 to 6:00 a night.
type Entry struct {
	Day   time.Weekday `json:"day"`
	Start int          `json:"start"`
	End   int          `json:"end"`
}

// today is what the entry has of the day it stands for.
func (e Entry) today() Span {
	if e.End <= e.Start {
		return Span{e.Start, dayMinutes}
	}
	return Span{e.Start, e.End}
}

// tomorrow is what it has of the day after.
func (e Entry) tomorrow() Span {
	if e.End <= e.Start {
		return Span{0, e.End}
	}
	return Span{}
}

// Span is a part of one day, in minutes since its midnight: from From up to To, at most 1440.
type Span struct{ From, To int }

// Calendar is a schedule with its exceptions. The zero value is always closed.
type Calendar struct {
	Week      []Entry
	Own       []Override
	Inherited []Override // from other schedules; the own ones stand above them

	zone *time.Location
}

// Calendar lays overrides over the schedule. It fails for a zone that nobody knows.
func (s *Schedule) Calendar(own, inherited []Override) (*Calendar, error) {
	zone, err := location(s.Zone)
	if err != nil {
		return nil, err
	}
	return &Calendar{Week: s.Week, Own: own, Inherited: inherited, zone: zone}, nil
}

// Read makes a calendar of a Schedule and Overrides in JSON.
func Read(schedule json.RawMessage, own, inherited []json.RawMessage) (*Calendar, error) {
	var s Schedule
	if err := json.Unmarshal(schedule, &s); err != nil {
		return nil, fmt.Errorf("read a schedule: %w", err)
	}
	c, err := s.Calendar(make([]Override, len(own)), make([]Override, len(inherited)))
	if err != nil {
		return nil, err
	}
	for i := range own {
		if err := json.Unmarshal(own[i], &c.Own[i]); err != nil {
			return nil, fmt.Errorf("read an override: %w", err)
		}
	}
	for i := range inherited {
		if err := json.Unmarshal(inherited[i], &c.Inherited[i]); err != nil {
			return nil, fmt.Errorf("read an inherited override: %w", err)
		}
	}
	return c, nil
}

// Zone is the IANA name of the time zone.
func (c *Calendar) Zone() string { return c.zone.String() }

// Check says what is wrong with a schedule, nil for nothing.
func (s *Schedule) Check() error {
	if _, err := location(s.Zone); err != nil {
		return err
	}
	for _, e := range s.Week {
		if e.Day == AnyDay {
			return errors.New("an entry has no day")
		}
	}
	return checkEntries(s.Week)
}

func checkEntries(entries []Entry) error {
	for _, e := range entries {
		switch {
		case e.Day < AnyDay || e.Day > time.Saturday:
			return fmt.Errorf("%d is no day of the week", int(e.Day))
		case e.Start < 0 || e.Start >= dayMinutes || e.End < 0 || e.End >= dayMinutes:
			return fmt.Errorf("an entry from minute %d to minute %d is not within a day", e.Start, e.End)
		}
	}
	return nil
}

var zones sync.Map // name → *time.Location: reading one takes long

func location(name string) (*time.Location, error) {
	if zone, ok := zones.Load(name); ok {
		return zone.(*time.Location), nil
	}
	if name == "" || name == "Local" {
		return nil, fmt.Errorf("%q is no time zone", name)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("%q is no time zone", name)
	}
	zones.Store(name, zone)
	return zone, nil
}

// Open reports whether it is open at a time.
func (c *Calendar) Open(at time.Time) bool {
	if c.zone == nil {
		return false
	}
	at = at.In(c.zone)
	return c.day(DateOf(at))[at.Hour()*60+at.Minute()]
}

// Day returns when it is open on a day, in order, with all exceptions.
func (c *Calendar) Day(d Date) []Span { return c.day(d).spans() }

// Use is a part of a day as an override has it.
type Use struct {
	Span
	Name string // of the override
	Open bool
}

// Overridden returns what overrides say of a day: those that count, the inherited ones first.
func (c *Calendar) Overridden(d Date) []Use {
	var uses []Use
	for _, layer := range [][]Override{c.Inherited, c.Own} {
		if o := temporary(layer, d); o != nil {
			spans := o.today(d)
			for _, s := range spans {
				uses = append(uses, Use{s, o.Name, true})
			}
			if len(spans) == 0 {
				uses = append(uses, Use{Span{0, dayMinutes}, o.Name, false})
			}
			continue
		}
		for i := range layer {
			if o := &layer[i]; o.Kind != Standard {
				for _, s := range o.today(d) {
					uses = append(uses, Use{s, o.Name, o.Kind == Open})
				}
			}
		}
	}
	return uses
}

// minutes are those of a day at which it is open.
type minutes [dayMinutes]bool

func (m *minutes) paint(open bool, spans ...Span) {
	for _, s := range spans {
		for i := max(s.From, 0); i < min(s.To, dayMinutes); i++ {
			m[i] = open
		}
	}
}

func (m *minutes) spans() []Span {
	var spans []Span
	for i, open := range m {
		switch {
		case !open:
		case len(spans) > 0 && spans[len(spans)-1].To == i:
			spans[len(spans)-1].To++
		default:
			spans = append(spans, Span{i, i + 1})
		}
	}
	return spans
}

func (c *Calendar) day(d Date) *minutes {
	m := new(minutes)
	for _, e := range c.Week {
		if e.Day == d.Weekday() {
			m.paint(true, e.today())
		}
		if e.Day == (d - 1).Weekday() {
			m.paint(true, e.tomorrow())
		}
	}
	m.lay(c.Inherited, d)
	m.lay(c.Own, d)
	return m
}

// lay lays overrides over a day: one of temporary hours replaces what is below it, and the recurring ones beside it. Of those the closed
// ones win. What begins the day before goes on past midnight.
func (m *minutes) lay(overrides []Override, d Date) {
	today, before := temporary(overrides, d), temporary(overrides, d-1)
	if today != nil {
		*m = minutes{}
		m.paint(true, today.today(d)...)
	}
	if before != nil {
		m.paint(true, before.tomorrow(d-1)...)
	}
	if today != nil {
		return
	}
	for _, kind := range []Kind{Open, Closed} {
		for i := range overrides {
			if o := &overrides[i]; o.Kind == kind {
				m.paint(kind == Open, o.today(d)...)
				m.paint(kind == Open, o.tomorrow(d-1)...)
			}
		}
	}
}
