package center

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/store"
)

// transcriptKey is the key of a contact's transcript: PREFIX/2026/01/31/CONTACT_20260131T10:05_UTC.json, by the time of its end.
// Source: connect-chat sheet, 8.1.
func transcriptKey(in *store.Instance, prefix string, ct *store.Contact) string {
	prefix = cmp.Or(strings.Trim(prefix, "/"), "connect/"+in.Alias+"/ChatTranscripts")
	end := time.UnixMilli(ct.EndedAt).UTC()
	return prefix + end.Format("/2006/01/02/") + ct.ID + end.Format("_20060102T15:04_UTC") + ".json"
}

// archiveTime is how long it may take to write a transcript: its job has some time left then to note what came of it.
const archiveTime = 45 * time.Second

// archive reads through the items of a contact that has ended: it writes its transcript, if that has a place, and returns its metrics.
func (s *Service) archive(ctx context.Context, ct *store.Contact) (*types.ChatMetrics, error) {
	ctx, cancel := context.WithTimeout(ctx, archiveTime)
	defer cancel()
	chat, err := s.Store.Chat(ctx, ct.ChatID)
	if err != nil {
		return nil, err
	}
	c := &counter{contact: ct}
	write := func(w io.Writer) error { return s.writeTranscript(w, chat, ct, s.itemsIn(ctx, chat, ct), c) }
	switch bucket, key, ok := strings.Cut(ct.Transcript, "/"); {
	case !ok:
		err = write(io.Discard)
	case s.Objects == nil:
		err = errors.New("there is no storage any more")
	default:
		err = s.Objects.Write(ctx, bucket, key, "application/json", write)
	}
	if err != nil {
		return nil, fmt.Errorf("transcript of contact %s: %w", ct.ID, err)
	}
	return c.metrics(chat), nil
}

// forgetTranscript deletes the transcript of a contact.
func (s *Service) forgetTranscript(ctx context.Context, ct *store.Contact) error {
	bucket, key, ok := strings.Cut(ct.Transcript, "/")
	if !ok || s.Objects == nil {
		return nil
	}
	return s.Objects.Delete(ctx, bucket, key)
}

// itemsIn reads the items of a contact, the oldest first, without those that none but their sender saw.
func (s *Service) itemsIn(ctx context.Context, chat *store.Chat, ct *store.Contact) iter.Seq2[*store.Item, error] {
	const page = 500
	return func(yield func(*store.Item, error) bool) {
		for after := int64(0); ; {
			items, err := s.Store.Items(ctx, chat.Num, store.ItemQuery{After: after, ContactID: ct.ID, Limit: page})
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range items {
				seen, err := said(&items[i])
				if err != nil || seen {
					if !yield(&items[i], err) || err != nil {
						return
					}
				}
			}
			if len(items) < page {
				return
			}
			after = items[page-1].Seq
		}
	}
}

// said reports whether an item is one of the transcript that anybody but its sender may see.
func said(it *store.Item) (bool, error) {
	extra, err := it.ReadExtra()
	return !extra.Whisper && (len(extra.To) == 0 || slices.ContainsFunc(extra.To, func(id string) bool { return id != it.ParticipantID })), err
}

// keptEvents are in the files of transcripts. Source: connect-chat sheet, 8.1.
var keptEvents = map[string]bool{
	eventInvited: true, eventJoined: true, eventLeft: true, eventChatEnded: true,
	eventPrefix + "transfer.succeeded": true, eventPrefix + "transfer.failed": true,
}

// writeTranscript writes a contact's transcript as Amazon keeps it in S3, and has its items counted. Source: connect-chat sheet, 8.1.
func (s *Service) writeTranscript(w io.Writer, chat *store.Chat, ct *store.Contact, items iter.Seq2[*store.Item, error], c *counter) error {
	type participant struct{ ParticipantId string }
	head := struct {
		Version          string
		AWSAccountId     string
		InstanceId       string
		InitialContactId string
		ContactId        string
		Participants     []participant
	}{"2019-08-26", s.Scope.Account, chat.InstanceID, chat.ID, ct.ID, []participant{}}
	for _, p := range tookPart(chat, ct) {
		head.Participants = append(head.Participants, participant{p.ID})
	}
	b, err := json.Marshal(head)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w) // keeps its first error for Flush
	out.Write(b[:len(b)-1])
	out.WriteString(`,"Transcript":[`)
	separator := ""
	for it, err := range items {
		if err != nil {
			return err
		}
		c.add(it)
		if it.Type == itemEvent && !keptEvents[it.ContentType] {
			continue
		}
		entry := wireItem(it)
		entry.ContactId = nil
		out.WriteString(separator)
		out.Write(encode(&entry))
		separator = ","
	}
	out.WriteString("]}")
	return out.Flush()
}
