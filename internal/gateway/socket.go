package gateway

import (
	"bytes"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"github.com/openparley/parley/internal/auth"
)

const (
	// maxFrames and maxBytes bound what waits to be written to a socket. A client that falls further behind is cut off.
	maxFrames = 256
	maxBytes  = 1 << 20

	// maxAnswers is how many answers wait at most. A client that asks faster than it is answered has enough of them coming.
	// Source: RFC 6455, section 5.5.3, for pings of the protocol.
	maxAnswers = 64

	// joinBytes is up to how much of what waits goes into one write.
	joinBytes = 16 << 10

	// readLimit is the largest frame a client may send; those of the official clients have less than 300 bytes.
	readLimit = 32 << 10

	// endWait is how long a client has for closing its socket after the end of the chat.
	// Source: participant-wire sheet, 8.5 ("a few seconds").
	endWait = 5 * time.Second

	// closeWait is how long a client has for answering a close frame.
	closeWait = 5 * time.Second
)

// socket is one WebSocket. A goroutine reads it; another writes while there is something to write.
type socket struct {
	g      *Gateway
	who    auth.Socket
	opened time.Duration
	heard  atomic.Int64 // when the client last gave a sign of life; a time.Duration

	mu sync.Mutex
	ws *websocket.Conn // nil until the upgrade is done

	// What is to be written, in whole frames past the library, so that sockets share them and several go at once. The writer exists
	// while writing is true. The library writes one thing itself, the close frame that answers a breach of the protocol; a
	// connection takes writes one after the other.
	out        [][]byte
	waiting    int // frames in out and with the writer
	bytes      int // their size
	answers    int // how many answers were given to the writer since it took frames last
	writing    bool
	writeSince time.Duration // when the writer began its present write
	pinged     time.Duration // when the client was last asked for a sign of life

	closing  bool // nothing is written any more, but for what waits
	readDone bool // the client's frames are read to the end

	// Order, see order.go.
	sub        *subscription // between a subscribe and its answer
	subscribed bool
	ended      bool  // the chat's last frame was given to the writer
	endTimed   bool  // the close after it is due
	filling    bool  // missed items are being read
	tries      uint8 // readings that brought nothing
	seen       int64 // newest number given to the writer, or invisible here
	want       int64 // newest number known to exist
	held       map[int64]arrival
}

// start takes over the connection after the upgrade.
func (c *socket) start(ws *websocket.Conn) {
	ws.SetReadLimit(readLimit)
	ws.SetPingHandler(func(data string) error {
		c.signOfLife()
		c.mu.Lock()
		defer c.mu.Unlock()
		c.answer(wsFrame(websocket.PongMessage, []byte(data)))
		return nil
	})
	ws.SetPongHandler(func(string) error {
		c.signOfLife()
		return nil
	})
	ws.SetCloseHandler(func(code int, _ string) error {
		c.close(code)
		return nil
	})
	c.signOfLife()
	c.mu.Lock()
	c.ws = ws
	c.mu.Unlock()
	go c.read()
}

func (c *socket) signOfLife() { c.heard.Store(int64(c.g.now())) }

// readBuffers are borrowed while a frame is read.
var readBuffers = sync.Pool{New: func() any { return bytes.NewBuffer(make([]byte, 0, bytes.MinRead)) }}

// read reads until the connection fails or is closed. An idle socket costs the stack of this goroutine, so it stays shallow: what
// needs more is done by another while this one waits.
func (c *socket) read() {
	for {
		kind, r, err := c.ws.NextReader()
		if err != nil {
			c.gone(err)
			return
		}
		c.signOfLife()
		if kind == websocket.TextMessage {
			c.readFrame(r)
		}
	}
}

func (c *socket) readFrame(r io.Reader) {
	buf := readBuffers.Get().(*bytes.Buffer)
	buf.Reset()
	defer func() {
		if buf.Cap() <= 4<<10 {
			readBuffers.Put(buf)
		}
	}()
	if _, err := buf.ReadFrom(r); err != nil {
		return // the next read says so again
	}
	switch frame := buf.Bytes(); {
	case bytes.Equal(frame, heartbeat):
		c.reply(heartbeatAnswer)
	case bytes.Equal(frame, ping):
		c.reply(pingAnswer)
	default:
		done := make(chan struct{})
		go func() {
			c.obey(frame)
			close(done)
		}()
		<-done
	}
}

// obey does what a frame asks for. It does not wait for the Backend.
func (c *socket) obey(frame []byte) {
	cmd, ok := readCommand(frame)
	if !ok {
		return
	}
	switch cmd.topic {
	case topicHeartbeat:
		c.reply(heartbeatAnswer)
	case topicPing:
		c.reply(pingAnswer)
	case topicSubscribe:
		c.subscribe(cmd.topics)
	case topicUnsubscribe:
		c.unsubscribe(cmd.topics)
	}
}

