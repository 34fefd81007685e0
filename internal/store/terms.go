package store

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Term is something that contacts are found by, beside their times: an attribute with its value, a queue, a word of a name. It is
// written once for each contact, with the time that the contact was initiated at, so that the contacts that have a term are one range
// of one index, in the order of time. A term is the beginning of a hash: two that are equal by chance are not to be expected.
type Term int64

func term(instance, kind string, parts ...string) Term {
	b := make([]byte, 0, 128)
	b = append(append(b, instance...), kind...)
	for _, p := range parts {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(p))), p...)
	}
	sum := sha256.Sum256(b)
	return Term(binary.BigEndian.Uint64(sum[:]))
}

// MethodTerm is had by contacts that were initiated this way.
func MethodTerm(instance, method string) Term { return term(instance, "method", method) }

// QueueTerm is had by contacts that are or were in the queue.
func QueueTerm(instance, queueID string) Term { return term(instance, "queue", queueID) }

// AgentTerm is had by contacts that the agent handled.
func AgentTerm(instance, agentID string) Term { return term(instance, "agent", agentID) }

// NameTerm is had by contacts with exactly this name.
func NameTerm(instance, name string) Term { return term(instance, "name", name) }

// WordTerms are had by contacts whose name has all words of the text, whatever their case and order. Nil if it has no words.
func WordTerms(instance, text string) []Term {
	var terms []Term
	for _, word := range words(text) {
		terms = append(terms, term(instance, "word", word))
	}
	return terms
}

// TagTerm is had by contacts with this tag.
func TagTerm(instance, key, value string) Term { return term(instance, "tag", key, value) }

// TagKeyTerm is had by contacts that have the tag, whatever its value.
func TagKeyTerm(instance, key string) Term { return term(instance, "tag key", key) }

// AttributeTerm is had by contacts whose chat has this attribute, among its first maxAttributes in the order of keys.
func AttributeTerm(instance, key, value string) Term { return term(instance, "attribute", key, value) }

// SegmentTerm is had by contacts with this segment attribute. Of its kinds of values a text and a whole number can be found.
func SegmentTerm(instance, key, value string) Term { return term(instance, "segment", key, value) }

// maxAttributes bounds what is written for a chat with attributes beyond measure.
const maxAttributes = 100

func words(text string) []string {
	all := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
	slices.Sort(all)
	return slices.Compact(all)
}

// sameTerms reports whether nothing changed that ownTerms depends on.
func sameTerms(a, b *Contact) bool {
	return a.InitiationMethod == b.InitiationMethod && a.QueueID == b.QueueID && a.AgentID == b.AgentID && a.Name == b.Name &&
		maps.Equal(a.Tags, b.Tags) && slices.Equal(a.SegmentAttributes, b.SegmentAttributes)
}

// ownTerms are the terms of a contact, but for the attributes of its chat.
func ownTerms(ct *Contact) (terms []Term) {
	in := ct.InstanceID
	if ct.InitiationMethod != "" {
		terms = append(terms, MethodTerm(in, ct.InitiationMethod))
	}
	if ct.QueueID != "" {
		terms = append(terms, QueueTerm(in, ct.QueueID))
	}
	if ct.AgentID != "" {
		terms = append(terms, AgentTerm(in, ct.AgentID))
	}
	if ct.Name != "" {
		terms = append(terms, NameTerm(in, ct.Name))
		terms = append(terms, WordTerms(in, ct.Name)...)
	}
	for k, v := range ct.Tags {
		terms = append(terms, TagTerm(in, k, v), TagKeyTerm(in, k))
	}
	if len(ct.SegmentAttributes) > 0 {
		var values map[string]struct {
			ValueString  *string
			ValueInteger *int64
		}
		if decode(string(ct.SegmentAttributes), &values) == nil { // else nothing can be found in it
			for k, v := range values {
				switch {
				case v.ValueString != nil:
					terms = append(terms, SegmentTerm(in, k, *v.ValueString))
				case v.ValueInteger != nil:
					terms = append(terms, SegmentTerm(in, k, strconv.FormatInt(*v.ValueInteger, 10)))
				}
			}
		}
	}
	return terms
}

