// Package report answers questions about contacts: what belongs together, what was said, who waits how long. It reads and changes
// nothing.
package report

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/store"
)

// Config says what the reports are about. Store is required.
type Config struct {
	Store *store.Store
	Scope arn.Scope
}

// Service answers the operations that read contacts.
type Service struct {
	Config
}

// New returns the reports of a contact centre.
func New(c Config) *Service { return &Service{Config: c} }

// instance finds an instance by id or ARN.
func (s *Service) instance(ctx context.Context, idOrARN string) (*store.Instance, error) {
	id, ok := s.Scope.InstanceID(idOrARN)
	if !ok {
		return nil, notFound("Instance")
	}
	in, err := s.Store.Instance(ctx, id)
	return in, orNotFound(err, "Instance")
}

// contact finds a contact of an instance; ids or ARNs.
func (s *Service) contact(ctx context.Context, instance, contact string) (*store.Contact, error) {
	instanceID, ok := s.Scope.InstanceID(instance)
	if !ok {
		return nil, notFound("Instance")
	}
	id, ok := s.Scope.ResourceID(instanceID, arn.Contact, contact)
	if !ok {
		return nil, notFound("Contact")
	}
	ct, err := s.Store.Contact(ctx, id)
	if err == nil && ct.InstanceID != instanceID {
		err = store.ErrNotFound
	}
	return ct, orNotFound(err, "Contact")
}

// pageSize is how many entries a page has.
func pageSize(asked *int32, usual int) int {
	if asked == nil {
		return usual
	}
	return int(*asked)
}

// pageToken is the token for what comes after a place in a list. It belongs to this list alone.
func pageToken(list, place string) *string {
	return new(base64.RawURLEncoding.EncodeToString([]byte(list + "\x00" + place)))
}

// pageAfter reads a token: "" without one. Tokens hold for ever.
func pageAfter(list string, token *string) (place string, err error) {
	if token == nil || *token == "" {
		return "", nil
	}
	b, err := base64.RawURLEncoding.DecodeString(*token)
	place, ok := strings.CutPrefix(string(b), list+"\x00")
	if err != nil || !ok {
		return "", badToken()
	}
	return place, nil
}

func badToken() error {
	return &types.InvalidParameterException{Message: new("NextToken is not a token of this list")}
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

func invalidRequest(why string) error { return &types.InvalidRequestException{Message: &why} }

// given returns nil for the empty string: members without a value are left out of an answer.
func given(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func millis(ms int64) *time.Time {
	if ms == 0 {
		return nil
	}
	return new(time.UnixMilli(ms).UTC())
}
