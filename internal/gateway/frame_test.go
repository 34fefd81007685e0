package gateway

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

// payload takes a server's frame apart with the header rules of RFC 6455, section 5.2.
func payload(t testing.TB, frame []byte) []byte {
	t.Helper()
	if len(frame) < 2 || frame[0] != 0x80|websocket.TextMessage {
		t.Fatalf("frame begins % x, want a final text frame", frame[:min(2, len(frame))])
	}
	head, n := 2, int(frame[1])
	if extra := map[int]int{126: 2, 127: 8}[n]; extra > 0 {
		n = 0
		for _, b := range frame[2 : 2+extra] {
			n = n<<8 | int(b)
		}
		head += extra
	}
	if len(frame) != head+n {
		t.Fatalf("frame of %d bytes says %d + %d", len(frame), head, n)
	}
	return frame[head:]
}

func checkChatFrame(t testing.TB, item []byte) {
	t.Helper()
	f := chatFrame(item)
	if cap(f) > len(f)+maxHeader {
		t.Errorf("item %q: %d bytes made for a frame of %d", item, cap(f), len(f))
	}
	var got struct{ Topic, ContentType, Content string }
	if err := json.Unmarshal(payload(t, f), &got); err != nil {
		t.Fatalf("item %q: frame %q: %v", item, f, err)
	}
	want := string(bytes.ToValidUTF8(item, []byte("\uFFFD")))
	if got.Topic != "aws/chat" || got.ContentType != "application/json" || got.Content != want {
		t.Errorf("item %q: got %+v", item, got)
	}
}

func TestChatFrameLengths(t *testing.T) {
	t.Parallel()
	overhead := len(chatHead) + len(chatTail)
	for _, n := range []int{0, 1, 125 - overhead, 126 - overhead, 0xFFFF - overhead, 0x10000 - overhead, 200_000} {
		checkChatFrame(t, bytes.Repeat([]byte("x"), n))
	}
}

func FuzzChatFrame(f *testing.F) {
	f.Add([]byte(`{"Content":"a \"quote\" and \\ and \n","Id":"1"}`))
	f.Add([]byte("\x00\x01\b\f\n\r\t\x1f\x7f\u2028\u2029ü€😀"))
	f.Add([]byte("\xff\xfe broken \xc3"))
	f.Add([]byte(strings.Repeat(`"`, 70_000)))
	f.Fuzz(func(t *testing.T, item []byte) { checkChatFrame(t, item) })
}

func FuzzFrame(f *testing.F) {
	for _, s := range []string{
		`{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}}`,
		`{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}})`,
		`{"topic":"aws/ping"}`, `{"topic":"aws/heartbeat","content":{"x":1}}`, ` {"topic" : "aws/ping"}  junk`,
		`{"topic":"aws/unsubscribe"}`, `{"topic":"aws/unsubscribe","content":{"topics":["aws/chat"]}}`, `{"topic":7}`, `{"content":{"topics":["aws/chat"]}}`, `[]`, `{`, ``, `null`,
		`{"topic":"aws/subscribe","content":{"topics":["\ud800","</script>"]}}`, strings.Repeat(`{"content":`, 3000),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		cmd, ok := readCommand(frame)
		if !ok {
			return
		}
		if !slices.Contains([]string{topicSubscribe, topicUnsubscribe, topicPing, topicHeartbeat}, cmd.topic) {
			t.Fatalf("%q: topic %q", frame, cmd.topic)
		}
		named := cmd.topic == topicSubscribe || cmd.topic == topicUnsubscribe
		if named != (len(cmd.topics) > 0) {
			t.Fatalf("%q: topics %q", frame, cmd.topics)
		}
		// What was understood is what a JSON reader finds in the first value.
		var first map[string]any
		if err := json.NewDecoder(bytes.NewReader(frame)).Decode(&first); err != nil {
			t.Fatalf("%q: %v", frame, err)
		}
		if !named {
			return
		}
		answer := payload(t, subscriptionAnswer(cmd.topic, cmd.topics))
		if !utf8.Valid(answer) {
			t.Fatalf("%q: answer %q", frame, answer)
		}
		var back struct {
			Topic   string
			Content struct {
				Status string
				Topics []string
			}
		}
		err := json.Unmarshal(answer, &back)
		if err != nil || back.Topic != cmd.topic || back.Content.Status != "success" || !slices.Equal(back.Content.Topics, cmd.topics) {
			t.Fatalf("%q: answer %s, error %v", frame, answer, err)
		}
	})
}

func TestWriteAllJoinsFrames(t *testing.T) {
	t.Parallel()
	var frames [][]byte
	var want []byte
	for i := range 40 {
		f := bytes.Repeat([]byte{byte(i)}, 1000)
		if i == 20 {
			f = bytes.Repeat(f, 30) // larger than the buffer
		}
		frames, want = append(frames, f), append(want, f...)
	}
	var w writes
	size, err := writeAll(&w, frames)
	if err != nil || size != len(want) || !bytes.Equal(bytes.Join(w.all, nil), want) {
		t.Errorf("wrote %d bytes, size %d, error %v; want %d", len(bytes.Join(w.all, nil)), size, err, len(want))
	}
	if len(w.all) != 5 {
		t.Errorf("%d writes, want 5", len(w.all))
	}

	w = writes{fail: 2}
	if size, err := writeAll(&w, frames); err != io.ErrShortWrite || size != len(want) || len(w.all) != 2 {
		t.Errorf("failing writer: size %d, error %v, %d writes; want all of the size, its error, 2 writes", size, err, len(w.all))
	}
}

// writes keeps what is written, and fails from one write on.
type writes struct {
	all  [][]byte
	fail int
}

func (w *writes) Write(b []byte) (int, error) {
	w.all = append(w.all, bytes.Clone(b))
	if len(w.all) == w.fail {
		return 0, io.ErrShortWrite
	}
	return len(b), nil
}

func BenchmarkChatFrame(b *testing.B) {
	item := []byte(`{"AbsoluteTime":"2025-01-31T10:00:03.123Z","Content":"` + strings.Repeat("hello ", 20) +
		`","ContentType":"text/plain","Id":"0d6a0d6a-0d6a-4d6a-8d6a-0d6a0d6a0d6a","Type":"MESSAGE","ParticipantId":` +
		`"0d6a0d6a-0d6a-4d6a-8d6a-0d6a0d6a0d6a","DisplayName":"Ana","ParticipantRole":"CUSTOMER","InitialContactId":` +
		`"0d6a0d6a-0d6a-4d6a-8d6a-0d6a0d6a0d6a","ContactId":"0d6a0d6a-0d6a-4d6a-8d6a-0d6a0d6a0d6a"}`)
	b.ReportAllocs()
	for b.Loop() {
		chatFrame(item)
	}
}
