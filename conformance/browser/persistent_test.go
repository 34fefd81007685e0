package browser

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/chromedp/chromedp"
)

// said is a message as the transcript of a page has it.
type said struct{ Content, ContactId, RelatedContactId string }

// conversation are the messages that a page reads, oldest first.
func (p *tab) conversation() []said {
	p.t.Helper()
	return js[[]said](p, "transcript().then(({ items }) => items.filter((item) => item.Type === 'MESSAGE'))")
}

// continued starts a chat that continues another.
func (p *parley) continued(t *testing.T, how types.RehydrationType, source string) ids {
	t.Helper()
	out, err := p.client().StartChatContact(t.Context(), &connect.StartChatContactInput{
		InstanceId: &p.InstanceId, ContactFlowId: &p.ContactFlowId, Attributes: map[string]string{"topic": "person"},
		ParticipantDetails: &types.ParticipantDetails{DisplayName: aws.String("Ana")},
		PersistentChat:     &types.PersistentChat{RehydrationType: how, SourceContactId: &source},
	})
	if err != nil {
		t.Fatal(err)
	}
	if aws.ToString(out.ContinuedFromContactId) != source {
		t.Errorf("the chat continues %v, want %s", out.ContinuedFromContactId, source)
	}
	return ids{*out.ContactId, *out.ParticipantId, *out.ParticipantToken}
}

// past is how a conversation looks from a later chat.
func past(conversation []said) []said {
	seen := slices.Clone(conversation)
	for i, m := range seen {
		if m.ContactId != "" {
			seen[i] = said{Content: m.Content, RelatedContactId: m.ContactId}
		}
	}
	return seen
}

// A page pages back from what is said now to what was said in the chats before. Source: connect-chat sheet, 2.4.
func TestChatJSPersistentChat(t *testing.T) {
	eachMajor(t, func(t *testing.T, _ string, page *tab) {
		server := startDev(t)
		here := js[string](page, "location.href")
		// talk has a conversation that needs more than a page, ends the chat, and returns what could be read in it.
		talk := func(chat ids, word string, count int) []said {
			t.Helper()
			page.do(chromedp.Navigate(here))
			page.begin(server.Endpoint, chat)
			other := join(t, server.Endpoint, chat)
			for range count {
				other.send(t, word)
			}
			page.until("texts().filter((text) => text === %q).length === %d", word, count)
			all := page.conversation()
			other.call(t, "disconnect", struct{}{}, &struct{}{})
			page.until("seen.ended === 1")
			return all
		}
		own := func(all []said, chat ids) []said {
			return slices.DeleteFunc(slices.Clone(all), func(m said) bool { return m.ContactId != chat.ContactId })
		}
		want := func(name string, got []said, chat ids, before []said) {
			t.Helper()
			if !slices.Equal(got, append(past(before), own(got, chat)...)) {
				t.Errorf("%s:\n got %q\nwant %q and its own", name, got, past(before))
			}
		}

		first := server.startChat(t, map[string]string{"topic": "person"})
		inFirst := talk(first, "first", 20)
		second := server.continued(t, types.RehydrationTypeEntirePastSession, first.ContactId)
		inSecond := talk(second, "second", 20)
		want("in the second chat", inSecond, second, inFirst)
		third := server.continued(t, types.RehydrationTypeFromSegment, second.ContactId)
		want("in the third chat", talk(third, "third", 3), third, inSecond)

		// A chat that runs continues another later.
		later := server.startChat(t, map[string]string{"topic": "person"})
		page.do(chromedp.Navigate(here))
		page.begin(server.Endpoint, later)
		js[chromedp.Void](page, "send('before')")
		_, err := server.client().CreatePersistentContactAssociation(t.Context(), &connect.CreatePersistentContactAssociationInput{
			InstanceId: &server.InstanceId, InitialContactId: &later.ContactId, SourceContactId: &second.ContactId,
			RehydrationType: types.RehydrationTypeEntirePastSession,
		})
		if err != nil {
			t.Fatal(err)
		}
		page.until("seen.rehydrated.length > 0")
		js[chromedp.Void](page, "send('after')")
		page.until("texts().includes('after')")
		want("in the chat that was associated", page.conversation(), later, inSecond)
		if n := js[int](page, "seen.rehydrated.length"); n != 1 {
			t.Errorf("the page was told %d times, want once", n)
		}
	})
}
