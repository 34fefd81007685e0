package badinput_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/participant"
	"github.com/openparley/parley/conformance/badinput"
)

var operations = []badinput.Operation{
	badinput.Of(connect.StartChatContact),
	badinput.Of(connect.StopContact),
	badinput.Of(connect.DescribeContact),
	badinput.Of(connect.GetContactAttributes),
	badinput.Of(connect.UpdateContactAttributes),
	badinput.Of(connect.DescribeInstance),
	badinput.Of(connect.ListInstances),
	badinput.Of(connect.CreateContactFlow),
	badinput.Of(connect.DescribeContactFlow),
	badinput.Of(connect.ListContactFlows),
	badinput.Of(connect.UpdateContactFlowContent),
	badinput.Of(connect.UpdateContactFlowMetadata),
	badinput.Of(connect.UpdateContactFlowName),
	badinput.Of(connect.DeleteContactFlow),
	badinput.Of(connect.UpdateContact),
	badinput.Of(connect.UpdateContactRoutingData),
	badinput.Of(connect.ListAssociatedContacts),
	badinput.Of(connect.ListContactReferences),
	badinput.Of(connect.TagContact),
	badinput.Of(connect.UntagContact),
	badinput.Of(connect.CreateParticipant),
	badinput.Of(connect.UpdateParticipantRoleConfig),
	badinput.Of(connect.UpdateParticipantAuthentication),
	badinput.Of(connect.CreatePersistentContactAssociation),
	badinput.Of(connect.StartContactStreaming),
	badinput.Of(connect.StopContactStreaming),
	badinput.Of(connect.StartContactMediaProcessing),
	badinput.Of(connect.StopContactMediaProcessing),
	badinput.Of(connect.DescribeInstanceAttribute),
	badinput.Of(connect.ListInstanceAttributes),
	badinput.Of(connect.UpdateInstanceAttribute),
	badinput.Of(connect.AssociateInstanceStorageConfig),
	badinput.Of(connect.DescribeInstanceStorageConfig),
	badinput.Of(connect.ListInstanceStorageConfigs),
	badinput.Of(connect.UpdateInstanceStorageConfig),
	badinput.Of(connect.DisassociateInstanceStorageConfig),
	badinput.Of(connect.CreateIntegrationAssociation),
	badinput.Of(connect.DeleteIntegrationAssociation),
	badinput.Of(connect.ListIntegrationAssociations),
	badinput.Of(connect.AssociateLambdaFunction),
	badinput.Of(connect.DisassociateLambdaFunction),
	badinput.Of(connect.ListLambdaFunctions),
	badinput.Of(connect.AssociateBot),
	badinput.Of(connect.DisassociateBot),
	badinput.Of(connect.ListBots),
	badinput.Of(connect.AssociateLexBot),
	badinput.Of(connect.DisassociateLexBot),
	badinput.Of(connect.ListLexBots),
	badinput.Of(connect.SearchContacts),
	badinput.Of(connect.GetContactMetrics),
	badinput.Of(connect.ListRealtimeContactAnalysisSegmentsV2),
	badinput.Of(connect.SendChatIntegrationEvent),
	badinput.Of(connect.StartOutboundChatContact),
	badinput.Of(connect.CreateView),
	badinput.Of(connect.DescribeView),
	badinput.Of(connect.ListViews),
	badinput.Of(connect.SearchViews),
	badinput.Of(connect.UpdateViewContent),
	badinput.Of(connect.UpdateViewMetadata),
	badinput.Of(connect.DeleteView),
	badinput.Of(connect.CreateViewVersion),
	badinput.Of(connect.DeleteViewVersion),
	badinput.Of(connect.ListViewVersions),
	badinput.Of(connect.CreateContactFlowModule),
	badinput.Of(connect.DescribeContactFlowModule),
	badinput.Of(connect.ListContactFlowModules),
	badinput.Of(connect.UpdateContactFlowModuleContent),
	badinput.Of(connect.UpdateContactFlowModuleMetadata),
	badinput.Of(connect.DeleteContactFlowModule),
	badinput.Of(connect.CreateContactFlowVersion),
	badinput.Of(connect.DeleteContactFlowVersion),
	badinput.Of(connect.ListContactFlowVersions),
	badinput.Of(connect.CreateContactFlowModuleVersion),
	badinput.Of(connect.DeleteContactFlowModuleVersion),
	badinput.Of(connect.ListContactFlowModuleVersions),
	badinput.Of(connect.CreateContactFlowModuleAlias),
	badinput.Of(connect.DescribeContactFlowModuleAlias),
	badinput.Of(connect.UpdateContactFlowModuleAlias),
	badinput.Of(connect.DeleteContactFlowModuleAlias),
	badinput.Of(connect.ListContactFlowModuleAliases),
	badinput.Of(connect.SearchContactFlows),
	badinput.Of(connect.SearchContactFlowModules),
	badinput.Of(connect.CreateTestCase),
	badinput.Of(connect.UpdateTestCase),
	badinput.Of(connect.DescribeTestCase),
	badinput.Of(connect.DeleteTestCase),
	badinput.Of(connect.ListTestCases),
	badinput.Of(connect.SearchTestCases),
	badinput.Of(connect.StartTestCaseExecution),
	badinput.Of(connect.StopTestCaseExecution),
	badinput.Of(connect.GetTestCaseExecutionSummary),
	badinput.Of(connect.ListTestCaseExecutions),
	badinput.Of(connect.ListTestCaseExecutionRecords),
	badinput.Of(connect.AssociateFlow),
	badinput.Of(connect.DisassociateFlow),
	badinput.Of(connect.GetFlowAssociation),
	badinput.Of(connect.ListFlowAssociations),
	badinput.Of(connect.BatchGetFlowAssociation),
	badinput.Of(connect.TagResource),
	badinput.Of(connect.UntagResource),
	badinput.Of(connect.ListTagsForResource),
	badinput.Of(connect.CreateHoursOfOperation),
	badinput.Of(connect.DescribeHoursOfOperation),
	badinput.Of(connect.ListHoursOfOperations),
	badinput.Of(connect.UpdateHoursOfOperation),
	badinput.Of(connect.DeleteHoursOfOperation),
	badinput.Of(connect.SearchHoursOfOperations),
	badinput.Of(connect.AssociateHoursOfOperations),
	badinput.Of(connect.DisassociateHoursOfOperations),
	badinput.Of(connect.ListChildHoursOfOperations),
	badinput.Of(connect.CreateHoursOfOperationOverride),
	badinput.Of(connect.DescribeHoursOfOperationOverride),
	badinput.Of(connect.ListHoursOfOperationOverrides),
	badinput.Of(connect.UpdateHoursOfOperationOverride),
	badinput.Of(connect.DeleteHoursOfOperationOverride),
	badinput.Of(connect.GetEffectiveHoursOfOperations),
	badinput.Of(connect.SearchHoursOfOperationOverrides),
	badinput.Of(connect.CreateQueue),
	badinput.Of(connect.DescribeQueue),
	badinput.Of(connect.ListQueues),
	badinput.Of(connect.UpdateQueueName),
	badinput.Of(connect.UpdateQueueStatus),
	badinput.Of(connect.UpdateQueueMaxContacts),
	badinput.Of(connect.UpdateQueueHoursOfOperation),
	badinput.Of(connect.DeleteQueue),
	badinput.Of(connect.SearchQueues),
	badinput.Of(connect.CreatePrompt),
	badinput.Of(connect.DescribePrompt),
	badinput.Of(connect.ListPrompts),
	badinput.Of(connect.UpdatePrompt),
	badinput.Of(connect.DeletePrompt),
	badinput.Of(connect.SearchPrompts),
	badinput.Of(participant.CreateParticipantConnection),
	badinput.Of(participant.SendMessage),
	badinput.Of(participant.SendEvent),
	badinput.Of(participant.GetTranscript),
	badinput.Of(participant.DisconnectParticipant),
	badinput.Of(participant.StartAttachmentUpload),
	badinput.Of(participant.CompleteAttachmentUpload),
	badinput.Of(participant.GetAttachment),
	badinput.Of(participant.DescribeView),
	badinput.Of(participant.GetAuthenticationUrl),
	badinput.Of(participant.CancelParticipantAuthentication),
}

