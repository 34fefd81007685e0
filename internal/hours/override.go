package hours

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Kind is what an override does.
type Kind string

// Kinds of overrides. Source: public model, OverrideType.
const (
	Standard Kind = "STANDARD" // temporary hours: its entries take the place of all others; none is closed
	Open     Kind = "OPEN"     // open besides; without entries the whole day
	Closed   Kind = "CLOSED"   // closed after all; without entries the whole day
)

// Override is an exception: on each day of its dates, or on those of them that a pattern names.
type Override struct {
	Name       string      `json:"name,omitempty"`
	Kind       Kind        `json:"kind"`
	From       Date        `json:"from"`
	Till       Date        `json:"till"` // the last day
	Entries    []Entry     `json:"entries,omitempty"`
	Recurrence *Recurrence `json:"recurrence,omitempty"`
}

// Frequencies of a recurrence.
const (
	Weekly  = "WEEKLY"
	Monthly = "MONTHLY"
	Yearly  = "YEARLY"
)

// Recurrence is a pattern of days. What it leaves open is taken from the first day of the override, the day of the week from its entries if
// they name any. Weeks begin on Monday.
type Recurrence struct {
	Frequency  string `json:"frequency"`
	Interval   int    `json:"interval"`             // every so many weeks, months or years, counted from the first day
	Month      int    `json:"month,omitempty"`      // yearly: 1 to 12
	MonthDay   int    `json:"monthDay,omitempty"`   // monthly, yearly: 1 to 31, or from the end of the month: -1 is its last day
	Occurrence int    `json:"occurrence,omitempty"` // monthly, yearly: of the weekday in the month: 2 is its second, -1 its last
}

// Check says what is wrong with an override, nil for nothing.
func (o *Override) Check() error {
	if o.Till < o.From {
		return errors.New("the last day is before the first")
	}
	if !slices.Contains([]Kind{Standard, Open, Closed}, o.Kind) {
		return fmt.Errorf("%q is no type of override", o.Kind)
	}
	if r := o.Recurrence; r != nil {
		if err := r.check(); err != nil {
			return err
		}
	}
	return checkEntries(o.Entries)
}

func (r *Recurrence) check() error {
	switch {
	case !slices.Contains([]string{Weekly, Monthly, Yearly}, r.Frequency):
		return fmt.Errorf("%q is no frequency", r.Frequency)
	case r.Interval < 1:
		return errors.New("the interval of a recurrence is at least 1")
	case r.Month != 0 && r.Frequency != Yearly:
		return errors.New("only what comes every year has a month")
	case r.Month < 0 || r.Month > 12:
		return fmt.Errorf("%d is no month", r.Month)
	case r.Frequency == Weekly && (r.MonthDay != 0 || r.Occurrence != 0):
		return errors.New("what comes every week has no day of the month")
	case r.MonthDay < -31 || r.MonthDay > 31:
		return fmt.Errorf("%d is no day of a month", r.MonthDay)
	case r.Occurrence < -5 || r.Occurrence > 5:
		return fmt.Errorf("no month has a weekday %d times", r.Occurrence)
	case r.MonthDay != 0 && r.Occurrence != 0:
		return errors.New("a recurrence names a day of the month or the occurrence of a weekday, not both")
	}
	return nil
}

// temporary finds the temporary hours of a day. Of several those count that have the fewest days; of as many, those that were made last.
func temporary(overrides []Override, d Date) *Override {
	var found *Override
	for i := range overrides {
		o := &overrides[i]
		if o.Kind == Standard && o.on(d) && (found == nil || o.Till-o.From <= found.Till-found.From) {
			found = o
		}
	}
	return found
}

// today is what the override has of a day.
func (o *Override) today(d Date) []Span {
	if !o.on(d) {
		return nil
	}
	if len(o.Entries) == 0 && o.Kind != Standard {
		return []Span{{0, dayMinutes}}
	}
	var spans []Span
	for _, e := range o.Entries {
		if e.Day == AnyDay || e.Day == d.Weekday() {
			spans = append(spans, e.today())
		}
	}
	return spans
}

// tomorrow is what it has of the day after because of this one.
func (o *Override) tomorrow(d Date) []Span {
	if !o.on(d) {
		return nil
	}
	var spans []Span
	for _, e := range o.Entries {
		if e.Day == AnyDay || e.Day == d.Weekday() {
			spans = append(spans, e.tomorrow())
		}
	}
	return spans
}

// on reports whether the override holds on a day; which of its entries do is another matter.
func (o *Override) on(d Date) bool {
	if d < o.From || d > o.Till {
		return false
	}
	r := o.Recurrence
	if r == nil {
		return true
	}
	days := slices.ContainsFunc(o.Entries, func(e Entry) bool { return e.Day != AnyDay })
	weekday := slices.ContainsFunc(o.Entries, func(e Entry) bool { return e.Day == d.Weekday() }) ||
		!days && d.Weekday() == o.From.Weekday()
	year, month, day := d.civil()
	fromYear, fromMonth, fromDay := o.From.civil()
	var apart int // weeks, months or years
	switch r.Frequency {
	case Weekly:
		return weekday && (d.week()-o.From.week())%max(r.Interval, 1) == 0
	case Monthly:
		apart = (year-fromYear)*12 + int(month) - int(fromMonth)
	case Yearly:
		if r.Month != 0 {
			fromMonth = time.Month(r.Month)
		}
		if month != fromMonth {
			return false
		}
		apart = year - fromYear
	default:
		return false
	}
	if apart%max(r.Interval, 1) != 0 {
		return false
	}
	last := monthDays(year, month)
	switch {
	case r.Occurrence > 0:
		return weekday && (day-1)/7+1 == r.Occurrence
	case r.Occurrence < 0:
		return weekday && (last-day)/7+1 == -r.Occurrence
	case r.MonthDay > 0:
		return day == r.MonthDay
	case r.MonthDay < 0:
		return day == last+1+r.MonthDay
	case days:
		return weekday
	}
	return day == fromDay
}
