package reply

import (
	"encoding/base64"
	"strings"
)

// Token is the NextToken for what comes after a place in a list. It belongs to this list: operation, instance and filter.
func Token(list, place string) *string {
	return new(base64.RawURLEncoding.EncodeToString([]byte(list + "\x00" + place)))
}

// After reads a NextToken; a page without one starts at the beginning, which is "". Tokens hold for ever: a place needs no row.
func After(list string, token *string) (place string, err error) {
	if Value(token) == "" {
		return "", nil
	}
	b, err := base64.RawURLEncoding.DecodeString(*token)
	place, ok := strings.CutPrefix(string(b), list+"\x00")
	if err != nil || !ok {
		return "", BadToken()
	}
	return place, nil
}

// BadToken refuses a NextToken that is none of the list.
func BadToken() error { return InvalidParameter("NextToken is not a token of this list") }

// Page cuts what was read to one page; more rows than size mean that there is a next one.
func Page[T any](rows []T, size int, list string, place func(*T) string) ([]T, *string) {
	if len(rows) <= size {
		return rows, nil
	}
	rows = rows[:size]
	return rows, Token(list, place(&rows[size-1]))
}

// PageSize is how many rows a caller wants, or as many as are usual.
func PageSize(wanted *int32, usual int) int {
	if wanted != nil {
		return int(*wanted)
	}
	return usual
}
