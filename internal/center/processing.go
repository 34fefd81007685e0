package center

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/api/wire"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// Messages that a processor looks at wait in a stream of store.Outs until their turn has come: one after the other, so that they keep their
// order. They enter the transcript with the verdict.

const (
	jobProcess  = "process"
	kindProcess = "process"

	// processTime is how long a processor may take for a message. Source: participant-wire sheet, 10.7 (3 s to 3 min).
	processTime = 30 * time.Second

	// maxPending is how many messages of a chat may wait for its processor.
	maxPending = 100
)

func init() { outsideJobs[jobProcess] = (*Service).process }

// StartContactMediaProcessing has all messages of participants pass a function from now on, before anybody but their sender sees them:
// one that the instance is associated with or the operator has named, so that a caller can not have just any function called.
func (s *Service) StartContactMediaProcessing(
	ctx context.Context, in *connect.StartContactMediaProcessingInput,
) (*connect.StartContactMediaProcessingOutput, error) {
	function := reply.Value(in.ProcessorArn)
	if function == "" {
		return nil, reply.InvalidRequest("ProcessorArn is missing")
	}
	if !strings.HasPrefix(function, "arn:aws:lambda:") {
		return nil, reply.InvalidParameter("ProcessorArn is not the ARN of a Lambda function")
	}
	processor := &store.Processor{
		Function: function, Deliver: in.FailureMode != types.ContactMediaProcessingFailureModeDoNotDeliverUnprocessedMessage,
	}
	if err := s.setProcessor(ctx, in.InstanceId, in.ContactId, processor); err != nil {
		return nil, err
	}
	return &connect.StartContactMediaProcessingOutput{}, nil
}

// StopContactMediaProcessing lets messages pass as they are again; those that wait are processed still.
func (s *Service) StopContactMediaProcessing(
	ctx context.Context, in *connect.StopContactMediaProcessingInput,
) (*connect.StopContactMediaProcessingOutput, error) {
	if err := s.setProcessor(ctx, in.InstanceId, in.ContactId, &store.Processor{Deliver: true}); err != nil {
		return nil, err
	}
	return &connect.StopContactMediaProcessingOutput{}, nil
}

func (s *Service) setProcessor(ctx context.Context, instance, contact *string, p *store.Processor) error {
	if reply.Value(instance) == "" || reply.Value(contact) == "" {
		return reply.InvalidRequest("InstanceId and ContactId are needed")
	}
	ct, _, err := s.contactOf(ctx, *instance, *contact)
	if err != nil {
		return err
	}
	return s.update(ctx, store.Key{Chat: ct.ChatID}, func(sc *scene) error {
		if !sc.live() {
			return reply.InvalidRequest("The contact has ended")
		}
		ok, err := sc.setProcessor(p)
		if err != nil {
			return err
		}
		if !ok {
			return reply.InvalidRequest("ProcessorArn is no function for this instance: associate it with CreateIntegrationAssociation, " +
				"as MESSAGE_PROCESSOR, or name it in the server's setting functions")
		}
		return nil
	})
}

// setProcessor has messages pass another processor, or with one that has no function none. It reports false when they may not pass it.
func (sc *scene) setProcessor(p *store.Processor) (bool, error) {
	ok, err := sc.processes(p.Function)
	if ok && (p.Function != "" || sc.chat.Processor != nil) {
		sc.chat.Processor, sc.chatChanged = p, true
	}
	return ok, err
}

// processes reports whether messages of the chat may pass a function; none is fine.
func (sc *scene) processes(function string) (bool, error) {
	if function == "" || sc.KnowsFunction != nil && sc.KnowsFunction(function) {
		return true, nil
	}
	instance, err := sc.tx.Instance(sc.chat.InstanceID)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(instance.Integrations, func(i store.Integration) bool {
		return i.Type == string(types.IntegrationTypeMessageProcessor) && i.ARN == function
	}), nil
}

// ticket is what the sender of a message that waits is given, then and whenever it is sent again. It is kept after the message was
// processed, and holds nothing of it.
type ticket struct {
	ID string
	At int64
}

// pending is a message that waits for its processor.
type pending struct {
	ticket
	ContentType, Content string
	Token                []byte
	From                 store.Participant
	Deliver              bool
}

