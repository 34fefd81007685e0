package center

import (
	"context"
	"crypto/sha256"
	"slices"
	"strings"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// maxStreams is how many endpoints a chat may be streamed to. Source: connect-chat sheet, 6.2.
const maxStreams = 2

// StartContactStreaming publishes every later item of a live chat, and what else its participants are told of each other, to an endpoint.
// Any contact of the chat may be named.
func (s *Service) StartContactStreaming(
	ctx context.Context, in *connect.StartContactStreamingInput,
) (*connect.StartContactStreamingOutput, error) {
	ct, _, err := s.contactOf(ctx, *in.InstanceId, *in.ContactId)
	if err != nil {
		return nil, err
	}
	endpoint := *in.ChatStreamingConfiguration.StreamingEndpointArn
	if !s.streamable(endpoint) {
		return nil, reply.InvalidParameter("StreamingEndpointArn is not the ARN of a standard SNS topic in " + s.Scope.Region)
	}
	hash := sha256.Sum256([]byte(endpoint))
	request := store.Request{Scope: "StartContactStreaming/" + ct.ChatID, Token: *in.ClientToken, Hash: hash[:]}
	var id string
	err = s.update(ctx, store.Key{Chat: ct.ChatID}, func(sc *scene) error {
		if earlier, err := reply.Answered(sc.tx, request); err != nil || earlier != nil {
			id = string(earlier)
			return err
		}
		if !sc.live() {
			return reply.InvalidRequest("The contact has ended")
		}
		if len(sc.chat.Streams) >= maxStreams {
			return &types.LimitExceededException{Message: new("The contact is streamed to 2 endpoints, which is the limit")}
		}
		id = newID()
		sc.chat.Streams, sc.chatChanged = append(slices.Clone(sc.chat.Streams), store.Streaming{ID: id, Target: endpoint}), true
		if request.Token != "" {
			request.Answer, request.ExpiresAt = []byte(id), sc.tx.Now().Add(startTokenLife).UnixMilli()
			sc.tx.PutRequest(request)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.StartContactStreamingOutput{StreamingId: &id}, nil
}

// streamable reports whether items can be published to an endpoint: an SNS topic, or what the operator of the server has named.
// Source: connect-chat sheet, 6.2 (standard topics of the same Region).
func (s *Service) streamable(endpoint string) bool {
	if !strings.HasPrefix(endpoint, "arn:") {
		return s.Knows != nil && s.Knows(endpoint)
	}
	part := strings.Split(endpoint, ":")
	return len(part) == 6 && strings.HasPrefix(part[1], "aws") && part[2] == "sns" && part[3] == s.Scope.Region && part[4] != "" &&
		part[5] != "" && !strings.Contains(part[5], "/") && !strings.HasSuffix(part[5], ".fifo")
}

// StopContactStreaming ends one stream of a chat. What was said before is published still.
func (s *Service) StopContactStreaming(
	ctx context.Context, in *connect.StopContactStreamingInput,
) (*connect.StopContactStreamingOutput, error) {
	ct, _, err := s.contactOf(ctx, *in.InstanceId, *in.ContactId)
	if err != nil {
		return nil, err
	}
	err = s.update(ctx, store.Key{Chat: ct.ChatID}, func(sc *scene) error {
		left := slices.DeleteFunc(slices.Clone(sc.chat.Streams), func(st store.Streaming) bool { return st.ID == *in.StreamingId })
		if len(left) == len(sc.chat.Streams) {
			return reply.NotFound("Streaming configuration")
		}
		sc.chat.Streams, sc.chatChanged = left, true
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.StopContactStreamingOutput{}, nil
}

// streamed publishes an item, or what else participants are told, to the streams of the chat. Source: connect-chat sheet, 8.3.
func (sc *scene) streamed(it *store.Item) {
	if len(sc.chat.Streams) == 0 {
		return
	}
	extra, err := it.ReadExtra()
	if seen, _ := said(it); err != nil || !seen && !(extra.Whisper && sc.visibility(it) == "CUSTOMER") {
		return
	}
	body := wireItem(it)
	body.InitialContactId = &sc.chat.ID
	if it.ContentType == eventJoined || it.ContentType == eventChatEnded {
		body.ContactId = nil
	}
	attributes := map[string]string{
		"InitialContactId": sc.chat.ID, "ContactId": it.ContactID, "InstanceId": sc.chat.InstanceID, "AccountId": sc.Scope.Account,
		"Type": it.Type, "ContentType": it.ContentType, "MessageVisibility": sc.visibility(it),
	}
	if it.Role != "" {
		attributes["ParticipantRole"] = it.Role
	}
	encoded := encode(&body)
	for _, st := range sc.chat.Streams {
		sc.tellOutside(store.Out{Target: st.Target, Kind: kindItem, Body: encoded, Attributes: attributes})
	}
}

// visibility is who may see an item, of the customer and all others.
func (sc *scene) visibility(it *store.Item) string {
	extra, err := it.ReadExtra()
	if err != nil || len(extra.To) == 0 {
		return "ALL"
	}
	customer, others := false, false
	for _, p := range sc.chat.Participants {
		if slices.Contains(extra.To, p.ID) {
			customer = customer || p.Role == roleCustomer
			others = others || p.Role != roleCustomer
		}
	}
	switch {
	case customer && others:
		return "ALL"
	case customer:
		return "CUSTOMER"
	}
	return "AGENT"
}
