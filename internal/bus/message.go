package bus

import (
	"encoding/binary"
	"errors"
)

// First byte of what goes between nodes.
const (
	frameItem  = 1 // a message follows
	frameEnded = 2 // a message with Ended follows
	frameLost  = 3 // the sender may have lost what it published
	frameLeft  = 4 // the id of a participant follows, then a message with Left
)

var errFrame = errors.New("not a frame of this version")

// appendFrame encodes a message: its kind, Seq, Chat, To and Item. Numbers are varints; texts have their length in front, but Item takes
// what is left.
func appendFrame(dst []byte, m Message) []byte {
	switch {
	case m.Ended:
		dst = append(dst, frameEnded)
	case m.Left != "":
		dst = appendText(append(dst, frameLeft), m.Left)
	default:
		dst = append(dst, frameItem)
	}
	dst = binary.AppendUvarint(dst, uint64(m.Seq))
	dst = appendText(dst, m.Chat)
	dst = binary.AppendUvarint(dst, uint64(len(m.To)))
	for _, id := range m.To {
		dst = appendText(dst, id)
	}
	return append(dst, m.Item...)
}

func appendText(dst []byte, text string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}

// readFrame decodes what appendFrame has written. Item is a part of frame.
func readFrame(frame []byte) (m Message, err error) {
	if len(frame) == 0 || frame[0] != frameItem && frame[0] != frameEnded && frame[0] != frameLeft {
		return m, errFrame
	}
	m.Ended = frame[0] == frameEnded
	r := reader{rest: frame[1:]}
	if frame[0] == frameLeft {
		m.Left = r.text()
	}
	m.Seq = int64(r.number())
	m.Chat = r.text()
	for range r.number() {
		if r.err != nil {
			break
		}
		m.To = append(m.To, r.text())
	}
	if len(r.rest) > 0 {
		m.Item = r.rest
	}
	return m, r.err
}

// reader reads a frame; after an error it gives zeros.
type reader struct {
	rest []byte
	err  error
}

func (r *reader) number() uint64 {
	n, width := binary.Uvarint(r.rest)
	if width <= 0 {
		r.rest, r.err = nil, errFrame
		return 0
	}
	r.rest = r.rest[width:]
	return n
}

func (r *reader) text() string {
	n := r.number()
	if n > uint64(len(r.rest)) {
		r.rest, r.err = nil, errFrame
		return ""
	}
	text := string(r.rest[:n])
	r.rest = r.rest[n:]
	return text
}
