// Package bench puts load on a server through its front door and measures what the participants of its chats see.
//
// A message's time runs from the moment it was meant to be sent, so that a server which stalls cannot hide the messages it kept from
// being sent. It ends when the message is answered, and again when it is on the chat's other socket. Every item that was
// acknowledged is looked for on every socket: lost, repeated and reordered ones are counted.
package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"
)

// Names of what can be measured.
const (
	Start      = "start"      // chats started in a second
	Message    = "message"    // messages sent, answered and on both sockets
	Transcript = "transcript" // transcript pages of 100 read while many items are stored
	Idle       = "idle"       // memory of an open socket on which nothing happens
	Cold       = "cold"       // from starting the program to a server that is ready
)

// Options say what to measure, and where.
type Options struct {
	What []string // of the names above; empty: Message

	// Endpoint is the server under load. Empty: one of our own for each of Databases, which gets an empty database.
	Endpoint    string
	AccessKeyID string
	SecretKey   string
	Region      string
	InstanceID  string // empty: the first that ListInstances names
	FlowID      string // empty: a flow that greets and waits, made for the run and deleted after it
	AllowRemote bool   // load another machine; refused otherwise
	Databases   []string
	Program     string // the parley binary that serves when there is no Endpoint

	Chats    []int         // chats at the same time, one run each
	Rate     float64       // messages or chats begun in a second, all chats together; 0: each chat as fast as it can
	Duration time.Duration // of each run, after Warmup
	Warmup   time.Duration
	Count    int64 // messages of a run at most
	Payload  int   // characters of a message
	Sockets  int   // open sockets for Idle
	Items    int   // stored items before Transcript measures
	Half     bool  // after each closed run of Message one at half its rate

	Progress io.Writer // lines for a person who waits; nil: none
}

const (
	maxChats    = 20_000
	maxRate     = 1_000_000
	maxDuration = time.Hour
	maxItems    = 20_000_000
	maxCount    = 100_000_000

	socketsPerChat = 2
)

func (o *Options) check() error {
	if len(o.What) == 0 {
		o.What = []string{Message}
	}
	for _, w := range o.What {
		if !slices.Contains([]string{Start, Message, Transcript, Idle, Cold}, w) {
			return fmt.Errorf("%q cannot be measured", w)
		}
	}
	for _, n := range o.Chats {
		if n < 1 || n > maxChats {
			return fmt.Errorf("chats: %d is not within 1 to %d", n, maxChats)
		}
	}
	switch {
	case o.Rate < 0 || o.Rate > maxRate:
		return fmt.Errorf("rate: %v is not within 0 to %d", o.Rate, maxRate)
	case o.Duration <= 0 || o.Duration+o.Warmup > maxDuration || o.Warmup < 0:
		return fmt.Errorf("duration: a run takes at most %v", maxDuration)
	case o.Count < 1 || o.Count > maxCount:
		return fmt.Errorf("count: %d is not within 1 to %d", o.Count, maxCount)
	case o.Payload < minPayload || o.Payload > 16384:
		return fmt.Errorf("payload: %d is not within %d to 16384", o.Payload, minPayload)
	case o.Sockets < 1 || o.Sockets > maxChats:
		return fmt.Errorf("sockets: %d is not within 1 to %d", o.Sockets, maxChats)
	case o.Items < 0 || o.Items > maxItems:
		return fmt.Errorf("items: %d is not within 0 to %d", o.Items, maxItems)
	}
	if o.Progress == nil {
		o.Progress = io.Discard
	}
	if o.Endpoint == "" {
		return nil
	}
	if slices.Contains(o.What, Cold) {
		return errors.New("a cold start can be measured on a server of our own alone: leave out the endpoint")
	}
	u, err := url.Parse(o.Endpoint)
	if err != nil {
		return err
	}
	return o.allowed(u.Hostname())
}

