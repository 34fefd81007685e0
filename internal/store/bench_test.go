package store_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/openparley/parley/internal/store"
	"github.com/openparley/parley/internal/store/storetest"
)

func engines(b *testing.B, bench func(*testing.B, storetest.Engine)) {
	for _, e := range storetest.All() {
		b.Run(string(e), func(b *testing.B) { bench(b, e) })
	}
}

// concurrently runs do as often as the benchmark asks, at most callers of them at the same time.
func concurrently(b *testing.B, callers int, do func(caller int)) {
	var running sync.WaitGroup
	turns := make(chan struct{})
	for caller := range callers {
		running.Go(func() {
			for range turns {
				do(caller)
			}
		})
	}
	for b.Loop() {
		turns <- struct{}{}
	}
	close(turns)
	running.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "op/s")
}

// envNumber is the number in an environment variable.
func envNumber(b *testing.B, name string, otherwise int) int {
	v := os.Getenv(name)
	if v == "" {
		return otherwise
	}
	n, err := strconv.Atoi(v)
	if err != nil {
		b.Fatalf("%s: %v", name, err)
	}
	return n
}

const instanceID = "00000000-0000-4000-8000-000000000001"

func putInstance(tb testing.TB, s *store.Store) {
	tb.Helper()
	update(tb, s, store.Key{}, func(tx *store.Tx) error {
		tx.PutInstance(&store.Instance{ID: instanceID, Alias: "bench"})
		return nil
	})
}

func update(tb testing.TB, s *store.Store, k store.Key, fn func(*store.Tx) error) {
	tb.Helper()
	if err := s.Update(context.Background(), k, fn); err != nil {
		tb.Error(err)
	}
}

// startChat writes what StartChatContact writes for a flow that greets and waits.
func startChat(tb testing.TB, s *store.Store, id string) {
	update(tb, s, store.Key{}, func(tx *store.Tx) error {
		if _, err := tx.Instance(instanceID); err != nil {
			return err
		}
		if err := tx.LockInstance(instanceID); err != nil {
			return err
		}
		now := tx.Now().UnixMilli()
		customer := store.Participant{ID: uuid.NewString(), Role: "CUSTOMER", DisplayName: "Ada", JoinedAt: now}
		system := store.Participant{ID: uuid.NewString(), Role: "SYSTEM", DisplayName: "SYSTEM_MESSAGE", JoinedAt: now}
		c := &store.Chat{
			ID: id, InstanceID: instanceID, ContactID: id, StartedAt: now, ExpiresAt: now + time.Hour.Milliseconds(),
			Participants: []store.Participant{customer, system},
			Attributes:   map[string]string{"language": "en", "page": "/checkout"},
			ContentTypes: []string{"text/plain", "text/markdown"},
		}
		ct := &store.Contact{
			ID: id, ChatID: id, InstanceID: instanceID, InitiationMethod: "API", InitiatedAt: now, SystemAt: now, UpdatedAt: now,
			FlowID: uuid.NewString(), FlowVersion: 1, FlowType: "CONTACT_FLOW", FlowWaits: []string{"CustomerReturned"},
			FlowState: []byte(`{"action":"b9a1f1f4-3a0e-4b58-a2a2-2a6c4f9b8a11","seed":12345678901234567890,"steps":4}`),
		}
		tx.CreateChat(c, ct)
		tx.PutJob(store.Job{Kind: "subscribe-deadline", Key: id, ChatID: id, Due: now + 300_000})
		tx.PutJob(store.Job{Kind: "expire", Key: id, ChatID: id, Due: now + 90_000_000})
		tx.PutJob(store.Job{Kind: "wait", Key: id, ChatID: id, Due: now + 60_000})
		tx.Append(c, item(id, customer, "application/vnd.amazonaws.connect.event.participant.joined", "", nil))
		tx.Append(c, item(id, system, "text/plain", "Hello, how can we help you today?", nil))
		return nil
	})
}

