package server

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/wire"
)

// PublicChats lets browsers start chats without a key, as the start-chat endpoint that Amazon's chat-interface expects. It is off
// unless flows are named.
type PublicChats struct {
	// Flows are the ids of the flows that may be started.
	Flows []string `yaml:"flows"`

	// Origins are the pages that may start them, as browsers name them ("https://www.example.org"); empty is any page.
	Origins []string `yaml:"origins"`

	// Continue lets pages continue an earlier chat (PersistentChat). Whoever knows the id of a contact can then read what was said.
	Continue bool `yaml:"continue"`

	// Rate limits the chats that one address may start; by default one in two seconds, after a burst of ten.
	Rate Rate `yaml:"rate"`
}

func (p PublicChats) check() error {
	for _, id := range p.Flows {
		if parsed, err := uuid.Parse(id); err != nil || parsed.String() != id {
			return fmt.Errorf("public_chats.flows: %q is not the id of a flow", id)
		}
	}
	if err := p.Rate.check(); err != nil {
		return fmt.Errorf("public_chats.rate: %w", err)
	}
	return checkOrigins("public_chats.origins", p.Origins)
}

// healthz tells that the process is up.
func (s *Server) healthz(c *call) error {
	c.out = append(c.out[:0], `{"status":"up"}`...)
	return nil
}

// readyz tells whether requests can be served: the database answers and the server is not about to stop.
func (s *Server) readyz(c *call) error {
	if s.stopping.Load() {
		return notReady("The server is stopping")
	}
	ctx, cancel := context.WithTimeout(c.r.Context(), 2*time.Second)
	defer cancel()
	if err := s.store.Ping(ctx); err != nil {
		s.log.Warn("not ready", "error", err)
		return notReady("The database does not answer")
	}
	c.out = append(c.out[:0], `{"status":"ready"}`...)
	return nil
}

func notReady(why string) error {
	return &wire.GatewayError{Status: http.StatusServiceUnavailable, Code: "ServiceUnavailable", Message: why}
}

const wireTime = "2006-01-02T15:04:05.000Z"

// clockControl reads the server's clock and moves it forward, in dev mode. Everything due on the way is done before the answer.
func (s *Server) clockControl(c *call) error {
	switch c.r.Method {
	case http.MethodGet:
	case http.MethodPost:
		move, err := s.clockMove(c)
		if err != nil {
			return err
		}
		// What is due on the way may ask somebody outside who is slow. A writer without deadlines has none to lift.
		_ = http.NewResponseController(c.w).SetWriteDeadline(time.Time{})
		if err := move(c.r.Context()); err != nil {
			return fmt.Errorf("move the clock: %w", err)
		}
	default:
		return notAllowed(c, "GET, POST, OPTIONS")
	}
	c.out = s.clock.Now().AppendFormat(append(c.out[:0], `{"Now":"`...), wireTime+`"}`)
	return nil
}

// clockMove reads how to move the clock: {"Advance":"25h"}, {"To":"2026-01-31T10:00:00Z"}, {"Next":true} or {"UntilIdle":true}.
func (s *Server) clockMove(c *call) (func(context.Context) error, error) {
	var in struct {
		Advance         string
		To              time.Time
		Next, UntilIdle bool
	}
	if err := c.readJSON(&in); err != nil {
		return nil, err
	}
	ways := 0
	for _, asked := range []bool{in.Advance != "", !in.To.IsZero(), in.Next, in.UntilIdle} {
		if asked {
			ways++
		}
	}
	switch {
	case ways != 1:
		return nil, invalid(`Send {"Advance":"25h"}, {"To":"2026-01-31T10:00:00Z"}, {"Next":true} or {"UntilIdle":true}`)
	case in.Next:
		return func(ctx context.Context) error { _, _, err := s.AdvanceToNext(ctx); return err }, nil
	case in.UntilIdle:
		return func(ctx context.Context) error { _, err := s.AdvanceUntilIdle(ctx); return err }, nil
	}
	target := func(now time.Time) (time.Time, error) {
		if in.To.Before(now) {
			return now, invalid("To: the clock shows " + now.Format(wireTime) + " already and does not go back")
		}
		return in.To, nil
	}
	if in.Advance != "" {
		by, err := time.ParseDuration(in.Advance)
		if err != nil || by < 0 {
			return nil, invalid("Advance: send a duration such as 25h or 1m30s")
		}
		target = func(now time.Time) (time.Time, error) { return now.Add(by), nil }
	}
	return func(ctx context.Context) error { return s.moveClock(ctx, target) }, nil
}

