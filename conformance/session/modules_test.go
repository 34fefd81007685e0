package session

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/google/go-cmp/cmp"
)

const (
	smallModule = `{"Version":"2019-10-30","StartAction":"end","Settings":{},"Actions":[{"Identifier":"end","Type":"EndFlowModuleExecution","Parameters":{"Result":"found"},"Transitions":{}}]}`
	contract    = `{"transitions":{"results":[{"name":"found","description":""}]}}`
)

// TestModuleLife makes, keeps, names, finds, tags and deletes a module with the official client.
func TestModuleLife(t *testing.T) {
	w := newWorld(t)
	ctx, client := t.Context(), w.once()
	instance := &w.InstanceId

	made, err := client.CreateContactFlowModule(ctx, &connect.CreateContactFlowModuleInput{
		InstanceId: instance, Name: aws.String("orders"), Content: aws.String(smallModule), Settings: aws.String(contract),
		Tags: map[string]string{"team": "a"}, ExternalInvocationConfiguration: &types.ExternalInvocationConfiguration{Enabled: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	id := made.Id
	for what, in := range map[string]*connect.CreateContactFlowModuleInput{
		"Problems":  {Content: aws.String(smallModule), Settings: aws.String(`{}`)},
		"settings":  {Content: aws.String(strings.Replace(smallModule, `"Settings":{},`, "", 1))},
		"duplicate": {Content: aws.String(smallModule), Settings: aws.String(contract), Name: aws.String("orders")},
	} {
		in.InstanceId = instance
		if in.Name == nil {
			in.Name = aws.String("another")
		}
		_, err := client.CreateContactFlowModule(ctx, in)
		var (
			bad      *types.InvalidContactFlowModuleException
			request  *types.InvalidRequestException
			conflict *types.DuplicateResourceException
		)
		switch {
		case what == "Problems" && errors.As(err, &bad) && *bad.Problems[0].Message == "Invalid Action property value. Path: Actions[0].Parameters.Result":
		case what == "settings" && errors.As(err, &request) && *request.Message == "JSON field is missing or null for field name: settings":
		case what == "duplicate" && errors.As(err, &conflict):
		default:
			t.Errorf("%s: %v", what, err)
		}
	}
	kept, err := client.CreateContactFlowModuleVersion(ctx, &connect.CreateContactFlowModuleVersionInput{InstanceId: instance, ContactFlowModuleId: id, Description: aws.String("first")})
	if err != nil {
		t.Fatal(err)
	}
	alias, err := client.CreateContactFlowModuleAlias(ctx, &connect.CreateContactFlowModuleAliasInput{
		InstanceId: instance, ContactFlowModuleId: id, AliasName: aws.String("live"), ContactFlowModuleVersion: kept.Version,
	})
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(smallModule, `"Settings":{}`, `"Settings":{"InputParameters":[]}`, 1)
	if _, err := client.UpdateContactFlowModuleContent(ctx, &connect.UpdateContactFlowModuleContentInput{InstanceId: instance, ContactFlowModuleId: id, Content: &changed}); err != nil {
		t.Fatal(err)
	}
	for qualifier, want := range map[string]string{"": changed, ":$LATEST": changed, ":$SAVED": changed, ":1": smallModule, ":live": smallModule} {
		out, err := client.DescribeContactFlowModule(ctx, &connect.DescribeContactFlowModuleInput{InstanceId: instance, ContactFlowModuleId: aws.String(*made.Arn + qualifier)})
		if err != nil || *out.ContactFlowModule.Content != want || *out.ContactFlowModule.Settings != contract || !out.ContactFlowModule.ExternalInvocationConfiguration.Enabled {
			t.Errorf("%q is %+v, %v", qualifier, out, err)
		}
	}
	info, err := client.DescribeContactFlowModuleAlias(ctx, &connect.DescribeContactFlowModuleAliasInput{InstanceId: instance, ContactFlowModuleId: id, AliasId: alias.Id})
	if err != nil || *info.ContactFlowModuleAlias.Name != "live" || *info.ContactFlowModuleAlias.Version != 1 || info.ContactFlowModuleAlias.LastModifiedTime.IsZero() {
		t.Errorf("alias %+v, %v", info, err)
	}
	if _, err := client.UpdateContactFlowModuleAlias(ctx, &connect.UpdateContactFlowModuleAliasInput{
		InstanceId: instance, ContactFlowModuleId: id, AliasId: alias.Id, Name: aws.String("now"), Description: aws.String("of today"),
	}); err != nil {
		t.Error(err)
	}
	if _, err := client.UpdateContactFlowModuleMetadata(ctx, &connect.UpdateContactFlowModuleMetadataInput{
		InstanceId: instance, ContactFlowModuleId: id, Name: aws.String("find orders"), State: types.ContactFlowModuleStateArchived,
	}); err != nil {
		t.Error(err)
	}
	aliases := connect.NewListContactFlowModuleAliasesPaginator(client, &connect.ListContactFlowModuleAliasesInput{InstanceId: instance, ContactFlowModuleId: id})
	versions := connect.NewListContactFlowModuleVersionsPaginator(client, &connect.ListContactFlowModuleVersionsInput{InstanceId: instance, ContactFlowModuleId: id})
	modules := connect.NewListContactFlowModulesPaginator(client, &connect.ListContactFlowModulesInput{InstanceId: instance, ContactFlowModuleState: types.ContactFlowModuleStateArchived})
	a, err := aliases.NextPage(ctx)
	if err != nil || len(a.ContactFlowModuleAliasSummaryList) != 1 || *a.ContactFlowModuleAliasSummaryList[0].AliasName != "now" || aliases.HasMorePages() {
		t.Errorf("aliases %+v, %v", a, err)
	}
	v, err := versions.NextPage(ctx)
	if err != nil || len(v.ContactFlowModuleVersionSummaryList) != 1 || *v.ContactFlowModuleVersionSummaryList[0].VersionDescription != "first" || versions.HasMorePages() {
		t.Errorf("versions %+v, %v", v, err)
	}
	m, err := modules.NextPage(ctx)
	if err != nil || len(m.ContactFlowModulesSummaryList) != 1 || *m.ContactFlowModulesSummaryList[0].Id != *id || modules.HasMorePages() {
		t.Errorf("modules %+v, %v", m, err)
	}

	if _, err := client.TagResource(ctx, &connect.TagResourceInput{ResourceArn: made.Arn, Tags: map[string]string{"env": "test", "old": ""}}); err != nil {
		t.Error(err)
	}
	if _, err := client.UntagResource(ctx, &connect.UntagResourceInput{ResourceArn: made.Arn, TagKeys: []string{"old"}}); err != nil {
		t.Error(err)
	}
	tags, err := client.ListTagsForResource(ctx, &connect.ListTagsForResourceInput{ResourceArn: made.Arn})
	if diff := cmp.Diff(map[string]string{"team": "a", "env": "test"}, tags.Tags); diff != "" || err != nil {
		t.Errorf("tags (-want +got)\n%s%v", diff, err)
	}
	found, err := client.SearchContactFlowModules(ctx, &connect.SearchContactFlowModulesInput{
		InstanceId:     instance,
		SearchCriteria: &types.ContactFlowModuleSearchCriteria{StringCondition: &types.StringCondition{FieldName: aws.String("name"), Value: aws.String("order"), ComparisonType: types.StringComparisonTypeContains}},
		SearchFilter:   &types.ContactFlowModuleSearchFilter{TagFilter: &types.ControlPlaneTagFilter{TagCondition: &types.TagCondition{TagKey: aws.String("env"), TagValue: aws.String("test")}}},
	})
	if err != nil || *found.ApproximateTotalCount != 1 || *found.ContactFlowModules[0].Id != *id {
		t.Errorf("found %+v, %v", found, err)
	}
	if _, err := client.DeleteContactFlowModuleAlias(ctx, &connect.DeleteContactFlowModuleAliasInput{InstanceId: instance, ContactFlowModuleId: id, AliasId: alias.Id}); err != nil {
		t.Error(err)
	}
	if _, err := client.DeleteContactFlowModuleVersion(ctx, &connect.DeleteContactFlowModuleVersionInput{InstanceId: instance, ContactFlowModuleId: id, ContactFlowModuleVersion: kept.Version}); err != nil {
		t.Error(err)
	}
	if _, err := client.DeleteContactFlowModule(ctx, &connect.DeleteContactFlowModuleInput{InstanceId: instance, ContactFlowModuleId: id}); err != nil {
		t.Error(err)
	}
	var missing *types.ResourceNotFoundException
	if _, err := client.DescribeContactFlowModule(ctx, &connect.DescribeContactFlowModuleInput{InstanceId: instance, ContactFlowModuleId: id}); !errors.As(err, &missing) {
		t.Errorf("a deleted module: %v", err)
	}
}
