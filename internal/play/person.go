package play

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/smithy-go"
	"github.com/coder/websocket"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
)

// settle is how long a run waits for an item that the transcript has to arrive on the socket.
const settle = 30 * time.Second

// credentialsLife is how old the credentials of a person are who is refused and connects anew: they are good for a day. Source: participant-wire sheet, 2.
const credentialsLife = 20 * time.Hour

// person is a participant of a play, at the other end of a socket.
type person struct {
	name, id                          string
	participantToken, connectionToken string
	connected, ended                  bool
	said                              int
	heard                             string // id of the newest message of somebody else
	viewToken                         string // of the newest view
	file                              string // id of the newest attachment
	upload                            upload
	since                             time.Time // connected
	socket                            *websocket.Conn
	seen, brought                     map[string]bool // ids of items; brought on the socket
	fleeting                          int             // how many frames came that no transcript keeps
}

// roles are who may join a play beside the customer: "agent", "agent2" and so on.
var roles = map[string]types.ParticipantRole{
	"agent": types.ParticipantRoleAgent, "bot": types.ParticipantRoleCustomBot, "supervisor": types.ParticipantRoleSupervisor,
}

func roleOf(name string) types.ParticipantRole { return roles[strings.TrimRight(name, "0123456789")] }

// enter adds a person to the play, or gives one new tokens.
func (r *run) enter(name, id, participantToken string) {
	p := &person{name: name, id: id, participantToken: participantToken, seen: map[string]bool{}, brought: map[string]bool{}}
	for i, known := range r.people {
		if known.name == name {
			known.close()
			r.people[i] = p
			return
		}
	}
	r.people = append(r.people, p)
}

func (r *run) person(name string) *person {
	for _, p := range r.people {
		if p.name == name {
			return p
		}
	}
	return nil
}

// connect opens a socket, subscribes and reads what was said before.
func (r *run) connect(p *person) error {
	if err := r.settle(); err != nil { // a flow may yet end the chat, and is not to do it half way
		return err
	}
	_, client := r.stage.Clients()
	out, err := client.CreateParticipantConnection(r.ctx, &participant.CreateParticipantConnectionInput{
		ParticipantToken: &p.participantToken,
		Type:             []ptypes.ConnectionType{ptypes.ConnectionTypeWebsocket, ptypes.ConnectionTypeConnectionCredentials},
	})
	if err != nil {
		return err
	}
	p.close()
	p.connectionToken = *out.ConnectionCredentials.ConnectionToken
	if p.socket, _, err = websocket.Dial(r.ctx, *out.Websocket.Url, nil); err != nil {
		return fmt.Errorf("open the socket: %w", err)
	}
	p.socket.SetReadLimit(1 << 20)
	if err := p.write(r.ctx, `{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}}`); err != nil {
		return fmt.Errorf("subscribe: %w", err)
	}
	f, err := r.frame(p)
	if err == nil && f.Topic != "aws/subscribe" {
		err = fmt.Errorf("the first frame is of topic %q", f.Topic)
	}
	if err != nil {
		return fmt.Errorf("subscribe: %w", err)
	}
	p.connected = true
	if p.since, err = r.stage.Now(r.ctx); err != nil {
		return err
	}
	return r.transcript(p, func(it *ptypes.Item) error { r.seeItem(p, it); return nil })
}

func (p *person) write(ctx context.Context, frame string) error {
	return p.socket.Write(ctx, websocket.MessageText, []byte(frame))
}

func (p *person) close() {
	if p.socket != nil {
		_ = p.socket.CloseNow()
		p.socket = nil
	}
}

func (r *run) closeSockets() {
	for _, p := range r.people {
		p.close()
	}
}

// look reads what everybody can see now.
func (r *run) look() error {
	if r.Asks {
		if err := r.settle(); err != nil {
			return err
		}
	}
	for _, p := range r.people {
		if p.connected && !p.ended {
			if err := r.lookAs(p); err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
		}
	}
	return r.lookOutside()
}

// lookAs reads what one person can see: the transcript says what there is, the socket must bring it, and what is not kept as well.
func (r *run) lookAs(p *person) error {
	see := func(it *ptypes.Item) error { return r.waitFor(p, *it.Id) }
	err := r.transcript(p, see)
	if refused(err) && !p.ended {
		now, wrong := r.stage.Now(r.ctx)
		if wrong != nil {
			return wrong
		}
		if now.Sub(p.since) >= credentialsLife && r.connect(p) == nil {
			err = r.transcript(p, see)
		}
	}
	if err == nil && !p.ended {
		return r.echo(p)
	}
	if !refused(err) {
		return err
	}
	// The transcript of a chat that is over can not be read: its last items come on the socket.
	for !p.ended {
		if err := r.readItem(p); err != nil {
			return fmt.Errorf("the end is not on the socket: %w", err)
		}
	}
	return nil
}

