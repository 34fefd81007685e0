package storetest

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"pgregory.net/rapid"

	"github.com/openparley/parley/internal/store"
)

// teller is a turn of telling a stream: what was claimed, and what came of it.
type teller struct {
	job        store.Job
	told, dead []int64
}

// settle ends a turn as who tells must: what is left has a job, what has been told has none.
func (tl teller) settle(tx *store.Tx) error {
	left, err := tx.OutIDs(tl.job.Key, 1000)
	if err != nil {
		return err
	}
	left = slices.DeleteFunc(left, func(id int64) bool { return slices.Contains(tl.told, id) || slices.Contains(tl.dead, id) })
	for _, id := range tl.told {
		tx.DeleteOut(id)
	}
	for _, id := range tl.dead {
		tx.BuryOut(id, tx.Now().UnixMilli(), "no")
	}
	current, err := tx.Job(tl.job.Kind, tl.job.Key)
	switch {
	case errors.Is(err, store.ErrNotFound) || err == nil && !current.Claimed(tl.job):
		return nil
	case err != nil:
		return err
	case len(left) == 0:
		tx.DeleteJob(tl.job.Kind, tl.job.Key)
	default:
		again := tl.job
		again.Due, again.Attempt = tx.Now().UnixMilli(), 0
		tx.PutJob(again)
	}
	return nil
}

// tellingSurvives puts, tells, gives up and revives in any order, on any node, with updates that fail and tellers that crash, also after
// they told something: everything that was committed is told at least once, in the order of commits but for what was given up meanwhile.
func tellingSurvives(w *world) {
	const lease = time.Minute
	rapid.Check(w.T, func(rt *rapid.T) {
		node := func() *store.Store { return w.node(rapid.IntRange(0, 1).Draw(rt, "node")) }
		first, _ := w.chat()
		second, _ := w.chat()
		chats := []string{first, second}
		var n int
		committed, received := map[string][]string{}, map[string][]string{}
		everDead := map[string]bool{}
		var crashed []teller
		update := func(chat string, fn func(*store.Tx) error) error {
			return node().Update(w.Context(), store.Key{Chat: chat}, fn)
		}
		turn := func(send int, bury bool) (tl teller, ok bool) {
			jobs, err := node().ClaimJobs(w.Context(), 1, lease, store.LaneTell)
			if err != nil {
				rt.Fatal(err)
			}
			if len(jobs) == 0 {
				return tl, false
			}
			tl.job = jobs[0]
			outs, err := node().Outs(w.Context(), tl.job.Key, 4)
			if err != nil {
				rt.Fatal(err)
			}
			for i, o := range outs {
				if body := string(o.Body); i < send {
					tl.told = append(tl.told, o.ID)
					if !slices.Contains(received[o.Stream], body) {
						received[o.Stream] = append(received[o.Stream], body)
					}
				} else if bury {
					tl.dead = append(tl.dead, o.ID)
					everDead[body] = true
					break
				}
			}
			return tl, true
		}
		settle := func(tl teller) {
			if err := update(tl.job.ChatID, tl.settle); err != nil {
				rt.Fatal(err)
			}
		}
		revive := func(most int) (revived int) {
			dead, err := node().DeadOuts(w.Context(), instanceID, 0, most)
			if err != nil {
				rt.Fatal(err)
			}
			for _, o := range dead {
				err := update(o.ChatID, func(tx *store.Tx) error {
					tx.ReviveOut(o)
					tx.Tell(o)
					return nil
				})
				if err != nil {
					rt.Fatal(err)
				}
			}
			return len(dead)
		}
		rt.Repeat(map[string]func(*rapid.T){
			"put": func(rt *rapid.T) {
				chat := rapid.SampledFrom(chats).Draw(rt, "chat")
				target := rapid.SampledFrom([]string{"x", "y"}).Draw(rt, "target")
				fails := rapid.IntRange(0, 4).Draw(rt, "fails") == 0
				n++
				o := out(chat, target, n)
				err := update(chat, func(tx *store.Tx) error {
					tx.PutOut(o)
					tx.Tell(o)
					if fails {
						return errOwn
					}
					return nil
				})
				if fails && errors.Is(err, errOwn) {
					return
				}
				if err != nil {
					rt.Fatal(err)
				}
				committed[o.Stream] = append(committed[o.Stream], string(o.Body))
			},
			"tell": func(rt *rapid.T) {
				if tl, ok := turn(rapid.IntRange(0, 3).Draw(rt, "send"), rapid.IntRange(0, 4).Draw(rt, "bury") == 0); ok {
					settle(tl)
				}
			},
			"crash": func(rt *rapid.T) {
				if tl, ok := turn(rapid.IntRange(0, 3).Draw(rt, "send"), false); ok {
					crashed = append(crashed, tl)
				}
			},
			"late": func(rt *rapid.T) { // one that was slow, not dead
				if len(crashed) > 0 {
					settle(crashed[0])
					crashed = crashed[1:]
				}
			},
			"revive": func(rt *rapid.T) { revive(1) },
			"time":   func(rt *rapid.T) { w.now.Add(lease.Milliseconds() + 1) },
			"restart": func(rt *rapid.T) {
				if rapid.IntRange(0, 9).Draw(rt, "restart") == 0 {
					w.reopen()
				}
			},
		})
		for revive(1000) > 0 {
			w.now.Add(1)
		}
		for range 2 { // the leases of those who crashed run out
			w.now.Add(lease.Milliseconds() + 1)
			for tl, ok := turn(4, false); ok; tl, ok = turn(4, false) {
				settle(tl)
			}
		}
		for _, chat := range chats {
			for _, target := range []string{"x", "y"} {
				stream := chat + "/" + target
				inOrder := func(bodies []string) []string {
					return slices.DeleteFunc(slices.Clone(bodies), func(b string) bool { return everDead[b] })
				}
				if got, want := inOrder(received[stream]), inOrder(committed[stream]); !slices.Equal(got, want) {
					rt.Fatalf("%s: told %v, committed %v", target, got, want)
				}
				if got, want := sortedByNumber(received[stream]), committed[stream]; !slices.Equal(got, want) {
					rt.Fatalf("%s: told at last %v, committed %v", target, got, want)
				}
				if left := w.outs(stream); len(left) > 0 {
					rt.Fatalf("%s: left %v", target, bodies(left))
				}
			}
		}
		if _, ok, err := w.nodes[0].NextDue(w.Context(), store.LaneTell); ok || err != nil {
			rt.Fatalf("a job is left: %v, %v", ok, err)
		}
	})
}

func sortedByNumber(bodies []string) []string {
	return slices.SortedFunc(slices.Values(bodies), func(a, b string) int {
		x, _ := strconv.Atoi(a)
		y, _ := strconv.Atoi(b)
		return x - y
	})
}
