package center

import (
	"fmt"
	"testing"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/store/storetest"
)

// BenchmarkPast: how long does a page take that a client asks for after a hundred contacts?
func BenchmarkPast(b *testing.B) {
	for _, e := range storetest.All() {
		for _, shape := range []struct{ chats, contacts, items int }{{1, 100, 1000}, {100, 1, 1000}, {100, 1, 3}} {
			b.Run(fmt.Sprintf("%s/%dx%dx%d", e, shape.chats, shape.contacts, shape.items), func(b *testing.B) {
				w := newWorld(b, e)
				c := w.chain(shape.chats, shape.contacts, shape.items)
				past := w.row(c).Past
				at := func(i int) *string {
					p := place{Segment: i}
					if shape.chats == 1 && i > 0 {
						p.Before = past[0].Last - int64(i*shape.items) // above it is the newest of that contact
					}
					return new(p.token())
				}
				for name, next := range map[string]*string{"newest": nil, "before": at(0), "middle": at(50), "oldest": at(99)} {
					b.Run(name, func(b *testing.B) {
						b.ReportAllocs()
						in := participant.GetTranscriptInput{
							MaxResults: new(int32(15)), ScanDirection: ptypes.ScanDirectionBackward, SortOrder: ptypes.SortKeyAscending, NextToken: next,
						}
						for b.Loop() {
							w.page(c, in)
						}
					})
				}
			})
		}
	}
}

// chain is a chat that continues others, each from the one before.
func (w *world) chain(chats, contacts, items int) chat {
	var continued []func(*connect.StartChatContactInput)
	for range chats {
		c := w.start(continued...)
		for i := range contacts {
			if i > 0 {
				w.transfer(c)
			}
			w.change(c, func(sc *scene) error {
				for range items {
					sc.say(sc.chat.Participants[0], textPlain, "Hello, how are you?", nil)
				}
				return nil
			})
		}
		w.end(c)
		continued = append(continued[:0], persistent(entire, c.id))
	}
	return w.start(continued...)
}