// answerJSON is the answer of a path of our own.
func (c *call) answerJSON(v any) (err error) {
	c.out, err = json.Marshal(v)
	return err
}

// readJSON reads the body of a path of our own. Members that it does not know are an error.
func (c *call) readJSON(into any) error {
	if err := c.readBody(); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(c.in.Body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return invalid("The body is not what this path takes: " + err.Error())
	}
	return nil
}

// publicChat starts a chat for a page. Its body is that of StartChatContact, whatever the content type says: pages send text/plain
// to save the preflight. Errors lie in data.Error. Source: participant-wire sheet, 12.2.
func (s *Server) publicChat(c *call) error {
	started, err := s.startPublicChat(c)
	if err != nil {
		body, status, code := c.encodeError(nil, err)
		c.w.Header()["X-Amzn-Errortype"] = []string{code}
		c.out = append(append(append(c.out[:0], `{"data":{"Error":`...), body...), "}}"...)
		c.answer(status)
		return nil
	}
	c.out = append(append(append(c.out[:0], `{"data":`...), started...), '}')
	return nil
}

func (s *Server) startPublicChat(c *call) ([]byte, error) {
	if c.r.Method != http.MethodPost {
		return nil, notAllowed(c, "POST, OPTIONS")
	}
	if err := s.mayAsk(c); err != nil {
		return nil, err
	}
	if err := s.readUnverified(c); err != nil {
		return nil, err
	}
	in, err := connect.StartChatContact.DecodeRequest(&wire.Request{Header: c.r.Header, Body: c.in.Body})
	if err != nil {
		return nil, err
	}
	if s.cfg.Dev == nil && !slices.Contains(s.cfg.PublicChats.Flows, *in.ContactFlowId) {
		return nil, refused("This flow is not among those that pages may start (public_chats.flows)")
	}
	if s.cfg.Dev == nil && in.PersistentChat != nil && !s.cfg.PublicChats.Continue {
		return nil, refused("Pages may not continue earlier chats here (public_chats.continue)")
	}
	out, err := s.center.StartChatContact(c.r.Context(), ofPage(in))
	if err != nil {
		return nil, err
	}
	c.isAbout(out)
	b := connect.StartChatContact.EncodeResponse([]byte(`{"startChatResult":`), out)
	files, err := s.center.TakesAttachments(c.r.Context(), *in.InstanceId)
	if err != nil {
		return nil, err
	}
	markdown := slices.Contains(in.SupportedMessagingContentTypes, "text/markdown")
	return fmt.Appendf(b, `,"featurePermissions":{"ATTACHMENTS":%t,"MESSAGING_MARKDOWN":%t}}`, files, markdown), nil
}

// ofPage takes what Amazon's own pages send. Everything else, such as who the customer is, is not for a stranger to say.
// Source: participant-wire sheet, 12.2.
func ofPage(in *connect.StartChatContactInput) *connect.StartChatContactInput {
	return &connect.StartChatContactInput{
		InstanceId: in.InstanceId, ContactFlowId: in.ContactFlowId, ParticipantDetails: in.ParticipantDetails,
		PersistentChat: in.PersistentChat, Attributes: in.Attributes, InitialMessage: in.InitialMessage,
		SupportedMessagingContentTypes: in.SupportedMessagingContentTypes, ChatDurationInMinutes: in.ChatDurationInMinutes,
	}
}

// mayAsk says whether a page may start chats without a key, and now. It is asked before anything is read. In dev mode every page may.
func (s *Server) mayAsk(c *call) error {
	public := s.cfg.PublicChats
	switch {
	case s.cfg.Dev != nil:
		return nil
	case len(public.Flows) == 0:
		return refused("Pages may not start chats here (public_chats.flows)")
	case len(public.Origins) > 0 && !slices.Contains(public.Origins, c.r.Header.Get("Origin")):
		return refused("This page is not among those that may start chats (public_chats.origins)")
	}
	if wait, ok := s.publicStarts.take(s.clock.Now(), network(s.remote(c.r))); !ok {
		return c.throttle(wait)
	}
	return nil
}

func refused(why string) error {
	return &wire.GatewayError{Status: http.StatusForbidden, Code: "AccessDeniedException", Message: why}
}

func invalid(why string) error {
	return &wire.GatewayError{Status: http.StatusBadRequest, Code: "ValidationException", Message: why}
}

func notAllowed(c *call, methods string) error {
	c.w.Header().Set("Allow", methods)
	return &wire.GatewayError{
		Status: http.StatusMethodNotAllowed, Code: "MethodNotAllowedException", Message: "This path takes " + methods,
	}
}
