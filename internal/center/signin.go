package center

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/participant"
	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// Content types of the events of a sign-in. Source: participant-wire sheet, section 5.
const (
	eventSignIn          = eventPrefix + "authentication.initiated"
	eventSignedIn        = eventPrefix + "authentication.succeeded"
	eventSignInFailed    = eventPrefix + "authentication.failed"
	eventSignInTimeout   = eventPrefix + "authentication.timeout"
	eventSignInExpired   = eventPrefix + "authentication.expired"
	eventSignInCancelled = eventPrefix + "authentication.cancelled"
	eventDisplayName     = eventPrefix + "participant.displayname.updated"
)

const (
	jobSignInExpiry = "sign-in-expiry"
	jobSignIn       = "sign-in"

	// signInExpiry is how long the customer's client may ask for the URL. Source: API reference, GetAuthenticationUrl (one minute).
	signInExpiry = time.Minute

	// maxDisplayName is how many characters a name has. Source: connect-chat sheet, appendix B, ParticipantDetails.
	maxDisplayName = 256

	// signedIn is the segment attribute that says who the customer is. Source: flow sheet, 11.31.
	signedIn = "connect:CustomerAuthentication"
)

func init() {
	chatJobs[jobSignInExpiry] = func(sc *scene, _ store.Job) error {
		return sc.signInOver(eventSignInExpired, flow.Input{Kind: flow.TimedOut})
	}
	outsideJobs[jobSignIn] = (*Service).askProvider
}

// IdentityProviders say who a customer is.
type IdentityProviders interface {
	// Knows reports whether customers of a user pool can sign in.
	Knows(userPool string) bool
	// URL returns where the customer signs in.
	URL(ctx context.Context, userPool, clientID, redirect, state, verifier string) (string, error)
	// Customer returns who came back with a code. The error tells nothing secret.
	Customer(ctx context.Context, userPool, clientID, redirect, verifier, code string) (id, name, email string, err error)
	// Verifier makes the secret that ties a code to who asked for it.
	Verifier() string
}

// signIn asks the customer to sign in and suspends the run. It reports false where that is not possible.
func (sc *scene) signIn(state *flow.State, e flow.SignIn) (bool, error) {
	if sc.IdentityProviders == nil || !sc.IdentityProviders.Knows(e.UserPool) {
		return false, nil
	}
	if err := sc.wait(state, flow.Wait{For: e.For}); err != nil {
		return false, err
	}
	in := &store.SignIn{
		SessionID: newID(), State: sc.chat.ID + "." + newID(), Verifier: sc.IdentityProviders.Verifier(),
		UserPool: e.UserPool, AppClient: e.AppClient, StartedAt: sc.now(),
	}
	sc.chat.SignIn, sc.chatChanged = in, true
	sc.putJob(jobSignInExpiry, sc.chat.ID, signInExpiry, nil)
	sc.notice(&store.Item{ContentType: eventSignIn, Content: `{"SessionId":"` + in.SessionID + `"}`})
	return true, nil
}

// notice tells everybody of an event that is about nobody and not kept.
func (sc *scene) notice(it *store.Item) {
	it.ID, it.At, it.ContactID, it.Type = newID(), sc.now(), sc.contact.ID, itemEvent
	sc.tell(frame(sc.chat.ID, it).Item)
	sc.streamed(it)
}

// signInOver ends a sign-in with an event and lets the flow go on.
func (sc *scene) signInOver(event string, in flow.Input) error {
	if sc.chat.SignIn == nil {
		return nil
	}
	sc.chat.SignIn, sc.chatChanged = nil, true
	sc.tx.DeleteJob(jobSignInExpiry, sc.chat.ID)
	sc.tx.DeleteJob(jobSignIn, sc.chat.ID)
	sc.notice(&store.Item{ContentType: event})
	return sc.resume(in)
}

// waited is what happens when a run has waited long enough.
func (sc *scene) waited() error {
	timedOut := flow.Input{Kind: flow.TimedOut}
	if sc.chat.SignIn != nil {
		return sc.signInOver(eventSignInTimeout, timedOut)
	}
	return sc.resume(timedOut)
}

// GetAuthenticationUrl hands out where the customer signs in, within a minute of the event that asked for it.
func (s *Service) GetAuthenticationUrl(
	ctx context.Context, conn auth.Connection, in *participant.GetAuthenticationUrlInput,
) (*participant.GetAuthenticationUrlOutput, error) {
	redirect, err := url.Parse(*in.RedirectUri)
	if err != nil || redirect.Host == "" || redirect.Scheme != "https" && redirect.Scheme != "http" || redirect.Fragment != "" {
		return nil, participantInvalid("RedirectUri is not the URL of a page")
	}
	var asked store.SignIn
	err = s.updateAs(ctx, conn, nil, func(sc *scene, caller store.Participant) error {
		session, err := sc.session(caller, *in.SessionId)
		if err != nil {
			return err
		}
		session.RedirectURI, sc.chatChanged = *in.RedirectUri, true
		sc.tx.DeleteJob(jobSignInExpiry, sc.chat.ID)
		asked = *session
		return nil
	})
	if err != nil {
		return nil, err
	}
	to, err := s.IdentityProviders.URL(ctx, asked.UserPool, asked.AppClient, asked.RedirectURI, asked.State, asked.Verifier)
	if err != nil {
		return nil, err
	}
	return &participant.GetAuthenticationUrlOutput{AuthenticationUrl: &to}, nil
}

