package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/openparley/parley/api/connect"
	ctypes "github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/parley"
	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/api/wire"
	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/blob"
	"github.com/openparley/parley/web"
)

// routes is the whole API: the operations of the two services, then the paths of our own.
func (s *Server) routes() {
	handle(s, connect.StartChatContact, s.center.StartChatContact)
	handle(s, connect.StartOutboundChatContact, s.center.StartOutboundChatContact)
	handle(s, connect.SendChatIntegrationEvent, s.center.SendChatIntegrationEvent)
	handle(s, connect.StopContact, s.center.StopContact)
	handle(s, connect.DescribeContact, s.center.DescribeContact)
	handle(s, connect.GetContactAttributes, s.center.GetContactAttributes)
	handle(s, connect.UpdateContactAttributes, s.center.UpdateContactAttributes)
	handle(s, connect.UpdateContact, s.center.UpdateContact)
	handle(s, connect.TagContact, s.center.TagContact)
	handle(s, connect.UntagContact, s.center.UntagContact)
	handle(s, connect.UpdateContactRoutingData, s.center.UpdateContactRoutingData)
	handle(s, connect.CreateParticipant, s.center.CreateParticipant)
	handle(s, connect.UpdateParticipantAuthentication, s.center.UpdateParticipantAuthentication)
	handle(s, connect.UpdateParticipantRoleConfig, s.center.UpdateParticipantRoleConfig)
	handle(s, connect.CreatePersistentContactAssociation, s.center.CreatePersistentContactAssociation)
	handle(s, connect.StartContactMediaProcessing, s.center.StartContactMediaProcessing)
	handle(s, connect.StopContactMediaProcessing, s.center.StopContactMediaProcessing)
	handle(s, connect.StartContactStreaming, s.center.StartContactStreaming)
	handle(s, connect.StopContactStreaming, s.center.StopContactStreaming)

	handle(s, connect.ListAssociatedContacts, s.report.ListAssociatedContacts)
	handle(s, connect.ListContactReferences, s.report.ListContactReferences)
	handle(s, connect.GetContactMetrics, s.report.GetContactMetrics)
	handle(s, connect.ListRealtimeContactAnalysisSegmentsV2, s.report.ListRealtimeContactAnalysisSegmentsV2)
	handle(s, connect.SearchContacts, s.report.SearchContacts)

	handle(s, connect.ListInstances, s.admin.ListInstances)
	handle(s, connect.DescribeInstance, s.admin.DescribeInstance)
	handle(s, connect.DescribeInstanceAttribute, s.admin.DescribeInstanceAttribute)
	handle(s, connect.ListInstanceAttributes, s.admin.ListInstanceAttributes)
	handle(s, connect.UpdateInstanceAttribute, s.admin.UpdateInstanceAttribute)
	handle(s, connect.AssociateInstanceStorageConfig, s.admin.AssociateInstanceStorageConfig)
	handle(s, connect.DescribeInstanceStorageConfig, s.admin.DescribeInstanceStorageConfig)
	handle(s, connect.ListInstanceStorageConfigs, s.admin.ListInstanceStorageConfigs)
	handle(s, connect.UpdateInstanceStorageConfig, s.admin.UpdateInstanceStorageConfig)
	handle(s, connect.DisassociateInstanceStorageConfig, s.admin.DisassociateInstanceStorageConfig)
	handle(s, connect.CreateIntegrationAssociation, s.admin.CreateIntegrationAssociation)
	handle(s, connect.DeleteIntegrationAssociation, s.admin.DeleteIntegrationAssociation)
	handle(s, connect.ListIntegrationAssociations, s.admin.ListIntegrationAssociations)
	handle(s, connect.AssociateLambdaFunction, s.admin.AssociateLambdaFunction)
	handle(s, connect.DisassociateLambdaFunction, s.admin.DisassociateLambdaFunction)
	handle(s, connect.ListLambdaFunctions, s.admin.ListLambdaFunctions)
	handle(s, connect.AssociateBot, s.admin.AssociateBot)
	handle(s, connect.DisassociateBot, s.admin.DisassociateBot)
	handle(s, connect.ListBots, s.admin.ListBots)
	handle(s, connect.AssociateLexBot, s.admin.AssociateLexBot)
	handle(s, connect.DisassociateLexBot, s.admin.DisassociateLexBot)
	handle(s, connect.ListLexBots, s.admin.ListLexBots)
	handle(s, connect.CreateContactFlow, s.admin.CreateContactFlow)
	handle(s, connect.DescribeContactFlow, s.admin.DescribeContactFlow)
	handle(s, connect.ListContactFlows, s.admin.ListContactFlows)
	handle(s, connect.UpdateContactFlowContent, s.admin.UpdateContactFlowContent)
	handle(s, connect.UpdateContactFlowMetadata, s.admin.UpdateContactFlowMetadata)
	handle(s, connect.UpdateContactFlowName, s.admin.UpdateContactFlowName)
	handle(s, connect.DeleteContactFlow, s.admin.DeleteContactFlow)
	handle(s, connect.CreateContactFlowModule, s.admin.CreateContactFlowModule)
	handle(s, connect.DescribeContactFlowModule, s.admin.DescribeContactFlowModule)
	handle(s, connect.ListContactFlowModules, s.admin.ListContactFlowModules)
	handle(s, connect.UpdateContactFlowModuleContent, s.admin.UpdateContactFlowModuleContent)
	handle(s, connect.UpdateContactFlowModuleMetadata, s.admin.UpdateContactFlowModuleMetadata)
	handle(s, connect.DeleteContactFlowModule, s.admin.DeleteContactFlowModule)
	handle(s, connect.CreateContactFlowVersion, s.admin.CreateContactFlowVersion)
	handle(s, connect.DeleteContactFlowVersion, s.admin.DeleteContactFlowVersion)
	handle(s, connect.ListContactFlowVersions, s.admin.ListContactFlowVersions)
	handle(s, connect.CreateContactFlowModuleVersion, s.admin.CreateContactFlowModuleVersion)
	handle(s, connect.DeleteContactFlowModuleVersion, s.admin.DeleteContactFlowModuleVersion)
	handle(s, connect.ListContactFlowModuleVersions, s.admin.ListContactFlowModuleVersions)
	handle(s, connect.CreateContactFlowModuleAlias, s.admin.CreateContactFlowModuleAlias)
	handle(s, connect.DescribeContactFlowModuleAlias, s.admin.DescribeContactFlowModuleAlias)
	handle(s, connect.UpdateContactFlowModuleAlias, s.admin.UpdateContactFlowModuleAlias)
	handle(s, connect.DeleteContactFlowModuleAlias, s.admin.DeleteContactFlowModuleAlias)
	handle(s, connect.ListContactFlowModuleAliases, s.admin.ListContactFlowModuleAliases)
	handle(s, connect.SearchContactFlows, s.admin.SearchContactFlows)
	handle(s, connect.SearchContactFlowModules, s.admin.SearchContactFlowModules)
	handle(s, connect.CreateTestCase, s.admin.CreateTestCase)
	handle(s, connect.UpdateTestCase, s.admin.UpdateTestCase)
	handle(s, connect.DescribeTestCase, s.admin.DescribeTestCase)
	handle(s, connect.DeleteTestCase, s.admin.DeleteTestCase)
	handle(s, connect.ListTestCases, s.admin.ListTestCases)
	handle(s, connect.SearchTestCases, s.admin.SearchTestCases)
	handle(s, connect.StartTestCaseExecution, s.admin.StartTestCaseExecution)
	handle(s, connect.StopTestCaseExecution, s.admin.StopTestCaseExecution)
	handle(s, connect.GetTestCaseExecutionSummary, s.admin.GetTestCaseExecutionSummary)
	handle(s, connect.ListTestCaseExecutions, s.admin.ListTestCaseExecutions)
	handle(s, connect.ListTestCaseExecutionRecords, s.admin.ListTestCaseExecutionRecords)
	handle(s, connect.AssociateFlow, s.admin.AssociateFlow)
	handle(s, connect.DisassociateFlow, s.admin.DisassociateFlow)
	handle(s, connect.GetFlowAssociation, s.admin.GetFlowAssociation)
	handle(s, connect.ListFlowAssociations, s.admin.ListFlowAssociations)
	handle(s, connect.BatchGetFlowAssociation, s.admin.BatchGetFlowAssociation)
	handle(s, connect.TagResource, s.admin.TagResource)
	handle(s, connect.UntagResource, s.admin.UntagResource)
	handle(s, connect.ListTagsForResource, s.admin.ListTagsForResource)

	handle(s, connect.CreateView, s.admin.CreateView)
	handle(s, connect.DescribeView, s.admin.DescribeView)
	handle(s, connect.ListViews, s.admin.ListViews)
	handle(s, connect.SearchViews, s.admin.SearchViews)
	handle(s, connect.UpdateViewContent, s.admin.UpdateViewContent)
	handle(s, connect.UpdateViewMetadata, s.admin.UpdateViewMetadata)
	handle(s, connect.DeleteView, s.admin.DeleteView)
	handle(s, connect.CreateViewVersion, s.admin.CreateViewVersion)
	handle(s, connect.DeleteViewVersion, s.admin.DeleteViewVersion)
	handle(s, connect.ListViewVersions, s.admin.ListViewVersions)

	handle(s, connect.CreateHoursOfOperation, s.admin.CreateHoursOfOperation)
	handle(s, connect.DescribeHoursOfOperation, s.admin.DescribeHoursOfOperation)
	handle(s, connect.ListHoursOfOperations, s.admin.ListHoursOfOperations)
	handle(s, connect.UpdateHoursOfOperation, s.admin.UpdateHoursOfOperation)
	handle(s, connect.DeleteHoursOfOperation, s.admin.DeleteHoursOfOperation)
	handle(s, connect.SearchHoursOfOperations, s.admin.SearchHoursOfOperations)
	handle(s, connect.AssociateHoursOfOperations, s.admin.AssociateHoursOfOperations)
	handle(s, connect.DisassociateHoursOfOperations, s.admin.DisassociateHoursOfOperations)
	handle(s, connect.ListChildHoursOfOperations, s.admin.ListChildHoursOfOperations)
	handle(s, connect.CreateHoursOfOperationOverride, s.admin.CreateHoursOfOperationOverride)
	handle(s, connect.DescribeHoursOfOperationOverride, s.admin.DescribeHoursOfOperationOverride)
	handle(s, connect.ListHoursOfOperationOverrides, s.admin.ListHoursOfOperationOverrides)
	handle(s, connect.UpdateHoursOfOperationOverride, s.admin.UpdateHoursOfOperationOverride)
	handle(s, connect.DeleteHoursOfOperationOverride, s.admin.DeleteHoursOfOperationOverride)
	handle(s, connect.GetEffectiveHoursOfOperations, s.admin.GetEffectiveHoursOfOperations)
	handle(s, connect.SearchHoursOfOperationOverrides, s.admin.SearchHoursOfOperationOverrides)

	handle(s, connect.CreateQueue, s.admin.CreateQueue)
	handle(s, connect.DescribeQueue, s.admin.DescribeQueue)
	handle(s, connect.ListQueues, s.admin.ListQueues)
	handle(s, connect.UpdateQueueName, s.admin.UpdateQueueName)
	handle(s, connect.UpdateQueueStatus, s.admin.UpdateQueueStatus)
	handle(s, connect.UpdateQueueMaxContacts, s.admin.UpdateQueueMaxContacts)
	handle(s, connect.UpdateQueueHoursOfOperation, s.admin.UpdateQueueHoursOfOperation)
	handle(s, connect.DeleteQueue, s.admin.DeleteQueue)
	handle(s, connect.SearchQueues, s.admin.SearchQueues)

	handle(s, connect.CreatePrompt, s.admin.CreatePrompt)
	handle(s, connect.DescribePrompt, s.admin.DescribePrompt)
	handle(s, connect.ListPrompts, s.admin.ListPrompts)
	handle(s, connect.UpdatePrompt, s.admin.UpdatePrompt)
	handle(s, connect.DeletePrompt, s.admin.DeletePrompt)
	handle(s, connect.SearchPrompts, s.admin.SearchPrompts)

	handleParticipant(s, participant.CreateParticipantConnection, s.createParticipantConnection)
	handleConnection(s, participant.SendMessage, s.center.SendMessage)
	handleConnection(s, participant.SendEvent, s.center.SendEvent)
	handleConnection(s, participant.GetTranscript, s.center.GetTranscript)
	handleConnection(s, participant.DisconnectParticipant, s.center.DisconnectParticipant)
	handleLocated(s, participant.StartAttachmentUpload, s.startAttachmentUpload)
	handleConnection(s, participant.CompleteAttachmentUpload, s.center.CompleteAttachmentUpload)
	handleLocated(s, participant.GetAttachment, s.getAttachment)
	handleConnection(s, participant.DescribeView, s.center.DescribeView)
	handleConnection(s, participant.GetAuthenticationUrl, s.center.GetAuthenticationUrl)
	handleConnection(s, participant.CancelParticipantAuthentication, s.center.CancelParticipantAuthentication)

	handleOperator(s, parley.FindChats, s.retention.FindChats)
	handleOperator(s, parley.EraseChat, s.retention.EraseChat)
	handleOperator(s, parley.ExportChat, s.retention.ExportChat)
	handleLocatedOperator(s, parley.LocateAttachment, s.locateAttachment)
	handleOperator(s, parley.TransferChat, s.center.TransferChat)
	handleOperator(s, parley.FindGuides, s.center.FindGuides)
	handleOperator(s, parley.FindDeadLetters, s.outside.letters.FindDeadLetters)
	handleOperator(s, parley.ReplayDeadLetters, s.outside.letters.ReplayDeadLetters)
	handleOperator(s, parley.DropDeadLetters, s.outside.letters.DropDeadLetters)
	handleOperator(s, parley.TraceContact, s.report.TraceContact)
	handleOperator(s, parley.DrawContact, s.report.DrawContact)

	s.refuseTheRest(connect.Service)
	s.refuseTheRest(participant.Service)

	s.own("/healthz", "Health", slog.LevelDebug, s.healthz)
	s.own("/readyz", "Ready", slog.LevelDebug, s.readyz)
	s.own("/participant/websocket", webSocket, slog.LevelInfo, s.serveSocket)
	s.own(blob.URLPath, "Object", slog.LevelInfo, s.serveObject)
	s.keyless("/parley/v1/chats", "PublicChat", slog.LevelInfo, s.publicChat).bodyLimit = publicBodyLimit
	if !s.cfg.SeparateMetrics {
		s.own("/metrics", "Metrics", slog.LevelDebug, raw(s.metrics.handler()))
	}
	if s.cfg.Dev != nil {
		s.keyless("/parley/v1/clock", "Clock", slog.LevelInfo, s.clockControl)
		s.keyless("/parley/v1/faults", "Faults", slog.LevelInfo, s.faultControl)
		handleOpenly(s, connect.CreateParticipant, "/parley/v1/participants", s.center.CreateParticipant)
		handleOpenly(s, connect.UpdateParticipantRoleConfig, "/parley/v1/timers/{InstanceId}/{ContactId}", s.center.UpdateParticipantRoleConfig)
		demo := raw(http.StripPrefix(s.cfg.BasePath, web.Demo()))
		s.keyless("/demo", "Demo", slog.LevelDebug, demo)
		s.keyless("/demo/", "Demo", slog.LevelDebug, demo)
		handleConsole(s, connect.SearchContacts, "/parley/v1/console/contacts", s.report.SearchContacts)
		handleConsole(s, parley.TraceContact, "/parley/v1/console/trace", s.report.TraceContact)
		handleConsole(s, parley.DrawContact, "/parley/v1/console/draw", s.report.DrawContact)
		console := raw(http.StripPrefix(s.cfg.BasePath, web.Console()))
		s.keyless("/", "Console", slog.LevelDebug, s.toConsole)
		s.keyless("/console", "Console", slog.LevelDebug, console)
		s.keyless("/console/", "Console", slog.LevelDebug, console)
	}
}

