package shape

import (
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	awsv1 "github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/awserr"
	credentialsv1 "github.com/aws/aws-sdk-go/aws/credentials"
	"github.com/aws/aws-sdk-go/aws/request"
	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/aws/aws-sdk-go/service/connectparticipant"
	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/participant"
	"github.com/openparley/parley/api/wire"
)

// The official v2 module of the Participant Service is not to be had everywhere; v1 is, with the model of 2025.

// newer are members that the model got after v1's end, and some that only the WebSocket has.
var newer = []string{
	"CreateParticipantConnectionOutput.WebRTCConnection",
	"GetAttachmentInput.UrlExpiryInSeconds",
	"GetAttachmentOutput.AttachmentSizeInBytes",
	"SendMessageOutput.MessageMetadata",
	"Item.InitialContactId",
	"MessageMetadata.ChunkNumber",
	"MessageMetadata.MessageCompleted",
	"MessageMetadata.MessageProcessingStatus",
}

type roundTripper struct{ recorder }

func (r *roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return r.Do(req) }

func sdkV1(t *testing.T) (*connectparticipant.ConnectParticipant, *roundTripper) {
	t.Helper()
	r := &roundTripper{recorder{status: 200, header: http.Header{}, answer: []byte("{}")}}
	s, err := session.NewSession(&awsv1.Config{HTTPClient: &http.Client{Transport: &http.Transport{}}}) // it changes the transport it gets
	if err != nil {
		t.Fatal(err)
	}
	return connectparticipant.New(s, &awsv1.Config{
		Region: awsv1.String("us-east-1"), Endpoint: awsv1.String("http://parley.invalid"), MaxRetries: awsv1.Int(0),
		Credentials: credentialsv1.AnonymousCredentials, HTTPClient: &http.Client{Transport: r},
	}), r
}

func TestParticipantOperations(t *testing.T) {
	compareV1(t, participant.CreateParticipantConnection)
	compareV1(t, participant.SendMessage)
	compareV1(t, participant.SendEvent)
	compareV1(t, participant.GetTranscript)
	compareV1(t, participant.DisconnectParticipant)
	compareV1(t, participant.StartAttachmentUpload)
	compareV1(t, participant.CompleteAttachmentUpload)
	compareV1(t, participant.GetAttachment)
	compareV1(t, participant.DescribeView)
}

// TestKnownParticipantOperations compares method and path of every operation that v1 has.
func TestKnownParticipantOperations(t *testing.T) {
	client, sent := sdkV1(t)
	ours := map[string]wire.Route{}
	for _, r := range participant.Service.Known {
		ours[r.Name] = r
	}
	if len(ours) != 11 {
		t.Errorf("%d operations are known, want 11", len(ours))
	}
	count := 0
	for m := range reflect.TypeOf(client).Methods() {
		if m.Type.NumIn() != 2 || m.Type.NumOut() != 2 || m.Type.Out(1) != reflect.TypeFor[error]() {
			continue
		}
		count++
		in := reflect.New(m.Type.In(1).Elem())
		fill(in, "", 0)
		m.Func.Call([]reflect.Value{reflect.ValueOf(client), in})
		route := ours[m.Name]
		if sent.req.Method != route.Method || sent.req.URL.EscapedPath() != expand(t, route.Path, in.Elem()) {
			t.Errorf("%s is %s %s, official %s %s", m.Name, route.Method, route.Path, sent.req.Method, sent.req.URL)
		}
	}
	if count != 9 {
		t.Errorf("v1 has %d operations, want 9", count)
	}
}

