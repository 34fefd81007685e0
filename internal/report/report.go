// Package report answers questions about contacts: what belongs together, what was said, who waits how long. It reads and changes
// nothing.
package report

import (
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/reply"
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

func (s *Service) names() reply.Names { return reply.Names{Store: s.Store, Scope: s.Scope} }
