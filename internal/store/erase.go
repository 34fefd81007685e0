package store

import (
	"context"
	"errors"
	"fmt"
)

// ChatPlace is a place in the list of ended chats.
type ChatPlace struct {
	EndedAt int64
	ID      string
}

// Place is where an ended chat stands in the list of them.
func (c *Chat) Place() ChatPlace { return ChatPlace{c.EndedAt, c.ID} }

// EndedChats reads the chats of an instance that ended before a time, the earliest first, from the one after that place on; the zero
// place for the first. One whose items were erased has Seq 0.
func (s *Store) EndedChats(ctx context.Context, instance string, endedBefore int64, after ChatPlace, limit int) ([]Chat, error) {
	return all(reader{ctx, s}, scanChat, selectChats+` where c.instance_id = $1 and c.ended_at <> 0 and c.ended_at < $2
		and (c.ended_at, c.id) > ($3, $4) order by c.ended_at, c.id limit $5`, instance, endedBefore, after.EndedAt, after.ID, int64(limit))
}

// CustomerChats reads the chats of a customer in the order of their ids, from the one after that id on; "" for the first.
func (s *Store) CustomerChats(ctx context.Context, instance, customerID, after string, limit int) ([]Chat, error) {
	return all(reader{ctx, s}, scanChat, selectChats+` where c.instance_id = $1 and c.customer_id = $2 and c.customer_id <> '' and c.id > $3
		order by c.id limit $4`, instance, customerID, after, int64(limit))
}

// ChatRows is how many rows there are of a chat.
type ChatRows struct {
	Contacts, Items, Attachments int64
	Outs, DeadOuts               int64 // to be told, and given up
}

// CountRows counts the rows of a chat.
func (s *Store) CountRows(ctx context.Context, c *Chat) (ChatRows, error) {
	rows, err := one(reader{ctx, s}, func(r row, n *ChatRows) error {
		return r.Scan(&n.Contacts, &n.Items, &n.Attachments, &n.Outs, &n.DeadOuts)
	}, `select
		(select count(*) from contacts where id = $1 or chat_id = $1 and id <> chat_id),
		(select count(*) from items where chat = $2),
		(select count(*) from attachments where chat_id = $1),
		(select count(*) from outs where stream >= $1 || '/' and stream < $1 || '0' and dead_at = 0),
		(select count(*) from outs where stream >= $1 || '/' and stream < $1 || '0' and dead_at <> 0)`, c.ID, c.Num)
	if err != nil {
		return ChatRows{}, err
	}
	return *rows, nil
}

// erasePiece is how many rows a transaction erases at most, so that nobody waits long for it.
const erasePiece = 1000

