package auth

import (
	"bytes"
	"encoding/base64"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

const (
	chatID        = "5f0c7a52-8d0e-4b7e-9a39-0f5f0a1d7c11"
	participantID = "0b1c2f5e-46a5-4d0f-8d1b-6b1b5c0a9e77"
)

func tokenKey(id string) TokenKey {
	return TokenKey{ID: id, Secret: bytes.Repeat([]byte(id), 32)}
}

// newTokens returns tokens that live at *now.
func newTokens(t testing.TB, now *time.Time, keys ...TokenKey) *Tokens {
	t.Helper()
	tokens, err := NewTokens(keys, func() time.Time { return *now })
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}

func TestTokenSaysWhatWasIssued(t *testing.T) {
	now := noon
	tokens := newTokens(t, &now, tokenKey("k1"))
	urlSafe := regexp.MustCompile(`^[A-Za-z0-9._-]{1,1000}$`)
	for _, ids := range [][2]string{
		{chatID, participantID},
		{uuid.Nil.String(), uuid.Max.String()},
		{strings.ToUpper(chatID), "{" + participantID + "}"}, // are not the same ids in another spelling
		{"", ""},
		{"chat", strings.Repeat("p", 256)},
		{"é\x00\xff", "."},
	} {
		for _, expires := range []time.Time{{}, noon.Add(time.Millisecond), time.UnixMilli(1<<62 - 1)} {
			for _, kind := range []Kind{KindParticipant, KindConnection, KindSocket} {
				want := Claims{kind, ids[0], ids[1], expires}
				token := tokens.Issue(want)
				if !urlSafe.MatchString(token) {
					t.Errorf("token of %+v is %q, %d characters", want, token, len(token))
				}
				got, ok := tokens.open(token)
				if !ok || got.Kind != kind || got.ChatID != ids[0] || got.ParticipantID != ids[1] || !got.Expires.Equal(expires) {
					t.Errorf("opened %+v, %t, want %+v", got, ok, want)
				}
				if token != tokens.Issue(want) {
					t.Errorf("two tokens for %+v differ", want)
				}
			}
		}
	}
	if got := len(tokens.Issue(Claims{KindSocket, chatID, participantID, noon})); got > 120 {
		t.Errorf("a token has %d characters, more than 120", got)
	}
}

// holder calls the method for tokens of a kind and returns whom it names.
func holder(tokens *Tokens, want Kind, token string) (chat, participant string, err error) {
	switch want {
	case KindParticipant:
		who, err := tokens.Participant(token)
		return who.ChatID, who.ParticipantID, err
	case KindConnection:
		who, err := tokens.Connection(token)
		return who.ChatID, who.ParticipantID, err
	default:
		who, err := tokens.Socket(token)
		return who.ChatID, who.ParticipantID, err
	}
}

func TestTokenOfAnotherKindIsNotAccepted(t *testing.T) {
	now := noon
	tokens := newTokens(t, &now, tokenKey("k1"))
	texts := map[[2]Kind]string{
		{KindParticipant, KindConnection}: "this operation needs a participant token; this is a connection token: use the ParticipantToken of StartChatContact",
		{KindParticipant, KindSocket}:     "this operation needs a participant token; this is a socket token: use the ParticipantToken of StartChatContact",
		{KindConnection, KindParticipant}: "this operation needs a connection token; this is a participant token: call CreateParticipantConnection first",
		{KindConnection, KindSocket}:      "this operation needs a connection token; this is a socket token: call CreateParticipantConnection first",
		{KindSocket, KindParticipant}:     "this operation needs a socket token; this is a participant token: use the URL that CreateParticipantConnection answered",
		{KindSocket, KindConnection}:      "this operation needs a socket token; this is a connection token: use the URL that CreateParticipantConnection answered",
	}
	for want := KindParticipant; want <= KindSocket; want++ {
		for got := KindParticipant; got <= KindSocket; got++ {
			// Expired as well: the kind is what the client must mend first.
			expires := noon.Add(-time.Hour)
			if got == want {
				expires = noon.Add(time.Hour)
			}
			chat, participant, err := holder(tokens, want, tokens.Issue(Claims{got, chatID, participantID, expires}))
			if got == want {
				if err != nil || chat != chatID || participant != participantID {
					t.Errorf("%v: %q, %q, %v", want, chat, participant, err)
				}
				continue
			}
			wantTokenError(t, err, TokenError{want, got, TokenWrongKind}, texts[[2]Kind{want, got}])
			if chat != "" || participant != "" {
				t.Errorf("%v for %v names %q, %q", got, want, chat, participant)
			}
		}
	}
}

func wantTokenError(t *testing.T, err error, want TokenError, text string) {
	t.Helper()
	got, ok := errors.AsType[*TokenError](err)
	if !ok {
		t.Errorf("error %v, want %v", err, &want)
		return
	}
	if diff := cmp.Diff(want, *got); diff != "" || got.Error() != text {
		t.Errorf("error %q, want %q\n%s", got, text, diff)
	}
}

func TestTokenExpires(t *testing.T) {
	now := noon
	tokens := newTokens(t, &now, tokenKey("k1"))
	texts := map[Kind]string{
		KindParticipant: "this participant token has expired: start a new chat",
		KindConnection:  "this connection token has expired: call CreateParticipantConnection again",
		KindSocket:      "this socket token has expired: call CreateParticipantConnection again",
	}
	for kind, text := range texts {
		now = noon
		token, lasting := tokens.Issue(Claims{kind, chatID, participantID, noon.Add(time.Second)}), tokens.Issue(Claims{Kind: kind})
		now = noon.Add(time.Second - time.Millisecond)
		if _, _, err := holder(tokens, kind, token); err != nil {
			t.Errorf("a millisecond before: %v", err)
		}
		now = noon.Add(time.Second)
		_, _, err := holder(tokens, kind, token)
		wantTokenError(t, err, TokenError{kind, kind, TokenExpired}, text)
		now = noon.AddDate(100, 0, 0)
		if _, _, err := holder(tokens, kind, lasting); err != nil {
			t.Errorf("without expiry: %v", err)
		}
	}
}

func TestTokenMissing(t *testing.T) {
	now := noon
	_, err := newTokens(t, &now, tokenKey("k1")).Connection("")
	wantTokenError(t, err, TokenError{Want: KindConnection, Reason: TokenMissing},
		"this operation needs a connection token: call CreateParticipantConnection first")
}

func TestTokenThatWasAlteredIsNotAccepted(t *testing.T) {
	now := noon
	tokens := newTokens(t, &now, tokenKey("k1"), tokenKey("k2"))
	token := tokens.Issue(Claims{KindConnection, chatID, participantID, noon.Add(time.Hour)})
	altered := []string{
		token + "x", token + ".", token + "=", token + "\n", token[1:], strings.TrimRight(token, token[len(token)-1:]),
		strings.Replace(token, ".", "\n.", 2), strings.Replace(token, "v1", "v2", 1), strings.Replace(token, "v1.", "", 1),
		token[:strings.LastIndexByte(token, '.')], token[:strings.LastIndexByte(token, '.')+1],
		strings.Replace(token, ".k1.", ".k2.", 1), strings.Replace(token, ".k1.", ".k3.", 1), strings.Replace(token, ".k1.", "..", 1),
		token[:10] + "\n" + token[10:], token[:len(token)-5] + "\r\n" + token[len(token)-5:],
		"junk", ".", "..", "...", "v1...", "v1.k1..", strings.Repeat("a", 10_000), "v1.k1." + strings.Repeat("a", 10_000) + ".aa",
	}
	for i := range len(token) {
		for bit := range 8 {
			b := []byte(token)
			b[i] ^= 1 << bit
			altered = append(altered, string(b))
		}
	}
	for _, text := range altered {
		_, err := tokens.Connection(text)
		wantTokenError(t, err, TokenError{Want: KindConnection, Reason: TokenInvalid}, "this is not a connection token of this server")
	}
	if _, err := tokens.Connection(token); err != nil {
		t.Error(err)
	}
}

// TestTokenClaimsOfAnotherVersion: signed by us, but not in a form that we know.
func TestTokenClaimsOfAnotherVersion(t *testing.T) {
	now := noon
	tokens := newTokens(t, &now, tokenKey("k1"))
	good := appendID(appendID(make([]byte, 9), chatID), "x")
	good[0] = byte(KindSocket)
	for n := range len(good) + 1 {
		claims := good[:n]
		if n == len(good) {
			claims = append(good, 0)
		}
		signed := "v1.k1." + base64.RawURLEncoding.EncodeToString(claims)
		signature := sum(tokens.signs, signed)
		_, err := tokens.Socket(signed + "." + base64.RawURLEncoding.EncodeToString(signature[:]))
		wantTokenError(t, err, TokenError{Want: KindSocket, Reason: TokenInvalid}, "this is not a socket token of this server")
	}
}

func TestTokenKeysRotate(t *testing.T) {
	now := noon
	one, two, other := tokenKey("one"), tokenKey("two"), tokenKey("one")
	other.Secret = tokenKey("other").Secret
	token := newTokens(t, &now, one).Issue(Claims{Kind: KindSocket, ChatID: chatID, ParticipantID: participantID})
	for _, tt := range []struct {
		name string
		keys []TokenKey
		ok   bool
	}{
		{"the same", []TokenKey{one}, true},
		{"a new one first", []TokenKey{two, one}, true},
		{"the old one gone", []TokenKey{two}, false},
		{"another secret of the same name", []TokenKey{two, other}, false},
	} {
		if _, err := newTokens(t, &now, tt.keys...).Socket(token); (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestNewTokensRefusesBadKeys(t *testing.T) {
	good := tokenKey("good")
	for _, tt := range []struct {
		keys []TokenKey
		want string
	}{
		{nil, "there is no token key"},
		{[]TokenKey{{ID: "", Secret: good.Secret}}, `token key id "" is not 1 to 64 letters, digits, - and _`},
		{[]TokenKey{good, {ID: "a.b", Secret: good.Secret}}, `token key id "a.b" is not 1 to 64 letters, digits, - and _`},
		{[]TokenKey{{ID: "short", Secret: make([]byte, 31)}}, "the secret of token key short has 31 bytes, fewer than 32"},
		{[]TokenKey{good, good}, "two token keys have the id good"},
	} {
		if _, err := NewTokens(tt.keys, time.Now); err == nil || err.Error() != tt.want {
			t.Errorf("NewTokens = %v, want %q", err, tt.want)
		}
	}
}

func FuzzToken(f *testing.F) {
	now := noon
	tokens := newTokens(f, &now, tokenKey("k1"), tokenKey("k2"))
	genuine := make(map[string]Claims)
	for _, c := range []Claims{
		{KindParticipant, chatID, participantID, time.Time{}},
		{KindConnection, chatID, participantID, noon.Add(time.Hour)},
		{KindSocket, "chat", "", noon.Add(time.Second)},
	} {
		token := tokens.Issue(c)
		genuine[token] = c
		f.Add(token)
		f.Add(strings.ToUpper(token))
		f.Add(token[:len(token)/2])
	}
	for _, text := range []string{"", "v1.k1.AA.AA", "v1.k2..", "....", "v1.k1.\n.\n", "AQICAHj.ey"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, token string) {
		want := genuine[token]
		for kind := KindParticipant; kind <= KindSocket; kind++ {
			chat, participant, err := holder(tokens, kind, token)
			switch {
			case kind == want.Kind:
				if err != nil || chat != want.ChatID || participant != want.ParticipantID {
					t.Errorf("%q names %q, %q, %v, want %+v", token, chat, participant, err, want)
				}
			case err == nil:
				t.Errorf("%q is accepted as %v", token, kind)
			}
		}
		claims := readIssued(t, tokens, token)
		if diff := cmp.Diff(Claims{KindSocket, token, token, noon}, claims); diff != "" && len(token) < 300 {
			t.Errorf("ids %q come back otherwise:\n%s", token, diff)
		}
	})
}

// readIssued issues a token whose ids are a text, and opens it.
func readIssued(t *testing.T, tokens *Tokens, id string) Claims {
	t.Helper()
	c, _ := tokens.open(tokens.Issue(Claims{KindSocket, id, id, noon}))
	return c
}

func BenchmarkIssueToken(b *testing.B) {
	now := noon
	tokens := newTokens(b, &now, tokenKey("k1"))
	b.ReportAllocs()
	for b.Loop() {
		tokens.Issue(Claims{KindConnection, chatID, participantID, noon})
	}
}

func BenchmarkConnectionToken(b *testing.B) {
	now := noon
	tokens := newTokens(b, &now, tokenKey("k1"))
	token := tokens.Issue(Claims{KindConnection, chatID, participantID, noon.Add(time.Hour)})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tokens.Connection(token); err != nil {
			b.Fatal(err)
		}
	}
}

func TestViewToken(t *testing.T) {
	now := noon
	tokens := newTokens(t, &now, tokenKey("k1"))
	want := View{chatID, participantID + ":12:3"}
	token := tokens.IssueView(want)
	now = noon.Add(10 * 365 * 24 * time.Hour)
	if got, err := tokens.View(token); err != nil || got != want {
		t.Errorf("%+v, %v, want %+v", got, err, want)
	}
	_, err := tokens.Connection(token)
	wantTokenError(t, err, TokenError{KindConnection, KindView, TokenWrongKind},
		"this operation needs a connection token; this is a view token: call CreateParticipantConnection first")
	_, err = tokens.View(tokens.Issue(Claims{Kind: KindConnection, ChatID: chatID, ParticipantID: participantID}))
	wantTokenError(t, err, TokenError{KindView, KindConnection, TokenWrongKind},
		"this operation needs a view token; this is a connection token: use the viewToken of the message that shows the view")
}
