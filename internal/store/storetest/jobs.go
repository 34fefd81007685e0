package storetest

import (
	"strconv"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/internal/store"
)

func (w *world) putJobs(jobs ...store.Job) {
	w.Helper()
	w.update(store.Key{}, func(tx *store.Tx) error {
		for _, j := range jobs {
			tx.PutJob(j)
		}
		return nil
	})
}

func (w *world) claim(s *store.Store, limit int, lease time.Duration) []store.Job {
	w.Helper()
	jobs, err := s.ClaimJobs(w.Context(), limit, lease)
	if err != nil {
		w.Fatal(err)
	}
	return jobs
}

func jobIsClaimedByOne(w *world) {
	const jobs = 60
	for i := range jobs {
		w.putJobs(store.Job{Kind: "k", Key: strconv.Itoa(i), Due: startOfTime})
	}
	var mu sync.Mutex
	claimed := map[string]int{}
	var running sync.WaitGroup
	for i := range 8 {
		running.Go(func() {
			for {
				got, err := w.node(i).ClaimJobs(w.Context(), 4, time.Minute)
				if err != nil {
					w.Error(err)
				}
				if len(got) > 4 {
					w.Errorf("%d jobs, the limit is 4", len(got))
				}
				mu.Lock()
				for _, j := range got {
					claimed[j.Key]++
				}
				mu.Unlock()
				if len(got) == 0 {
					return
				}
			}
		})
	}
	running.Wait()
	// A runner may find nothing because others hold the last rows at that moment, but the rows are theirs.
	w.is("jobs claimed", len(claimed), jobs)
	for key, n := range claimed {
		w.is("claims of job "+key, n, 1)
	}
}

func jobsComeByDueTime(w *world) {
	jobs := []store.Job{
		{Kind: "a", Key: "1", ChatID: "c", Due: startOfTime - 5, Payload: []byte{0, 1}},
		{Kind: "b", Key: "1", Due: startOfTime - 3},
		{Kind: "a", Key: "2", Due: startOfTime},
		{Kind: "a", Key: "3", Due: startOfTime + 1},
	}
	w.putJobs(jobs[3], jobs[1], jobs[2], jobs[0])
	w.nextDue(jobs[0].Due)
	for i := range jobs {
		jobs[i].Attempt = 1
	}
	if diff := cmp.Diff(jobs[:2], w.claim(w.nodes[0], 2, time.Minute)); diff != "" {
		w.Errorf("first claim (-want +got):\n%s", diff)
	}
	w.nextDue(startOfTime)
	if diff := cmp.Diff(jobs[2:3], w.claim(w.nodes[0], 9, time.Minute)); diff != "" {
		w.Errorf("second claim (-want +got):\n%s", diff)
	}
	w.nextDue(startOfTime + 1)
	w.is("not due yet", len(w.claim(w.nodes[0], 9, time.Minute)), 0)
	w.now.Add(1)
	w.is("due", len(w.claim(w.nodes[0], 9, time.Minute)), 1)
}

func (w *world) nextDue(want int64) {
	w.Helper()
	due, ok, err := w.nodes[0].NextDue(w.Context())
	w.is("next due", []any{due, ok, err}, []any{time.UnixMilli(want).UTC(), true, nil})
}

func leaseRunsOut(w *world) {
	w.putJobs(store.Job{Kind: "k", Key: "1", Due: startOfTime})
	w.is("first claim", w.claim(w.nodes[0], 9, time.Minute)[0].Attempt, 1)
	w.is("under lease", len(w.claim(w.nodes[0], 9, time.Minute)), 0)
	w.nextDue(startOfTime + time.Minute.Milliseconds())
	w.now.Add(time.Minute.Milliseconds())
	again := w.claim(w.nodes[0], 9, time.Minute)
	w.is("after the lease", again, []store.Job{{Kind: "k", Key: "1", Due: startOfTime, Attempt: 2}})
	w.update(store.Key{}, func(tx *store.Tx) error {
		j, err := tx.Job("k", "1")
		w.is("job", []any{j, err}, []any{&again[0], nil})
		tx.DeleteJob("k", "1")
		return nil
	})
	w.now.Add(time.Hour.Milliseconds())
	w.is("deleted", len(w.claim(w.nodes[0], 9, time.Minute)), 0)
}

func retryMovesOnlyItsJob(w *world) {
	w.putJobs(store.Job{Kind: "k", Key: "1", Due: startOfTime})
	first := w.claim(w.nodes[0], 9, time.Minute)[0]
	retry := func(j store.Job, after time.Duration) {
		w.Helper()
		if err := w.nodes[0].RetryJob(w.Context(), j, w.clock().Add(after)); err != nil {
			w.Fatal(err)
		}
	}
	retry(first, time.Second)
	w.nextDue(startOfTime + 1000)
	w.now.Add(1000)
	second := w.claim(w.nodes[0], 9, time.Minute)[0]
	w.is("attempt", second.Attempt, 2)
	retry(first, time.Second) // claimed again meanwhile
	w.nextDue(startOfTime + 61_000)
	w.putJobs(store.Job{Kind: "k", Key: "1", Due: startOfTime + 5000})
	retry(second, time.Second) // put anew meanwhile
	w.nextDue(startOfTime + 5000)
	w.update(store.Key{}, func(tx *store.Tx) error {
		tx.DeleteJob("k", "1")
		return nil
	})
	retry(second, time.Second) // deleted meanwhile
	_, ok, err := w.nodes[0].NextDue(w.Context())
	w.is("a job is there", []any{ok, err}, []any{false, nil})
}