// EraseItems erases what was said in a chat that has ended: its items, those still to be told or given up, messages that wait to be
// processed, the flow logs of its contacts and its initial message. What is left says that there was a chat, and its contacts can be found. It does so in pieces: if it fails, or the process ends, the rest is
// erased by another call. It does nothing when there is no such chat.
func (s *Store) EraseItems(ctx context.Context, chatID string) error {
	for more := true; more; {
		err := s.erase(ctx, chatID, func(tx *Tx) (err error) {
			more, err = tx.eraseItems()
			return err
		})
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	contacts, err := s.ChatContacts(ctx, chatID)
	if err != nil {
		return err
	}
	for _, ct := range contacts {
		if err := s.eraseFlowLog(ctx, chatID, ct.ID); err != nil {
			return err
		}
	}
	return nil
}

// EraseChat erases a chat that has ended, with its contacts, items, flow logs, attachments, outs and bindings, and the answers to requests
// that name it, in pieces as EraseItems does. The bytes of attachments are the caller's to delete before. Its jobs stay: they find nothing
// to do when they are due, and hold no text. It does nothing when there is no such chat.
func (s *Store) EraseChat(ctx context.Context, chatID string) error {
	if err := s.EraseItems(ctx, chatID); err != nil {
		return err
	}
	requests, err := s.requestsOf(ctx, chatID)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	err = s.erase(ctx, chatID, func(tx *Tx) error {
		for _, q := range requests {
			tx.add(deleteRequest, q.Scope, q.Token)
		}
		contacts, err := readChatContacts(tx.w, chatID)
		if err != nil {
			return err
		}
		for _, ct := range contacts {
			tx.add(deleteTerms, ct.ID)
		}
		for _, w := range eraseChat {
			tx.add(w, chatID)
		}
		return nil
	})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// Scrub takes what was erased out of the files of a SQLite database: pages are overwritten as rows are erased, but the write-ahead log
// holds copies until it is started anew. On PostgreSQL that is the database server's, and nothing is done.
func (s *Store) Scrub(ctx context.Context) error { return s.engine.scrub(ctx) }

// requestsOf finds the answers to requests that name a contact of a chat, or were asked of one. It looks through all, if there can be one:
// nothing but the erasure of a customer asks for those of a chat that ended just now.
func (s *Store) requestsOf(ctx context.Context, chatID string) (requests []Request, err error) {
	c, err := s.Chat(ctx, chatID)
	if err != nil || c.EndedAt < s.Now().Add(-MaxRequestLife).UnixMilli() {
		return nil, err
	}
	contacts, err := s.ChatContacts(ctx, chatID)
	if err != nil {
		return nil, err
	}
	for i := range contacts {
		id := contacts[i].ID
		found, err := all(reader{ctx, s}, func(r row, q *Request) error { return r.Scan(&q.Scope, &q.Token) },
			"select scope, token from requests where "+s.engine.within("$1", "answer")+" or scope like $2", []byte(id), "%"+id+"%")
		if err != nil {
			return nil, err
		}
		requests = append(requests, found...)
	}
	return requests, nil
}

// eraseChat are the writes that erase the rows of a chat, itself the last.
var eraseChat = []*stmt{
	{one: "delete from outs where stream >= $1 || '/' and stream < $1 || '0'"}, // "0" comes after "/"
	{one: "delete from attachments where chat_id = $1"},
	{one: "delete from bindings where chat_id = $1"},
	{one: "delete from contacts where id = $1 or chat_id = $1 and id <> chat_id"},
	{one: "delete from chats where id = $1"},
}

// erase runs a piece of an erasure; ErrNotFound when there is no such chat.
func (s *Store) erase(ctx context.Context, chatID string, piece func(*Tx) error) error {
	return s.Update(ctx, Key{Chat: chatID}, func(tx *Tx) error {
		switch {
		case tx.chat == nil:
			return ErrNotFound
		case tx.chat.EndedAt == 0: // its items are numbered by those before
			return fmt.Errorf("chat %s has not ended", chatID)
		}
		tx.erased = true
		return piece(tx)
	})
}

// eraseItems erases the oldest items, so that the number of the newest stays as it is until all are gone.
func (tx *Tx) eraseItems() (more bool, err error) {
	oldest, err := one(tx.w, scanValue[int64], "select seq from items where chat = $1 order by seq limit 1", tx.chat.Num)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return false, err
	}
	if oldest != nil {
		upTo := *oldest + erasePiece - 1
		tx.add(eraseItems, tx.chat.Num, upTo)
		more = upTo < tx.chat.Seq
	}
	if more {
		return true, nil
	}
	tx.add(eraseSaid, tx.chat.ID)
	if tx.chat.InitialMessage != "" {
		tx.chat.InitialMessage = ""
		tx.PutChat(tx.chat)
	}
	return false, nil
}

func (s *Store) eraseFlowLog(ctx context.Context, chatID, contactID string) error {
	for {
		lines, err := s.FlowLog(ctx, contactID, 0, erasePiece)
		if err != nil || len(lines) == 0 {
			return err
		}
		err = s.erase(ctx, chatID, func(tx *Tx) error {
			tx.add(eraseFlowLog, contactID, lines[len(lines)-1].ID)
			return nil
		})
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
