package chat

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"math"
	"sync"
	"time"

	"github.com/openparley/parley/api/participant"
	"github.com/openparley/parley/api/participant/types"
)

const forever = time.Duration(math.MaxInt64)

// Sent is what the server says of something sent.
type Sent struct {
	// ID is that of the item, which Items gives as well.
	ID string
	At time.Time
	// Processing says that a processor of the instance looks at the message before others see it.
	Processing types.MessageProcessingStatus
}

// Say sends plain text of up to 16,384 bytes. See the package about repeating.
func (s *Session) Say(ctx context.Context, text string) (Sent, error) {
	return s.Send(ctx, Plain, text)
}

// SayMarkdown sends text in Markdown. The chat must have been started with [Markdown].
func (s *Session) SayMarkdown(ctx context.Context, text string) (Sent, error) {
	return s.Send(ctx, Markdown, text)
}

// SendJSON sends a value as JSON. The chat must have been started with [JSON].
func (s *Session) SendJSON(ctx context.Context, v any) (Sent, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return Sent{}, err
	}
	return s.Send(ctx, JSON, string(text))
}

// Respond answers a view, or asks a list for its next page: with an action, such as that of a button, and what it takes. The chat must
// have been started with [Interactive] and [InteractiveResponse].
func (s *Session) Respond(ctx context.Context, template, action string, data any) (Sent, error) {
	text, err := json.Marshal(map[string]any{"version": "1.0", "templateType": template, "action": action, "data": data})
	if err != nil {
		return Sent{}, err
	}
	return s.Send(ctx, InteractiveResponse, string(text))
}

// Send sends a message of any content type. It returns when the server has acknowledged or refused it. When the context ends before, the
// message may have been sent or not.
func (s *Session) Send(ctx context.Context, contentType, content string) (Sent, error) {
	select {
	case <-s.speaking:
		defer func() { s.speaking <- struct{}{} }()
	case <-ctx.Done():
		return Sent{}, context.Cause(ctx)
	case <-s.ctx.Done():
		return Sent{}, ErrClosed
	}
	in := &participant.SendMessageInput{ContentType: &contentType, Content: &content, ClientToken: new(newToken())}
	var out *participant.SendMessageOutput
	err := s.send(ctx, s.o.patient, func(ctx context.Context, token *string) (err error) {
		in.ConnectionToken = token
		out, err = s.api.SendMessage(ctx, in)
		return err
	})
	if err != nil {
		return Sent{}, err
	}
	sent := Sent{ID: text(out.Id), At: moment(out.AbsoluteTime)}
	if out.MessageMetadata != nil {
		sent.Processing = out.MessageMetadata.MessageProcessingStatus
	}
	return sent, nil
}

// send calls while the chat lasts.
func (s *Session) send(ctx context.Context, patience time.Duration, f func(ctx context.Context, token *string) error) error {
	select {
	case <-s.over:
		if err := s.Status().Err; errors.Is(err, ErrClosed) {
			return err
		}
		return ErrEnded
	default:
		return s.call(ctx, patience, f)
	}
}

// Typing tells the others that this participant writes. Tell it again every ten seconds at most. It is not repeated when it fails: it is
// late then.
func (s *Session) Typing(ctx context.Context) error { return s.event(ctx, "typing", "", 0) }

// Delivered tells the sender of a message that it has come; [AutoDelivered] does so by itself.
func (s *Session) Delivered(ctx context.Context, messageID string) error {
	return s.receipt(ctx, "message.delivered", messageID)
}

// Read tells the sender of a message that it was read; [AutoRead] does so by itself. The service refuses receipts while more than two
// participants are in the chat, with a ConflictException.
func (s *Session) Read(ctx context.Context, messageID string) error {
	return s.receipt(ctx, "message.read", messageID)
}

func (s *Session) receipt(ctx context.Context, name, messageID string) error {
	content, err := json.Marshal(map[string]string{"messageId": messageID})
	if err != nil {
		return err
	}
	return s.event(ctx, name, string(content), s.o.patient)
}

func (s *Session) event(ctx context.Context, name, content string, patience time.Duration) error {
	in := &participant.SendEventInput{
		ContentType: new(eventPrefix + name), Content: optional(content), ClientToken: new(newToken()),
	}
	return s.send(ctx, patience, func(ctx context.Context, token *string) error {
		in.ConnectionToken = token
		_, err := s.api.SendEvent(ctx, in)
		return err
	})
}

// Disconnect leaves the chat. The session ends when the service says so: a survey may still come.
func (s *Session) Disconnect(ctx context.Context) error {
	s.mu.Lock()
	s.left = true
	s.mu.Unlock()
	in := &participant.DisconnectParticipantInput{ClientToken: new(newToken())}
	err := s.send(ctx, s.o.patient, func(ctx context.Context, token *string) error {
		in.ConnectionToken = token
		_, err := s.api.DisconnectParticipant(ctx, in)
		return err
	})
	if errors.Is(err, ErrEnded) {
		return nil
	}
	return err
}

// View reads the view that a message of the type [Interactive] names by its token.
func (s *Session) View(ctx context.Context, viewToken string) (*types.View, error) {
	var out *participant.DescribeViewOutput
	err := s.send(ctx, s.o.patient, func(ctx context.Context, token *string) (err error) {
		out, err = s.api.DescribeView(ctx, &participant.DescribeViewInput{ConnectionToken: token, ViewToken: &viewToken})
		return err
	})
	if err != nil {
		return nil, err
	}
	return out.View, nil
}

// Transcript reads the chat from its newest item to its oldest, and on into the chats that it continues. It has nothing to do with Items:
// what is read here is given there as well. An error ends it.
func (s *Session) Transcript(ctx context.Context) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		in := &participant.GetTranscriptInput{
			MaxResults: new(int32(page)), ScanDirection: types.ScanDirectionBackward, SortOrder: types.SortKeyDescending,
		}
		for {
			var out *participant.GetTranscriptOutput
			err := s.send(ctx, s.o.patient, func(ctx context.Context, token *string) (err error) {
				in.ConnectionToken = token
				out, err = s.api.GetTranscript(ctx, in)
				return err
			})
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range out.Transcript {
				if !yield(typed(&out.Transcript[i]), nil) {
					return
				}
			}
			if in.NextToken = out.NextToken; text(in.NextToken) == "" {
				return
			}
		}
	}
}

// maxMarks is how many automatic receipts wait at most: the oldest are let go.
const maxMarks = 256

// marks are the automatic receipts on their way.
type marks struct {
	mu      sync.Mutex
	waiting [][2]string // id and event
	wake    chan struct{}
}

func (m *marks) add(id, event string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.waiting) == maxMarks {
		m.waiting = m.waiting[1:]
	}
	m.waiting = append(m.waiting, [2]string{id, event})
	signal(m.wake)
}

func (m *marks) take() (mark [2]string, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.waiting) == 0 {
		return mark, false
	}
	mark = m.waiting[0]
	m.waiting = m.waiting[1:]
	return mark, true
}

// markable says whether an item is to be acknowledged: what others have said.
func (s *Session) markable(it Item) bool {
	switch it.(type) {
	case *Message, *File:
		from := it.Common().From
		return !s.own(from) && from.Role != types.ParticipantRoleSystem
	}
	return false
}

// mark sends automatic receipts. One that is refused matters to nobody.
func (s *Session) mark() {
	for {
		select {
		case <-s.marks.wake:
		case <-s.over:
			return
		}
		for {
			m, ok := s.marks.take()
			if !ok {
				break
			}
			_ = s.receipt(s.ctx, m[1], m[0])
		}
	}
}