// processStream is beside the streams of all targets: none has a name that begins with a slash.
func processStream(chatID string) string { return chatID + "//process" }

func (t *ticket) answer() participant.SendMessageOutput {
	return participant.SendMessageOutput{
		Id: &t.ID, AbsoluteTime: wire.Time(t.At),
		MessageMetadata: &ptypes.MessageProcessingMetadata{MessageProcessingStatus: ptypes.MessageProcessingStatusProcessing},
	}
}

func (sc *scene) heldRequest(token []byte) store.Request {
	return store.Request{Scope: "SendMessage/" + sc.chat.ID, Token: hex.EncodeToString(token)}
}

// heldBefore returns the ticket of the message that was sent with the token and had to wait, nil if none had to. item is what was written
// with the token.
func (sc *scene) heldBefore(token []byte, item *store.Item) (*ticket, error) {
	if token == nil || item == nil && sc.chat.Processor == nil {
		return nil, nil
	}
	request := sc.heldRequest(token)
	earlier, err := sc.tx.Request(request.Scope, request.Token)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	t := new(ticket)
	return t, json.Unmarshal(earlier.Answer, t)
}

// hold keeps a message back until it was processed and no whisper runs, and returns its ticket: nil for one that nobody looks at. Without a
// function a processor was stopped: messages still queue behind those that wait for it.
func (sc *scene) hold(from store.Participant, contentType, content string, token []byte) (*ticket, error) {
	processor, whispers := sc.chat.Processor, sc.contact.Whisper != nil
	if whispers && processor == nil {
		processor = &store.Processor{Deliver: true}
		sc.chat.Processor, sc.chatChanged = processor, true
	}
	if processor == nil {
		return nil, nil
	}
	stream := processStream(sc.chat.ID)
	waiting, err := sc.tx.CountOuts(stream, maxPending)
	if err != nil {
		return nil, err
	}
	if processor.Function == "" && waiting == 0 && !whispers {
		sc.chat.Processor, sc.chatChanged = nil, true
		return nil, nil
	}
	function := processor.Function
	if contentType == interactiveResponse || contentType == interactive { // not for processors, but not before what waits for one
		if function = ""; waiting == 0 && !whispers {
			return nil, nil
		}
	}
	m := &pending{
		ticket: ticket{newID(), sc.now()}, ContentType: contentType, Content: content, Token: token, From: from, Deliver: processor.Deliver,
	}
	body, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	if token != nil {
		request := sc.heldRequest(token)
		if request.Answer, err = json.Marshal(m.ticket); err != nil {
			return nil, err
		}
		request.ExpiresAt = sc.chat.ExpiresAt
		sc.tx.PutRequest(request)
	}
	if waiting >= maxPending {
		return nil, &ptypes.ThrottlingException{Message: new("Too many messages of this chat wait for its processor")}
	}
	sc.tx.PutOut(store.Out{
		Stream: stream, Target: function, ChatID: sc.chat.ID, ContactID: sc.contact.ID, InstanceID: sc.chat.InstanceID,
		Kind: kindProcess, At: m.At, Body: body,
	})
	if waiting == 0 && !whispers {
		sc.putJob(jobProcess, sc.chat.ID, 0, nil)
	}
	return &m.ticket, nil
}

// process asks the processor about the message that has waited longest, and lets it into the transcript or not.
func (s *Service) process(ctx context.Context, job store.Job) error {
	waiting, err := s.Store.Outs(ctx, processStream(job.ChatID), 1)
	if err != nil {
		return err
	}
	if len(waiting) == 0 {
		return s.finishJob(ctx, job, func(*scene) error { return nil })
	}
	next := waiting[0]
	if next.Kind != kindProcess {
		return fmt.Errorf("what waits in chat %s for a processor is of kind %q", job.ChatID, next.Kind)
	}
	var m pending
	if err := json.Unmarshal(next.Body, &m); err != nil {
		return fmt.Errorf("message that waits in chat %s: %w", job.ChatID, err)
	}
	v := verdict{Status: verdictApproved}
	if next.Target != "" {
		leave, err := s.calls.enter(next.Target)
		if err != nil {
			return err
		}
		defer leave()
		if v, err = s.ask(ctx, next, m); err != nil {
			if ctx.Err() != nil {
				return err // the server stops: its successor asks again
			}
			s.Log.Warn("message was not processed", "chat", job.ChatID, "function", next.Target, "err", err)
			v = verdict{Status: verdictFailed}
		}
	}
	return s.finishJob(ctx, job, func(sc *scene) error {
		if !sc.live() {
			sc.tx.DeleteOuts(next.Stream, math.MaxInt64)
			return nil
		}
		if sc.contact.Whisper != nil {
			return nil // it is delivered when the whisper is over
		}
		sc.tx.DeleteOuts(next.Stream, next.ID)
		more, err := sc.tx.CountOuts(next.Stream, 2)
		if err != nil {
			return err
		}
		if more > 1 {
			sc.putJob(jobProcess, sc.chat.ID, 0, nil)
		}
		return sc.deliver(m, v)
	})
}

