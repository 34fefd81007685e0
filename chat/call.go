package chat

import (
	"context"
	crand "crypto/rand"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"github.com/openparley/parley/api/participant"
	"github.com/openparley/parley/api/participant/types"
)

// attemptWithin bounds one request: servers may hold them while they start. Source: participant-wire sheet, 9.5.
const attemptWithin = 20 * time.Second

func newToken() string { return crand.Text() }

// verdict is what an error means for who called.
type verdict int

const (
	passing verdict = iota // try again
	denied                 // the token is not good, or not any more
	refused                // it never will work
)

// judge tells errors apart by the status of the answer, which is 0 when none came: the request may not have arrived. What the client did not
// even send, for want of credentials or a Region, it will not send the next time.
func judge(err error) verdict {
	e, ok := errors.AsType[*awshttp.ResponseError](err)
	if !ok {
		_, called := errors.AsType[*smithy.OperationError](err)
		_, weary := errors.AsType[ratelimit.QuotaExceededError](err)
		if called && !weary && !errors.Is(err, context.DeadlineExceeded) {
			return refused
		}
		return passing
	}
	switch status := e.HTTPStatusCode(); {
	case status == http.StatusForbidden:
		return denied
	case status == http.StatusTooManyRequests, status == http.StatusRequestTimeout, status/100 != 4:
		return passing
	}
	return refused
}

// pause is how long to wait after so many attempts: the bound doubles, and chance takes up to half of it away.
func (o *options) pause(attempt int) time.Duration {
	d := o.leastPause << min(attempt-1, 20)
	if d <= 0 || d > o.mostPause {
		d = o.mostPause
	}
	return d - rand.N(d/2+1)
}

// pause waits.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// ownClient is a client that shares no connection with others, and what closes those that nobody uses.
func ownClient() (c *http.Client, idle func()) {
	standard, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultClient, func() {}
	}
	own := standard.Clone()
	own.MaxIdleConnsPerHost = own.MaxIdleConns
	return &http.Client{Transport: own}, own.CloseIdleConnections
}

// tokens hold the newest connection token.
type tokens struct {
	asking chan struct{} // holds one value while no new one is asked for

	mu     sync.Mutex
	value  string
	expiry time.Time
}

func (t *tokens) get() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.value
}

func (t *tokens) set(c *types.ConnectionCredentials) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.value, t.expiry = text(c.ConnectionToken), moment(c.Expiry)
}

// unknownLife is taken for the life of a token, and of a socket, whose expiry makes no sense on this machine's clock.
const (
	unknownLife = 12 * time.Hour
	socketLife  = time.Hour
	shortLife   = 5 * time.Minute
	ahead       = time.Minute // of an expiry, there is something new
)

// renewIn is when to ask for another token.
func (t *tokens) renewIn() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if left := time.Until(t.expiry); left > 2*ahead {
		return left - ahead
	} else if left > 0 {
		return left / 2
	}
	return unknownLife
}

// renew asks for another token, unless there is another than this one. A chat that is over refuses it.
func (s *Session) renew(ctx context.Context, old string) (string, error) {
	select {
	case <-s.tokens.asking:
		defer signal(s.tokens.asking)
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
	if now := s.tokens.get(); now != old {
		return now, nil
	}
	ctx, cancel := context.WithTimeout(ctx, attemptWithin)
	defer cancel()
	out, err := s.api.CreateParticipantConnection(ctx, &participant.CreateParticipantConnectionInput{
		ParticipantToken: &s.saved.ParticipantToken, Type: []types.ConnectionType{types.ConnectionTypeConnectionCredentials},
	})
	if err != nil {
		return "", err
	}
	if out.ConnectionCredentials == nil {
		return "", errors.New("the answer has no connection token")
	}
	s.tokens.set(out.ConnectionCredentials)
	return s.tokens.get(), nil
}

// call makes a request with a good token until it is answered: again after what passes, with a new token after a refusal of the old.
// It ends with the context, after patience, or when the chat is over and the request did not get through.
func (s *Session) call(ctx context.Context, patience time.Duration, f func(ctx context.Context, token *string) error) error {
	ctx, cancel := s.within(ctx)
	defer cancel()
	began := time.Now()
	fresh := false
	for attempt := 1; ; attempt++ {
		token := s.tokens.get()
		err := s.attempt(ctx, &token, f)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return errors.Join(context.Cause(ctx), err)
		}
		verdict := judge(err)
		if verdict == denied && !fresh {
			if _, e := s.renew(ctx, token); e == nil {
				fresh = true
				continue
			} else if judge(e) == denied {
				signal(s.doubts) // a link that lives may still bring the last items
				return errors.Join(ErrEnded, err)
			}
			verdict = passing
		}
		if verdict == denied && patience == forever {
			verdict = passing // the participant is in the chat, as the fresh token says
		}
		if verdict != passing {
			return err
		}
		fresh = false
		select {
		case <-s.over:
			return errors.Join(ErrEnded, err)
		default:
		}
		wait := s.o.pause(attempt)
		if time.Since(began)+wait > patience {
			return fmt.Errorf("%w: %w", ErrUncertain, err)
		}
		if e := pause(ctx, wait); e != nil {
			return errors.Join(e, err)
		}
	}
}

func (s *Session) attempt(ctx context.Context, token *string, f func(ctx context.Context, token *string) error) error {
	ctx, cancel := context.WithTimeout(ctx, attemptWithin)
	defer cancel()
	return f(ctx, token)
}

// within is a context that ends with the session as well.
func (s *Session) within(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(s.ctx, func() { cancel(ErrClosed) })
	return ctx, func() { stop(); cancel(nil) }
}
