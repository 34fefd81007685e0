// Package webhook posts to addresses that the operator named, signed as Standard Webhooks says (standardwebhooks.com, version 1), and
// checks such signatures.
package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Headers of a signed request. The id stays the same when the same thing is sent again; the signature has one entry for each secret.
const (
	HeaderID        = "Webhook-Id"
	HeaderTimestamp = "Webhook-Timestamp" // Unix seconds
	HeaderSignature = "Webhook-Signature"
)

// Tolerance is how far the timestamp of a request may be from the receiver's time.
const Tolerance = 5 * time.Minute

const (
	secretPrefix = "whsec_"
	minSecret    = 24 // bytes
	maxSecret    = 64
)

// Secret is a key that sender and receiver share.
type Secret []byte

// ParseSecret reads a secret: "whsec_" and 24 to 64 bytes in base64. The error does not quote it.
func ParseSecret(text string) (Secret, error) {
	encoded, ok := strings.CutPrefix(text, secretPrefix)
	if !ok {
		return nil, errors.New("a secret begins with " + secretPrefix)
	}
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		key, err = base64.RawStdEncoding.DecodeString(encoded)
	}
	if err != nil || len(key) < minSecret || len(key) > maxSecret {
		return nil, fmt.Errorf("a secret has %d to %d bytes in base64 behind %s", minSecret, maxSecret, secretPrefix)
	}
	return key, nil
}

func (s Secret) sign(id, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, s)
	for _, part := range []string{id, ".", timestamp, "."} {
		mac.Write([]byte(part))
	}
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Sign sets the headers of a request. Without a secret there is no signature.
func Sign(h http.Header, id string, at time.Time, body []byte, secrets ...Secret) {
	timestamp := strconv.FormatInt(at.Unix(), 10)
	h.Set(HeaderID, id)
	h.Set(HeaderTimestamp, timestamp)
	var signatures []string
	for _, s := range secrets {
		signatures = append(signatures, s.sign(id, timestamp, body))
	}
	if len(signatures) > 0 {
		h.Set(HeaderSignature, strings.Join(signatures, " "))
	}
}

// Verify reports why a request is not one that a holder of one of the secrets has just sent; nil if it is.
func Verify(h http.Header, body []byte, now time.Time, secrets ...Secret) error {
	id, timestamp := h.Get(HeaderID), h.Get(HeaderTimestamp)
	if id == "" || timestamp == "" {
		return errors.New("the request is not signed")
	}
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return errors.New("the timestamp is no number of seconds")
	}
	if age := now.Sub(time.Unix(seconds, 0)); age < -Tolerance || age > Tolerance {
		return errors.New("the request was signed too long ago, or in the future")
	}
	for _, s := range secrets {
		want := []byte(s.sign(id, timestamp, body))
		for signature := range strings.FieldsSeq(h.Get(HeaderSignature)) {
			if hmac.Equal([]byte(signature), want) {
				return nil
			}
		}
	}
	return errors.New("no signature of a known secret")
}