func item(contact string, from store.Participant, contentType, content string, token []byte) *store.Item {
	return &store.Item{
		ID: uuid.NewString(), ContactID: contact, Type: "MESSAGE", ContentType: contentType, Content: content,
		ParticipantID: from.ID, Role: from.Role, DisplayName: from.DisplayName, Token: token,
	}
}

// BenchmarkAppend asks: how many messages a second can be stored, synced, with that many callers waiting, each in a chat of its own?
func BenchmarkAppend(b *testing.B) {
	engines(b, func(b *testing.B, e storetest.Engine) {
		for _, callers := range []int{1, 16, 128, 1024} {
			b.Run(fmt.Sprintf("waiting=%d", callers), func(b *testing.B) {
				s := storetest.Open(b, e, store.Options{})
				putInstance(b, s)
				chats := make([]string, callers)
				for i := range chats {
					chats[i] = uuid.NewString()
					startChat(b, s, chats[i])
				}
				text := strings.Repeat("All work is done. ", 7)[:120]
				sent := make([]uint64, callers)
				b.ReportAllocs()
				before := s.Stats()
				concurrently(b, callers, func(caller int) {
					sent[caller]++
					token := binary.BigEndian.AppendUint64(make([]byte, 8, 16), sent[caller])
					update(b, s, store.Key{Chat: chats[caller], Token: token}, func(tx *store.Tx) error {
						if tx.Replay() != nil {
							return fmt.Errorf("token %d was used", sent[caller])
						}
						tx.Append(tx.Chat(), item(chats[caller], tx.Chat().Participants[0], "text/plain", text, token))
						return nil
					})
				})
				after := s.Stats()
				b.ReportMetric(float64(after.Updates-before.Updates)/float64(after.Groups-before.Groups), "updates/group")
			})
		}
	})
}

// BenchmarkManyChats asks: what does a message cost when many chats talk in turn? Each has 60 messages already, and each tenth message
// is refused. PARLEY_BENCH_CHATS says how many chats; tens of thousands are the question, a tenth of it the default.
func BenchmarkManyChats(b *testing.B) {
	chats := envNumber(b, "PARLEY_BENCH_CHATS", 2000)
	engines(b, func(b *testing.B, e storetest.Engine) {
		const waiting, history, atOnce = 128, 60, 10
		s := storetest.Open(b, e, store.Options{})
		putInstance(b, s)
		ids := make([]string, chats)
		concurrentlyUpTo(waiting, chats, func(i int) {
			ids[i] = uuid.NewString()
			startChat(b, s, ids[i])
		})
		text := strings.Repeat("All work is done. ", 7)[:120]
		var tokens atomic.Uint64
		token := func() []byte {
			return binary.BigEndian.AppendUint64(make([]byte, 8, 16), tokens.Add(1))
		}
		for range history / atOnce {
			concurrentlyUpTo(waiting, chats, func(i int) {
				update(b, s, store.Key{Chat: ids[i]}, func(tx *store.Tx) error {
					for range atOnce {
						tx.Append(tx.Chat(), item(ids[i], tx.Chat().Participants[0], "text/plain", text, token()))
					}
					return nil
				})
			})
		}
		refused := errors.New("refused")
		var turn atomic.Int64
		concurrently(b, waiting, func(int) {
			n := int(turn.Add(1))
			id, token := ids[n%chats], token()
			if n%10 == 0 {
				err := s.Update(context.Background(), store.Key{Chat: id, Token: token}, func(*store.Tx) error { return refused })
				if err != refused {
					b.Error(err)
				}
				return
			}
			update(b, s, store.Key{Chat: id, Token: token}, func(tx *store.Tx) error {
				tx.Append(tx.Chat(), item(id, tx.Chat().Participants[0], "text/plain", text, token))
				return nil
			})
		})
	})
}

