package gateway

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

// Topics of frames.
const (
	topicSubscribe   = "aws/subscribe"
	topicUnsubscribe = "aws/unsubscribe"
	topicHeartbeat   = "aws/heartbeat"
	topicPing        = "aws/ping"
	topicChat        = "aws/chat"
)

// What the clients send every ten seconds, letter by letter, so that no JSON has to be read for it.
var (
	heartbeat = []byte(`{"topic":"aws/heartbeat"}`)
	ping      = []byte(`{"topic":"aws/ping"}`)
)

// Frames that are always the same. Frames of a server have no mask, so one copy serves every socket.
var (
	heartbeatAnswer = wsFrame(websocket.TextMessage, heartbeat)
	pingAnswer      = wsFrame(websocket.TextMessage, []byte(`{"topic":"aws/ping","statusCode":200,"statusContent":"OK"}`))
	wsPing          = wsFrame(websocket.PingMessage, nil)
)

// command is what a client asks for.
type command struct {
	topic  string
	topics []string // of a subscribe or an unsubscribe
}

// readCommand reads the first JSON value of a text frame; iOS sends a stray parenthesis behind it. ok is false for a frame that
// asks for nothing known.
func readCommand(frame []byte) (cmd command, ok bool) {
	var in struct {
		Topic   string          `json:"topic"`
		Content json.RawMessage `json:"content"`
	}
	if err := json.NewDecoder(bytes.NewReader(frame)).Decode(&in); err != nil {
		return command{}, false
	}
	cmd.topic = in.Topic
	switch in.Topic {
	case topicHeartbeat, topicPing:
		return cmd, true
	case topicSubscribe, topicUnsubscribe:
		var content struct {
			Topics []string `json:"topics"`
		}
		if err := json.Unmarshal(in.Content, &content); err != nil {
			return command{}, false
		}
		cmd.topics = content.Topics
		return cmd, len(cmd.topics) > 0
	}
	return command{}, false
}

// subscriptionAnswer says that a subscription holds, or is over.
func subscriptionAnswer(topic string, topics []string) []byte {
	type content struct {
		Status string   `json:"status"`
		Topics []string `json:"topics"`
	}
	body, err := json.Marshal(struct {
		Topic   string  `json:"topic"`
		Content content `json:"content"`
	}{topic, content{"success", topics}})
	if err != nil {
		panic("gateway: strings that do not encode: " + err.Error())
	}
	return wsFrame(websocket.TextMessage, body)
}

const (
	chatHead = `{"topic":"` + topicChat + `","contentType":"application/json","content":"`
	chatTail = `"}`
)

// chatFrame makes the frame of an item: its JSON as a JSON string. Anything but UTF-8 would make browsers drop the connection,
// so what is not is replaced.
func chatFrame(item []byte) []byte {
	if !utf8.Valid(item) {
		item = bytes.ToValidUTF8(item, []byte("\uFFFD"))
	}
	n := len(chatHead) + len(item) + len(chatTail)
	for _, b := range item {
		n += int(escapeGrowth[b])
	}
	f := appendHeader(make([]byte, 0, maxHeader+n), websocket.TextMessage, n)
	f = append(f, chatHead...)
	f = appendEscaped(f, item)
	return append(f, chatTail...)
}

// escapeGrowth is how many bytes longer a byte gets inside a JSON string.
var escapeGrowth = func() (growth [256]byte) {
	for b := range byte(' ') {
		growth[b] = 5 // \u0000
	}
	for _, b := range []byte("\"\\\b\f\n\r\t") {
		growth[b] = 1
	}
	return growth
}()

// appendEscaped appends text as it stands inside a JSON string.
func appendEscaped(dst, text []byte) []byte {
	start := 0
	for i, b := range text {
		if escapeGrowth[b] == 0 {
			continue
		}
		dst = append(dst, text[start:i]...)
		start = i + 1
		switch b {
		case '"', '\\':
			dst = append(dst, '\\', b)
		case '\b':
			dst = append(dst, `\b`...)
		case '\f':
			dst = append(dst, `\f`...)
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '\t':
			dst = append(dst, `\t`...)
		default:
			const hex = "0123456789abcdef"
			dst = append(dst, '\\', 'u', '0', '0', hex[b>>4], hex[b&15])
		}
	}
	return append(dst, text[start:]...)
}

// maxHeader is the longest header of a frame without mask.
const maxHeader = 10

// wsFrame makes a whole WebSocket frame, in one fragment, as servers send it.
func wsFrame(opcode int, payload []byte) []byte {
	f := appendHeader(make([]byte, 0, maxHeader+len(payload)), opcode, len(payload))
	return append(f, payload...)
}

// appendHeader appends the header of a final frame. Source: RFC 6455, section 5.2.
func appendHeader(dst []byte, opcode, length int) []byte {
	const final = 0x80
	dst = append(dst, final|byte(opcode))
	switch {
	case length <= 125:
		return append(dst, byte(length))
	case length <= 0xFFFF:
		return binary.BigEndian.AppendUint16(append(dst, 126), uint16(length))
	default:
		return binary.BigEndian.AppendUint64(append(dst, 127), uint64(length))
	}
}
