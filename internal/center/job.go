package center

import (
	"context"
	"errors"
	"fmt"

	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/store"
)

// Kinds of jobs. The key of a chat's jobs is its id, the key of a wait the id of the contact whose flow waits.
const (
	jobSubscribeDeadline = "subscribe-deadline"
	jobExpire            = "expire"
	jobWait              = "wait"
)

// RunJob applies a due job in the transaction that deletes it. A job that was cancelled, or put anew, after it was claimed does
// nothing.
func (s *Service) RunJob(ctx context.Context, job store.Job) error {
	err := s.update(ctx, store.Key{Chat: job.ChatID}, func(sc *scene) error {
		current, err := sc.tx.Job(job.Kind, job.Key)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if current.Attempt != job.Attempt {
			return nil
		}
		sc.tx.DeleteJob(job.Kind, job.Key)
		if !sc.live() {
			return nil
		}
		switch job.Kind {
		case jobSubscribeDeadline:
			sc.end(reasonNotConnected)
		case jobExpire:
			sc.end(reasonExpired)
		case jobWait:
			return sc.resume(flow.Input{Kind: flow.TimedOut})
		default:
			return fmt.Errorf("job of unknown kind %q", job.Kind)
		}
		return nil
	})
	if errors.Is(err, errNoChat) { // erased meanwhile
		return s.Store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
			tx.DeleteJob(job.Kind, job.Key)
			return nil
		})
	}
	return err
}
