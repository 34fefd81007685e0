// Package signin asks identity providers who a customer is, by OpenID Connect: the authorization code flow with PKCE. Amazon Cognito is
// one of them; the ARN of a user pool says where it is found.
package signin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// callTime bounds a call of a provider.
const callTime = 10 * time.Second

// Provider is an identity provider that stands in for a user pool.
type Provider struct {
	Issuer       string   // "https://login.example.org"
	ClientSecret string   // empty for a public client
	Scopes       []string // beside openid; profile and email if empty
}

// Check reports what is wrong with a provider, as far as that can be seen without reaching it.
func (p Provider) Check() error {
	u, err := url.Parse(p.Issuer)
	loopback := err == nil && (u.Hostname() == "127.0.0.1" || u.Hostname() == "localhost")
	if err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && loopback) {
		return errors.New("issuer: it is not like https://login.example.org")
	}
	return nil
}

// Providers are identity providers by the ARN of the user pool that flows name. Those that are no Cognito user pool must be listed. It
// is safe for concurrent use.
type Providers struct {
	listed map[string]Provider
	http   *http.Client

	mu    sync.Mutex
	found map[string]*oidc.Provider // by issuer
}

// New returns the providers.
func New(listed map[string]Provider) *Providers {
	return &Providers{listed: listed, http: &http.Client{Timeout: callTime}, found: map[string]*oidc.Provider{}}
}

// Knows reports whether customers of a user pool can sign in.
func (p *Providers) Knows(userPool string) bool {
	_, ok := p.provider(userPool)
	return ok
}

// provider finds the provider of a user pool: arn:aws:cognito-idp:REGION:ACCOUNT:userpool/ID.
// Source: Amazon Cognito developer guide, the issuer of a user pool.
func (p *Providers) provider(userPool string) (Provider, bool) {
	if listed, ok := p.listed[userPool]; ok {
		return listed, true
	}
	part := strings.Split(userPool, ":")
	if len(part) != 6 || part[0] != "arn" || part[2] != "cognito-idp" || part[3] == "" || strings.ContainsAny(part[3], "/?#@") {
		return Provider{}, false
	}
	id, ok := strings.CutPrefix(part[5], "userpool/")
	return Provider{Issuer: "https://cognito-idp." + part[3] + ".amazonaws.com/" + url.PathEscape(id)}, ok && id != ""
}

// client reads where a provider is found, once.
func (p *Providers) client(ctx context.Context, userPool, clientID, redirect string) (*oidc.Provider, *oauth2.Config, error) {
	listed, ok := p.provider(userPool)
	if !ok {
		return nil, nil, fmt.Errorf("no identity provider is known for %s", userPool)
	}
	p.mu.Lock()
	found := p.found[listed.Issuer]
	p.mu.Unlock()
	if found == nil {
		var err error
		// The provider keeps the context for its keys: it must not end with this call.
		if found, err = oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.http), listed.Issuer); err != nil {
			return nil, nil, fmt.Errorf("identity provider: %w", err)
		}
		p.mu.Lock()
		p.found[listed.Issuer] = found
		p.mu.Unlock()
	}
	scopes := listed.Scopes
	if len(scopes) == 0 {
		scopes = []string{"profile", "email"}
	}
	return found, &oauth2.Config{
		ClientID: clientID, ClientSecret: listed.ClientSecret, Endpoint: found.Endpoint(), RedirectURL: redirect,
		Scopes: append([]string{oidc.ScopeOpenID}, scopes...),
	}, nil
}

// Verifier makes the secret that ties a code to who asked for it.
func (p *Providers) Verifier() string { return oauth2.GenerateVerifier() }

// URL returns where the customer signs in. The provider sends the browser back to redirect with a code and the state.
func (p *Providers) URL(ctx context.Context, userPool, clientID, redirect, state, verifier string) (string, error) {
	_, config, err := p.client(ctx, userPool, clientID, redirect)
	if err != nil {
		return "", err
	}
	return config.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier)), nil
}

// Customer asks the provider who came back with a code. The id is unique at the provider; the name is empty if it does not say, the
// e-mail address unless it was verified. Errors tell nothing secret.
func (p *Providers) Customer(ctx context.Context, userPool, clientID, redirect, verifier, code string) (id, name, email string, err error) {
	ctx = oidc.ClientContext(ctx, p.http)
	provider, config, err := p.client(ctx, userPool, clientID, redirect)
	if err != nil {
		return "", "", "", err
	}
	token, err := config.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		return "", "", "", refusal(err)
	}
	raw, _ := token.Extra("id_token").(string)
	who, err := provider.Verifier(&oidc.Config{ClientID: clientID}).Verify(ctx, raw)
	if err != nil {
		return "", "", "", fmt.Errorf("identity token: %w", err)
	}
	var claims struct {
		Name     string `json:"name"`
		Given    string `json:"given_name"`
		Family   string `json:"family_name"`
		Username string `json:"preferred_username"`
		Email    string `json:"email"`
		Verified any    `json:"email_verified"` // a boolean; Cognito may send a text
	}
	if err := who.Claims(&claims); err != nil {
		return "", "", "", fmt.Errorf("identity token: %w", err)
	}
	if claims.Verified == true || claims.Verified == "true" {
		email = claims.Email
	}
	return who.Subject, cmp.Or(claims.Name, strings.TrimSpace(claims.Given+" "+claims.Family), claims.Username), email, nil
}

// refusal takes from an error what a log may hold: neither code nor answer.
func refusal(err error) error {
	if e, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		return fmt.Errorf("the identity provider refused the code: %s", cmp.Or(e.ErrorCode, e.Response.Status))
	}
	return errors.New("the identity provider could not be asked for a token")
}
