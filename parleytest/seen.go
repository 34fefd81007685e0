package parleytest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/play"
)

// Saw asserts that the person was shown these, in this order; other things may lie between. Each is the text of a message, or words of a play:
// `SYSTEM "Hello"`, `AGENT "Hello" text/markdown`, `EVENT participant.idle`, `EVENT participant.left AGENT`, `CUSTOMER ATTACHMENT`.
func (p *Person) Saw(want ...string) {
	p.chat.s.t.Helper()
	p.chat.s.holds(p.story, func() string {
		if missing := inOrder(shown(p.Items()), want); missing >= 0 {
			return fmt.Sprintf("%s did not see %s%s", p.Name, want[missing], after(want[:missing]))
		}
		return ""
	})
}

// SawInAnyOrder asserts that the person was shown these, each as often as it is named.
func (p *Person) SawInAnyOrder(want ...string) {
	p.chat.s.t.Helper()
	p.chat.s.holds(p.story, func() string {
		if missing := inAnyOrder(shown(p.Items()), want); len(missing) > 0 {
			return fmt.Sprintf("%s did not see %s", p.Name, strings.Join(missing, ", "))
		}
		return ""
	})
}

// SawOnly asserts that the messages the person was shown are these, in this order, and no others. Events are not counted.
func (p *Person) SawOnly(want ...string) {
	p.chat.s.t.Helper()
	p.chat.s.holds(p.story, func() string {
		all := slices.DeleteFunc(shown(p.Items()), func(s seen) bool { return strings.HasPrefix(s.words, "EVENT ") })
		for i := range max(len(all), len(want)) {
			switch {
			case i >= len(want):
				return fmt.Sprintf("%s saw more than that: %s", p.Name, all[i].words)
			case i >= len(all):
				return fmt.Sprintf("%s did not see %s%s", p.Name, want[i], after(want[:i]))
			case !all[i].is(want[i]):
				return fmt.Sprintf("%s saw %s, want %s%s", p.Name, all[i].words, want[i], after(want[:i]))
			}
		}
		return ""
	})
}

// NeverSaw asserts that the person was shown none of these until now.
func (p *Person) NeverSaw(what ...string) {
	p.chat.s.t.Helper()
	for _, s := range shown(p.Items()) {
		if slices.ContainsFunc(what, s.is) {
			p.chat.s.t.Errorf("%s saw %s%s", p.Name, s.words, p.story())
		}
	}
}

// seen is an item as assertions name it.
type seen struct{ text, words string }

func shown(items []ptypes.Item) []seen {
	all := make([]seen, len(items))
	for i := range items {
		all[i].words = play.Words(&items[i], nil)
		if items[i].Type == ptypes.ChatItemTypeMessage {
			all[i].text = *items[i].Content
		}
	}
	return all
}

func (s seen) is(want string) bool {
	return s.text != "" && s.text == want || s.words == want || strings.HasPrefix(s.words, want+" ")
}

// inOrder returns the index of the first that is missing, or -1.
func inOrder(all []seen, want []string) (missing int) {
	for i, w := range want {
		at := slices.IndexFunc(all, func(s seen) bool { return s.is(w) })
		if at < 0 {
			return i
		}
		all = all[at+1:]
	}
	return -1
}

func inAnyOrder(all []seen, want []string) (missing []string) {
	all = slices.Clone(all)
	for _, w := range want {
		at := slices.IndexFunc(all, func(s seen) bool { return s.is(w) })
		if at < 0 {
			missing = append(missing, strconv.Quote(w))
			continue
		}
		all = slices.Delete(all, at, at+1)
	}
	return missing
}

func after(before []string) string {
	if len(before) == 0 {
		return ""
	}
	return " after " + before[len(before)-1]
}
