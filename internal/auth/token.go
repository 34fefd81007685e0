package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Kind is what a token is good for. No token is accepted in place of another kind.
type Kind byte

const (
	KindParticipant Kind = iota + 1 // names a participant to CreateParticipantConnection
	KindConnection                  // every other operation of the Participant Service
	KindSocket                      // opens a WebSocket
	KindView                        // reads a view that was shown in a chat
)

func (k Kind) String() string {
	switch k {
	case KindParticipant:
		return "participant token"
	case KindConnection:
		return "connection token"
	case KindSocket:
		return "socket token"
	case KindView:
		return "view token"
	}
	return fmt.Sprintf("token of kind %d", byte(k))
}

// Claims are what a token says.
type Claims struct {
	Kind          Kind
	ChatID        string
	ParticipantID string
	Expires       time.Time // whole milliseconds; the zero time means never
}

// Participant is the holder of a participant token.
type Participant struct{ ChatID, ParticipantID string }

// Connection is the holder of a connection token.
type Connection struct{ ChatID, ParticipantID string }

// Socket is the holder of a socket token.
type Socket struct{ ChatID, ParticipantID string }

// View is what a view token stands for.
type View struct{ ChatID, ViewID string }

// TokenError says why a token was not accepted.
type TokenError struct {
	Want   Kind
	Got    Kind // 0 when the token cannot be trusted to say
	Reason TokenReason
}

// TokenReason is why a token was not accepted.
type TokenReason byte

const (
	TokenMissing   TokenReason = iota + 1
	TokenInvalid               // not made by this server, altered, or signed with a key that is gone
	TokenWrongKind             // good, but for something else
	TokenExpired
)

// Error is in words for the user of the client.
func (e *TokenError) Error() string {
	switch e.Reason {
	case TokenMissing:
		return fmt.Sprintf("this operation needs a %v: %s", e.Want, source[e.Want])
	case TokenWrongKind:
		return fmt.Sprintf("this operation needs a %v; this is a %v: %s", e.Want, e.Got, source[e.Want])
	case TokenExpired:
		return fmt.Sprintf("this %v has expired: %s", e.Got, renewal[e.Want])
	default:
		return fmt.Sprintf("this is not a %v of this server", e.Want)
	}
}

// source is where a client gets a token of a kind.
var source = [...]string{
	KindParticipant: "use the ParticipantToken of StartChatContact",
	KindConnection:  "call CreateParticipantConnection first",
	KindSocket:      "use the URL that CreateParticipantConnection answered",
	KindView:        "use the viewToken of the message that shows the view",
}

// renewal is what a client does when its token of a kind has expired.
var renewal = [...]string{
	KindParticipant: "start a new chat",
	KindConnection:  "call CreateParticipantConnection again",
	KindSocket:      "call CreateParticipantConnection again",
	KindView:        "have the view shown again",
}

// TokenKey signs tokens. Its ID stands in each of them: letters, digits, - and _, at most 64. The Secret has at least 32 random bytes.
type TokenKey struct {
	ID     string
	Secret []byte
}

// Tokens issues and checks tokens. It is safe for concurrent use.
//
// A token is v1.<key id>.<claims>.<HMAC-SHA256 of all before the last dot>, the last two in base64url. Clients must not look inside.
type Tokens struct {
	now    func() time.Time
	prefix string // of the tokens it issues
	signs  *macs
	keys   map[string]*macs
}

