package flow

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	// maxInitial is how many characters a bot can be told first, minBotSeconds the shortest time that a bot may give the customer.
	// Source: flow sheet, 11.19.
	maxInitial    = 1024
	minBotSeconds = 60
)

// connectBot has a bot talk to the customer until it is done. Source: flow sheet, 11.19.
func connectBot(_ *run, _ *action, in args) outcome {
	e := ConnectBot{}
	v2, _ := in["LexV2Bot"].(map[string]any)
	classic, _ := in["LexBot"].(map[string]any)
	e.AliasARN = memberText(v2, "AliasArn")
	e.Name, e.Alias, e.Where = memberText(classic, "Name"), memberText(classic, "Alias"), memberText(classic, "Region")
	if e.AliasARN == "" && (e.Name == "" || e.Alias == "") {
		return fails("no bot")
	}
	if initial, ok := in["LexInitializationData"].(map[string]any); ok {
		e.Initial = memberText(initial, "InitialMessage")
		if strings.TrimSpace(e.Initial) == "" || utf8.RuneCountInString(e.Initial) > maxInitial {
			return fails("nothing to tell the bot, or too much")
		}
	} else {
		said, why := spoken(in)
		if why != "" {
			return fails(why)
		}
		e.Prompt = said
	}
	if limit, ok := in["LexTimeoutSeconds"].(map[string]any); ok {
		seconds, err := strconv.Atoi(memberText(limit, "Text"))
		if err != nil || seconds < minBotSeconds || seconds > maxSeconds {
			return fails("time limit " + strconv.Quote(memberText(limit, "Text")))
		}
		e.Timeout = time.Duration(seconds) * time.Second
	}
	if in["LexSessionAttributes"] != nil {
		attributes, err := in.textMap("LexSessionAttributes")
		if err != nil {
			return fails(err.Error())
		}
		e.Attributes = attributes
	}
	return outcome{effect: e}
}

// memberText is a text in an object; "" if there is none.
func memberText(object map[string]any, name string) string {
	if v := object[name]; v != nil {
		return textOf(v)
	}
	return ""
}

// botDone has references find what the bot has found out.
func botDone(r *run, in Input) (outcome, bool) {
	switch in.Kind {
	case TimedOut:
		return outcome{failed: inputTimeLimit, detail: "the customer did not answer the bot"}, true
	case Answered:
		if !json.Valid(in.Data) {
			return outcome{}, false
		}
		r.state.keep("Lex", in.Data)
		return outcome{result: in.Event}, true
	}
	return outcome{}, false
}
