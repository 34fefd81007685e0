// Package stream tells the outside what happened: it brings one message to one target, a webhook, a NATS subject, a folder or bucket,
// or a service of AWS. Who tells what, in which order and how often, is not its matter.
package stream

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"github.com/openparley/parley/internal/webhook"
)

// Kinds of messages.
const (
	Event  = "event"  // contact event: the JSON of an EventBridge event
	Item   = "item"   // entry of a chat's transcript, as StartContactStreaming gives it
	Record = "record" // contact record
)

// sendTime is how long one target may take for one message.
const sendTime = 10 * time.Second

// Message is something to be told.
type Message struct {
	ID          string // stays the same when the message is sent again
	Kind        string
	Time        time.Time
	Body        []byte // JSON
	Attributes  map[string]string
	Group       string // what is ordered: partition key of Kinesis, message group of a FIFO topic
	contentType string
	header      map[string]string // of a webhook
}

// Place is where messages go: "https://host/path", "nats:SUBJECT", "folder:PATH" or "s3://BUCKET/PREFIX".
type Place struct {
	URL     string
	Secrets []string // "whsec_…", for a webhook; several while one replaces the other
}

// Options of New.
type Options struct {
	// Places says where messages for a target go: an ARN, so that programs written for AWS stay as they are, or a name of the
	// operator's.
	Places map[string]Place

	// Loopback lets a target be a webhook on this machine that Places do not have: for a developer. Nobody else who calls an API
	// can make the server call an address.
	Loopback bool

	// AWS reaches the services of Amazon or, with a BaseEndpoint, others that speak like them. The Region is that of the ARN. Nil: no
	// ARN without a place can be reached.
	AWS *aws.Config

	// EventSource replaces "aws.connect" as the source of events that go to EventBridge, which keeps names with "aws." for itself;
	// "" leaves it.
	EventSource string

	// NATS is the server of "nats:" places.
	NATS string

	// Folder opens the folder of a "folder:" place, with a bucket for each kind of message: "events", "items", "records".
	Folder func(path string) (Objects, error)

	// Buckets take the objects of "s3:" places.
	Buckets Objects
}

// Targets knows how to reach every target. It is safe for concurrent use.
type Targets struct {
	opts   Options
	places map[string]sender
	hooks  *webhook.Client
	nats   *natsConn
	aws    *amazon
}

// sender brings a message to one target. An error that is no *Error is a temporary one.
type sender func(context.Context, Message) error

// Error says why a message was not told.
type Error struct {
	Target    string
	Err       error
	Permanent bool          // the same message would be refused again
	After     time.Duration // the target asks not to be tried again before; 0: it does not say
}

func (e *Error) Error() string { return "tell " + shown(e.Target) + ": " + e.Err.Error() }

func (e *Error) Unwrap() error { return e.Err }

// RetryAfter is how long to wait before the next attempt.
func (e *Error) RetryAfter() time.Duration { return e.After }

// shown is a target without what may be secret in it.
func shown(target string) string {
	if u, err := url.Parse(target); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
		return u.Scheme + "://" + u.Host
	}
	return target
}

func permanently(err error) error { return &Error{Err: err, Permanent: true} }

// New checks all places. It connects to nothing but NATS, and there it does not wait: a server that is away is a reason to try again.
func New(o Options) (*Targets, error) {
	t := &Targets{opts: o, places: map[string]sender{}, hooks: webhook.NewClient(64 << 10)}
	if o.AWS != nil {
		t.aws = newAmazon(*o.AWS, o.EventSource)
	}
	for target, place := range o.Places {
		send, err := t.place(place)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("target %s: %w", shown(target), err), t.Close())
		}
		t.places[target] = inEnvelope(target, send)
	}
	return t, nil
}

// Close ends connections. Nothing may be sent any more.
func (t *Targets) Close() error {
	t.hooks.Close()
	if t.nats != nil {
		t.nats.close()
	}
	return nil
}

