// Package server assembles a Parley server: storage, jobs, live fan-out, the contact centre and its configuration behind one HTTP
// handler that authenticates, limits, logs and measures. It is the only room that knows all the others.
package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/wire"
	"github.com/openparley/parley/internal/admin"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/blob"
	"github.com/openparley/parley/internal/bus"
	"github.com/openparley/parley/internal/center"
	"github.com/openparley/parley/internal/clock"
	"github.com/openparley/parley/internal/gateway"
	"github.com/openparley/parley/internal/job"
	"github.com/openparley/parley/internal/outbox"
	"github.com/openparley/parley/internal/report"
	"github.com/openparley/parley/internal/retention"
	"github.com/openparley/parley/internal/store"
)

// jobLease leaves the slowest job its time: a scanner that may take a minute. See job.Options.
const jobLease = 90 * time.Second

// devPoll is how often a developer's server looks for jobs of other nodes: it has none, and a day in a bubble has a lot of seconds.
const devPoll = 10 * time.Second

// Server is a running Parley server. Its parts are started in Open and stopped in Shutdown, in the opposite order.
type Server struct {
	cfg     Config
	log     *slog.Logger
	clock   *clock.Clock
	quotas  profile
	cors    cors
	scope   arn.Scope
	metrics *metrics

	store     *store.Store
	bus       bus.Bus
	tokens    *auth.Tokens
	verifier  *auth.Verifier
	center    *center.Service
	admin     *admin.Service
	report    *report.Service
	retention *retention.Service
	operators map[string]bool // access keys that may export and erase
	gateway   *gateway.Gateway
	disk      *blob.Disk // files of a folder; nil when they are elsewhere or nowhere
	jobs      *job.Runner
	outside   outside

	operations map[string]bool // names of those of the two services
	trouble    trouble

	temporary string // folder of files that goes with the server

	clockMoves sync.Mutex

	router             wire.Router[*endpoint]
	served             map[wire.Route]bool  // operations that are implemented
	paths, folders     map[string]*endpoint // paths of our own
	unknown, preflight *endpoint
	publicStarts       *limiter
	unverified         *semaphore.Weighted // bytes of bodies whose senders are not known yet
	tests              *semaphore.Weighted // runs of test cases under way

	http, adminHTTP *listening
	stopping        atomic.Bool
	stopWork        func()
	work            sync.WaitGroup // what runs without being asked
	shutdown        sync.Once
	shutdownErr     error
}

// Open starts everything but the network: the database is there, migrated and holds an instance when it returns. ctx bounds the start.
func Open(ctx context.Context, cfg Config) (*Server, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Server{
		cfg: cfg, log: cfg.Log, clock: cfg.Clock, cors: cors{cfg.CORSOrigins}, metrics: newMetrics(),
		served: map[wire.Route]bool{}, paths: map[string]*endpoint{}, folders: map[string]*endpoint{},
		publicStarts: newLimiter(cfg.PublicChats.Rate), unverified: semaphore.NewWeighted(maxUnverified), tests: semaphore.NewWeighted(testsAtOnce), operations: operationNames(),
	}
	if s.quotas, err = cfg.Quotas.resolve(s.operations); err != nil {
		return nil, err
	}
	if s.bus, err = openBus(cfg); err != nil {
		return nil, err
	}
	if s.store, err = store.Open(ctx, cfg.Database, store.Options{Now: s.clock.Now, Log: s.log, Patience: cfg.Patience, Doubt: s.doubt}); err != nil {
		return nil, errors.Join(err, s.bus.Close())
	}
	if err := s.assemble(ctx); err != nil {
		return nil, errors.Join(err, s.outside.close(), s.bus.Close(), s.closeObjects(), s.store.Close())
	}
	return s, nil
}

func openBus(cfg Config) (bus.Bus, error) {
	if cfg.NATS == "" {
		return bus.NewLocal(), nil
	}
	b, err := bus.NewNATS(cfg.NATS, cfg.Cluster, cfg.Log)
	if err != nil {
		return nil, fmt.Errorf("connect to NATS (start it, or correct nats; a single node needs none): %w", err)
	}
	return b, nil
}

// publish tells the sockets of all nodes what was committed.
func (s *Server) publish(m bus.Message) {
	if dev := s.cfg.Dev; dev != nil && dev.Passing != nil && m.Seq == 0 && !m.IsHint() {
		dev.Passing(m.Chat, m.To, m.Item)
	}
	s.bus.Publish(m)
}

// doubt tells the sockets of chats that may have items nobody could publish.
func (s *Server) doubt(chats []string) {
	for _, id := range chats {
		s.bus.Publish(bus.Hint(id))
	}
}

