package center

// Reasons for the end of a contact. Source: connect-chat sheet, 7.6.
const (
	reasonCustomer     = "CUSTOMER_DISCONNECT"
	reasonNotConnected = "CUSTOMER_CONNECTION_NOT_ESTABLISHED"
	reasonExpired      = "EXPIRED"
	reasonFlow         = "CONTACT_FLOW_DISCONNECT"
	reasonAPI          = "API"
)

// leave takes a participant out of the chat.
func (sc *scene) leave(id string) {
	for i := range sc.chat.Participants {
		p := &sc.chat.Participants[i]
		if p.ID == id && p.LeftAt == 0 {
			p.LeftAt = sc.now()
			sc.chatChanged = true
			sc.event(eventLeft, p)
		}
	}
}

// end ends the chat and its current contact. What waits for it is cancelled; all its tokens answer 403 from now on. It does
// nothing for a chat that has ended: a contact ends once, with one reason.
func (sc *scene) end(reason string) {
	if !sc.live() {
		return
	}
	sc.event(eventChatEnded, nil)
	sc.stopFlow()
	now := sc.now()
	sc.chat.EndedAt = now
	sc.contact.EndedAt, sc.contact.DisconnectReason = now, reason
	sc.chatChanged, sc.contactChanged = true, true
	sc.tx.DeleteJob(jobSubscribeDeadline, sc.chat.ID)
	sc.tx.DeleteJob(jobExpire, sc.chat.ID)
}