// reply answers a heartbeat or a ping: at once, or behind the answer to a subscribe that came before and is not long in coming.
func (c *socket) reply(frame []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.sub == nil || c.sub.late:
		c.answer(frame)
	case len(c.sub.replies) < maxAnswers:
		c.sub.replies = append(c.sub.replies, frame)
	}
}

// answer gives a frame that the client asked for to the writer, unless enough of them wait. The caller holds mu.
func (c *socket) answer(frame []byte) {
	if c.answers < maxAnswers {
		c.answers++
		c.push(frame)
	}
}

// push gives a frame to the writer, or cuts off a client that does not read. The caller holds mu.
func (c *socket) push(frame []byte) {
	if c.closing {
		return
	}
	if c.waiting > 0 && (c.waiting >= maxFrames || c.bytes+len(frame) > maxBytes) {
		c.g.counts.slow.Add(1)
		c.cut()
		return
	}
	c.waiting++
	c.bytes += len(frame)
	if c.writing {
		c.out = append(c.out, frame)
		return
	}
	c.writing = true
	c.writeSince = c.g.now()
	go c.write(frame)
}

// joinBuffers are borrowed to make one write of several frames.
var joinBuffers = sync.Pool{New: func() any { return new([joinBytes]byte) }}

// write writes a frame and what else waits, until nothing does.
func (c *socket) write(frame []byte) {
	conn := c.ws.NetConn()
	batch := [][]byte{frame}
	for {
		size, err := writeAll(conn, batch)
		c.g.counts.frames.Add(int64(len(batch)))
		c.mu.Lock()
		c.waiting -= len(batch)
		c.bytes -= size
		if err != nil {
			c.cut()
		}
		if len(c.out) == 0 {
			c.out = nil
			c.answers = 0
			c.writing = false
			last := c.written()
			c.mu.Unlock()
			if last {
				conn.Close()
			}
			return
		}
		clear(batch)
		batch, c.out = c.out, batch[:0]
		c.answers = 0
		c.writeSince = c.g.now()
		c.mu.Unlock()
	}
}

// writeAll writes frames in as few writes as joinBytes allows, and returns their size. It stops at the first error.
func writeAll(w io.Writer, frames [][]byte) (size int, err error) {
	if len(frames) == 1 {
		_, err = w.Write(frames[0])
		return len(frames[0]), err
	}
	joined := joinBuffers.Get().(*[joinBytes]byte)
	defer joinBuffers.Put(joined)
	b := joined[:0]
	for _, f := range frames {
		size += len(f)
		if len(b)+len(f) > joinBytes && len(b) > 0 && err == nil {
			_, err = w.Write(b)
			b = joined[:0]
		}
		if len(f) > joinBytes && err == nil {
			_, err = w.Write(f)
			continue
		}
		b = append(b, f...)
	}
	if len(b) > 0 && err == nil {
		_, err = w.Write(b)
	}
	return size, err
}

// written says that all there was to write is written: the end of the chat starts the wait for the client's close; the answer to
// the client's close is the last (true). The caller holds mu.
func (c *socket) written() (last bool) {
	if c.ended {
		c.closeSoon()
	}
	return c.closing && c.readDone
}

// closeSoon closes the socket when its client has had time to do so. The caller holds mu.
func (c *socket) closeSoon() {
	if !c.closing && !c.endTimed {
		c.endTimed = true
		time.AfterFunc(endWait, func() { c.close(websocket.CloseNormalClosure) })
	}
}

// close writes a close frame behind what waits, and gives the client a moment to answer it.
func (c *socket) close(code int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing || c.ws == nil {
		return
	}
	c.push(wsFrame(websocket.CloseMessage, websocket.FormatCloseMessage(code, "")))
	if !c.closing {
		c.closing = true
		time.AfterFunc(closeWait, func() { c.ws.Close() })
	}
}

// cut closes the connection without a word. The caller holds mu.
func (c *socket) cut() {
	c.closing = true
	c.out = nil
	go c.ws.Close() // under TLS this may wait
}

// gone ends a socket whose connection cannot be read any more, because of err.
func (c *socket) gone(err error) {
	c.g.remove(c)
	_, closed := errors.AsType[*websocket.CloseError](err)
	c.mu.Lock()
	c.closing, c.readDone = true, true
	c.stopListening()
	answering := closed && c.writing // the writer closes the connection
	c.mu.Unlock()
	if !answering {
		c.ws.Close()
	}
	c.g.counts.open.Add(-1)
	c.g.left()
}
