package admin

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"

	"github.com/google/uuid"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/arn"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

// integrationsPage is the usual page of associations. Source: connect-chat sheet, 3.6.
const integrationsPage = 100

var lambdaARN = regexp.MustCompile(`^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:[a-zA-Z0-9_-]+(:[a-zA-Z0-9$_-]+)?$`)

// CreateIntegrationAssociation makes something outside known to an instance. A chat minds the oldest FILE_SCANNER, the function that
// looks at attachments, and which functions are a MESSAGE_PROCESSOR; the others are only kept. Source: connect-chat sheet, 4.3.
func (s *Service) CreateIntegrationAssociation(ctx context.Context, in *connect.CreateIntegrationAssociationInput) (*connect.CreateIntegrationAssociationOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	if err := checkIntegration(in); err != nil {
		return nil, err
	}
	row := store.Integration{
		ID: uuid.NewString(), Type: string(in.IntegrationType), ARN: *in.IntegrationArn, Name: reply.Value(in.SourceApplicationName),
		URL: reply.Value(in.SourceApplicationUrl), SourceType: string(in.SourceType), Tags: in.Tags,
	}
	err = s.changeInstance(ctx, instance.ID, func(tx *store.Tx, instance *store.Instance) error {
		for _, other := range instance.Integrations {
			if other.Type == row.Type && other.ARN == row.ARN {
				return &types.DuplicateResourceException{Message: new(fmt.Sprintf("The instance has this %s already", row.Type))}
			}
		}
		row := row
		row.CreatedAt = tx.Now().UnixMilli()
		instance.Integrations = append(instance.Integrations, row)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.CreateIntegrationAssociationOutput{
		IntegrationAssociationId: &row.ID, IntegrationAssociationArn: new(s.Scope.Resource(instance.ID, arn.Integration, row.ID)),
	}, nil
}

// checkIntegration refuses what the type of an integration does not allow.
func checkIntegration(in *connect.CreateIntegrationAssociationInput) error {
	switch in.IntegrationType {
	default:
		if *in.IntegrationArn == "" {
			return reply.InvalidRequest("IntegrationArn is empty")
		}
	case types.IntegrationTypeFileScanner, types.IntegrationTypeMessageProcessor:
		if !lambdaARN.MatchString(*in.IntegrationArn) {
			return reply.InvalidRequest(fmt.Sprintf("IntegrationArn of a %s is the ARN of a Lambda function", in.IntegrationType))
		}
	case types.IntegrationTypeEvent:
		if *in.IntegrationArn == "" || in.SourceApplicationName == nil || in.SourceApplicationUrl == nil || in.SourceType == "" {
			return reply.InvalidRequest("An EVENT needs IntegrationArn, SourceApplicationName, SourceApplicationUrl and SourceType")
		}
	}
	return nil
}

// DeleteIntegrationAssociation removes an integration from an instance.
func (s *Service) DeleteIntegrationAssociation(ctx context.Context, in *connect.DeleteIntegrationAssociationInput) (*connect.DeleteIntegrationAssociationOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	err = s.changeInstance(ctx, instance.ID, func(_ *store.Tx, instance *store.Instance) error {
		before := len(instance.Integrations)
		instance.Integrations = slices.DeleteFunc(instance.Integrations, func(i store.Integration) bool {
			return i.ID == *in.IntegrationAssociationId
		})
		if len(instance.Integrations) == before {
			return reply.NotFound("Integration association")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.DeleteIntegrationAssociationOutput{}, nil
}

// ListIntegrationAssociations lists the integrations of an instance in the order of their ids, or those of one type or ARN.
func (s *Service) ListIntegrationAssociations(ctx context.Context, in *connect.ListIntegrationAssociationsInput) (*connect.ListIntegrationAssociationsOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	list := "integrations\x00" + instance.ID + "\x00" + string(in.IntegrationType) + "\x00" + reply.Value(in.IntegrationArn)
	after, err := reply.After(list, in.NextToken)
	if err != nil {
		return nil, reply.InvalidRequest("NextToken is not a token of this list") // the operation has no InvalidParameterException
	}
	rows := slices.DeleteFunc(slices.Clone(instance.Integrations), func(i store.Integration) bool {
		return i.ID <= after || in.IntegrationType != "" && i.Type != string(in.IntegrationType) ||
			in.IntegrationArn != nil && i.ARN != *in.IntegrationArn
	})
	slices.SortFunc(rows, func(a, b store.Integration) int { return cmp.Compare(a.ID, b.ID) })
	rows, next := reply.Page(rows, reply.PageSize(in.MaxResults, integrationsPage), list, func(i *store.Integration) string { return i.ID })
	out := &connect.ListIntegrationAssociationsOutput{
		IntegrationAssociationSummaryList: make([]types.IntegrationAssociationSummary, len(rows)), NextToken: next,
	}
	for i := range rows {
		row := &rows[i]
		out.IntegrationAssociationSummaryList[i] = types.IntegrationAssociationSummary{
			InstanceId: &instance.ID, IntegrationAssociationId: &row.ID, IntegrationType: types.IntegrationType(row.Type),
			IntegrationAssociationArn: new(s.Scope.Resource(instance.ID, arn.Integration, row.ID)), IntegrationArn: &row.ARN,
			SourceApplicationName: reply.Text(row.Name), SourceApplicationUrl: reply.Text(row.URL), SourceType: types.SourceType(row.SourceType),
		}
	}
	return out, nil
}
