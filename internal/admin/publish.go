package admin

import (
	"context"
	"errors"

	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
	"github.com/openparley/parley/internal/view"
)

// What is published is looked at before its transaction, as that takes a while, and names resources that may be deleted meanwhile. So the
// transaction looks whether they are still there, under the lock of the instance that a deletion takes as well.

// errOvertaken says that somebody else has changed what a change began with.
var errOvertaken = errors.New("overtaken")

// again does once more what was overtaken.
func again[Out any](do func() (*Out, error)) (*Out, error) {
	for {
		out, err := do()
		if !errors.Is(err, errOvertaken) {
			return out, err
		}
	}
}

// resources are rows that flows name: as they are at any moment, or in a transaction.
type resources interface {
	Queue(id string) (*store.Queue, error)
	Hours(id string) (*store.Hours, error)
	Prompt(id string) (*store.Prompt, error)
	Flow(id string) (*store.Flow, error)
	Module(id string) (*store.Module, error)
	View(id string) (*store.View, error)
}

// passing are resources outside of a transaction.
type passing struct {
	ctx context.Context
	*store.Store
}

func (p passing) Queue(id string) (*store.Queue, error)   { return p.Store.Queue(p.ctx, id) }
func (p passing) Hours(id string) (*store.Hours, error)   { return p.Store.Hours(p.ctx, id) }
func (p passing) Prompt(id string) (*store.Prompt, error) { return p.Store.Prompt(p.ctx, id) }
func (p passing) Flow(id string) (*store.Flow, error)     { return p.Store.Flow(p.ctx, id) }
func (p passing) Module(id string) (*store.Module, error) { return p.Store.Module(p.ctx, id) }
func (p passing) View(id string) (*store.View, error)     { return p.Store.View(p.ctx, id) }

// named is a resource as a flow names it.
type named struct{ kind, idOrARN string }

// checkContent refuses what is no flow and, unless it is a draft, what may not be published. It returns what the flow names.
func (s *Service) checkContent(ctx context.Context, instanceID, flowType, content string, draft bool) ([]named, error) {
	f, err := flow.Parse(content)
	if bad, ok := errors.AsType[*flow.Invalid](err); ok {
		return nil, invalidFlow(bad.Problems)
	}
	if err != nil || draft {
		return nil, err
	}
	problems, names, err := s.publishable(ctx, instanceID, f, flowType, nil)
	if err == nil && len(problems) > 0 {
		err = invalidFlow(problems)
	}
	return names, err
}

// checkModule refuses what is no module and, unless it is a draft, what may not be published. It returns what the module names.
func (s *Service) checkModule(ctx context.Context, instanceID string, content *store.ModuleContent, draft bool) ([]named, error) {
	f, err := flow.Parse(content.Content)
	if bad, ok := errors.AsType[*flow.Invalid](err); ok {
		return nil, invalidModule(bad.Problems)
	}
	if err != nil || draft {
		return nil, err
	}
	if !f.HasSettings() {
		return nil, reply.InvalidRequest("JSON field is missing or null for field name: settings")
	}
	own, problems := flow.ReadContract(content.Settings)
	if problems != nil {
		return nil, invalidModule(problems)
	}
	problems, names, err := s.publishable(ctx, instanceID, f, flow.Module, own)
	if err == nil && len(problems) > 0 {
		err = invalidModule(problems)
	}
	return names, err
}

// publishable returns what publishing a flow or module refuses, and what it names. own is the contract of a module.
func (s *Service) publishable(
	ctx context.Context, instanceID string, f *flow.Flow, flowType string, own *flow.Contract,
) (problems []flow.Problem, names []named, err error) {
	there, failed := s.exists(passing{ctx, s.Store}, instanceID)
	exists := func(kind, idOrARN string) bool {
		names = append(names, named{kind, idOrARN})
		return there(kind, idOrARN)
	}
	if s.AnyResource {
		exists = nil
	}
	problems = f.Check(flowType, exists)
	if len(problems) == 0 {
		problems = f.CheckContracts(own, func(idOrARN string) *flow.Contract {
			m, number, err := s.moduleNamed(passing{ctx, s.Store}, instanceID, idOrARN)
			var content *store.ModuleContent
			if err == nil {
				content, err = s.Store.ModuleContent(ctx, m.ID, number)
			}
			if err != nil && !errors.Is(err, store.ErrNotFound) && *failed == nil {
				*failed = err
			}
			if err != nil {
				return nil
			}
			contract, _ := flow.ReadContract(content.Settings)
			return contract
		})
	}
	return problems, names, *failed
}