// attributeTerms are the terms that all contacts of a chat have.
func attributeTerms(c *Chat) (terms []Term) {
	keys := slices.Sorted(maps.Keys(c.Attributes))
	for _, k := range keys[:min(len(keys), maxAttributes)] {
		terms = append(terms, AttributeTerm(c.InstanceID, k, c.Attributes[k]))
	}
	return terms
}

// changedTerms calls f for each term that is only in one of the lists, and whether it is in the second.
func changedTerms(before, after []Term, f func(t Term, has bool)) {
	if len(before) == 0 {
		for _, t := range after {
			f(t, true)
		}
		return
	}
	had := make(map[Term]bool, len(before))
	for _, t := range before {
		had[t] = true
	}
	for _, t := range after {
		if was, seen := had[t]; !seen {
			f(t, true)
			had[t] = false
		} else if was {
			had[t] = false
		}
	}
	for t, gone := range had {
		if gone {
			f(t, false)
		}
	}
}

// putTerms writes what changed of the terms of a contact that is written; was is the contact as it was read, nil for a new one.
func (tx *Tx) putTerms(ct, was *Contact) {
	if was != nil && sameTerms(ct, was) {
		return
	}
	var before []Term
	after := ownTerms(ct)
	if was != nil {
		before = ownTerms(was)
	} else if c := tx.chatOf(ct); c != nil {
		after = append(after, attributeTerms(c)...)
	}
	changedTerms(before, after, func(t Term, has bool) {
		s := deleteTerm
		if has {
			s = addTerm
		}
		tx.put("contact_terms", termID(t, ct.ID), s, int64(t), ct.InitiatedAt, ct.ID)
	})
}

// putAttributeTerms writes what changed of the attributes of a chat that is written, for all its contacts.
func (tx *Tx) putAttributeTerms(c *Chat) {
	if c != tx.chat || maps.Equal(c.Attributes, tx.was.chat.Attributes) {
		return
	}
	changedTerms(attributeTerms(tx.was.chat), attributeTerms(c), func(t Term, has bool) {
		s := deleteChatTerm
		if has {
			s = addChatTerm
		}
		tx.put("chat_terms", termID(t, c.ID), s, int64(t), c.ID)
	})
}

func termID(t Term, of string) string {
	return string(append(binary.BigEndian.AppendUint64(make([]byte, 0, 48), uint64(t)), of...))
}

// before returns a contact as it was read; nil if it was made here.
func (tx *Tx) before(ct *Contact) *Contact {
	if was := tx.was.contact; was != nil && was.ID == ct.ID {
		return was
	}
	for _, read := range tx.read {
		if read.ID == ct.ID {
			return read
		}
	}
	return nil
}

// chatOf returns the chat of a contact that was made here.
func (tx *Tx) chatOf(ct *Contact) *Chat {
	if tx.chat != nil && tx.chat.ID == ct.ChatID {
		return tx.chat
	}
	for _, w := range tx.chats {
		if w.chat.ID == ct.ChatID {
			return w.chat
		}
	}
	return nil
}

// Contacts of a chat: the first has its id.
const contactsOf = "select initiated_at, id from contacts where (id = $2 or chat_id = $2 and id <> chat_id)"

// The terms of contacts.
var (
	addTerm    = insert("contact_terms", "term bigint, at bigint, contact_id text", "on conflict do nothing")
	deleteTerm = &stmt{one: "delete from contact_terms where term = $1 and at = $2 and contact_id = $3"}

	// deleteTerms deletes all terms of a contact, those too that others of the same batch add.
	deleteTerms = &stmt{one: "delete from contact_terms where contact_id = $1", late: true}

	// These look for contacts that others of the same batch may make.
	addChatTerm = &stmt{
		one: "insert into contact_terms (term, at, contact_id) select $1, k.initiated_at, k.id from (" + contactsOf + ") k where true " +
			"on conflict do nothing", late: true,
	}
	deleteChatTerm = &stmt{
		one: "delete from contact_terms where term = $1 and (at, contact_id) in (" + contactsOf + ")", late: true,
	}
)
