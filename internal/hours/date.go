package hours

import "time"

// Date is a day, counted from 1970-01-01.
type Date int

const dateForm = "2006-01-02"

// ParseDate reads a date as in 2006-01-02.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(dateForm, s)
	if err != nil {
		return 0, err
	}
	return DateOf(t), nil
}

// DateOf is the day that a time has where its location is.
func DateOf(t time.Time) Date {
	year, month, day := t.Date()
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))
}

func (d Date) time() time.Time { return time.Unix(int64(d)*24*60*60, 0).UTC() }

func (d Date) String() string { return d.time().Format(dateForm) }

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.time().Weekday() }

func (d Date) civil() (year int, month time.Month, day int) { return d.time().Date() }

// week counts weeks, which begin on Monday.
func (d Date) week() int {
	monday := int(d) - (int(d.Weekday())+6)%7
	return (monday - 4) / 7 // 1970-01-05 was a Monday: no remainder
}

func monthDays(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
