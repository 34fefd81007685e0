package session

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/aws/smithy-go"

	"github.com/openparley/parley/conformance/harness"
)

// The requirements of the Connect side in short, in their order; those of the CLI are in cli_test.go, of JavaScript in ../js.

func TestRequirement1EveryOperationByEndpointOverride(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	c := w.start(t, func(in *connect.StartChatContactInput) { in.Attributes = map[string]string{"plan": "gold"} })
	must := func(name string, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	described, err := w.connect.DescribeContact(ctx, &connect.DescribeContactInput{InstanceId: &w.InstanceId, ContactId: &c.contact})
	must("DescribeContact", err)
	if got := described.Contact; got == nil || *got.Id != c.contact || got.Channel != types.ChannelChat || got.InitiationMethod != types.ContactInitiationMethodApi {
		t.Errorf("the contact is %+v", got)
	}
	attributes, err := w.connect.GetContactAttributes(ctx, &connect.GetContactAttributesInput{InstanceId: &w.InstanceId, InitialContactId: &c.contact})
	must("GetContactAttributes", err)
	if attributes.Attributes["plan"] != "gold" {
		t.Errorf("attributes are %v", attributes.Attributes)
	}
	_, err = w.connect.UpdateContactAttributes(ctx, &connect.UpdateContactAttributesInput{
		InstanceId: &w.InstanceId, InitialContactId: &c.contact, Attributes: map[string]string{"plan": "silver"},
	})
	must("UpdateContactAttributes", err)
	_, err = w.connect.StopContact(ctx, &connect.StopContactInput{InstanceId: &w.InstanceId, ContactId: &c.contact})
	must("StopContact", err)
	instances, err := w.connect.ListInstances(ctx, &connect.ListInstancesInput{})
	must("ListInstances", err)
	if len(instances.InstanceSummaryList) != 1 || *instances.InstanceSummaryList[0].Arn != w.InstanceArn {
		t.Errorf("instances are %v", instances.InstanceSummaryList)
	}
	instance, err := w.connect.DescribeInstance(ctx, &connect.DescribeInstanceInput{InstanceId: &w.InstanceId})
	must("DescribeInstance", err)
	if *instance.Instance.Id != w.InstanceId || instance.Instance.InstanceStatus != types.InstanceStatusActive {
		t.Errorf("the instance is %+v", instance.Instance)
	}
	created, err := w.connect.CreateContactFlow(ctx, &connect.CreateContactFlowInput{
		InstanceId: &w.InstanceId, Name: aws.String("another"), Type: types.ContactFlowTypeContactFlow, Content: aws.String(twoWords),
		Description: aws.String("says two words"), Tags: map[string]string{"team": "ä b"},
	})
	must("CreateContactFlow", err)
	flow, err := w.connect.DescribeContactFlow(ctx, &connect.DescribeContactFlowInput{InstanceId: &w.InstanceId, ContactFlowId: created.ContactFlowId})
	must("DescribeContactFlow", err)
	if f := flow.ContactFlow; *f.Content != twoWords || *f.Name != "another" || f.Tags["team"] != "ä b" || f.Status != types.ContactFlowStatusPublished ||
		*f.FlowContentSha256 != *created.FlowContentSha256 || *f.Arn != *created.ContactFlowArn {
		t.Errorf("the flow is %+v", f)
	}
	_, err = w.connect.UpdateContactFlowContent(ctx, &connect.UpdateContactFlowContentInput{
		InstanceId: &w.InstanceId, ContactFlowId: created.ContactFlowId, Content: aws.String(strings.ReplaceAll(twoWords, "One", "Uno")),
	})
	must("UpdateContactFlowContent", err)
	_, err = w.connect.UpdateContactFlowMetadata(ctx, &connect.UpdateContactFlowMetadataInput{
		InstanceId: &w.InstanceId, ContactFlowId: created.ContactFlowId, ContactFlowState: types.ContactFlowStateArchived,
	})
	must("UpdateContactFlowMetadata", err)
	_, err = w.connect.UpdateContactFlowName(ctx, &connect.UpdateContactFlowNameInput{
		InstanceId: &w.InstanceId, ContactFlowId: created.ContactFlowId, Name: aws.String("renamed"),
	})
	must("UpdateContactFlowName", err)
	flows, err := w.connect.ListContactFlows(ctx, &connect.ListContactFlowsInput{InstanceId: &w.InstanceId, ContactFlowTypes: []types.ContactFlowType{types.ContactFlowTypeContactFlow}})
	must("ListContactFlows", err)
	found := false
	for _, f := range flows.ContactFlowSummaryList {
		found = found || *f.Id == *created.ContactFlowId && *f.Name == "renamed" && f.ContactFlowState == types.ContactFlowStateArchived
	}
	if !found {
		t.Errorf("the renamed flow is not among %d", len(flows.ContactFlowSummaryList))
	}
	_, err = w.connect.DeleteContactFlow(ctx, &connect.DeleteContactFlowInput{InstanceId: &w.InstanceId, ContactFlowId: created.ContactFlowId})
	must("DeleteContactFlow", err)
}

func TestRequirement2EscapedLabelsVerifyAndRoute(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	flowARN := w.InstanceArn + "/contact-flow/" + w.flow
	for _, instance := range []string{w.InstanceId, w.InstanceArn} {
		for _, flow := range []string{w.flow, flowARN, w.flow + ":$SAVED", flowARN + ":$SAVED"} {
			out, err := w.connect.DescribeContactFlow(ctx, &connect.DescribeContactFlowInput{InstanceId: &instance, ContactFlowId: &flow})
			if err != nil || *out.ContactFlow.Id != w.flow {
				t.Errorf("instance %s, flow %s: %v", instance, flow, err)
			}
		}
	}
	c := w.start(t, func(in *connect.StartChatContactInput) { in.InstanceId, in.ContactFlowId = &w.InstanceArn, &flowARN })
	contactARN := w.InstanceArn + "/contact/" + c.contact
	out, err := w.connect.DescribeContact(ctx, &connect.DescribeContactInput{InstanceId: &w.InstanceArn, ContactId: &contactARN})
	if err != nil || *out.Contact.Arn != contactARN || *out.Contact.Id != c.contact {
		t.Errorf("the contact by its ARN: %v", err)
	}
	// amazonka leaves the slashes of ARNs bare, and escapes the rest.
	bare := strings.ReplaceAll(w.InstanceArn, ":", "%3A")
	if a := w.signed(t, signed{method: "GET", path: "/contacts/" + bare + "/" + c.contact, hash: true}); a.status != 200 {
		t.Errorf("the contact by a bare ARN: %v", a)
	}
	for name, id := range map[string]string{
		"another instance": strings.Replace(w.InstanceArn, "000000000001", "000000000002", 1),
		"another account":  strings.Replace(w.InstanceArn, "000000000000", "111122223333", 1),
		"another region":   strings.Replace(w.InstanceArn, "us-east-1", "eu-west-1", 1),
	} {
		_, err := w.connect.DescribeInstance(ctx, &connect.DescribeInstanceInput{InstanceId: &id})
		if _, ok := errors.AsType[*types.ResourceNotFoundException](err); !ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.connect.ListContactFlows(ctx, &connect.ListContactFlowsInput{InstanceId: &w.InstanceId, NextToken: aws.String("ä b+c%/?&=")}); err == nil || !isInvalidParameter(err) {
		t.Errorf("a NextToken of another kind: %v", err)
	}
}

func isInvalidParameter(err error) bool {
	_, ok := errors.AsType[*types.InvalidParameterException](err)
	return ok
}

func TestRequirement3ErrorsHaveTypeBodyAndRequestID(t *testing.T) {
	w := newWorld(t)
	start := `{"InstanceId":"` + w.InstanceId + `","ContactFlowId":"` + w.flow + `","ParticipantDetails":{"DisplayName":"Ana"}`
	for _, c := range []struct {
		name    string
		request signed
		status  int
		code    string
		capital bool // Message, not message
	}{
		{"bad JSON", signed{method: "PUT", path: "/contact/chat", body: `{"InstanceId":`}, 400, "InvalidRequestException", true},
		{"wrong JSON type", signed{method: "PUT", path: "/contact/chat", body: `{"InstanceId":7}`}, 400, "InvalidRequestException", true},
		{"missing member", signed{method: "PUT", path: "/contact/chat", body: `{}`}, 400, "InvalidRequestException", true},
		{"bad value", signed{method: "PUT", path: "/contact/chat", body: start + `,"ChatDurationInMinutes":59}`}, 400, "", true},
		{"unknown flow", signed{method: "PUT", path: "/contact/chat", body: strings.Replace(start, w.flow, "5f0c7a52-8d0e-4b7e-9a39-0f5f0a1d7c11", 1) + "}"}, 404, "ResourceNotFoundException", true},
		{"unknown instance", signed{method: "GET", path: "/instance/5f0c7a52-8d0e-4b7e-9a39-0f5f0a1d7c11"}, 404, "ResourceNotFoundException", true},
		{"not supported", signed{method: "GET", path: "/users-summary/" + w.InstanceId}, 400, "InvalidRequestException", true},
		{"unknown path", signed{method: "GET", path: "/nonsense"}, 403, "MissingAuthenticationTokenException", false},
		{"wrong method", signed{method: "DELETE", path: "/contact/chat"}, 405, "MethodNotAllowedException", false},
		{"too large", signed{method: "PUT", path: "/contact/chat", body: strings.Repeat(" ", 3<<20)}, 413, "", false},
		{"unknown key", signed{method: "GET", path: "/instance", key: "nobody"}, 403, "UnrecognizedClientException", false},
		{"wrong secret", signed{method: "GET", path: "/instance", secret: "guess"}, 403, "InvalidSignatureException", false},
		{"wrong region", signed{method: "GET", path: "/instance", region: "eu-west-1"}, 403, "InvalidSignatureException", false},
		{"wrong service", signed{method: "GET", path: "/instance", service: "execute-api"}, 403, "InvalidSignatureException", false},
		{"too old", signed{method: "GET", path: "/instance", ago: 16 * time.Minute}, 403, "InvalidSignatureException", false},
		{"too early", signed{method: "GET", path: "/instance", ago: -16 * time.Minute}, 403, "InvalidSignatureException", false},
		{"no signature", signed{method: "GET", path: "/instance", header: map[string]string{"Authorization": ""}}, 403, "MissingAuthenticationTokenException", false},
		{"half a signature", signed{method: "GET", path: "/instance", header: map[string]string{"Authorization": "AWS4-HMAC-SHA256 Credential=a/20260131/us-east-1/connect/aws4_request"}}, 403, "IncompleteSignatureException", false},
		{"other body than signed", signed{method: "PUT", path: "/contact/chat", body: start + "}", header: map[string]string{"X-Amz-Content-Sha256": strings.Repeat("0", 64)}}, 403, "InvalidSignatureException", false},
		{"unsigned body", signed{method: "PUT", path: "/contact/chat", body: start + "}", header: map[string]string{"X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD"}}, 403, "InvalidSignatureException", false},
	} {
		a := w.signed(t, c.request)
		code, message := a.header.Get("X-Amzn-Errortype"), a.member("message")
		if c.capital {
			message = a.member("Message")
		}
		if a.status != c.status || c.code != "" && code != c.code || code == "" || a.member("__type") != code || message == "" ||
			a.header.Get("X-Amzn-Requestid") == "" || a.header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: want %d %s: %v", c.name, c.status, c.code, a)
		}
		if at, err := http.ParseTime(a.header.Get("Date")); err != nil || time.Since(at).Abs() > time.Minute {
			t.Errorf("%s: Date is %q", c.name, a.header.Get("Date"))
		}
	}
	// Fifteen minutes are allowed, and the virtual clock does not count.
	w.Advance(t, 48*time.Hour)
	for _, ago := range []time.Duration{0, 14 * time.Minute, -14 * time.Minute} {
		if a := w.signed(t, signed{method: "GET", path: "/instance", ago: ago}); a.status != 200 || a.header.Get("X-Amzn-Requestid") == "" {
			t.Errorf("signed %v ago: %v", ago, a)
		}
	}
	// What the official client makes of it.
	_, err := w.once().DescribeContact(t.Context(), &connect.DescribeContactInput{InstanceId: &w.InstanceId, ContactId: aws.String("nobody")})
	if e, ok := errors.AsType[*types.ResourceNotFoundException](err); !ok || e.ErrorMessage() == "" || !strings.Contains(err.Error(), "RequestID: ") {
		t.Errorf("the official client reads %v", err)
	}
	o := w.connect.Options()
	o.Region = "eu-west-1"
	_, err = connect.New(o).ListInstances(t.Context(), &connect.ListInstancesInput{})
	if e, ok := errors.AsType[smithy.APIError](err); !ok || e.ErrorCode() != "InvalidSignatureException" {
		t.Errorf("the official client in another region reads %v", err)
	}
}

func TestRequirement4ClientTokenAcrossConcurrencyAndRestart(t *testing.T) {
	dir := t.TempDir()
	w := newWorld(t, "--data", dir)
	in := w.input()
	in.ClientToken = aws.String("once")
	type started struct{ contact, participant string }
	outs := make([]started, 12)
	var wg sync.WaitGroup
	for i := range outs {
		wg.Go(func() {
			out, err := w.connect.StartChatContact(t.Context(), in)
			if err != nil {
				t.Error(err)
				return
			}
			outs[i] = started{*out.ContactId, *out.ParticipantId}
		})
	}
	wg.Wait()
	again := w
	for _, kill := range []bool{false, true} {
		if kill {
			again.Kill()
		} else {
			again.Stop()
		}
		again = worldOn(t, harness.Dev(t, "--data", dir))
		out, err := again.connect.StartChatContact(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		outs = append(outs, started{*out.ContactId, *out.ParticipantId})
		// The token in the replayed answer opens the chat.
		c := &chat{w: again, bearer: *out.ParticipantToken}
		c.token, _ = c.connection(t)
	}
	for _, o := range outs {
		if o != outs[0] {
			t.Fatalf("one token started %v", outs)
		}
	}
	other := *in
	other.ParticipantDetails = &types.ParticipantDetails{DisplayName: aws.String("Bob")}
	_, err := again.connect.StartChatContact(t.Context(), &other)
	if _, ok := errors.AsType[*types.InvalidRequestException](err); !ok {
		t.Errorf("other parameters with the same token: %v", err)
	}
}

func TestRequirement5Timestamps(t *testing.T) {
	w := newWorld(t)
	before := time.Now().Add(-time.Second)
	c := w.connected(t)
	c.say(t, "Hello")
	if _, err := w.connect.StopContact(t.Context(), &connect.StopContactInput{InstanceId: &w.InstanceId, ContactId: &c.contact}); err != nil {
		t.Fatal(err)
	}
	out, err := w.connect.DescribeContact(t.Context(), &connect.DescribeContactInput{InstanceId: &w.InstanceId, ContactId: &c.contact})
	if err != nil {
		t.Fatal(err)
	}
	for name, at := range map[string]*time.Time{
		"InitiationTimestamp": out.Contact.InitiationTimestamp, "ConnectedToSystemTimestamp": out.Contact.ConnectedToSystemTimestamp,
		"DisconnectTimestamp": out.Contact.DisconnectTimestamp, "LastUpdateTimestamp": out.Contact.LastUpdateTimestamp,
	} {
		if at == nil || at.Before(before) || at.After(time.Now().Add(time.Second)) {
			t.Errorf("%s is %v", name, at)
		}
	}
	if out.Contact.DisconnectReason == nil || *out.Contact.DisconnectReason != "API" {
		t.Errorf("DisconnectReason is %v", aws.ToString(out.Contact.DisconnectReason))
	}
	a := w.signed(t, signed{method: "GET", path: "/contacts/" + w.InstanceId + "/" + c.contact})
	var raw struct{ Contact map[string]any }
	if err := json.Unmarshal(a.body, &raw); err != nil {
		t.Fatal(err)
	}
	if _, ok := raw.Contact["InitiationTimestamp"].(float64); !ok {
		t.Errorf("InitiationTimestamp is no number: %s", a.body)
	}
	if _, err := w.connect.StopContact(t.Context(), &connect.StopContactInput{InstanceId: &w.InstanceId, ContactId: &c.contact}); err != nil {
		t.Errorf("stopping an ended chat: %v", err)
	}
}

func TestRequirement7TimersRunOnTheServersClock(t *testing.T) {
	w := newWorld(t)
	end := func(c *chat) (reason string) {
		t.Helper()
		out, err := w.connect.DescribeContact(t.Context(), &connect.DescribeContactInput{InstanceId: &w.InstanceId, ContactId: &c.contact})
		if err != nil {
			t.Fatal(err)
		}
		if out.Contact.DisconnectTimestamp == nil {
			return ""
		}
		return aws.ToString(out.Contact.DisconnectReason)
	}
	late := w.start(t)
	short := w.connected(t, func(in *connect.StartChatContactInput) { in.ChatDurationInMinutes = aws.Int32(60) })
	long := w.connected(t, func(in *connect.StartChatContactInput) { in.ChatDurationInMinutes = aws.Int32(120) })
	s := listen(t, short.url)
	listen(t, long.url)
	for _, step := range []struct {
		forward            time.Duration
		late, short, long_ string
	}{
		{3 * time.Minute, "", "", ""}, // what the test itself takes is to be added
		{2 * time.Minute, "CUSTOMER_CONNECTION_NOT_ESTABLISHED", "", ""},
		{52 * time.Minute, "CUSTOMER_CONNECTION_NOT_ESTABLISHED", "", ""},
		{3 * time.Minute, "CUSTOMER_CONNECTION_NOT_ESTABLISHED", "EXPIRED", ""},
		{60 * time.Minute, "CUSTOMER_CONNECTION_NOT_ESTABLISHED", "EXPIRED", "EXPIRED"},
	} {
		w.Advance(t, step.forward)
		if a, b, c := end(late), end(short), end(long); a != step.late || b != step.short || c != step.long_ {
			t.Fatalf("after %v the chats have ended with %q, %q, %q; want %q, %q, %q", step.forward, a, b, c, step.late, step.short, step.long_)
		}
	}
	if it := s.until("chat.ended"); it.ParticipantId != "" {
		t.Errorf("the end is told as %+v", it)
	}
	if a := w.post(t, "connection", late.bearer, `{"Type":["WEBSOCKET"]}`); a.status != 403 {
		t.Errorf("a connection after the deadline: %v", a)
	}
}

func TestRequirement8Pages(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	list := func(kind types.ContactFlowType, size int32) (names []string, pages int) {
		t.Helper()
		p := connect.NewListContactFlowsPaginator(w.connect, &connect.ListContactFlowsInput{
			InstanceId: &w.InstanceId, ContactFlowTypes: []types.ContactFlowType{kind}, MaxResults: aws.Int32(size),
		})
		for p.HasMorePages() {
			out, err := p.NextPage(ctx)
			if err != nil {
				t.Fatal(err)
			}
			pages++
			if len(out.ContactFlowSummaryList) > int(size) || pages > 100 {
				t.Fatalf("page %d has %d flows", pages, len(out.ContactFlowSummaryList))
			}
			for _, f := range out.ContactFlowSummaryList {
				names = append(names, *f.Name)
			}
		}
		return names, pages
	}
	const kind = types.ContactFlowTypeCampaign // which no ready flow has
	for n := 0; n <= 4; n++ {
		if n > 0 {
			_, err := w.connect.CreateContactFlow(ctx, &connect.CreateContactFlowInput{
				InstanceId: &w.InstanceId, Name: aws.String(fmt.Sprint("flow ", n)), Type: kind, Status: types.ContactFlowStatusSaved, Content: aws.String(twoWords),
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		names, pages := list(kind, 3) // none, one, … exactly a page, a page and one more
		seen := map[string]bool{}
		for _, name := range names {
			seen[name] = true
		}
		if want := max(1, (n+2)/3); len(names) != n || len(seen) != n || pages != want {
			t.Errorf("%d flows are listed as %v on %d pages, want %d pages", n, names, pages, want)
		}
	}
	for size, ok := range map[int32]bool{0: false, 1: true, 1000: true, 1001: false} {
		_, err := w.once().ListContactFlows(ctx, &connect.ListContactFlowsInput{InstanceId: &w.InstanceId, MaxResults: aws.Int32(size)})
		if (err == nil) != ok {
			t.Errorf("MaxResults %d: %v", size, err)
		}
	}
}