// tooManyRequests is how the gateway in front of the Connect service refuses. Source: connect-chat sheet, 2.11.
var tooManyRequests = &wire.GatewayError{
	Status: http.StatusTooManyRequests, Code: "TooManyRequestsException", Message: "Too Many Requests",
}

// endpoint is an operation as this server serves it.
type endpoint struct {
	name      string
	encode    func(dst []byte, err error) (body []byte, status int, code string) // of errors; hides unexpected ones
	bodyLimit int                                                                // bytes
	limit     *limiter
	perCaller bool
	throttled error      // what a caller reads who asks too often
	level     slog.Level // of the line in the request log
	metrics   *operationMetrics

	// serve authenticates, decodes and does the call, and leaves the answer's body in it.
	serve func(*call) error
}

const (
	bodyLimit = 1 << 20

	// flowBodyLimit leaves room for a flow, a module, a view or a test case of 256,000 characters, each escaped in JSON.
	flowBodyLimit = 2 << 20

	// publicBodyLimit is for callers without a key: room for 32 KiB of attributes.
	publicBodyLimit = 64 << 10
)

func (s *Server) endpoint(service *wire.Service, name string) *endpoint {
	e := &endpoint{
		name: name, encode: service.AppendError, bodyLimit: bodyLimit, level: slog.LevelInfo,
		metrics: s.metrics.operation(name), perCaller: s.quotas.perParticipant,
	}
	switch name {
	case connect.CreateContactFlow.Name, connect.UpdateContactFlowContent.Name, connect.CreateContactFlowModule.Name,
		connect.UpdateContactFlowModuleContent.Name, connect.CreateView.Name, connect.UpdateViewContent.Name,
		connect.CreateTestCase.Name, connect.UpdateTestCase.Name:
		e.bodyLimit = flowBodyLimit
	}
	rate, ok := s.quotas.rates[name]
	if !ok && service == connect.Service {
		rate = s.quotas.connect
	}
	e.limit = newLimiter(rate)
	e.throttled = tooManyRequests
	if service == participant.Service {
		e.throttled = &ptypes.ThrottlingException{Message: new("Rate exceeded")}
	}
	return e
}

