package hours

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	sun, mon, tue, wed, thu, fri, sat = time.Sunday, time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday
)

// at reads "9:30" as minutes.
func at(clock string) int {
	var h, m int
	if _, err := fmt.Sscanf(clock, "%d:%d", &h, &m); err != nil {
		panic(err)
	}
	return h*60 + m
}

// on makes an entry of "9:00-17:00".
func on(day time.Weekday, part string) Entry {
	from, to, _ := strings.Cut(part, "-")
	return Entry{day, at(from), at(to)}
}

func week(part string, days ...time.Weekday) (entries []Entry) {
	for _, d := range days {
		entries = append(entries, on(d, part))
	}
	return entries
}

func date(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// dates are those of "2026-12-24..2026-12-26", or one.
func dates(s string) (from, till Date) {
	first, last, ok := strings.Cut(s, "..")
	if !ok {
		last = first
	}
	return date(first), date(last)
}

func over(kind Kind, when string, r *Recurrence, entries ...Entry) Override {
	from, till := dates(when)
	return Override{Name: string(kind), Kind: kind, From: from, Till: till, Entries: entries, Recurrence: r}
}

func calendar(t *testing.T, zone string, entries []Entry, own ...Override) *Calendar {
	t.Helper()
	s := Schedule{Zone: zone, Week: entries}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	for i := range own {
		if err := own[i].Check(); err != nil {
			t.Fatal(err)
		}
	}
	c, err := s.Calendar(own, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func instant(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

var office = week("9:00-17:00", mon, tue, wed, thu, fri)

func TestOpen(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, zone string
		week       []Entry
		open       []string
		closed     []string
	}{
		{
			"edges", "Europe/Berlin", office,
			[]string{"2026-01-05T09:00:00+01:00", "2026-01-05T16:59:59.999+01:00"},
			[]string{"2026-01-05T08:59:59.999+01:00", "2026-01-05T17:00:00+01:00", "2026-01-04T12:00:00+01:00"},
		},
		{
			"another zone asks", "America/New_York", office,
			[]string{"2026-01-05T14:00:00Z", "2026-01-05T21:59:00Z"},
			[]string{"2026-01-05T13:59:00Z", "2026-01-05T22:00:00Z"},
		},
		{
			"half an hour off", "Asia/Kolkata", office,
			[]string{"2026-01-05T03:30:00Z", "2026-01-05T11:29:00Z"},
			[]string{"2026-01-05T03:29:00Z", "2026-01-05T11:30:00Z"},
		},
		{
			"the day of the zone, not of the caller", "Pacific/Auckland",
			[]Entry{on(mon, "0:00-12:00")},
			[]string{"2026-01-04T11:00:00Z", "2026-01-04T22:59:00Z"},
			[]string{"2026-01-04T10:59:00Z", "2026-01-05T11:00:00Z"},
		},
		{
			"until midnight", "UTC",
			[]Entry{on(sat, "10:00-0:00")},
			[]string{"2026-01-03T10:00:00Z", "2026-01-03T23:59:59Z"},
			[]string{"2026-01-03T09:59:00Z", "2026-01-04T00:00:00Z"},
		},
		{
			"a whole day", "UTC",
			[]Entry{on(wed, "0:00-0:00")},
			[]string{"2026-01-07T00:00:00Z", "2026-01-07T23:59:59Z"},
			[]string{"2026-01-06T23:59:59Z", "2026-01-08T00:00:00Z"},
		},
		{
			"over midnight, and over the end of the week", "UTC",
			[]Entry{on(sat, "22:00-6:00")},
			[]string{"2026-01-03T22:00:00Z", "2026-01-04T00:00:00Z", "2026-01-04T05:59:00Z"},
			[]string{"2026-01-03T00:00:00Z", "2026-01-03T21:59:00Z", "2026-01-04T06:00:00Z", "2026-01-04T22:00:00Z"},
		},
		{
			"twenty-four hours from noon", "UTC",
			[]Entry{on(mon, "12:00-12:00")},
			[]string{"2026-01-05T12:00:00Z", "2026-01-06T11:59:00Z"},
			[]string{"2026-01-05T11:59:00Z", "2026-01-06T12:00:00Z"},
		},
		{
			"two parts of a day", "UTC",
			[]Entry{on(mon, "9:00-12:00"), on(mon, "13:00-17:00")},
			[]string{"2026-01-05T11:59:00Z", "2026-01-05T13:00:00Z"},
			[]string{"2026-01-05T12:00:00Z", "2026-01-05T12:59:00Z"},
		},
		{"never", "UTC", nil, nil, []string{"2026-01-05T12:00:00Z"}},

		// Clocks go from 2:00 to 3:00 on 2026-03-29 and from 3:00 back to 2:00 on 2026-10-25.
		{
			"Europe: summer time begins", "Europe/Berlin", week("2:00-3:30", sun),
			[]string{"2026-03-22T01:00:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:29:00Z", "2026-04-05T00:00:00Z"},
			[]string{"2026-03-29T00:59:00Z", "2026-03-29T01:30:00Z"},
		},
		{
			"Europe: the hour that is skipped", "Europe/Berlin", week("2:00-3:00", sun), nil,
			[]string{"2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z"},
		},
		{
			"Europe: the hour that comes twice", "Europe/Berlin", week("2:30-3:00", sun),
			[]string{"2026-10-25T00:30:00Z", "2026-10-25T00:59:00Z", "2026-10-25T01:30:00Z", "2026-10-25T01:59:00Z"},
			[]string{"2026-10-25T00:29:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:29:00Z", "2026-10-25T02:00:00Z"},
		},
		{
			"Europe: a night that is longer", "Europe/Berlin", week("22:00-6:00", sat),
			[]string{"2026-10-24T20:00:00Z", "2026-10-25T04:59:00Z"},
			[]string{"2026-10-24T19:59:00Z", "2026-10-25T05:00:00Z"},
		},
		{
			"London is an hour behind", "Europe/London", office,
			[]string{"2026-03-27T09:00:00Z", "2026-03-30T08:00:00Z"},
			[]string{"2026-03-27T08:59:00Z", "2026-03-30T07:59:00Z"},
		},
		// Clocks go from 2:00 to 3:00 on 2026-03-08 and from 2:00 back to 1:00 on 2026-11-01.
		{
			"America: summer time begins", "America/New_York", week("1:00-4:00", sun),
			[]string{"2026-03-08T06:00:00Z", "2026-03-08T06:59:00Z", "2026-03-08T07:00:00Z", "2026-03-08T07:59:00Z"},
			[]string{"2026-03-08T05:59:00Z", "2026-03-08T08:00:00Z"},
		},
		{
			"America: the hour that comes twice", "America/New_York", week("1:00-1:30", sun),
			[]string{"2026-11-01T05:00:00Z", "2026-11-01T05:29:00Z", "2026-11-01T06:00:00Z", "2026-11-01T06:29:00Z"},
			[]string{"2026-11-01T04:59:00Z", "2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z"},
		},
		{
			"America: the weeks between both changes", "America/Los_Angeles", office,
			[]string{"2026-03-06T17:00:00Z", "2026-03-09T16:00:00Z"},
			[]string{"2026-03-06T16:59:00Z", "2026-03-09T15:59:00Z"},
		},
		{
			"a midnight that is skipped", "America/Santiago", week("0:00-0:00", sun),
			[]string{"2026-09-06T04:00:00Z"}, // 1:00 there, the first minute of the day
			[]string{"2026-09-06T03:59:00Z"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := calendar(t, tt.zone, tt.week)
			for _, s := range tt.open {
				if !c.Open(instant(t, s)) {
					t.Errorf("closed at %s", s)
				}
			}
			for _, s := range tt.closed {
				if c.Open(instant(t, s)) {
					t.Errorf("open at %s", s)
				}
			}
		})
	}
}

// text writes when it is open as in "9:00-12:00 13:00-17:00".
func text(spans []Span) string {
	var parts []string
	for _, s := range spans {
		parts = append(parts, fmt.Sprintf("%d:%02d-%d:%02d", s.From/60, s.From%60, s.To/60, s.To%60))
	}
	return strings.Join(parts, " ")
}

func TestOverrides(t *testing.T) {
	t.Parallel()
	const usual = "9:00-17:00"
	weekly := func(interval int) *Recurrence { return &Recurrence{Frequency: Weekly, Interval: interval} }
	for _, tt := range []struct {
		name string
		own  []Override
		want map[string]string
	}{
		{
			"a holiday",
			[]Override{over(Standard, "2026-12-24..2026-12-25", nil)},
			map[string]string{"2026-12-23": usual, "2026-12-24": "", "2026-12-25": "", "2026-12-28": usual},
		},
		{
			"shorter hours",
			[]Override{over(Standard, "2026-12-21..2026-12-27", nil, week("9:00-12:00", mon, tue, sat)...)},
			map[string]string{"2026-12-21": "9:00-12:00", "2026-12-23": "", "2026-12-26": "9:00-12:00", "2026-12-28": usual},
		},
		{
			"an entry without a day",
			[]Override{over(Standard, "2026-12-24..2026-12-27", nil, on(AnyDay, "10:00-11:00"))},
			map[string]string{"2026-12-24": "10:00-11:00", "2026-12-27": "10:00-11:00"},
		},
		{
			"of temporary hours those with fewer days count",
			[]Override{
				over(Standard, "2026-08-14", nil),
				over(Standard, "2026-07-01..2026-08-31", nil, week("8:00-14:00", mon, tue, wed, thu, fri)...),
			},
			map[string]string{"2026-08-13": "8:00-14:00", "2026-08-14": "", "2026-09-01": usual},
		},
		{
			"of as many days the later made count",
			[]Override{over(Standard, "2026-08-14", nil), over(Standard, "2026-08-14", nil, on(AnyDay, "7:00-8:00"))},
			map[string]string{"2026-08-14": "7:00-8:00"},
		},
		{
			"temporary hours past midnight",
			[]Override{over(Standard, "2026-12-31", nil, on(AnyDay, "20:00-2:00"))},
			map[string]string{"2026-12-31": "20:00-24:00", "2027-01-01": "0:00-2:00 9:00-17:00"},
		},
		{
			"open besides",
			[]Override{over(Open, "2026-12-05..2026-12-20", nil, on(sat, "10:00-14:00"))},
			map[string]string{"2026-12-04": usual, "2026-12-05": "10:00-14:00", "2026-12-12": "10:00-14:00", "2026-12-26": ""},
		},
		{
			"open longer",
			[]Override{over(Open, "2026-12-04", nil, on(fri, "16:00-20:00"))},
			map[string]string{"2026-12-04": "9:00-20:00"},
		},
		{
			"closed for lunch",
			[]Override{over(Closed, "2026-12-01..2026-12-31", nil, on(AnyDay, "12:00-13:00"))},
			map[string]string{"2026-12-01": "9:00-12:00 13:00-17:00", "2026-12-05": "", "2027-01-01": usual},
		},
		{
			"closed beats open",
			[]Override{over(Closed, "2026-12-05", nil), over(Open, "2026-12-05", nil)},
			map[string]string{"2026-12-05": ""},
		},
		{
			"temporary hours beat both",
			[]Override{
				over(Closed, "2026-12-04", nil), over(Standard, "2026-12-04", nil, on(fri, "6:00-7:00")), over(Open, "2026-12-04", nil),
			},
			map[string]string{"2026-12-04": "6:00-7:00"},
		},
		{
			"closed past midnight",
			[]Override{over(Closed, "2026-12-03", nil, on(thu, "15:00-10:00"))},
			map[string]string{"2026-12-03": "9:00-15:00", "2026-12-04": "10:00-17:00"},
		},
		{
			"every second week",
			[]Override{over(Closed, "2026-01-05..2026-12-31", weekly(2), on(mon, "0:00-0:00"), on(sun, "0:00-0:00"))},
			map[string]string{"2026-01-05": "", "2026-01-12": usual, "2026-01-19": "", "2026-01-26": usual},
		},
		{
			"every second week as on the first day",
			[]Override{over(Closed, "2026-01-07..2026-12-31", weekly(2))},
			map[string]string{"2026-01-07": "", "2026-01-08": usual, "2026-01-14": usual, "2026-01-21": ""},
		},
		{
			"every month on its last day",
			[]Override{over(Closed, "2026-01-01..2026-12-31", &Recurrence{Frequency: Monthly, Interval: 1, MonthDay: -1})},
			map[string]string{"2026-03-31": "", "2026-04-30": "", "2026-04-29": usual, "2027-03-31": usual},
		},
		{
			"a day that not every month has",
			[]Override{over(Closed, "2026-01-31..2026-12-31", &Recurrence{Frequency: Monthly, Interval: 1, MonthDay: 31})},
			map[string]string{"2026-03-31": "", "2026-04-30": usual, "2026-03-02": usual},
		},
		{
			"every third month as on the first day",
			[]Override{over(Closed, "2026-01-15..2027-12-31", &Recurrence{Frequency: Monthly, Interval: 3})},
			map[string]string{"2026-01-15": "", "2026-04-15": "", "2026-05-15": usual, "2027-01-15": ""},
		},
		{
			"the second Thursday of April",
			[]Override{
				over(Closed, "2026-01-01..2030-12-31", &Recurrence{Frequency: Yearly, Interval: 1, Month: 4, Occurrence: 2}, on(thu, "0:00-0:00")),
			},
			map[string]string{"2026-04-02": usual, "2026-04-09": "", "2026-04-16": usual, "2027-04-08": "", "2026-05-14": usual},
		},
		{
			"early on the last Friday of a month",
			[]Override{
				over(Closed, "2026-01-01..2026-12-31", &Recurrence{Frequency: Monthly, Interval: 1, Occurrence: -1}, on(fri, "14:00-0:00")),
			},
			map[string]string{"2026-01-30": "9:00-14:00", "2026-01-23": usual, "2026-02-27": "9:00-14:00"},
		},
		{
			"every Friday of every second month",
			[]Override{
				over(Closed, "2026-01-01..2026-12-31", &Recurrence{Frequency: Monthly, Interval: 2}, on(fri, "0:00-0:00")),
			},
			map[string]string{"2026-01-02": "", "2026-01-30": "", "2026-02-06": usual, "2026-03-06": ""},
		},
		{
			"Christmas",
			[]Override{over(Closed, "2025-12-01..2035-12-31", &Recurrence{Frequency: Yearly, Interval: 1, Month: 12, MonthDay: 25})},
			map[string]string{"2025-12-25": "", "2026-12-25": "", "2026-12-24": usual, "2026-11-25": usual},
		},
		{
			"29 February",
			[]Override{over(Closed, "2024-02-29..2040-12-31", &Recurrence{Frequency: Yearly, Interval: 1})},
			map[string]string{"2028-02-29": "", "2026-02-27": usual, "2027-03-01": usual},
		},
		{
			"every second year",
			[]Override{over(Closed, "2026-05-01..2040-12-31", &Recurrence{Frequency: Yearly, Interval: 2})},
			map[string]string{"2026-05-01": "", "2028-05-01": "", "2029-05-01": usual},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := calendar(t, "Europe/Berlin", office, tt.own...)
			for day, want := range tt.want {
				if got := text(c.Day(date(day))); got != want {
					t.Errorf("%s: open %q, want %q", day, got, want)
				}
			}
		})
	}
}

func TestInheritedOverrides(t *testing.T) {
	t.Parallel()
	s := Schedule{Zone: "UTC", Week: office}
	c, err := s.Calendar(
		[]Override{over(Standard, "2026-12-25", nil, on(AnyDay, "10:00-11:00")), over(Open, "2026-12-24", nil, on(AnyDay, "8:00-9:00"))},
		[]Override{over(Standard, "2026-12-24..2026-12-25", nil), over(Closed, "2026-12-28", nil, on(AnyDay, "12:00-0:00"))},
	)
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]string{"2026-12-24": "8:00-9:00", "2026-12-25": "10:00-11:00", "2026-12-28": "9:00-12:00"} {
		if got := text(c.Day(date(day))); got != want {
			t.Errorf("%s: open %q, want %q", day, got, want)
		}
	}
	want := []Use{{Span{0, 1440}, "STANDARD", false}, {Span{8 * 60, 9 * 60}, "OPEN", true}}
	if diff := cmp.Diff(want, c.Overridden(date("2026-12-24"))); diff != "" {
		t.Error(diff)
	}
	if got := c.Overridden(date("2026-12-23")); got != nil {
		t.Errorf("an ordinary day is overridden: %v", got)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"", "Local", "Europe/Nowhere", "../etc/passwd"} {
		if err := (&Schedule{Zone: zone}).Check(); err == nil {
			t.Errorf("%q is a zone", zone)
		}
		if _, err := (&Schedule{Zone: zone}).Calendar(nil, nil); err == nil {
			t.Errorf("%q has a calendar", zone)
		}
	}
	for _, e := range []Entry{{AnyDay, 0, 0}, {-2, 0, 0}, {7, 0, 0}, {0, -1, 0}, {0, 1440, 0}, {0, 0, 1440}, {0, 0, -1}} {
		if err := (&Schedule{Zone: "UTC", Week: []Entry{e}}).Check(); err == nil {
			t.Errorf("%v passes", e)
		}
	}
	for _, o := range []Override{
		over(Standard, "2026-01-02..2026-01-01", nil),
		over("OTHER", "2026-01-01", nil),
		over(Open, "2026-01-01", nil, Entry{7, 0, 0}),
		over(Open, "2026-01-01", &Recurrence{Frequency: "DAILY", Interval: 1}),
		over(Open, "2026-01-01", &Recurrence{Frequency: Weekly}),
		over(Open, "2026-01-01", &Recurrence{Frequency: Weekly, Interval: 1, MonthDay: 1}),
		over(Open, "2026-01-01", &Recurrence{Frequency: Monthly, Interval: 1, Month: 1}),
		over(Open, "2026-01-01", &Recurrence{Frequency: Monthly, Interval: 1, MonthDay: 32}),
		over(Open, "2026-01-01", &Recurrence{Frequency: Monthly, Interval: 1, MonthDay: 1, Occurrence: 1}),
		over(Open, "2026-01-01", &Recurrence{Frequency: Monthly, Interval: 1, Occurrence: -6}),
		over(Open, "2026-01-01", &Recurrence{Frequency: Yearly, Interval: 1, Month: 13}),
	} {
		if err := o.Check(); err == nil {
			t.Errorf("%+v passes", o)
		}
	}
	if new(Calendar).Open(time.Unix(0, 0)) {
		t.Error("the zero calendar is open")
	}
	for _, s := range []string{"2026-02-30", "2026-1-1", "", "20260101"} {
		if d, err := ParseDate(s); err == nil {
			t.Errorf("%q is the date %v", s, d)
		}
	}
	for _, s := range []string{"0001-01-01", "1969-12-31", "1970-01-01", "2026-12-31", "9999-12-31"} {
		if got := date(s).String(); got != s {
			t.Errorf("%s became %s", s, got)
		}
	}
	if !slices.Equal([]int{date("1969-12-28").week(), date("1969-12-29").week(), date("1970-01-04").week(), date("1970-01-05").week()}, []int{-2, -1, -1, 0}) {
		t.Error("weeks do not begin on Monday")
	}
}
