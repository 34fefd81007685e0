package signin

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

const pool = "arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_demo"

// provider speaks OpenID Connect as identity providers do: it hands out one code, for one verifier.
type provider struct {
	*httptest.Server
	key       *rsa.PrivateKey
	challenge string
	claims    map[string]any
	tokens    int
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	p := &provider{}
	var err error
	if p.key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, status int, v any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		if err := json.NewEncoder(w).Encode(v); err != nil {
			t.Error(err)
		}
	}
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, 200, map[string]any{
			"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token",
			"jwks_uri": p.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"},
		})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, 200, map[string]any{"keys": []any{map[string]any{
			"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "k",
			"n": b64(p.key.N.Bytes()), "e": b64(big.NewInt(int64(p.key.E)).Bytes()),
		}}})
	})
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		p.tokens++
		verified := sha256.Sum256([]byte(r.FormValue("code_verifier")))
		if r.FormValue("code") != "good" || b64(verified[:]) != p.challenge || r.FormValue("redirect_uri") != "https://shop.example.org/back" {
			answer(w, 400, map[string]any{"error": "invalid_grant", "error_description": "the code SECRET is wrong"})
			return
		}
		answer(w, 200, map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": p.sign(t)})
	})
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	p.claims = map[string]any{
		"iss": p.URL, "aud": "client", "sub": "u-1", "exp": time.Now().Add(time.Hour).Unix(), "iat": time.Now().Unix(),
		"name": "Ana Blum", "email": "ana@example.org", "email_verified": true,
	}
	return p
}

func (p *provider) sign(t *testing.T) string {
	claims, err := json.Marshal(p.claims)
	if err != nil {
		t.Error(err)
	}
	text := b64([]byte(`{"alg":"RS256","kid":"k"}`)) + "." + b64(claims)
	hash := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, p.key, crypto.SHA256, hash[:])
	if err != nil {
		t.Error(err)
	}
	return text + "." + b64(signature)
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func TestSignIn(t *testing.T) {
	t.Parallel()
	idp := newProvider(t)
	p := New(map[string]Provider{pool: {Issuer: idp.URL}})
	const back = "https://shop.example.org/back"
	verifier := p.Verifier()
	to, err := p.URL(t.Context(), pool, "client", back, "state", verifier)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(to)
	if err != nil || !strings.HasPrefix(to, idp.URL+"/authorize?") {
		t.Fatalf("URL %s, %v", to, err)
	}
	for name, want := range map[string]string{
		"client_id": "client", "response_type": "code", "redirect_uri": back, "state": "state", "scope": "openid profile email",
		"code_challenge_method": "S256",
	} {
		if got := u.Query().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	idp.challenge = u.Query().Get("code_challenge")

	id, name, email, err := p.Customer(t.Context(), pool, "client", back, verifier, "good")
	if err != nil || id != "u-1" || name != "Ana Blum" || email != "ana@example.org" {
		t.Errorf("customer %q %q %q, %v", id, name, email, err)
	}
	for what, change := range map[string]map[string]any{
		"another audience":    {"aud": "other"},
		"another issuer":      {"iss": "https://evil.example.org"},
		"an expired token":    {"exp": time.Now().Add(-time.Hour).Unix()},
		"no one in the token": nil,
	} {
		before := idp.claims
		idp.claims = map[string]any{}
		for k, v := range before {
			idp.claims[k] = v
		}
		for k, v := range change {
			idp.claims[k] = v
		}
		if change == nil {
			idp.claims = map[string]any{}
		}
		if _, _, _, err := p.Customer(t.Context(), pool, "client", back, verifier, "good"); err == nil {
			t.Errorf("%s is taken", what)
		}
		idp.claims = before
	}
	idp.claims["email_verified"] = "false"
	if _, _, email, err := p.Customer(t.Context(), pool, "client", back, verifier, "good"); err != nil || email != "" {
		t.Errorf("an address that is not verified: %q, %v", email, err)
	}
	_, _, _, err = p.Customer(t.Context(), pool, "client", back, "another verifier", "good")
	if err == nil || strings.Contains(err.Error(), "SECRET") || !strings.Contains(err.Error(), "invalid_grant") {
		t.Errorf("wrong verifier: %v", err)
	}
	if _, err := p.URL(t.Context(), "arn:aws:cognito-idp:us-east-1:0:identitypool/x", "client", back, "s", verifier); err == nil {
		t.Error("an unknown user pool is taken")
	}
	idp.Close()
	if _, _, _, err := p.Customer(t.Context(), pool, "client", back, verifier, "good"); err == nil {
		t.Error("a provider that is gone knows a customer")
	}
}

func TestCognito(t *testing.T) {
	t.Parallel()
	for arn, want := range map[string]string{
		pool: "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_demo",
		"arn:aws:cognito-idp:x.evil.org/#:0:userpool/p": "",
		"arn:aws:cognito-idp:eu-west-1:0:userpool/":     "",
		"userpool": "",
	} {
		p, ok := New(nil).provider(arn)
		if ok != (want != "") || ok && p.Issuer != want {
			t.Errorf("%s has the issuer %q, want %q", arn, p.Issuer, want)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for issuer, good := range map[string]bool{
		"https://login.example.org/realm": true, "http://127.0.0.1:9000": true, "http://login.example.org": false, "login": false, "": false,
	} {
		if err := (Provider{Issuer: issuer}).Check(); (err == nil) != good {
			t.Errorf("%q: %v", issuer, err)
		}
	}
}