// TestAllOperations wants every operation that has a client method in the list above, under a route of the public model.
func TestAllOperations(t *testing.T) {
	listed := map[string]bool{}
	for _, op := range operations {
		listed[op.Service+"."+op.Name] = true
		if !slices.Contains(connect.Service.Known, op.Route) && !slices.Contains(participant.Service.Known, op.Route) {
			t.Errorf("%s: %s %s is no route of the model", op.Name, op.Method, op.Path)
		}
	}
	for service, client := range map[string]reflect.Type{
		connect.Service.ID: reflect.TypeFor[*connect.Client](), participant.Service.ID: reflect.TypeFor[*participant.Client](),
	} {
		for m := range client.Methods() {
			if m.Name != "Options" && !listed[service+"."+m.Name] {
				t.Errorf("%s of %s is not listed", m.Name, service)
			}
		}
	}
}

type object = map[string]any

// sensible are members without which an operation finds fault with what a request asks.
var sensible = map[string]object{
	"CreateContactFlow":              {"Content": ending, "Type": "CONTACT_FLOW"},
	"CreateContactFlowModule":        {"Content": returning},
	"UpdateContactFlowModuleContent": {"Content": returning},
	"CreateTestCase":                 {"Content": greeted, "EntryPoint": nil, "Status": "SAVED"},
	"DescribeTestCase":               {"Status": "SAVED"},
	"AssociateFlow":                  {"ResourceId": "arn:aws:connect:us-east-1:111122223333:phone-number/1"},
	"UpdateContactFlowContent":       {"Content": ending},
	"UpdateContact":                  {"Name": "Delivery"},
	"UpdateContactRoutingData":       {"QueuePriority": json.RawMessage("1")},
	"ListContactReferences":          {"ReferenceTypes": []any{"URL"}},
	"CreateParticipant":              {"ParticipantDetails": object{"ParticipantRole": "CUSTOM_BOT", "DisplayName": "Bot"}},
	"StartContactStreaming":          {"ChatStreamingConfiguration": object{"StreamingEndpointArn": "arn:aws:sns:us-east-1:111122223333:topic"}},
	"UpdateInstanceAttribute":        {"AttributeType": "CONTACTFLOW_LOGS", "Value": "true"},
	"StartAttachmentUpload":          {"AttachmentName": "note.txt", "ContentType": "text/plain"},
	"SendMessage":                    {"Content": "hello", "ContentType": "text/plain"},
	"SendEvent":                      {"ContentType": "application/vnd.amazonaws.connect.event.typing"},
	"SearchContacts":                 {"TimeRange": object{"Type": "INITIATION_TIMESTAMP", "StartTime": json.RawMessage("1767225845"), "EndTime": json.RawMessage("1767312245")}},
	"GetAuthenticationUrl":           {"RedirectUri": "https://example.com/"},
	"CreateView":                     {"Content": view, "Status": "SAVED"},
	"UpdateViewContent":              {"Content": view, "Status": "SAVED"},
	"CreateHoursOfOperation":         {"TimeZone": "Europe/Berlin", "Config": []any{morning}},
	"UpdateHoursOfOperation":         {"TimeZone": "America/New_York"},
	"UpdateQueueName":                {"Description": "Returns and refunds"},
	"StartOutboundChatContact": {
		"SegmentAttributes":   object{"connect:Subtype": object{"ValueString": "connect:SMS"}},
		"SourceEndpoint":      object{"Type": "TELEPHONE_NUMBER", "Address": "+15550100"},
		"DestinationEndpoint": object{"Type": "TELEPHONE_NUMBER", "Address": "+15550101"},
	},
	"SendChatIntegrationEvent":    {"Event": object{"Type": "MESSAGE", "ContentType": "text/plain", "Content": "hello"}},
	"AssociateLambdaFunction":     {"FunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:mask"},
	"DisassociateLambdaFunction":  {"FunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:mask"},
	"AssociateBot":                {"LexBot": nil, "LexV2Bot": object{"AliasArn": "arn:aws:lex:us-east-1:000000000000:bot-alias/BOTBOTBOT1/TSTALIASID"}},
	"DisassociateBot":             {"LexBot": nil, "LexV2Bot": object{"AliasArn": "arn:aws:lex:us-east-1:000000000000:bot-alias/BOTBOTBOT1/TSTALIASID"}},
	"AssociateLexBot":             {"LexBot": object{"Name": "Orders", "LexRegion": "us-east-1"}},
	"DisassociateLexBot":          {"BotName": "Orders", "LexRegion": "us-east-1"},
	"StartContactMediaProcessing": {"ProcessorArn": "arn:aws:lambda:us-east-1:000000000000:function:mask"},
	"AssociateInstanceStorageConfig": {
		"ResourceType":  "SCHEDULED_REPORTS",
		"StorageConfig": object{"StorageType": "S3", "S3Config": object{"BucketName": "bucket", "BucketPrefix": "prefix"}},
	},
}

