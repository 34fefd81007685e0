package participant_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/participant"
	"github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/api/wire"
)

func bearer(token string) http.Header { return http.Header{"X-Amz-Bearer": {token}} }

func TestSendMessageOnTheWire(t *testing.T) {
	in := &participant.SendMessageInput{
		ConnectionToken: new("token"), ContentType: new("text/plain"), Content: new("Hello"), ClientToken: new("once"),
	}
	base, err := url.Parse("http://localhost")
	if err != nil {
		t.Fatal(err)
	}
	method, u, header, body, err := participant.SendMessage.EncodeRequest(base, in)
	if err != nil {
		t.Fatal(err)
	}
	if got := method + " " + u.String(); got != "POST http://localhost/participant/message" {
		t.Errorf("request %s", got)
	}
	if want := (http.Header{"X-Amz-Bearer": {"token"}, "Content-Type": {"application/json"}}); !cmp.Equal(header, want) {
		t.Errorf("header %v, want %v", header, want)
	}
	if want := `{"ClientToken":"once","Content":"Hello","ContentType":"text/plain"}`; string(body) != want {
		t.Errorf("body %s, want %s", body, want)
	}
	back, err := participant.SendMessage.DecodeRequest(&wire.Request{Header: header, Body: body})
	if diff := cmp.Diff(in, back); err != nil || diff != "" {
		t.Errorf("error %v (-want +got)\n%s", err, diff)
	}
	out := &participant.SendMessageOutput{Id: new("i"), AbsoluteTime: wire.Time(1767225845007)}
	if got := string(participant.SendMessage.EncodeResponse(nil, out)); got != `{"AbsoluteTime":"2026-01-01T00:04:05.007Z","Id":"i"}` {
		t.Errorf("answer %s", got)
	}
}

// What clients really send. Source: the fact sheets, seen with chatjs and the iOS client.
func TestDecodeRequestTakesWhatClientsSend(t *testing.T) {
	transcript, err := participant.GetTranscript.DecodeRequest(&wire.Request{
		Header: bearer("t"),
		Body:   []byte(`{"MaxResults":15,"ScanDirection":"BACKWARD","SortOrder":"ASCENDING","StartPosition":{},"NextToken":""}`),
	})
	want := &participant.GetTranscriptInput{
		ConnectionToken: new("t"), MaxResults: new(int32(15)), ScanDirection: types.ScanDirectionBackward,
		SortOrder: types.SortKeyAscending, StartPosition: &types.StartPosition{}, NextToken: new(""),
	}
	if diff := cmp.Diff(want, transcript); err != nil || diff != "" {
		t.Errorf("transcript: error %v (-want +got)\n%s", err, diff)
	}
	event, err := participant.SendEvent.DecodeRequest(&wire.Request{
		Header: bearer("t"), Body: []byte(`{"ContentType":"application/vnd.amazonaws.connect.event.typing","Content":""}`),
	})
	if err != nil || *event.Content != "" {
		t.Errorf("typing: %v", err)
	}
	connection, err := participant.CreateParticipantConnection.DecodeRequest(&wire.Request{
		Header: bearer("t"), Body: []byte(`{"ConnectParticipant":true}`),
	})
	if err != nil || !*connection.ConnectParticipant || connection.Type != nil {
		t.Errorf("connect participant: %v", err)
	}
	for _, body := range []string{"", "{}"} {
		if _, err := participant.DisconnectParticipant.DecodeRequest(&wire.Request{Header: bearer("t"), Body: []byte(body)}); err != nil {
			t.Errorf("disconnect with body %q: %v", body, err)
		}
	}
}

// Malformed requests and unacceptable values are all ValidationException here.
func TestDecodeRequestRefuses(t *testing.T) {
	transcript := func(body string) error {
		_, err := participant.GetTranscript.DecodeRequest(&wire.Request{Header: bearer("t"), Body: []byte(body)})
		return err
	}
	tests := map[string]string{
		`{"MaxResults":101}`:                  "MaxResults must be 0 to 100",
		`{"ScanDirection":"SIDEWAYS"}`:        "ScanDirection must be one of FORWARD, BACKWARD",
		`{"StartPosition":{"MostRecent":-1}}`: "StartPosition.MostRecent must be 0 to 100",
		`{"StartPosition":{"Id":""}}`:         "StartPosition.Id must have 1 to 256 characters",
		`{"MaxResults":"ten"}`:                "MaxResults must be a whole number",
		`{`:                                   "The body is not valid JSON: unexpected EOF",
	}
	for body, want := range tests {
		if err := transcript(body); !cmp.Equal(err, error(&types.ValidationException{Message: &want})) {
			t.Errorf("%s: error %v, want %s", body, err, want)
		}
	}
	_, err := participant.SendMessage.DecodeRequest(&wire.Request{Body: []byte(`{"Content":"` + strings.Repeat("é", 16385) + `"}`)})
	want := &types.ValidationException{Message: new(
		"ConnectionToken is required; Content must have 1 to 16384 characters; ContentType is required",
	)}
	if !cmp.Equal(err, error(want)) {
		t.Errorf("error %v, want %v", err, want)
	}
}