// stillThere returns errOvertaken when one of the resources is gone that were there when a content was checked.
func (s *Service) stillThere(tx *store.Tx, instanceID string, names []named) error {
	exists, failed := s.exists(tx, instanceID)
	for _, n := range names {
		if !exists(n.kind, n.idOrARN) {
			if *failed != nil {
				return *failed
			}
			return errOvertaken
		}
	}
	return *failed
}

// exists tells flow.Check whether the instance has a resource. Kinds of which Parley keeps none yet pass, so that flows made
// elsewhere can be published. failed points to the first error of the database.
func (s *Service) exists(in resources, instanceID string) (exists func(kind, idOrARN string) bool, failed *error) {
	failed = new(error)
	found := func(owner string, err error) bool {
		if err != nil && !errors.Is(err, store.ErrNotFound) && *failed == nil {
			*failed = err
		}
		return err == nil && owner == instanceID
	}
	return func(kind, idOrARN string) bool {
		switch kind {
		case flow.Queue:
			id, ok := s.Scope.ResourceID(instanceID, arn.Queue, idOrARN)
			if !ok {
				return false
			}
			q, err := in.Queue(id)
			return found(reply.Value(q).InstanceID, err)
		case flow.Hours:
			id, ok := s.Scope.ResourceID(instanceID, arn.Hours, idOrARN)
			if !ok {
				return false
			}
			h, err := in.Hours(id)
			return found(reply.Value(h).InstanceID, err)
		case flow.Prompt:
			id, ok := s.Scope.ResourceID(instanceID, arn.Prompt, idOrARN)
			if !ok {
				return false
			}
			p, err := in.Prompt(id)
			return found(reply.Value(p).InstanceID, err)
		case flow.ContactFlow:
			id, ok := s.Scope.ResourceID(instanceID, arn.ContactFlow, idOrARN)
			if !ok {
				return false
			}
			id, qualifier := store.CutQualifier(id)
			f, err := in.Flow(id)
			if !found(reply.Value(f).InstanceID, err) {
				return false
			}
			_, ok = f.Version(qualifier)
			return ok
		case flow.FlowModule:
			m, _, err := s.moduleNamed(in, instanceID, idOrARN)
			return found(reply.Value(m).InstanceID, err)
		case flow.View:
			if _, ok := view.Find(s.Scope, idOrARN); ok {
				return true
			}
			id, ok := s.Scope.ResourceID(instanceID, arn.View, idOrARN)
			if !ok {
				return false
			}
			id, qualifier := store.CutQualifier(id)
			v, err := in.View(id)
			if !found(reply.Value(v).InstanceID, err) {
				return false
			}
			_, _, ok = v.Content(qualifier)
			return ok
		}
		return true
	}, failed
}

// moduleNamed reads a module of an instance that a flow names by id or ARN, and the number of the content that would run.
func (s *Service) moduleNamed(in resources, instanceID, idOrARN string) (*store.Module, int64, error) {
	id, ok := s.Scope.ResourceID(instanceID, arn.FlowModule, idOrARN)
	if !ok {
		return nil, 0, store.ErrNotFound
	}
	id, qualifier := store.CutQualifier(id)
	m, err := in.Module(id)
	if err != nil {
		return nil, 0, err
	}
	number, ok := m.Runs(qualifier)
	if m.InstanceID != instanceID || !ok {
		return nil, 0, store.ErrNotFound
	}
	return m, number, nil
}
