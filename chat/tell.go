package chat

import (
	"context"
	"errors"
	"sync"

	"github.com/openparley/parley/api/participant"
	"github.com/openparley/parley/api/participant/types"
)

const (
	// maxWaiting is how many items wait for a program that does not take them. After more they are read again.
	maxWaiting = 1000
	// maxUnread is after how many items of sockets the transcript is read, so that a later reading is short.
	maxUnread = 500
	// maxKnown is of how many items it is remembered that they were told: what comes twice comes soon. It is more than are told between two
	// readings of the transcript.
	maxKnown = 4096
	// maxParts is how many messages may be under way in parts.
	maxParts = 64
	page     = 100
)

// inbox holds what sockets brought until it is told. A nil entry is a gap: the transcript is to be read.
type inbox struct {
	mu      sync.Mutex
	waiting []*types.Item
	closed  bool
	ready   chan struct{}
}

func (b *inbox) add(w *types.Item) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch n := len(b.waiting); {
	case n > 0 && w == nil && b.waiting[n-1] == nil: // one gap is as good as two
	case n >= maxWaiting && !isEnd(w):
		b.waiting = append(b.waiting[:0], nil)
	default:
		b.waiting = append(b.waiting, w)
	}
	signal(b.ready)
}

func (b *inbox) gap() { b.add(nil) }

func (b *inbox) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	signal(b.ready)
}

// take returns what is next; over when nothing is there and nothing will come.
func (b *inbox) take() (w *types.Item, some, over bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.waiting) == 0 {
		return nil, false, b.closed
	}
	w = b.waiting[0]
	b.waiting = b.waiting[1:]
	return w, true, false
}

func isEnd(w *types.Item) bool {
	return w != nil && w.Type == types.ChatItemTypeEvent && event(w) == "chat.ended"
}

// ledger is what was told. It belongs to the teller.
type ledger struct {
	anchor string // all of the transcript up to this item was told
	unread int    // items told since, that the sockets brought
	kept   memory // of items that transcripts keep
	passed memory // of others: however many there are, those that are kept stay known
	parts  map[string]*parts
}

// memory knows the newest keys that it was told.
type memory struct {
	known map[string]bool
	order []string
}

// note remembers a key and reports whether it is new.
func (m *memory) note(k string) bool {
	if k == "" {
		return true
	}
	if m.known[k] {
		return false
	}
	if m.known == nil {
		m.known = map[string]bool{}
	}
	if len(m.order) == maxKnown {
		delete(m.known, m.order[0])
		m.order = m.order[1:]
	}
	m.known[k] = true
	m.order = append(m.order, k)
	return true
}

// parts are what there is of a message that comes in parts.
type parts struct {
	number int32
	text   string
}

func (l *ledger) open(last string) {
	l.parts = map[string]*parts{}
	l.anchor = last
	l.kept.note(last)
}

// note remembers an item and reports whether it is new.
func (l *ledger) note(w *types.Item) bool {
	if isKept(w) {
		return l.kept.note(text(w.Id))
	}
	return l.passed.note(key(w))
}

// knows says whether an item was told.
func (l *ledger) knows(w *types.Item) bool {
	if isKept(w) {
		return l.kept.known[text(w.Id)]
	}
	return l.passed.known[key(w)]
}

// join adds a part of a message, and returns what there is if the part is the next. A part out of turn is let go: the whole follows.
func (l *ledger) join(w *types.Item) *Partial {
	id, number := text(w.Id), *w.MessageMetadata.ChunkNumber
	p := l.parts[id]
	switch {
	case l.kept.known[id]:
		return nil
	case number == 1 && p == nil:
		if len(l.parts) == maxParts {
			clear(l.parts)
		}
		p = &parts{}
		l.parts[id] = p
	case p == nil || number != p.number+1:
		return nil
	}
	p.number = number
	p.text += text(w.Content)
	return &Partial{Head: *typed(w).Common(), Text: p.text, Added: text(w.Content)}
}

// isPart says whether an item is a part of a message, and not the whole that comes last.
func isPart(w *types.Item) bool {
	m := w.MessageMetadata
	return w.Type == types.ChatItemTypeMessage && m != nil && m.ChunkNumber != nil && (m.MessageCompleted == nil || !*m.MessageCompleted)
}

