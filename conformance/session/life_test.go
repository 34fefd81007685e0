package session

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/aws/aws-sdk-go/service/connectparticipant"

	"github.com/openparley/parley/conformance/harness"
)

// servedWorld is a world on `parley serve`, whose settings may know the ids of the instance and of the flow.
func servedWorld(t *testing.T, settings func(instance, flow string) string) *world {
	t.Helper()
	t.Parallel()
	folder := t.TempDir()
	first := worldOn(t, harness.Serve(t, folder, ""))
	instances, err := first.connect.ListInstances(t.Context(), &connect.ListInstancesInput{})
	if err != nil {
		t.Fatal(err)
	}
	instance := instances.InstanceSummaryList[0]
	flow, err := first.connect.CreateContactFlow(t.Context(), &connect.CreateContactFlowInput{
		InstanceId: instance.Id, Name: aws.String("two words"), Type: types.ContactFlowTypeContactFlow, Content: aws.String(twoWords),
	})
	if err != nil {
		t.Fatal(err)
	}
	first.Stop()
	w := worldOn(t, harness.Serve(t, folder, settings(*instance.Id, *flow.ContactFlowId)))
	w.InstanceId, w.InstanceArn, w.flow = *instance.Id, *instance.Arn, *flow.ContactFlowId
	return w
}

// bring adds a participant to a chat, who connects at once.
func (c *chat) bring(t *testing.T, role types.ParticipantRole, name string) *chat {
	t.Helper()
	out, err := c.w.connect.CreateParticipant(t.Context(), &connect.CreateParticipantInput{
		InstanceId: &c.w.InstanceId, ContactId: &c.contact, ClientToken: &name,
		ParticipantDetails: &types.ParticipantDetailsToAdd{ParticipantRole: role, DisplayName: &name},
	})
	if err != nil {
		t.Fatal(err)
	}
	p := &chat{w: c.w, contact: c.contact, participant: *out.ParticipantId, bearer: *out.ParticipantCredentials.ParticipantToken}
	connected, err := c.w.participant.CreateParticipantConnection(&connectparticipant.CreateParticipantConnectionInput{
		ParticipantToken: &p.bearer, ConnectParticipant: aws.Bool(true), Type: []*string{aws.String("CONNECTION_CREDENTIALS")},
	})
	if err != nil {
		t.Fatal(err)
	}
	p.token = *connected.ConnectionCredentials.ConnectionToken
	return p
}

// said are the contents of the messages of a transcript.
func said(items []*connectparticipant.Item) (all []string) {
	for _, it := range items {
		if it.Content != nil {
			all = append(all, *it.Content)
		}
	}
	return all
}

