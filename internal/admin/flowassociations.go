package admin

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

const (
	maxFlowAssociations = 1000 // of an instance; Amazon's limit is not documented
	associationsPage    = 100  // without MaxResults
)

// inOrder is the order of the links of flows.
func inOrder(a, b store.FlowAssociation) int {
	if c := strings.Compare(a.ResourceID, b.ResourceID); c != 0 {
		return c
	}
	return strings.Compare(a.ResourceType, b.ResourceType)
}

// AssociateFlow links a resource to a flow, in place of an earlier one. Parley keeps such links: what comes in by channels other than chat
// is brought by gateways, which name their flow themselves.
func (s *Service) AssociateFlow(ctx context.Context, in *connect.AssociateFlowInput) (*connect.AssociateFlowOutput, error) {
	f, err := s.wholeFlow(ctx, in.InstanceId, in.FlowId)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(*in.ResourceId, "arn:") {
		return nil, reply.InvalidParameter("ResourceId is not an ARN")
	}
	link := store.FlowAssociation{ResourceID: *in.ResourceId, ResourceType: string(in.ResourceType), FlowID: f.ID}
	err = s.changeInstance(ctx, f.InstanceID, func(_ *store.Tx, instance *store.Instance) error {
		at, there := slices.BinarySearchFunc(instance.FlowAssociations, link, inOrder)
		switch {
		case there:
			instance.FlowAssociations[at] = link
		case len(instance.FlowAssociations) >= maxFlowAssociations:
			return reply.InvalidRequest(fmt.Sprintf("The instance has %d associations of flows, which is its limit", maxFlowAssociations))
		default:
			instance.FlowAssociations = slices.Insert(instance.FlowAssociations, at, link)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.AssociateFlowOutput{}, nil
}

// DisassociateFlow takes a link off.
func (s *Service) DisassociateFlow(ctx context.Context, in *connect.DisassociateFlowInput) (*connect.DisassociateFlowOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	link := store.FlowAssociation{ResourceID: *in.ResourceId, ResourceType: string(in.ResourceType)}
	err = s.changeInstance(ctx, instance.ID, func(_ *store.Tx, instance *store.Instance) error {
		at, there := slices.BinarySearchFunc(instance.FlowAssociations, link, inOrder)
		if !there {
			return reply.NotFound("Association of a flow")
		}
		instance.FlowAssociations = slices.Delete(instance.FlowAssociations, at, at+1)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.DisassociateFlowOutput{}, nil
}

func (s *Service) flowARN(instance, id string) *string {
	return new(s.Scope.Resource(instance, arn.ContactFlow, id))
}

// GetFlowAssociation reads a link.
func (s *Service) GetFlowAssociation(ctx context.Context, in *connect.GetFlowAssociationInput) (*connect.GetFlowAssociationOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	at, there := slices.BinarySearchFunc(instance.FlowAssociations,
		store.FlowAssociation{ResourceID: *in.ResourceId, ResourceType: string(in.ResourceType)}, inOrder)
	if !there {
		return nil, reply.NotFound("Association of a flow")
	}
	link := instance.FlowAssociations[at]
	return &connect.GetFlowAssociationOutput{
		FlowId: s.flowARN(instance.ID, link.FlowID), ResourceId: &link.ResourceID, ResourceType: types.FlowAssociationResourceType(link.ResourceType),
	}, nil
}

func (s *Service) associationSummaries(instance string, links []store.FlowAssociation) []types.FlowAssociationSummary {
	list := make([]types.FlowAssociationSummary, len(links))
	for i, link := range links {
		list[i] = types.FlowAssociationSummary{
			FlowId: s.flowARN(instance, link.FlowID), ResourceId: &link.ResourceID, ResourceType: types.ListFlowAssociationResourceType(link.ResourceType),
		}
	}
	return list
}

// ListFlowAssociations lists links in the order of their resources.
func (s *Service) ListFlowAssociations(ctx context.Context, in *connect.ListFlowAssociationsInput) (*connect.ListFlowAssociationsOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	list := "flow-associations\x00" + instance.ID + "\x00" + string(in.ResourceType)
	after, err := reply.After(list, in.NextToken)
	if err != nil {
		return nil, err
	}
	place := func(link *store.FlowAssociation) string { return link.ResourceID + "\x00" + link.ResourceType }
	rest := slices.DeleteFunc(slices.Clone(instance.FlowAssociations), func(link store.FlowAssociation) bool {
		return place(&link) <= after || in.ResourceType != "" && link.ResourceType != string(in.ResourceType)
	})
	page, next := reply.Page(rest, reply.PageSize(in.MaxResults, associationsPage), list, place)
	return &connect.ListFlowAssociationsOutput{FlowAssociationSummaryList: s.associationSummaries(instance.ID, page), NextToken: next}, nil
}

// BatchGetFlowAssociation reads the links of some resources; those without one are left out.
func (s *Service) BatchGetFlowAssociation(ctx context.Context, in *connect.BatchGetFlowAssociationInput) (*connect.BatchGetFlowAssociationOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	found := slices.DeleteFunc(slices.Clone(instance.FlowAssociations), func(link store.FlowAssociation) bool {
		return !slices.Contains(in.ResourceIds, link.ResourceID) || in.ResourceType != "" && link.ResourceType != string(in.ResourceType)
	})
	return &connect.BatchGetFlowAssociationOutput{FlowAssociationSummaryList: s.associationSummaries(instance.ID, found)}, nil
}
