package bot

import (
	"context"
	"testing"
)

type named string

func (named) Recognize(_ context.Context, in Request, _ Told) (*Answer, error) {
	return &Answer{Messages: []Message{{Content: in.Text}}, Attributes: map[string]string{"k": "a\x00b"}}, nil
}

func TestFind(t *testing.T) {
	bots := Bots{
		Named: map[string]Bot{
			"helper": named("helper"), "arn:aws:lex:us-east-1:000000000000:bot-alias/BOT/LIVE": named("stand-in"), "Orders": named("classic"),
		},
		Lex: named("lex"), Region: "us-east-1", Account: "000000000000",
	}
	for _, tt := range []struct {
		ref  Ref
		want Bot
	}{
		{Ref{AliasARN: "helper"}, named("helper")},
		{Ref{AliasARN: "arn:aws:lex:us-east-1:000000000000:bot-alias/helper/helper"}, named("helper")},
		{Ref{AliasARN: "arn:aws:lex:eu-west-1:000000000000:bot-alias/helper/helper"}, named("lex")},
		{Ref{AliasARN: "arn:aws:lex:us-east-1:000000000000:bot-alias/BOT/LIVE"}, named("stand-in")},
		{Ref{AliasARN: "arn:aws:lex:us-east-1:000000000000:bot-alias/BOT/TEST"}, named("lex")},
		{Ref{AliasARN: "nobody"}, nil},
		{Ref{AliasARN: "arn:aws:lambda:us-east-1:000000000000:function:f"}, nil},
		{Ref{AliasARN: "arn:aws:lex:us-east-1:000000000000:bot/BOT"}, nil},
		{Ref{Name: "Orders", Region: "us-east-1", Alias: "LIVE"}, named("classic")},
		{Ref{Name: "Refunds", Region: "us-east-1", Alias: "LIVE"}, named("lex")},
		{Ref{}, nil},
	} {
		if got := bots.Find(tt.ref); got != tt.want || bots.Knows(tt.ref) != (tt.want != nil) {
			t.Errorf("Find(%+v) = %v, want %v", tt.ref, got, tt.want)
		}
	}
	bots.Lex = nil
	if bots.Knows(Ref{Name: "Refunds", Region: "us-east-1", Alias: "LIVE"}) {
		t.Error("a bot of Lex is known where Lex is not reached")
	}
}

func TestAnswersThatDatabasesTake(t *testing.T) {
	bots := Bots{Named: map[string]Bot{"helper": named("helper")}}
	answer, err := bots.Recognize(t.Context(), Request{Bot: Ref{AliasARN: "helper"}, Text: "x\x00y"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := answer.Messages[0].Content+answer.Attributes["k"], "x\ufffdya\ufffdb"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if _, err := bots.Recognize(t.Context(), Request{Bot: Ref{AliasARN: "nobody"}}, nil); err == nil {
		t.Error("nobody answers")
	}
}
