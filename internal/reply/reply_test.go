package reply

import (
	"errors"
	"fmt"
	"testing"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/store"
)

func TestPages(t *testing.T) {
	rows := []string{"a", "b\x00", "c"}
	same := func(s *string) string { return *s }
	page, next := Page(rows, 2, "list", same)
	if len(page) != 2 || next == nil {
		t.Fatalf("page %q, token %v", page, next)
	}
	if place, err := After("list", next); place != "b\x00" || err != nil {
		t.Errorf("the next page is after %q, %v", place, err)
	}
	if page, next := Page(rows, 3, "list", same); len(page) != 3 || next != nil {
		t.Errorf("page %q, token %v", page, next)
	}
	for _, token := range []*string{nil, new("")} {
		if place, err := After("list", token); place != "" || err != nil {
			t.Errorf("without a token the page is after %q, %v", place, err)
		}
	}
	for _, token := range []string{"%", "YQ", *Token("another", "a"), *Token("list2", "a")} {
		_, err := After("list", &token)
		if _, ok := errors.AsType[*types.InvalidParameterException](err); !ok {
			t.Errorf("token %q: %v", token, err)
		}
	}
}

func TestOrNotFound(t *testing.T) {
	other := errors.New("another")
	if err := OrNotFound(other, "It"); err != other {
		t.Errorf("another error became %v", err)
	}
	if err := OrNotFound(nil, "It"); err != nil {
		t.Errorf("no error became %v", err)
	}
	err := OrNotFound(fmt.Errorf("read: %w", store.ErrNotFound), "It")
	if e, ok := errors.AsType[*types.ResourceNotFoundException](err); !ok || *e.Message != "It not found" {
		t.Errorf("a row that is not there became %v", err)
	}
}
