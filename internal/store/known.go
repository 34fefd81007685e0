package store

import (
	"container/list"
	"maps"
	"slices"
)

// known is what a worker knows of the database: within one transaction, or for as long as nobody else writes.
type known struct {
	keeps   bool
	chats   recent[string, loaded]
	changed []string // ids of chats that this transaction may have changed
	rows    map[rowKey]any
	replays map[replayKey]*Item // nil: looked for in this transaction, not there
	locks   map[string]bool     // instances that this transaction has locked
}

// loaded is a chat with its current contact; both nil when there is no such chat. Updates get copies.
type loaded struct {
	chat    *Chat
	contact *Contact
	stale   bool // chat and contact must be read again

	// tokens has the mark of every token of the chat's items; more do no harm. nil: not read. The only writer of a database asks it
	// first, and so does without an index of random keys, which would cost as much as all else that an item costs.
	tokens map[uint32]struct{}
	asked  bool // for a token: tokens are worth reading when that happens again
}

// mark is the end of a token, as many bytes of it as the index of SQLite has.
func mark(token []byte) []byte { return token[max(0, len(token)-4):] }

func markNumber(mark []byte) (n uint32) {
	for _, b := range mark {
		n = n<<8 | uint32(b)
	}
	return n
}

func (l *loaded) addToken(it *Item) {
	switch {
	case it.Seq > maxTokens:
		l.tokens = nil
	case l.tokens != nil:
		l.tokens[markNumber(mark(it.Token))] = struct{}{}
	}
}

// bytes estimates how much memory a chat takes.
func (l *loaded) bytes() int {
	const entry, row, member, past, token = 500, 600, 150, 150, 12
	n := entry + token*len(l.tokens)
	if l.chat == nil {
		return n
	}
	if b := l.contact.Bot; b != nil {
		n += row + len(b.State) + mapBytes(b.Attributes)
		for _, text := range b.Texts {
			n += len(text)
		}
	}
	return n + 2*row + member*len(l.chat.Participants) + past*len(l.chat.Past) + len(l.chat.InitialMessage) + mapBytes(l.chat.Attributes) + mapBytes(l.chat.Hooks) +
		len(l.contact.References) + len(l.contact.RoutingCriteria) + len(l.contact.Description) + len(l.contact.SegmentAttributes) + len(l.contact.FlowState) + mapBytes(l.contact.Tags)
}

func mapBytes(m map[string]string) (n int) {
	const entry = 50
	for k, v := range m {
		n += entry + len(k) + len(v)
	}
	return n
}

type replayKey struct {
	chat  int64
	token string
}

const (
	knownBytes = 128 << 20 // of chats: some 50,000 with 60 messages each
	knownRows  = 1024      // of configuration
	maxTokens  = 1 << 20   // of a chat; a longer one is looked through for each
)

func newKnown(keeps bool) known {
	return known{
		keeps: keeps, chats: newRecent[string](knownBytes, (*loaded).bytes), rows: map[rowKey]any{}, replays: map[replayKey]*Item{},
		locks: map[string]bool{},
	}
}

// begin drops what may have changed since the last transaction.
func (k *known) begin() {
	k.changed = k.changed[:0]
	clear(k.replays)
	clear(k.locks)
	if !k.keeps {
		k.chats.reset()
		clear(k.rows)
	}
}

// undo drops what a transaction learned that was not committed.
func (k *known) undo() {
	for _, id := range k.changed {
		k.forget(id)
	}
	clear(k.rows)
}

// forget has a chat read again, but for its tokens.
func (k *known) forget(id string) {
	if l, ok := k.chats.get(id); ok {
		k.chats.put(id, loaded{stale: true, tokens: l.tokens, asked: l.asked})
	}
}

func (k *known) putRow(key rowKey, row any) {
	if len(k.rows) >= knownRows {
		clear(k.rows)
	}
	k.rows[key] = row
}

