package chat_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openparley/parley/chat"
)

func TestWhatIsNoItemIsPassedOver(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		s := w.start()
		until(w, s, greeting)
		for _, text := range []string{
			"", "{", `"text"`, `{"topic":7}`, `{"topic":"aws/chat"}`, `{"topic":"aws/chat","content":{}}`, `{"topic":"aws/chat","content":"{"}`,
			`{"topic":"aws/subscribe"}`, `{"topic":"aws/other","content":"x"}`, `{"message":"Internal server error","connectionId":"x"}`,
		} {
			w.way.inject(text + strings.Repeat(" ", 126))
		}
		w.way.say(map[string]any{"Type": "MESSAGEMETADATA"})
		w.bot(s.ContactID()).say("end")
		until(w, s, "end")
		if st := s.Status(); st.Phase != chat.Live {
			t.Errorf("status %v", st)
		}
	})
}

// TestAServerThatHangsUpIsNotStormed: sockets that are opened and closed at once cost chatjs sixty attempts a second.
func TestAServerThatHangsUpIsNotStormed(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		s := w.start()
		for range 1200 {
			w.way.cut()
			time.Sleep(50 * time.Millisecond)
		}
		w.way.set(func() {
			if w.way.sockets > 20 {
				t.Errorf("%d sockets in a minute", w.way.sockets)
			}
		})
		w.bot(s.ContactID()).say("end")
		until(w, s, "end")
	})
}

// slow is a Reader and nothing else.
type slow struct{ io.Reader }

func TestFiles(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		s := w.start()
		content := bytes.Repeat([]byte("a line of a file\n"), 5000)
		for i, body := range []io.Reader{bytes.NewReader(content), slow{bytes.NewReader(content)}} {
			w.way.set(func() { w.way.lose = 2 })
			var told []int64
			id, err := s.Attach(t.Context(), chat.Upload{Name: fmt.Sprintf("%d.txt", i), Body: body, Progress: func(sent, total int64) {
				if total != int64(len(content)) {
					t.Errorf("the file has %d bytes", total)
				}
				told = append(told, sent)
			}})
			if err != nil {
				t.Fatal(err)
			}
			if len(told) == 0 || told[len(told)-1] != int64(len(content)) {
				t.Errorf("the progress was %v", told)
			}
			var file *chat.File
			for item := range s.Items(t.Context()) {
				if f, ok := item.(*chat.File); ok {
					file = f
					break
				}
			}
			if file.AttachmentID != id || file.ContentType != "text/plain" || file.Status != "APPROVED" {
				t.Errorf("the file is %+v", file)
			}
			from, size, err := s.Fetch(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(from)
			from.Close()
			if err != nil || size != int64(len(content)) || !bytes.Equal(got, content) {
				t.Errorf("%d bytes of %d came back: %v", len(got), size, err)
			}
		}
		if _, err := s.Attach(t.Context(), chat.Upload{Name: "virus.exe", Body: strings.NewReader("MZ")}); err == nil {
			t.Error("a program was taken")
		}
	})
}

func TestOffers(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		content string
		title   string
		want    []chat.Choice
	}{
		"list": {
			`{"templateType":"ListPicker","version":"1.0","data":{"content":{"title":"How?","subtitle":"Pick","elements":[{"title":"Car","subtitle":"fast"},{"title":"Bus"}]}}}`,
			"How? Pick",
			[]chat.Choice{{"Car", "fast", "Car"}, {"Bus", "", "Bus"}},
		},
		"times": {
			`{"templateType":"TimePicker","data":{"content":{"title":"When?","timeslots":[{"date":"2026-01-02T10:00+00:00","duration":60}]}}}`,
			"When?",
			[]chat.Choice{{"2026-01-02T10:00+00:00", "", "2026-01-02T10:00+00:00"}},
		},
		"carousel": {
			`{"templateType":"Carousel","data":{"content":{"title":"Where?","elements":[{"templateType":"Panel","data":{"content":{"title":"Rome","templateIdentifier":"t1","elements":[{"title":"Book"}]}}}]}}}`,
			"Where?",
			[]chat.Choice{{"Rome: Book", "", `{"listTitle":"Rome","selectionText":"Book","templateIdentifier":"t1"}`}},
		},
		"unknown": {`{"templateType":"Hologram","data":{"content":{"title":"Look"}}}`, "Look", nil},
	} {
		m := &chat.Message{ContentType: chat.Interactive, Text: tt.content}
		o := m.Offer()
		if o == nil || o.Title != tt.title || !slices.Equal(o.Choices, tt.want) {
			t.Errorf("%s: %+v", name, o)
		}
	}
	if (&chat.Message{ContentType: chat.Plain, Text: "{}"}).Offer() != nil || chat.ReadOffer("no JSON") != nil {
		t.Error("an offer was made of what is none")
	}
}

// TestMessagesKeepTheirOrder: one that is sent again is not overtaken by the next.
func TestMessagesKeepTheirOrder(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		s := w.start()
		until(w, s, greeting)
		w.way.set(func() { w.way.fail = 8 })
		first := make(chan error)
		go func() {
			_, err := s.Say(t.Context(), "first")
			first <- err
		}()
		time.Sleep(10 * time.Millisecond)
		if _, err := s.Say(t.Context(), "second"); err != nil {
			t.Fatal(err)
		}
		if err := <-first; err != nil {
			t.Fatal(err)
		}
		if got := until(w, s, "second"); got[0] != "first" {
			t.Errorf("there came %q", got)
		}
	})
}

// hasty answers the first uploads before it has read them, as servers do that are busy, and reads on.
type hasty struct {
	next  http.RoundTripper
	times int
}

func (h *hasty) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodPut || h.times == 0 {
		return h.next.RoundTrip(r)
	}
	h.times--
	body := r.Body
	go func() {
		defer body.Close()
		for {
			if _, err := body.Read(make([]byte, 1000)); err != nil {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	}()
	r.Body = nil
	return answered(r, http.StatusServiceUnavailable, ""), nil
}

// TestAFileIsReadOnceAtATime: a transport may read on when it has brought the answer.
func TestAFileIsReadOnceAtATime(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		s := w.start(chat.HTTPClient(&http.Client{Transport: &hasty{w.client.Transport, 2}}))
		content := bytes.Repeat([]byte("a line of a file\n"), 5000)
		id, err := s.Attach(t.Context(), chat.Upload{Name: "a.txt", Body: bytes.NewReader(content)})
		if err != nil {
			t.Fatal(err)
		}
		from, _, err := s.Fetch(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		defer from.Close()
		if got, err := io.ReadAll(from); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%d bytes came back, and not those that were sent: %v", len(got), err)
		}
	})
}