func compareV1[In, Out any](t *testing.T, op *wire.Operation[In, Out]) {
	t.Run(op.Name, func(t *testing.T) {
		client, sent := sdkV1(t)
		method := reflect.ValueOf(client).MethodByName(op.Name)
		theirIn, theirOut := method.Type().In(0).Elem(), method.Type().Out(0).Elem()
		sameMembers(t, reflect.TypeFor[In](), theirIn)
		sameMembers(t, reflect.TypeFor[Out](), theirOut)

		// What both clients require.
		empty := reflect.New(theirIn)
		var want []string
		if err, ok := empty.MethodByName("Validate").Call(nil)[0].Interface().(request.ErrInvalidParams); ok {
			for _, m := range paramName.FindAllStringSubmatch(err.Error(), -1) {
				want = append(want, m[1])
			}
		}
		base, _ := url.Parse("http://parley.invalid")
		_, _, _, _, err := op.EncodeRequest(base, new(In))
		var got []string
		if err != nil {
			_, list, _ := strings.Cut(err.Error(), ": ")
			got = strings.Split(list, ", ")
		}
		if f, ok := theirIn.FieldByName("ClientToken"); ok && f.Tag.Get("idempotencyToken") != "" && slices.Contains(got, f.Name) {
			want = append(want, f.Name) // v1 makes one up
		}
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("required members differ (-official +ours):\n%s", diff)
		}

		// What v1 sends, our server reads; what our server answers, v1 reads.
		in := reflect.New(theirIn)
		fill(in, "", 0)
		enums(in)
		out := reflect.New(reflect.TypeFor[Out]())
		fill(out, "", 0)
		sent.answer = op.EncodeResponse(nil, out.Interface().(*Out))
		results := method.Call([]reflect.Value{in})
		if err, _ := results[1].Interface().(error); err != nil {
			t.Fatal(err)
		}
		var router wire.Router[string]
		router.Handle(op.Route(), op.Name)
		_, _, labels, found := router.Match(sent.req.Method, sent.req.URL.EscapedPath())
		if found != wire.Found {
			t.Fatalf("%s %s is not found", sent.req.Method, sent.req.URL)
		}
		read, err := op.DecodeRequest(&wire.Request{
			Method: sent.req.Method, RawPath: sent.req.URL.EscapedPath(), Header: sent.req.Header, Labels: labels, Body: sent.body,
		})
		if err != nil {
			t.Fatalf("our server reads %s: %v", sent.body, err)
		}
		if diff := cmp.Diff(plain(in), plain(reflect.ValueOf(read))); diff != "" {
			t.Errorf("our server reads another input (-official +ours):\n%s", diff)
		}
		known := plain(out)
		forget(reflect.TypeFor[Out]().Name(), known)
		if diff := cmp.Diff(known, plain(results[0])); diff != "" {
			t.Errorf("v1 reads another output (-ours +official):\n%s", diff)
		}

		// Errors.
		for _, e := range op.Errors {
			sent.header = http.Header{"X-Amzn-Errortype": {e.ErrorCode()}}
			v := reflect.New(reflect.TypeOf(e).Elem())
			fill(v, "", 0)
			sent.answer, sent.status, _ = wire.AppendError(nil, v.Interface().(wire.Exception))
			err, _ := method.Call([]reflect.Value{in})[1].Interface().(error)
			coded, ok := err.(awserr.RequestFailure)
			if !ok || coded.Code() != e.ErrorCode() || coded.StatusCode() != e.HTTPStatus() || coded.Message() != "L-Message" ||
				reflect.TypeOf(coded).Elem().Name() != e.ErrorCode() {
				t.Errorf("v1 reads %s as %v", e.ErrorCode(), err)
			}
		}
	})
}

// enums gives the members that v1 knows as plain strings a value that they may have.
func enums(in reflect.Value) {
	for name, value := range map[string]string{"ScanDirection": "FORWARD", "SortOrder": "ASCENDING"} {
		if f := in.Elem().FieldByName(name); f.IsValid() {
			f.Set(reflect.ValueOf(&value))
		}
	}
	if f := in.Elem().FieldByName("Type"); f.IsValid() {
		f.Set(reflect.ValueOf(awsv1.StringSlice([]string{"WEBSOCKET", "CONNECTION_CREDENTIALS"})))
	}
}

// sameMembers compares the members of two structures and of those below them.
func sameMembers(t *testing.T, ours, theirs reflect.Type) {
	t.Helper()
	for ours.Kind() == reflect.Pointer || ours.Kind() == reflect.Slice {
		ours = ours.Elem()
	}
	for theirs.Kind() == reflect.Pointer || theirs.Kind() == reflect.Slice {
		theirs = theirs.Elem()
	}
	if ours.Kind() != reflect.Struct || theirs.Kind() != reflect.Struct {
		return
	}
	for i := range theirs.NumField() {
		f := theirs.Field(i)
		if !f.IsExported() {
			continue
		}
		mine, ok := ours.FieldByName(f.Name)
		if !ok {
			t.Errorf("%v lacks %s", ours, f.Name)
			continue
		}
		sameMembers(t, mine.Type, f.Type)
	}
	for i := range ours.NumField() {
		name := ours.Field(i).Name
		if _, ok := theirs.FieldByName(name); !ok && name != "ResultMetadata" && !slices.Contains(newer, ours.Name()+"."+name) {
			t.Errorf("%v has %s, v1 has not", ours, name)
		}
	}
}

// forget takes the members that v1 cannot know out of a plain output.
func forget(name string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for member, value := range v {
			parent := name
			switch name {
			case "Transcript":
				parent = "Item"
			}
			if slices.Contains(newer, parent+"."+member) {
				delete(v, member)
				continue
			}
			forget(member, value)
		}
	case []any:
		for _, value := range v {
			forget(name, value)
		}
	}
}