// concurrentlyUpTo calls do with 0, 1, … n-1, at most callers of them at the same time.
func concurrentlyUpTo(callers, n int, do func(i int)) {
	var running sync.WaitGroup
	var turn atomic.Int64
	for range callers {
		running.Go(func() {
			for i := int(turn.Add(1)) - 1; i < n; i = int(turn.Add(1)) - 1 {
				do(i)
			}
		})
	}
	running.Wait()
}

// BenchmarkStartChat asks: how many chats a second can be started, with 64 callers waiting?
func BenchmarkStartChat(b *testing.B) {
	engines(b, func(b *testing.B, e storetest.Engine) {
		s := storetest.Open(b, e, store.Options{})
		putInstance(b, s)
		b.ReportAllocs()
		concurrently(b, 64, func(int) { startChat(b, s, uuid.NewString()) })
	})
}

// BenchmarkPage asks: how long does a page of 100 items take among many, written by 1,000 chats in turn? PARLEY_BENCH_ITEMS says how
// many; a million is the question, a tenth of it the default.
func BenchmarkPage(b *testing.B) {
	total := envNumber(b, "PARLEY_BENCH_ITEMS", 100_000)
	engines(b, func(b *testing.B, e storetest.Engine) {
		s := storetest.Open(b, e, store.Options{})
		putInstance(b, s)
		const chats = 1000
		ids, nums := make([]string, chats), make([]int64, chats)
		for i := range ids {
			ids[i] = uuid.NewString()
			startChat(b, s, ids[i])
			c, err := s.Chat(b.Context(), ids[i])
			if err != nil {
				b.Fatal(err)
			}
			nums[i] = c.Num
		}
		text := strings.Repeat("All work is done. ", 7)[:120]
		for n := 0; n < total; n += chats {
			var writing sync.WaitGroup
			for _, id := range ids {
				writing.Go(func() {
					update(b, s, store.Key{Chat: id}, func(tx *store.Tx) error {
						tx.Append(tx.Chat(), item(id, tx.Chat().Participants[0], "text/plain", text, nil))
						return nil
					})
				})
			}
			writing.Wait()
		}
		b.ReportAllocs()
		n := 0
		for b.Loop() {
			n++
			items, err := s.Items(b.Context(), nums[n%chats], store.ItemQuery{Backward: true, Limit: 100})
			if err != nil || len(items) != 100 {
				b.Fatalf("%d items, %v", len(items), err)
			}
		}
	})
}

// BenchmarkGauges asks: what does a flow's question for the numbers of its queue cost, with so many contacts in it?
func BenchmarkGauges(b *testing.B) {
	engines(b, func(b *testing.B, e storetest.Engine) {
		for _, contacts := range []int{100, 10_000} {
			b.Run(fmt.Sprintf("contacts=%d", contacts), func(b *testing.B) {
				s := storetest.Open(b, e, store.Options{})
				putInstance(b, s)
				for from := 0; from < contacts; from += 1000 {
					update(b, s, store.Key{}, func(tx *store.Tx) error {
						for i := from; i < min(from+1000, contacts); i++ {
							ct := &store.Contact{ID: uuid.NewString(), InstanceID: instanceID, QueueID: "q", EnqueuedAt: int64(i + 1)}
							if i%2 == 0 {
								ct.AgentAt, ct.AgentID = int64(i+1), strconv.Itoa(i/5)
							}
							ct.ChatID = ct.ID
							tx.PutContact(ct)
						}
						return nil
					})
				}
				b.ReportAllocs()
				for b.Loop() {
					update(b, s, store.Key{}, func(tx *store.Tx) error {
						if n, _, err := tx.Queued("q", ""); n != contacts/2 || err != nil {
							return fmt.Errorf("%d wait, %w", n, err)
						}
						if n, err := tx.Agents("q", "", ""); n < contacts/5 || err != nil {
							return fmt.Errorf("%d agents, %w", n, err)
						}
						return nil
					})
				}
			})
		}
	})
}
