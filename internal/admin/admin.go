// Package admin is the configuration of a contact centre: its instances with their switches, storage and
// integrations, flows, queues and hours. What runs reads the same rows; a change is
// there for the next contact, while contacts under way keep the flow version they have.
package admin

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/openparley/parley/api/connect/types"
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

	// MaxHours, MaxQueues and MaxPrompts are the same for those; Amazon's defaults are 100, 100 and 500.
	MaxHours, MaxQueues, MaxPrompts int

	// Wake tells that a job of a lane is due then; nil: nobody does jobs.
	Wake func(lane int, due time.Time)

	// AnyResource publishes flows that name queues and flows which the instance does not have; those actions take their error branch.
	// Amazon Connect refuses such flows.
	AnyResource bool
}

// Service answers the operations on configuration.
type Service struct {
	Config
}

// within refuses one more of what an instance has as many of as it may have. It is for an update that has locked the instance.
func within(limit int, count func(instance string, limit int) (int, error), instanceID, what string) error {
	if limit == 0 {
		return nil
	}
	there, err := count(instanceID, limit)
	if err == nil && there >= limit {
		err = &types.LimitExceededException{Message: new(fmt.Sprintf("The instance has %d %s, which is its limit", there, what))}
	}
	return err
}

// rows goes through all rows of an instance, in the order of their ids.
func rows[R any](read func(after string, limit int) ([]R, error), id func(*R) string) iter.Seq2[*R, error] {
	return func(yield func(*R, error) bool) {
		for after := ""; ; {
			page, err := read(after, searchedAtOnce)
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range page {
				if !yield(&page[i], nil) {
					return
				}
			}
			if len(page) < searchedAtOnce {
				return
			}
			after = id(&page[len(page)-1])
		}
	}
}

// New returns a configuration.
func New(c Config) *Service { return &Service{Config: c} }

// instance finds an instance by id or ARN.
func (s *Service) instance(ctx context.Context, idOrARN *string) (*store.Instance, error) {
	return reply.Names{Store: s.Store, Scope: s.Scope}.Instance(ctx, reply.Value(idOrARN))
}

// find finds what an instance has by id or ARN: of tells whose a row is, name what is not found otherwise.
func find[R any](ctx context.Context, s *Service, instance, idOrARN *string, kind, name string,
	get func(context.Context, string) (*R, error), of func(*R) string,
) (*R, error) {
	in, err := s.instance(ctx, instance)
	if err != nil {
		return nil, err
	}
	id, ok := s.Scope.ResourceID(in.ID, kind, reply.Value(idOrARN))
	if !ok {
		return nil, reply.NotFound(name)
	}
	row, err := get(ctx, id)
	if err == nil && of(row) != in.ID {
		err = store.ErrNotFound
	}
	return row, reply.OrNotFound(err, name)
}
