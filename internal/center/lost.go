package center

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/store"
)

// A transcript that can not be written holds up the record of its contact for as long as anything is tried that the outside is told. Then
// it is a dead letter, and the record is told without it. A replay writes it after all.

const maxReason = 1000 // bytes of an error that a dead letter keeps

// archiveInPlace writes the transcript of a contact to where its instance keeps transcripts now, if it had a place when the contact
// ended: a bucket that was corrected meanwhile is the one that counts.
func (s *Service) archiveInPlace(ctx context.Context, ct *store.Contact) (*types.ChatMetrics, error) {
	if ct.Transcript != "" {
		place, err := s.transcriptPlace(ctx, ct)
		if err != nil {
			return nil, err
		}
		if place != ct.Transcript {
			ct.Transcript = place
			err := s.update(ctx, store.Key{Chat: ct.ChatID}, func(sc *scene) error { // who erases the chat finds the file there
				if err := sc.turnTo(ct.ID); err != nil {
					return err
				}
				sc.contact.Transcript = place
				sc.tx.PutContact(sc.contact)
				return nil
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return s.archive(ctx, ct)
}

// transcriptPlace is the bucket and key of a contact's transcript, "" when its instance keeps none.
func (s *Service) transcriptPlace(ctx context.Context, ct *store.Contact) (string, error) {
	instance, err := s.Store.Instance(ctx, ct.InstanceID)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	c := storage(instance, types.InstanceStorageResourceTypeChatTranscripts)
	if c == nil {
		return "", nil
	}
	return c.Bucket + "/" + transcriptKey(instance, c.Prefix, ct), nil
}

// lostTranscript is the dead letter of a contact's transcript.
func lostTranscript(ct *store.Contact, why error) *store.Out {
	bucket, _, _ := strings.Cut(ct.Transcript, "/")
	body, _ := json.Marshal(map[string]string{"Location": ct.Transcript}) // of text it can not fail
	reason := why.Error()
	return &store.Out{
		Stream: ct.ChatID + "//" + KindTranscript, Target: "arn:aws:s3:::" + bucket, Kind: KindTranscript,
		ContactID: ct.ID, Body: body, Error: reason[:min(len(reason), maxReason)],
	}
}

// bury puts a dead letter of the chat.
func (sc *scene) bury(o store.Out) {
	sc.Log.Error("given up", "kind", o.Kind, "contact", o.ContactID, "err", o.Error)
	o.ChatID, o.InstanceID, o.At, o.DeadAt = sc.chat.ID, sc.chat.InstanceID, sc.now(), sc.now()
	sc.tx.PutOut(o)
}

// WriteTranscript writes a transcript that was given up, and has the record of its contact told again.
func (s *Service) WriteTranscript(ctx context.Context, o store.Out) error {
	ct, err := s.Store.Contact(ctx, o.ContactID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if ct.Transcript, err = s.transcriptPlace(ctx, ct); err != nil {
		return err
	}
	if ct.Transcript == "" {
		return errors.New("the instance keeps no transcripts")
	}
	if _, err := s.archive(ctx, ct); err != nil {
		return err
	}
	err = s.update(ctx, store.Key{Chat: ct.ChatID}, func(sc *scene) error {
		if err := sc.turnTo(ct.ID); err != nil {
			return err
		}
		sc.contact.Transcript = ct.Transcript
		sc.tx.PutContact(sc.contact)
		return sc.record()
	})
	if errors.Is(err, errNoChat) { // who erased it may not have seen the file
		return s.forgetTranscript(ctx, ct)
	}
	return err
}
