package outbox

import (
	"context"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openparley/parley/api/parley"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// DeadLetters are the messages that were given up. Wake tells the job runner of those that are told again; nil if there is none.
type DeadLetters struct {
	Store *store.Store
	Wake  func(lane int, due time.Time)
}

// FindDeadLetters reads a page of dead letters.
func (d *DeadLetters) FindDeadLetters(ctx context.Context, in *parley.FindDeadLettersInput) (*parley.FindDeadLettersOutput, error) {
	f, err := newFilter(in.Filter)
	if err != nil {
		return nil, err
	}
	const list = "FindDeadLetters"
	place, err := reply.After(list, in.NextToken)
	if err != nil {
		return nil, err
	}
	instance, after, _ := strings.Cut(place, "/")
	id, err := strconv.ParseInt(after, 10, 64)
	if err != nil && place != "" {
		return nil, reply.BadToken()
	}
	out := &parley.FindDeadLettersOutput{DeadLetters: []parley.DeadLetter{}}
	var last store.Out
	for o, err := range d.dead(ctx, f, instance, id) {
		if err != nil {
			return nil, err
		}
		if len(out.DeadLetters) == portion {
			out.NextToken = reply.Token(list, last.InstanceID+"/"+strconv.FormatInt(last.ID, 10))
			break
		}
		last = o
		out.DeadLetters = append(out.DeadLetters, parley.DeadLetter{
			Id: new(strconv.FormatInt(o.ID, 10)), InstanceId: &o.InstanceID, InitialContactId: &o.ChatID, ContactId: &o.ContactID,
			Target: &o.Target, Kind: &o.Kind, Timestamp: reply.Time(o.At),
			GivenUpTimestamp: reply.Time(o.DeadAt), Error: &o.Error, Body: new(string(o.Body)),
		})
	}
	return out, nil
}

// ReplayDeadLetters has dead letters told again, each at its old place in its stream. They live anew.
func (d *DeadLetters) ReplayDeadLetters(ctx context.Context, in *parley.ReplayDeadLettersInput) (*parley.ReplayDeadLettersOutput, error) {
	n, err := d.each(ctx, in.Filter, in.All, func(tx *store.Tx, o store.Out) {
		tx.ReviveOut(o)
		tx.Tell(o)
		if now := tx.Now(); d.Wake != nil {
			tx.AfterCommit(func() { d.Wake(store.LaneTell, now) })
		}
	})
	if err != nil {
		return nil, err
	}
	return &parley.ReplayDeadLettersOutput{Count: n}, nil
}

// DropDeadLetters deletes dead letters.
func (d *DeadLetters) DropDeadLetters(ctx context.Context, in *parley.DropDeadLettersInput) (*parley.DropDeadLettersOutput, error) {
	n, err := d.each(ctx, in.Filter, in.All, func(tx *store.Tx, o store.Out) { tx.DeleteOut(o.ID) })
	if err != nil {
		return nil, err
	}
	return &parley.DropDeadLettersOutput{Count: n}, nil
}

// filter says which dead letters are meant; what is empty does not matter.
type filter struct {
	instance, chat, target, kind string
	ids                          []int64
}

func newFilter(in *parley.DeadLetterFilter) (f filter, err error) {
	if in == nil {
		return f, nil
	}
	f = filter{instance: reply.Value(in.InstanceId), chat: reply.Value(in.InitialContactId), target: reply.Value(in.Target), kind: reply.Value(in.Kind)}
	for _, text := range in.Ids {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return f, reply.InvalidRequest("Ids: " + text + " is not the id of a dead letter")
		}
		f.ids = append(f.ids, id)
	}
	return f, nil
}

func (f *filter) empty() bool {
	return f.instance == "" && f.chat == "" && f.target == "" && f.kind == "" && len(f.ids) == 0
}

func (f *filter) has(o store.Out) bool {
	is := func(want, got string) bool { return want == "" || want == got }
	return is(f.target, o.Target) && is(f.kind, o.Kind) && is(f.chat, o.ChatID) && (len(f.ids) == 0 || slices.Contains(f.ids, o.ID))
}

// dead reads dead letters, of one instance after the other and in the order of their ids, from the one after that id in that instance
// on. It ends with the first error.
func (d *DeadLetters) dead(ctx context.Context, f filter, instance string, after int64) iter.Seq2[store.Out, error] {
	return func(yield func(store.Out, error) bool) {
		instances, err := d.instances(ctx, f, instance)
		if err != nil {
			yield(store.Out{}, err)
			return
		}
		for _, id := range instances {
			if id != instance {
				after = 0
			}
			for more := true; more; {
				page, err := d.Store.DeadOuts(ctx, id, after, portion)
				if err != nil {
					yield(store.Out{}, err)
					return
				}
				for _, o := range page {
					after = o.ID
					if f.has(o) && !yield(o, nil) {
						return
					}
				}
				more = len(page) == portion
			}
		}
	}
}

// instances are the ids of the instances to look in, from that one on.
func (d *DeadLetters) instances(ctx context.Context, f filter, from string) (ids []string, err error) {
	if f.instance != "" {
		return []string{f.instance}, nil
	}
	for after, more := "", true; more; {
		page, err := d.Store.Instances(ctx, after, portion)
		if err != nil {
			return nil, err
		}
		for _, in := range page {
			if after = in.ID; after >= from {
				ids = append(ids, after)
			}
		}
		more = len(page) == portion
	}
	return ids, nil
}

// each changes dead letters and counts them. Those of a chat are changed in one update: who tells a stream meanwhile finds all of its
// own, or none.
func (d *DeadLetters) each(
	ctx context.Context, in *parley.DeadLetterFilter, all *bool, change func(*store.Tx, store.Out),
) (count int64, err error) {
	f, err := newFilter(in)
	if err != nil {
		return 0, err
	}
	if everything := all != nil && *all; everything != f.empty() {
		return 0, reply.InvalidRequest("Name in Filter which dead letters are meant (InstanceId, InitialContactId, Target, Kind, Ids), or send All: true alone")
	}
	done := map[string]bool{} // chats, of the latest rows
	for o, err := range d.dead(ctx, f, "", 0) {
		if err != nil {
			return count, err
		}
		if done[o.ChatID] {
			continue
		}
		n, err := d.eachOf(ctx, f, o.ChatID, change)
		if err != nil {
			return count, err
		}
		if len(done) >= portion {
			clear(done)
		}
		done[o.ChatID] = true
		count += n
	}
	return count, nil
}

// eachOf changes the dead letters of a chat, as they are now: somebody else may have replayed or dropped them since they were found.
func (d *DeadLetters) eachOf(ctx context.Context, f filter, chatID string, change func(*store.Tx, store.Out)) (count int64, err error) {
	err = d.Store.Update(ctx, store.Key{Chat: chatID}, func(tx *store.Tx) error {
		count = 0
		letters, err := tx.DeadOuts(chatID)
		if err != nil {
			return err
		}
		for _, o := range letters {
			if f.has(o) {
				change(tx, o)
				count++
			}
		}
		return nil
	})
	return count, err
}