// handle serves an operation of the Connect service, whose callers sign.
func handle[In, Out any](
	s *Server, op *wire.Operation[In, Out], do func(context.Context, *In) (*Out, error),
) {
	e := s.endpoint(op.Service, op.Name)
	e.serve = func(c *call) error {
		if err := s.signed(c); err != nil {
			return err
		}
		return answer(c, op, do)
	}
	s.handle(op.Route(), e)
}

// handleOpenly serves an operation of the Connect service at a path of our own as well, for pages, which have no key to sign with: on a
// developer's server alone.
func handleOpenly[In, Out any](
	s *Server, op *wire.Operation[In, Out], path string, do func(context.Context, *In) (*Out, error),
) {
	e := s.endpoint(op.Service, op.Name)
	e.bodyLimit = publicBodyLimit
	e.serve = func(c *call) error {
		if err := s.atHome(c.r); err != nil {
			return err
		}
		if err := s.admit(c, ""); err != nil {
			return err
		}
		if err := s.readUnverified(c); err != nil {
			return err
		}
		return answer(c, op, do)
	}
	s.handle(wire.Route{Service: op.Service.ID, Name: op.Name, Method: http.MethodPost, Path: path}, e)
}

// handleConnection serves an operation of the Participant Service for the holder of a connection token.
func handleConnection[In, Out any](
	s *Server, op *wire.Operation[In, Out], do func(context.Context, auth.Connection, *In) (*Out, error),
) {
	handleLocated(s, op, func(r *http.Request, who auth.Connection, in *In) (*Out, error) { return do(r.Context(), who, in) })
}

