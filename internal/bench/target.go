package bench

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
)

// target is the server under load, with what a chat needs there.
type target struct {
	o         Options
	base      *url.URL
	connect   *connect.Client
	keys      aws.Credentials
	instance  string
	flow      string
	ownFlow   bool
	ownServer bool         // it ends with the run, with all that was started on it
	chats     atomic.Int64 // that were numbered
	run       string       // eight characters that tell this run's client tokens from others
}

// benchFlow greets and then waits for hours, so that chats stay up whatever is said.
const benchFlow = `{"Version":"2019-10-30","StartAction":"greet","Actions":[
{"Identifier":"greet","Type":"MessageParticipant","Parameters":{"Text":"Hello"},"Transitions":{"NextAction":"wait","Errors":[{"NextAction":"wait","ErrorType":"NoMatchingError"}]}},
{"Identifier":"wait","Type":"Wait","Parameters":{"TimeLimitSeconds":"86400"},"Transitions":{"NextAction":"end","Conditions":[{"NextAction":"end","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}}],"Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

func newTarget(ctx context.Context, o Options) (*target, error) {
	base, err := url.Parse(strings.TrimSuffix(o.Endpoint, "/"))
	if err != nil {
		return nil, err
	}
	t := &target{
		o: o, base: base, instance: o.InstanceID, flow: o.FlowID, run: strings.ToLower(rand.Text()[:8]),
		keys: aws.Credentials{AccessKeyID: o.AccessKeyID, SecretAccessKey: o.SecretKey},
	}
	t.connect = connect.New(connect.Options{
		BaseEndpoint: &o.Endpoint, Region: o.Region,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return t.keys, nil }),
		Retryer:     aws.NopRetryer{}, // what is refused counts
	})
	if t.instance == "" {
		out, err := t.connect.ListInstances(ctx, &connect.ListInstancesInput{})
		if err != nil {
			return nil, err
		}
		if len(out.InstanceSummaryList) == 0 {
			return nil, errors.New("the server has no instance")
		}
		t.instance = *out.InstanceSummaryList[0].Id
	}
	if t.flow == "" {
		out, err := t.connect.CreateContactFlow(ctx, &connect.CreateContactFlowInput{
			InstanceId: &t.instance, Name: new("parley bench " + t.run), Type: types.ContactFlowTypeContactFlow, Content: new(benchFlow),
		})
		if err != nil {
			return nil, err
		}
		t.flow, t.ownFlow = *out.ContactFlowId, true
	}
	return t, nil
}

// close deletes the flow that newTarget made.
func (t *target) close() {
	if t.ownFlow {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_, err := t.connect.DeleteContactFlow(ctx, &connect.DeleteContactFlowInput{InstanceId: &t.instance, ContactFlowId: &t.flow})
		if err != nil {
			fmt.Fprintln(t.o.Progress, "the flow of the run is still there:", err)
		}
	}
}

func (t *target) conn() *conn { return &conn{u: t.base} }

// chat is a started chat of ours.
type chat struct {
	number     int
	id         string
	token      string // participant token
	connection string // connection token
	socketURL  string
}

// start begins chat number n with a signed request.
func (t *target) start(ctx context.Context, c *conn, n int) (*chat, error) {
	body := []byte(`{"ClientToken":"bench-` + t.run + `-` + strconv.Itoa(n) + `","ContactFlowId":"` + t.flow + `","InstanceId":"` + t.instance +
		`","ParticipantDetails":{"DisplayName":"Customer"}}`)
	u := *t.base
	u.Path += "/contact/chat"
	hash := sha256.Sum256(body)
	req := (&http.Request{
		Method: "PUT", URL: &u, Host: u.Host, ContentLength: int64(len(body)),
		Header: http.Header{"Content-Type": {"application/json"}},
	}).WithContext(ctx)
	if err := signer.SignHTTP(ctx, t.keys, req, hex.EncodeToString(hash[:]), "connect", t.o.Region, time.Now()); err != nil {
		return nil, err
	}
	head := make([]byte, 0, 1024)
	head = append(head, "PUT "+u.RequestURI()+" HTTP/1.1\r\nHost: "+u.Host+"\r\nContent-Length: "+strconv.Itoa(len(body))+"\r\n"...)
	for name, values := range req.Header {
		head = append(head, name+": "+values[0]+"\r\n"...)
	}
	status, answer, err := c.do(append(append(head, "\r\n"...), body...))
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK {
		return nil, refused(status, answer)
	}
	var out struct{ ContactId, ParticipantToken string }
	if err := json.Unmarshal(answer, &out); err != nil {
		return nil, err
	}
	return &chat{number: n, id: out.ContactId, token: out.ParticipantToken}, nil
}

var signer = v4.NewSigner()

// participant sends a participant operation.
func (t *target) participant(c *conn, path, bearer, body string) ([]byte, error) {
	status, answer, err := c.do(t.request(path, bearer, body))
	if err == nil && status != http.StatusOK {
		err = refused(status, answer)
	}
	return answer, err
}

func (t *target) request(path, bearer, body string) []byte {
	return []byte("POST " + t.base.EscapedPath() + path + " HTTP/1.1\r\nHost: " + t.base.Host + "\r\nX-Amz-Bearer: " + bearer +
		"\r\nContent-Type: application/json\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body)
}

// connectChat gets the connection token and WebSocket URL of a chat.
func (t *target) connectChat(c *conn, ch *chat) error {
	answer, err := t.participant(c, "/participant/connection", ch.token, `{"Type":["WEBSOCKET","CONNECTION_CREDENTIALS"]}`)
	if err != nil {
		return err
	}
	var out struct {
		ConnectionCredentials struct{ ConnectionToken string }
		Websocket             struct{ Url string }
	}
	if err := json.Unmarshal(answer, &out); err != nil {
		return err
	}
	ch.connection, ch.socketURL = out.ConnectionCredentials.ConnectionToken, out.Websocket.Url
	u, err := url.Parse(ch.socketURL)
	if err != nil {
		return err
	}
	return t.o.allowed(u.Hostname())
}

// stop ends chats, so that a server that goes on has nothing left of the run.
func (t *target) stop(chats []*chat) {
	each(context.Background(), len(chats), 16, func(ctx context.Context, i int, c *conn) error {
		_, err := t.connect.StopContact(ctx, &connect.StopContactInput{InstanceId: &t.instance, ContactId: &chats[i].id})
		return err
	}, t.conn)
}

// each does n things with so many workers, each with a connection of its own, until the first error.
func each(ctx context.Context, n, workers int, do func(ctx context.Context, i int, c *conn) error, connect func() *conn) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(workers, n) {
		wg.Go(func() {
			c := connect()
			defer c.close()
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if err := do(ctx, i, c); err != nil {
					cancel(err)
				}
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// usage is what /metrics tells of the server's process; zero when it tells nothing.
type usage struct {
	cpu      float64 // seconds
	resident float64 // bytes
}

func (t *target) usage(ctx context.Context) (u usage) {
	req, err := http.NewRequestWithContext(ctx, "GET", t.o.Endpoint+"/metrics", nil)
	if err != nil {
		return u
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return u
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 4<<20))
	if err != nil || resp.StatusCode != http.StatusOK {
		return u
	}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), " ")
		switch name {
		case "process_cpu_seconds_total":
			u.cpu, _ = strconv.ParseFloat(value, 64)
		case "process_resident_memory_bytes":
			u.resident, _ = strconv.ParseFloat(value, 64)
		}
	}
	return u
}
