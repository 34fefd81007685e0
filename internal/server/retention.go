package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/openparley/parley/api/parley"
	"github.com/openparley/parley/api/wire"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/center"
	"github.com/openparley/parley/internal/outbox"
	"github.com/openparley/parley/internal/report"
	"github.com/openparley/parley/internal/retention"
	"github.com/openparley/parley/internal/store"
)

// Retention says how long things are kept after the end of their chat.
type Retention struct {
	RetentionDays `yaml:",inline"`

	// Instances are the days of single instances, by id or alias. What is not set is as for all.
	Instances map[string]RetentionDays `yaml:"instances"`
}

// RetentionDays are numbers of days; 0 is for ever.
type RetentionDays struct {
	// Transcripts are what was said, in the database and in files; default for ever.
	Transcripts *int `yaml:"transcripts_days"`

	// Attachments are their bytes and what is known of them; default for ever.
	Attachments *int `yaml:"attachments_days"`

	// Records are all that the database holds of a chat; default 730, about the 24 months of Amazon Connect.
	// Source: connect-chat sheet, 6.2.
	Records *int `yaml:"records_days"`
}

const (
	defaultRecordDays = 730
	maxDays           = 36500
)

// over fills in what is not set.
func (d RetentionDays) over(all RetentionDays) RetentionDays {
	return RetentionDays{
		cmp.Or(d.Transcripts, all.Transcripts), cmp.Or(d.Attachments, all.Attachments), cmp.Or(d.Records, all.Records),
	}
}

// days are what is set, and what is not as usual.
func (d RetentionDays) days() retention.Days {
	d = d.over(RetentionDays{new(0), new(0), new(defaultRecordDays)})
	return retention.Days{Transcripts: *d.Transcripts, Attachments: *d.Attachments, Records: *d.Records}
}

func (d RetentionDays) check(setting string) error {
	days := d.days()
	for _, part := range []struct {
		name string
		days int
	}{{"transcripts_days", days.Transcripts}, {"attachments_days", days.Attachments}, {"records_days", days.Records}} {
		if part.days < 0 || part.days > maxDays {
			return fmt.Errorf("%s.%s: %d is not 0 to %d", setting, part.name, part.days, maxDays)
		}
		if days.Records > 0 && part.days > days.Records {
			return fmt.Errorf("%s.%s: %d days are more than the records are kept (records_days: %d), and nothing finds it then",
				setting, part.name, part.days, days.Records)
		}
	}
	return nil
}

func (r Retention) check() error {
	if err := r.RetentionDays.check("retention"); err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(r.Instances)) {
		if err := r.Instances[id].over(r.RetentionDays).check("retention.instances." + id); err != nil {
			return err
		}
	}
	return nil
}

// of are the days of an instance.
func (r Retention) of(in *store.Instance) retention.Days {
	own, ok := r.Instances[in.ID]
	if !ok {
		own = r.Instances[in.Alias]
	}
	return own.over(r.RetentionDays).days()
}

// Kept is what is kept in a database, for a process that serves nobody. On PostgreSQL servers may run beside it.
type Kept struct {
	*retention.Service
	*outbox.DeadLetters
	server *Server
	report *report.Service
}

// TraceContact reads the flow log of a contact.
func (k *Kept) TraceContact(ctx context.Context, in *parley.TraceContactInput) (*parley.TraceContactOutput, error) {
	return k.report.TraceContact(ctx, in)
}

// OpenKept opens the database of a configuration, and the files that belong to it.
func OpenKept(ctx context.Context, cfg Config) (*Kept, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, log: cfg.Log, clock: cfg.Clock}
	if s.bus, err = openBus(cfg); err != nil {
		return nil, err
	}
	if s.store, err = store.Open(ctx, cfg.Database, store.Options{Now: s.clock.Now, Log: s.log, Doubt: s.doubt}); err != nil {
		return nil, errors.Join(err, s.bus.Close())
	}
	objects, err := s.keptObjects(ctx)
	if err != nil {
		return nil, errors.Join(err, s.bus.Close(), s.store.Close())
	}
	scope := arn.Scope{Region: cfg.Region, Account: cfg.Account}
	s.center = center.New(center.Config{
		Store: s.store, Scope: scope, Objects: objects, Log: s.log, Publish: s.bus.Publish,
	})
	return &Kept{s.newRetention(objects), &outbox.DeadLetters{Store: s.store}, s, report.New(report.Config{Store: s.store, Scope: scope})}, nil
}

// keptObjects opens the files; a database in which no server ever ran has none.
func (s *Server) keptObjects(ctx context.Context) (center.Objects, error) {
	secrets, err := s.readSecrets(ctx)
	if err != nil || len(secrets.tokenKeys) == 0 {
		return nil, err
	}
	return s.openObjects(ctx, secrets.tokenKeys)
}

// Close lets go of the database and the files.
func (k *Kept) Close() error {
	return errors.Join(k.server.bus.Close(), k.server.closeObjects(), k.server.store.Close())
}

func (s *Server) newRetention(objects center.Objects) *retention.Service {
	return retention.New(retention.Config{
		Store: s.store, Objects: objects, Center: s.center, Days: s.cfg.Retention.of, Log: s.log,
	})
}

// handleOperator serves an operation of Parley's own for whoever signs with the key of an operator.
func handleOperator[In, Out any](
	s *Server, op *wire.Operation[In, Out], do func(context.Context, *In) (*Out, error),
) {
	handleLocatedOperator(s, op, func(r *http.Request, in *In) (*Out, error) { return do(r.Context(), in) })
}

// handleLocatedOperator is handleOperator for an operation whose answer depends on where the caller found the server.
func handleLocatedOperator[In, Out any](
	s *Server, op *wire.Operation[In, Out], do func(*http.Request, *In) (*Out, error),
) {
	e := s.endpoint(op.Service, op.Name)
	e.serve = func(c *call) error {
		key, err := s.signedBy(c)
		if err != nil {
			return err
		}
		if !s.operators[key] {
			return refused("This is for operators: sign with a key that has operator: true in credentials")
		}
		return answer(c, op, func(_ context.Context, in *In) (*Out, error) { return do(c.r, in) })
	}
	s.handle(op.Route(), e)
}
