package server

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/parley"
	"github.com/openparley/parley/api/participant"
	"github.com/openparley/parley/api/wire"
	"github.com/openparley/parley/internal/clock"
	"github.com/openparley/parley/internal/job"
	"github.com/openparley/parley/internal/store"
	"github.com/openparley/parley/internal/testcase"
)

const (
	testsAtOnce = 5
	testTurn    = time.Second      // until a run that waits for its turn asks again
	testTime    = 45 * time.Second // that a run may take, by the machine's clock
)

// runTest does a job of kind store.JobTest: it runs a test case on a server of its own, in memory, whose time it moves. A run that was
// under way when this server stopped is run again.
func (s *Server) runTest(ctx context.Context, j store.Job) error {
	if !s.tests.TryAcquire(1) {
		return &job.Later{After: testTurn}
	}
	defer s.tests.Release(1)
	run, err := s.store.TestRun(ctx, j.Key)
	if errors.Is(err, store.ErrNotFound) || err == nil && run.EndedAt != 0 {
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.changeTestRun(ctx, run, func(tx *store.Tx, r *store.TestRun) { r.Status = string(types.TestCaseExecutionStatusInProgress) }); err != nil {
		return err
	}
	records, err := s.tryTest(ctx, run)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	status := types.TestCaseExecutionStatusPassed
	if err != nil {
		records = []store.TestRecord{{At: s.clock.Now().UnixMilli(), Record: record(map[string]any{"problems": []string{err.Error()}})}}
	}
	for _, r := range records {
		if !r.Passed {
			status = types.TestCaseExecutionStatusFailed
		}
	}
	return s.changeTestRun(ctx, run, func(tx *store.Tx, r *store.TestRun) {
		r.Status, r.EndedAt, r.Records, r.Content = string(status), tx.Now().UnixMilli(), records, nil
	})
}

// changeTestRun changes a run unless it has ended.
func (s *Server) changeTestRun(ctx context.Context, run *store.TestRun, change func(*store.Tx, *store.TestRun)) error {
	return s.store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		if err := tx.LockInstance(run.InstanceID); err != nil {
			return err
		}
		newest, err := tx.TestRun(run.ID)
		if errors.Is(err, store.ErrNotFound) || err == nil && newest.EndedAt != 0 {
			return nil
		}
		if err != nil {
			return err
		}
		change(tx, newest)
		tx.PutTestRun(newest)
		return nil
	})
}

// record is the text of a record of a run.
func record(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // it has a form
	}
	return string(b)
}

// tryTest runs a test case on a copy of its instance. What functions and bots the server has are asked, unless the test case says what
// stands in for them.
func (s *Server) tryTest(ctx context.Context, run *store.TestRun) (records []store.TestRecord, err error) {
	ctx, cancel := context.WithTimeout(ctx, testTime)
	defer cancel()
	content, err := testcase.Parse([]byte(run.Content.Content))
	if err != nil {
		return nil, err
	}
	attributes, err := testcase.Attributes(run.Content.Initialization)
	if err != nil {
		return nil, err
	}
	overrides := &testcase.Overrides{}
	key := Credential{AccessKeyID: rand.Text(), SecretAccessKey: rand.Text(), Operator: true}
	scratch, err := openScratch(ctx, Config{
		Region: s.cfg.Region, Account: s.cfg.Account, Credentials: []Credential{key}, Quotas: Quotas{Profile: "off"}, TraceFlows: true,
		Overrule: overrides.Overrule, Functions: s.cfg.Functions, Bots: s.cfg.Bots, AWS: s.cfg.AWS, Clock: clock.Manual(s.clock.Now()),
	}, key, run.InstanceID)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, scratch.close()) }()
	if err := copyInstance(ctx, s.store, scratch.store, run.InstanceID); err != nil {
		return nil, fmt.Errorf("copy the instance: %w", err)
	}
	out, err := testcase.Run(ctx, content, scratch, testcase.Options{FlowID: run.Content.Entry.Chat.FlowID, Attributes: attributes, Overrides: overrides})
	if err != nil {
		return nil, err
	}
	for _, o := range out.Observed {
		records = append(records, store.TestRecord{Observation: o.Identifier, Passed: o.Passed, At: o.At.UnixMilli(), Record: record(o)})
	}
	return records, nil
}

// scratch is a server for one run. It implements testcase.Stage.
type scratch struct {
	*Server
	instance string
	options  wire.Options
	served   chan error
}

func openScratch(ctx context.Context, cfg Config, key Credential, instance string) (*scratch, error) {
	srv, err := Open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("find a port: %w", err), srv.Shutdown(ctx))
	}
	s := &scratch{Server: srv, instance: instance, served: make(chan error, 1), options: wire.Options{
		BaseEndpoint: new("http://" + l.Addr().String()), Region: cfg.Region, Retryer: aws.NopRetryer{},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: key.AccessKeyID, SecretAccessKey: key.SecretAccessKey}, nil
		}),
	}}
	go func() { s.served <- srv.Serve(l) }()
	return s, nil
}

func (s *scratch) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), testTime)
	defer cancel()
	err := s.Shutdown(ctx)
	if serving := <-s.served; !errors.Is(serving, http.ErrServerClosed) {
		err = errors.Join(err, serving)
	}
	return err
}

func (s *scratch) Clients() (*connect.Client, *participant.Client) {
	return connect.New(s.options), participant.New(s.options)
}

func (s *scratch) Operator() *parley.Client { return parley.New(s.options) }

func (s *scratch) InstanceID() string { return s.instance }

func (s *scratch) Now(context.Context) (time.Time, error) { return s.clock.Now(), nil }

func (s *scratch) Advance(ctx context.Context, to time.Time) error {
	return s.Server.Advance(ctx, max(0, to.Sub(s.clock.Now())))
}
