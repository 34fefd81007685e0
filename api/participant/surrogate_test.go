package participant

import (
	"testing"

	"github.com/openparley/parley/api/wire"
)

// TestHalfAnEmoji: a message whose emoji a browser cut in two is not lost.
func TestHalfAnEmoji(t *testing.T) {
	in, err := SendMessage.DecodeRequest(&wire.Request{
		Method: "POST", RawPath: SendMessage.Path, Header: map[string][]string{"X-Amz-Bearer": {"token"}},
		Body: []byte(`{"ContentType":"text/plain","Content":"Ana \ud83d"}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := *in.Content, "Ana \ufffd"; got != want {
		t.Errorf("Content = %q, want %q", got, want)
	}
}
