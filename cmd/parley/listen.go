package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// firstInherited is the first descriptor that a parent hands over, by the convention of systemd.
// Source: sd_listen_fds(3).
const firstInherited = 3

// heldVariable has the configured addresses of the sockets that our supervisor holds, for the processes it starts.
const heldVariable = "LISTEN_ADDRESSES"

// heldAddresses are the configured addresses of the sockets that a supervisor of ours holds; nil without one.
func heldAddresses() []string {
	text := os.Getenv(heldVariable)
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

// listeners returns a listener for each address. When a parent (systemd, or our own supervisor) has opened the sockets, they are taken in
// the order in which it passes them, whatever the addresses say.
func listeners(addresses ...string) ([]net.Listener, error) {
	inherited, err := inheritedListeners()
	if err != nil {
		return nil, err
	}
	if len(inherited) > 0 && len(inherited) != len(addresses) {
		return nil, fmt.Errorf("%d sockets were inherited (LISTEN_FDS), but %d are configured", len(inherited), len(addresses))
	}
	if len(inherited) > 0 {
		return inherited, nil
	}
	var all []net.Listener
	for _, address := range addresses {
		l, err := net.Listen("tcp", address)
		if err != nil {
			for _, l := range all {
				l.Close()
			}
			return nil, listenError(address, err)
		}
		all = append(all, l)
	}
	return all, nil
}

// inheritedListeners takes the sockets that were passed to this process. Without LISTEN_PID they are for whoever is started with
// them: our supervisor cannot know the process id beforehand.
func inheritedListeners() ([]net.Listener, error) {
	count, pid := os.Getenv("LISTEN_FDS"), os.Getenv("LISTEN_PID")
	for _, name := range []string{"LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", heldVariable} {
		os.Unsetenv(name) // not for the processes we start
	}
	if count == "" || pid != "" && pid != strconv.Itoa(os.Getpid()) {
		return nil, nil
	}
	n, err := strconv.Atoi(count)
	if err != nil || n < 0 {
		return nil, fmt.Errorf("LISTEN_FDS: %q is not a number", count)
	}
	var all []net.Listener
	for i := range n {
		f := os.NewFile(uintptr(firstInherited+i), "inherited socket "+strconv.Itoa(i))
		l, err := net.FileListener(f)
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("inherited socket %d: %w", i, err)
		}
		all = append(all, l)
	}
	return all, nil
}

// listenError says what to do about an address that cannot be had.
func listenError(address string, err error) error {
	_, port, _ := net.SplitHostPort(address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("port %s is in use by another program: stop it, or choose another port with --listen", port)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("port %s is for privileged programs alone: choose one above 1023 with --listen", port)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("%s is not an address of this machine: choose another one with --listen", address)
	}
	return fmt.Errorf("listen on %q (an address looks like 127.0.0.1:8080): %w", address, err)
}

// checkAddress says what is wrong with an address to listen on.
func checkAddress(address string) error {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("%q is not like 127.0.0.1:8080", address)
	}
	if _, err := net.LookupPort("tcp", port); err != nil {
		return fmt.Errorf("%q is not a port: write a number up to 65535", port)
	}
	return nil
}

// loopback reports whether an address to listen on can be reached from this machine alone.
func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