// Check reports what is wrong with a place, as far as that can be seen without reaching it.
func (p Place) Check() error {
	_, _, err := p.parse()
	return err
}

// CheckARN reports why nothing can be told to an ARN; nil if something can.
func CheckARN(target string) error {
	a, err := arn.Parse(target)
	if err == nil {
		_, err = (*amazon)(nil).sender(a)
	}
	return err
}

// parse returns the scheme of a place and what is behind it.
func (p Place) parse() (scheme, rest string, err error) {
	scheme, rest, _ = strings.Cut(p.URL, ":")
	switch scheme {
	case "http", "https":
		_, err = webhook.NewHook(p.URL, p.Secrets)
	case "nats":
		if rest == "" || strings.ContainsAny(rest, " \t\r\n*>") || strings.HasPrefix(rest, "//") || strings.Contains("."+rest+".", "..") {
			err = errors.New("a place in NATS is like nats:parley.events; the server is named by the setting nats")
		}
	case "folder":
		if rest == "" {
			err = errors.New("a folder is like folder:/var/lib/parley/events")
		}
	case "s3":
		bucket, _, _ := strings.Cut(strings.TrimPrefix(rest, "//"), "/")
		if !strings.HasPrefix(rest, "//") || bucket == "" {
			err = errors.New("a bucket is like s3://bucket/prefix")
		}
		rest = strings.TrimPrefix(rest, "//")
	default:
		err = errors.New("a place is https://…, nats:SUBJECT, folder:PATH or s3://BUCKET/PREFIX")
	}
	if err == nil && len(p.Secrets) > 0 && scheme != "http" && scheme != "https" {
		err = errors.New("only a webhook has a secret")
	}
	return scheme, rest, err
}

func (t *Targets) place(p Place) (sender, error) {
	scheme, rest, err := p.parse()
	if err != nil {
		return nil, err
	}
	switch scheme {
	case "nats":
		if t.nats == nil {
			if t.nats, err = newNATS(t.opts.NATS); err != nil {
				return nil, err
			}
		}
		return t.nats.publish(rest), nil
	case "folder":
		if t.opts.Folder == nil {
			return nil, errNoStorage
		}
		objects, err := t.opts.Folder(rest)
		return put(objects, "", ""), err
	case "s3":
		if t.opts.Buckets == nil {
			return nil, errNoStorage
		}
		bucket, prefix, _ := strings.Cut(rest, "/")
		return put(t.opts.Buckets, bucket, prefix), nil
	}
	h, err := webhook.NewHook(p.URL, p.Secrets)
	return t.post(h), err
}

// Knows reports whether messages for a target have a place, or go to AWS.
func (t *Targets) Knows(target string) bool {
	_, err := t.sender(target)
	return err == nil
}

// sender finds out how to reach a target. One that is neither a place nor an ARN is none: only the operator names addresses.
func (t *Targets) sender(target string) (sender, error) {
	if send := t.places[target]; send != nil {
		return send, nil
	}
	if a, err := arn.Parse(target); err == nil {
		if t.aws == nil {
			return nil, errors.New("this server does not reach AWS: map the ARN to a place in targets, or set aws")
		}
		return t.aws.sender(a)
	}
	if t.opts.Loopback && webhook.IsLoopback(target) {
		return inEnvelope(target, t.post(webhook.Hook{URL: target})), nil
	}
	return nil, errors.New("it is neither an ARN nor among the targets of the settings")
}

// Send brings a message to a target and returns when the target has it. Errors are of type *Error. A message may arrive more than
// once if it is sent again after an error.
func (t *Targets) Send(ctx context.Context, target string, m Message) error {
	send, err := t.sender(target)
	if err != nil {
		return &Error{Target: target, Err: err, Permanent: true}
	}
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	if m.contentType == "" {
		m.contentType = "application/json"
	}
	err = send(ctx, m)
	if err == nil {
		return nil
	}
	failed, ok := errors.AsType[*Error](err)
	if !ok {
		failed = &Error{Err: err}
	}
	failed.Target = target
	return failed
}
