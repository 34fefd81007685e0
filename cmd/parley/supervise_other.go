//go:build !unix

package main

import (
	"errors"
	"log/slog"
	"net"
	"time"
)

// Sockets cannot be handed to a child process here: the server runs without a supervisor.
const canSupervise = false

func supervise(_, _, _ []string, _ []net.Listener, _ time.Duration, _ *slog.Logger) error {
	return errors.New("no supervisor on this system")
}

type supervised struct{}

func underSupervisor(int) *supervised { return nil }

func (*supervised) up() {}

func (*supervised) gone() <-chan struct{} { return nil }
