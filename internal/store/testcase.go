package store

import (
	"context"
	"maps"
)

// TestCase is a test of a flow. It has a published content, a saved one, or both.
type TestCase struct {
	ID          string            `json:"-"`
	InstanceID  string            `json:"-"`
	Name        string            `json:"-"` // unique in the instance
	Description string            `json:"description,omitzero"`
	Tags        map[string]string `json:"tags,omitzero"`
	Published   *TestContent      `json:"published,omitzero"` // what is run
	Saved       *TestContent      `json:"saved,omitzero"`     // after the published one
	ModifiedAt  int64             `json:"modifiedAt,omitzero"`
}

// TestContent is a content of a test case. Its texts are kept as they were given.
type TestContent struct {
	Content        string     `json:"content,omitzero"`
	SHA256         string     `json:"sha256,omitzero"` // of Content, lower-case hex
	Initialization string     `json:"initialization,omitzero"`
	Entry          *TestEntry `json:"entry,omitzero"`
}

// TestEntry is where the contact of a test case starts.
type TestEntry struct {
	Type  string     `json:"type,omitzero"` // CHAT or VOICE_CALL
	Chat  *TestStart `json:"chat,omitzero"`
	Voice *TestStart `json:"voice,omitzero"`
}

// TestStart is the flow in which it starts, and the numbers of a call.
type TestStart struct {
	FlowID string `json:"flow,omitzero"` // or ARN
	From   string `json:"from,omitzero"`
	To     string `json:"to,omitzero"`
}

var (
	putTestCase = insert("test_cases", "id text, instance_id text, name text, doc text",
		"on conflict (id) do update set name = excluded.name, doc = excluded.doc")
	deleteTestCase = &stmt{one: "delete from test_cases where id = $1"}
)

const selectTestCases = "select id, instance_id, name, doc from test_cases"

func scanTestCase(r row, c *TestCase) error { return scanDoc(r, c, &c.ID, &c.InstanceID, &c.Name) }

func readTestCase(q querier, id string) (*TestCase, error) {
	return one(q, scanTestCase, selectTestCases+" where id = $1", id)
}

// TestCase reads a test case.
func (s *Store) TestCase(ctx context.Context, id string) (*TestCase, error) {
	return readTestCase(reader{ctx, s}, id)
}

// TestCases reads test cases of an instance in the order of their ids, from the one after that id on; "" for the first.
func (s *Store) TestCases(ctx context.Context, instance, after string, limit int) ([]TestCase, error) {
	return all(reader{ctx, s}, scanTestCase, selectTestCases+" where instance_id = $1 and id > $2 order by id limit $3", instance, after, int64(limit))
}

// TestCase reads a test case. Its contents are not to be changed, but replaced.
func (tx *Tx) TestCase(id string) (*TestCase, error) {
	c, err := configured(tx, "test_cases", id, readTestCase)
	if err == nil {
		c.Tags = maps.Clone(c.Tags)
	}
	return c, err
}

// CountTestCases counts the test cases of an instance, up to limit.
func (tx *Tx) CountTestCases(instance string, limit int) (int, error) {
	return count(tx, "test_cases where instance_id = $1", instance, limit)
}

// PutTestCase stores a test case, new or changed. The update fails with ErrExists when another one of the instance has the name.
func (tx *Tx) PutTestCase(c *TestCase) {
	tx.put("test_cases", c.ID, putTestCase, c.ID, c.InstanceID, c.Name, tx.doc(c))
}

// DeleteTestCase deletes a test case if it is there.
func (tx *Tx) DeleteTestCase(id string) {
	tx.put("test_cases", id, deleteTestCase, id)
}
