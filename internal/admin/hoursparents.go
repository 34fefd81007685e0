package admin

import (
	"context"
	"iter"
	"slices"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// hoursIn goes through the hours of an instance.
func hoursIn(tx *store.Tx, instanceID string) iter.Seq2[*store.Hours, error] {
	return rows(func(after string, limit int) ([]store.Hours, error) {
		return tx.HoursOfInstance(instanceID, after, limit)
	}, hoursID)
}

// parents are the ids of hours that a request names.
func (s *Service) parents(instanceID string, named []types.ParentHoursOfOperationConfig) (ids []string, err error) {
	for _, p := range named {
		if p.HoursOfOperationId == nil {
			return nil, reply.InvalidRequest("ParentHoursOfOperationConfigs: HoursOfOperationId is missing")
		}
		id, ok := s.Scope.ResourceID(instanceID, arn.Hours, *p.HoursOfOperationId)
		if !ok {
			return nil, reply.NotFound(noHours)
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// checkParents refuses parents that are not there, or are the hours themselves.
func checkParents(tx *store.Tx, row *store.Hours, parents []string) error {
	for _, id := range parents {
		if id == row.ID {
			return reply.InvalidRequest("Hours of operation can not be their own parent")
		}
		parent, err := tx.Hours(id)
		if err == nil && parent.InstanceID != row.InstanceID {
			err = store.ErrNotFound
		}
		if err != nil {
			return reply.OrNotFound(err, noHours)
		}
	}
	return nil
}

// AssociateHoursOfOperations has the overrides of other hours, at most three, hold for these too: below their own ones.
func (s *Service) AssociateHoursOfOperations(ctx context.Context, in *connect.AssociateHoursOfOperationsInput) (*connect.AssociateHoursOfOperationsOutput, error) {
	row, err := s.hours(ctx, in.InstanceId, in.HoursOfOperationId)
	if err != nil {
		return nil, err
	}
	parents, err := s.parents(row.InstanceID, in.ParentHoursOfOperationConfigs)
	if err != nil {
		return nil, err
	}
	err = s.changeHours(ctx, row, func(tx *store.Tx, row *store.Hours) error {
		if err := checkParents(tx, row, parents); err != nil {
			return err
		}
		for _, id := range parents {
			if !slices.Contains(row.Parents, id) {
				row.Parents = append(row.Parents, id)
			}
		}
		if len(row.Parents) > maxParents {
			return &types.ServiceQuotaExceededException{Message: new("Hours of operation have three parents at most")}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.AssociateHoursOfOperationsOutput{}, nil
}

// DisassociateHoursOfOperations ends what AssociateHoursOfOperations began.
func (s *Service) DisassociateHoursOfOperations(ctx context.Context, in *connect.DisassociateHoursOfOperationsInput) (*connect.DisassociateHoursOfOperationsOutput, error) {
	row, err := s.hours(ctx, in.InstanceId, in.HoursOfOperationId)
	if err != nil {
		return nil, err
	}
	err = s.changeHours(ctx, row, func(_ *store.Tx, row *store.Hours) error {
		for _, named := range in.ParentHoursOfOperationIds {
			id, ok := s.Scope.ResourceID(row.InstanceID, arn.Hours, named)
			if !ok || !slices.Contains(row.Parents, id) {
				return reply.NotFound("Parent of the hours of operation")
			}
			row.Parents = slices.DeleteFunc(row.Parents, func(p string) bool { return p == id })
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.DisassociateHoursOfOperationsOutput{}, nil
}

// ListChildHoursOfOperations lists the hours for which the overrides of these hold too, in the order of their ids.
func (s *Service) ListChildHoursOfOperations(ctx context.Context, in *connect.ListChildHoursOfOperationsInput) (*connect.ListChildHoursOfOperationsOutput, error) {
	row, err := s.hours(ctx, in.InstanceId, in.HoursOfOperationId)
	if err != nil {
		return nil, err
	}
	found, next, _, err := search[store.Hours]{
		list: "child-hours\x00" + row.ID, id: hoursID, where: func(h *store.Hours) bool { return slices.Contains(h.Parents, row.ID) },
		read: func(ctx context.Context, after string, limit int) ([]store.Hours, error) {
			return s.Store.HoursOfInstance(ctx, row.InstanceID, after, limit)
		},
	}.page(ctx, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &connect.ListChildHoursOfOperationsOutput{
		ChildHoursOfOperationsSummaryList: make([]types.HoursOfOperationsIdentifier, len(found)), NextToken: next,
		LastModifiedTime: reply.Time(row.ModifiedAt), LastModifiedRegion: &s.Scope.Region,
	}
	for i := range found {
		out.ChildHoursOfOperationsSummaryList[i] = s.hoursIdentifier(row.InstanceID, found[i].ID, found[i].Name)
	}
	return out, nil
}
