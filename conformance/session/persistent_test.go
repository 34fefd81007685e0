package session

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/aws/aws-sdk-go/service/connectparticipant"
)

// earlier is a chat that has ended, in which something was said.
func (w *world) earlier(t *testing.T) string {
	t.Helper()
	c := w.connected(t)
	c.say(t, "My bill is wrong")
	if _, err := w.connect.StopContact(t.Context(), &connect.StopContactInput{InstanceId: &w.InstanceId, ContactId: &c.contact}); err != nil {
		t.Fatal(err)
	}
	return c.contact
}

// newestFirst pages back through all that a chat shows: what was said in it, and before it.
func (c *chat) newestFirst(t *testing.T, size int64) (own, past []string) {
	t.Helper()
	in := &connectparticipant.GetTranscriptInput{ConnectionToken: &c.token, MaxResults: &size, ScanDirection: aws.String("BACKWARD")}
	for {
		out, err := c.w.participant.GetTranscript(in)
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range out.Transcript {
			switch {
			case it.Content == nil:
			case it.RelatedContactId != nil && it.ContactId == nil:
				past = append(past, *it.Content)
			case it.RelatedContactId == nil && *it.ContactId == c.contact && len(past) == 0:
				own = append(own, *it.Content)
			default:
				t.Errorf("an item where it does not belong: %v", it)
			}
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return own, past
		}
	}
}

// TestPersistentChat continues a chat with the official modules, from the beginning and later, and reads what was said before.
func TestPersistentChat(t *testing.T) {
	w := newWorld(t)
	source := w.earlier(t)
	want := []string{"My bill is wrong", "Two", "One"}
	in := w.input()
	in.PersistentChat = &types.PersistentChat{RehydrationType: types.RehydrationTypeEntirePastSession, SourceContactId: &source}
	out, err := w.connect.StartChatContact(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if aws.ToString(out.ContinuedFromContactId) != source {
		t.Errorf("continued from %v, want %s", out.ContinuedFromContactId, source)
	}
	c := &chat{w: w, contact: *out.ContactId, participant: *out.ParticipantId, bearer: *out.ParticipantToken}
	c.token, c.url = c.connection(t)
	for _, size := range []int64{1, 2, 100} {
		if own, past := c.newestFirst(t, size); !slices.Equal(own, []string{"Two", "One"}) || !slices.Equal(past, want) {
			t.Errorf("in pages of %d: %q, and before %q", size, own, past)
		}
	}

	later := w.connected(t)
	s := listen(t, later.url)
	associated, err := w.connect.CreatePersistentContactAssociation(t.Context(), &connect.CreatePersistentContactAssociationInput{
		InstanceId: &w.InstanceId, InitialContactId: &later.contact, RehydrationType: types.RehydrationTypeFromSegment, SourceContactId: &source,
	})
	if err != nil {
		t.Fatal(err)
	}
	if aws.ToString(associated.ContinuedFromContactId) != source {
		t.Errorf("associated with %v, want %s", associated.ContinuedFromContactId, source)
	}
	if it := s.until("event.chat.rehydrated"); it.ContactId != later.contact || it.ParticipantId+it.ParticipantRole+it.DisplayName+it.Content != "" {
		t.Errorf("everybody was told %+v", it)
	}
	if _, past := later.newestFirst(t, 30); !slices.Equal(past, want) {
		t.Errorf("after the association: before %q", past)
	}
}

// TestPersistentChatByCLI does the same with the AWS CLI, where it is present.
func TestPersistentChatByCLI(t *testing.T) {
	w := newWorld(t)
	cli := w.cli(t)
	if cli == nil {
		return
	}
	source := w.earlier(t)
	started := cli("connect", "start-chat-contact", "--instance-id", w.InstanceId, "--contact-flow-id", w.flow,
		"--participant-details", "DisplayName=Ana", "--persistent-chat", "RehydrationType=FROM_SEGMENT,SourceContactId="+source)
	if started["ContinuedFromContactId"] != source {
		t.Errorf("started %v", started)
	}
	c := w.connected(t)
	associated := cli("connect", "create-persistent-contact-association", "--instance-id", w.InstanceId, "--initial-contact-id", c.contact,
		"--rehydration-type", "ENTIRE_PAST_SESSION", "--source-contact-id", source)
	if associated["ContinuedFromContactId"] != source {
		t.Errorf("associated %v", associated)
	}
	newest := []string{
		"connectparticipant", "get-transcript", "--no-sign-request", "--connection-token", c.token, "--scan-direction", "BACKWARD",
		"--sort-order", "ASCENDING", "--max-results", "15", "--no-paginate",
	}
	page := cli(newest...)
	next, _ := page["NextToken"].(string)
	page = cli(append(newest, "--next-token", next)...)
	var said []string
	transcript, _ := page["Transcript"].([]any)
	for _, it := range transcript {
		if item, _ := it.(map[string]any); item["Content"] != nil {
			said = append(said, fmt.Sprint(item["Content"]))
			if item["RelatedContactId"] != source || item["ContactId"] != nil {
				t.Errorf("an item of the past: %v", item)
			}
		}
	}
	if got := strings.Join(said, ", "); got != "One, Two, My bill is wrong" || page["NextToken"] != nil {
		t.Errorf("before the chat: %s, and then %v", got, page["NextToken"])
	}
}
