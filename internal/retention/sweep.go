package retention

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/openparley/parley/internal/store"
)

// Kinds of jobs. That of the first looks, once a day, for what is over age in an instance, whose id is its key; that of the second deletes
// files of a chat that was erased once more.
const (
	jobRetention = "retention"
	jobErased    = "erased-files"
)

// Does reports whether jobs of a kind are for RunJob.
func Does(kind string) bool { return kind == jobRetention || kind == jobErased }

const (
	// late is how long after an erasure a transcript may be written that was begun before, or a file sent to an address handed out before.
	late = time.Hour

	// every is how often an instance is looked through.
	every = 24 * time.Hour

	// piece is how many chats one run of the job lets go at most: it has less than a minute.
	piece = 100

	// pause lets others pass between two pieces.
	pause = time.Second
)

// progress is how far a round through an instance has come, in the payload of its job.
type progress struct {
	Transcripts, Attachments, Records part
	Gone                              Stats // in this round
}

// part is how far a round has come with one kind of data.
type part struct {
	Place store.ChatPlace
	Again *store.ChatPlace `json:",omitempty"` // before the first chat that failed: the next round begins there
}

// Start sees to it that each instance is looked through.
func (s *Service) Start(ctx context.Context) error {
	const page = 100
	for after, more := "", true; more; {
		instances, err := s.Store.Instances(ctx, after, page)
		if err != nil {
			return err
		}
		for i := range instances {
			after = instances[i].ID
			if err := s.schedule(ctx, after); err != nil {
				return err
			}
		}
		more = len(instances) == page
	}
	return nil
}

func (s *Service) schedule(ctx context.Context, instance string) error {
	return s.Store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		_, err := tx.Job(jobRetention, instance)
		if errors.Is(err, store.ErrNotFound) {
			tx.PutJob(store.Job{Kind: jobRetention, Key: instance, Lane: store.LaneTell, Due: tx.Now().Add(every).UnixMilli()})
			return nil
		}
		return err
	})
}

// RunJob does a job of a kind that is for it.
func (s *Service) RunJob(ctx context.Context, job store.Job) error {
	if job.Kind == jobErased {
		var files []file
		if err := json.Unmarshal(job.Payload, &files); err != nil {
			return fmt.Errorf("files of chat %s: %w", job.Key, err)
		}
		if err := s.deleteFiles(ctx, files); err != nil {
			return err
		}
		return s.finish(ctx, job, nil)
	}
	return s.runRetention(ctx, job)
}

// deleteAgain has files of a chat deleted later, whatever becomes of it until then.
func (s *Service) deleteAgain(ctx context.Context, chatID string, files []file) error {
	if len(files) == 0 {
		return nil
	}
	payload, err := json.Marshal(files)
	if err != nil {
		return err
	}
	return s.Store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		tx.PutJob(store.Job{Kind: jobErased, Key: chatID, Lane: store.LaneTell, Due: tx.Now().Add(late).UnixMilli(), Payload: payload})
		return nil
	})
}

// runRetention lets go of a piece of what is over age in an instance, and puts the job again: soon if there is more, else tomorrow.
func (s *Service) runRetention(ctx context.Context, job store.Job) error {
	instance, err := s.Store.Instance(ctx, job.Key)
	if errors.Is(err, store.ErrNotFound) {
		return s.finish(ctx, job, nil)
	}
	if err != nil {
		return err
	}
	var p progress
	if len(job.Payload) > 0 {
		if err := json.Unmarshal(job.Payload, &p); err != nil {
			return fmt.Errorf("progress of retention in %s: %w", job.Key, err)
		}
	}
	more, err := s.sweep(ctx, instance, &p)
	if err != nil {
		return err
	}
	next := every
	if more {
		next = pause
	} else {
		s.Log.Info("retention", "instance", instance.ID,
			"transcripts", p.Gone.Transcripts, "attachments", p.Gone.Attachments, "records", p.Gone.Records)
		p.Gone = Stats{}
		for _, part := range []*part{&p.Transcripts, &p.Attachments, &p.Records} {
			if part.Again != nil {
				part.Place, part.Again = *part.Again, nil
			}
		}
	}
	payload, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return s.finish(ctx, job, func(tx *store.Tx) {
		tx.PutJob(store.Job{Kind: jobRetention, Key: job.Key, Lane: store.LaneTell, Due: tx.Now().Add(next).UnixMilli(), Payload: payload})
	})
}

