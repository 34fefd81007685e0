package center

// Types of contact events. Source: connect-chat sheet, 7.4.
const (
	contactInitiated         = "INITIATED"
	contactConnectedToSystem = "CONNECTED_TO_SYSTEM"
	contactDataUpdated       = "CONTACT_DATA_UPDATED"
	contactQueued            = "QUEUED"
	contactConnectedToAgent  = "CONNECTED_TO_AGENT"
	contactDisconnected      = "DISCONNECTED"
	contactCompleted         = "COMPLETED"
)

// contactEvent tells the outside what happened to the current contact.
func (sc *scene) contactEvent(event string, updated ...string) {}