// handleLocated is handleConnection for an operation whose answer depends on where the caller found the server.
func handleLocated[In, Out any](
	s *Server, op *wire.Operation[In, Out], do func(*http.Request, auth.Connection, *In) (*Out, error),
) {
	e := s.endpoint(op.Service, op.Name)
	e.serve = func(c *call) error {
		who, err := s.tokens.Connection(bearer(c.r))
		if err != nil {
			return denied(err)
		}
		c.contact = who.ChatID
		if err := s.admit(c, who.ParticipantID); err != nil {
			return err
		}
		if err := c.readBody(); err != nil {
			return s.orOver(c, who, err)
		}
		err = answer(c, op, func(_ context.Context, in *In) (*Out, error) { return do(c.r, who, in) })
		return s.orOver(c, who, err)
	}
	s.handle(op.Route(), e)
}

// handleParticipant serves an operation of the Participant Service for the holder of a participant token. The operation gets the
// request too: its answer depends on where the caller found the server.
func handleParticipant[In, Out any](
	s *Server, op *wire.Operation[In, Out], do func(*http.Request, auth.Participant, *In) (*Out, error),
) {
	e := s.endpoint(op.Service, op.Name)
	e.serve = func(c *call) error {
		who, err := s.tokens.Participant(bearer(c.r))
		if err != nil {
			return denied(err)
		}
		c.contact = who.ChatID
		if err := s.admit(c, who.ParticipantID); err != nil {
			return err
		}
		if err := c.readBody(); err != nil {
			return s.orOver(c, auth.Connection(who), err)
		}
		err = answer(c, op, func(_ context.Context, in *In) (*Out, error) { return do(c.r, who, in) })
		return s.orOver(c, auth.Connection(who), err)
	}
	s.handle(op.Route(), e)
}