// finish puts a job again, or deletes it, unless somebody else has done so meanwhile.
func (s *Service) finish(ctx context.Context, job store.Job, again func(*store.Tx)) error {
	return s.Store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		current, err := tx.Job(job.Kind, job.Key)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return nil
		case err != nil:
			return err
		case !current.Claimed(job):
			return nil
		case again == nil:
			tx.DeleteJob(job.Kind, job.Key)
		default:
			again(tx)
		}
		return nil
	})
}

// sweep lets go of up to a piece of chats that are over age. A chat whose files can not be deleted is logged and left to the next round.
func (s *Service) sweep(ctx context.Context, instance *store.Instance, p *progress) (more bool, err error) {
	days := s.Days(instance)
	left := piece
	for _, kind := range []struct {
		days int
		at   *part
		do   func(context.Context, *store.Chat, *Stats) error
	}{
		{days.Transcripts, &p.Transcripts, s.sweepTranscript},
		{days.Attachments, &p.Attachments, s.sweepAttachments},
		{days.Records, &p.Records, func(ctx context.Context, c *store.Chat, n *Stats) error { return s.sweepRecord(ctx, c, days, n) }},
	} {
		if kind.days == 0 {
			continue
		}
		before := s.Store.Now().AddDate(0, 0, -kind.days).UnixMilli()
		chats, err := s.Store.EndedChats(ctx, instance.ID, before, kind.at.Place, left+1)
		if err != nil {
			return false, err
		}
		for i := range chats {
			if left == 0 {
				return true, nil
			}
			left--
			if err := kind.do(ctx, &chats[i], &p.Gone); err != nil {
				if ctx.Err() != nil {
					return false, ctx.Err()
				}
				s.Log.Error("a chat that is over age is left for the next round", "chat", chats[i].ID, "error", err)
				if kind.at.Again == nil {
					kind.at.Again = new(kind.at.Place)
				}
			}
			kind.at.Place = chats[i].Place()
		}
	}
	return false, nil
}

func (s *Service) sweepTranscript(ctx context.Context, chat *store.Chat, gone *Stats) error {
	contacts, err := s.Store.ChatContacts(ctx, chat.ID)
	if err != nil {
		return err
	}
	if err := s.deleteFiles(ctx, transcriptFiles(contacts)); err != nil {
		return err
	}
	if err := s.Store.EraseItems(ctx, chat.ID); err != nil {
		return err
	}
	for i := range contacts {
		if contacts[i].Transcript == "" {
			continue
		}
		if err := s.forgetFile(ctx, &contacts[i]); err != nil {
			return err
		}
	}
	if chat.Seq > 0 {
		gone.Transcripts++
		s.transcripts.Add(1)
	}
	return nil
}

// forgetFile takes the transcript file, which was deleted, out of a contact. The rest of it may have changed since it was read.
func (s *Service) forgetFile(ctx context.Context, read *store.Contact) error {
	return s.Store.Update(ctx, store.Key{Chat: read.ChatID}, func(tx *store.Tx) (err error) {
		ct := tx.Contact()
		if ct == nil {
			return nil // somebody else let go of the chat
		}
		if ct.ID != read.ID {
			if ct, err = tx.ContactByID(read.ID); err != nil {
				return err
			}
		}
		if ct.Transcript == read.Transcript {
			ct.Transcript = ""
			tx.PutContact(ct)
		}
		return nil
	})
}

func (s *Service) sweepAttachments(ctx context.Context, chat *store.Chat, gone *Stats) error {
	attachments, err := s.Store.Attachments(ctx, chat.ID)
	if err != nil || len(attachments) == 0 {
		return err
	}
	if err := s.deleteFiles(ctx, attachmentFiles(attachments)); err != nil {
		return err
	}
	err = s.Store.Update(ctx, store.Key{Chat: chat.ID}, func(tx *store.Tx) error {
		for i := range attachments {
			tx.DeleteAttachment(attachments[i].ID)
		}
		return nil
	})
	if err != nil {
		return err
	}
	gone.Attachments += int64(len(attachments))
	s.attachments.Add(int64(len(attachments)))
	return nil
}

// sweepRecord lets go of all that is known of a chat. Files that are kept for ever stay in their buckets.
func (s *Service) sweepRecord(ctx context.Context, chat *store.Chat, days Days, gone *Stats) error {
	if days.Transcripts > 0 {
		if err := s.sweepTranscript(ctx, chat, gone); err != nil {
			return err
		}
	}
	if days.Attachments > 0 {
		if err := s.sweepAttachments(ctx, chat, gone); err != nil {
			return err
		}
	}
	if err := s.Store.EraseChat(ctx, chat.ID); err != nil {
		return err
	}
	gone.Records++
	s.records.Add(1)
	return nil
}
