package chat

import (
	"errors"
	"time"
)

// farewell is how long after the news that the participant has left, or after a refusal, the service is asked: the end of the chat may be on
// its way.
const farewell = time.Second

// steady is how long a link lives that counts as a good one: servers that accept and close are asked with pauses.
const steady = 10 * time.Second

// keep sees to it that there is a link, until the session is over.
func (s *Session) keep() {
	var now *link
	defer func() {
		if now != nil {
			now.part()
		}
	}()
	attempt, aged := 0, false // aged: the link is to be replaced for its age alone
	asking := false
	rotate := time.NewTimer(0)
	defer rotate.Stop()
	renew := time.NewTimer(unknownLife)
	defer renew.Stop()
	ask := time.NewTimer(unknownLife)
	defer ask.Stop()
	for {
		var lost chan struct{}
		if now != nil {
			lost = now.lost
		}
		select {
		case <-s.over:
			return
		case <-s.ctx.Done():
			return
		case <-lost:
			if time.Since(now.born) > steady {
				attempt = 0
			}
			s.change(Status{Reconnecting, now.err, attempt})
			now, aged = nil, false
			if attempt > 0 {
				rotate.Reset(s.o.pause(attempt))
			} else {
				rotate.Reset(0)
			}
		case <-s.doubts:
			if !asking {
				asking = true
				ask.Reset(farewell)
			}
		case <-ask.C:
			switch _, err := s.renew(s.ctx, s.tokens.get()); {
			case err == nil:
				s.setRemoved(false)
				asking = false
				ask.Reset(unknownLife)
			case judge(err) == denied:
				s.turnedAway(err)
				return
			default:
				ask.Reset(s.o.mostPause)
			}
		case <-renew.C:
			_, err := s.renew(s.ctx, s.tokens.get())
			if err != nil {
				renew.Reset(s.o.mostPause)
			} else {
				renew.Reset(s.tokens.renewIn())
			}
		case <-rotate.C:
			if aged {
				attempt, aged = 0, false
			}
			attempt++
			next, err := s.open()
			switch {
			case err == nil:
				s.setRemoved(false)
				if now != nil {
					now.part()
				} else {
					s.change(Status{Phase: Live})
				}
				now, aged = next, true
				rotate.Reset(now.life)
				renew.Reset(s.tokens.renewIn())
				select {
				case <-s.live:
				default:
					close(s.live)
				}
			case s.ctx.Err() != nil:
				return
			case judge(err) == denied && now != nil:
				signal(s.doubts)
				rotate.Reset(s.o.mostPause)
			case judge(err) == denied:
				s.turnedAway(err)
				return
			case judge(err) == refused && !s.wasLive():
				s.finish(err)
				return
			default:
				if now == nil {
					s.retrying(err, attempt)
				}
				rotate.Reset(s.o.pause(attempt))
			}
		}
	}
}

// turnedAway ends the session: the participant token is not good, or not any more.
func (s *Session) turnedAway(err error) {
	if s.wasLive() {
		err = s.away()
	}
	s.finish(err)
}

func (s *Session) wasLive() bool {
	select {
	case <-s.live:
		return true
	default:
		return false
	}
}

func (s *Session) retrying(err error, attempt int) {
	phase := Connecting
	if s.wasLive() {
		phase = Reconnecting
	}
	if !errors.Is(err, ErrClosed) {
		s.change(Status{phase, err, attempt})
	}
}
