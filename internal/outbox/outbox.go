// Package outbox tells the outside what rows say. Each stream, what one chat has to tell one target, is told in order and by one at a
// time; streams are told side by side. What was told is deleted in the next transaction, so that a crash between repeats it with the same
// ID. What fails is tried again until it is given up: then it is a dead letter, and its stream goes on without it.
package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/openparley/parley/internal/job"
	"github.com/openparley/parley/internal/store"
	"github.com/openparley/parley/internal/stream"
)

const (
	// portion is how many messages are told before what was told is deleted.
	portion = 100

	// turn is after what time a stream makes room for another. A message that is being sent then may take as long as stream allows.
	turn = 20 * time.Second

	// DefaultLife is how long a message is tried, in the server's time.
	DefaultLife = 24 * time.Hour

	maxReason = 1000 // bytes of an error that a dead letter keeps
)

// Targets brings messages to where they go. Errors that are no *stream.Error are temporary.
type Targets interface {
	Send(ctx context.Context, target string, m stream.Message) error
}

// Options of New. Store and Targets are required.
type Options struct {
	Store   *store.Store
	Targets Targets

	// Own tells messages of other kinds than go to Targets, by kind.
	Own map[string]func(context.Context, store.Out) error

	// Life is how long a message is tried before it is given up, in the server's time; DefaultLife if 0.
	Life time.Duration

	// Slots is how many streams are told side by side; 32 if 0. One target gets three quarters of them.
	Slots int

	// Wake tells the job runner that a job of a lane was committed which is due at that time.
	Wake func(lane int, due time.Time)

	// Count counts messages by kind and result: "told", "failed" for an attempt, "dead".
	Count func(kind, result string)

	Log *slog.Logger
}

// Outbox does jobs of kind store.JobTell. It is safe for concurrent use.
type Outbox struct {
	Options
	lines    lines
	stopping atomic.Bool
}

// New returns an outbox.
func New(o Options) *Outbox {
	if o.Life == 0 {
		o.Life = DefaultLife
	}
	if o.Slots == 0 {
		o.Slots = 32
	}
	if o.Wake == nil {
		o.Wake = func(int, time.Time) {}
	}
	if o.Count == nil {
		o.Count = func(string, string) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Outbox{Options: o, lines: lines{most: max(o.Slots*3/4, 1), of: map[string]*line{}}}
}

// Stop makes those that are telling end after the message they are at. The rest is told after the next start.
func (b *Outbox) Stop() { b.stopping.Store(true) }

// Tell tells the stream that is the job's key, or some of it.
func (b *Outbox) Tell(ctx context.Context, j store.Job) error {
	outs, err := b.Store.Outs(ctx, j.Key, portion)
	if err != nil {
		return err
	}
	var done progress
	if len(outs) > 0 {
		target := outs[0].Target
		if wait := b.lines.enter(target, b.Store.Now()); wait > 0 {
			return &job.Later{After: wait + spread(j.Key, wait)}
		}
		done = b.send(ctx, outs)
		b.lines.leave(target, b.Store.Now(), done)
	}
	if done.failure != nil && len(done.told)+len(done.dead) == 0 {
		return done.failure
	}
	return b.settle(context.WithoutCancel(ctx), j, done)
}

// progress is what came of a turn.
type progress struct {
	told    []int64
	dead    map[int64]string // why, by id
	failure error            // temporary: what the turn ended with
}

func (b *Outbox) send(ctx context.Context, outs []store.Out) (done progress) {
	done.dead = map[int64]string{}
	bury := func(o store.Out, err error) {
		b.Count(o.Kind, "dead")
		b.Log.Error("given up", "kind", o.Kind, "contact", o.ContactID, "id", o.ID, "err", err)
		why := err.Error()
		done.dead[o.ID] = why[:min(len(why), maxReason)]
	}
	timed, cancel := context.WithTimeout(ctx, turn)
	defer cancel()
	for i, o := range outs {
		if timed.Err() != nil || b.stopping.Load() {
			return done
		}
		err := b.tell(ctx, o)
		if err == nil {
			b.Count(o.Kind, "told")
			done.told = append(done.told, o.ID)
			continue
		}
		if errors.Is(ctx.Err(), context.Canceled) { // the server stops
			return done
		}
		b.Count(o.Kind, "failed")
		if refused, ok := errors.AsType[*stream.Error](err); ok && refused.Permanent {
			bury(o, err)
			continue
		}
		done.failure = err
		for _, waiting := range outs[i:] { // those behind it have waited for the same target
			if b.Store.Now().Sub(time.UnixMilli(waiting.At)) >= b.Life {
				bury(waiting, err)
			}
		}
		return done
	}
	return done
}

func (b *Outbox) tell(ctx context.Context, o store.Out) error {
	if own := b.Own[o.Kind]; own != nil {
		return own(ctx, o)
	}
	return b.Targets.Send(ctx, o.Target, message(o))
}

// message is what a row says. Its ID depends on what is said, not on the row's number alone: a database that was restored may number
// others the same.
func message(o store.Out) stream.Message {
	m := stream.Message{
		ID: uuid.NewSHA1(messages, fmt.Appendf(nil, "%s/%d/%s", o.Stream, o.ID, o.Body)).String(), Kind: o.Kind, Time: time.UnixMilli(o.At).UTC(),
		Body: o.Body, Attributes: o.Attributes, Group: o.ContactID,
	}
	if o.Kind == stream.Item {
		m.Group = o.ChatID // the items of all its contacts are one conversation
	}
	return m
}

// messages is the space of the ids of messages.
var messages = uuid.MustParse("5ad5b9c5-5b33-4c3e-9d6e-7e1c62f0a8a4")

// settle deletes what was told and buries what was given up, then deletes the job or makes it due again. All are changes of the chat, as
// the putting of others is: none is left without a job.
func (b *Outbox) settle(ctx context.Context, j store.Job, done progress) error {
	return b.Store.Update(ctx, store.Key{Chat: j.ChatID}, func(tx *store.Tx) error {
		left, err := tx.OutIDs(j.Key, portion+1)
		if err != nil {
			return err
		}
		left = slices.DeleteFunc(left, func(id int64) bool {
			_, dead := done.dead[id]
			return dead || slices.Contains(done.told, id)
		})
		for _, id := range done.told {
			tx.DeleteOut(id)
		}
		for id, why := range done.dead {
			tx.BuryOut(id, tx.Now().UnixMilli(), why)
		}
		current, err := tx.Job(j.Kind, j.Key)
		switch {
		case err != nil && !errors.Is(err, store.ErrNotFound):
			return err
		case err == nil && !current.Claimed(j):
			return nil // somebody else has the stream: the lease is over
		case len(left) == 0:
			tx.DeleteJob(j.Kind, j.Key)
			return nil
		}
		due := tx.Now()
		if done.failure != nil {
			wait := time.Second
			if p, ok := errors.AsType[job.Patience](done.failure); ok {
				wait = max(wait, p.RetryAfter())
			}
			due = due.Add(wait)
		}
		j.Attempt, j.Due = 0, due.UnixMilli()
		tx.PutJob(j)
		tx.AfterCommit(func() { b.Wake(j.Lane, due) })
		return nil
	})
}
