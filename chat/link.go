package chat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/openparley/parley/api/participant"
	"github.com/openparley/parley/api/participant/types"
)

const (
	maxFrame        = 1 << 20
	subscribeWithin = 10 * time.Second
	subscribeAgain  = time.Second
	goodbye         = time.Second // how long a server may take to answer a close
)

// link is one socket, from subscribed to lost.
type link struct {
	s      *Session
	ws     *websocket.Conn
	born   time.Time
	life   time.Duration
	cancel context.CancelFunc

	ready  chan struct{} // closed when subscribed
	beats  chan struct{} // answers to heartbeats
	pongs  chan struct{} // answers to pings
	lost   chan struct{} // closed when there is no more to read
	once   sync.Once     // of err
	err    error         // why it was lost; read it after lost
	parted sync.Once
}

// open gets a fresh token and URL, opens a socket and subscribes.
func (s *Session) open() (*link, error) {
	ctx, cancel := context.WithTimeout(s.ctx, attemptWithin)
	defer cancel()
	in := &participant.CreateParticipantConnectionInput{
		ParticipantToken: &s.saved.ParticipantToken,
		Type:             []types.ConnectionType{types.ConnectionTypeWebsocket, types.ConnectionTypeConnectionCredentials},
	}
	if s.o.role == types.ParticipantRoleCustomBot {
		in.ConnectParticipant = new(true)
	}
	out, err := s.api.CreateParticipantConnection(ctx, in)
	if err != nil {
		return nil, err
	}
	if out.Websocket == nil || out.ConnectionCredentials == nil {
		return nil, errors.New("the answer has no socket or no connection token")
	}
	s.tokens.set(out.ConnectionCredentials)
	ws, _, err := websocket.Dial(ctx, text(out.Websocket.Url), &websocket.DialOptions{HTTPClient: s.o.http})
	if err != nil {
		return nil, fmt.Errorf("open the socket: %w", err)
	}
	ws.SetReadLimit(maxFrame)
	l := &link{
		s: s, ws: ws, born: time.Now(), life: lifeOf(moment(out.Websocket.ConnectionExpiry)), ready: make(chan struct{}),
		beats: make(chan struct{}, 1), pongs: make(chan struct{}, 1), lost: make(chan struct{}),
	}
	reading, stop := context.WithCancel(context.Background()) // until it fails, or has said goodbye
	l.cancel = stop
	s.wg.Go(func() { l.read(reading) })
	if err := l.subscribe(); err != nil {
		l.fail(err)
		return nil, err
	}
	s.wg.Go(l.beat)
	return l, nil
}

// lifeOf is when another socket takes the place of one that expires then. Amazon does not say whether that is the end of the socket or
// of the time to open it, so what is near is taken for the latter. Source: participant-wire sheet, 13.
func lifeOf(expiry time.Time) time.Duration {
	life := time.Until(expiry)
	if life < shortLife || life > socketLife {
		life = socketLife
	}
	return life - ahead
}

// subscribe asks for the items of the chat until that is granted.
func (l *link) subscribe() error {
	deadline := time.NewTimer(subscribeWithin)
	defer deadline.Stop()
	again := time.NewTicker(subscribeAgain)
	defer again.Stop()
	for {
		if err := l.write(`{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}}`); err != nil {
			return err
		}
		select {
		case <-l.ready:
			return nil
		case <-l.lost:
			return l.err
		case <-l.s.ctx.Done():
			return ErrClosed
		case <-deadline.C:
			return fmt.Errorf("subscribe: %w", ErrSilent)
		case <-again.C:
		}
	}
}

func (l *link) write(frame string) error {
	ctx, cancel := context.WithTimeout(context.Background(), l.s.o.answer)
	defer cancel()
	return l.ws.Write(ctx, websocket.MessageText, []byte(frame))
}

// read passes items on until the socket is lost.
func (l *link) read(ctx context.Context) {
	defer close(l.lost)
	defer l.ws.CloseNow()
	for {
		_, data, err := l.ws.Read(ctx)
		if err != nil {
			l.fail(fmt.Errorf("the socket is lost: %w", err))
			return
		}
		var f frame
		if json.Unmarshal(data, &f) != nil {
			continue
		}
		switch f.Topic {
		case "aws/subscribe":
			l.granted(&f)
		case "aws/heartbeat":
			signal(l.beats)
		case "aws/ping":
			if f.StatusCode == 200 {
				signal(l.pongs)
			}
		case "aws/chat":
			if w, ok := f.chatItem(); ok {
				l.s.arrived(w)
			}
		}
	}
}

// granted begins to listen. What was said before is in the transcript, what comes after on this socket.
func (l *link) granted(f *frame) {
	select {
	case <-l.ready:
	default:
		if f.subscribed() {
			l.s.inbox.gap()
			close(l.ready)
		}
	}
}

// signal sends without waiting.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func drain(c chan struct{}) {
	select {
	case <-c:
	default:
	}
}

// beat asks for signs of life until none comes. A server that has never answered pings need not.
func (l *link) beat() {
	pongs := false
	next := time.NewTimer(0)
	defer next.Stop()
	for {
		select {
		case <-next.C:
		case <-l.lost:
			return
		}
		drain(l.beats) // what was answered twice is no sign of life now
		drain(l.pongs)
		err := l.write(`{"topic":"aws/ping"}`)
		if err == nil {
			err = l.write(`{"topic":"aws/heartbeat"}`)
		}
		if err == nil {
			err = l.answered(l.beats)
		}
		if err == nil && pongs {
			err = l.answered(l.pongs)
		} else if err == nil {
			select {
			case <-l.pongs:
				pongs = true
			default:
			}
		}
		if err != nil {
			l.fail(err)
			return
		}
		next.Reset(l.s.o.beat)
	}
}

func (l *link) answered(c chan struct{}) error {
	t := time.NewTimer(l.s.o.answer)
	defer t.Stop()
	select {
	case <-c:
		return nil
	case <-l.lost:
		return l.err
	case <-t.C:
		return ErrSilent
	}
}

// fail gives the link up.
func (l *link) fail(err error) {
	l.once.Do(func() {
		l.err = err
		l.cancel()
	})
}

// part says goodbye, and gives the link up when that takes long.
func (l *link) part() {
	l.parted.Do(func() {
		l.s.wg.Go(func() {
			t := time.AfterFunc(goodbye, func() { l.fail(ErrClosed) })
			defer t.Stop()
			_ = l.ws.Close(websocket.StatusNormalClosure, "")
			l.fail(ErrClosed)
			<-l.lost
		})
	})
}
