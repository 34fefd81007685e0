package center

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/api/wire"
	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/bus"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// eventTokenLife is how long a ClientToken of SendEvent is remembered. The window of the original is not documented.
const eventTokenLife = 10 * time.Minute

// SendMessage appends a message of the caller to the transcript. A repeat with the same ClientToken and content is answered with
// the first answer, for as long as the chat lives.
func (s *Service) SendMessage(
	ctx context.Context, conn auth.Connection, in *participant.SendMessageInput,
) (*participant.SendMessageOutput, error) {
	contentType, content := *in.ContentType, *in.Content
	token := tokenOf(in.ClientToken, conn.ParticipantID, contentType, content)
	var out participant.SendMessageOutput
	err := s.updateAs(ctx, conn, token, func(sc *scene, caller store.Participant) error {
		item := sc.tx.Replay()
		earlier, err := sc.heldBefore(token, item)
		if err != nil {
			return err
		}
		if item != nil {
			// Whoever wrote it may have died before it was told; sockets that had it drop it.
			sc.publish(item)
		}
		switch {
		case earlier != nil:
			out = earlier.answer()
			return nil
		case item != nil:
			out = participant.SendMessageOutput{Id: &item.ID, AbsoluteTime: wire.Time(item.At)}
			return nil
		}
		if why := contentProblem(caller.Role, contentType, content, sc.chat.ContentTypes); why != "" {
			return participantInvalid(why)
		}
		sc.lookAt(contentType, content)
		if err := sc.botRefuses(caller, contentType, content); err != nil {
			return err
		}
		if err := sc.speak(&caller); err != nil {
			return err
		}
		if held, err := sc.hold(caller, contentType, content, token); err != nil {
			return err
		} else if held != nil {
			sc.spoke(caller)
			out = held.answer()
			return nil
		}
		item = message(caller, contentType, content, token)
		next, waits := sc.heard(item)
		sc.append(item)
		sc.spoke(caller)
		out = participant.SendMessageOutput{Id: &item.ID, AbsoluteTime: wire.Time(item.At)}
		if waits {
			return sc.resume(next)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &out, nil
}

// SendEvent tells the chat that the caller types, or that a message reached the caller or was read.
func (s *Service) SendEvent(
	ctx context.Context, conn auth.Connection, in *participant.SendEventInput,
) (*participant.SendEventOutput, error) {
	contentType, content := *in.ContentType, reply.Value(in.Content)
	var about int64
	switch contentType {
	case eventTyping, eventAcknowledged:
	case eventDelivered, eventRead:
		var err error
		if about, err = s.receiptAbout(ctx, conn, content); err != nil {
			return nil, err
		}
	default:
		return nil, participantInvalid(fmt.Sprintf("content type %q can not be sent by a participant", contentType))
	}
	token := hex.EncodeToString(tokenOf(in.ClientToken, conn.ParticipantID, contentType, content))
	var answer struct {
		ID string
		At int64
	}
	err := s.updateAs(ctx, conn, nil, func(sc *scene, caller store.Participant) error {
		scope := "SendEvent/" + sc.chat.ID
		if token != "" {
			earlier, err := sc.tx.Request(scope, token)
			if err == nil {
				return json.Unmarshal(earlier.Answer, &answer)
			}
			if !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
		answer.ID, answer.At = newID(), sc.now()
		switch contentType {
		case eventTyping:
			if sc.contact.Whisper != nil {
				break
			}
			if err := sc.speak(&caller); err != nil {
				return err
			}
			answer.ID = sc.passing(eventTyping, caller).ID
		case eventDelivered, eventRead:
			if err := sc.receive(caller, contentType, about); err != nil {
				return err
			}
		}
		if token != "" {
			b, err := json.Marshal(answer)
			if err != nil {
				return err
			}
			sc.tx.PutRequest(store.Request{
				Scope: scope, Token: token, Answer: b, ExpiresAt: sc.tx.Now().Add(eventTokenLife).UnixMilli(),
			})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &participant.SendEventOutput{Id: &answer.ID, AbsoluteTime: wire.Time(answer.At)}, nil
}

// receiptAbout returns the number of the item that a receipt names, 0 when the chat has no such item. A long chat takes a while to look
// through, so this is done before the update.
func (s *Service) receiptAbout(ctx context.Context, conn auth.Connection, content string) (seq int64, err error) {
	chat, err := s.joinedChat(ctx, conn)
	if err != nil {
		return 0, err
	}
	var of struct {
		MessageID string `json:"messageId"`
	}
	if err := json.Unmarshal([]byte(content), &of); err != nil || of.MessageID == "" || strings.ContainsRune(of.MessageID, 0) {
		return 0, participantInvalid(`the content of a receipt is {"messageId":"…"}`)
	}
	it, err := s.Store.ItemByID(ctx, chat.Num, of.MessageID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return 0, nil
	case err != nil:
		return 0, err
	}
	return it.Seq, nil
}

// receive records that a message was delivered to the caller or read, and tells the sender. Receipts for the caller's own messages,
// for events and for unknown ids are ignored: clients do send them. Source: participant-wire sheet, section 6.
func (sc *scene) receive(caller store.Participant, contentType string, about int64) error {
	if !sc.ReceiptsInGroups && sc.people() > 2 {
		return &ptypes.ConflictException{Message: new("Receipts are not available while more than two participants are in the chat")}
	}
	if about == 0 || caller.Silent {
		return nil
	}
	it, err := sc.tx.Item(sc.chat.Num, about)
	if err != nil {
		return err
	}
	if it.Type != itemMessage && it.Type != itemAttachment || it.ParticipantID == caller.ID {
		return nil
	}
	if ok, err := visible(it, caller.ID); !ok {
		return err
	}
	extra, err := it.ReadExtra()
	if err != nil {
		return err
	}
	r := store.Receipt{Recipient: caller.ID}
	if i := slices.IndexFunc(extra.Receipts, func(r store.Receipt) bool { return r.Recipient == caller.ID }); i >= 0 {
		r = extra.Receipts[i]
		extra.Receipts = slices.Delete(extra.Receipts, i, i+1)
	}
	before := r
	if r.Delivered == 0 {
		r.Delivered = sc.now()
	}
	if contentType == eventRead && r.Read == 0 {
		r.Read = sc.now()
	}
	if r == before {
		return nil
	}
	extra.Receipts = slices.Insert(extra.Receipts, 0, r)
	if it.Extra, err = json.Marshal(extra); err != nil {
		return err
	}
	sc.tx.PutItemExtra(it)
	sc.tell(receiptItem(it.ID, sc.now(), r))
	return nil
}

// tell sends an item to the sockets that is not kept in the transcript.
func (sc *scene) tell(item []byte) {
	chatID := sc.chat.ID
	sc.tx.AfterCommit(func() { sc.Publish(bus.Message{Chat: chatID, Item: item}) })
}

// updateAs is update for a participant with a connection: it answers 403 once the chat has ended or the participant has left.
func (s *Service) updateAs(
	ctx context.Context, conn auth.Connection, token []byte, fn func(*scene, store.Participant) error,
) error {
	err := s.update(ctx, store.Key{Chat: conn.ChatID, Token: token}, func(sc *scene) error {
		caller, ok := sc.participant(conn.ParticipantID)
		if !ok || !sc.live() {
			return accessDenied()
		}
		if caller.JoinedAt == 0 {
			return notConnected()
		}
		return fn(sc, caller)
	})
	if errors.Is(err, errNoChat) {
		return accessDenied()
	}
	return err
}

// tokenOf is the idempotency key of what a participant sends: chatjs uses one constant ClientToken for all its receipts, so that
// the content belongs to the key. Nil without a token. Source: participant-wire sheet, 2.2.
func tokenOf(clientToken *string, parts ...string) []byte {
	if reply.Value(clientToken) == "" {
		return nil
	}
	h := sha256.New()
	for _, p := range append(parts, *clientToken) {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return h.Sum(nil)[:16]
}
