package store

import "context"

// JobTest is the kind of the job that runs a test case; its key is the run.
const JobTest = "test"

// TestRun is a run of a test case.
type TestRun struct {
	ID         string            `json:"-"` // later runs have greater ones
	InstanceID string            `json:"-"`
	TestCaseID string            `json:"-"`
	Name       string            `json:"name,omitzero"` // of the test case when it began
	Tags       map[string]string `json:"tags,omitzero"`
	Status     string            `json:"status,omitzero"`
	StartedAt  int64             `json:"startedAt,omitzero"`
	EndedAt    int64             `json:"endedAt,omitzero"` // 0: it is active
	Content    *TestContent      `json:"content,omitzero"` // until it ends
	Records    []TestRecord      `json:"records,omitzero"` // one for each observation, in the order of the test case
}

// TestRecord is how an observation of a run went.
type TestRecord struct {
	Observation string `json:"observation"`
	Passed      bool   `json:"passed,omitzero"`
	At          int64  `json:"at,omitzero"`     // in the time of the run
	Record      string `json:"record,omitzero"` // JSON text
}

// keptTestRuns is how many runs that have ended an instance keeps: the last ones.
const keptTestRuns = 1000

var (
	putTestRun = insert("test_runs", "id text, instance_id text, test_case_id text, active bigint, doc text",
		"on conflict (id) do update set active = excluded.active, doc = excluded.doc")
	deleteTestRuns    = &stmt{one: "delete from test_runs where test_case_id = $1"}
	deleteOldTestRuns = &stmt{one: `delete from test_runs where instance_id = $1 and active = 0 and id <= (
		select id from test_runs where instance_id = $1 and active = 0 order by id desc limit 1 offset $2)`}
)

const selectTestRuns = "select id, instance_id, test_case_id, doc from test_runs"

func scanTestRun(r row, t *TestRun) error { return scanDoc(r, t, &t.ID, &t.InstanceID, &t.TestCaseID) }

func readTestRun(q querier, id string) (*TestRun, error) {
	return one(q, scanTestRun, selectTestRuns+" where id = $1", id)
}

// TestRun reads a run of a test case.
func (s *Store) TestRun(ctx context.Context, id string) (*TestRun, error) {
	return readTestRun(reader{ctx, s}, id)
}

// TestRuns reads runs of an instance in the order of their ids, from the one after that id on; "" for the first.
func (s *Store) TestRuns(ctx context.Context, instance, after string, limit int) ([]TestRun, error) {
	return all(reader{ctx, s}, scanTestRun, selectTestRuns+" where instance_id = $1 and id > $2 order by id limit $3", instance, after, int64(limit))
}

// TestRun reads a run of a test case. Its lists are not to be changed, but replaced.
func (tx *Tx) TestRun(id string) (*TestRun, error) { return readTestRun(tx.w, id) }

// CountActiveTestRuns counts the runs of an instance that have not ended, up to limit.
func (tx *Tx) CountActiveTestRuns(instance string, limit int) (int, error) {
	return count(tx, "test_runs where active = 1 and instance_id = $1", instance, limit)
}

// PutTestRun stores a run, new or changed.
func (tx *Tx) PutTestRun(t *TestRun) {
	active := int64(0)
	if t.EndedAt == 0 {
		active = 1
	}
	tx.put("test_runs", t.ID, putTestRun, t.ID, t.InstanceID, t.TestCaseID, active, tx.doc(t))
}

// DeleteTestRuns deletes the runs of a test case.
func (tx *Tx) DeleteTestRuns(testCase string) { tx.add(deleteTestRuns, testCase) }

// DeleteOldTestRuns deletes runs of an instance that ended, but for the last thousand.
func (tx *Tx) DeleteOldTestRuns(instance string) {
	tx.add(deleteOldTestRuns, instance, int64(keptTestRuns))
}
