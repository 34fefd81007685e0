package store

import (
	"container/list"
	"hash/maphash"
	"maps"
	"slices"
)

// known is what a worker knows of the database: within one transaction, or for as long as nobody else writes.
type known struct {
	keeps   bool
	chats   recent[string, loaded]
	rows    map[rowKey]any
	replays map[replayKey]*Item // nil: looked for in this transaction, not there
	locks   map[string]bool     // instances that this transaction has locked
}

// loaded is a chat with its current contact; both nil when there is no such chat.
type loaded struct {
	chat    *Chat
	contact *Contact

	// tokens has a hash of every token of the chat's items; nil: not looked yet. The only writer of a database asks it first, and
	// so does without an index of random keys, which would cost as much as all else that an item costs.
	tokens map[uint64]struct{}
}

var tokenSeed = maphash.MakeSeed()

func (l *loaded) hasToken(token []byte) bool {
	_, ok := l.tokens[maphash.Bytes(tokenSeed, token)]
	return ok
}

func (l *loaded) addToken(token []byte) {
	if l.tokens != nil && len(token) > 0 {
		l.tokens[maphash.Bytes(tokenSeed, token)] = struct{}{}
	}
}

type replayKey struct {
	chat  int64
	token string
}

const (
	knownChats = 8192 // a few kilobytes each
	knownRows  = 1024 // of configuration
)

func newKnown(keeps bool) known {
	return known{
		keeps: keeps, chats: newRecent[string, loaded](knownChats), rows: map[rowKey]any{}, replays: map[replayKey]*Item{},
		locks: map[string]bool{},
	}
}

// begin drops what may have changed since the last transaction.
func (k *known) begin() {
	clear(k.replays)
	clear(k.locks)
	if !k.keeps {
		k.reset()
	}
}

// reset drops everything.
func (k *known) reset() {
	k.chats.reset()
	clear(k.rows)
	clear(k.replays)
}

func (k *known) forget(chat string) { k.chats.delete(chat) }

func (k *known) putRow(key rowKey, row any) {
	if len(k.rows) >= knownRows {
		clear(k.rows)
	}
	k.rows[key] = row
}

// learn takes over what a finished update wrote.
func (k *known) learn(tx *Tx) {
	for _, w := range tx.chats {
		if w.create {
			k.chats.put(w.chat.ID, loaded{w.chat.clone(), w.contact.clone(), map[uint64]struct{}{}})
		} else if w.chat != tx.chat || w.chat.ContactID != tx.contact.ID {
			k.forget(w.chat.ID)
		}
	}
	for _, ct := range tx.contacts {
		if ct != tx.contact && !slices.ContainsFunc(tx.chats, func(w chatWrite) bool { return w.contact == ct }) {
			k.forget(ct.ChatID)
		}
	}
	for i, it := range tx.items {
		if len(it.Token) > 0 {
			k.replays[replayKey{it.Chat, string(it.Token)}] = it
			if l, ok := k.chats.get(tx.itemChats[i]); ok {
				l.addToken(it.Token)
			}
		}
	}
	for _, key := range tx.rows {
		delete(k.rows, key)
	}
}

func (c *Chat) clone() *Chat {
	d := *c
	d.Participants, d.ContentTypes = slices.Clone(c.Participants), slices.Clone(c.ContentTypes)
	d.Attributes, d.Hooks = maps.Clone(c.Attributes), maps.Clone(c.Hooks)
	return &d
}

func (ct *Contact) clone() *Contact {
	d := *ct
	d.SegmentAttributes, d.FlowState = slices.Clone(ct.SegmentAttributes), slices.Clone(ct.FlowState)
	d.Tags, d.FlowWaits = maps.Clone(ct.Tags), slices.Clone(ct.FlowWaits)
	return &d
}

// recent keeps the entries that were used last.
type recent[K comparable, V any] struct {
	limit   int
	entries map[K]*list.Element
	order   *list.List // of recentEntry, the one used last in front
}

type recentEntry[K comparable, V any] struct {
	key   K
	value V
}

func newRecent[K comparable, V any](limit int) recent[K, V] {
	return recent[K, V]{limit: limit, entries: map[K]*list.Element{}, order: list.New()}
}

func (c *recent[K, V]) get(key K) (v V, ok bool) {
	e, ok := c.entries[key]
	if !ok {
		return v, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*recentEntry[K, V]).value, true
}

func (c *recent[K, V]) put(key K, v V) {
	if e, ok := c.entries[key]; ok {
		e.Value.(*recentEntry[K, V]).value = v
		c.order.MoveToFront(e)
		return
	}
	if c.order.Len() >= c.limit {
		oldest := c.order.Back()
		c.order.Remove(oldest)
		delete(c.entries, oldest.Value.(*recentEntry[K, V]).key)
	}
	c.entries[key] = c.order.PushFront(&recentEntry[K, V]{key, v})
}

func (c *recent[K, V]) delete(key K) {
	if e, ok := c.entries[key]; ok {
		c.order.Remove(e)
		delete(c.entries, key)
	}
}

func (c *recent[K, V]) reset() {
	clear(c.entries)
	c.order.Init()
}
