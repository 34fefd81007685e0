// Package bus tells every node what was committed, so that open sockets get it at once. A message can be lost: its sequence
// number and the database are the truth. It keeps the order in which one node published.
package bus

// Message is one item of a chat, or an ephemeral event in it, or a hint that the chat may have items no message told of.
type Message struct {
	Chat  string
	Seq   int64    // the item's number in the chat; 0: ephemeral, not in the transcript, or a hint
	To    []string // ids of the participants who may see it; empty: all
	Ended bool     // the chat is over and this is its last item
	Left  string   // id of a participant for whom this is the last item; empty: none
	Item  []byte   // JSON; empty in a hint
}

// Hint is the message that has sockets of a chat compared with the database.
func Hint(chatID string) Message { return Message{Chat: chatID} }

// IsHint reports whether the message has neither number nor item: look at this chat.
func (m Message) IsHint() bool { return m.Seq == 0 && len(m.Item) == 0 }

// Bus carries messages between nodes. It is safe for concurrent use.
type Bus interface {
	// Publish passes a message on to the subscribers of all nodes. It does not wait for them.
	Publish(Message)
	// Subscribe has fn called with each message, one after the other, until cancel is called. The messages of one publisher come in
	// their order. Messages share memory: fn must not change them.
	Subscribe(fn func(Message)) (cancel func())
	// Lost has fn called when messages may have been lost: a subscriber was too slow, or the connection to other nodes was gone and is
	// there again. It is not called more than about once a second; one call stands for all losses before it.
	Lost(fn func())
	// Close ends all subscriptions. It must not be called by a subscriber.
	Close() error
}
