package flow

import (
	"strings"
	"unicode/utf8"
)

// maxMessage is the length of a message of a flow in characters. Source: flow sheet, 11.1.
const maxMessage = 6000

// message says a text.
func message(r *run, _ *action, in args) outcome {
	s, why := spoken(in)
	if why != "" {
		return fails(why)
	}
	r.effects = append(r.effects, Say{s})
	return outcome{}
}

// spoken is what an action says, or why it can not be said. A chat has no audio, and of marked-up speech only the words.
func spoken(in args) (said, why string) {
	s, ok := in.text("Text")
	if ok {
		if strings.HasPrefix(strings.TrimSpace(s), "<speak") {
			s = plainSpeech(s)
		}
	} else if s, ok = in.text("SSML"); ok {
		s = plainSpeech(s)
	}
	switch {
	case !ok:
		return "", "audio in a chat"
	case strings.TrimSpace(s) == "":
		return "", "nothing to say"
	case utf8.RuneCountInString(s) > maxMessage:
		return "", "a message that is too long"
	}
	return s, ""
}

var speechEntities = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&apos;", "'", "&amp;", "&")

// plainSpeech returns the words of speech markup. Line breaks and indents in it mean nothing, but the tags of paragraphs, sentences and
// pauses part words.
func plainSpeech(ssml string) string {
	var b strings.Builder
	for {
		text, rest, tag := strings.Cut(ssml, "<")
		b.WriteString(text)
		if !tag {
			break
		}
		name, after, _ := strings.Cut(rest, ">")
		switch name, _, _ = strings.Cut(strings.Trim(name, "/"), " "); name {
		case "speak", "p", "s", "break":
			b.WriteByte(' ')
		}
		ssml = after
	}
	return speechEntities.Replace(strings.Join(strings.Fields(b.String()), " "))
}
