package center

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"slices"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/participant"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

const (
	// maxPast is how many earlier contacts a chat shows. Source: administrator guide, persistent chat (100 past contacts).
	maxPast = 100

	// maxPastBytes is how much of them can be read: items as JSON, counted from the newest on. Source: connect-chat sheet, 2.4 (5 MB).
	maxPastBytes = 5 << 20
)

// CreatePersistentContactAssociation has a live chat continue one that has ended. The contact named is the current one of its chat.
func (s *Service) CreatePersistentContactAssociation(
	ctx context.Context, in *connect.CreatePersistentContactAssociationInput,
) (*connect.CreatePersistentContactAssociationOutput, error) {
	ct, _, err := s.contactOf(ctx, *in.InstanceId, *in.InitialContactId)
	if err != nil {
		return nil, err
	}
	source, ok := s.Scope.ResourceID(ct.InstanceID, arn.Contact, *in.SourceContactId)
	if !ok {
		return nil, reply.NotFound("Source contact")
	}
	request := store.Request{
		Scope: "CreatePersistentContactAssociation/" + ct.ID, Token: reply.Value(in.ClientToken),
		Hash: tokenOf(in.ClientToken, string(in.RehydrationType), source),
	}
	var from string
	err = s.update(ctx, store.Key{Chat: ct.ChatID}, func(sc *scene) error {
		if earlier, err := reply.Answered(sc.tx, request); err != nil || earlier != nil {
			from = string(earlier)
			return err
		}
		if !sc.live() || sc.contact.ID != ct.ID {
			return reply.InvalidRequest("The contact has ended")
		}
		if from, err = sc.rehydrate(in.RehydrationType, source); err != nil {
			return err
		}
		if request.Token != "" {
			request.Answer, request.ExpiresAt = []byte(from), sc.tx.Now().Add(startTokenLife).UnixMilli()
			sc.tx.PutRequest(request)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.CreatePersistentContactAssociationOutput{ContinuedFromContactId: &from}, nil
}

// rehydrate has a chat that runs continue another, and tells everybody. It returns the contact that is continued.
func (sc *scene) rehydrate(kind types.RehydrationType, source string) (from string, err error) {
	if from, err = sc.continueFrom(kind, source); err != nil {
		return "", err
	}
	sc.event(eventRehydrated, nil)
	sc.contactEvent(contactDataUpdated, "UserDefinedAttributes")
	return from, nil
}

// continueFrom has the chat continue another one, which has ended, once. What was said there and in what that one continued itself can
// be read in this chat from now on. It returns the contact that is continued. Source: connect-chat sheet, 2.4.
func (sc *scene) continueFrom(kind types.RehydrationType, source string) (string, error) {
	from, earlier, err := sc.other(source, "Source contact")
	if err != nil {
		return "", err
	}
	switch {
	case sc.chat.Rehydrated:
		return "", reply.InvalidRequest("The chat continues another one already")
	case earlier.EndedAt == 0:
		return "", reply.InvalidRequest("The source contact belongs to a chat that has not ended")
	case earlier.Seq == 0:
		return "", reply.InvalidRequest("The transcript of the source contact was deleted")
	}
	switch kind {
	case types.RehydrationTypeFromSegment:
	case types.RehydrationTypeEntirePastSession:
		if from.ID != earlier.ID {
			return "", reply.InvalidRequest("SourceContactId: " + string(kind) + " takes the initial contact of a chat")
		}
		if from, err = sc.tx.ContactByID(earlier.ContactID); err != nil {
			return "", reply.OrNotFound(err, "Source contact") // erased just now
		}
	default:
		return "", reply.InvalidRequest(fmt.Sprintf("RehydrationType %q is none", kind))
	}
	if err := sc.inherit(from, earlier); err != nil {
		return "", err
	}
	past, err := sc.segments(from, earlier)
	if err != nil {
		return "", reply.OrNotFound(err, "Source contact")
	}
	past = append(past, earlier.Past...)
	sc.chat.Past, sc.chat.Rehydrated, sc.chatChanged = past[:min(len(past), maxPast)], true, true
	sc.chat.LastAt = max(sc.chat.LastAt, earlier.LastAt) // clients sort by time: what comes now is later than all of that
	return from.ID, nil
}

// segments are a contact of a chat that has ended and those before it.
func (sc *scene) segments(from *store.Contact, of *store.Chat) (past []store.Past, err error) {
	last := int64(0)
	if from.ID == of.ContactID {
		last = of.Seq
	}
	for ct := from; ; {
		if last == 0 {
			if last, err = sc.tx.LastOf(of.Num, ct.ID); err != nil {
				return nil, err
			}
		}
		past = append(past, store.Past{ContactID: ct.ID, ChatID: of.ID, Num: of.Num})
		if ct.PreviousID == "" || len(past) == maxPast {
			break
		}
		if ct, err = sc.tx.ContactByID(ct.PreviousID); err != nil {
			return nil, err
		}
	}
	for i := range past {
		past[i].Last = last
	}
	return past, nil
}

// other finds a contact of the instance, in this chat or another, and its chat.
func (sc *scene) other(idOrARN, what string) (*store.Contact, *store.Chat, error) {
	id, ok := sc.Scope.ResourceID(sc.chat.InstanceID, arn.Contact, idOrARN)
	if !ok {
		return nil, nil, reply.NotFound(what)
	}
	ct, err := sc.tx.ContactByID(id)
	if err == nil && ct.InstanceID != sc.chat.InstanceID {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, nil, reply.OrNotFound(err, what)
	}
	chat, err := sc.tx.ChatByID(ct.ChatID)
	return ct, chat, reply.OrNotFound(err, what) // both are erased at once
}

// inherit makes the contact related to another one, if it is not to any, and copies what the other and its chat have; what this one has of
// its own stays. Tags and segment attributes belong to a contact alone. Source: administrator guide, persistent chat, RelatedContactId.
func (sc *scene) inherit(from *store.Contact, of *store.Chat) error {
	attributes, err := mergeAttributes(of.Attributes, sc.chat.Attributes)
	if err != nil {
		return err
	}
	sc.chat.Attributes, sc.chat.CustomerID = attributes, cmp.Or(sc.chat.CustomerID, of.CustomerID)
	ct := sc.contact
	if ct.RelatedID == "" {
		if err := sc.relate(from); err != nil {
			return err
		}
	}
	ct.Name, ct.Description = cmp.Or(ct.Name, from.Name), cmp.Or(ct.Description, from.Description)
	ct.LanguageCode = cmp.Or(ct.LanguageCode, from.LanguageCode)
	if len(ct.References) == 0 {
		ct.References = from.References
	}
	sc.chatChanged, sc.contactChanged = true, true
	return nil
}

// place is where reading the past of a chat goes on, backward.
type place struct {
	Segment int   // index in Chat.Past
	Before  int64 // items of its chat with smaller numbers; 0: all that are shown
	Bytes   int   // size of what was read before
}

const pastToken = "p%d.%d.%d"

// token names a place in a page token, and knows none by heart: the past of a chat does not change once it is there.
func (p place) token() string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, pastToken, p.Segment, p.Before, p.Bytes))
}

