package center

// Reasons for the end of a contact. Source: connect-chat sheet, 7.6.
const (
	reasonCustomer     = "CUSTOMER_DISCONNECT"
	reasonAgent        = "AGENT_DISCONNECT"
	reasonThirdParty   = "THIRD_PARTY_DISCONNECT"
	reasonNotConnected = "CUSTOMER_CONNECTION_NOT_ESTABLISHED"
	reasonExpired      = "EXPIRED"
	reasonIdle         = "IDLE_DISCONNECT"
	reasonFlow         = "CONTACT_FLOW_DISCONNECT"
	reasonAPI          = "API"
)

// end ends the chat and its current contact. What waits for it is cancelled; all its tokens answer 403 from now on. It does
// nothing for a chat that has ended: a contact ends once, with one reason.
func (sc *scene) end(reason string) {
	if !sc.live() {
		return
	}
	sc.event(eventChatEnded, nil)
	sc.stopTimers()
	sc.endContact(reason)
	sc.chat.EndedAt, sc.chatChanged = sc.now(), true
	sc.tx.DeleteJob(jobSubscribeDeadline, sc.chat.ID)
	sc.tx.DeleteJob(jobExpire, sc.chat.ID)
	for _, p := range sc.chat.Participants {
		if p.JoinedAt == 0 && p.LeftAt == 0 {
			sc.tx.DeleteJob(jobJoinDeadline, p.ID)
		}
	}
}
