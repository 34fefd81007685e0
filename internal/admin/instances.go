package admin

import (
	"context"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// maxInstances is the size of a page of instances. Source: API model, ListInstances.
const maxInstances = 10

// DescribeInstance reads one instance.
func (s *Service) DescribeInstance(ctx context.Context, in *connect.DescribeInstanceInput) (*connect.DescribeInstanceOutput, error) {
	row, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	i := s.summary(row)
	return &connect.DescribeInstanceOutput{Instance: &types.Instance{
		Arn: i.Arn, CreatedTime: i.CreatedTime, Id: i.Id, IdentityManagementType: i.IdentityManagementType,
		InboundCallsEnabled: i.InboundCallsEnabled, InstanceAlias: i.InstanceAlias, InstanceStatus: i.InstanceStatus,
		OutboundCallsEnabled: i.OutboundCallsEnabled,
	}}, nil
}

// ListInstances lists the instances in the order of their ids.
func (s *Service) ListInstances(ctx context.Context, in *connect.ListInstancesInput) (*connect.ListInstancesOutput, error) {
	const list = "instances"
	after, err := reply.After(list, in.NextToken)
	if err != nil {
		return nil, err
	}
	size := reply.PageSize(in.MaxResults, maxInstances)
	rows, err := s.Store.Instances(ctx, after, size+1)
	if err != nil {
		return nil, err
	}
	rows, next := reply.Page(rows, size, list, func(in *store.Instance) string { return in.ID })
	out := &connect.ListInstancesOutput{InstanceSummaryList: make([]types.InstanceSummary, len(rows)), NextToken: next}
	for i := range rows {
		out.InstanceSummaryList[i] = s.summary(&rows[i])
	}
	return out, nil
}

func (s *Service) summary(in *store.Instance) types.InstanceSummary {
	return types.InstanceSummary{
		Arn: new(s.Scope.Instance(in.ID)), Id: &in.ID, InstanceAlias: reply.Text(in.Alias), CreatedTime: new(time.UnixMilli(in.CreatedAt).UTC()),
		IdentityManagementType: types.DirectoryTypeConnectManaged, InstanceStatus: types.InstanceStatusActive,
		InboundCallsEnabled: isOn(in, types.InstanceAttributeTypeInboundCalls), OutboundCallsEnabled: isOn(in, types.InstanceAttributeTypeOutboundCalls),
	}
}
