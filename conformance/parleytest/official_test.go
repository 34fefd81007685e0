// Package parleytest_test holds package parleytest against the official clients, which know nothing of it.
package parleytest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	awsv1 "github.com/aws/aws-sdk-go/aws"
	credentialsv1 "github.com/aws/aws-sdk-go/aws/credentials"
	sessionv1 "github.com/aws/aws-sdk-go/aws/session"
	"github.com/aws/aws-sdk-go/service/connectparticipant"

	"github.com/openparley/parley/parleytest"
)

// world is a server without a port, and a program that reaches it with the official clients as they come.
type world struct {
	*testing.T
	srv         *parleytest.Server
	connect     *connect.Client
	participant *connectparticipant.ConnectParticipant
}

func open(t *testing.T) *world {
	t.Helper()
	srv := parleytest.New(t, parleytest.WithoutPort(), parleytest.Flow("welcome", parleytest.Steps(parleytest.Say("Welcome"), parleytest.Queue("Support"))))
	cfg := srv.Config()
	cfg.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxBackoff = 10 * time.Millisecond }) // it waits in the machine's time
	}
	session, err := sessionv1.NewSession(&awsv1.Config{
		Region: &cfg.Region, Endpoint: cfg.BaseEndpoint, HTTPClient: srv.HTTPClient(), Credentials: credentialsv1.AnonymousCredentials,
	})
	if err != nil {
		t.Fatal(err)
	}
	return &world{t, srv, connect.NewFromConfig(cfg), connectparticipant.New(session)}
}

func (w *world) start(ctx context.Context) (*connect.StartChatContactOutput, error) {
	return w.connect.StartChatContact(ctx, &connect.StartChatContactInput{
		InstanceId: &w.srv.InstanceID, ContactFlowId: aws.String(w.srv.FlowID("welcome")),
		ParticipantDetails: &types.ParticipantDetails{DisplayName: aws.String("Ana")}, Attributes: map[string]string{"plan": "gold"},
	})
}

