// Package admin is the configuration of a contact centre: its instances with their switches, storage and integrations, and their flows. What runs reads the same rows; a change is
// there for the next contact, while contacts under way keep the flow version they have.
package admin

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/store"
)

// Config says what the configuration stands on. Store is required.
type Config struct {
	Store *store.Store
	Scope arn.Scope

	// MaxFlows is how many flows an instance may have; 0 is no limit. Amazon's default is 100.
	MaxFlows int

	// AnyResource publishes flows that name queues and flows which the instance does not have; those actions take their error branch.
	// Amazon Connect refuses such flows.
	AnyResource bool
}

// Service answers the operations on configuration.
type Service struct {
	Config
}

// New returns a configuration.
func New(c Config) *Service { return &Service{Config: c} }

// instance finds an instance by id or ARN.
func (s *Service) instance(ctx context.Context, idOrARN *string) (*store.Instance, error) {
	id, ok := s.Scope.InstanceID(value(idOrARN))
	if !ok {
		return nil, notFound("Instance")
	}
	in, err := s.Store.Instance(ctx, id)
	return in, orNotFound(err, "Instance")
}

// pageToken is the token for the rows of a list that come after id. It belongs to this list: operation, instance and filter.
func pageToken(list, id string) *string {
	return new(base64.RawURLEncoding.EncodeToString([]byte(list + "\x00" + id)))
}

// pageAfter reads a token; a page without one starts at the beginning. Tokens hold for ever: rows are listed in the order of their
// ids, and an id needs no row.
func pageAfter(list string, token *string) (id string, err error) {
	if value(token) == "" {
		return "", nil
	}
	b, err := base64.RawURLEncoding.DecodeString(*token)
	id, ok := strings.CutPrefix(string(b), list+"\x00")
	if err != nil || !ok {
		return "", invalidParameter("NextToken is not a token of this list")
	}
	return id, nil
}

// page cuts what was read to one page; more rows than size mean that there is a next one.
func page[T any](rows []T, size int, list string, id func(*T) string) ([]T, *string) {
	if len(rows) <= size {
		return rows, nil
	}
	rows = rows[:size]
	return rows, pageToken(list, id(&rows[size-1]))
}

// pageSize is how many rows a caller wants, or as many as are usual.
func pageSize(wanted *int32, usual int) int {
	if wanted != nil {
		return int(*wanted)
	}
	return usual
}

func notFound(what string) error {
	return &types.ResourceNotFoundException{Message: new(what + " not found")}
}

func orNotFound(err error, what string) error {
	if errors.Is(err, store.ErrNotFound) {
		return notFound(what)
	}
	return err
}

func invalidRequest(why string) error {
	return &types.InvalidRequestException{Message: &why}
}

func invalidParameter(why string) error {
	return &types.InvalidParameterException{Message: &why}
}

func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// given returns nil for the empty string: members without a value are left out of an answer.
func given(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