// learn takes over what a finished update wrote.
func (k *known) learn(tx *Tx) {
	if tx.chat != nil {
		l, _ := k.chats.get(tx.key.Chat)
		l.chat, l.contact = tx.chat, tx.contact
		k.chats.put(tx.key.Chat, l)
	}
	for _, w := range tx.chats {
		if w.create {
			k.changed = append(k.changed, w.chat.ID)
			k.chats.put(w.chat.ID, loaded{chat: w.chat.clone(), contact: w.contact.clone(), tokens: map[uint32]struct{}{}})
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
		if len(it.Token) == 0 {
			continue
		}
		k.replays[replayKey{it.Chat, string(it.Token)}] = it
		if l, ok := k.chats.get(tx.itemChats[i]); ok {
			l.addToken(it)
			k.chats.put(tx.itemChats[i], l)
		}
	}
	for _, key := range tx.rows {
		delete(k.rows, key)
	}
	if tx.erased {
		k.chats.put(tx.key.Chat, loaded{stale: true})
	}
}

func (c *Chat) clone() *Chat {
	d := *c
	d.Participants, d.ContentTypes = slices.Clone(c.Participants), slices.Clone(c.ContentTypes)
	d.Attributes, d.Hooks = maps.Clone(c.Attributes), maps.Clone(c.Hooks)
	d.Timers, d.Running, d.Idle = maps.Clone(c.Timers), maps.Clone(c.Running), slices.Clone(c.Idle)
	d.Streams, d.Past = slices.Clone(c.Streams), slices.Clone(c.Past)
	if c.Processor != nil {
		d.Processor = new(*c.Processor)
	}
	if c.Outside != nil {
		d.Outside = new(*c.Outside)
	}
	if c.SignIn != nil {
		d.SignIn = new(*c.SignIn)
	}
	return &d
}

func (ct *Contact) clone() *Contact {
	d := *ct
	d.SegmentAttributes, d.FlowState = slices.Clone(ct.SegmentAttributes), slices.Clone(ct.FlowState)
	d.References, d.RoutingCriteria = slices.Clone(ct.References), slices.Clone(ct.RoutingCriteria)
	d.Tags, d.FlowWaits = maps.Clone(ct.Tags), slices.Clone(ct.FlowWaits)
	d.Guides, d.FlowNoted = slices.Clone(ct.Guides), slices.Clone(ct.FlowNoted)
	if a := ct.Analytics; a != nil {
		d.Analytics = new(*a)
		d.Analytics.Modes, d.Analytics.Entities = slices.Clone(a.Modes), slices.Clone(a.Entities)
	}
	if b := ct.Bot; b != nil {
		d.Bot = new(*b)
		d.Bot.Attributes, d.Bot.Texts = maps.Clone(b.Attributes), slices.Clone(b.Texts)
	}
	if ct.Whisper != nil {
		d.Whisper = new(*ct.Whisper)
	}
	if ct.Meant != nil {
		d.Meant = new(*ct.Meant)
	}
	return &d
}

// recent keeps the entries that were used last, as many as fit into a number of bytes, at least one.
type recent[K comparable, V any] struct {
	limit, sum int
	bytes      func(*V) int
	entries    map[K]*list.Element
	order      *list.List // of *recentEntry, the one used last in front
}

type recentEntry[K comparable, V any] struct {
	key   K
	value V
	bytes int
}

func newRecent[K comparable, V any](limit int, bytes func(*V) int) recent[K, V] {
	return recent[K, V]{limit: limit, bytes: bytes, entries: map[K]*list.Element{}, order: list.New()}
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
	e, ok := c.entries[key]
	if !ok {
		e = c.order.PushFront(&recentEntry[K, V]{key: key})
		c.entries[key] = e
	}
	c.order.MoveToFront(e)
	entry := e.Value.(*recentEntry[K, V])
	bytes := c.bytes(&v)
	c.sum += bytes - entry.bytes
	entry.value, entry.bytes = v, bytes
	for c.sum > c.limit && c.order.Len() > 1 {
		oldest := c.order.Remove(c.order.Back()).(*recentEntry[K, V])
		delete(c.entries, oldest.key)
		c.sum -= oldest.bytes
	}
}

func (c *recent[K, V]) reset() {
	clear(c.entries)
	c.order.Init()
	c.sum = 0
}
