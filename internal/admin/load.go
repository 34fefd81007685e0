package admin

import (
	"context"
	"errors"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/store"
)

// LoadFlow publishes a flow under a name, in place of what the flow of that name held. A new one has the type its metadata tell and an
// id that follows from its name. The error for a bad flow is a *flow.Invalid, whose problems tell the lines. Queues and flows that the
// instance does not have are no errors but returned as missing: flows made elsewhere name such.
func (s *Service) LoadFlow(ctx context.Context, instanceID, name, content string) (id string, missing []flow.Problem, err error) {
	instance, err := s.instance(ctx, &instanceID)
	if err != nil {
		return "", nil, err
	}
	if err := checkName(&name); err != nil {
		return "", nil, err
	}
	parsed, err := flow.Parse(content)
	if err != nil {
		return "", nil, err
	}
	err = s.Store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		f, err := tx.FlowByName(instance.ID, name)
		if errors.Is(err, store.ErrNotFound) {
			f, err = &store.Flow{
				ID: idOf(instance.ID, name), InstanceID: instance.ID, Name: name, Type: flowType(content),
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
		return "", nil, err
	}
	exists, failed := s.exists(ctx, instance.ID)
	missing = parsed.Check("", exists)
	return id, missing, *failed
}

// flowType is the type of a flow by what it tells of itself, an inbound flow when it tells none.
func flowType(content string) string {
	if t := flow.TypeOf(content); t != "" && t != flow.Module {
		return t
	}
	return string(types.ContactFlowTypeContactFlow)
}
