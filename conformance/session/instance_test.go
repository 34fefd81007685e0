package session

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestInstanceConfiguration sets up an instance with the official client: switches, storage and integrations.
func TestInstanceConfiguration(t *testing.T) {
	w := newWorld(t)
	ctx, client := t.Context(), w.once()
	instance := &w.InstanceId

	switches := map[types.InstanceAttributeType]string{}
	for pages := connect.NewListInstanceAttributesPaginator(client, &connect.ListInstanceAttributesInput{InstanceId: instance}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range page.Attributes {
			switches[a.AttributeType] = *a.Value
		}
	}
	for _, name := range types.InstanceAttributeType("").Values() {
		if switches[name] != "true" && switches[name] != "false" {
			t.Errorf("%s is %q", name, switches[name])
		}
	}
	if _, err := client.UpdateInstanceAttribute(ctx, &connect.UpdateInstanceAttributeInput{
		InstanceId: &w.InstanceArn, AttributeType: types.InstanceAttributeTypeMessageStreaming, Value: aws.String("false"),
	}); err != nil {
		t.Fatal(err)
	}
	got, err := client.DescribeInstanceAttribute(ctx, &connect.DescribeInstanceAttributeInput{
		InstanceId: instance, AttributeType: types.InstanceAttributeTypeMessageStreaming,
	})
	if err != nil || *got.Attribute.Value != "false" {
		t.Errorf("attribute %+v, %v", got, err)
	}

	const records, transcripts = types.InstanceStorageResourceTypeContactTraceRecords, types.InstanceStorageResourceTypeChatTranscripts
	stream := &types.InstanceStorageConfig{
		StorageType: types.StorageTypeKinesisStream,
		KinesisStreamConfig: &types.KinesisStreamConfig{
			StreamArn: aws.String("arn:aws:kinesis:us-east-1:000000000000:stream/records"),
		},
	}
	made, err := client.AssociateInstanceStorageConfig(ctx, &connect.AssociateInstanceStorageConfigInput{
		InstanceId: instance, ResourceType: records, StorageConfig: stream,
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.AssociateInstanceStorageConfig(ctx, &connect.AssociateInstanceStorageConfigInput{
		InstanceId: instance, ResourceType: records, StorageConfig: stream,
	})
	if conflict := (*types.ResourceConflictException)(nil); !errors.As(err, &conflict) {
		t.Errorf("a second association: %v", err)
	}
	described, err := client.DescribeInstanceStorageConfig(ctx, &connect.DescribeInstanceStorageConfigInput{
		InstanceId: instance, AssociationId: made.AssociationId, ResourceType: records,
	})
	if err != nil {
		t.Fatal(err)
	}
	stream.AssociationId = made.AssociationId
	unexported := cmpopts.IgnoreUnexported(types.InstanceStorageConfig{}, types.KinesisStreamConfig{}, types.S3Config{})
	if diff := cmp.Diff(stream, described.StorageConfig, unexported); diff != "" {
		t.Errorf("storage (-want +got):\n%s", diff)
	}
	listed, err := client.ListInstanceStorageConfigs(ctx, &connect.ListInstanceStorageConfigsInput{InstanceId: instance, ResourceType: transcripts})
	if err != nil || len(listed.StorageConfigs) != 1 || *listed.StorageConfigs[0].S3Config.BucketPrefix != "connect/demo/ChatTranscripts" {
		t.Fatalf("transcripts are kept in %+v, %v", listed, err)
	}
	listed.StorageConfigs[0].S3Config.BucketPrefix = aws.String("elsewhere/")
	if _, err := client.UpdateInstanceStorageConfig(ctx, &connect.UpdateInstanceStorageConfigInput{
		InstanceId: instance, AssociationId: listed.StorageConfigs[0].AssociationId, ResourceType: transcripts, StorageConfig: &listed.StorageConfigs[0],
	}); err != nil {
		t.Error(err)
	}
	if _, err := client.DisassociateInstanceStorageConfig(ctx, &connect.DisassociateInstanceStorageConfigInput{
		InstanceId: instance, AssociationId: made.AssociationId, ResourceType: records,
	}); err != nil {
		t.Error(err)
	}

	function := aws.String("arn:aws:lambda:us-east-1:000000000000:function:scan")
	scanner, err := client.CreateIntegrationAssociation(ctx, &connect.CreateIntegrationAssociationInput{
		InstanceId: instance, IntegrationType: types.IntegrationTypeFileScanner, IntegrationArn: function,
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.CreateIntegrationAssociation(ctx, &connect.CreateIntegrationAssociationInput{
		InstanceId: instance, IntegrationType: types.IntegrationTypeFileScanner, IntegrationArn: function,
	})
	if duplicate := (*types.DuplicateResourceException)(nil); !errors.As(err, &duplicate) {
		t.Errorf("the same integration again: %v", err)
	}
	all, err := client.ListIntegrationAssociations(ctx, &connect.ListIntegrationAssociationsInput{
		InstanceId: instance, IntegrationType: types.IntegrationTypeFileScanner, MaxResults: aws.Int32(1),
	})
	if err != nil || len(all.IntegrationAssociationSummaryList) != 1 || all.NextToken != nil ||
		*all.IntegrationAssociationSummaryList[0].IntegrationAssociationArn != *scanner.IntegrationAssociationArn {
		t.Errorf("integrations %+v, %v", all, err)
	}
	for range 2 {
		_, err = client.DeleteIntegrationAssociation(ctx, &connect.DeleteIntegrationAssociationInput{
			InstanceId: instance, IntegrationAssociationId: scanner.IntegrationAssociationId,
		})
	}
	if missing := (*types.ResourceNotFoundException)(nil); !errors.As(err, &missing) {
		t.Errorf("deleted twice: %v", err)
	}

	if _, err = client.AssociateLambdaFunction(ctx, &connect.AssociateLambdaFunctionInput{InstanceId: instance, FunctionArn: function}); err != nil {
		t.Error(err)
	}
	functions, err := client.ListLambdaFunctions(ctx, &connect.ListLambdaFunctionsInput{InstanceId: instance})
	if err != nil || len(functions.LambdaFunctions) != 1 || functions.LambdaFunctions[0] != *function {
		t.Errorf("functions %+v, %v", functions, err)
	}
	for range 2 {
		_, err = client.DisassociateLambdaFunction(ctx, &connect.DisassociateLambdaFunctionInput{InstanceId: instance, FunctionArn: function})
	}
	if missing := (*types.ResourceNotFoundException)(nil); !errors.As(err, &missing) {
		t.Errorf("disassociated twice: %v", err)
	}

	alias := &types.LexV2Bot{AliasArn: aws.String("arn:aws:lex:us-east-1:000000000000:bot-alias/BOTBOTBOT1/TSTALIASID")}
	if _, err = client.AssociateBot(ctx, &connect.AssociateBotInput{InstanceId: instance, LexV2Bot: alias}); err != nil {
		t.Error(err)
	}
	bots, err := client.ListBots(ctx, &connect.ListBotsInput{InstanceId: instance, LexVersion: types.LexVersionV2})
	if err != nil || len(bots.LexBots) != 1 || *bots.LexBots[0].LexV2Bot.AliasArn != *alias.AliasArn {
		t.Errorf("bots %+v, %v", bots, err)
	}
	for range 2 {
		_, err = client.DisassociateBot(ctx, &connect.DisassociateBotInput{InstanceId: instance, LexV2Bot: alias})
	}
	if missing := (*types.ResourceNotFoundException)(nil); !errors.As(err, &missing) {
		t.Errorf("bot disassociated twice: %v", err)
	}
	classic := &types.LexBot{Name: aws.String("Orders"), LexRegion: aws.String("us-east-1")}
	if _, err = client.AssociateLexBot(ctx, &connect.AssociateLexBotInput{InstanceId: instance, LexBot: classic}); err != nil {
		t.Error(err)
	}
	lexBots, err := client.ListLexBots(ctx, &connect.ListLexBotsInput{InstanceId: instance})
	if err != nil || len(lexBots.LexBots) != 1 || *lexBots.LexBots[0].Name != "Orders" {
		t.Errorf("bots of classic Lex %+v, %v", lexBots, err)
	}
	_, err = client.DisassociateLexBot(ctx, &connect.DisassociateLexBotInput{InstanceId: instance, BotName: classic.Name, LexRegion: classic.LexRegion})
	if err != nil {
		t.Error(err)
	}
}
