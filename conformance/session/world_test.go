// Package session drives a running `parley dev` with the official Go modules, the AWS CLI and requests as other clients send them.
package session

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	awsv1 "github.com/aws/aws-sdk-go/aws"
	credentialsv1 "github.com/aws/aws-sdk-go/aws/credentials"
	sessionv1 "github.com/aws/aws-sdk-go/aws/session"
	"github.com/aws/aws-sdk-go/service/connectparticipant"
	"github.com/coder/websocket"

	"github.com/openparley/parley/conformance/harness"
)

// twoWords is a flow that says two things and then waits.
const twoWords = `{"Version":"2019-10-30","StartAction":"one","Actions":[
{"Identifier":"one","Type":"MessageParticipant","Parameters":{"Text":"One"},"Transitions":{"NextAction":"two","Errors":[{"NextAction":"two","ErrorType":"NoMatchingError"}]}},
{"Identifier":"two","Type":"MessageParticipant","Parameters":{"Text":"Two"},"Transitions":{"NextAction":"wait","Errors":[{"NextAction":"wait","ErrorType":"NoMatchingError"}]}},
{"Identifier":"wait","Type":"Wait","Parameters":{"TimeLimitSeconds":"86400"},"Transitions":{"NextAction":"end","Conditions":[{"NextAction":"end","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}}],"Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

// world is a server with a flow that says two things, and the official clients.
type world struct {
	*harness.Server
	connect     *connect.Client
	participant *connectparticipant.ConnectParticipant
	flow        string
}

func newWorld(t *testing.T, args ...string) *world {
	t.Helper()
	t.Parallel()
	w := worldOn(t, harness.Dev(t, args...))
	out, err := w.connect.CreateContactFlow(t.Context(), &connect.CreateContactFlowInput{
		InstanceId: &w.InstanceId, Name: aws.String("two words"), Type: types.ContactFlowTypeContactFlow, Content: aws.String(twoWords),
	})
	if err != nil {
		t.Fatal(err)
	}
	w.flow = *out.ContactFlowId
	return w
}

func worldOn(t *testing.T, s *harness.Server) *world {
	t.Helper()
	w := &world{Server: s}
	w.connect = connect.New(connect.Options{
		Region: s.Region, BaseEndpoint: &s.Endpoint, Credentials: w.keys(),
	})
	v1, err := sessionv1.NewSession(&awsv1.Config{HTTPClient: &http.Client{Transport: &http.Transport{}}}) // it changes the transport it gets
	if err != nil {
		t.Fatal(err)
	}
	w.participant = connectparticipant.New(v1, &awsv1.Config{
		Region: &s.Region, Endpoint: &s.Endpoint, Credentials: credentialsv1.AnonymousCredentials, MaxRetries: awsv1.Int(0),
	})
	return w
}

func (w *world) keys() aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: w.AccessKeyId, SecretAccessKey: w.SecretAccessKey}, nil
	})
}

// once is a client that repeats nothing.
func (w *world) once() *connect.Client {
	o := w.connect.Options()
	o.Retryer = aws.NopRetryer{}
	return connect.New(o)
}

func (w *world) input() *connect.StartChatContactInput {
	return &connect.StartChatContactInput{
		InstanceId: &w.InstanceId, ContactFlowId: &w.flow, ParticipantDetails: &types.ParticipantDetails{DisplayName: aws.String("Ana")},
	}
}

// chat is a started chat, seen by its customer.
type chat struct {
	w                            *world
	contact, participant, bearer string // bearer is the participant token
	token, url                   string // of the first connection
}

func (w *world) start(t *testing.T, with ...func(*connect.StartChatContactInput)) *chat {
	t.Helper()
	in := w.input()
	for _, set := range with {
		set(in)
	}
	out, err := w.connect.StartChatContact(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return &chat{w: w, contact: *out.ContactId, participant: *out.ParticipantId, bearer: *out.ParticipantToken}
}

// connected is a started chat with a connection token and a WebSocket URL.
func (w *world) connected(t *testing.T, with ...func(*connect.StartChatContactInput)) *chat {
	t.Helper()
	c := w.start(t, with...)
	c.token, c.url = c.connection(t)
	return c
}

func (c *chat) connection(t *testing.T) (token, url string) {
	t.Helper()
	out, err := c.w.participant.CreateParticipantConnection(&connectparticipant.CreateParticipantConnectionInput{
		ParticipantToken: &c.bearer, Type: awsv1.StringSlice([]string{"WEBSOCKET", "CONNECTION_CREDENTIALS"}),
	})
	if err != nil {
		t.Fatal(err)
	}
	return *out.ConnectionCredentials.ConnectionToken, *out.Websocket.Url
}

func (c *chat) say(t *testing.T, text string) (id string) {
	t.Helper()
	out, err := c.w.participant.SendMessage(&connectparticipant.SendMessageInput{
		ConnectionToken: &c.token, ContentType: aws.String("text/plain"), Content: &text,
	})
	if err != nil {
		t.Fatalf("say %q: %v", text, err)
	}
	return *out.Id
}

// transcript is all of it, oldest first.
func (c *chat) transcript(t *testing.T) []*connectparticipant.Item {
	t.Helper()
	var items []*connectparticipant.Item
	in := &connectparticipant.GetTranscriptInput{
		ConnectionToken: &c.token, MaxResults: aws.Int64(100), ScanDirection: aws.String("FORWARD"), SortOrder: aws.String("ASCENDING"),
	}
	for {
		out, err := c.w.participant.GetTranscript(in)
		if err != nil {
			t.Fatal(err)
		}
		items = append(items, out.Transcript...)
		if out.NextToken == nil {
			return items
		}
		in.NextToken = out.NextToken
	}
}

// answer is an HTTP answer, read.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// member is a member of a JSON body as text, "" when there is none.
func (a answer) member(name string) string {
	var members map[string]any
	if err := json.Unmarshal(a.body, &members); err != nil || members[name] == nil {
		return ""
	}
	return fmt.Sprint(members[name])
}

func (a answer) String() string { return fmt.Sprintf("%d %v %s", a.status, a.header, a.body) }

func do(t *testing.T, req *http.Request) answer {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, body}
}

// post sends a participant operation by hand. Header is name, value, name, value.
func (w *world) post(t *testing.T, path, bearer, body string, header ...string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "POST", w.Endpoint+"/participant/"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if bearer != "" {
		req.Header.Set("X-Amz-Bearer", bearer)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return do(t, req)
}

// socket is an open WebSocket.
type socket struct {
	t *testing.T
	c *websocket.Conn
}

// open opens a URL and subscribes to nothing yet.
func open(t *testing.T, url string) *socket {
	t.Helper()
	c, _, err := websocket.Dial(t.Context(), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.CloseNow() })
	return &socket{t, c}
}

// listen opens a URL and subscribes.
func listen(t *testing.T, url string) *socket {
	t.Helper()
	s := open(t, url)
	s.send(`{"topic":"aws/subscribe","content":{"topics":["aws/chat"]}}`)
	if f := s.frame(); f.topic != "aws/subscribe" || !strings.Contains(f.content, `"success"`) {
		t.Fatalf("subscribe is answered with %+v", f)
	}
	return s
}

func (s *socket) send(text string) {
	s.t.Helper()
	if err := s.c.Write(s.t.Context(), websocket.MessageText, []byte(text)); err != nil {
		s.t.Fatal(err)
	}
}

type frame struct {
	topic, content string // content of any other kind than text is left as JSON
	text           bool
	raw            string
}

// read returns the next frame, or false when none comes in time.
func (s *socket) read(patience time.Duration) (frame, bool) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	_, text, err := s.c.Read(ctx)
	if err != nil {
		if ctx.Err() == nil {
			s.t.Fatalf("read a frame: %v", err)
		}
		return frame{}, false
	}
	var f struct {
		Topic   string
		Content json.RawMessage
	}
	if err := json.Unmarshal(text, &f); err != nil {
		s.t.Fatalf("frame %s: %v", text, err)
	}
	got := frame{topic: f.Topic, content: string(f.Content), raw: string(text)}
	got.text = json.Unmarshal(f.Content, &got.content) == nil
	return got, true
}

func (s *socket) frame() frame {
	s.t.Helper()
	f, ok := s.read(time.Minute)
	if !ok {
		s.t.Fatal("no frame came in a minute")
	}
	return f
}

// item is the next chat item.
func (s *socket) item() item {
	s.t.Helper()
	for {
		if f := s.frame(); f.topic == "aws/chat" {
			return parseItem(s.t, f.content)
		}
	}
}

// until reads items until one has that content or content type.
func (s *socket) until(what string) item {
	s.t.Helper()
	for {
		if it := s.item(); it.Content == what || strings.HasSuffix(it.ContentType, what) {
			return it
		}
	}
}

type item struct {
	AbsoluteTime, Content, ContentType, Id, Type, ParticipantId, DisplayName, ParticipantRole, InitialContactId, ContactId string
	MessageMetadata                                                                                                        *struct {
		MessageId string
		Receipts  []struct{ DeliveredTimestamp, ReadTimestamp, RecipientParticipantId string }
	}
}

func parseItem(t *testing.T, text string) item {
	t.Helper()
	var it item
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	if err := d.Decode(&it); err != nil {
		t.Fatalf("item %s: %v", text, err)
	}
	return it
}

const (
	eventPrefix = "application/vnd.amazonaws.connect.event."
	typing      = eventPrefix + "typing"
	delivered   = eventPrefix + "message.delivered"
	seen        = eventPrefix + "message.read"
)