// orOver returns err, or that the chat is over when that is so and err finds fault with the request: a client that lost its socket
// learns from the 403 alone that there is nothing to come back to. Source: participant-wire sheet, 2.1 and 8.5.
func (s *Server) orOver(c *call, who auth.Connection, err error) error {
	_, invalid := errors.AsType[*ptypes.ValidationException](err)
	_, unreadable := errors.AsType[*wire.GatewayError](err)
	if invalid || unreadable {
		if over, ok := errors.AsType[*ptypes.AccessDeniedException](s.center.Live(c.r.Context(), who)); ok {
			return over
		}
	}
	return err
}

// refuseTheRest serves the operations of a service that Parley knows by name alone: a caller reads so, once it is authenticated,
// instead of looking for a mistyped path.
func (s *Server) refuseTheRest(service *wire.Service) {
	unsupported := s.metrics.operation("unsupported")
	for _, route := range service.Known {
		if s.served[route] {
			continue
		}
		e := &endpoint{
			name: route.Name, encode: service.AppendError, bodyLimit: bodyLimit, level: slog.LevelInfo, metrics: unsupported,
		}
		why := route.Name + " is not supported by Parley"
		if service == connect.Service {
			e.serve = func(c *call) error {
				if err := s.signed(c); err != nil {
					return err
				}
				return &ctypes.InvalidRequestException{Message: &why}
			}
		} else {
			e.serve = func(c *call) error {
				who, err := s.tokens.Connection(bearer(c.r))
				if err != nil {
					return denied(err)
				}
				return s.orOver(c, who, &ptypes.ValidationException{Message: &why})
			}
		}
		s.router.Handle(route, e)
	}
}

