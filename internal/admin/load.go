package admin

import (
	"cmp"
	"context"
	"errors"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/store"
)

// LoadFlow publishes a flow under a name, in place of what the flow of that name held. A new one has the type given, else
// that which the content tells, and an id that follows from its name. The error for a bad flow is a *flow.Invalid, whose problems tell the lines. Whether the
// instance has what the flow names is not asked: flows made elsewhere can be tried out.
func (s *Service) LoadFlow(ctx context.Context, instanceID, name, flowType, content string) (id string, err error) {
	instance, err := s.instance(ctx, &instanceID)
	if err != nil {
		return "", err
	}
	if err := checkName(&name); err != nil {
		return "", err
	}
	parsed, err := flow.Parse(content)
	if err != nil {
		return "", err
	}
	err = s.Store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		f, err := tx.FlowByName(instance.ID, name)
		if errors.Is(err, store.ErrNotFound) {
			f, err = &store.Flow{
				ID: idOf(instance.ID, name), InstanceID: instance.ID, Name: name, Type: cmp.Or(flowType, typeOf(content)),
				State: string(types.ContactFlowStateActive),
			}, nil
		}
		if err != nil {
			return err
		}
		if problems := parsed.Check(f.Type, nil); len(problems) > 0 {
			return &flow.Invalid{Problems: problems}
		}
		putContent(tx, f, content, false)
		id = f.ID
		return nil
	})
	if err != nil {
		return "", err
	}
	return id, nil
}

// typeOf is the type of a flow by what it tells of itself, an inbound flow when it tells none.
func typeOf(content string) string {
	if t := flow.TypeOf(content); t != "" && t != flow.Module {
		return t
	}
	return string(types.ContactFlowTypeContactFlow)
}

// LoadedFlow is the id that LoadFlow gives a new flow.
func LoadedFlow(instanceID, name string) string { return idOf(instanceID, name) }