// parsePlace reports false for a token that is not of the past.
func parsePlace(token string) (p place, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return p, false
	}
	_, err = fmt.Sscanf(string(b), pastToken, &p.Segment, &p.Before, &p.Bytes)
	return p, err == nil && p.Segment >= 0 && p.Before >= 0 && p.Bytes >= 0
}

// pastPage fills in a page of the chat's past, from a place on.
func (s *Service) pastPage(
	ctx context.Context, chat *store.Chat, reader string, at place, limit int, out *participant.GetTranscriptOutput,
) error {
	for read := limit + 1; ; read = hiddenPage {
		items, err := s.pastItems(ctx, chat, at, read)
		if err != nil {
			return err
		}
		for i := range items {
			it := &items[i]
			shown, err := transcriptItem(it)
			if err != nil {
				return err
			}
			shown.ContactId, shown.RelatedContactId = nil, shown.ContactId
			size := len(encode(&shown))
			if at.Bytes+size > maxPastBytes {
				return nil
			}
			if len(out.Transcript) == limit {
				out.NextToken = new(at.token())
				return nil
			}
			at.Segment = slices.IndexFunc(chat.Past, func(p store.Past) bool { return p.ContactID == it.ContactID })
			at.Before, at.Bytes = it.Seq, at.Bytes+size
			if ok, err := visible(it, reader); err != nil {
				return err
			} else if ok {
				out.Transcript = append(out.Transcript, shown)
			}
		}
		if len(items) < read {
			return nil
		}
	}
}

// pastItems reads items of the chat's past, the newest first, from a place on. What was erased is not there.
func (s *Service) pastItems(ctx context.Context, chat *store.Chat, at place, limit int) ([]store.Item, error) {
	var items []store.Item
	for i := at.Segment; i < len(chat.Past) && len(items) < limit; at.Before = 0 {
		first, end := chat.Past[i], i+1
		for end < len(chat.Past) && chat.Past[end].Num == first.Num {
			end++
		}
		// The items of these contacts lie side by side: they are looked for by number, and an older contact is where they end.
		q := store.ItemQuery{Before: cmp.Or(at.Before, first.Last+1), Backward: true, Limit: limit - len(items)}
		found, err := s.Store.Items(ctx, first.Num, q)
		if err != nil {
			return nil, err
		}
		for _, it := range found {
			if !slices.ContainsFunc(chat.Past[i:end], func(p store.Past) bool { return p.ContactID == it.ContactID }) {
				break
			}
			items = append(items, it)
		}
		i = end
	}
	return items, nil
}