func (s *Server) handle(route wire.Route, e *endpoint) {
	s.served[route] = true
	s.router.Handle(route, e)
}

// nowhere is what requests count as that reach no operation.
func (s *Server) nowhere(name string) *endpoint {
	return &endpoint{name: name, encode: wire.AppendError, level: slog.LevelInfo, metrics: s.metrics.operation(name)}
}

// own serves a path that is not of the two services, and what lies below it when it ends in a slash.
func (s *Server) own(path, name string, level slog.Level, serve func(*call) error) *endpoint {
	e := &endpoint{
		name: name, encode: wire.AppendError, bodyLimit: bodyLimit, level: level, metrics: s.metrics.operation(name),
		throttled: tooManyRequests, serve: serve,
	}
	if strings.HasSuffix(path, "/") && path != "/" {
		s.folders[path] = e
	} else {
		s.paths[path] = e
	}
	return e
}

// keyless serves a path that asks for no key where the server is a developer's.
func (s *Server) keyless(path, name string, level slog.Level, serve func(*call) error) *endpoint {
	return s.own(path, name, level, func(c *call) error {
		if err := s.atHome(c.r); err != nil {
			return err
		}
		return serve(c)
	})
}

// raw serves by a handler that writes its answer itself.
func raw(h http.Handler) func(*call) error {
	return func(c *call) error {
		h.ServeHTTP(c, c.r)
		if !c.written {
			c.WriteHeader(http.StatusOK)
		}
		return nil
	}
}

// answer decodes the request, does it and encodes the answer.
func answer[In, Out any](c *call, op *wire.Operation[In, Out], do func(context.Context, *In) (*Out, error)) error {
	in, err := op.DecodeRequest(&c.in)
	if err != nil {
		return err
	}
	c.isAbout(in)
	out, err := do(c.r.Context(), in)
	if err != nil {
		return err
	}
	c.isAbout(out)
	c.out = op.EncodeResponse(c.out[:0], out)
	return nil
}