func TestErrorsOnTheWire(t *testing.T) {
	tests := []struct {
		err    error
		status int
		body   string
	}{
		{&types.AccessDeniedException{Message: new("Access denied")}, 403, `{"Message":"Access denied","__type":"AccessDeniedException"}`},
		{&types.ConflictException{}, 409, `{"__type":"ConflictException"}`},
		{&types.InternalServerException{}, 500, `{"__type":"InternalServerException"}`},
		{
			&types.ResourceNotFoundException{ResourceId: new("v"), ResourceType: types.ResourceTypeParticipant}, 404,
			`{"ResourceId":"v","ResourceType":"PARTICIPANT","__type":"ResourceNotFoundException"}`,
		},
		{&types.ServiceQuotaExceededException{}, 402, `{"__type":"ServiceQuotaExceededException"}`},
		{&types.ThrottlingException{}, 429, `{"__type":"ThrottlingException"}`},
		{&types.ValidationException{}, 400, `{"__type":"ValidationException"}`},
		{errors.New("disk full"), 500, `{"Message":"Internal server error","__type":"InternalServerException"}`},
	}
	for _, tt := range tests {
		body, status, code := participant.Service.AppendError(nil, tt.err)
		if status != tt.status || string(body) != tt.body || !strings.Contains(tt.body, `"`+code+`"`) {
			t.Errorf("%v: %d %s %s, want %d %s", tt.err, status, code, body, tt.status, tt.body)
		}
	}
}

// One item has all members, as pushed on the socket.
func TestItemOnTheWire(t *testing.T) {
	item := &types.Item{
		AbsoluteTime: wire.Time(0), Content: new("Hi"), ContentType: new("text/plain"), Id: new("i"), Type: types.ChatItemTypeMessage,
		ParticipantId: new("p"), DisplayName: new("Ana"), ParticipantRole: types.ParticipantRoleCustomer,
		InitialContactId: new("c"), ContactId: new("c"),
		MessageMetadata: &types.MessageMetadata{MessageId: new("i"), Receipts: []types.Receipt{{RecipientParticipantId: new("q")}}},
	}
	want := `{"AbsoluteTime":"1970-01-01T00:00:00.000Z","ContactId":"c","Content":"Hi","ContentType":"text/plain",` +
		`"DisplayName":"Ana","Id":"i","InitialContactId":"c",` +
		`"MessageMetadata":{"MessageId":"i","Receipts":[{"RecipientParticipantId":"q"}]},` +
		`"ParticipantId":"p","ParticipantRole":"CUSTOMER","Type":"MESSAGE"}`
	if got := string(wire.Append(nil, item)); got != want {
		t.Errorf("item\n%s\nwant\n%s", got, want)
	}
}

func TestClient(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.EscapedPath() != "/base/participant/disconnect" || r.Header.Get("Authorization") != "" {
			t.Errorf("request %s, Authorization %q", r.URL.EscapedPath(), r.Header.Get("Authorization"))
		}
		if r.Header.Get("X-Amz-Bearer") != "good" {
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write([]byte(`{"Message":"Access denied","__type":"AccessDeniedException"}`))
			return
		}
		_, _ = w.Write([]byte(`{}`))
	}))
	defer server.Close()
	client := participant.New(participant.Options{BaseEndpoint: new(server.URL + "/base/")})
	if _, err := client.DisconnectParticipant(t.Context(), &participant.DisconnectParticipantInput{ConnectionToken: new("good")}); err != nil {
		t.Error(err)
	}
	_, err := client.DisconnectParticipant(t.Context(), &participant.DisconnectParticipantInput{ConnectionToken: new("bad")})
	denied, ok := errors.AsType[*types.AccessDeniedException](err)
	if !ok || denied.ErrorMessage() != "Access denied" {
		t.Errorf("error %v, want AccessDeniedException", err)
	}
	if err == nil || !strings.HasPrefix(err.Error(), "operation error ConnectParticipant: DisconnectParticipant, ") {
		t.Errorf("error %v does not name its operation", err)
	}
}

func BenchmarkSendMessage(b *testing.B) {
	request := &wire.Request{
		Method: "POST", RawPath: "/participant/message", Header: bearer(strings.Repeat("t", 200)),
		Body: []byte(`{"ContentType":"text/plain","Content":"Hello, I have a question about my bill.","ClientToken":"0d6a1c7e-6d5c-4c57-8c0a-0d9b5f2f7c11"}`),
	}
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := participant.SendMessage.DecodeRequest(request); err != nil {
				b.Fatal(err)
			}
		}
	})
	out := &participant.SendMessageOutput{Id: new("0d6a1c7e-6d5c-4c57-8c0a-0d9b5f2f7c11"), AbsoluteTime: wire.Time(1767225845007)}
	buffer := make([]byte, 0, 256)
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			participant.SendMessage.EncodeResponse(buffer, out)
		}
	})
}

func BenchmarkItem(b *testing.B) {
	item := &types.Item{
		AbsoluteTime: wire.Time(0), Content: new("Hello, I have a question about my bill."), ContentType: new("text/plain"),
		Id: new("0d6a1c7e-6d5c-4c57-8c0a-0d9b5f2f7c11"), Type: types.ChatItemTypeMessage,
		ParticipantId: new("77c11c7e-6d5c-4c57-8c0a-0d9b5f2f7c11"), DisplayName: new("Ana"),
		ParticipantRole: types.ParticipantRoleCustomer, InitialContactId: new("c0ff1c7e-6d5c-4c57-8c0a-0d9b5f2f7c11"),
		ContactId: new("c0ff1c7e-6d5c-4c57-8c0a-0d9b5f2f7c11"),
	}
	buffer := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		wire.Append(buffer, item)
	}
}
