package play

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWords: names and values of any text come back from a line as they went in.
func TestWords(t *testing.T) {
	t.Parallel()
	want := map[string]string{"plain": "gold", "blank": "Ana Lee", "quote": `a"b`, "number": "#42", "none": "", "line": "a\nb", "sum": "a=b"}
	line := Word("Sample inbound flow")
	for k, v := range want {
		line += " " + k + "=" + Word(v)
	}
	name, rest, err := word(line)
	if err != nil || name != "Sample inbound flow" {
		t.Errorf("%s: %q, %v", line, name, err)
	}
	got, err := pairsOf(rest, func(v string) (string, error) { return v, nil })
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%s: %v (-want +got):\n%s", line, err, diff)
	}
	if s := Word("gold"); s != "gold" {
		t.Errorf("gold is %s", s)
	}
	for _, wrong := range []string{"alone", `a=b alone c=d`, `a="b`} {
		if got, err := pairs(wrong); err == nil {
			t.Errorf("%s: %v", wrong, got)
		}
	}
}