// begin starts a chat and connects its customer.
func (w *world) begin() (chat *parleytest.Chat, connectionToken *string) {
	w.Helper()
	started, err := w.start(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	connected, err := w.participant.CreateParticipantConnectionWithContext(w.Context(), &connectparticipant.CreateParticipantConnectionInput{
		ParticipantToken: started.ParticipantToken, ConnectParticipant: aws.Bool(true),
		Type: aws.StringSlice([]string{connectparticipant.ConnectionTypeConnectionCredentials}),
	})
	if err != nil {
		w.Fatal(err)
	}
	return w.srv.Chat(*started.ContactId), connected.ConnectionCredentials.ConnectionToken
}

func (w *world) say(token *string, text string) {
	w.Helper()
	if _, err := w.participant.SendMessageWithContext(w.Context(), &connectparticipant.SendMessageInput{
		ConnectionToken: token, Content: &text, ContentType: aws.String("text/plain"),
	}); err != nil {
		w.Errorf("say %s: %v", text, err)
	}
}

func TestOfficialClients(t *testing.T) {
	t.Parallel()
	w := open(t)
	chat, token := w.begin()
	w.say(token, "Hello")
	chat.Customer.SawOnly("Welcome", "Hello")
	chat.HasAttributes(map[string]string{"plan": "gold"})
	agent := chat.AgentJoins("Ben")
	agent.Says("How can I help?")
	transcript, err := w.participant.GetTranscriptWithContext(t.Context(), &connectparticipant.GetTranscriptInput{
		ConnectionToken: token, SortOrder: aws.String(connectparticipant.SortKeyAscending),
	})
	if n := len(transcript.Transcript); err != nil || n == 0 || *transcript.Transcript[n-1].Content != "How can I help?" {
		t.Errorf("transcript %v (%v)", transcript, err)
	}
	names := map[string]bool{}
	pages := connect.NewListContactFlowsPaginator(w.connect, &connect.ListContactFlowsInput{InstanceId: &w.srv.InstanceID, MaxResults: aws.Int32(1)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range page.ContactFlowSummaryList {
			names[*f.Name] = true
		}
	}
	if !names["welcome"] {
		t.Errorf("flows %v", names)
	}
	var notFound *types.ResourceNotFoundException
	_, err = w.connect.DescribeContact(t.Context(), &connect.DescribeContactInput{InstanceId: &w.srv.InstanceID, ContactId: aws.String("nobody")})
	if !errors.As(err, &notFound) {
		t.Errorf("a contact that is not there: %v", err)
	}
	w.srv.Clock.Advance(time.Hour)
	chat.HasEnded("CUSTOMER_CONNECTION_NOT_ESTABLISHED") // nobody has opened the customer's socket
	chat.Lasted(5 * time.Minute)
}

// TestOfficialClientsLiveThroughFaults: what the clients mend by themselves is mended, and done once.
func TestOfficialClientsLiveThroughFaults(t *testing.T) {
	t.Parallel()
	for _, fault := range []parleytest.Fault{
		{Name: parleytest.ServerErrors, Operations: []string{"StartChatContact", "SendMessage"}, Times: 2},
		{Name: parleytest.LostAnswers, Operations: []string{"StartChatContact"}, Times: 2},
		{Name: parleytest.SlowAnswers, Delay: time.Millisecond},
		{Name: parleytest.ClockSkew, Delay: time.Hour},
		{Name: parleytest.Throttling},
	} {
		t.Run(fault.Name, func(t *testing.T) {
			t.Parallel()
			w := open(t)
			w.srv.Fault(fault)
			chat, token := w.begin()
			w.say(token, "Hello")
			chat.Customer.SawOnly("Welcome", "Hello")
			if met := w.srv.FaultMet(fault.Name); met < max(1, fault.Times) {
				t.Errorf("the fault met %d calls", met)
			}
			w.srv.LiftFaults()
			found, err := w.connect.SearchContacts(t.Context(), &connect.SearchContactsInput{
				InstanceId: &w.srv.InstanceID,
				TimeRange: &types.SearchContactsTimeRange{
					Type: types.SearchContactsTimeRangeTypeInitiationTimestamp, StartTime: &parleytest.Start, EndTime: aws.Time(parleytest.Start.Add(time.Hour)),
				},
			})
			if err != nil || len(found.Contacts) != 1 {
				t.Errorf("%d chats were started (%v)", len(found.Contacts), err)
			}
		})
	}
}

// TestOfficialClientsSeeWhatGoesWrong: what they can not mend is the error that Amazon has for it.
func TestOfficialClientsSeeWhatGoesWrong(t *testing.T) {
	t.Parallel()
	w := open(t)
	_, token := w.begin()

	w.srv.Fault(parleytest.Fault{Name: parleytest.QuotaReached})
	var limit *types.LimitExceededException
	if _, err := w.start(t.Context()); !errors.As(err, &limit) {
		t.Errorf("the quota is reached: %v", err)
	}
	w.srv.LiftFaults()

	w.srv.Fault(parleytest.Fault{Name: parleytest.ServerErrors})
	var internal *types.InternalServiceException
	if _, err := w.start(t.Context()); !errors.As(err, &internal) || w.srv.FaultMet(parleytest.ServerErrors) != 3 {
		t.Errorf("errors without end, after %d attempts: %v", w.srv.FaultMet(parleytest.ServerErrors), err)
	}
	w.srv.LiftFaults()

	w.srv.Fault(parleytest.Fault{Name: parleytest.SlowAnswers, Delay: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := w.start(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("an answer that takes an hour: %v", err)
	}
	w.srv.LiftFaults()

	w.srv.Fault(parleytest.Fault{Name: parleytest.ExpiredToken})
	var denied *connectparticipant.AccessDeniedException
	if _, err := w.participant.GetTranscriptWithContext(t.Context(), &connectparticipant.GetTranscriptInput{ConnectionToken: token}); !errors.As(err, &denied) {
		t.Errorf("an expired token: %v", err)
	}
	w.srv.LiftFaults()
	w.say(token, "Hello")
}
