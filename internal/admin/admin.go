// Package admin is the configuration of a contact centre: its instances with their switches, storage and integrations, and their flows. What runs reads the same rows; a change is
// there for the next contact, while contacts under way keep the flow version they have.
package admin

import (
	"context"

	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// Config says what the configuration stands on. Store is required.
type Config struct {
	Store *store.Store
	Scope arn.Scope

	// MaxFlows is how many flows an instance may have; 0 is no limit. Amazon's default is 100.
	MaxFlows int

	// MaxModules is how many flow modules an instance may have; 0 is no limit. Amazon's default is 200.
	MaxModules int

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
	return reply.Names{Store: s.Store, Scope: s.Scope}.Instance(ctx, reply.Value(idOrARN))
}