// deliver appends a message as its processor has decided.
func (sc *scene) deliver(m pending, v verdict) error {
	it := message(m.From, m.ContentType, m.Content, m.Token)
	it.ID = m.ID
	var status ptypes.MessageProcessingStatus
	switch {
	case v.Status == verdictProcessed:
		it.ContentType, it.Content = v.Result.ProcessedChatContent.ContentType, v.Result.ProcessedChatContent.Content
	case v.Status == verdictRejected:
		status = ptypes.MessageProcessingStatusRejected
	case v.Status == verdictFailed && !m.Deliver:
		status = ptypes.MessageProcessingStatusFailed
	}
	if status != "" {
		extra, err := json.Marshal(store.ItemExtra{To: []string{m.From.ID}, Status: string(status)})
		if err != nil {
			return err
		}
		it.Extra = extra
		sc.append(it)
		return nil
	}
	next, waits := sc.heard(it)
	sc.append(it)
	if waits {
		return sc.resume(next)
	}
	return nil
}

// verdict is what a processor answers. Source: flow sheet, 11.29.
type verdict struct {
	Status string `json:"status"`
	Result struct {
		ProcessedChatContent struct {
			Content     string `json:"content"`
			ContentType string `json:"contentType"`
		} `json:"processedChatContent"`
	} `json:"result"`
}

const (
	verdictProcessed = "PROCESSED"
	verdictApproved  = "APPROVED"
	verdictRejected  = "REJECTED"
	verdictFailed    = "FAILED" // not an answer: there was none, or none that can be used
)

// ask calls the processor of a message. Errors are fit for the log: they say nothing of what the message or the answer says.
func (s *Service) ask(ctx context.Context, o store.Out, m pending) (v verdict, err error) {
	if s.Functions == nil {
		return v, errors.New("this server calls no functions")
	}
	event, err := json.Marshal(map[string]any{
		"version": "1.0", "instanceId": o.InstanceID, "associatedResourceArn": s.Scope.Resource(o.InstanceID, arn.Contact, o.ContactID),
		"chatContent": map[string]any{
			"absoluteTime": wire.Time(m.At), "content": m.Content, "contentType": m.ContentType, "id": m.ID,
			"participantId": m.From.ID, "displayName": m.From.DisplayName, "participantRole": m.From.Role,
			"initialContactId": o.ChatID, "contactId": o.ContactID,
		},
	})
	if err != nil {
		return v, err
	}
	ctx, cancel := context.WithTimeout(ctx, processTime)
	defer cancel()
	answer, err := s.Functions.Invoke(ctx, o.Target, event)
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal(answer, &v); err != nil {
		return v, errors.New("its answer is not like a verdict")
	}
	switch content := v.Result.ProcessedChatContent; v.Status {
	case verdictApproved, verdictRejected:
		return v, nil
	case verdictProcessed:
		if content.Content == "" {
			return v, errors.New("its answer has no processedChatContent")
		}
		if content.ContentType == "" {
			v.Result.ProcessedChatContent.ContentType = m.ContentType
		}
		// What it makes of the message must be of the same kind: the chat may not support another.
		if contentProblem(m.From.Role, v.Result.ProcessedChatContent.ContentType, content.Content, []string{m.ContentType}) != "" {
			return v, errors.New("its answer can not be delivered: it is too long, or of another type")
		}
		return v, nil
	}
	return v, errors.New("its answer has no known status")
}
