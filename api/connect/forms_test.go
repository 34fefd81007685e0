package connect_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
)

func TestDecodeRequestChecksForms(t *testing.T) {
	untag := func(key string) error {
		_, u, h, body, err := connect.UntagContact.EncodeRequest(parse(t, "http://localhost"), &connect.UntagContactInput{
			ContactId: new("c"), InstanceId: new("i"), TagKeys: []string{"first", key},
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = connect.UntagContact.DecodeRequest(&wire.Request{Labels: contactLabels(), RawQuery: u.RawQuery, Header: h, Body: body})
		return err
	}
	metrics := func(contact string) error {
		_, err := connect.GetContactMetrics.DecodeRequest(&wire.Request{Body: []byte(
			`{"InstanceId":"` + instanceUUID + `","ContactId":"` + contact + `","Metrics":[{"Name":"POSITION_IN_QUEUE"}]}`)})
		return err
	}
	view := func(name string) error {
		_, err := connect.UpdateViewMetadata.DecodeRequest(&wire.Request{
			Labels: wire.Labels{{Name: "InstanceId", Value: instanceARN}, {Name: "ViewId", Value: instanceARN + "/view/v:$LATEST"}},
			Body:   []byte(`{"Name":"` + name + `"}`),
		})
		return err
	}
	const uuid = instanceUUID
	tests := []struct {
		name   string
		decode func(string) error
		taken  []string
		wrong  []string
	}{
		{
			"contact tags", untag,
			[]string{"team", "a.b:c/d_e-f=g+h", "7", "Aws:x", "aws"},
			[]string{"aws:x", "a b", "é", "a@b", "a#", strings.Repeat("k", 129), ""},
		},
		{
			"ids and ARNs of instances", metrics,
			[]string{uuid, "arn:aws:connect:eu-west-2:123456789012:instance/" + uuid},
			[]string{"c", strings.ToUpper(uuid), uuid + " ", "arn:aws:connect:eu-west-2:1:instance/x", ""},
		},
		{
			"names of views", view,
			[]string{"Größe (1) it's", "a@b+c=d-e/f:g_h.i"},
			[]string{" a", "a,b", "a!", "a#"},
		},
	}
	for _, tt := range tests {
		for _, text := range tt.taken {
			if err := tt.decode(text); err != nil {
				t.Errorf("%s: %q: %v", tt.name, text, err)
			}
		}
		for _, text := range tt.wrong {
			if err := tt.decode(text); err == nil {
				t.Errorf("%s: %q is taken", tt.name, text)
			}
		}
	}
	want := connect.Service.InvalidValue("TagKeys[1] must be of letters, digits and +,-./:;<=_, and not begin with aws:")
	if diff := cmp.Diff(want, untag("a b")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

const instanceUUID = "8a8ac30a-b33e-4e62-9a9f-6f1d4f0c9f5b"

func TestRequiredListsHaveAnEntry(t *testing.T) {
	_, err := connect.TagContact.DecodeRequest(&wire.Request{Body: []byte(`{"ContactId":"c","InstanceId":"i","Tags":{}}`)})
	if diff := cmp.Diff(connect.Service.InvalidShape("Tags must have 1 to 6 entries"), err); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	_, err = connect.ListContactReferences.DecodeRequest(&wire.Request{Labels: contactLabels()})
	if diff := cmp.Diff(connect.Service.InvalidShape("ReferenceTypes is required"), err); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A refusal takes an exception that the operation has.
func TestRefusalsAreModelled(t *testing.T) {
	_, err := connect.ListInstances.DecodeRequest(&wire.Request{RawQuery: "maxResults=11"}) // has no InvalidParameterException
	if diff := cmp.Diff(connect.Service.InvalidShape("MaxResults must be 1 to 10"), err); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestLabelsThatAreNoStrings(t *testing.T) {
	base := parse(t, "http://localhost")
	attribute := &connect.DescribeInstanceAttributeInput{InstanceId: new("i"), AttributeType: types.InstanceAttributeTypeInboundCalls}
	_, u, _, _, err := connect.DescribeInstanceAttribute.EncodeRequest(base, attribute)
	if err != nil || u.Path != "/instance/i/attribute/INBOUND_CALLS" {
		t.Errorf("error %v, URL %s", err, u)
	}
	version := &connect.DeleteViewVersionInput{InstanceId: new("i"), ViewId: new("v"), ViewVersion: new(int32(0))}
	_, u, _, _, err = connect.DeleteViewVersion.EncodeRequest(base, version)
	if err != nil || u.Path != "/views/i/v/versions/0" {
		t.Errorf("error %v, URL %s", err, u)
	}
	_, _, _, _, err = connect.DescribeInstanceAttribute.EncodeRequest(base, &connect.DescribeInstanceAttributeInput{InstanceId: new("i")})
	if err == nil || err.Error() != "required members are missing: AttributeType" {
		t.Errorf("error %v", err)
	}

	labels := func(label string) wire.Labels {
		return wire.Labels{{Name: "InstanceId", Value: "i"}, {Name: "ViewId", Value: "v"}, {Name: "ViewVersion", Value: label}}
	}
	got, err := connect.DeleteViewVersion.DecodeRequest(&wire.Request{Method: http.MethodDelete, Labels: labels("7")})
	if err != nil || *got.ViewVersion != 7 {
		t.Errorf("error %v, got %v", err, got)
	}
	_, err = connect.DeleteViewVersion.DecodeRequest(&wire.Request{Labels: labels("seven")})
	if diff := cmp.Diff(connect.Service.InvalidShape("ViewVersion must be a whole number"), err); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
