package store

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A job's column due is when it was put, or put off, to be due, next when it may be claimed: both are the same until it was claimed.
const selectJobs = "select kind, key, chat_id, lane, due, attempt, payload from jobs"

func scanJob(r row, j *Job) error {
	return r.Scan(&j.Kind, &j.Key, &j.ChatID, &j.Lane, &j.Due, &j.Attempt, &j.Payload)
}

// ClaimJobs takes up to limit due jobs of these lanes, of all if none is named, the earliest first, and nobody else gets them before
// the lease is over. A claim counts as an attempt. The jobs stay: whoever applies one deletes it in the same transaction, and one
// whose claimer died is claimed again.
func (s *Store) ClaimJobs(ctx context.Context, limit int, lease time.Duration, lanes ...int) (jobs []Job, err error) {
	now := s.Now()
	var among []string
	for _, lane := range orAll(lanes) {
		among = append(among, strconv.Itoa(lane))
	}
	err = s.engine.maintain(ctx, func(q querier) (err error) {
		jobs, err = all(q, scanJob, `with claimed as materialized (
			select kind, key from jobs where lane in (`+strings.Join(among, ", ")+`) and next <= $1 order by next limit $2`+s.engine.skipLocked()+`)
		update jobs set next = $3, attempt = attempt + 1 from claimed where jobs.kind = claimed.kind and jobs.key = claimed.key
		returning jobs.kind, jobs.key, jobs.chat_id, jobs.lane, jobs.due, jobs.attempt, jobs.payload`,
			now.UnixMilli(), int64(limit), now.Add(lease).UnixMilli())
		return err
	})
	slices.SortFunc(jobs, func(a, b Job) int { return cmp.Compare(a.Due, b.Due) })
	return jobs, err
}

// NextDue returns when the earliest job of these lanes, of all if none is named, may be claimed; ok false without jobs.
func (s *Store) NextDue(ctx context.Context, lanes ...int) (due time.Time, ok bool, err error) {
	for _, lane := range orAll(lanes) {
		ms, err := one(reader{ctx, s}, scanValue[int64], "select next from jobs where lane = $1 order by next limit 1", int64(lane))
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return time.Time{}, false, err
		}
		if next := time.UnixMilli(*ms).UTC(); !ok || next.Before(due) {
			due, ok = next, true
		}
	}
	return due, ok, nil
}

// NextOfChats returns when the earliest job of any chat may be claimed; ok false without one. What recurs without end is no chat's. All jobs
// are looked at: it is for a developer's server.
func (s *Store) NextOfChats(ctx context.Context) (due time.Time, ok bool, err error) {
	ms, err := one(reader{ctx, s}, scanValue[int64], "select next from jobs where chat_id <> '' order by next limit 1")
	if errors.Is(err, ErrNotFound) {
		return time.Time{}, false, nil
	}
	if err != nil {
		return time.Time{}, false, err
	}
	return time.UnixMilli(*ms).UTC(), true, nil
}

func orAll(lanes []int) []int {
	if len(lanes) > 0 {
		return lanes
	}
	return []int{LaneChat, LaneCall, LaneTell, LaneFile}
}

// RetryJob makes a claimed job due at another time, unless it was deleted, put anew or claimed again meanwhile.
func (s *Store) RetryJob(ctx context.Context, j Job, due time.Time) error {
	return s.engine.maintain(ctx, func(q querier) error {
		return q.query("update jobs set next = $1 where kind = $2 and key = $3 and attempt = $4 and due = $5",
			[]any{due.UnixMilli(), j.Kind, j.Key, int64(j.Attempt), j.Due}, nil)
	})
}

// PutOffJob makes a claimed job due at another time as RetryJob does, and the claim no attempt.
func (s *Store) PutOffJob(ctx context.Context, j Job, due time.Time) error {
	return s.engine.maintain(ctx, func(q querier) error {
		return q.query("update jobs set next = $1, due = $1, attempt = attempt - 1 where kind = $2 and key = $3 and attempt = $4 and due = $5",
			[]any{due.UnixMilli(), j.Kind, j.Key, int64(j.Attempt), j.Due}, nil)
	})
}

// DeleteExpired deletes answers to requests that need not be remembered any more: a thousand at a time, so that nobody waits long.
func (s *Store) DeleteExpired(ctx context.Context) error {
	const most = 1000
	for deleted := int64(most); deleted == most; {
		err := s.engine.maintain(ctx, func(q querier) error {
			deleted = 0
			return q.query(`delete from requests where (scope, token) in
					(select scope, token from requests where expires_at <= $1 limit $2`+s.engine.skipLocked()+`) returning 1`,
				[]any{s.Now().UnixMilli(), int64(most)}, func(row) error { deleted++; return nil })
		})
		if err != nil {
			return err
		}
	}
	return nil
}
