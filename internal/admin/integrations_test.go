package admin

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/arn"
)

const function = "arn:aws:lambda:eu-central-1:111122223333:function:scan"

func (w *world) integrate(kind types.IntegrationType, arn string) (string, error) {
	out, err := w.CreateIntegrationAssociation(w.t.Context(), &connect.CreateIntegrationAssociationInput{
		InstanceId: new(instanceID), IntegrationType: kind, IntegrationArn: &arn,
	})
	if err != nil {
		return "", err
	}
	return *out.IntegrationAssociationId, nil
}

func (w *world) integrations(in connect.ListIntegrationAssociationsInput) *connect.ListIntegrationAssociationsOutput {
	w.t.Helper()
	in.InstanceId = new(instanceID)
	out, err := w.ListIntegrationAssociations(w.t.Context(), &in)
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

func TestIntegrations(t *testing.T) { onBothEngines(t, testIntegrations) }

func testIntegrations(t *testing.T, w *world) {
	if got := w.integrations(connect.ListIntegrationAssociationsInput{}); len(got.IntegrationAssociationSummaryList) != 0 || got.NextToken != nil {
		t.Errorf("a new instance has %+v", got)
	}
	out, err := w.CreateIntegrationAssociation(t.Context(), &connect.CreateIntegrationAssociationInput{
		InstanceId: new(scope.Instance(instanceID)), IntegrationType: types.IntegrationTypeEvent, IntegrationArn: new("arn:aws:events:x"),
		SourceApplicationName: new("Shop"), SourceApplicationUrl: new("https://shop.example"), SourceType: types.SourceTypeZendesk,
		Tags: map[string]string{"team": "red"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := scope.Resource(instanceID, arn.Integration, *out.IntegrationAssociationId); *out.IntegrationAssociationArn != want {
		t.Errorf("ARN %s, want %s", *out.IntegrationAssociationArn, want)
	}
	want := []types.IntegrationAssociationSummary{{
		InstanceId: new(instanceID), IntegrationAssociationId: out.IntegrationAssociationId, IntegrationAssociationArn: out.IntegrationAssociationArn,
		IntegrationType: types.IntegrationTypeEvent, IntegrationArn: new("arn:aws:events:x"), SourceApplicationName: new("Shop"),
		SourceApplicationUrl: new("https://shop.example"), SourceType: types.SourceTypeZendesk,
	}}
	if diff := cmp.Diff(want, w.integrations(connect.ListIntegrationAssociationsInput{}).IntegrationAssociationSummaryList); diff != "" {
		t.Errorf("list (-want +got):\n%s", diff)
	}
	row, err := w.Store.Instance(t.Context(), instanceID)
	if err != nil || row.Integrations[0].Tags["team"] != "red" || row.Integrations[0].CreatedAt != epoch.UnixMilli() {
		t.Errorf("row %+v, %v", row.Integrations, err)
	}

	for _, kind := range []types.IntegrationType{types.IntegrationTypeFileScanner, types.IntegrationTypeMessageProcessor} {
		id, err := w.integrate(kind, function)
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.integrate(kind, function)
		wantError[*types.DuplicateResourceException](t, fmt.Sprint("a second ", kind), err)
		for _, bad := range []string{"scan", "arn:aws:lambda:eu-central-1:111122223333:layer:scan", kinesis, function + "/x"} {
			_, err = w.integrate(kind, bad)
			wantError[*types.InvalidRequestException](t, fmt.Sprint(kind, " ", bad), err)
		}
		version, err := w.integrate(kind, function+":live")
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{id, version} {
			if err := w.deleteIntegration(id); err != nil {
				t.Fatal(err)
			}
			wantError[*types.ResourceNotFoundException](t, "delete again", w.deleteIntegration(id))
		}
	}
	_, err = w.integrate(types.IntegrationTypeEvent, "arn:aws:events:y")
	wantError[*types.InvalidRequestException](t, "EVENT without a source", err)
	_, err = w.integrate(types.IntegrationTypePinpointApp, "")
	wantError[*types.InvalidRequestException](t, "nothing", err)
	if got := w.integrations(connect.ListIntegrationAssociationsInput{}).IntegrationAssociationSummaryList; len(got) != 1 {
		t.Errorf("%d are left, want 1", len(got))
	}
}

func (w *world) deleteIntegration(id string) error {
	_, err := w.DeleteIntegrationAssociation(w.t.Context(), &connect.DeleteIntegrationAssociationInput{
		InstanceId: new(instanceID), IntegrationAssociationId: &id,
	})
	return err
}

func TestIntegrationsOfEachType(t *testing.T) { onBothEngines(t, testIntegrationsOfEachType) }

func testIntegrationsOfEachType(t *testing.T, w *world) {
	all := types.IntegrationType("").Values()
	var ids []string
	for _, kind := range all {
		out, err := w.CreateIntegrationAssociation(t.Context(), &connect.CreateIntegrationAssociationInput{
			InstanceId: new(instanceID), IntegrationType: kind, IntegrationArn: new(function),
			SourceApplicationName: new("a"), SourceApplicationUrl: new("b"), SourceType: types.SourceTypeSalesforce,
		})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, *out.IntegrationAssociationId)
	}
	slices.Sort(ids)
	for _, size := range []int{1, len(all) - 1, len(all), len(all) + 1} {
		var got []string
		in := connect.ListIntegrationAssociationsInput{MaxResults: new(int32(size))}
		for pages := 1; ; pages++ {
			out := w.integrations(in)
			for _, i := range out.IntegrationAssociationSummaryList {
				got = append(got, *i.IntegrationAssociationId)
			}
			if in.NextToken = out.NextToken; in.NextToken == nil {
				if want := (len(all) + size - 1) / size; pages != want {
					t.Errorf("%d pages of %d, want %d", pages, size, want)
				}
				break
			}
		}
		if !slices.Equal(got, ids) {
			t.Errorf("pages of %d: %v, want %v", size, got, ids)
		}
	}
	for _, kind := range all {
		got := w.integrations(connect.ListIntegrationAssociationsInput{IntegrationType: kind}).IntegrationAssociationSummaryList
		if len(got) != 1 || got[0].IntegrationType != kind {
			t.Errorf("of type %s: %+v", kind, got)
		}
	}
	if got := w.integrations(connect.ListIntegrationAssociationsInput{IntegrationArn: new(function)}); len(got.IntegrationAssociationSummaryList) != len(all) {
		t.Errorf("%d with the ARN, want %d", len(got.IntegrationAssociationSummaryList), len(all))
	}
	if got := w.integrations(connect.ListIntegrationAssociationsInput{IntegrationArn: new("other")}); len(got.IntegrationAssociationSummaryList) != 0 {
		t.Errorf("%d with another ARN", len(got.IntegrationAssociationSummaryList))
	}
	token := w.integrations(connect.ListIntegrationAssociationsInput{MaxResults: new(int32(1))}).NextToken
	_, err := w.ListIntegrationAssociations(t.Context(), &connect.ListIntegrationAssociationsInput{
		InstanceId: new(instanceID), IntegrationType: types.IntegrationTypeEvent, NextToken: token,
	})
	wantError[*types.InvalidRequestException](t, "token of another list", err)
}

func TestUnknownInstances(t *testing.T) { onBothEngines(t, testUnknownInstances) }

func testUnknownInstances(t *testing.T, w *world) {
	ctx := t.Context()
	id := *w.storage(types.InstanceStorageResourceTypeAttachments)[0].AssociationId
	const resource, attribute = types.InstanceStorageResourceTypeAttachments, types.InstanceAttributeTypeMessageStreaming
	for _, instance := range []string{"nope", scope.Instance("nope"), arn.Scope{Region: "us-east-1", Account: scope.Account}.Instance(instanceID)} {
		for name, call := range map[string]func() error{
			"DescribeInstanceAttribute": func() error {
				_, err := w.DescribeInstanceAttribute(ctx, &connect.DescribeInstanceAttributeInput{InstanceId: &instance, AttributeType: attribute})
				return err
			},
			"ListInstanceAttributes": func() error {
				_, err := w.ListInstanceAttributes(ctx, &connect.ListInstanceAttributesInput{InstanceId: &instance})
				return err
			},
			"UpdateInstanceAttribute": func() error {
				_, err := w.UpdateInstanceAttribute(ctx, &connect.UpdateInstanceAttributeInput{InstanceId: &instance, AttributeType: attribute, Value: new("no")})
				return err
			},
			"AssociateInstanceStorageConfig": func() error {
				_, err := w.AssociateInstanceStorageConfig(ctx, &connect.AssociateInstanceStorageConfigInput{
					InstanceId: &instance, ResourceType: resource, StorageConfig: inStream("bad"),
				})
				return err
			},
			"DescribeInstanceStorageConfig": func() error {
				_, err := w.DescribeInstanceStorageConfig(ctx, &connect.DescribeInstanceStorageConfigInput{InstanceId: &instance, AssociationId: &id, ResourceType: resource})
				return err
			},
			"ListInstanceStorageConfigs": func() error {
				_, err := w.ListInstanceStorageConfigs(ctx, &connect.ListInstanceStorageConfigsInput{InstanceId: &instance, ResourceType: resource})
				return err
			},
			"UpdateInstanceStorageConfig": func() error {
				_, err := w.UpdateInstanceStorageConfig(ctx, &connect.UpdateInstanceStorageConfigInput{
					InstanceId: &instance, AssociationId: &id, ResourceType: resource, StorageConfig: inStream("bad"),
				})
				return err
			},
			"DisassociateInstanceStorageConfig": func() error {
				_, err := w.DisassociateInstanceStorageConfig(ctx, &connect.DisassociateInstanceStorageConfigInput{
					InstanceId: &instance, AssociationId: &id, ResourceType: resource,
				})
				return err
			},
			"CreateIntegrationAssociation": func() error {
				_, err := w.CreateIntegrationAssociation(ctx, &connect.CreateIntegrationAssociationInput{
					InstanceId: &instance, IntegrationType: types.IntegrationTypeFileScanner, IntegrationArn: new("bad"),
				})
				return err
			},
			"DeleteIntegrationAssociation": func() error {
				_, err := w.DeleteIntegrationAssociation(ctx, &connect.DeleteIntegrationAssociationInput{InstanceId: &instance, IntegrationAssociationId: &id})
				return err
			},
			"ListIntegrationAssociations": func() error {
				_, err := w.ListIntegrationAssociations(ctx, &connect.ListIntegrationAssociationsInput{InstanceId: &instance})
				return err
			},
			"AssociateLambdaFunction": func() error {
				_, err := w.AssociateLambdaFunction(ctx, &connect.AssociateLambdaFunctionInput{InstanceId: &instance, FunctionArn: new("bad")})
				return err
			},
			"DisassociateLambdaFunction": func() error {
				_, err := w.DisassociateLambdaFunction(ctx, &connect.DisassociateLambdaFunctionInput{InstanceId: &instance, FunctionArn: new("bad")})
				return err
			},
			"AssociateBot": func() error {
				_, err := w.AssociateBot(ctx, &connect.AssociateBotInput{InstanceId: &instance})
				return err
			},
			"DisassociateBot": func() error {
				_, err := w.DisassociateBot(ctx, &connect.DisassociateBotInput{InstanceId: &instance})
				return err
			},
			"ListBots": func() error {
				_, err := w.ListBots(ctx, &connect.ListBotsInput{InstanceId: &instance, LexVersion: types.LexVersionV2})
				return err
			},
			"AssociateLexBot": func() error {
				_, err := w.AssociateLexBot(ctx, &connect.AssociateLexBotInput{InstanceId: &instance, LexBot: &types.LexBot{Name: new("!"), LexRegion: new("")}})
				return err
			},
			"DisassociateLexBot": func() error {
				_, err := w.DisassociateLexBot(ctx, &connect.DisassociateLexBotInput{InstanceId: &instance, BotName: new("!"), LexRegion: new("")})
				return err
			},
			"ListLexBots": func() error {
				_, err := w.ListLexBots(ctx, &connect.ListLexBotsInput{InstanceId: &instance})
				return err
			},
			"ListLambdaFunctions": func() error {
				_, err := w.ListLambdaFunctions(ctx, &connect.ListLambdaFunctionsInput{InstanceId: &instance})
				return err
			},
		} {
			wantError[*types.ResourceNotFoundException](t, name+" in instance "+instance, call())
		}
	}
}