// assemble puts the parts on the bus and the store and sets them going, unless it fails.
func (s *Server) assemble(ctx context.Context) error {
	if err := s.restoreClock(ctx); err != nil {
		return fmt.Errorf("read how far the clock was moved: %w", err)
	}
	if err := s.firstRun(ctx); err != nil {
		return err
	}
	secrets, err := s.readSecrets(ctx)
	if err != nil {
		return err
	}
	if s.tokens, err = auth.NewTokens(secrets.tokenKeys, s.clock.Now); err != nil {
		return err
	}
	s.verifier = &auth.Verifier{
		Region: s.cfg.Region, Service: connect.Service.SigningName, Secret: secrets.lookup,
	}
	s.operators = secrets.operators
	s.scope = arn.Scope{Region: s.cfg.Region, Account: s.cfg.Account}
	objects, err := s.openObjects(ctx, secrets.tokenKeys)
	if err != nil {
		return err
	}
	if err := s.openOutside(ctx, objects, secrets.tokenKeys); err != nil {
		return err
	}
	wait := pause
	if s.clock.IsManual() { // nobody waits for time that stands still
		wait = func(context.Context, time.Duration) {}
	}
	var functions center.Functions = s.outside.functions
	var bots center.Bots = s.outside.bots
	if s.cfg.Dev != nil {
		functions, bots = troubledFunctions{functions, &s.trouble.plan}, troubledBots{bots, s.store, &s.trouble.plan}
	}
	s.center = center.New(center.Config{
		ContactEvents: s.cfg.ContactEvents, Knows: s.outside.targets.Knows, Functions: functions, Bots: bots,
		KnowsFunction: s.outside.functions.Knows,
		Store:         s.store, Tokens: s.tokens, Scope: s.scope, MaxActiveChats: s.quotas.activeChats, Log: s.log,
		Objects: objects, Locate: s.locate, Pause: wait, Attachments: center.AttachmentLimits(s.cfg.Attachments),
		GiveUpAfter: cmp.Or(s.cfg.GiveUpAfter, outbox.DefaultLife),
		TraceFlows:  s.cfg.TraceFlows, Seed: s.cfg.FlowSeed, Overrule: s.cfg.Overrule,
		ReceiptsInGroups: s.cfg.ReceiptsInGroups, IdentityProviders: s.cfg.identityProviders(),
		Delivery: s.cfg.Outbound.Delivery, Destinations: s.cfg.Outbound.destinations(),
		Publish: s.publish, Wake: func(lane int, due time.Time) { s.jobs.Wake(lane, due) },
	})
	s.admin = admin.New(admin.Config{
		Store: s.store, Scope: s.scope, MaxFlows: s.quotas.flows, MaxModules: s.quotas.modules,
		Wake:     func(lane int, due time.Time) { s.jobs.Wake(lane, due) },
		MaxHours: s.quotas.hours, MaxQueues: s.quotas.queues, MaxPrompts: s.quotas.prompts,
	})
	if err := s.admin.Complete(ctx); err != nil {
		return fmt.Errorf("complete the instances: %w", err)
	}
	if s.cfg.Dev != nil {
		s.offerFunctions(ctx)
	}
	s.report = report.New(report.Config{Store: s.store, Scope: s.scope})
	s.retention = s.newRetention(objects)
	if err := s.retention.Start(ctx); err != nil {
		return fmt.Errorf("see to what is over age: %w", err)
	}
	s.gateway = gateway.New(s.center, gateway.Options{Log: s.log, Compare: s.cfg.Compare})
	jobs := job.Options{Lease: jobLease, Log: s.log}
	if s.cfg.Dev != nil {
		jobs.Poll = devPoll
	}
	s.jobs = job.New(s.store, s.clock, s.runJob, jobs)

	s.unknown, s.preflight = s.nowhere("unknown"), s.nowhere("preflight")
	s.routes()
	s.figures()
	s.http, s.adminHTTP = newListening(s, s.log), newListening(s.adminHandler(), s.log)
	s.http.unreadable = s.unreadable

	s.bus.Subscribe(s.gateway.Deliver)
	s.bus.Lost(s.gateway.Recheck)
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stopWork = stop
	s.work.Go(func() {
		if err := s.jobs.Run(running); err != nil && running.Err() == nil {
			s.log.Error("jobs are no longer run", "error", err)
		}
	})
	s.work.Go(func() { s.forget(running) })
	return nil
}

// Handler serves what Serve serves, for a test without a network.
func (s *Server) Handler() http.Handler { return s }

// Serve answers requests until Shutdown; it then returns http.ErrServerClosed.
func (s *Server) Serve(l net.Listener) error { return s.http.serve(l) }

// ServeAdmin serves /metrics, /healthz and /readyz alone, until Shutdown.
func (s *Server) ServeAdmin(l net.Listener) error { return s.adminHTTP.serve(l) }

// adminHandler serves the paths that are for operators, whatever the base path is: they are not for the proxy that needs one.
func (s *Server) adminHandler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/metrics", s.metrics.handler())
	for _, path := range []string{"/healthz", "/readyz"} {
		mux.Handle(path, s.alone(s.paths[path]))
	}
	return mux
}