// arrived takes an item from a socket. It never waits.
func (s *Session) arrived(w *types.Item) {
	s.inbox.add(w)
	s.suspect(w)
	if isEnd(w) {
		s.finish(ErrEnded)
	}
}

// tell gives the program what is in the inbox, once and in order.
func (s *Session) tell() {
	defer close(s.out)
	for {
		w, some, over := s.inbox.take()
		switch {
		case over:
			return
		case !some:
			select {
			case <-s.inbox.ready:
			case <-s.ctx.Done():
				return
			}
			continue
		case w == nil:
			s.unread(s.fill())
		case s.ledger.knows(w), undecided(w): // what is undecided comes again
		case isPart(w):
			if p := s.ledger.join(w); p != nil && s.o.partials {
				s.give(p)
			}
		default:
			if s.o.confirmed && isKept(w) && !isEnd(w) {
				s.unread(s.fill())
			}
			s.pass(w)
		}
		if s.ctx.Err() != nil {
			return
		}
		if s.ledger.unread > maxUnread {
			s.ledger.unread = 0
			if err := s.fill(); err != nil && !errors.Is(err, ErrEnded) { // there is no gap, so that nothing is lost by the end
				s.unread(err)
			}
		}
	}
}

// pass tells an item if it is new.
func (s *Session) pass(w *types.Item) {
	if !s.ledger.note(w) {
		return
	}
	if isKept(w) {
		s.ledger.unread++
		delete(s.ledger.parts, text(w.Id))
	}
	s.give(typed(w))
}

// give waits until the program takes an item.
func (s *Session) give(it Item) {
	if s.o.delivered && s.markable(it) {
		s.marks.add(it.Common().ID, "message.delivered")
	}
	select {
	case s.out <- it:
	case <-s.ctx.Done():
	}
}

// fill reads the transcript from the anchor to its end, and tells what was not told.
func (s *Session) fill() error {
	var next *string
	began, hold, behind := s.ledger.anchor, false, 0
	for {
		in := &participant.GetTranscriptInput{
			MaxResults: new(int32(page)), ScanDirection: types.ScanDirectionForward, SortOrder: types.SortKeyAscending, NextToken: next,
		}
		if next == nil && began != "" {
			in.StartPosition = &types.StartPosition{Id: &began}
		}
		var out *participant.GetTranscriptOutput
		err := s.call(s.ctx, forever, func(ctx context.Context, token *string) (err error) {
			in.ConnectionToken = token
			out, err = s.api.GetTranscript(ctx, in)
			return err
		})
		if err != nil && judge(err) == refused && next != nil && s.ledger.anchor != began {
			began, next = s.ledger.anchor, nil // the program took its time, and the way to the next page is not known any more
			continue
		}
		if err != nil {
			return err
		}
		if len(out.Transcript) == 0 && next == nil && began != "" {
			began = "" // the item is not there any more: what is known is passed over
			continue
		}
		for i := range out.Transcript {
			w := &out.Transcript[i]
			if w.RelatedContactId != nil {
				continue
			}
			if undecided(w) {
				if !hold {
					hold, behind = true, 0
				}
				continue
			}
			if !s.ledger.knows(w) {
				s.suspect(w)
			}
			s.pass(w)
			if s.ctx.Err() != nil {
				return nil
			}
			if behind++; behind > maxWaiting {
				hold = false // nobody decides any more
			}
			if !hold {
				s.ledger.anchor, s.ledger.unread = text(w.Id), 0
			}
			if isEnd(w) {
				s.finish(ErrEnded)
			}
		}
		if next = out.NextToken; text(next) == "" {
			return nil
		}
	}
}

// unread notes that a gap could not be read.
func (s *Session) unread(err error) {
	if err == nil || s.ctx.Err() != nil {
		return
	}
	if !errors.Is(err, ErrEnded) { // the end comes by itself
		s.finish(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil && !s.left && !errors.Is(s.status.Err, ErrClosed) {
		s.err = ErrEndedAway
	}
}
