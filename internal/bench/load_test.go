package bench

import (
	"fmt"
	"testing"
)

func frame(n int, at string) []byte {
	return fmt.Appendf(nil, `{"topic":"aws/chat","contentType":"application/json","content":"{\"AbsoluteTime\":\"%s\",\"Content\":\"%s%010dxx\",\"Id\":\"i\"}"}`,
		at, marker, n)
}

func TestWatchCountsWhatIsWrong(t *testing.T) {
	var w watch
	at := func(ms int) string { return fmt.Sprintf("2026-01-31T10:00:00.%03dZ", ms) }
	for i, c := range []struct {
		frame               []byte
		isNew               bool
		repeated, reordered int64
	}{
		{frame(0, at(1)), true, 0, 0},
		{[]byte(`{"topic":"aws/heartbeat"}`), false, 0, 0},
		{frame(2, at(3)), true, 0, 0},
		{frame(1, at(2)), true, 0, 1},
		{frame(2, at(4)), false, 1, 1},
		{frame(100, at(5)), true, 1, 1},
		{contentMark, false, 1, 1},
	} {
		if _, isNew := w.take(c.frame); isNew != c.isNew || w.repeated != c.repeated || w.reordered != c.reordered {
			t.Errorf("frame %d: new %t, %d repeated, %d reordered; want %t, %d, %d",
				i, isNew, w.repeated, w.reordered, c.isNew, c.repeated, c.reordered)
		}
	}
	ln := &lane{next: 102}
	for i := range ln.sockets {
		ln.sockets[i] = &w
	}
	for n := range ln.next {
		if n != 50 && n < 100 || n == 100 { // 50 and 101 were not acknowledged
			ln.acked.add(n)
		}
	}
	var r Result
	r.count([]*lane{ln})
	// Of each socket 3 to 99 are missing but for 50; and all the rest arrived.
	if want := int64(2 * 96); *r.Lost != want || r.Clean() {
		t.Errorf("%d lost, want %d; clean %t", *r.Lost, want, r.Clean())
	}
}