// echo reads the socket up to the answer to a ping: what was told before has come.
func (r *run) echo(p *person) error {
	if err := p.write(r.ctx, `{"topic":"aws/ping"}`); err != nil {
		return err
	}
	for {
		f, err := r.frame(p)
		if err != nil || f.Topic == "aws/ping" {
			return err
		}
		if err := r.take(p, f); err != nil {
			return err
		}
	}
}

// transcript calls fn for each item, oldest first.
func (r *run) transcript(p *person, fn func(*ptypes.Item) error) error {
	_, client := r.stage.Clients()
	in := &participant.GetTranscriptInput{
		ConnectionToken: &p.connectionToken, MaxResults: new(int32(100)),
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

// lookBack reads what was said before the chat, the newest first.
func (r *run) lookBack(p *person, size int32) error {
	_, client := r.stage.Clients()
	in := &participant.GetTranscriptInput{
		ConnectionToken: &p.connectionToken, MaxResults: &size, ScanDirection: ptypes.ScanDirectionBackward,
	}
	for {
		out, err := client.GetTranscript(r.ctx, in)
		if err != nil {
			return err
		}
		for i := range out.Transcript {
			if it := &out.Transcript[i]; it.RelatedContactId != nil {
				if p.seen[*it.Id] {
					return fmt.Errorf("item %s came twice", *it.Id)
				}
				r.seeItem(p, it)
			}
		}
		if out.NextToken == nil {
			return nil
		}
		in.NextToken = out.NextToken
	}
}

// waitFor reads the socket until an item has been seen.
func (r *run) waitFor(p *person, id string) error {
	for !p.seen[id] {
		if err := r.readItem(p); err != nil {
			return fmt.Errorf("item %s is not on the socket: %w", id, err)
		}
	}
	return nil
}

type frame struct {
	Topic   string          `json:"topic"`
	Content json.RawMessage `json:"content"`
}

func (r *run) frame(p *person) (f frame, err error) {
	ctx, cancel := context.WithTimeout(r.ctx, settle)
	defer cancel()
	_, b, err := p.socket.Read(ctx)
	if err != nil {
		return f, err
	}
	return f, json.Unmarshal(b, &f)
}

// readItem reads the next item on the socket.
func (r *run) readItem(p *person) error {
	f, err := r.frame(p)
	if err != nil {
		return err
	}
	return r.take(p, f)
}

// fleeting reports whether an item is told once and not kept.
func fleeting(it *ptypes.Item) bool {
	return it.Type == "MESSAGEMETADATA" || value(it.ContentType) == eventPrefix+"typing"
}

// sendFleeting sends an event that no transcript keeps and waits until everybody has heard of it, as nothing else tells that it is on its
// way. Nobody hears of a supervisor.
func (r *run) sendFleeting(p *person, event string, content *string) error {
	before := map[*person]int{}
	for _, other := range r.people {
		before[other] = other.fleeting
	}
	_, client := r.stage.Clients()
	if _, err := client.SendEvent(r.ctx, &participant.SendEventInput{
		ConnectionToken: &p.connectionToken, ContentType: new(eventPrefix + event), Content: content,
	}); err != nil || roleOf(p.name) == types.ParticipantRoleSupervisor {
		return err
	}
	for _, other := range r.people {
		for other.connected && !other.ended && other.fleeting == before[other] {
			if err := r.readItem(other); err != nil {
				return fmt.Errorf("%s does not hear of %s: %w", other.name, event, err)
			}
		}
	}
	return nil
}

// take notes the item in a frame.
func (r *run) take(p *person, f frame) error {
	var content string
	if err := json.Unmarshal(f.Content, &content); err != nil {
		return fmt.Errorf("frame of topic %s: %w", f.Topic, err)
	}
	var it ptypes.Item
	if err := json.Unmarshal([]byte(content), &it); err != nil {
		return err
	}
	if fleeting(&it) {
		p.fleeting++
	}
	if it.Type != "MESSAGEMETADATA" {
		if p.brought[*it.Id] {
			return fmt.Errorf("item %s came twice", *it.Id)
		}
		p.brought[*it.Id] = true
	}
	r.seeItem(p, &it)
	return nil
}

const (
	eventPrefix         = "application/vnd.amazonaws.connect.event."
	interactive         = "application/vnd.amazonaws.connect.message.interactive"
	interactiveResponse = interactive + ".response"
)

// shown is the content of a message that shows a view.
type shown struct {
	Data struct {
		Content struct {
			ViewID    string          `json:"viewId"`
			ViewToken string          `json:"viewToken"`
			ViewData  json.RawMessage `json:"viewData"`
		} `json:"content"`
	} `json:"data"`
}

func viewIn(it *ptypes.Item) (s shown, ok bool) {
	ok = it.Type == ptypes.ChatItemTypeMessage && value(it.ContentType) == interactive && json.Unmarshal([]byte(*it.Content), &s) == nil
	return s, ok && s.Data.Content.ViewToken != ""
}

// seeItem notes an item in the words of a play.
func (r *run) seeItem(p *person, it *ptypes.Item) {
	if r.SeenBy != "" && fleeting(it) {
		return
	}
	if it.Type == "MESSAGEMETADATA" {
		r.see(r.after(it), p.name, "RECEIPT "+r.receipts(it.MessageMetadata))
		return
	}
	if p.seen[*it.Id] {
		return
	}
	p.seen[*it.Id] = true
	switch it.Type {
	case ptypes.ChatItemTypeMessage:
		if value(it.ParticipantId) != p.id {
			p.heard = *it.Id
		}
		if view, ok := viewIn(it); ok {
			p.viewToken = view.Data.Content.ViewToken
		}
	case ptypes.ChatItemTypeAttachment:
		p.file = *it.Attachments[0].AttachmentId
	case ptypes.ChatItemTypeEvent:
		event := strings.TrimPrefix(*it.ContentType, eventPrefix)
		left := event == "participant.left" && value(it.ParticipantId) == p.id && p.name != "customer"
		p.ended = p.ended || it.RelatedContactId == nil && (event == "chat.ended" || left)
	}
	what := Words(it, r.Views)
	if it.RelatedContactId != nil {
		what = "PAST " + r.contact(it.RelatedContactId) + " " + what
	} else if at := written(it); at.After(r.newest) && it.ContactId != nil {
		r.newest = at
		r.enterContact(*it.ContactId)
	}
	r.see(r.after(it), p.name, what)
	if r.Item != nil {
		r.Item(p.name, r.after(it), it)
	}
}

// Words say what an item is, as a play does: `SYSTEM "Hello"`, `EVENT chat.ended`. views are names of views by id.
func Words(it *ptypes.Item, views map[string]string) string {
	switch it.Type {
	case ptypes.ChatItemTypeMessage:
		if view, ok := viewIn(it); ok { // its token differs from run to run
			id := view.Data.Content.ViewID
			return fmt.Sprintf("%s VIEW %s %s", it.ParticipantRole, Word(cmp.Or(views[id], id)), view.Data.Content.ViewData)
		}
		what := fmt.Sprintf("%s %q", it.ParticipantRole, *it.Content)
		switch *it.ContentType {
		case "text/plain":
		case interactiveResponse:
			what += " RESPONSE"
		default:
			what += " " + *it.ContentType
		}
		return what
	case ptypes.ChatItemTypeEvent:
		return strings.TrimSpace(fmt.Sprintf("EVENT %s %s", strings.TrimPrefix(*it.ContentType, eventPrefix), it.ParticipantRole))
	case ptypes.ChatItemTypeAttachment:
		return fmt.Sprintf("%s ATTACHMENT %q %s", it.ParticipantRole, *it.Attachments[0].AttachmentName, it.Attachments[0].Status)
	}
	return string(it.Type)
}

func written(it *ptypes.Item) time.Time {
	at, _ := time.Parse(time.RFC3339Nano, *it.AbsoluteTime)
	return at
}

// after is when an item was written. Items of a chat never share a millisecond; a play tells time in tenths of a second.
func (r *run) after(it *ptypes.Item) time.Duration {
	return written(it).Sub(r.start).Truncate(100 * time.Millisecond)
}

// receipts tells who received or read a message.
func (r *run) receipts(m *ptypes.MessageMetadata) string {
	var words []string
	for _, receipt := range m.Receipts {
		who := "somebody"
		for _, p := range r.people {
			if p.id == *receipt.RecipientParticipantId {
				who = p.name
			}
		}
		what := "delivered"
		if receipt.ReadTimestamp != nil {
			what = "read"
		}
		words = append(words, what+" "+who)
	}
	return strings.Join(words, ", ")
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
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
	return pairsOf(s, func(v string) (string, error) { return v, nil })
}

// pairsOf reads `key=value …`; what a value that is not quoted means, plain says.
func pairsOf(s string, plain func(string) (string, error)) (map[string]string, error) {
	m := map[string]string{}
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		k, value, ok := strings.Cut(s, "=")
		if !ok || strings.Contains(k, " ") {
			return nil, fmt.Errorf("%s: want key=value", strings.Fields(s)[0])
		}
		v, rest, err := word(value)
		if err == nil && !strings.HasPrefix(value, `"`) {
			v, err = plain(v)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k, err)
		}
		m[k], s = v, rest
	}
	return m, nil
}

// word reads a word: all to the next blank, or a text in quotes.
func word(s string) (w, rest string, err error) {
	if !strings.HasPrefix(s, `"`) {
		w, rest, _ = strings.Cut(s, " ")
		return w, rest, nil
	}
	q, err := strconv.QuotedPrefix(s)
	if err != nil {
		return "", "", fmt.Errorf("%s: the text has no end", s)
	}
	w, err = strconv.Unquote(q)
	return w, strings.TrimSpace(s[len(q):]), err
}

// Word writes a name or a value as a line has it: in quotes where it would be taken for something else.
func Word(s string) string {
	if s == "" || strings.ContainsAny(s, " \"#") || strconv.Quote(s) != `"`+s+`"` {
		return strconv.Quote(s)
	}
	return s
}
