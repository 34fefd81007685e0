package types

// ParticipantDetailsToAdd describes the participant to add.
type ParticipantDetailsToAdd struct {
	// DisplayName is shown to the other participants.
	DisplayName             *string `wire:"len=1..256"`
	ParticipantCapabilities *ParticipantCapabilities
	ParticipantRole         ParticipantRole
}

// ParticipantTokenCredentials are a new participant's token and the time by which it has to be used.
type ParticipantTokenCredentials struct {
	// Expiry is written as 2006-01-02T15:04:05.000Z.
	Expiry           *string
	ParticipantToken *string
}

// UpdateParticipantRoleConfigChannelInfo is a union; its member is
// [UpdateParticipantRoleConfigChannelInfoMemberChat].
type UpdateParticipantRoleConfigChannelInfo interface {
	isUpdateParticipantRoleConfigChannelInfo()
}

// UpdateParticipantRoleConfigChannelInfoMemberChat sets the timers of a chat.
type UpdateParticipantRoleConfigChannelInfoMemberChat struct {
	Value ChatParticipantRoleConfig
}

func (*UpdateParticipantRoleConfigChannelInfoMemberChat) isUpdateParticipantRoleConfigChannelInfo() {}

// ChatParticipantRoleConfig lists the timers of a chat.
type ChatParticipantRoleConfig struct {
	ParticipantTimerConfigList []ParticipantTimerConfiguration `wire:"required,count=1..6"`
}

// ParticipantTimerConfiguration is one timer: what is done when participants of a role have been silent for a while.
type ParticipantTimerConfiguration struct {
	ParticipantRole TimerEligibleParticipantRoles `wire:"required"`
	TimerType       ParticipantTimerType          `wire:"required"`
	TimerValue      ParticipantTimerValue         `wire:"required"`
}

// ParticipantTimerValue is a union: a time to wait, or the end of the timer.
type ParticipantTimerValue interface {
	isParticipantTimerValue()
}

// ParticipantTimerValueMemberParticipantTimerAction takes a timer off.
type ParticipantTimerValueMemberParticipantTimerAction struct {
	Value ParticipantTimerAction
}

func (*ParticipantTimerValueMemberParticipantTimerAction) isParticipantTimerValue() {}

// ParticipantTimerValueMemberParticipantTimerDurationInMinutes is the silence after which the timer fires.
type ParticipantTimerValueMemberParticipantTimerDurationInMinutes struct {
	Value int32 `wire:"range=2..480"`
}

func (*ParticipantTimerValueMemberParticipantTimerDurationInMinutes) isParticipantTimerValue() {}

// ParticipantRole is the part a participant plays in a chat.
type ParticipantRole string

// Values of ParticipantRole.
const (
	ParticipantRoleAgent      ParticipantRole = "AGENT"
	ParticipantRoleCustomer   ParticipantRole = "CUSTOMER"
	ParticipantRoleSystem     ParticipantRole = "SYSTEM"
	ParticipantRoleCustomBot  ParticipantRole = "CUSTOM_BOT"
	ParticipantRoleSupervisor ParticipantRole = "SUPERVISOR"
)

// Values returns all known values.
func (ParticipantRole) Values() []ParticipantRole {
	return []ParticipantRole{
		ParticipantRoleAgent,
		ParticipantRoleCustomer,
		ParticipantRoleSystem,
		ParticipantRoleCustomBot,
		ParticipantRoleSupervisor,
	}
}

// ParticipantTimerAction is what is done to a timer instead of setting it.
type ParticipantTimerAction string

// Values of ParticipantTimerAction.
const (
	ParticipantTimerActionUnset ParticipantTimerAction = "Unset"
)

// Values returns all known values.
func (ParticipantTimerAction) Values() []ParticipantTimerAction {
	return []ParticipantTimerAction{
		ParticipantTimerActionUnset,
	}
}

// ParticipantTimerType is what a timer does: it calls a participant idle, or disconnects the participants who are not
// customers.
type ParticipantTimerType string

// Values of ParticipantTimerType.
const (
	ParticipantTimerTypeIdle                  ParticipantTimerType = "IDLE"
	ParticipantTimerTypeDisconnectNoncustomer ParticipantTimerType = "DISCONNECT_NONCUSTOMER"
)

// Values returns all known values.
func (ParticipantTimerType) Values() []ParticipantTimerType {
	return []ParticipantTimerType{
		ParticipantTimerTypeIdle,
		ParticipantTimerTypeDisconnectNoncustomer,
	}
}

// TimerEligibleParticipantRoles are the roles that have timers.
type TimerEligibleParticipantRoles string

// Values of TimerEligibleParticipantRoles.
const (
	TimerEligibleParticipantRolesCustomer TimerEligibleParticipantRoles = "CUSTOMER"
	TimerEligibleParticipantRolesAgent    TimerEligibleParticipantRoles = "AGENT"
)

// Values returns all known values.
func (TimerEligibleParticipantRoles) Values() []TimerEligibleParticipantRoles {
	return []TimerEligibleParticipantRoles{
		TimerEligibleParticipantRolesCustomer,
		TimerEligibleParticipantRolesAgent,
	}
}
