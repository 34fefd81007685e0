package center

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/openparley/parley/api/participant"
	"github.com/openparley/parley/internal/job"
	"github.com/openparley/parley/internal/outbox"
	"github.com/openparley/parley/internal/store"
	"github.com/openparley/parley/internal/store/storetest"
	"github.com/openparley/parley/internal/stream"
)

// nowhere takes what it is told.
type nowhere struct{ told atomic.Int64 }

func (n *nowhere) Send(context.Context, string, stream.Message) error {
	n.told.Add(1)
	return nil
}

// BenchmarkSendMessageStreamed: what does a stream cost the participants of a chat, while it is told at once?
func BenchmarkSendMessageStreamed(b *testing.B) {
	const chats = 64
	for _, e := range storetest.All() {
		for streams := range 3 {
			b.Run(fmt.Sprintf("%s/streams=%d", e, streams), func(b *testing.B) {
				var jobs *job.Runner
				w := newWorld(b, e, func(c *Config) { c.Wake = func(lane int, due time.Time) { jobs.Wake(lane, due) } })
				var target nowhere
				box := outbox.New(outbox.Options{Store: w.Store, Targets: &target, Wake: w.Wake})
				jobs = job.New(w.Store, w.clock, func(ctx context.Context, j store.Job) error {
					if j.Kind == store.JobTell {
						return box.Tell(ctx, j)
					}
					return w.RunJob(ctx, j)
				}, job.Options{})
				all := make([]chat, chats)
				for i := range all {
					all[i] = w.start()
					for n := range streams {
						w.mustStream(all[i], fmt.Sprint(topicARN, n), "t"+fmt.Sprint(n))
					}
				}
				ctx, stop := context.WithCancel(b.Context())
				done := make(chan error)
				go func() { done <- jobs.Run(ctx) }()
				var next atomic.Int64
				b.SetParallelism(chats / 2)
				b.ReportAllocs()
				b.RunParallel(func(pb *testing.PB) {
					c := all[next.Add(1)%chats]
					for pb.Next() {
						in := &participant.SendMessageInput{Content: new("Hello, how are you?"), ContentType: new(textPlain)}
						if _, err := w.SendMessage(b.Context(), c.Connection, in); err != nil {
							b.Error(err)
							return
						}
					}
				})
				b.StopTimer()
				stop()
				<-done
				if streams > 0 {
					b.ReportMetric(float64(target.told.Load())/float64(b.N), "told/op")
				}
			})
		}
	}
}
