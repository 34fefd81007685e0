package session

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// signed is a request to the Connect service, made by hand and signed with the official signer.
type signed struct {
	method, path, body string
	contentType        string // "" for application/json
	key, secret        string // "" for the server's
	region, service    string // "" for the right ones
	ago                time.Duration
	hash               bool              // send X-Amz-Content-Sha256, as amazonka does
	header             map[string]string // added after signing
}

func (w *world) signed(t *testing.T, s signed) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), s.method, w.Endpoint+s.path, bytes.NewReader([]byte(s.body)))
	if err != nil {
		t.Fatal(err)
	}
	or := func(s, otherwise string) string {
		if s == "" {
			return otherwise
		}
		return s
	}
	req.Header.Set("Content-Type", or(s.contentType, "application/json"))
	sum := sha256.Sum256([]byte(s.body))
	hash := hex.EncodeToString(sum[:])
	if s.hash {
		req.Header.Set("X-Amz-Content-Sha256", hash)
	}
	keys := aws.Credentials{AccessKeyID: or(s.key, w.AccessKeyId), SecretAccessKey: or(s.secret, w.SecretAccessKey)}
	err = v4.NewSigner().SignHTTP(t.Context(), keys, req, hash, or(s.service, "connect"), or(s.region, w.Region), time.Now().Add(-s.ago))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range s.header {
		req.Header.Set(name, value)
	}
	return do(t, req)
}
