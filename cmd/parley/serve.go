package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/openparley/parley/internal/server"
)

const (
	defaultListen   = "127.0.0.1:8080"
	defaultDatabase = "sqlite:parley.db"

	// shutdownLimit is how long requests under way may go on when the server stops.
	shutdownLimit = 20 * time.Second

	// handover is how long the worker of a supervisor that was killed may take to let go of the database.
	handover = shutdownLimit + 5*time.Second

	// repeat is how soon after a signal to stop another one is taken for the same: a process group is often told twice at once.
	repeat = time.Second
)

// serveCommand serves customers. Its flags go before the environment and the file.
type serveCommand struct {
	Config string `help:"Configuration file (YAML)." placeholder:"FILE" type:"path"`

	Listen      string `help:"Address to serve on (default 127.0.0.1:8080)." placeholder:"ADDRESS"`
	AdminListen string `help:"Address of its own for /metrics." placeholder:"ADDRESS"`
	Database    string `help:"Where everything is kept: sqlite:PATH or postgres://… (default sqlite:parley.db)." placeholder:"DSN"`
	NATS        string `name:"nats" help:"NATS server that connects several nodes: nats://…" placeholder:"URL"`
	PublicURL   string `name:"public-url" help:"Address under which clients find this server: https://chat.example.org" placeholder:"URL"`
	Quotas      string `help:"Quota profile: self, aws or off." placeholder:"PROFILE"`

	Check  bool `help:"Read the configuration, say what is wrong with it, and exit."`
	Worker bool `hidden:""`
}

func (c *serveCommand) Run() error {
	s, err := c.settings(os.Environ())
	if err != nil {
		return err
	}
	held := heldAddresses()
	moved := s.moved(held)
	if c.Check {
		return moved
	}
	log := newLogger(os.Stderr, s.LogLevel, false)
	if moved != nil {
		log.Error("serving on the sockets that are held", "error", moved)
		s.listenOn(held)
	}
	all, err := listeners(s.addresses()...)
	if err != nil {
		return err
	}
	if canSupervise && !c.Worker {
		args := append([]string{}, os.Args[1:]...)
		return supervise(append(args, "--worker"), append(args[:len(args):len(args)], "--check"), s.addresses(), all, s.ShutdownDelay, log)
	}
	return c.serve(s, all)
}

// settings are the file, the environment and the flags, checked.
func (c *serveCommand) settings(env []string) (settings, error) {
	s, err := readSettings(c.Config, env)
	if err != nil {
		return s, err
	}
	for _, flag := range []struct {
		value string
		into  *string
	}{
		{c.Listen, &s.Listen},
		{c.AdminListen, &s.AdminListen},
		{c.Database, &s.Database},
		{c.NATS, &s.NATS},
		{c.PublicURL, &s.PublicURL},
		{c.Quotas, &s.Quotas.Profile},
	} {
		if flag.value != "" {
			*flag.into = flag.value
		}
	}
	if s.Database == "" {
		s.Database = defaultDatabase
	}
	s.SeparateMetrics = s.AdminListen != ""
	if (s.TLS.Cert == "") != (s.TLS.Key == "") {
		return s, errors.New("tls: cert and key go together")
	}
	if _, err := s.certificate(); err != nil {
		return s, err
	}
	for name, address := range map[string]string{"listen": s.Listen, "admin_listen": s.AdminListen} {
		if err := checkAddress(address); err != nil && address != "" {
			return s, fmt.Errorf("%s: %w", name, err)
		}
	}
	if s.ShutdownDelay < 0 {
		return s, fmt.Errorf("shutdown_delay: %v is negative", s.ShutdownDelay)
	}
	return s, s.Config.Check()
}

// addresses are where to listen: the main one, then that for operators if there is one.
func (s *settings) addresses() []string {
	if s.AdminListen == "" {
		return []string{s.Listen}
	}
	return []string{s.Listen, s.AdminListen}
}

// moved says that the addresses are not those for which the supervisor holds sockets. No worker can change these.
func (s *settings) moved(held []string) error {
	if held == nil || slices.Equal(held, s.addresses()) {
		return nil
	}
	return fmt.Errorf("listen changed: a full restart is needed (%d held: %s; %d configured: %s)",
		len(held), strings.Join(held, ", "), len(s.addresses()), strings.Join(s.addresses(), ", "))
}

// listenOn replaces the addresses.
func (s *settings) listenOn(held []string) {
	s.Listen, s.AdminListen = held[0], ""
	if len(held) > 1 {
		s.AdminListen = held[1]
	}
	s.SeparateMetrics = s.AdminListen != ""
}

// certificate loads what TLS needs; nil without TLS.
func (s *settings) certificate() (*tls.Config, error) {
	if s.TLS.Cert == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(s.TLS.Cert, s.TLS.Key)
	if err != nil {
		return nil, fmt.Errorf("tls: %w", err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{"h2", "http/1.1"}}, nil
}

// serve is the life of a worker.
func (c *serveCommand) serve(s settings, all []net.Listener) error {
	lines := newLogWriter(os.Stderr)
	defer lines.Flush()
	s.Log = newLogger(lines, s.LogLevel, false)
	s.Config.Notice = func(text string) { fmt.Fprintln(os.Stderr, text) }

	stop := []os.Signal{syscall.SIGTERM, os.Interrupt}
	ctx, cancel := signal.NotifyContext(context.Background(), stop...)
	defer cancel()
	orphan, orphaned := context.WithCancel(context.Background())
	defer orphaned()
	var parent *supervised
	if c.Worker {
		signal.Ignore(syscall.SIGHUP) // it is the supervisor's
		parent = underSupervisor(len(all))
		go func() {
			<-parent.gone()
			orphaned()
			cancel()
		}()
	}
	tlsConfig, err := s.certificate()
	if err != nil {
		return err
	}
	s.Config.Patience = handover
	srv, err := server.Open(ctx, s.Config)
	if err != nil {
		return openError(err, "file with --database")
	}
	l := all[0]
	if tlsConfig != nil {
		l = tls.NewListener(l, tlsConfig)
	}
	failed := make(chan error, 2)
	go func() { failed <- srv.Serve(l) }()
	if len(all) > 1 {
		go func() { failed <- srv.ServeAdmin(all[1]) }()
	}
	s.Log.Info("serving", "address", l.Addr().String(), "pid", os.Getpid(), "version", version())
	if parent != nil {
		parent.up()
	}
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	s.Log.Info("stopping")
	if err == nil && s.ShutdownDelay > 0 {
		srv.Announce()
		select {
		case <-time.After(s.ShutdownDelay):
		case <-orphan.Done(): // whoever starts us anew finds the port in use until we let go of it
		}
	}
	return errors.Join(ignoreClosed(err), shutdown(srv, s.Log))
}

// openError adds what to do about a database file that another process holds, or a database that does not answer.
func openError(err error, another string) error {
	if errors.Is(err, syscall.EAGAIN) {
		return fmt.Errorf("%w\nStop that process, or choose another %s", err, another)
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return fmt.Errorf("%w\nStart it, or correct the address", err)
	}
	return err
}

// shutdown stops a server; what takes longer than shutdownLimit is cut.
func shutdown(srv *server.Server, log *slog.Logger) error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownLimit)
	defer cancel()
	err := srv.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		log.Warn("some requests were cut: they took too long")
		return nil
	}
	return err
}

func ignoreClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