// runJob has a due job done and counts it.
func (s *Server) runJob(ctx context.Context, j store.Job) error {
	do := s.center.RunJob
	switch {
	case retention.Does(j.Kind):
		do = s.retention.RunJob
	case j.Kind == store.JobTest:
		do = s.runTest
	case j.Kind == store.JobTell:
		do = s.outside.outbox.Tell
	}
	err := do(ctx, j)
	result := "done"
	if _, later := errors.AsType[*job.Later](err); later || err != nil && errors.Is(ctx.Err(), context.Canceled) {
		result = "put off"
	} else if err != nil {
		result = "failed"
	}
	s.metrics.jobs.WithLabelValues(j.Kind, result).Inc()
	return err
}

// forgetEvery is how often answers are looked for that need not be remembered any more.
const forgetEvery = 10 * time.Minute

// forget deletes what has expired, until ctx ends.
func (s *Server) forget(ctx context.Context) {
	for s.clock.Sleep(ctx, s.clock.Now().Add(forgetEvery)) == nil {
		if err := s.store.DeleteExpired(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("delete what has expired", "error", err)
		}
	}
}

// Clock is the server's time.
func (s *Server) Clock() *clock.Clock { return s.clock }

// Advance moves the server's time by d and returns when everything that fell due on the way is done.
func (s *Server) Advance(ctx context.Context, d time.Duration) error {
	return s.moveClock(ctx, func(now time.Time) (time.Time, error) { return now.Add(d), nil })
}

// AdvanceToNext does what is due, moves the server's time to what is due next, and does that. It returns the time reached, and false when
// nothing is to come.
func (s *Server) AdvanceToNext(ctx context.Context) (now time.Time, ok bool, err error) {
	s.clockMoves.Lock()
	defer s.clockMoves.Unlock()
	if now, ok, err = s.jobs.AdvanceToNext(ctx); err != nil || !ok {
		return s.clock.Now(), ok, err
	}
	return now, true, s.keepClock(ctx, now)
}

// AdvanceUntilIdle moves the server's time on from one due job to the next until nothing is left to do for any chat, and returns the time
// reached. Chats that live come to their end on the way.
func (s *Server) AdvanceUntilIdle(ctx context.Context) (now time.Time, err error) {
	for ctx.Err() == nil {
		if err := s.Advance(ctx, 0); err != nil {
			return s.clock.Now(), err
		}
		due, ok, err := s.store.NextOfChats(ctx)
		if err != nil || !ok {
			return s.clock.Now(), err
		}
		if err := s.moveClock(ctx, func(now time.Time) (time.Time, error) { return laterOf(now, due), nil }); err != nil {
			return s.clock.Now(), err
		}
	}
	return s.clock.Now(), ctx.Err()
}

// Due is when the next job is due; ok false when nothing is to come.
func (s *Server) Due(ctx context.Context) (at time.Time, ok bool, err error) {
	return s.store.NextDue(ctx)
}

func laterOf(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// moveClock moves the clock from what it shows to what to says. One move follows the other: two minutes twice are four.
func (s *Server) moveClock(ctx context.Context, to func(now time.Time) (time.Time, error)) error {
	s.clockMoves.Lock()
	defer s.clockMoves.Unlock()
	target, err := to(s.clock.Now())
	if err != nil {
		return err
	}
	if err := s.keepClock(ctx, target); err != nil {
		return fmt.Errorf("keep how far the clock was moved: %w", err)
	}
	return s.jobs.Advance(ctx, target)
}

// Announce makes /readyz say that the server will stop.
func (s *Server) Announce() { s.stopping.Store(true) }

const (
	// closeRate is how many WebSockets are closed in a second when the server stops: each client is back within milliseconds.
	closeRate = 5000

	maxSpread = 5 * time.Second

	// jobGrace is how long due jobs may still wait for somebody outside when the server stops.
	jobGrace = 3 * time.Second

	// closeGrace is how long the clients have to answer the close. Those that are gone never do, and everybody else waits for the
	// successor.
	closeGrace = 500 * time.Millisecond
)

// Shutdown stops the server: requests under way are finished, then due jobs, but for those that somebody outside keeps waiting, then the WebSockets are closed, and the database at the very
// last. Clients whose socket closes come back at once, so a successor should already hold the port. What is not done when ctx ends
// is cut, and the error says so.
func (s *Server) Shutdown(ctx context.Context) error {
	s.shutdown.Do(func() {
		s.stopping.Store(true)
		s.LiftFaults() // what stands still could not end
		err := errors.Join(s.http.drain(ctx), s.adminHTTP.drain(ctx))
		s.outside.outbox.Stop()
		s.stopWork()
		grace, cancel := context.WithTimeout(ctx, jobGrace)
		context.AfterFunc(grace, s.jobs.Cut)
		s.work.Wait()
		cancel()
		s.closeSockets(ctx)
		s.shutdownErr = errors.Join(err, s.outside.close(), s.bus.Close(), s.closeObjects(), s.store.Close())
	})
	return s.shutdownErr
}

func (s *Server) closeSockets(ctx context.Context) {
	spread := min(time.Duration(s.gateway.Stats().Open)*time.Second/closeRate, maxSpread)
	ctx, cancel := context.WithTimeout(ctx, spread+closeGrace)
	defer cancel()
	s.gateway.Shutdown(ctx, spread)
}
