package browser

import (
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/chromedp/chromedp"

	"github.com/openparley/parley/conformance/harness"
)

// A customer who is silent is told so, comes back, is silent again and loses the agent, and goes on in another contact of the chat with
// the same session. The server crashes amid all of it. Source: participant-wire sheet, 8.4; connect-chat sheet, 7.7.
func TestChatJSIdle(t *testing.T) {
	eachMajor(t, func(t *testing.T, _ string, page *tab) {
		folder := t.TempDir()
		address := harness.FreeAddress(t)
		server := startDev(t, "--data", folder, "--listen", address)
		proxy := newFaultProxy(t, server.Endpoint)
		chat := server.startChat(t, map[string]string{"topic": "survey"})
		page.begin(proxy.URL, chat)
		timer := func(kind types.ParticipantTimerType) types.ParticipantTimerConfiguration {
			return types.ParticipantTimerConfiguration{
				ParticipantRole: types.TimerEligibleParticipantRolesCustomer, TimerType: kind,
				TimerValue: &types.ParticipantTimerValueMemberParticipantTimerDurationInMinutes{Value: 20}, // as crashes take time
			}
		}
		_, err := server.client().UpdateParticipantRoleConfig(t.Context(), &connect.UpdateParticipantRoleConfigInput{
			InstanceId: &server.InstanceId, ContactId: &chat.ContactId,
			ChannelConfiguration: &types.UpdateParticipantRoleConfigChannelInfoMemberChat{Value: types.ChatParticipantRoleConfig{
				ParticipantTimerConfigList: []types.ParticipantTimerConfiguration{
					timer(types.ParticipantTimerTypeIdle), timer(types.ParticipantTimerTypeDisconnectNoncustomer),
				},
			}},
		})
		if err != nil {
			t.Fatal(err)
		}
		bo := server.invite(t, chat, "Bo")
		agent := join(t, server.Endpoint, bo)
		crash := func() {
			t.Helper()
			lost, pings := js[int](page, "seen.lost"), js[int](page, "seen.pings")
			server.Kill()
			server = startDev(t, "--data", folder, "--listen", address)
			page.until("seen.lost > %d", lost)
			page.until("seen.pings > %d", pings)
		}
		advance := func(d time.Duration) {
			t.Helper()
			server.Advance(t, d)
		}
		// wants is what the page was told of its own silence so far.
		wants := func(idle, returned, left int) {
			t.Helper()
			page.until("seen.idle.length >= %d && seen.returned.length >= %d && seen.left.length >= %d", idle, returned, left)
			want := append(slices.Repeat([]string{chat.ParticipantId}, idle), slices.Repeat([]string{chat.ParticipantId}, returned+left)...)
			if got := js[[]string](page, "[...seen.idle, ...seen.returned, ...seen.left]"); !slices.Equal(got, want) {
				t.Errorf("the page was told of %v, want of itself %d times: %s", got, len(want), js[string](page, "describe()"))
			}
		}

		advance(10 * time.Minute)
		crash()
		wants(0, 0, 0)
		advance(10 * time.Minute)
		wants(1, 0, 0)
		crash()
		js[chromedp.Void](page, "send('I am back')")
		wants(1, 1, 0)
		advance(20 * time.Minute)
		wants(2, 1, 0)
		agent.send(t, "Are you there?") // is not what the customer says
		opened := proxy.opened.Load()
		advance(20 * time.Minute)
		wants(2, 1, 1)
		page.until("texts().some((text) => text.includes('how did we do'))")

		gone := js[struct{ ContactId, InitialContactId string }](page,
			"seen.items.find((item) => item.ParticipantId === %q && item.ContentType.endsWith('participant.left'))", bo.ParticipantId)
		if gone.ContactId != chat.ContactId {
			t.Errorf("the agent left in contact %s, want %s", gone.ContactId, chat.ContactId)
		}
		survey := js[struct{ ContactId, InitialContactId string }](page, "seen.items.at(-1)")
		if survey.ContactId == chat.ContactId || survey.InitialContactId != chat.ContactId {
			t.Errorf("the survey is in %+v, want another contact of %s", survey, chat.ContactId)
		}
		if n := proxy.opened.Load(); n != opened {
			t.Errorf("the next contact came with %d new sockets", n-opened)
		}
		crash()
		js[chromedp.Void](page, "send('Well')")
		page.until("texts().includes('Well') && seen.ended === 1")
		if contact := js[string](page, "seen.items.find((item) => item.Content === 'Well').ContactId"); contact != survey.ContactId {
			t.Errorf("the answer is in contact %s, want %s", contact, survey.ContactId)
		}
		got := js[[]string](page, "seen.items.map((item) => item.Content ?? item.ContentType)")
		different := js[int](page, "new Set(seen.items.map((item) => item.Id)).size")
		if broken := js[int](page, "seen.broken"); broken != 0 || different != len(got) {
			t.Errorf("some items came twice, or the connection broke: %s", js[string](page, "describe()"))
		}
		for _, once := range []string{"I am back", "Are you there?", "Well", "Thank you, that helps us. Goodbye!"} {
			if !slices.Contains(got, once) {
				t.Errorf("the page was not told of %q: %q", once, got)
			}
		}
	})
}