// allowed keeps the load on this machine unless that was given up in so many words.
func (o *Options) allowed(host string) error {
	if o.AllowRemote {
		return nil
	}
	addresses, err := net.LookupIP(host)
	if err != nil {
		return err
	}
	for _, a := range addresses {
		if !a.IsLoopback() {
			return fmt.Errorf("%s is another machine: load only what is yours, and then with --allow-remote", host)
		}
	}
	return nil
}

// Result is one measurement. Fields that do not belong to what was measured are left out.
type Result struct {
	What    string
	Engine  string  `json:",omitempty"` // sqlite, postgres; empty for a server that was running
	Chats   int     `json:",omitempty"`
	Rate    float64 `json:",omitempty"` // that was asked for; 0: closed loop
	Seconds float64 `json:",omitempty"`

	Count      int64   `json:",omitempty"` // of chats, messages, pages
	PerSecond  float64 `json:",omitempty"`
	Errors     int64   `json:",omitempty"` // requests that were not answered with 200
	FirstError string  `json:",omitempty"`

	Answer   *Latency `json:",omitempty"` // until the answer
	Delivery *Latency `json:",omitempty"` // until the frame is on the other socket

	// Items missing on a socket, on it more than once, on it after a younger one; nil where none are sent.
	Lost, Repeated, Reordered *int64 `json:",omitempty"`

	Items          int64   `json:",omitempty"` // stored in all chats, while pages were read
	BytesPerSocket float64 `json:",omitempty"`
	ResidentMB     float64 `json:",omitempty"` // memory of the server
	ServerCPU      float64 `json:",omitempty"` // microseconds of CPU for each of Count
}

// Clean reports whether nothing went wrong.
func (r *Result) Clean() bool {
	for _, n := range []*int64{r.Lost, r.Repeated, r.Reordered} {
		if n != nil && *n != 0 {
			return false
		}
	}
	return r.Errors == 0
}

// Run measures all that was asked for, one after the other, and reports each result when it is there.
func Run(ctx context.Context, o Options, report func(Result)) error {
	if err := o.check(); err != nil {
		return err
	}
	if o.Endpoint != "" {
		return o.measure(ctx, "", report)
	}
	for _, dsn := range o.Databases {
		if err := o.onOwnServer(ctx, dsn, report); err != nil {
			return err
		}
	}
	return nil
}

// onOwnServer measures a server of our own on a database.
func (o Options) onOwnServer(ctx context.Context, dsn string, report func(Result)) error {
	engine, _, _ := strings.Cut(dsn, ":")
	dir, err := os.MkdirTemp("", "parley-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if dsn == "sqlite" {
		dsn = "sqlite:" + dir + "/bench.db"
	}
	engine = strings.Replace(engine, "postgresql", "postgres", 1)

	if slices.Contains(o.What, Cold) {
		o.What = slices.DeleteFunc(slices.Clone(o.What), func(w string) bool { return w == Cold })
		if engine == "sqlite" {
			r, err := o.cold(ctx)
			if err != nil {
				return fmt.Errorf("cold: %w", err)
			}
			report(r)
		}
	}
	if len(o.What) == 0 {
		return nil
	}
	s, err := startServer(ctx, o.Program, dir, dsn)
	if err != nil {
		return err
	}
	defer s.stop()
	o.Endpoint, o.AccessKeyID, o.SecretKey, o.Region = s.endpoint, s.accessKeyID, s.secretKey, "us-east-1"
	return o.measure(ctx, engine, report)
}

// measure puts load on the server at o.Endpoint.
func (o Options) measure(ctx context.Context, engine string, report func(Result)) error {
	t, err := newTarget(ctx, o)
	if err != nil {
		return err
	}
	defer t.close()
	t.ownServer = engine != ""
	done := func(r Result) {
		r.Engine = engine
		report(r)
	}
	for _, what := range o.What {
		var err error
		switch what {
		case Start:
			err = t.starts(ctx, done)
		case Message:
			err = t.messages(ctx, done)
		case Transcript:
			err = t.transcript(ctx, done)
		case Idle:
			err = t.idle(ctx, done)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
	}
	return nil
}
