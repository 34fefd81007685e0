//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// The supervisor holds the listening sockets and runs the server as a child process, its worker. While a worker is replaced, or
// started anew after a crash, the port stays open and requests wait in the kernel's backlog: to a browser the answer comes late
// instead of never. chatjs in a desktop browser ends its session for good on a refused port (participant-wire sheet, 9.5).

const canSupervise = true

const (
	// stopLimit is how long a worker may take to stop before it is killed: the time a shutdown may take, and some.
	stopLimit = shutdownLimit + 10*time.Second

	// A worker that crashes is started again at once, then after a pause that doubles up to maxPause. One that was up for steady
	// counts as healthy again.
	minPause = 100 * time.Millisecond
	maxPause = 5 * time.Second
	steady   = 10 * time.Second
)

// supervisor replaces workers.
type supervisor struct {
	args    []string // of the worker
	check   []string // of a process that says whether a worker would start
	env     []string // of both: it says what the sockets are for
	sockets []*os.File
	delay   time.Duration // the shutdown_delay of the worker
	log     *slog.Logger
}

// worker is a running child process.
type worker struct {
	cmd     *exec.Cmd
	alive   *os.File      // closed, by us or by our death, it tells the worker to stop
	ready   chan struct{} // closed once it serves
	ended   chan struct{} // closed when it has exited, with err
	err     error
	started time.Time
}

// supervise runs workers on the listeners of these configured addresses until a signal ends it. It returns the worker's exit code when the very first one does
// not come up: then something is wrong that a restart does not mend.
func supervise(args, check, addresses []string, listeners []net.Listener, delay time.Duration, log *slog.Logger) error {
	s := &supervisor{args: args, check: check, delay: delay, log: log}
	s.env = append(os.Environ(), heldVariable+"="+strings.Join(addresses, ","))
	for _, l := range listeners {
		f, err := l.(*net.TCPListener).File()
		if err != nil {
			return fmt.Errorf("keep the listening socket: %w", err)
		}
		s.sockets = append(s.sockets, f)
		l.Close() // the copy stays open
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	defer signal.Stop(signals)
	return s.run(signals)
}

func (s *supervisor) run(signals <-chan os.Signal) error {
	w, err := s.start()
	if err != nil {
		return err
	}
	everReady, pause := false, time.Duration(0)
	ready := w.ready
	for {
		select {
		case <-ready:
			everReady, ready = true, nil
		case sig := <-signals:
			if sig != syscall.SIGHUP {
				s.drain(w, signals, true)
				return workerFailed(w.err)
			}
			if err := s.tryOut(); err != nil {
				s.log.Error("no restart: the new worker would not start", "error", err)
				continue
			}
			s.log.Info("restart: draining the worker")
			if stop := s.drain(w, signals, false); stop {
				return workerFailed(w.err)
			}
			if w, err = s.start(); err != nil {
				return err
			}
			ready, pause = w.ready, 0
		case <-w.ended:
			if !everReady {
				if w.err == nil {
					return errors.New("the worker ended before it served")
				}
				return workerFailed(w.err)
			}
			if time.Since(w.started) > steady {
				pause = 0
			}
			s.log.Error("the worker ended", "error", w.err, "restart_in", pause.String())
			select {
			case <-time.After(pause):
			case sig := <-signals:
				if sig != syscall.SIGHUP {
					return nil
				}
			}
			pause = min(max(2*pause, minPause), maxPause)
			if w, err = s.start(); err != nil {
				return err
			}
			ready = w.ready
		}
	}
}

// start runs a worker with the sockets, by the binary that is on disk now.
func (s *supervisor) start() (*worker, error) {
	path, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find the program: %w", err)
	}
	aliveRead, aliveWrite, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer aliveRead.Close()
	readyRead, readyWrite, err := os.Pipe()
	if err != nil {
		aliveWrite.Close()
		return nil, err
	}
	defer readyWrite.Close()
	w := &worker{
		cmd: exec.Command(path, s.args...), alive: aliveWrite,
		ready: make(chan struct{}), ended: make(chan struct{}), started: time.Now(),
	}
	w.cmd.Stdout, w.cmd.Stderr = os.Stdout, os.Stderr
	w.cmd.ExtraFiles = append(append(w.cmd.ExtraFiles, s.sockets...), aliveRead, readyWrite)
	w.cmd.Env = append(s.env[:len(s.env):len(s.env)], "LISTEN_FDS="+strconv.Itoa(len(s.sockets)))
	w.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a terminal's Ctrl-C reaches us alone
	if err := w.cmd.Start(); err != nil {
		aliveWrite.Close()
		readyRead.Close()
		return nil, fmt.Errorf("start the worker: %w", err)
	}
	go func() {
		defer readyRead.Close()
		if n, _ := readyRead.Read(make([]byte, 1)); n == 1 {
			close(w.ready)
		}
	}()
	go func() {
		w.err = w.cmd.Wait()
		aliveWrite.Close()
		close(w.ended)
	}()
	return w, nil
}

// drain tells the worker to stop and waits until it is gone. A signal to stop that comes meanwhile makes it report true; one that
// comes when we have been stopping for a while kills the worker.
func (s *supervisor) drain(w *worker, signals <-chan os.Signal, stopping bool) bool {
	w.cmd.Process.Signal(syscall.SIGTERM)
	deadline, asked := time.After(stopLimit+s.delay), time.Now()
	for {
		select {
		case <-w.ended:
			return stopping
		case <-deadline:
			s.log.Error("the worker does not stop: killing it")
			w.cmd.Process.Kill()
		case sig := <-signals:
			if sig == syscall.SIGHUP {
				continue
			}
			switch {
			case !stopping:
				stopping, asked = true, time.Now()
			case time.Since(asked) > repeat:
				w.cmd.Process.Kill()
			}
		}
	}
}

// tryOut asks the binary on disk whether it would start with the configuration on disk.
func (s *supervisor) tryOut() error {
	path, err := os.Executable()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	check := exec.CommandContext(ctx, path, s.check...)
	check.Env = s.env
	out, err := check.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// workerFailed is the end of the program when its worker ended with err; nil when that was in order.
func workerFailed(err error) error {
	if err == nil {
		return nil
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() > 0 {
		return exitCode(exit.ExitCode()) // it said why
	}
	return fmt.Errorf("the worker ended: %w", err)
}

// supervised is the worker's end of the two pipes from its supervisor, which follow the sockets.
type supervised struct{ alive, ready *os.File }

func underSupervisor(sockets int) *supervised {
	return &supervised{
		alive: os.NewFile(uintptr(firstInherited+sockets), "supervisor"),
		ready: os.NewFile(uintptr(firstInherited+sockets+1), "ready"),
	}
}

// up tells the supervisor that requests are served.
func (s *supervised) up() {
	s.ready.Write([]byte{1})
	s.ready.Close()
}

// gone is closed when the supervisor has died: a worker does not outlive it.
func (s *supervised) gone() <-chan struct{} {
	gone := make(chan struct{})
	go func() {
		io.Copy(io.Discard, s.alive)
		close(gone)
	}()
	return gone
}