func puttingOffIsNoAttempt(w *world) {
	w.putJobs(store.Job{Kind: "k", Key: "1", Due: startOfTime})
	first := w.claim(w.nodes[0], 9, time.Minute)[0]
	w.now.Add(time.Minute.Milliseconds())
	second := w.claim(w.nodes[0], 9, time.Minute)[0]
	off := func(j store.Job, after time.Duration) {
		w.Helper()
		if err := w.nodes[0].PutOffJob(w.Context(), j, w.clock().Add(after)); err != nil {
			w.Fatal(err)
		}
	}
	off(first, time.Second) // claimed again meanwhile
	w.nextDue(startOfTime + 2*time.Minute.Milliseconds())
	off(second, time.Second)
	w.nextDue(startOfTime + time.Minute.Milliseconds() + 1000)
	w.now.Add(1000)
	third := w.claim(w.nodes[0], 9, time.Minute)[0]
	w.is("attempts", []int{first.Attempt, second.Attempt, third.Attempt}, []int{1, 2, 2})
	w.is("who has claimed it", []bool{third.Claimed(first), third.Claimed(second), third.Claimed(third)}, []bool{false, false, true})
	off(second, time.Hour)
	w.nextDue(third.Due + time.Minute.Milliseconds())
}

func lanesAreClaimedApart(w *world) {
	for i := range 5 {
		w.putJobs(store.Job{Kind: "tell", Key: strconv.Itoa(i), Lane: store.LaneTell, Due: startOfTime - 10})
	}
	w.putJobs(store.Job{Kind: "call", Key: "1", Lane: store.LaneCall, Due: startOfTime - 2}, store.Job{Kind: "chat", Key: "1", Due: startOfTime - 1})
	w.nextDue(startOfTime - 10)
	due, ok, err := w.nodes[0].NextDue(w.Context(), store.LaneChat)
	w.is("next due of chats", []any{due.UnixMilli(), ok, err}, []any{int64(startOfTime - 1), true, nil})

	kinds := func(jobs []store.Job, err error) (kinds []string) {
		w.Helper()
		if err != nil {
			w.Fatal(err)
		}
		for _, j := range jobs {
			kinds = append(kinds, j.Kind)
		}
		return kinds
	}
	w.is("of chats", kinds(w.nodes[0].ClaimJobs(w.Context(), 3, time.Minute, store.LaneChat)), []string{"chat"})
	w.is("of calls and tells", kinds(w.nodes[0].ClaimJobs(w.Context(), 2, time.Minute, store.LaneCall, store.LaneTell)), []string{"tell", "tell"})
	w.is("of all", kinds(w.nodes[0].ClaimJobs(w.Context(), 9, time.Minute)), []string{"tell", "tell", "tell", "call"})
	w.update(store.Key{}, func(tx *store.Tx) error {
		tx.PutJob(store.Job{Kind: "chat", Key: "1", Lane: store.LaneCall, Due: startOfTime})
		return nil
	})
	w.is("of another lane now", kinds(w.nodes[0].ClaimJobs(w.Context(), 9, time.Minute, store.LaneCall)), []string{"chat"})
}

func jobIsPutOnce(w *world) {
	j := store.Job{Kind: "k", Key: "1", Due: startOfTime}
	later := j
	later.Due += 5000
	put := func(do func(tx *store.Tx)) {
		w.Helper()
		w.update(store.Key{}, func(tx *store.Tx) error { do(tx); return nil })
	}
	put(func(tx *store.Tx) { tx.PutJobOnce(later) })
	w.nextDue(later.Due)
	put(func(tx *store.Tx) { tx.PutJobOnce(j) })
	w.nextDue(later.Due)

	put(func(tx *store.Tx) { tx.PutJob(j); tx.PutJobOnce(later) })
	w.nextDue(j.Due)
	claimed := w.claim(w.nodes[0], 1, time.Minute)[0]
	put(func(tx *store.Tx) { tx.PutJobOnce(j) }) // it stays claimed
	w.is("claimed by somebody else", len(w.claim(w.nodes[0], 9, time.Minute)), 0)

	put(func(tx *store.Tx) { tx.DeleteJob(claimed.Kind, claimed.Key); tx.PutJobOnce(later) })
	w.nextDue(later.Due)
	put(func(tx *store.Tx) { tx.DeleteJob(claimed.Kind, claimed.Key) })
	_, ok, err := w.nodes[0].NextDue(w.Context())
	w.is("a job is there", []any{ok, err}, []any{false, nil})
}
