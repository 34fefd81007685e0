package participant_test

import (
	"errors"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/participant"
	"github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/api/wire"
)

// FuzzDecodeRequest sends anything to the operations a browser calls. What is refused is refused with a
// ValidationException; what is taken can be sent again and means the same.
func FuzzDecodeRequest(f *testing.F) {
	f.Add("t", []byte(`{"ContentType":"text/plain","Content":"Hello","ClientToken":"once"}`))
	f.Add("t", []byte(`{"MaxResults":15,"ScanDirection":"BACKWARD","SortOrder":"ASCENDING","StartPosition":{"MostRecent":3}}`))
	f.Add("t", []byte(`{"Type":["WEBSOCKET","CONNECTION_CREDENTIALS"],"ConnectParticipant":false}`))
	f.Add("", []byte(`{"Type":["SOMETHING"]}`))
	f.Fuzz(func(t *testing.T, token string, body []byte) {
		r := &wire.Request{Header: bearer(token), Body: body}
		again(t, participant.CreateParticipantConnection, r)
		again(t, participant.SendMessage, r)
		again(t, participant.SendEvent, r)
		again(t, participant.GetTranscript, r)
		again(t, participant.DisconnectParticipant, r)
	})
}

func again[In, Out any](t *testing.T, op *wire.Operation[In, Out], r *wire.Request) {
	in, err := op.DecodeRequest(r)
	if err != nil {
		if e, ok := errors.AsType[*types.ValidationException](err); !ok || e.ErrorMessage() == "" || len(e.ErrorMessage()) > 2000 {
			t.Fatalf("%s: error %v", op.Name, err)
		}
		return
	}
	_, _, header, body, err := op.EncodeRequest(&url.URL{}, in)
	if err != nil {
		t.Fatalf("%s: encode %v: %v", op.Name, in, err)
	}
	back, err := op.DecodeRequest(&wire.Request{Header: header, Body: body})
	if diff := cmp.Diff(in, back); err != nil || diff != "" {
		t.Fatalf("%s: error %v (-first +second)\n%s", op.Name, err, diff)
	}
}
