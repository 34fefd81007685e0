package center

import (
	"fmt"
	"slices"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/parley"
	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// next draws what is called next on a chat; with none, a chat begins. It reports false when what was drawn makes no sense now.
func (w *walk) next(on *walked) (call, bool) {
	if on == nil || w.chance(10) && (w.live() < 3 || w.chance(8)) {
		return w.begin(), true
	}
	row := w.nodes[0].row(on.chat)
	all := slices.DeleteFunc(slices.Clone(row.Participants), func(p store.Participant) bool { return p.Role == roleSystem })
	p := all[w.r.IntN(len(all))]
	for range 5 { // most often somebody who is there, or could be
		if p.LeftAt != 0 {
			p = all[w.r.IntN(len(all))]
		}
	}
	who := auth.Connection{ChatID: on.id, ParticipantID: p.ID}
	draw := []func(*walked, *store.Chat, store.Participant, auth.Connection) (call, bool){
		w.listens, w.listens, w.invites, w.invites, w.says, w.says, w.says, w.says, w.notices, w.notices, w.announces, w.completes, w.goes,
		w.streamsIt, w.processesIt, w.setsTimers, w.stops, w.describes, w.continues, w.signsIn, w.comesFromOutside, w.reads,
		w.transfers,
	}
	c, ok := draw[w.r.IntN(len(draw))](on, row, p, who)
	c.on = on
	return c, ok
}

// token is a ClientToken, or none.
func (w *walk) clientToken(c *call) *string {
	if w.chance(3) {
		return nil
	}
	c.token = true
	return new(fmt.Sprint("t", w.r.Uint64()))
}

func (w *walk) minutes(d time.Duration) time.Time { return w.nodes[0].clock.Now().Add(d) }

// begin has a chat begin, in each way there is.
func (w *walk) begin() (c call) {
	var over []string
	for _, earlier := range w.chats {
		if earlier.over {
			over = append(over, earlier.id)
		}
	}
	in := request(func(in *connect.StartChatContactInput) {
		in.ContactFlowId = new([]string{flowID, "short", "long", "long", "sign", "queue", "flow-whispers", "flow-whispers"}[w.r.IntN(8)])
		in.ChatDurationInMinutes = new(int32(60 + w.r.IntN(3000)))
	})
	if w.chance(8) {
		out := &connect.StartOutboundChatContactInput{
			InstanceId: in.InstanceId, ContactFlowId: in.ContactFlowId,
			SourceEndpoint:      &types.Endpoint{Type: types.EndpointTypeTelephoneNumber, Address: new(w.nodes[0].flowARN())},
			DestinationEndpoint: &types.Endpoint{Type: types.EndpointTypeTelephoneNumber, Address: new(w.number())},
			SegmentAttributes:   map[string]types.SegmentAttributeValue{subtypeName: {ValueString: new(defaultSubtype)}},
		}
		if w.chance(2) {
			out.InitialSystemMessage = &types.ChatMessage{ContentType: new(textPlain), Content: new("Your parcel is here")}
		}
		c.name, out.ClientToken = "write first", w.clientToken(&c)
		c.do = func(s *Service) (string, error) {
			answer, err := s.StartOutboundChatContact(background, out)
			if err != nil {
				return "", err
			}
			return *answer.ContactId, nil
		}
		return c
	}
	c.name, in.ClientToken = "start", w.clientToken(&c)
	c.forgets = w.minutes(startTokenLife)
	if w.chance(2) {
		in.InitialMessage = &types.ChatMessage{ContentType: new(textPlain), Content: new("Hi")}
	}
	if w.chance(3) {
		in.DisconnectOnCustomerExit = []types.DisconnectOnCustomerExitParticipantType{"AGENT"}
	}
	listens := !w.chance(6)
	if len(over) > 0 {
		switch source := over[w.r.IntN(len(over))]; w.r.IntN(4) {
		case 0:
			persistent(entire, source)(in)
		case 1:
			persistent(fromSegment, source)(in)
		case 2:
			in.RelatedContactId = &source
		}
	}
	c.do = func(s *Service) (string, error) {
		out, err := s.StartChatContact(background, in)
		if err != nil {
			return "", err
		}
		if listens {
			_, err = s.Subscribed(background, auth.Socket{ChatID: *out.ContactId, ParticipantID: *out.ParticipantId})
			if code(err) == "AccessDeniedException" { // it is over already
				err = nil
			}
		}
		return *out.ContactId, err
	}
	return c
}

func (w *walk) number() string { return fmt.Sprint("+1555000", w.r.IntN(3)) }

func (w *walk) comesFromOutside(*walked, *store.Chat, store.Participant, auth.Connection) (c call, ok bool) {
	event := []types.ChatEvent{
		sms("Hi"), sms("Are you there?"), sms("rude"),
		{Type: types.ChatEventTypeEvent, ContentType: new(eventTyping)},
		{Type: types.ChatEventTypeDisconnect},
	}[w.r.IntN(5)]
	in := &connect.SendChatIntegrationEventInput{SourceId: new(w.number()), DestinationId: new(w.nodes[0].flowARN()), Event: &event}
	c.name = "from outside " + string(event.Type)
	c.do = func(s *Service) (string, error) {
		_, err := s.SendChatIntegrationEvent(background, in)
		return "", err
	}
	return c, true
}

// listens has somebody connect, with a socket or without.
func (w *walk) listens(on *walked, _ *store.Chat, p store.Participant, who auth.Connection) (c call, ok bool) {
	if w.chance(4) {
		c.name = "connect " + p.Role
		c.do = func(s *Service) (string, error) {
			_, err := s.CreateParticipantConnection(background, auth.Participant(who), &participant.CreateParticipantConnectionInput{ConnectParticipant: new(true)})
			return "", err
		}
		return c, true
	}
	var newest int64
	c.name = "subscribe " + p.Role
	c.do = func(s *Service) (_ string, err error) {
		newest, err = s.Subscribed(background, auth.Socket(who))
		return "", err
	}
	c.applied = func(string) { on.ears = append(on.ears, &ear{who: p.ID, from: newest, seen: newest}) }
	return c, true
}

func (w *walk) invites(_ *walked, row *store.Chat, _ store.Participant, _ auth.Connection) (c call, ok bool) {
	in := &connect.CreateParticipantInput{
		InstanceId: new(instanceID), ContactId: &row.ContactID,
		ParticipantDetails: &types.ParticipantDetailsToAdd{ParticipantRole: walkRoles[w.r.IntN(len(walkRoles))]},
	}
	c.name, in.ClientToken = "invite "+string(in.ParticipantDetails.ParticipantRole), w.clientToken(&c)
	c.forgets = time.UnixMilli(row.ExpiresAt)
	comes := !w.chance(3)
	c.do = func(s *Service) (string, error) {
		out, err := s.CreateParticipant(background, in)
		if err != nil {
			return "", err
		}
		if comes {
			_, err = s.Subscribed(background, auth.Socket{ChatID: row.ID, ParticipantID: *out.ParticipantId})
			if code(err) != "AccessDeniedException" && err != nil { // it may have left already
				return "", err
			}
		}
		return *out.ParticipantId + " until " + *out.ParticipantCredentials.Expiry, nil
	}
	return c, true
}

func (w *walk) says(_ *walked, _ *store.Chat, p store.Participant, who auth.Connection) (c call, ok bool) {
	content := []string{"Hello", "card 4111", "rude", "fail", "odd", "html"}[w.r.IntN(6)]
	in := &participant.SendMessageInput{Content: &content, ContentType: new(textPlain)}
	c.name, c.person, in.ClientToken = p.Role+" says "+content, true, w.clientToken(&c)
	c.do = func(s *Service) (string, error) {
		out, err := s.SendMessage(background, who, in)
		if err != nil {
			return "", err
		}
		return *out.Id + " at " + *out.AbsoluteTime, nil
	}
	return c, true
}

// notices has somebody type, or a message reach somebody.
func (w *walk) notices(_ *walked, row *store.Chat, p store.Participant, who auth.Connection) (c call, ok bool) {
	in := &participant.SendEventInput{ContentType: new([]string{eventTyping, eventAcknowledged, eventDelivered, eventRead}[w.r.IntN(4)])}
	if *in.ContentType == eventDelivered || *in.ContentType == eventRead {
		items := w.items(row)
		if len(items) == 0 {
			return c, false
		}
		in.Content = new(`{"messageId":"` + items[w.r.IntN(len(items))].ID + `"}`)
	}
	c.name, c.person, in.ClientToken = p.Role+" "+(*in.ContentType)[len(eventPrefix):], true, w.clientToken(&c)
	c.forgets = w.minutes(eventTokenLife)
	c.do = func(s *Service) (string, error) {
		out, err := s.SendEvent(background, who, in)
		if err != nil {
			return "", err
		}
		return *out.Id + " at " + *out.AbsoluteTime, nil
	}
	return c, true
}

// announces has somebody announce a file, and most often send its bytes.
func (w *walk) announces(_ *walked, _ *store.Chat, p store.Participant, who auth.Connection) (c call, ok bool) {
	const content = "note"
	in := announcement("note.txt", textPlain, len(content), fmt.Sprint("t", w.r.Uint64()))
	sends := !w.chance(4)
	c.name, c.person, c.token, c.forgets = p.Role+" announces a file", true, true, w.minutes(eventTokenLife)
	c.do = func(s *Service) (string, error) {
		out, err := s.StartAttachmentUpload(background, who, in)
		if err != nil {
			return "", err
		}
		if !sends {
			return *out.AttachmentId, nil
		}
		file, err := s.Store.Attachment(background, *out.AttachmentId)
		if err != nil {
			return "", err
		}
		return *out.AttachmentId, s.Objects.Write(background, file.Bucket, file.UploadKey(), file.ContentType, textFile(content))
	}
	return c, true
}

func (w *walk) completes(on *walked, _ *store.Chat, _ store.Participant, _ auth.Connection) (c call, ok bool) {
	files, err := w.nodes[0].Store.Attachments(background, on.id)
	if err != nil {
		w.t.Fatal(err)
	}
	if len(files) == 0 {
		return c, false
	}
	file := files[w.r.IntN(len(files))]
	in := &participant.CompleteAttachmentUploadInput{AttachmentIds: []string{file.ID}, ClientToken: new(fmt.Sprint("t", w.r.IntN(2)))}
	c.name, c.person, c.token = "complete a file", true, true
	c.do = func(s *Service) (string, error) {
		_, err := s.CompleteAttachmentUpload(background, auth.Connection{ChatID: on.id, ParticipantID: file.ParticipantID}, in)
		return "", err
	}
	return c, true
}

// reads has somebody read the transcript, which has what the reader may see of this chat, in order.
func (w *walk) reads(on *walked, _ *store.Chat, p store.Participant, who auth.Connection) (c call, ok bool) {
	c.name = p.Role + " reads"
	c.do = func(s *Service) (string, error) {
		in := &participant.GetTranscriptInput{MaxResults: new(int32(100)), SortOrder: ptypes.SortKeyAscending, ScanDirection: ptypes.ScanDirectionForward}
		var last string
		for {
			out, err := s.GetTranscript(background, who, in)
			if err != nil {
				return "", err
			}
			for _, it := range out.Transcript {
				if *it.AbsoluteTime <= last {
					w.fail("the transcript of chat %s has %s after %s", on.id, *it.AbsoluteTime, last)
				}
				last = *it.AbsoluteTime
			}
			if in.NextToken = out.NextToken; in.NextToken == nil {
				return "", nil
			}
		}
	}
	return c, true
}

func (w *walk) goes(_ *walked, _ *store.Chat, p store.Participant, who auth.Connection) (c call, ok bool) {
	in := &participant.DisconnectParticipantInput{}
	if p.Role == roleCustomer && !w.chance(4) {
		return c, false
	}
	c.name, c.person, in.ClientToken = p.Role+" goes", true, w.clientToken(&c)
	c.forgets = w.minutes(eventTokenLife)
	c.do = func(s *Service) (string, error) {
		_, err := s.DisconnectParticipant(background, who, in)
		return "", err
	}
	return c, true
}

func (w *walk) transfers(_ *walked, row *store.Chat, _ store.Participant, _ auth.Connection) (c call, ok bool) {
	in := &parley.TransferChatInput{InstanceId: new(instanceID), ContactId: &row.ContactID, QueueId: new("queue")}
	if w.chance(3) {
		in.QueueId, in.ContactFlowId = nil, new("long")
	}
	c.name = "transfer"
	c.do = func(s *Service) (string, error) {
		_, err := s.TransferChat(background, in)
		return "", err
	}
	return c, true
}

func (w *walk) streamsIt(on *walked, row *store.Chat, _ store.Participant, _ auth.Connection) (c call, ok bool) {
	if len(row.Streams) > 0 && w.chance(2) {
		st := row.Streams[w.r.IntN(len(row.Streams))]
		c.name = "stop streaming"
		c.do = func(s *Service) (string, error) {
			_, err := s.StopContactStreaming(background, &connect.StopContactStreamingInput{
				InstanceId: new(instanceID), ContactId: &on.id, StreamingId: &st.ID,
			})
			return "", err
		}
		c.alone, c.applied = true, func(string) {
			for i := range on.streams {
				if on.streams[i].id == st.ID {
					on.streams[i].to = w.newest(on)
				}
			}
		}
		return c, true
	}
	target := fmt.Sprint("arn:aws:sns:us-east-1:000000000000:t", w.r.IntN(3))
	if slices.ContainsFunc(row.Streams, func(s store.Streaming) bool { return s.Target == target }) {
		return c, false
	}
	in := &connect.StartContactStreamingInput{
		InstanceId: new(instanceID), ContactId: &row.ContactID, ClientToken: new(fmt.Sprint("t", w.r.Uint64())),
		ChatStreamingConfiguration: &types.ChatStreamingConfiguration{StreamingEndpointArn: &target},
	}
	c.name, c.token, c.alone, c.forgets = "stream", true, true, w.minutes(startTokenLife)
	c.do = func(s *Service) (string, error) {
		out, err := s.StartContactStreaming(background, in)
		if err != nil {
			return "", err
		}
		return *out.StreamingId, nil
	}
	c.applied = func(id string) {
		on.streams = append(on.streams, streamTime{id: id, target: target, from: w.newest(on)})
	}
	return c, true
}

func (w *walk) newest(on *walked) int64 { return w.nodes[0].row(on.chat).Seq }

func (w *walk) processesIt(on *walked, _ *store.Chat, _ store.Participant, _ auth.Connection) (c call, ok bool) {
	switch w.r.IntN(3) {
	case 0:
		c.name = "stop processing"
		c.do = func(s *Service) (string, error) {
			_, err := s.StopContactMediaProcessing(background, &connect.StopContactMediaProcessingInput{InstanceId: new(instanceID), ContactId: &on.id})
			return "", err
		}
	default:
		mode := []types.ContactMediaProcessingFailureMode{"", types.ContactMediaProcessingFailureModeDoNotDeliverUnprocessedMessage}[w.r.IntN(2)]
		c.name = "process"
		c.do = func(s *Service) (string, error) {
			_, err := s.StartContactMediaProcessing(background, &connect.StartContactMediaProcessingInput{
				InstanceId: new(instanceID), ContactId: &on.id, ProcessorArn: new(processorARN), FailureMode: mode,
			})
			return "", err
		}
	}
	return c, true
}

func (w *walk) setsTimers(_ *walked, row *store.Chat, _ store.Participant, _ auth.Connection) (c call, ok bool) {
	var timers []types.ParticipantTimerConfiguration
	for _, role := range []string{roleCustomer, roleAgent} {
		for _, kind := range []string{timerIdle, timerDisconnect} {
			if w.chance(2) {
				timers = append(timers, types.ParticipantTimerConfiguration{
					ParticipantRole: types.TimerEligibleParticipantRoles(role), TimerType: types.ParticipantTimerType(kind),
					TimerValue: &types.ParticipantTimerValueMemberParticipantTimerDurationInMinutes{Value: int32(2 + w.r.IntN(5))},
				})
			}
		}
	}
	c.name = "timers"
	c.do = func(s *Service) (string, error) {
		_, err := s.UpdateParticipantRoleConfig(background, &connect.UpdateParticipantRoleConfigInput{
			InstanceId: new(instanceID), ContactId: &row.ContactID,
			ChannelConfiguration: &types.UpdateParticipantRoleConfigChannelInfoMemberChat{
				Value: types.ChatParticipantRoleConfig{ParticipantTimerConfigList: timers},
			},
		})
		return "", err
	}
	return c, len(timers) > 0
}

func (w *walk) stops(on *walked, row *store.Chat, _ store.Participant, _ auth.Connection) (c call, ok bool) {
	id := row.ContactID
	if w.chance(3) {
		id = on.id
	}
	c.name = "stop"
	c.do = func(s *Service) (string, error) {
		_, err := s.StopContact(background, &connect.StopContactInput{InstanceId: new(instanceID), ContactId: &id})
		return "", err
	}
	return c, w.chance(6)
}

// describes changes what is known of a contact.
func (w *walk) describes(on *walked, row *store.Chat, _ store.Participant, _ auth.Connection) (c call, ok bool) {
	id, value := row.ContactID, fmt.Sprint(w.r.IntN(9))
	if w.chance(3) {
		id = on.id
	}
	switch w.r.IntN(5) {
	case 0:
		c.name = "attributes"
		c.do = func(s *Service) (string, error) {
			_, err := s.UpdateContactAttributes(background, &connect.UpdateContactAttributesInput{
				InstanceId: new(instanceID), InitialContactId: &id, Attributes: map[string]string{"k" + value: value},
			})
			return "", err
		}
	case 1:
		c.name = "tag"
		c.do = func(s *Service) (string, error) {
			_, err := s.TagContact(background, &connect.TagContactInput{InstanceId: new(instanceID), ContactId: &id, Tags: map[string]string{"k": value}})
			return "", err
		}
	case 2:
		c.name = "untag"
		c.do = func(s *Service) (string, error) {
			_, err := s.UntagContact(background, &connect.UntagContactInput{InstanceId: new(instanceID), ContactId: &id, TagKeys: []string{"k"}})
			return "", err
		}
	case 3:
		c.name = "routing"
		c.do = func(s *Service) (string, error) {
			_, err := s.UpdateContactRoutingData(background, &connect.UpdateContactRoutingDataInput{
				InstanceId: new(instanceID), ContactId: &id, QueuePriority: new(int64(1)),
			})
			return "", err
		}
	default:
		c.name = "update"
		c.do = func(s *Service) (string, error) {
			_, err := s.UpdateContact(background, &connect.UpdateContactInput{
				InstanceId: new(instanceID), ContactId: &id, Name: &value,
				References: map[string]types.Reference{"page": {Type: types.ReferenceTypeUrl, Value: new("https://example.org/" + value)}},
			})
			return "", err
		}
	}
	return c, true
}

func (w *walk) continues(_ *walked, row *store.Chat, _ store.Participant, _ auth.Connection) (c call, ok bool) {
	source := w.chats[w.r.IntN(len(w.chats))]
	in := &connect.CreatePersistentContactAssociationInput{
		InstanceId: new(instanceID), InitialContactId: &row.ContactID, SourceContactId: &source.id,
		RehydrationType: []types.RehydrationType{entire, fromSegment}[w.r.IntN(2)],
	}
	c.name, in.ClientToken = "continue", w.clientToken(&c)
	c.forgets = w.minutes(startTokenLife)
	c.do = func(s *Service) (string, error) {
		out, err := s.CreatePersistentContactAssociation(background, in)
		if err != nil {
			return "", err
		}
		return reply.Value(out.ContinuedFromContactId), nil
	}
	return c, true
}

// signsIn goes on with a customer's sign-in, in one way or another.
func (w *walk) signsIn(on *walked, row *store.Chat, _ store.Participant, _ auth.Connection) (c call, ok bool) {
	if len(on.signIns) == 0 {
		return c, false
	}
	who := auth.Connection{ChatID: on.id, ParticipantID: row.Participants[0].ID}
	session := on.signIns[w.r.IntN(len(on.signIns))]
	switch w.r.IntN(4) {
	case 0:
		c.name = "cancel the sign-in"
		c.do = func(s *Service) (string, error) {
			_, err := s.CancelParticipantAuthentication(background, who, &participant.CancelParticipantAuthenticationInput{SessionId: &session})
			return "", err
		}
	case 1:
		if row.SignIn == nil {
			return c, false
		}
		in := &connect.UpdateParticipantAuthenticationInput{InstanceId: new(instanceID), State: &row.SignIn.State}
		if w.chance(4) {
			in.Error = new("access_denied")
		} else {
			in.Code = new([]string{"good", "bad"}[w.r.IntN(2)])
		}
		c.name = "sign in"
		c.do = func(s *Service) (string, error) {
			_, err := s.UpdateParticipantAuthentication(background, in)
			return "", err
		}
	default:
		c.name = "ask where to sign in"
		c.do = func(s *Service) (string, error) {
			_, err := s.GetAuthenticationUrl(background, who, &participant.GetAuthenticationUrlInput{
				SessionId: &session, RedirectUri: new("https://shop.example.org/back"),
			})
			return "", err
		}
	}
	return c, true
}
