package admin

import (
	"context"
	"maps"
	"slices"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// newAttributes are the switches of a new instance: what Parley can do is on, voice is off. Of all of them a chat minds
// CONTACTFLOW_LOGS, ENHANCED_CHAT_MONITORING, MULTI_PARTY_CHAT_CONFERENCE and MESSAGE_STREAMING; the others are only kept.
// Source: connect-chat sheet, 5.1.
var newAttributes = map[types.InstanceAttributeType]string{
	types.InstanceAttributeTypeInboundCalls:              off,
	types.InstanceAttributeTypeOutboundCalls:             off,
	types.InstanceAttributeTypeContactflowLogs:           on,
	types.InstanceAttributeTypeContactLens:               off,
	types.InstanceAttributeTypeAutoResolveBestVoices:     on,
	types.InstanceAttributeTypeUseCustomTtsVoices:        off,
	types.InstanceAttributeTypeEarlyMedia:                on,
	types.InstanceAttributeTypeMultiPartyConference:      off,
	types.InstanceAttributeTypeHighVolumeOutbound:        off,
	types.InstanceAttributeTypeEnhancedContactMonitoring: off,
	types.InstanceAttributeTypeEnhancedChatMonitoring:    on,
	types.InstanceAttributeTypeMultiPartyChatConference:  on,
	types.InstanceAttributeTypeMessageStreaming:          on,
}

// The values of a switch.
const (
	on  = "true"
	off = "false"
)

// attributesPage is the largest page of switches, and the usual one. Source: API model, ListInstanceAttributes.
const attributesPage = 7

// attribute is a switch of an instance. One that the instance lacks is as in a new instance: it is younger than the instance.
func attribute(in *store.Instance, name types.InstanceAttributeType) types.Attribute {
	v, ok := in.Attributes[string(name)]
	if !ok {
		v = newAttributes[name]
	}
	return types.Attribute{AttributeType: name, Value: &v}
}

func isOn(in *store.Instance, name types.InstanceAttributeType) *bool {
	return new(*attribute(in, name).Value == on)
}

// DescribeInstanceAttribute reads a switch of an instance.
func (s *Service) DescribeInstanceAttribute(ctx context.Context, in *connect.DescribeInstanceAttributeInput) (*connect.DescribeInstanceAttributeOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	return &connect.DescribeInstanceAttributeOutput{Attribute: new(attribute(instance, in.AttributeType))}, nil
}

// ListInstanceAttributes lists the switches of an instance in the order of their names.
func (s *Service) ListInstanceAttributes(ctx context.Context, in *connect.ListInstanceAttributesInput) (*connect.ListInstanceAttributesOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	list := "attributes\x00" + instance.ID
	after, err := reply.After(list, in.NextToken)
	if err != nil {
		return nil, err
	}
	var all []types.Attribute
	for _, name := range slices.Sorted(maps.Keys(newAttributes)) {
		if string(name) > after {
			all = append(all, attribute(instance, name))
		}
	}
	all, next := reply.Page(all, reply.PageSize(in.MaxResults, attributesPage), list, func(a *types.Attribute) string { return string(a.AttributeType) })
	return &connect.ListInstanceAttributesOutput{Attributes: all, NextToken: next}, nil
}

// UpdateInstanceAttribute turns a switch of an instance.
func (s *Service) UpdateInstanceAttribute(ctx context.Context, in *connect.UpdateInstanceAttributeInput) (*connect.UpdateInstanceAttributeOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	if v := reply.Value(in.Value); v != on && v != off {
		return nil, reply.InvalidParameter("Value is true or false")
	}
	err = s.changeInstance(ctx, instance.ID, func(_ *store.Tx, row *store.Instance) error {
		row.Attributes[string(in.AttributeType)] = *in.Value
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.UpdateInstanceAttributeOutput{}, nil
}

// changeInstance gives change the newest state of an instance, which nobody else changes at that moment, and stores it unless
// change fails.
func (s *Service) changeInstance(ctx context.Context, id string, change func(*store.Tx, *store.Instance) error) error {
	return s.Store.Update(ctx, store.Key{}, func(tx *store.Tx) error {
		if err := tx.LockInstance(id); err != nil {
			return err
		}
		row, err := tx.Instance(id)
		if err != nil {
			return reply.OrNotFound(err, "Instance")
		}
		if err := change(tx, row); err != nil {
			return err
		}
		tx.PutInstance(row)
		return nil
	})
}
