package browser

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/chromedp/chromedp"
)

// receipts are what the transcript of the page says of a message: who has it, and since when.
func (p *tab) receipts(message string) []struct{ DeliveredTimestamp, ReadTimestamp, RecipientParticipantId string } {
	p.t.Helper()
	return js[[]struct{ DeliveredTimestamp, ReadTimestamp, RecipientParticipantId string }](p,
		"transcript().then(({ items }) => items.find((item) => item.Id === %q).MessageMetadata?.Receipts ?? [])", message)
}

// told wants the page to have been told of these messages, each once, that they were delivered and read.
func (p *tab) told(delivered, read []string) {
	p.t.Helper()
	got := js[struct{ Delivered, Read []string }](p, "({ delivered: seen.delivered, read: seen.read })")
	if !slices.Equal(got.Delivered, delivered) || !slices.Equal(got.Read, read) {
		p.t.Errorf("told of delivered %q and read %q, want %q and %q", got.Delivered, got.Read, delivered, read)
	}
}

// chatjs waits a while before it tells of a message, tells of the newest only, and has one ClientToken for all of a kind.
// Source: participant-wire sheet, 2.2 and section 6.
func TestChatJSReceipts(t *testing.T) {
	eachMajor(t, func(t *testing.T, _ string, customer *tab) {
		server := startDev(t)
		chat := server.startChat(t, map[string]string{"topic": "person"})
		customer.begin(server.Endpoint, chat)
		bo := server.invite(t, chat, "Bo")
		agent := customer.another()
		agent.beginAs("AGENT", server.Endpoint, bo)
		customer.until("seen.items.some((item) => item.ParticipantId === %q && item.ContentType.endsWith('participant.joined'))", bo.ParticipantId)

		question := js[struct{ Id string }](customer, "send('Where is my parcel?')").Id
		answer := js[struct{ Id string }](agent, "send('Let me see')").Id
		customer.until("seen.items.some((item) => item.Id === %q)", answer)
		agent.until("seen.items.some((item) => item.Id === %q)", question)

		js[chromedp.Void](customer, "void receipt('delivered', %q)", answer)
		js[chromedp.Void](agent, "void receipt('delivered', %q)", question)
		customer.until("seen.delivered.length > 0")
		agent.until("seen.delivered.length > 0")
		customer.told([]string{question}, nil)
		agent.told([]string{answer}, nil)

		js[chromedp.Void](customer, "void receipt('read', %q)", answer)
		js[chromedp.Void](agent, "void receipt('read', %q)", question)
		customer.until("seen.read.length > 0")
		agent.until("seen.read.length > 0")

		var last string // all are read at a glance, and chatjs tells of the last
		for _, text := range []string{"One", "Two", "Three"} {
			last = js[struct{ Id string }](customer, "send(%q)", text).Id
		}
		agent.until("seen.items.some((item) => item.Id === %q)", last)
		js[chromedp.Void](agent, `Promise.all(seen.items.filter((item) => ["One", "Two", "Three"].includes(item.Content)).map((item) => {
			receipt("delivered", item.Id);
			return receipt("read", item.Id);
		}))`)
		customer.until("seen.read.includes(%q)", last)

		// Another session of the agent does not know what was told already, and tells it again.
		other := join(t, server.Endpoint, bo)
		for _, state := range []string{"delivered", "read"} {
			other.call(t, "event", map[string]string{
				"ContentType": "application/vnd.amazonaws.connect.event.message." + state, "Content": `{"messageId":"` + question + `"}`,
			}, &struct{}{})
		}
		behind := other.send(t, "Behind the receipts")
		customer.until("seen.items.some((item) => item.Id === %q)", behind)
		customer.told([]string{question}, []string{question, last})
		agent.told([]string{answer}, []string{answer})

		for _, side := range []*tab{customer, agent} {
			for message, recipient := range map[string]string{question: bo.ParticipantId, answer: chat.ParticipantId, last: bo.ParticipantId} {
				got := side.receipts(message)
				if len(got) != 1 || got[0].RecipientParticipantId != recipient || got[0].DeliveredTimestamp == "" || got[0].ReadTimestamp < got[0].DeliveredTimestamp {
					t.Errorf("the transcript has the receipts %+v, want one of %s", got, recipient)
				}
			}
			if got := side.receipts(behind); len(got) != 0 {
				t.Errorf("a message of which nobody has told has the receipts %+v", got)
			}
		}
	})
}

// With three in a chat there are no receipts: each is refused by itself, and nothing else is. Source: participant-wire sheet, section 6.
func TestChatJSReceiptsInAGroup(t *testing.T) {
	eachMajor(t, func(t *testing.T, _ string, customer *tab) {
		server := startDev(t)
		_, err := server.client().UpdateInstanceAttribute(t.Context(), &connect.UpdateInstanceAttributeInput{
			InstanceId: &server.InstanceId, AttributeType: types.InstanceAttributeTypeMultiPartyChatConference, Value: aws.String("true"),
		})
		if err != nil {
			t.Fatal(err)
		}
		chat := server.startChat(t, map[string]string{"topic": "person"})
		customer.begin(server.Endpoint, chat)
		customer.expect("status of 409")
		bo := join(t, server.Endpoint, server.invite(t, chat, "Bo"))
		cy := join(t, server.Endpoint, server.invite(t, chat, "Cy"))
		first := bo.send(t, "There are three of us")
		customer.until("seen.items.some((item) => item.Id === %q)", first)
		if status := js[int](customer, "failure(receipt('read', %q))", first); status != 409 {
			t.Errorf("a receipt among three fails with %d, want 409", status)
		}
		mine := js[struct{ Id string }](customer, "send('I go on')").Id
		customer.until("seen.items.some((item) => item.Id === %q)", mine)

		cy.call(t, "disconnect", struct{}{}, &struct{}{})
		second := bo.send(t, "There are two of us")
		customer.until("seen.items.some((item) => item.Id === %q)", second)
		if status := js[int](customer, "failure(receipt('read', %q))", second); status != 0 {
			t.Errorf("a receipt among two fails with %d", status)
		}
		if got := customer.receipts(first); len(got) != 0 {
			t.Errorf("a refused receipt is in the transcript: %+v", got)
		}
		if got := customer.receipts(second); len(got) != 1 {
			t.Errorf("the transcript has the receipts %+v, want one", got)
		}
		if lost := js[int](customer, "seen.lost + seen.broken + seen.ended"); lost != 0 {
			t.Errorf("the session did not go on: %s", js[string](customer, "describe()"))
		}
	})
}
