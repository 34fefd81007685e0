package store

import (
	"context"
	"fmt"
	"strconv"
)

// JobTell is the kind of the job that tells a stream; its key is the stream. There is one as long as there is something to tell.
const JobTell = "tell"

// Tell puts the job that tells the stream of an Out, if there is none. The chat must be the key's, as it must be for whoever deletes the
// job: it would be deleted under an Out that was put meanwhile.
func (tx *Tx) Tell(o Out) {
	tx.PutJobOnce(Job{Kind: JobTell, Key: o.Stream, ChatID: o.ChatID, Lane: LaneTell, Due: tx.now.UnixMilli()})
}

// PutOut adds an Out to the end of its stream; its ID is not set. Its chat must be the key's, or one created here.
//
// That is what makes the ids of a stream grow in the order of commits, on PostgreSQL too. A sequence there gives numbers in the order
// of insertion, and of two transactions the one that inserted first may be seen last. But all Outs of a stream belong to one chat,
// and who holds a chat has its row locked from before the first insertion until after the commit. So whoever has read a stream up to
// some id will never find a smaller one in it, but for those that ReviveOut puts back.
func (tx *Tx) PutOut(o Out) {
	if !tx.holds(o.ChatID) {
		tx.fail(fmt.Errorf("something to be told of chat %s, which the update does not hold", o.ChatID))
		return
	}
	attributes := ""
	if len(o.Attributes) > 0 {
		attributes = tx.doc(o.Attributes)
	}
	tx.add(addOut, o.Stream, o.Target, o.ChatID, o.ContactID, o.InstanceID, o.Kind, o.At, o.Body, attributes, o.DeadAt, o.Error)
}

// DeleteOuts deletes the Outs of a stream that have been told: those with this id and smaller ones that are not dead.
func (tx *Tx) DeleteOuts(stream string, upTo int64) { tx.add(deleteOuts, stream, upTo) }

// DeleteOut deletes an Out, dead or not.
func (tx *Tx) DeleteOut(id int64) { tx.put("outs", strconv.FormatInt(id, 10), deleteOut, id) }

// BuryOut gives an Out up: it is dead from now on, and its stream goes on without it.
func (tx *Tx) BuryOut(id, at int64, why string) {
	tx.put("outs", strconv.FormatInt(id, 10), markOut, id, at, why)
}

// ReviveOut has a dead Out told again, at its old place in the stream, as if it had been put now.
func (tx *Tx) ReviveOut(o Out) {
	tx.put("outs", strconv.FormatInt(o.ID, 10), reviveOut, o.ID, tx.now.UnixMilli())
}

// OutIDs reads the ids of what is to be told in a stream, in order.
func (tx *Tx) OutIDs(stream string, limit int) ([]int64, error) {
	return all(tx.w, scanValue[int64], "select id from outs where stream = $1 and dead_at = 0 order by id limit $2", stream, int64(limit))
}

// DeadOuts reads what was given up in the key's chat, in the order of ids, without Body and Attributes.
func (tx *Tx) DeadOuts(chatID string) ([]Out, error) {
	return all(tx.w, func(r row, o *Out) error {
		return r.Scan(&o.ID, &o.Stream, &o.Target, &o.ChatID, &o.InstanceID, &o.Kind)
	}, "select id, stream, target, chat_id, instance_id, kind from outs where stream >= $1 || '/' and stream < $1 || '0' and dead_at <> 0 order by id",
		chatID)
}

// CountOuts counts what is to be told in a stream, up to limit.
func (tx *Tx) CountOuts(stream string, limit int) (int, error) {
	return count(tx, "outs where stream = $1 and dead_at = 0", stream, limit)
}

const selectOuts = "select id, stream, target, chat_id, contact_id, instance_id, kind, at, body, attributes, dead_at, error from outs"

func scanOut(r row, o *Out) error {
	var attributes string
	err := r.Scan(&o.ID, &o.Stream, &o.Target, &o.ChatID, &o.ContactID, &o.InstanceID, &o.Kind, &o.At, &o.Body, &attributes, &o.DeadAt, &o.Error)
	if err != nil || attributes == "" {
		return err
	}
	return decode(attributes, &o.Attributes)
}

// Outs reads what is to be told in a stream, in order.
func (s *Store) Outs(ctx context.Context, stream string, limit int) ([]Out, error) {
	return all(reader{ctx, s}, scanOut, selectOuts+" where stream = $1 and dead_at = 0 order by id limit $2", stream, int64(limit))
}

// DeadOuts reads what was given up in an instance, in the order of ids, from the one after that id on; 0 for the first.
func (s *Store) DeadOuts(ctx context.Context, instance string, after int64, limit int) ([]Out, error) {
	return all(reader{ctx, s}, scanOut, selectOuts+" where instance_id = $1 and id > $2 and dead_at <> 0 order by id limit $3",
		instance, after, int64(limit))
}
