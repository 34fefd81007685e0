package center

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// providers know one customer, who comes with the code "good".
type providers struct{}

func (providers) Knows(pool string) bool { return pool == "arn:pool" }
func (providers) Verifier() string       { return "verifier" }

func (providers) URL(_ context.Context, _, clientID, redirect, state, verifier string) (string, error) {
	return "https://login.example.org/?" + strings.Join([]string{clientID, redirect, state, verifier}, "&"), nil
}

func (providers) Customer(_ context.Context, _, _, redirect, verifier, code string) (id, name, email string, err error) {
	if code != "good" || redirect != "https://shop.example.org/back" || verifier != "verifier" {
		return "", "", "", errors.New("invalid_grant")
	}
	return "u-1", "Ana Blum\x00" + strings.Repeat("é", 300), "ana@example.org", nil
}

const signInFlow = `{"Version":"2019-10-30","StartAction":"sign","Actions":[
	{"Identifier":"sign","Type":"AuthenticateParticipant","Parameters":{"CognitoConfiguration":{"UserPoolArn":"POOL","AppClientId":"client"},"TimeLimitMinutes":"5"},
		"Transitions":{"NextAction":"in","Conditions":[{"NextAction":"no","Condition":{"Operator":"Equals","Operands":["OptedOut"]}}],
		"Errors":[{"NextAction":"late","ErrorType":"TimeLimitExceeded"},{"NextAction":"wrong","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"in","Type":"MessageParticipant","Parameters":{"Text":"Hello $.SegmentAttributes['connect:CustomerAuthentication']['CustomerId']"},"Transitions":{"NextAction":"pause","Errors":[]}},
	{"Identifier":"no","Type":"MessageParticipant","Parameters":{"Text":"opted out"},"Transitions":{"NextAction":"pause","Errors":[]}},
	{"Identifier":"late","Type":"MessageParticipant","Parameters":{"Text":"too late"},"Transitions":{"NextAction":"pause","Errors":[]}},
	{"Identifier":"wrong","Type":"MessageParticipant","Parameters":{"Text":"failed"},"Transitions":{"NextAction":"pause","Errors":[]}},
	{"Identifier":"pause","Type":"Wait","Parameters":{"TimeLimitSeconds":"86400"},"Transitions":{"NextAction":"end",
		"Conditions":[{"NextAction":"end","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}}],
		"Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
	{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

// signingIn is a chat whose flow has asked the customer to sign in, and the session it was asked with.
func (w *world) signingIn(pool string) (chat, string) {
	w.t.Helper()
	w.IdentityProviders = providers{}
	id := newID()
	err := w.Store.Update(w.t.Context(), store.Key{}, func(tx *store.Tx) error {
		tx.PutFlow(&store.Flow{ID: id, InstanceID: instanceID, Name: id, Type: "CONTACT_FLOW", State: "ACTIVE", Published: 1})
		tx.PutFlowVersion(&store.FlowVersion{FlowID: id, Version: 1, Content: strings.Replace(signInFlow, "POOL", pool, 1)})
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.told = nil
	c := w.start(func(in *connect.StartChatContactInput) { in.ContactFlowId = &id })
	for _, it := range w.events() {
		if reply.Value(it.ContentType) == eventSignIn {
			var content struct{ SessionId string }
			if err := json.Unmarshal([]byte(*it.Content), &content); err != nil {
				w.t.Fatal(err)
			}
			return c, content.SessionId
		}
	}
	return c, ""
}

// events are all items that were published.
func (w *world) events() (all []ptypes.Item) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, m := range w.told {
		var it ptypes.Item
		if err := json.Unmarshal(m.Item, &it); err != nil {
			w.t.Fatal(err)
		}
		all = append(all, it)
	}
	return all
}

func TestSignIn(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		getURL := func(c chat, session, redirect string) (string, error) {
			out, err := w.GetAuthenticationUrl(t.Context(), c.Connection, &participant.GetAuthenticationUrlInput{
				SessionId: &session, RedirectUri: &redirect,
			})
			if err != nil {
				return "", err
			}
			return *out.AuthenticationUrl, nil
		}
		finish := func(state, code, failed string) error {
			in := &connect.UpdateParticipantAuthenticationInput{InstanceId: new(instanceID), State: &state}
			if code != "" {
				in.Code = &code
			}
			if failed != "" {
				in.Error = &failed
			}
			_, err := w.UpdateParticipantAuthentication(t.Context(), in)
			return err
		}
		cancel := func(c chat, session string) error {
			_, err := w.CancelParticipantAuthentication(t.Context(), c.Connection, &participant.CancelParticipantAuthenticationInput{SessionId: &session})
			return err
		}
		const back = "https://shop.example.org/back"
		for name, tt := range map[string]struct {
			pool  string
			do    func(c chat, session string)
			says  string
			event string
		}{
			"signed in": {"arn:pool", func(c chat, session string) {
				to, err := getURL(c, session, back)
				if err != nil {
					t.Fatal(err)
				}
				state := strings.Split(to, "&")[2]
				wantCode(t, "neither code nor error", finish(state, "", ""), "InvalidRequestException")
				wantCode(t, "another state", finish(state+"x", "good", ""), "InvalidParameterException")
				wantCode(t, "code", finish(state, "good", ""), "")
				wantCode(t, "code again", finish(state, "good", ""), "ConflictException")
				w.advance(0)
				wantCode(t, "code once more", finish(state, "good", ""), "InvalidParameterException")
				if name := *w.transcript(c)[0].DisplayName; name != "Ana" {
					t.Errorf("what was written before has the name %q", name)
				}
				if said := w.say(c, "It is me"); said != nil {
					items := w.transcript(c)
					if name := *items[len(items)-1].DisplayName; name != "Ana Blum"+strings.Repeat("é", 248) {
						t.Errorf("the customer is called %q", name)
					}
				}
			}, "Hello u-1", eventSignedIn},
			"wrong code": {"arn:pool", func(c chat, session string) {
				to, _ := getURL(c, session, back)
				wantCode(t, "code", finish(strings.Split(to, "&")[2], "bad", ""), "")
				w.advance(0)
			}, "failed", eventSignInFailed},
			"refused there": {"arn:pool", func(c chat, session string) {
				to, _ := getURL(c, session, back)
				wantCode(t, "error", finish(strings.Split(to, "&")[2], "", "access_denied"), "")
			}, "failed", eventSignInFailed},
			"opted out": {"arn:pool", func(c chat, session string) {
				wantCode(t, "another session", cancel(c, newID()), "ValidationException")
				wantCode(t, "cancel", cancel(c, session), "")
				wantCode(t, "cancel again", cancel(c, session), "ValidationException")
			}, "opted out", eventSignInCancelled},
			"no URL asked for": {"arn:pool", func(c chat, session string) {
				w.advance(time.Minute)
				_, err := getURL(c, session, back)
				wantCode(t, "after a minute", err, "ValidationException")
			}, "too late", eventSignInExpired},
			"never came back": {"arn:pool", func(c chat, session string) {
				_, err := getURL(c, session, "javascript:alert(1)")
				wantCode(t, "no page", err, "ValidationException")
				if _, err := getURL(c, session, back); err != nil {
					t.Fatal(err)
				}
				w.advance(5 * time.Minute)
			}, "too late", eventSignInTimeout},
			"unknown pool": {"arn:other", func(c chat, session string) {
				if session != "" {
					t.Error("the customer is asked to sign in where nobody knows how")
				}
			}, "failed", ""},
		} {
			c, session := w.signingIn(tt.pool)
			if err := w.update(t.Context(), store.Key{Chat: c.id}, func(sc *scene) error { sc.connected(); return nil }); err != nil {
				t.Fatal(err)
			}
			tt.do(c, session)
			if said := contents(w.transcript(c)); len(said) == 0 || said[0] != tt.says {
				t.Errorf("%s: the flow says %q, want %q", name, said, tt.says)
			}
			if tt.event != "" && !slices.ContainsFunc(w.events(), func(it ptypes.Item) bool { return reply.Value(it.ContentType) == tt.event }) {
				t.Errorf("%s: %s was not told", name, tt.event)
			}
		}
	})
}
