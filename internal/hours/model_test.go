package hours

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"
)

// model says minute by minute whether it is open, by the words of the documents and without any span of time.
type model struct {
	zone           *time.Location
	week           []Entry
	own, inherited []Override
}

func (m model) open(at time.Time) bool {
	at = at.In(m.zone)
	d, minute := DateOf(at), at.Hour()*60+at.Minute()
	open := false
	for _, e := range m.week {
		open = open || during(e, d, minute, func(Date) bool { return true })
	}
	for _, layer := range [][]Override{m.inherited, m.own} {
		open = m.layer(open, layer, d, minute)
	}
	return open
}

// during reports whether an entry that began on a day that holds goes on at a minute of this day.
func during(e Entry, d Date, minute int, holds func(Date) bool) bool {
	of := func(d Date) bool { return e.Day == AnyDay || e.Day == d.Weekday() }
	if e.Start < e.End {
		return of(d) && holds(d) && e.Start <= minute && minute < e.End
	}
	return of(d) && holds(d) && minute >= e.Start || of(d-1) && holds(d-1) && minute < e.End
}

func (m model) layer(open bool, layer []Override, d Date, minute int) bool {
	var here *Override
	chosen := func(o *Override) func(Date) bool {
		return func(d Date) bool { return temporary(layer, d) == o }
	}
	for i := range layer {
		if chosen(&layer[i])(d) {
			here, open = &layer[i], false
		}
	}
	for i := range layer {
		o := &layer[i]
		for _, e := range o.Entries {
			open = open || o.Kind == Standard && during(e, d, minute, chosen(o))
		}
	}
	if here != nil {
		return open
	}
	for _, kind := range []Kind{Open, Closed} {
		for i := range layer {
			o := &layer[i]
			applies := len(o.Entries) == 0 && o.on(d)
			for _, e := range o.Entries {
				applies = applies || during(e, d, minute, o.on)
			}
			if o.Kind == kind && applies {
				open = kind == Open
			}
		}
	}
	return open
}

var (
	someZones = []string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago"}
	someKinds = []Kind{Standard, Open, Closed}
)

func someEntries(r *rand.Rand, most int, anyDay bool) (entries []Entry) {
	for range r.IntN(most + 1) {
		e := Entry{time.Weekday(r.IntN(7)), 15 * r.IntN(96), 15 * r.IntN(96)}
		if anyDay && r.IntN(3) == 0 {
			e.Day = AnyDay
		}
		if r.IntN(6) == 0 {
			e.End = 0
		}
		entries = append(entries, e)
	}
	return entries
}

func someOverrides(r *rand.Rand, around Date) (overrides []Override) {
	for range r.IntN(5) {
		from := around - Date(r.IntN(40))
		o := Override{Kind: someKinds[r.IntN(3)], From: from, Till: from + Date(r.IntN(60)), Entries: someEntries(r, 3, true)}
		switch r.IntN(6) {
		case 0:
			o.Recurrence = &Recurrence{Frequency: Weekly, Interval: 1 + r.IntN(3)}
		case 1:
			o.Recurrence = &Recurrence{Frequency: Monthly, Interval: 1 + r.IntN(2), Occurrence: r.IntN(7) - 2}
		case 2:
			o.Recurrence = &Recurrence{Frequency: Yearly, Interval: 1, MonthDay: 1 + r.IntN(31)}
		}
		overrides = append(overrides, o)
	}
	return overrides
}

// TestModel compares calendars with the model around changes of the clocks and elsewhere.
func TestModel(t *testing.T) {
	t.Parallel()
	var opened, closed int
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 1))
		s := Schedule{Zone: someZones[r.IntN(len(someZones))], Week: someEntries(r, 12, false)}
		start := time.Date(2026, time.Month(1+r.IntN(12)), 1+r.IntN(28), 0, 0, 0, 0, time.UTC)
		if seed%2 == 0 {
			start = []time.Time{
				time.Date(2026, 3, 7, 0, 0, 0, 0, time.UTC), time.Date(2026, 3, 28, 0, 0, 0, 0, time.UTC),
				time.Date(2026, 10, 24, 0, 0, 0, 0, time.UTC), time.Date(2026, 10, 31, 0, 0, 0, 0, time.UTC),
			}[r.IntN(4)]
		}
		own, inherited := someOverrides(r, DateOf(start)), someOverrides(r, DateOf(start))
		c, err := s.Calendar(own, inherited)
		if err != nil {
			t.Fatal(err)
		}
		zone, err := time.LoadLocation(s.Zone)
		if err != nil {
			t.Fatal(err)
		}
		m := model{zone, s.Week, own, inherited}
		for i := range 3 * 24 * 12 {
			at := start.Add(time.Duration(i)*5*time.Minute + time.Duration(r.IntN(300))*time.Second)
			want := m.open(at)
			if want {
				opened++
			} else {
				closed++
			}
			if got := c.Open(at); got != want {
				t.Fatalf("seed %d: %+v with %+v below %+v at %v: open is %v, want %v", seed, s, own, inherited, at.In(zone), got, want)
			}
		}
	}
	if opened < 10_000 || closed < 10_000 {
		t.Errorf("%d times open, %d times closed: too few to tell", opened, closed)
	}
}

// FuzzCalendar wants no row, however broken, to make a panic, and a day to be what it says minute by minute.
func FuzzCalendar(f *testing.F) {
	f.Add(`{"zone":"Europe/Berlin","week":[{"day":1,"start":540,"end":1020}]}`, `[]`, int64(1_767_225_600))
	f.Add(`{"zone":"UTC","week":[{"day":6,"start":1320,"end":360},{"day":-9,"start":-5,"end":99999}]}`,
		`[{"kind":"CLOSED","from":20000,"till":21000,"recurrence":{"frequency":"MONTHLY","interval":0,"occurrence":-1}}]`, int64(1_774_746_000))
	f.Add(`{"zone":"America/Santiago"}`, `[{"kind":"STANDARD","from":-9000000000,"till":90000000000,"entries":[{"day":-1}]}]`, int64(-1))
	f.Fuzz(func(t *testing.T, schedule, overrides string, unix int64) {
		var s Schedule
		var own []Override
		if json.Unmarshal([]byte(schedule), &s) != nil || json.Unmarshal([]byte(overrides), &own) != nil {
			return
		}
		c, err := s.Calendar(own, own)
		if err != nil {
			return
		}
		at := time.Unix(unix%253_402_300_799, 0)
		local := at.In(c.zone)
		minute := local.Hour()*60 + local.Minute()
		in := false
		last := -1
		for _, span := range c.Day(DateOf(local)) {
			if span.From <= last || span.To <= span.From || span.To > dayMinutes {
				t.Errorf("spans are out of order: %v", c.Day(DateOf(local)))
			}
			last = span.To
			in = in || span.From <= minute && minute < span.To
		}
		if c.Open(at) != in {
			t.Errorf("open at %v is %v, not as on its day", local, c.Open(at))
		}
		c.Overridden(DateOf(local))
	})
}
