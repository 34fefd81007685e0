package admin

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
)

const botAlias = "arn:aws:lex:eu-central-1:111122223333:bot-alias/BOTBOTBOT1/TSTALIASID"

func v2(arn string) *types.LexV2Bot { return &types.LexV2Bot{AliasArn: &arn} }

func classic(name, region string) *types.LexBot {
	return &types.LexBot{Name: &name, LexRegion: &region}
}

func (w *world) offerBot(of *types.LexBot, v2 *types.LexV2Bot) error {
	_, err := w.AssociateBot(w.t.Context(), &connect.AssociateBotInput{InstanceId: new(instanceID), LexBot: of, LexV2Bot: v2})
	return err
}

func (w *world) withdrawBot(of *types.LexBot, v2 *types.LexV2Bot) error {
	_, err := w.DisassociateBot(w.t.Context(), &connect.DisassociateBotInput{InstanceId: new(instanceID), LexBot: of, LexV2Bot: v2})
	return err
}

// botNames lists the bots of a version, in pages of a size.
func (w *world) botNames(version types.LexVersion, size *int32) (all []string) {
	w.t.Helper()
	for in := (connect.ListBotsInput{InstanceId: new(scope.Instance(instanceID)), LexVersion: version, MaxResults: size}); ; {
		out, err := w.ListBots(w.t.Context(), &in)
		if err != nil {
			w.t.Fatal(err)
		}
		if out.LexBots == nil {
			w.t.Error("an empty list is missing")
		}
		for _, b := range out.LexBots {
			if version == types.LexVersionV2 {
				all = append(all, *b.LexV2Bot.AliasArn)
			} else {
				all = append(all, *b.LexBot.Name+" "+*b.LexBot.LexRegion)
			}
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return all
		}
	}
}

func TestBots(t *testing.T) { onBothEngines(t, testBots) }

func testBots(t *testing.T, w *world) {
	if got := w.botNames(types.LexVersionV2, nil); len(got) != 0 {
		t.Errorf("a new instance has %q", got)
	}
	for name, err := range map[string]error{
		"none":                w.offerBot(nil, nil),
		"both":                w.offerBot(classic("Orders", "us-east-1"), v2(botAlias)),
		"no ARN":              w.offerBot(nil, &types.LexV2Bot{}),
		"another ARN":         w.offerBot(nil, v2(function)),
		"an ARN of a bot":     w.offerBot(nil, v2("arn:aws:lex:eu-central-1:111122223333:bot/BOTBOTBOT1")),
		"no name":             w.offerBot(classic("", "us-east-1"), nil),
		"a name with a blank": w.offerBot(classic("My bot", "us-east-1"), nil),
		"no Region":           w.offerBot(classic("Orders", ""), nil),
		"taken back, none":    w.withdrawBot(nil, nil),
	} {
		wantError[*types.InvalidRequestException](t, name, err)
	}
	for range 2 { // twice is once
		if err := errors.Join(w.offerBot(nil, v2(botAlias)), w.offerBot(classic("Orders", "us-west-2"), nil), w.offerBot(classic("Orders", "us-east-1"), nil)); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := w.botNames(types.LexVersionV2, nil), []string{botAlias}; !slices.Equal(got, want) {
		t.Errorf("bots of V2 %q, want %q", got, want)
	}
	if got, want := w.botNames(types.LexVersionV1, nil), []string{"Orders us-east-1", "Orders us-west-2"}; !slices.Equal(got, want) {
		t.Errorf("classic bots %q, want %q", got, want)
	}
	if err := errors.Join(w.withdrawBot(nil, v2(botAlias)), w.withdrawBot(classic("Orders", "us-west-2"), nil)); err != nil {
		t.Fatal(err)
	}
	wantError[*types.ResourceNotFoundException](t, "take it back again", w.withdrawBot(nil, v2(botAlias)))
	wantError[*types.ResourceNotFoundException](t, "take a classic one back again", w.withdrawBot(classic("Orders", "us-west-2"), nil))
	for version, limit := range map[types.LexVersion]int{types.LexVersionV1: maxLexBots, types.LexVersionV2: maxLexV2Bots} {
		offer := func(i int) error {
			if version == types.LexVersionV1 {
				return w.offerBot(classic(fmt.Sprintf("Bot%02d", i), "us-east-1"), nil)
			}
			return w.offerBot(nil, v2(fmt.Sprintf("%s%02d", botAlias, i)))
		}
		for i := range limit - len(w.botNames(version, nil)) {
			if err := offer(i); err != nil {
				t.Fatal(err)
			}
		}
		wantError[*types.ServiceQuotaExceededException](t, "one too many of "+string(version), offer(limit))
		if err := offer(0); err != nil {
			t.Errorf("a known one beyond the limit of %s: %v", version, err)
		}
		all := w.botNames(version, nil)
		if len(all) != limit || !slices.IsSorted(all) {
			t.Errorf("%d bots of %s, sorted %v; want %d", len(all), version, slices.IsSorted(all), limit)
		}
		for _, size := range []int32{1, 25} {
			if got := w.botNames(version, &size); !slices.Equal(got, all) {
				t.Errorf("in pages of %d: %q, want %q", size, got, all)
			}
		}
	}
	_, err := w.ListBots(t.Context(), &connect.ListBotsInput{InstanceId: new(instanceID), LexVersion: types.LexVersionV1, NextToken: new("x")})
	wantError[*types.InvalidRequestException](t, "token of another list", err)
}

func TestBotsOfClassicLex(t *testing.T) { onBothEngines(t, testBotsOfClassicLex) }

func testBotsOfClassicLex(t *testing.T, w *world) {
	offer := func(name, region string) error {
		_, err := w.AssociateLexBot(t.Context(), &connect.AssociateLexBotInput{InstanceId: new(instanceID), LexBot: classic(name, region)})
		return err
	}
	withdraw := func(name, region string) error {
		_, err := w.DisassociateLexBot(t.Context(), &connect.DisassociateLexBotInput{InstanceId: new(instanceID), BotName: &name, LexRegion: &region})
		return err
	}
	wantError[*types.InvalidRequestException](t, "no name", offer("", "us-east-1"))
	for i := range lexBotsPage + 1 {
		if err := offer(fmt.Sprintf("Bot%02d", i), "us-east-1"); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.offerBot(nil, v2(botAlias)); err != nil {
		t.Fatal(err)
	}
	in := &connect.ListLexBotsInput{InstanceId: new(instanceID)}
	first, err := w.ListLexBots(t.Context(), in)
	if err != nil || len(first.LexBots) != lexBotsPage || first.NextToken == nil {
		t.Fatalf("first page %+v, %v", first, err)
	}
	in.NextToken = first.NextToken
	second, err := w.ListLexBots(t.Context(), in)
	if err != nil || len(second.LexBots) != 1 || *second.LexBots[0].Name != "Bot10" || second.NextToken != nil {
		t.Errorf("second page %+v, %v", second, err)
	}
	in.NextToken = new("x")
	_, err = w.ListLexBots(t.Context(), in)
	wantError[*types.InvalidParameterException](t, "token of another list", err)
	if err := withdraw("Bot00", "us-east-1"); err != nil {
		t.Fatal(err)
	}
	wantError[*types.ResourceNotFoundException](t, "take it back again", withdraw("Bot00", "us-east-1"))
	wantError[*types.InvalidRequestException](t, "no Region", withdraw("Bot01", strings.Repeat(" ", 3)))
}
