package types

// HoursOfOperationOverride is an exception to hours of operation.
type HoursOfOperationOverride struct {
	Config                     []HoursOfOperationOverrideConfig
	Description                *string
	EffectiveFrom              *string
	EffectiveTill              *string
	HoursOfOperationArn        *string
	HoursOfOperationId         *string
	HoursOfOperationOverrideId *string
	Name                       *string
	OverrideType               OverrideType
	RecurrenceConfig           *RecurrenceConfig
}

// HoursOfOperationOverrideConfig is a part of a day of an exception.
type HoursOfOperationOverrideConfig struct {
	// Day that is absent is each day of the override.
	Day       OverrideDays
	EndTime   *OverrideTimeSlice
	StartTime *OverrideTimeSlice
}

// OverrideTimeSlice is a time of day.
type OverrideTimeSlice struct {
	Hours   *int32 `wire:"required,range=0..23"`
	Minutes *int32 `wire:"required,range=0..59"`
}

// RecurrenceConfig says on which of its days an exception holds.
type RecurrenceConfig struct {
	RecurrencePattern *RecurrencePattern `wire:"required"`
}

// RecurrencePattern is a pattern of days.
type RecurrencePattern struct {
	Frequency RecurrenceFrequency `wire:"required"`
	// Interval counts weeks, months or years.
	Interval *int32 `wire:"required,range=1..6"`
	// ByMonth, ByMonthDay and ByWeekdayOccurrence hold one number each. -1 is the last day, or the last such weekday, of a month.
	ByMonth             []int32 `wire:"range=1..12"`
	ByMonthDay          []int32 `wire:"range=-1..31"`
	ByWeekdayOccurrence []int32 `wire:"count=0..1,range=-1..4"`
}

// EffectiveHoursOfOperations is when it is open on a day.
type EffectiveHoursOfOperations struct {
	Date             *string
	OperationalHours []OperationalHour
}

// OperationalHour is a part of a day.
type OperationalHour struct {
	End   *OverrideTimeSlice
	Start *OverrideTimeSlice
}

// EffectiveOverrideHours is what exceptions say of a day.
type EffectiveOverrideHours struct {
	Date          *string
	OverrideHours []OverrideHour
}

// OverrideHour is a part of a day as an exception has it.
type OverrideHour struct {
	End               *OverrideTimeSlice
	OperationalStatus OperationalStatus
	OverrideName      *string
	Start             *OverrideTimeSlice
}

// HoursOfOperationOverrideSearchCriteria are met by exceptions to hours of operation.
type HoursOfOperationOverrideSearchCriteria struct {
	AndConditions   []HoursOfOperationOverrideSearchCriteria
	DateCondition   *DateCondition
	OrConditions    []HoursOfOperationOverrideSearchCriteria
	StringCondition *StringCondition
}

// DateCondition is met by a date of an exception.
type DateCondition struct {
	ComparisonType DateComparisonType
	// FieldName is effectiveFrom or effectiveTill.
	FieldName *string
	Value     *string `wire:"form=date"`
}

// OverrideDays is a day of the week.
type OverrideDays string

// Values of OverrideDays.
const (
	OverrideDaysSunday    OverrideDays = "SUNDAY"
	OverrideDaysMonday    OverrideDays = "MONDAY"
	OverrideDaysTuesday   OverrideDays = "TUESDAY"
	OverrideDaysWednesday OverrideDays = "WEDNESDAY"
	OverrideDaysThursday  OverrideDays = "THURSDAY"
	OverrideDaysFriday    OverrideDays = "FRIDAY"
	OverrideDaysSaturday  OverrideDays = "SATURDAY"
)

// Values returns all known values.
func (OverrideDays) Values() []OverrideDays {
	return []OverrideDays{
		OverrideDaysSunday,
		OverrideDaysMonday,
		OverrideDaysTuesday,
		OverrideDaysWednesday,
		OverrideDaysThursday,
		OverrideDaysFriday,
		OverrideDaysSaturday,
	}
}

// OverrideType is what an exception does: STANDARD takes the place of all other hours of its days, OPEN and CLOSED come to them.
type OverrideType string

// Values of OverrideType.
const (
	OverrideTypeStandard OverrideType = "STANDARD"
	OverrideTypeOpen     OverrideType = "OPEN"
	OverrideTypeClosed   OverrideType = "CLOSED"
)

// Values returns all known values.
func (OverrideType) Values() []OverrideType {
	return []OverrideType{
		OverrideTypeStandard,
		OverrideTypeOpen,
		OverrideTypeClosed,
	}
}

// RecurrenceFrequency is the unit of a pattern of days.
type RecurrenceFrequency string

// Values of RecurrenceFrequency.
const (
	RecurrenceFrequencyWeekly  RecurrenceFrequency = "WEEKLY"
	RecurrenceFrequencyMonthly RecurrenceFrequency = "MONTHLY"
	RecurrenceFrequencyYearly  RecurrenceFrequency = "YEARLY"
)

// Values returns all known values.
func (RecurrenceFrequency) Values() []RecurrenceFrequency {
	return []RecurrenceFrequency{
		RecurrenceFrequencyWeekly,
		RecurrenceFrequencyMonthly,
		RecurrenceFrequencyYearly,
	}
}

// OperationalStatus is what an exception makes of a part of a day.
type OperationalStatus string

// Values of OperationalStatus.
const (
	OperationalStatusOpen   OperationalStatus = "OPEN"
	OperationalStatusClosed OperationalStatus = "CLOSED"
)

// Values returns all known values.
func (OperationalStatus) Values() []OperationalStatus {
	return []OperationalStatus{
		OperationalStatusOpen,
		OperationalStatusClosed,
	}
}

// DateComparisonType is how a date is compared.
type DateComparisonType string

// Values of DateComparisonType.
const (
	DateComparisonTypeGreaterThan          DateComparisonType = "GREATER_THAN"
	DateComparisonTypeLessThan             DateComparisonType = "LESS_THAN"
	DateComparisonTypeGreaterThanOrEqualTo DateComparisonType = "GREATER_THAN_OR_EQUAL_TO"
	DateComparisonTypeLessThanOrEqualTo    DateComparisonType = "LESS_THAN_OR_EQUAL_TO"
	DateComparisonTypeEqualTo              DateComparisonType = "EQUAL_TO"
)

// Values returns all known values.
func (DateComparisonType) Values() []DateComparisonType {
	return []DateComparisonType{
		DateComparisonTypeGreaterThan,
		DateComparisonTypeLessThan,
		DateComparisonTypeGreaterThanOrEqualTo,
		DateComparisonTypeLessThanOrEqualTo,
		DateComparisonTypeEqualTo,
	}
}
