package chat

import (
	"net/http"
	"time"

	"github.com/openparley/parley/api/participant/types"
)

// Option changes how a session works.
type Option func(*options)

type options struct {
	endpoint               string
	http                   *http.Client
	notify                 func(Status)
	role                   types.ParticipantRole
	delivered, read        bool
	partials, confirmed    bool
	beat, answer           time.Duration
	leastPause, mostPause  time.Duration
	connectWithin, patient time.Duration
}

func optionsOf(opts []Option) options {
	o := options{
		notify: func(Status) {}, role: types.ParticipantRoleCustomer,
		beat: 10 * time.Second, answer: 5 * time.Second,
		leastPause: 250 * time.Millisecond, mostPause: 30 * time.Second,
		connectWithin: 85 * time.Second, patient: 5 * time.Minute,
	}
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

// At is for [Start]: where the Participant Service is, when its address is not that of the client. See [Join] for what it may be.
func At(endpoint string) Option { return func(o *options) { o.endpoint = endpoint } }

// HTTPClient makes all requests and opens the sockets. Without it a session has connections of its own, which end with it; a program with
// many sessions shares a client.
func HTTPClient(c *http.Client) Option { return func(o *options) { o.http = c } }

// Notify has f called with every new [Status], in order. The session waits until f returns; f must not call Close.
func Notify(f func(Status)) Option { return func(o *options) { o.notify = f } }

// As says what the participant is; without it, a customer. A CUSTOM_BOT is marked as connected, which Amazon wants of it.
func As(role types.ParticipantRole) Option { return func(o *options) { o.role = role } }

// AutoDelivered tells senders when their messages have come, AutoRead when the program has taken them from [Session.Items].
func AutoDelivered() Option { return func(o *options) { o.delivered = true } }

// AutoRead tells senders that their messages were read, when the program has taken them from [Session.Items].
func AutoRead() Option { return func(o *options) { o.read = true } }

// Partials gives the program what there is of messages that come in parts. They do in chats that were started with the ResponseMode
// INCREMENTAL ([Customer.Incremental]).
func Partials() Option { return func(o *options) { o.partials = true } }

// Confirmed has the session tell nothing that the transcript does not have before: for ways between server and program on which frames
// may be overtaken or lost while the socket lives. It costs a request for each burst of items; Amazon allows an instance eight a second.
func Confirmed() Option { return func(o *options) { o.confirmed = true } }

// Heartbeat sets how often the server is asked for a sign of life, and how long it may take to answer: 10 s and 5 s without it. A dead
// link is noticed within the sum.
func Heartbeat(every, within time.Duration) Option {
	return func(o *options) { o.beat, o.answer = every, within }
}

// Pauses sets the bounds of the pauses between attempts to connect and to send: 250 ms and 30 s without it.
func Pauses(least, most time.Duration) Option {
	return func(o *options) { o.leastPause, o.mostPause = least, most }
}

// ConnectWithin bounds how long [Start], [Join] and [Resume] try: 85 s without it. Amazon ends a chat whose customer is not there after
// five minutes.
func ConnectWithin(d time.Duration) Option { return func(o *options) { o.connectWithin = d } }

// Patience bounds how long something is sent again: five minutes without it. The server must know a ClientToken for longer; how long
// Amazon does is not said, Parley does for ten minutes.
func Patience(d time.Duration) Option { return func(o *options) { o.patient = d } }