// session finds the sign-in that the customer speaks of.
func (sc *scene) session(caller store.Participant, id string) (*store.SignIn, error) {
	if caller.Role != roleCustomer {
		return nil, accessDenied()
	}
	if sc.chat.SignIn == nil || sc.chat.SignIn.SessionID != id {
		return nil, participantInvalid("SessionId: no sign-in of this id is under way; it ends after a minute in which nobody asks for its URL")
	}
	return sc.chat.SignIn, nil
}

// CancelParticipantAuthentication ends a sign-in that the customer does not want.
func (s *Service) CancelParticipantAuthentication(
	ctx context.Context, conn auth.Connection, in *participant.CancelParticipantAuthenticationInput,
) (*participant.CancelParticipantAuthenticationOutput, error) {
	err := s.updateAs(ctx, conn, nil, func(sc *scene, caller store.Participant) error {
		if _, err := sc.session(caller, *in.SessionId); err != nil {
			return err
		}
		return sc.signInOver(eventSignInCancelled, flow.Input{Kind: flow.Happened, Event: flow.OptedOut})
	})
	if err != nil {
		return nil, err
	}
	return &participant.CancelParticipantAuthenticationOutput{}, nil
}

// UpdateParticipantAuthentication brings what the identity provider gave to the page that it sent the customer back to.
func (s *Service) UpdateParticipantAuthentication(
	ctx context.Context, in *connect.UpdateParticipantAuthenticationInput,
) (*connect.UpdateParticipantAuthenticationOutput, error) {
	instanceID, ok := s.Scope.InstanceID(*in.InstanceId)
	code, failed := reply.Value(in.Code), reply.Value(in.Error)
	switch {
	case !ok:
		return nil, reply.InvalidParameter("InstanceId is not of this server")
	case (code == "") == (failed == ""):
		return nil, reply.InvalidRequest("Send Code, or Error with what the identity provider said")
	}
	chatID, _, _ := strings.Cut(*in.State, ".")
	err := s.update(ctx, store.Key{Chat: chatID}, func(sc *scene) error {
		session := sc.chat.SignIn
		if !sc.live() || sc.chat.InstanceID != instanceID || session == nil || session.RedirectURI == "" ||
			subtle.ConstantTimeCompare([]byte(session.State), []byte(*in.State)) == 0 {
			return errNoChat
		}
		if _, err := sc.tx.Job(jobSignIn, sc.chat.ID); err == nil {
			return conflict("The sign-in is being completed")
		}
		if failed != "" {
			return sc.signInOver(eventSignInFailed, flow.Input{Kind: flow.Failed})
		}
		sc.putJob(jobSignIn, sc.chat.ID, 0, []byte(code))
		return nil
	})
	if err == errNoChat {
		return nil, reply.InvalidParameter("State: no sign-in of this state is under way")
	}
	if err != nil {
		return nil, err
	}
	return &connect.UpdateParticipantAuthenticationOutput{}, nil
}

// askProvider finds out who the customer is. A code works once, so that there is one try.
func (s *Service) askProvider(ctx context.Context, job store.Job) error {
	chat, err := s.Store.Chat(ctx, job.ChatID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err != nil || chat.SignIn == nil {
		return s.finishJob(ctx, job, func(*scene) error { return nil })
	}
	in := chat.SignIn
	leave, err := s.calls.enter(in.UserPool)
	if err != nil {
		return err
	}
	defer leave()
	id, name, email, asked := s.IdentityProviders.Customer(ctx, in.UserPool, in.AppClient, in.RedirectURI, in.Verifier, string(job.Payload))
	if asked != nil && ctx.Err() != nil {
		return asked // the server stops: the code may not have been used yet
	}
	return s.finishJob(ctx, job, func(sc *scene) error {
		if !sc.live() || sc.chat.SignIn == nil || sc.chat.SignIn.SessionID != in.SessionID {
			return nil
		}
		if asked != nil {
			sc.Log.Warn("sign-in failed", "chat", sc.chat.ID, "err", asked)
			return sc.signInOver(eventSignInFailed, flow.Input{Kind: flow.Failed})
		}
		if err := sc.knows(plainText(id), plainText(name), plainText(email)); err != nil {
			return err
		}
		return sc.signInOver(eventSignedIn, flow.Input{Kind: flow.Done})
	})
}

// plainText is what a provider says without what no database takes.
func plainText(s string) string { return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "") }

// knows notes who the customer is.
func (sc *scene) knows(id, name, email string) error {
	all, err := storedSegmentAttributes(sc.contact.SegmentAttributes)
	if err != nil {
		return err
	}
	if all == nil {
		all = map[string]types.SegmentAttributeValue{}
	}
	of := map[string]types.SegmentAttributeValue{
		"Status": {ValueString: new("AUTHENTICATED")}, "ClientId": {ValueString: &sc.chat.SignIn.AppClient},
		"CustomerId": {ValueString: &id}, "IdentityProvider": {ValueString: &sc.chat.SignIn.UserPool},
	}
	if email != "" {
		of["Email"] = types.SegmentAttributeValue{ValueString: &email}
	}
	all[signedIn] = types.SegmentAttributeValue{ValueMap: of}
	if sc.contact.SegmentAttributes, err = encodeSegmentAttributes(all); err != nil {
		return fmt.Errorf("contact %s: %w", sc.contact.ID, err)
	}
	sc.contactChanged = true
	sc.contactEvent(contactDataUpdated, "Segment Attributes")
	for i := range sc.chat.Participants {
		if p := &sc.chat.Participants[i]; p.Role == roleCustomer && name != "" {
			p.DisplayName, sc.chatChanged = string([]rune(name)[:min(len([]rune(name)), maxDisplayName)]), true
			sc.passing(eventDisplayName, *p)
		}
	}
	return nil
}