// TestCustomBotAndTimers has a bot of its own join a chat by the official client, and the customer's timer set, run and unset.
func TestCustomBotAndTimers(t *testing.T) {
	w := newWorld(t)
	c := w.connected(t)
	s := listen(t, c.url)
	idle := func(value types.ParticipantTimerValue) {
		t.Helper()
		_, err := w.connect.UpdateParticipantRoleConfig(t.Context(), &connect.UpdateParticipantRoleConfigInput{
			InstanceId: &w.InstanceId, ContactId: &c.contact,
			ChannelConfiguration: &types.UpdateParticipantRoleConfigChannelInfoMemberChat{Value: types.ChatParticipantRoleConfig{
				ParticipantTimerConfigList: []types.ParticipantTimerConfiguration{{
					ParticipantRole: types.TimerEligibleParticipantRolesCustomer, TimerType: types.ParticipantTimerTypeIdle, TimerValue: value,
				}},
			}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	idle(&types.ParticipantTimerValueMemberParticipantTimerDurationInMinutes{Value: 2})
	bot := c.bring(t, types.ParticipantRoleCustomBot, "Robbie")
	if it := s.until("participant.joined"); it.ParticipantId != bot.participant || it.ParticipantRole != "CUSTOM_BOT" || it.DisplayName != "Robbie" {
		t.Errorf("joined: %+v", it)
	}
	bot.say(t, "Beep")
	if it := s.until("Beep"); it.ParticipantRole != "CUSTOM_BOT" || it.ParticipantId != bot.participant {
		t.Errorf("the bot's message: %+v", it)
	}
	w.Advance(t, 2*time.Minute)
	if it := s.until("participant.idle"); it.ParticipantId != c.participant {
		t.Errorf("idle: %+v", it)
	}
	c.say(t, "Here I am")
	if it := s.until("participant.returned"); it.ParticipantId != c.participant {
		t.Errorf("returned: %+v", it)
	}

	idle(&types.ParticipantTimerValueMemberParticipantTimerAction{Value: types.ParticipantTimerActionUnset})
	agent := c.bring(t, types.ParticipantRoleAgent, "Bo") // takes the bot's place, and the timers as they are now
	if it := s.until("participant.left"); it.ParticipantId != bot.participant {
		t.Errorf("left: %+v", it)
	}
	w.Advance(t, 2*time.Minute)
	agent.say(t, "Still there?")
	for it := s.item(); it.Content != "Still there?"; it = s.item() {
		if strings.HasSuffix(it.ContentType, "participant.idle") {
			t.Errorf("a timer that was unset has fired: %+v", it)
		}
	}
}

// lambda answers as AWS Lambda does, by what a message says. It returns its address and what it was asked, by function.
func lambda(t *testing.T) (url string, asked func() []string) {
	var mu sync.Mutex
	var all []string
	mux := http.NewServeMux()
	mux.HandleFunc("POST /2015-03-31/functions/{function}/invocations", func(w http.ResponseWriter, req *http.Request) {
		var event struct {
			Version, InstanceID string
			ChatContent         struct{ Content, ContentType, ParticipantRole, ContactID string }
		}
		if err := json.NewDecoder(req.Body).Decode(&event); err != nil || event.Version != "1.0" || event.ChatContent.ParticipantRole == "" {
			t.Errorf("the function was called with %+v, %v", event, err)
		}
		if !strings.HasPrefix(req.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=lambda-key/") ||
			!strings.Contains(req.Header.Get("Authorization"), "/us-east-1/lambda/aws4_request") {
			t.Errorf("the call was not signed for Lambda: %q", req.Header.Get("Authorization"))
		}
		mu.Lock()
		all = append(all, event.ChatContent.Content)
		mu.Unlock()
		switch content := event.ChatContent.Content; {
		case strings.HasPrefix(content, "card"):
			fmt.Fprint(w, `{"status":"PROCESSED","result":{"processedChatContent":{"content":"card ****","contentType":"text/plain"}}}`)
		case content == "rude":
			fmt.Fprint(w, `{"status":"REJECTED"}`)
		case strings.HasPrefix(content, "crash"):
			w.Header().Set("X-Amz-Function-Error", "Unhandled")
			fmt.Fprint(w, `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: 1 Error: Runtime exited"}`)
		default:
			fmt.Fprint(w, `{"status":"APPROVED"}`)
		}
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(all)
	}
}

// TestMediaProcessing has messages processed by a function behind the API of AWS Lambda.
func TestMediaProcessing(t *testing.T) {
	url, asked := lambda(t)
	w := servedWorld(t, func(string, string) string {
		return "aws:\n  endpoint: " + url + "\n  access_key_id: lambda-key\n  secret_access_key: secret\n"
	})
	c := w.connected(t)
	s := listen(t, c.url)
	agent := c.bring(t, types.ParticipantRoleAgent, "Bo")
	mask := aws.String("arn:aws:lambda:us-east-1:000000000000:function:mask")
	_, err := w.connect.CreateIntegrationAssociation(t.Context(), &connect.CreateIntegrationAssociationInput{
		InstanceId: &w.InstanceId, IntegrationType: types.IntegrationTypeMessageProcessor, IntegrationArn: mask,
	})
	if err != nil {
		t.Fatal(err)
	}
	process := func(mode types.ContactMediaProcessingFailureMode) {
		t.Helper()
		_, err := w.connect.StartContactMediaProcessing(t.Context(), &connect.StartContactMediaProcessingInput{
			InstanceId: &w.InstanceId, ContactId: &c.contact, FailureMode: mode, ProcessorArn: mask,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	process(types.ContactMediaProcessingFailureModeDeliverUnprocessedMessage)
	id := c.say(t, "card 4111")
	if it := s.until("card ****"); it.Id != id {
		t.Errorf("the message is %s, was answered as %s", it.Id, id)
	}
	c.say(t, "rude")
	c.say(t, "crash, deliver")
	s.until("crash, deliver")
	process(types.ContactMediaProcessingFailureModeDoNotDeliverUnprocessedMessage)
	agent.say(t, "crash, hold back")
	agent.say(t, "fine")
	s.until("fine")
	_, err = w.connect.StopContactMediaProcessing(t.Context(), &connect.StopContactMediaProcessingInput{
		InstanceId: &w.InstanceId, ContactId: &c.contact,
	})
	if err != nil {
		t.Fatal(err)
	}
	c.say(t, "card 4112")
	s.until("card 4112")

	for name, tt := range map[string]struct {
		got, want []string
	}{
		"the customer reads": {said(c.transcript(t)), []string{"One", "Two", "card ****", "rude", "crash, deliver", "fine", "card 4112"}},
		"the agent reads":    {said(agent.transcript(t)), []string{"One", "Two", "card ****", "crash, deliver", "crash, hold back", "fine", "card 4112"}},
		"the function read":  {asked(), []string{"card 4111", "rude", "crash, deliver", "crash, hold back", "fine"}},
	} {
		if !slices.Equal(tt.got, tt.want) {
			t.Errorf("%s %q, want %q", name, tt.got, tt.want)
		}
	}
}

// TestOutsideChannel has a chat with somebody who has a phone number: written to first, delivered to a webhook, answered by events.
func TestOutsideChannel(t *testing.T) {
	const business, customer = "+15550100", "+15550001"
	url, told := hook(t, 1)
	w := servedWorld(t, func(instance, flow string) string {
		return fmt.Sprintf("targets:\n  gateway: {url: %q}\noutbound:\n  delivery: gateway\n  destinations:\n    %q: {instance: %s, flow: %s}\n",
			url, business, instance, flow)
	})
	start := func() string {
		t.Helper()
		out, err := w.connect.StartOutboundChatContact(t.Context(), &connect.StartOutboundChatContactInput{
			InstanceId: &w.InstanceId, ContactFlowId: &w.flow, ClientToken: aws.String("once"),
			SourceEndpoint:       &types.Endpoint{Type: types.EndpointTypeConnectPhonenumberArn, Address: aws.String(business)},
			DestinationEndpoint:  &types.Endpoint{Type: types.EndpointTypeTelephoneNumber, Address: aws.String(customer)},
			SegmentAttributes:    map[string]types.SegmentAttributeValue{"connect:Subtype": {ValueString: aws.String("connect:SMS")}},
			InitialSystemMessage: &types.ChatMessage{ContentType: aws.String("text/plain"), Content: aws.String("Your parcel is here")},
		})
		if err != nil {
			t.Fatal(err)
		}
		return *out.ContactId
	}
	contact := start()
	if again := start(); again != contact {
		t.Errorf("the same ClientToken starts %s and %s", contact, again)
	}
	delivered := func(want string) {
		t.Helper()
		for {
			select {
			case n := <-told:
				var it item
				if err := json.Unmarshal([]byte(n.Message), &it); err != nil {
					t.Fatal(err)
				}
				if it.Type != "MESSAGE" {
					continue
				}
				if it.Content != want || it.InitialContactId != contact {
					t.Errorf("delivered: %+v, want %q", it, want)
				}
				return
			case <-time.After(time.Minute):
				t.Fatalf("%q was not delivered", want)
			}
		}
	}
	for _, text := range []string{"Your parcel is here", "One", "Two"} {
		delivered(text)
	}

	bring := func(event types.ChatEvent) *connect.SendChatIntegrationEventOutput {
		t.Helper()
		out, err := w.connect.SendChatIntegrationEvent(t.Context(), &connect.SendChatIntegrationEventInput{
			SourceId: aws.String(customer), DestinationId: aws.String(business), Subtype: aws.String("connect:SMS"), Event: &event,
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	message := func(text string) types.ChatEvent {
		return types.ChatEvent{Type: types.ChatEventTypeMessage, ContentType: aws.String("text/plain"), Content: &text}
	}
	if out := bring(message("Leave it at the door")); *out.InitialContactId != contact || out.NewChatCreated == nil || *out.NewChatCreated {
		t.Errorf("the answer went to %s, new %v", *out.InitialContactId, out.NewChatCreated)
	}
	agent := (&chat{w: w, contact: contact}).bring(t, types.ParticipantRoleAgent, "Bo")
	agent.say(t, "We will")
	delivered("Leave it at the door") // a stream has what all say
	delivered("We will")
	if got := said(agent.transcript(t)); !slices.Equal(got, []string{"Your parcel is here", "One", "Two", "Leave it at the door", "We will"}) {
		t.Errorf("the agent reads %q", got)
	}

	bring(types.ChatEvent{Type: types.ChatEventTypeDisconnect})
	out, err := w.connect.DescribeContact(t.Context(), &connect.DescribeContactInput{InstanceId: &w.InstanceId, ContactId: &contact})
	if err != nil {
		t.Fatal(err)
	}
	if out.Contact.InitiationMethod != types.ContactInitiationMethodOutbound || aws.ToString(out.Contact.DisconnectReason) != "CUSTOMER_DISCONNECT" {
		t.Errorf("the contact began by %s and ended by %s", out.Contact.InitiationMethod, aws.ToString(out.Contact.DisconnectReason))
	}
	found, err := w.connect.SearchContacts(t.Context(), &connect.SearchContactsInput{
		InstanceId: &w.InstanceId,
		TimeRange: &types.SearchContactsTimeRange{
			Type:      types.SearchContactsTimeRangeTypeInitiationTimestamp,
			StartTime: aws.Time(time.Now().Add(-time.Hour)), EndTime: aws.Time(time.Now().Add(time.Hour)),
		},
		SearchCriteria: &types.SearchCriteria{InitiationMethods: []types.ContactInitiationMethod{types.ContactInitiationMethodOutbound}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Contacts) != 1 || *found.Contacts[0].Id != contact || aws.ToInt64(found.TotalCount) != 1 {
		t.Errorf("a search for outbound contacts finds %v of %d", found.Contacts, aws.ToInt64(found.TotalCount))
	}
	if out := bring(message("One more thing")); *out.InitialContactId == contact || out.NewChatCreated == nil || !*out.NewChatCreated {
		t.Errorf("a message after the end went to %s, new %v", *out.InitialContactId, out.NewChatCreated)
	}
}
