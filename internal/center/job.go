package center

import (
	"context"
	"errors"
	"fmt"

	"github.com/openparley/parley/internal/store"
)

// Kinds of jobs. The key of a chat's jobs is its id, that of a participant's the participant's, that of a wait the id of the contact whose
// flow waits.
const (
	jobSubscribeDeadline = "subscribe-deadline"
	jobExpire            = "expire"
	jobWait              = "wait"
	jobJoinDeadline      = "join-deadline"
	jobIdle              = "idle"
	jobAutoDisconnect    = "auto-disconnect"
	jobRecord            = "record" // key: the contact
)

// chatJobs are applied to a live chat in the update that deletes them.
var chatJobs = map[string]func(*scene, store.Job) error{
	jobSubscribeDeadline: func(sc *scene, _ store.Job) error { sc.end(reasonNotConnected); return nil },
	jobExpire:            func(sc *scene, _ store.Job) error { sc.end(reasonExpired); return nil },
	jobWait:              func(sc *scene, _ store.Job) error { return sc.waited() },
	jobJoinDeadline:      func(sc *scene, j store.Job) error { sc.forget(j.Key); return nil },
	jobIdle:              func(sc *scene, j store.Job) error { sc.idle(j.Key); return nil },
	jobAutoDisconnect:    func(sc *scene, j store.Job) error { return sc.autoDisconnect(j.Key) },
}

// outsideJobs ask somebody outside first, or live on when the chat has ended. They delete their job in the update that applies the
// answer.
var outsideJobs = map[string]func(*Service, context.Context, store.Job) error{}

// RunJob does a due job. One that was cancelled, or put anew, after it was claimed does nothing.
func (s *Service) RunJob(ctx context.Context, job store.Job) error {
	if do := outsideJobs[job.Kind]; do != nil {
		return do(s, ctx, job)
	}
	return s.finishJob(ctx, job, func(sc *scene) error {
		if !sc.live() {
			return nil
		}
		do := chatJobs[job.Kind]
		if do == nil {
			return fmt.Errorf("job of unknown kind %q", job.Kind)
		}
		return do(sc, job)
	})
}

// finishJob deletes a claimed job and applies what came of it, unless the job was cancelled or put anew meanwhile.
func (s *Service) finishJob(ctx context.Context, job store.Job, apply func(*scene) error) error {
	_, err := s.applyJob(ctx, job, apply)
	return err
}

// applyJob does the same and reports whether it applied anything.
func (s *Service) applyJob(ctx context.Context, job store.Job, apply func(*scene) error) (applied bool, err error) {
	err = s.update(ctx, store.Key{Chat: job.ChatID}, func(sc *scene) error {
		applied = false
		current, err := sc.tx.Job(job.Kind, job.Key)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if !current.Claimed(job) {
			return nil
		}
		sc.tx.DeleteJob(job.Kind, job.Key)
		applied = true
		return apply(sc)
	})
	if errors.Is(err, errNoChat) { // erased meanwhile
		return false, s.Store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
			tx.DeleteJob(job.Kind, job.Key)
			return nil
		})
	}
	return applied, err
}
