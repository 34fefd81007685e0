package types

import (
	"time"
)

// HoursOfOperation are when an instance, or a part of it, is open.
type HoursOfOperation struct {
	Config                  []HoursOfOperationConfig
	Description             *string
	HoursOfOperationArn     *string
	HoursOfOperationId      *string
	LastModifiedRegion      *string
	LastModifiedTime        *time.Time
	Name                    *string
	ParentHoursOfOperations []HoursOfOperationsIdentifier
	Tags                    map[string]string
	TimeZone                *string
}

// HoursOfOperationConfig is a part of a day of the week.
type HoursOfOperationConfig struct {
	Day HoursOfOperationDays `wire:"required"`
	// EndTime is on the next day when it is not after StartTime.
	EndTime   *HoursOfOperationTimeSlice `wire:"required"`
	StartTime *HoursOfOperationTimeSlice `wire:"required"`
}

// HoursOfOperationTimeSlice is a time of day.
type HoursOfOperationTimeSlice struct {
	Hours   *int32 `wire:"required,range=0..23"`
	Minutes *int32 `wire:"required,range=0..59"`
}

// HoursOfOperationSummary is hours of operation in a list.
type HoursOfOperationSummary struct {
	Arn                *string
	Id                 *string
	LastModifiedRegion *string
	LastModifiedTime   *time.Time
	Name               *string
}

// HoursOfOperationsIdentifier names hours of operation.
type HoursOfOperationsIdentifier struct {
	Id   *string
	Name *string
	Arn  *string
}

// ParentHoursOfOperationConfig names hours whose overrides hold for others too.
type ParentHoursOfOperationConfig struct {
	HoursOfOperationId *string
}

// HoursOfOperationSearchCriteria are met by hours of operation.
type HoursOfOperationSearchCriteria struct {
	AndConditions   []HoursOfOperationSearchCriteria
	OrConditions    []HoursOfOperationSearchCriteria
	StringCondition *StringCondition
}

// HoursOfOperationSearchFilter narrows a search for hours of operation by tags.
type HoursOfOperationSearchFilter struct {
	TagFilter *ControlPlaneTagFilter
}

// HoursOfOperationDays is a day of the week.
type HoursOfOperationDays string

// Values of HoursOfOperationDays.
const (
	HoursOfOperationDaysSunday    HoursOfOperationDays = "SUNDAY"
	HoursOfOperationDaysMonday    HoursOfOperationDays = "MONDAY"
	HoursOfOperationDaysTuesday   HoursOfOperationDays = "TUESDAY"
	HoursOfOperationDaysWednesday HoursOfOperationDays = "WEDNESDAY"
	HoursOfOperationDaysThursday  HoursOfOperationDays = "THURSDAY"
	HoursOfOperationDaysFriday    HoursOfOperationDays = "FRIDAY"
	HoursOfOperationDaysSaturday  HoursOfOperationDays = "SATURDAY"
)

// Values returns all known values.
func (HoursOfOperationDays) Values() []HoursOfOperationDays {
	return []HoursOfOperationDays{
		HoursOfOperationDaysSunday,
		HoursOfOperationDaysMonday,
		HoursOfOperationDaysTuesday,
		HoursOfOperationDaysWednesday,
		HoursOfOperationDaysThursday,
		HoursOfOperationDaysFriday,
		HoursOfOperationDaysSaturday,
	}
}
