package diagram

import (
	"strings"
	"unicode"
)

// Sizes of type in pixels.
const (
	smallSize = 11.0
	labelSize = 12.0
	titleSize = 13.5
)

// textWidth estimates how wide a text is in a system font. It is rather too wide than too narrow.
func textWidth(s string, size float64, bold bool) float64 {
	ems := 0.0
	for _, r := range s {
		ems += runeWidth(r)
	}
	if bold {
		ems *= 1.06
	}
	return ems * size * 1.04
}

func runeWidth(r rune) float64 {
	switch {
	case strings.ContainsRune("iljtf.,:;'|!()[]{} I/\\\"", r):
		return 0.31
	case strings.ContainsRune("mwMW@%—", r):
		return 0.88
	case unicode.Is(unicode.Mn, r):
		return 0
	case r >= 0x1100 && (r <= 0x115f || r >= 0x2e80):
		return 1.05
	case unicode.IsUpper(r):
		return 0.69
	}
	return 0.56
}

// wrap breaks a text into at most so many lines of a width. Words that are too long are cut; what does not fit ends in an ellipsis.
func wrap(s string, width, size float64, bold bool, lines int) []string {
	fits := func(s string) bool { return textWidth(s, size, bold) <= width }
	var done []string
	line := ""
	for _, word := range strings.Fields(printable(s)) {
		for word != "" && len(done) <= lines {
			together := strings.TrimPrefix(line+" "+word, " ")
			if fits(together) {
				line, word = together, ""
				continue
			}
			if line != "" && textWidth(word, size, bold) <= width {
				done, line = append(done, line), ""
				continue
			}
			head, tail := cut(together, fits)
			done, line, word = append(done, head), "", tail
		}
		if len(done) > lines {
			break
		}
	}
	if line != "" {
		done = append(done, line)
	}
	if len(done) > lines {
		done = done[:lines]
		last := []rune(done[lines-1])
		for len(last) > 0 && !fits(string(last)+"…") {
			last = last[:len(last)-1]
		}
		done[lines-1] = strings.TrimRight(string(last), " ,.") + "…"
	}
	return done
}

// cut splits a text where a line is full, at a place inside a name if there is one near.
func cut(s string, fits func(string) bool) (head, tail string) {
	runes := []rune(s)
	n := 1
	for n < len(runes) && fits(string(runes[:n+1])) {
		n++
	}
	for i := n; i > n/2 && i > 1; i-- {
		if strings.ContainsRune("._-/$= ", runes[i-1]) || i < len(runes) && unicode.IsUpper(runes[i]) && unicode.IsLower(runes[i-1]) {
			return strings.TrimRight(string(runes[:i]), " "), string(runes[i:])
		}
	}
	return string(runes[:n]), string(runes[n:])
}

// printable replaces what XML or a reader can not take.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
}

// words splits a name of the flow language: "UpdateContactTargetQueue" is "Update contact target queue".
func words(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		if i > 0 && unicode.IsUpper(r) {
			if unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]) {
				b.WriteByte(' ')
			}
			if i+1 < len(runes) && unicode.IsLower(runes[i+1]) {
				r = unicode.ToLower(r)
			}
		}
		b.WriteRune(r)
	}
	return b.String()
}