// isAbout notes for the log which contact an input or output of the Connect service names.
func (c *call) isAbout(v any) {
	switch v := v.(type) {
	case *connect.StartChatContactOutput:
		c.contact = *v.ContactId
	case *connect.StopContactInput:
		c.contact = *v.ContactId
	case *connect.DescribeContactInput:
		c.contact = *v.ContactId
	case *connect.GetContactAttributesInput:
		c.contact = *v.InitialContactId
	case *parley.EraseChatInput:
		c.contact = *v.ContactId
	case *parley.ExportChatInput:
		c.contact = *v.ContactId
	case *parley.FindGuidesInput:
		c.contact = *v.ContactId
	case *parley.TransferChatInput:
	case *parley.TraceContactInput:
		c.contact = *v.ContactId
	case *parley.DrawContactInput:
		c.contact = *v.ContactId
	case *connect.UpdateContactAttributesInput:
		c.contact = *v.InitialContactId
	case *connect.UpdateContactInput:
		c.contact = *v.ContactId
	case *connect.TagContactInput:
		c.contact = *v.ContactId
	case *connect.UntagContactInput:
		c.contact = *v.ContactId
	case *connect.UpdateContactRoutingDataInput:
		c.contact = *v.ContactId
	case *connect.ListAssociatedContactsInput:
		c.contact = *v.ContactId
	case *connect.ListContactReferencesInput:
		c.contact = *v.ContactId
	case *connect.GetContactMetricsInput:
		c.contact = *v.ContactId
	case *connect.ListRealtimeContactAnalysisSegmentsV2Input:
		c.contact = *v.ContactId
	}
}

// signed lets a request of the Connect service pass whose signature and quota are in order.
func (s *Server) signed(c *call) error {
	_, err := s.signedBy(c)
	return err
}

// signedBy is signed that tells the id of the access key.
func (s *Server) signedBy(c *call) (accessKeyID string, err error) {
	sig, err := s.verifier.Check(c.r, c.skew)
	if err != nil {
		return "", err
	}
	if err := s.readUnverified(c); err != nil {
		return "", err
	}
	if accessKeyID, err = s.verifier.Verify(sig, c.r, c.in.RawPath, c.in.Body); err != nil {
		return "", err
	}
	return accessKeyID, s.admit(c, "")
}

const (
	// maxUnverified bounds the bodies, in bytes and all together, that are being read while nobody knows whether the caller may call.
	maxUnverified = 64 << 20

	// unverifiedWait is how long a body waits for others to make room.
	unverifiedWait = 5 * time.Second
)

// readUnverified reads the body of a caller that is not authenticated yet.
func (s *Server) readUnverified(c *call) error {
	weight := c.r.ContentLength
	if weight == 0 {
		return c.readBody() // and do not wait behind those with one
	}
	if limit := int64(c.of.bodyLimit); weight < 0 || weight > limit {
		weight = limit
	}
	ctx, cancel := context.WithTimeout(c.r.Context(), unverifiedWait)
	defer cancel()
	if s.unverified.Acquire(ctx, weight) != nil {
		return &wire.GatewayError{
			Status: http.StatusServiceUnavailable, Code: "ServiceUnavailableException", Message: "Too many requests are being read",
		}
	}
	defer s.unverified.Release(weight)
	return c.readBody()
}

// admit lets a call pass its quota, at once or after a wait.
func (s *Server) admit(c *call, caller string) error {
	if !c.of.perCaller {
		caller = ""
	}
	now := s.clock.Now()
	wait, ok := c.of.limit.take(now, caller)
	switch {
	case !ok:
		return c.throttle(wait)
	case wait > 0:
		return s.clock.Sleep(c.r.Context(), now.Add(wait))
	}
	return nil
}

// bearer is the token of a participant. An Authorization header is not looked at: browsers' SDKs send one signed with an empty key.
func bearer(r *http.Request) string { return r.Header.Get("X-Amz-Bearer") }

// denied tells a caller with the wrong token which one is needed.
func denied(err error) error {
	return &ptypes.AccessDeniedException{Message: new("Access denied: " + err.Error())}
}