var morning = object{
	"Day":       "MONDAY",
	"StartTime": object{"Hours": json.RawMessage("9"), "Minutes": json.RawMessage("0")},
	"EndTime":   object{"Hours": json.RawMessage("12"), "Minutes": json.RawMessage("30")},
}

var view = object{"Template": `{"Head":{"Configuration":{"Layout":{"Columns":["12"]}}},"Body":[]}`, "Actions": []any{"Send"}}

// greeted is a test of a flow.
const greeted = `{"Version":"2019-10-30","Observations":[{"Identifier":"greeted","Event":{"Type":"MessageReceived","Actor":"System","Properties":{"Text":"Hello"}}}]}`

// ending is a flow that ends at once.
const returning = `{"Version":"2019-10-30","StartAction":"end","Settings":{},"Actions":[{"Identifier":"end","Type":"EndFlowModuleExecution","Parameters":{},"Transitions":{}}]}`

const ending = `{"Version":"2019-10-30","StartAction":"end","Actions":[{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

// TestServed wants every operation to be served.
func TestServed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.chat(t)
	served := w.served(t)
	for _, op := range operations {
		if !slices.ContainsFunc(served, func(s badinput.Operation) bool { return s.Route == op.Route }) {
			t.Errorf("%s of %s is not served", op.Name, op.Service)
		}
	}
}
