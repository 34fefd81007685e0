package play

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/smithy-go"
	"github.com/coder/websocket"

	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
)

// settle is how long a run waits for an item that the transcript has to arrive on the socket.
const settle = 10 * time.Second

// customer is the one person of a play, at the other end of a socket.
type customer struct {
	participantToken, connectionToken string
	connected, ended                  bool
	said                              int
	socket                            *websocket.Conn
	seen                              map[string]bool // item ids
}

// connect opens a socket, subscribes and reads what was said before.
func (r *run) connect() error {
	_, client := r.stage.Clients()
	c := r.customer
	out, err := client.CreateParticipantConnection(r.ctx, &participant.CreateParticipantConnectionInput{
		ParticipantToken: &c.participantToken,
		Type:             []ptypes.ConnectionType{ptypes.ConnectionTypeWebsocket, ptypes.ConnectionTypeConnectionCredentials},
	})
	if err != nil {
		return err
	}
	c.connectionToken = *out.ConnectionCredentials.ConnectionToken
	if c.socket, _, err = websocket.Dial(r.ctx, *out.Websocket.Url, nil); err != nil {
		return fmt.Errorf("open the socket: %w", err)
	}
	c.socket.SetReadLimit(1 << 20)
	subscribe := `{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}}`
	if err := c.socket.Write(r.ctx, websocket.MessageText, []byte(subscribe)); err != nil {
		return fmt.Errorf("subscribe: %w", err)
	}
	f, err := r.frame()
	if err == nil && f.Topic != "aws/subscribe" {
		err = fmt.Errorf("the first frame is of topic %q", f.Topic)
	}
	if err != nil {
		return fmt.Errorf("subscribe: %w", err)
	}
	c.connected = true
	return r.transcript(func(it *ptypes.Item) error { r.seeItem(it); return nil })
}

func (r *run) closeSocket() {
	if r.customer != nil && r.customer.socket != nil {
		_ = r.customer.socket.CloseNow()
		r.customer.socket = nil
	}
}

// look reads what the customer can see now: the transcript says what there is, the socket must bring it.
func (r *run) look() error {
	c := r.customer
	if c == nil || !c.connected || c.ended {
		return nil
	}
	err := r.transcript(func(it *ptypes.Item) error { return r.waitFor(*it.Id) })
	if !refused(err) {
		return err
	}
	// The transcript of a chat that is over can not be read: its last items come on the socket.
	for !c.ended {
		if err := r.readItem(); err != nil {
			return fmt.Errorf("chat.ended is not on the socket: %w", err)
		}
	}
	return nil
}

// transcript calls fn for each item, oldest first.
func (r *run) transcript(fn func(*ptypes.Item) error) error {
	_, client := r.stage.Clients()
	in := &participant.GetTranscriptInput{
		ConnectionToken: &r.customer.connectionToken, MaxResults: new(int32(100)),
		ScanDirection: ptypes.ScanDirectionForward, SortOrder: ptypes.SortKeyAscending,
	}
	for {
		out, err := client.GetTranscript(r.ctx, in)
		if err != nil {
			return err
		}
		for i := range out.Transcript {
			if err := fn(&out.Transcript[i]); err != nil {
				return err
			}
		}
		if out.NextToken == nil {
			return nil
		}
		in.NextToken = out.NextToken
	}
}

// waitFor reads the socket until an item has been seen.
func (r *run) waitFor(id string) error {
	for !r.customer.seen[id] {
		if err := r.readItem(); err != nil {
			return fmt.Errorf("item %s is not on the socket: %w", id, err)
		}
	}
	return nil
}

type frame struct {
	Topic   string          `json:"topic"`
	Content json.RawMessage `json:"content"`
}

func (r *run) frame() (f frame, err error) {
	ctx, cancel := context.WithTimeout(r.ctx, settle)
	defer cancel()
	_, b, err := r.customer.socket.Read(ctx)
	if err != nil {
		return f, err
	}
	return f, json.Unmarshal(b, &f)
}

// readItem reads the next item on the socket.
func (r *run) readItem() error {
	f, err := r.frame()
	if err != nil {
		return err
	}
	var content string
	if err := json.Unmarshal(f.Content, &content); err != nil {
		return fmt.Errorf("frame of topic %s: %w", f.Topic, err)
	}
	var it ptypes.Item
	if err := json.Unmarshal([]byte(content), &it); err != nil {
		return err
	}
	if r.customer.seen[*it.Id] {
		return fmt.Errorf("item %s came twice", *it.Id)
	}
	r.seeItem(&it)
	return nil
}

// seeItem notes an item in the words of a play.
func (r *run) seeItem(it *ptypes.Item) {
	c := r.customer
	if c.seen[*it.Id] {
		return
	}
	c.seen[*it.Id] = true
	// Items of a chat never share a millisecond; a play tells time in tenths of a second.
	at, _ := time.Parse(time.RFC3339Nano, *it.AbsoluteTime)
	after := at.Sub(r.start).Truncate(100 * time.Millisecond)
	var what string
	switch it.Type {
	case ptypes.ChatItemTypeMessage:
		what = fmt.Sprintf("%s %q", it.ParticipantRole, *it.Content)
		if *it.ContentType != "text/plain" {
			what += " " + *it.ContentType
		}
	case ptypes.ChatItemTypeEvent:
		what = strings.TrimSpace(fmt.Sprintf("EVENT %s %s",
			strings.TrimPrefix(*it.ContentType, "application/vnd.amazonaws.connect.event."), it.ParticipantRole))
	default:
		what = string(it.Type)
	}
	c.ended = c.ended || what == "EVENT chat.ended"
	r.see(after, "customer", what)
}

// refused reports whether the service answered with an error of its own.
func refused(err error) bool {
	_, ok := errors.AsType[smithy.APIError](err)
	return ok
}

func errorCode(err error) string {
	if e, ok := errors.AsType[smithy.APIError](err); ok {
		return e.ErrorCode()
	}
	return ""
}

// quoted reads `"text" [content type]`.
func quoted(s string) (content, contentType string, err error) {
	q, err := strconv.QuotedPrefix(s)
	if err != nil {
		return "", "", fmt.Errorf(`%s: want "text"`, s)
	}
	if content, err = strconv.Unquote(q); err != nil {
		return "", "", err
	}
	contentType = strings.TrimSpace(s[len(q):])
	if contentType == "" {
		contentType = "text/plain"
	}
	return content, contentType, nil
}

// pairs reads `key=value …`.
func pairs(s string) (map[string]string, error) {
	m := map[string]string{}
	for _, f := range strings.Fields(s) {
		k, v, ok := strings.Cut(f, "=")
		if !ok {
			return nil, fmt.Errorf("%s: want key=value", f)
		}
		m[k] = v
	}
	return m, nil
}