// NewTokens returns Tokens that sign with the first key and accept tokens of all. To change the key, put the new one first and keep
// the old one until its tokens have expired.
func NewTokens(keys []TokenKey, now func() time.Time) (*Tokens, error) {
	if len(keys) == 0 {
		return nil, errors.New("there is no token key")
	}
	t := &Tokens{now: now, prefix: "v1." + keys[0].ID + ".", keys: make(map[string]*macs, len(keys))}
	for _, k := range keys {
		switch {
		case k.ID == "" || len(k.ID) > 64 || strings.Trim(k.ID, alphabet) != "":
			return nil, fmt.Errorf("token key id %q is not 1 to 64 letters, digits, - and _", k.ID)
		case len(k.Secret) < 32:
			return nil, fmt.Errorf("the secret of token key %s has %d bytes, fewer than 32", k.ID, len(k.Secret))
		case t.keys[k.ID] != nil:
			return nil, fmt.Errorf("two token keys have the id %s", k.ID)
		}
		t.keys[k.ID] = newMACs(k.Secret)
	}
	t.signs = t.keys[keys[0].ID]
	return t, nil
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// base64url refuses spare bits, so that a token has one spelling.
var base64url = base64.RawURLEncoding.Strict()

// Issue returns a token, about 120 characters when the ids are UUIDs as all of ours are.
func (t *Tokens) Issue(c Claims) string {
	var expires int64
	if !c.Expires.IsZero() {
		expires = c.Expires.UnixMilli()
	}
	var buf [64]byte
	claims := binary.BigEndian.AppendUint64(append(buf[:0], byte(c.Kind)), uint64(expires))
	claims = appendID(appendID(claims, c.ChatID), c.ParticipantID)

	token := make([]byte, 0, len(t.prefix)+base64url.EncodedLen(len(claims))+1+base64url.EncodedLen(sha256.Size))
	token = base64url.AppendEncode(append(token, t.prefix...), claims)
	signature := sum(t.signs, token)
	return string(base64url.AppendEncode(append(token, '.'), signature[:]))
}

// IssueView returns a token for a view: anybody in the chat may use it, for as long as the chat lives. The view stands where other tokens
// have the participant.
func (t *Tokens) IssueView(v View) string {
	return t.Issue(Claims{Kind: KindView, ChatID: v.ChatID, ParticipantID: v.ViewID})
}

// Participant returns who holds a participant token. Any error is a *TokenError.
func (t *Tokens) Participant(token string) (Participant, error) {
	c, err := t.check(token, KindParticipant)
	return Participant{c.ChatID, c.ParticipantID}, err
}

// Connection returns who holds a connection token. Any error is a *TokenError.
func (t *Tokens) Connection(token string) (Connection, error) {
	c, err := t.check(token, KindConnection)
	return Connection{c.ChatID, c.ParticipantID}, err
}

// Socket returns who holds a socket token. Any error is a *TokenError.
func (t *Tokens) Socket(token string) (Socket, error) {
	c, err := t.check(token, KindSocket)
	return Socket{c.ChatID, c.ParticipantID}, err
}

// View returns what a view token stands for. Any error is a *TokenError.
func (t *Tokens) View(token string) (View, error) {
	c, err := t.check(token, KindView)
	return View{c.ChatID, c.ParticipantID}, err
}

func (t *Tokens) check(token string, want Kind) (Claims, error) {
	if token == "" {
		return Claims{}, &TokenError{Want: want, Reason: TokenMissing}
	}
	c, ok := t.open(token)
	switch {
	case !ok:
		return Claims{}, &TokenError{Want: want, Reason: TokenInvalid}
	case c.Kind != want:
		return Claims{}, &TokenError{Want: want, Got: c.Kind, Reason: TokenWrongKind}
	case !c.Expires.IsZero() && !t.now().Before(c.Expires):
		return Claims{}, &TokenError{Want: want, Got: c.Kind, Reason: TokenExpired}
	}
	return c, nil
}

// maxToken is the most characters a token may have. Source: Participant Service model, ParticipantToken and ConnectionToken.
const maxToken = 1000

// open returns the claims of a token that one of the keys has signed.
func (t *Tokens) open(token string) (Claims, bool) {
	last := strings.LastIndexByte(token, '.')
	if last < 0 || len(token) > maxToken {
		return Claims{}, false
	}
	signed, signature := token[:last], token[last+1:]
	version, rest, _ := strings.Cut(signed, ".")
	id, claims, _ := strings.Cut(rest, ".")
	key := t.keys[id]
	if version != "v1" || key == nil {
		return Claims{}, false
	}
	want := sum(key, signed)
	var buf [maxToken]byte
	got, ok := decode(buf[:], signature)
	if !ok || !hmac.Equal(got, want[:]) {
		return Claims{}, false
	}
	raw, ok := decode(buf[:], claims)
	if !ok {
		return Claims{}, false
	}
	return readClaims(raw)
}

// decode decodes base64url into dst.
func decode(dst []byte, text string) ([]byte, bool) {
	var buf [maxToken]byte
	n, err := base64url.Decode(dst, buf[:copy(buf[:], text)])
	// The decoder skips line breaks.
	return dst[:n], err == nil && base64url.EncodedLen(n) == len(text)
}

func readClaims(raw []byte) (c Claims, ok bool) {
	if len(raw) < 9 {
		return c, false
	}
	c.Kind = Kind(raw[0])
	if millis := int64(binary.BigEndian.Uint64(raw[1:])); millis != 0 {
		c.Expires = time.UnixMilli(millis)
	}
	ids := make([]byte, 0, 72) // one allocation for both
	chat, raw, ok := cutID(ids, raw[9:])
	if !ok {
		return c, false
	}
	both, raw, ok := cutID(chat, raw)
	text := string(both)
	c.ChatID, c.ParticipantID = text[:len(chat)], text[len(chat):]
	return c, ok && len(raw) == 0
}

// appendID appends an id: 0 and the 16 bytes of a UUID; of another id, its length plus one and its text.
func appendID(dst []byte, id string) []byte {
	if u, err := uuid.Parse(id); err == nil {
		var text [36]byte
		if string(appendUUID(text[:0], u)) == id {
			return append(append(dst, 0), u[:]...)
		}
	}
	return append(binary.AppendUvarint(dst, uint64(len(id))+1), id...)
}

// cutID appends to dst the id that raw begins with, and returns the rest of raw.
func cutID(dst, raw []byte) (text, rest []byte, ok bool) {
	n, width := binary.Uvarint(raw)
	if width <= 0 {
		return dst, nil, false
	}
	raw = raw[width:]
	if n == 0 {
		if len(raw) < len(uuid.UUID{}) {
			return dst, nil, false
		}
		return appendUUID(dst, uuid.UUID(raw[:16])), raw[16:], true
	}
	if n--; n > uint64(len(raw)) {
		return dst, nil, false
	}
	return append(dst, raw[:n]...), raw[n:], true
}

func appendUUID(dst []byte, u uuid.UUID) []byte {
	dst = append(hex.AppendEncode(dst, u[:4]), '-')
	dst = append(hex.AppendEncode(dst, u[4:6]), '-')
	dst = append(hex.AppendEncode(dst, u[6:8]), '-')
	dst = append(hex.AppendEncode(dst, u[8:10]), '-')
	return hex.AppendEncode(dst, u[10:])
}
