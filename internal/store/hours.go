package store

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
)

// Hours are when an instance, or a part of it, is open.
type Hours struct {
	ID          string            `json:"-"`
	InstanceID  string            `json:"-"`
	Name        string            `json:"-"` // unique in the instance
	Description string            `json:"description,omitzero"`
	Tags        map[string]string `json:"tags,omitzero"`
	Schedule    json.RawMessage   `json:"schedule,omitzero"`
	Overrides   []HoursOverride   `json:"overrides,omitzero"` // in the order they were made
	Parents     []string          `json:"parents,omitzero"`   // ids of hours whose overrides hold here too
	ModifiedAt  int64             `json:"modifiedAt,omitzero"`
}

// HoursOverride is an exception to hours.
type HoursOverride struct {
	ID          string          `json:"id"`
	Name        string          `json:"name"`
	Description string          `json:"description,omitzero"`
	Rule        json.RawMessage `json:"rule,omitzero"`
}

// Rules are those of the overrides.
func (h *Hours) Rules() (rules []json.RawMessage) {
	for _, o := range h.Overrides {
		rules = append(rules, o.Rule)
	}
	return rules
}

// Prompt names a recording. The recording itself is elsewhere, and is not played in a chat.
type Prompt struct {
	ID          string            `json:"-"`
	InstanceID  string            `json:"-"`
	Name        string            `json:"-"` // unique in the instance
	Description string            `json:"description,omitzero"`
	S3URI       string            `json:"s3Uri,omitzero"`
	Tags        map[string]string `json:"tags,omitzero"`
	ModifiedAt  int64             `json:"modifiedAt,omitzero"`
}

var (
	putHours = insert("hours", "id text, instance_id text, name text, doc text",
		"on conflict (id) do update set name = excluded.name, doc = excluded.doc")
	deleteHours = &stmt{one: "delete from hours where id = $1"}
	putPrompt   = insert("prompts", "id text, instance_id text, name text, doc text",
		"on conflict (id) do update set name = excluded.name, doc = excluded.doc")
	deletePrompt = &stmt{one: "delete from prompts where id = $1"}
	deleteQueue  = &stmt{one: "delete from queues where id = $1"}
)

const (
	selectHours   = "select id, instance_id, name, doc from hours"
	selectPrompts = "select id, instance_id, name, doc from prompts"
)

func scanHours(r row, h *Hours) error { return scanDoc(r, h, &h.ID, &h.InstanceID, &h.Name) }

func scanPrompt(r row, p *Prompt) error { return scanDoc(r, p, &p.ID, &p.InstanceID, &p.Name) }

func readHours(q querier, id string) (*Hours, error) {
	return one(q, scanHours, selectHours+" where id = $1", id)
}

func readPrompt(q querier, id string) (*Prompt, error) {
	return one(q, scanPrompt, selectPrompts+" where id = $1", id)
}

// PutHours stores hours, new or changed. The update fails with ErrExists when other hours of the instance have the name.
func (tx *Tx) PutHours(h *Hours) {
	tx.put("hours", h.ID, putHours, h.ID, h.InstanceID, h.Name, tx.doc(h))
}

// DeleteHours deletes hours if they are there.
func (tx *Tx) DeleteHours(id string) { tx.put("hours", id, deleteHours, id) }

// PutPrompt stores a prompt, new or changed. The update fails with ErrExists when another prompt of the instance has the name.
func (tx *Tx) PutPrompt(p *Prompt) {
	tx.put("prompts", p.ID, putPrompt, p.ID, p.InstanceID, p.Name, tx.doc(p))
}

// DeletePrompt deletes a prompt if it is there.
func (tx *Tx) DeletePrompt(id string) { tx.put("prompts", id, deletePrompt, id) }

// DeleteQueue deletes a queue if it is there.
func (tx *Tx) DeleteQueue(id string) { tx.put("queues", id, deleteQueue, id) }

// Hours reads hours.
func (tx *Tx) Hours(id string) (*Hours, error) {
	h, err := configured(tx, "hours", id, readHours)
	if err == nil {
		h.Tags, h.Overrides, h.Parents = maps.Clone(h.Tags), slices.Clone(h.Overrides), slices.Clone(h.Parents)
	}
	return h, err
}

// Prompt reads a prompt.
func (tx *Tx) Prompt(id string) (*Prompt, error) {
	p, err := configured(tx, "prompts", id, readPrompt)
	if err == nil {
		p.Tags = maps.Clone(p.Tags)
	}
	return p, err
}

// HoursOfInstance reads hours of an instance in the order of their ids, from the one after that id on; "" for the first.
func (tx *Tx) HoursOfInstance(instance, after string, limit int) ([]Hours, error) {
	return hoursOfInstance(tx.w, instance, after, limit)
}

// Queues reads queues of an instance in the order of their ids, from the one after that id on; "" for the first.
func (tx *Tx) Queues(instance, after string, limit int) ([]Queue, error) {
	return queuesOfInstance(tx.w, instance, after, limit)
}

// CountHours counts the hours of an instance, up to limit.
func (tx *Tx) CountHours(instance string, limit int) (int, error) {
	return count(tx, "hours where instance_id = $1", instance, limit)
}

// CountPrompts counts the prompts of an instance, up to limit.
func (tx *Tx) CountPrompts(instance string, limit int) (int, error) {
	return count(tx, "prompts where instance_id = $1", instance, limit)
}

// CountQueues counts the queues of an instance, up to limit.
func (tx *Tx) CountQueues(instance string, limit int) (int, error) {
	return count(tx, "queues where instance_id = $1", instance, limit)
}

// Hours reads hours.
func (s *Store) Hours(ctx context.Context, id string) (*Hours, error) {
	return readHours(reader{ctx, s}, id)
}

// HoursOfInstance reads hours of an instance in the order of their ids, from the one after that id on; "" for the first.
func (s *Store) HoursOfInstance(ctx context.Context, instance, after string, limit int) ([]Hours, error) {
	return hoursOfInstance(reader{ctx, s}, instance, after, limit)
}

func hoursOfInstance(q querier, instance, after string, limit int) ([]Hours, error) {
	return all(q, scanHours, selectHours+" where instance_id = $1 and id > $2 order by id limit $3", instance, after, int64(limit))
}

// Prompt reads a prompt.
func (s *Store) Prompt(ctx context.Context, id string) (*Prompt, error) {
	return readPrompt(reader{ctx, s}, id)
}

// Prompts reads prompts of an instance in the order of their ids, from the one after that id on; "" for the first.
func (s *Store) Prompts(ctx context.Context, instance, after string, limit int) ([]Prompt, error) {
	return all(reader{ctx, s}, scanPrompt, selectPrompts+" where instance_id = $1 and id > $2 order by id limit $3",
		instance, after, int64(limit))
}
