package types

// ContactMetricInfo names a figure of a contact.
type ContactMetricInfo struct {
	Name ContactMetricName `wire:"required"`
}

// ContactMetricResult is one figure of a contact.
type ContactMetricResult struct {
	Name  ContactMetricName
	Value ContactMetricValue
}

// ContactMetricValue is a union; its member is [ContactMetricValueMemberNumber].
type ContactMetricValue interface {
	isContactMetricValue()
}

// ContactMetricValueMemberNumber is a position, counted from one, or a time in seconds.
type ContactMetricValueMemberNumber struct {
	Value float64
}

func (*ContactMetricValueMemberNumber) isContactMetricValue() {}

// ContactMetricName is a figure of a waiting contact.
type ContactMetricName string

// Values of ContactMetricName.
const (
	ContactMetricNameEstimatedWaitTime ContactMetricName = "ESTIMATED_WAIT_TIME"
	ContactMetricNamePositionInQueue   ContactMetricName = "POSITION_IN_QUEUE"
)

// Values returns all known values.
func (ContactMetricName) Values() []ContactMetricName {
	return []ContactMetricName{
		ContactMetricNameEstimatedWaitTime,
		ContactMetricNamePositionInQueue,
	}
}
