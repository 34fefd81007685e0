package admin

import (
	"fmt"
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/store"
)

func TestTags(t *testing.T) { onBothEngines(t, testTags) }

func testTags(t *testing.T, w *world) {
	err := w.Store.Update(t.Context(), store.Key{}, func(tx *store.Tx) error {
		instance, err := tx.Instance(instanceID)
		if err != nil {
			return err
		}
		instance.Integrations = append(instance.Integrations, store.Integration{ID: "i"})
		tx.PutInstance(instance)
		tx.PutQueue(&store.Queue{ID: "q", InstanceID: instanceID, Name: "q"})
		tx.PutView(&store.View{ID: "v", InstanceID: instanceID, Name: "v"})
		tx.PutHours(&store.Hours{ID: "h", InstanceID: instanceID, Name: "h"})
		tx.PutPrompt(&store.Prompt{ID: "p", InstanceID: instanceID, Name: "p"})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	tagged := func(arn string) (map[string]string, error) {
		out, err := w.ListTagsForResource(t.Context(), &connect.ListTagsForResourceInput{ResourceArn: &arn})
		if err != nil {
			return nil, err
		}
		return out.Tags, nil
	}
	lay := func(arn string, tags map[string]string) error {
		_, err := w.TagResource(t.Context(), &connect.TagResourceInput{ResourceArn: &arn, Tags: tags})
		return err
	}
	take := func(arn string, keys ...string) error {
		_, err := w.UntagResource(t.Context(), &connect.UntagResourceInput{ResourceArn: &arn, TagKeys: keys})
		return err
	}
	flow := w.mustCreate("flow", smallest, "")
	module := w.mustCreateModule("module", returning("a", `{}`), `{}`)
	for kind, id := range map[string]string{
		"contact-flow": flow, "flow-module": module, "queue": "q", "view": "v", "integration-association": "i", "operating-hours": "h", "prompt": "p",
	} {
		arn := scope.Resource(instanceID, kind, id)
		want := map[string]string{"team": "b", "empty": ""}
		for _, err := range []error{
			lay(arn, map[string]string{"team": "a", "env": "prod"}), lay(arn, map[string]string{"team": "b", "empty": ""}), take(arn, "env", "never"),
		} {
			if err != nil {
				t.Errorf("%s: %v", kind, err)
			}
		}
		got, err := tagged(arn)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: tags (-want +got)\n%s%v", kind, diff, err)
		}
		many := map[string]string{}
		for i := range maxTags - 1 {
			many[fmt.Sprint(i)] = ""
		}
		wantError[*types.InvalidRequestException](t, kind+": 51 tags", lay(arn, many))
		if after, err := tagged(arn); !maps.Equal(after, want) || err != nil {
			t.Errorf("%s: tags after a refusal: %v, %v", kind, after, err)
		}
	}
	if f, err := w.describe(flow); err != nil || f.Tags["team"] != "b" || *f.Content != smallest {
		t.Errorf("the flow is %+v, %v", f, err)
	}

	for _, arn := range []string{
		scope.Resource(instanceID, "queue", "none"), scope.Resource("other", "queue", "q"), scope.Resource("other", "integration-association", "i"),
		scope.Resource(instanceID, "integration-association", "j"), scope.Resource(instanceID, "flow-module", flow),
	} {
		_, err := tagged(arn)
		for what, err := range map[string]error{"list": err, "tag": lay(arn, map[string]string{"a": "b"}), "untag": take(arn, "a")} {
			wantError[*types.ResourceNotFoundException](t, what+" "+arn, err)
		}
	}
	for _, arn := range []string{
		"nothing", scope.Instance(instanceID), scope.Resource(instanceID, "contact", "c"), scope.Resource(instanceID, "flow-module", module) + ":1",
	} {
		_, err := tagged(arn)
		wantError[*types.InvalidParameterException](t, arn, err)
	}
}

func TestFlowAssociations(t *testing.T) { onBothEngines(t, testFlowAssociations) }

func testFlowAssociations(t *testing.T, w *world) {
	flow := w.mustCreate("flow", smallest, "")
	flowARN := scope.Resource(instanceID, "contact-flow", flow)
	const number = "arn:aws:connect:eu-central-1:111122223333:phone-number/"
	link := func(resource string, kind types.FlowAssociationResourceType, flow string) error {
		_, err := w.AssociateFlow(t.Context(), &connect.AssociateFlowInput{InstanceId: new(instanceID), ResourceId: &resource, ResourceType: kind, FlowId: &flow})
		return err
	}
	for _, err := range []error{
		link(number+"1", types.FlowAssociationResourceTypeSmsPhoneNumber, flow), link(number+"2", types.FlowAssociationResourceTypeWhatsappMessagingPhoneNumber, flowARN),
		link(number+"1", types.FlowAssociationResourceTypeSmsPhoneNumber, flow), link(number+"3", types.FlowAssociationResourceTypeInboundEmail, flow),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	wantError[*types.ResourceNotFoundException](t, "an unknown flow", link(number+"1", types.FlowAssociationResourceTypeSmsPhoneNumber, "nope"))
	wantError[*types.InvalidRequestException](t, "a version", link(number+"1", types.FlowAssociationResourceTypeSmsPhoneNumber, flow+":1"))
	wantError[*types.InvalidParameterException](t, "no ARN", link("1", types.FlowAssociationResourceTypeSmsPhoneNumber, flow))

	get := func(resource string, kind types.FlowAssociationResourceType) (*connect.GetFlowAssociationOutput, error) {
		return w.GetFlowAssociation(t.Context(), &connect.GetFlowAssociationInput{InstanceId: new(instanceID), ResourceId: &resource, ResourceType: kind})
	}
	got, err := get(number+"2", types.FlowAssociationResourceTypeWhatsappMessagingPhoneNumber)
	if err != nil || *got.FlowId != flowARN || *got.ResourceId != number+"2" || got.ResourceType != "WHATSAPP_MESSAGING_PHONE_NUMBER" {
		t.Errorf("association %+v, %v", got, err)
	}
	_, err = get(number+"2", types.FlowAssociationResourceTypeSmsPhoneNumber)
	wantError[*types.ResourceNotFoundException](t, "another type", err)

	list := func(kind types.ListFlowAssociationResourceType) (found []string) {
		t.Helper()
		in := &connect.ListFlowAssociationsInput{InstanceId: new(instanceID), ResourceType: kind, MaxResults: new(int32(2))}
		for {
			out, err := w.ListFlowAssociations(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range out.FlowAssociationSummaryList {
				found = append(found, (*s.ResourceId)[len(number):]+" "+string(s.ResourceType))
			}
			if in.NextToken = out.NextToken; in.NextToken == nil {
				return found
			}
		}
	}
	if diff := cmp.Diff([]string{"1 SMS_PHONE_NUMBER", "2 WHATSAPP_MESSAGING_PHONE_NUMBER", "3 INBOUND_EMAIL"}, list("")); diff != "" {
		t.Errorf("associations (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"3 INBOUND_EMAIL"}, list(types.ListFlowAssociationResourceTypeInboundEmail)); diff != "" {
		t.Errorf("of mail (-want +got)\n%s", diff)
	}
	batch, err := w.BatchGetFlowAssociation(t.Context(), &connect.BatchGetFlowAssociationInput{
		InstanceId: new(instanceID), ResourceIds: []string{number + "3", number + "9", number + "1"},
	})
	if err != nil || len(batch.FlowAssociationSummaryList) != 2 || *batch.FlowAssociationSummaryList[0].ResourceId != number+"1" || *batch.FlowAssociationSummaryList[1].FlowId != flowARN {
		t.Errorf("batch %+v, %v", batch, err)
	}
	remove := func() error {
		_, err := w.DisassociateFlow(t.Context(), &connect.DisassociateFlowInput{
			InstanceId: new(instanceID), ResourceId: new(number + "2"), ResourceType: types.FlowAssociationResourceTypeWhatsappMessagingPhoneNumber,
		})
		return err
	}
	if err := remove(); err != nil {
		t.Error(err)
	}
	wantError[*types.ResourceNotFoundException](t, "disassociate again", remove())
	if got := list(""); len(got) != 2 {
		t.Errorf("associations %q", got)
	}
}
