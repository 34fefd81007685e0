// Package shape compares our operations with those of the official Go module, by reflection and by calls in both directions.
package shape

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	official "github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/wire"
)

// recorder answers every request with one answer and keeps the last request.
type recorder struct {
	mu     sync.Mutex
	req    *http.Request
	body   []byte
	status int
	header http.Header
	answer []byte
}

func (r *recorder) Do(req *http.Request) (*http.Response, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.req, r.body = req, nil
	if req.Body != nil {
		r.body, _ = io.ReadAll(req.Body)
	}
	return &http.Response{
		StatusCode: r.status, Header: r.header, Body: io.NopCloser(bytes.NewReader(r.answer)), Request: req,
		ContentLength: int64(len(r.answer)), ProtoMajor: 1, ProtoMinor: 1,
	}, nil
}

// sdk is the official client with the recorder behind it.
func sdk() (*official.Client, *recorder) {
	r := &recorder{status: 200, header: http.Header{"Content-Type": {"application/json"}}, answer: []byte("{}")}
	return official.New(official.Options{
		Region: "us-east-1", BaseEndpoint: aws.String("http://parley.invalid/prefix"), HTTPClient: r, Retryer: aws.NopRetryer{},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "a", SecretAccessKey: "s"}, nil
		}),
		IdempotencyTokenProvider: fixedToken{},
	}), r
}

type fixedToken struct{}

func (fixedToken) GetIdempotencyToken() (string, error) { return "L-ClientToken", nil }

// call calls an operation of the official client by name.
func call(t *testing.T, c *official.Client, name string, in any) (out any, err error) {
	t.Helper()
	m := reflect.ValueOf(c).MethodByName(name)
	if !m.IsValid() {
		t.Fatalf("the official client has no operation %s", name)
	}
	results := m.Call([]reflect.Value{reflect.ValueOf(t.Context()), reflect.ValueOf(in)})
	err, _ = results[1].Interface().(error)
	return results[0].Interface(), err
}

// officialInput is an input of an operation, as the official client takes it.
func officialInput(t *testing.T, name string) reflect.Value {
	t.Helper()
	m, ok := reflect.TypeFor[*official.Client]().MethodByName(name)
	if !ok {
		t.Fatalf("the official client has no operation %s", name)
	}
	return reflect.New(m.Type.In(2).Elem())
}

// operations are those of the official client: methods that take a context, an input and options.
func operations() []string {
	var names []string
	client := reflect.TypeFor[*official.Client]()
	for m := range client.Methods() {
		if m.Type.NumIn() == 4 && m.Type.NumOut() == 2 && m.Type.In(1) == reflect.TypeFor[context.Context]() {
			names = append(names, m.Name)
		}
	}
	return names
}

// TestKnownOperationsAreAllOperations calls every operation of the official client and compares method and path with our table.
func TestKnownOperationsAreAllOperations(t *testing.T) {
	client, sent := sdk()
	ours := map[string]wire.Route{}
	for _, r := range connect.Service.Known {
		if _, twice := ours[r.Name]; twice {
			t.Errorf("%s stands twice in the table", r.Name)
		}
		ours[r.Name] = r
	}
	names := operations()
	if len(names) != 370 {
		t.Errorf("the official client has %d operations, want 370", len(names))
	}
	for _, name := range names {
		in := officialInput(t, name)
		fill(in, "", 0)
		if _, err := call(t, client, name, in.Interface()); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		route, ok := ours[name]
		if !ok {
			t.Errorf("%s is unknown to us", name)
			continue
		}
		delete(ours, name)
		if sent.req.Method != route.Method {
			t.Errorf("%s is %s, official %s", name, route.Method, sent.req.Method)
		}
		got, want := strings.TrimPrefix(sent.req.URL.EscapedPath(), "/prefix"), expand(t, route.Path, in.Elem())
		if got != want {
			t.Errorf("%s has path %s, which makes %s; official %s", name, route.Path, want, got)
		}
	}
	for name := range ours {
		t.Errorf("%s is not an operation of the official client", name)
	}
}

// expand puts the values of an input into the labels of a path.
func expand(t *testing.T, path string, in reflect.Value) string {
	t.Helper()
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if name, ok := strings.CutPrefix(s, "{"); ok {
			name = strings.TrimRight(name, "+}")
			field := in.FieldByNameFunc(func(f string) bool { return strings.EqualFold(f, name) })
			if !field.IsValid() {
				t.Errorf("%s: the official input has no member %s", path, name)
				continue
			}
			segments[i] = fmt.Sprint(plain(field))
		}
	}
	return strings.Join(segments, "/")
}

// TestImplementedOperations compares every operation that we implement.
func TestImplementedOperations(t *testing.T) {
	compare(t, connect.StartChatContact)
	compare(t, connect.StopContact)
	compare(t, connect.DescribeContact)
	compare(t, connect.GetContactAttributes)
	compare(t, connect.UpdateContactAttributes)
	compare(t, connect.DescribeInstance)
	compare(t, connect.ListInstances)
	compare(t, connect.CreateContactFlow)
	compare(t, connect.DescribeContactFlow)
	compare(t, connect.ListContactFlows)
	compare(t, connect.UpdateContactFlowContent)
	compare(t, connect.UpdateContactFlowMetadata)
	compare(t, connect.UpdateContactFlowName)
	compare(t, connect.DeleteContactFlow)
	compare(t, connect.UpdateContact)
	compare(t, connect.UpdateContactRoutingData)
	compare(t, connect.ListAssociatedContacts)
	compare(t, connect.ListContactReferences)
	compare(t, connect.TagContact)
	compare(t, connect.UntagContact)
	compare(t, connect.CreateParticipant)
	compare(t, connect.UpdateParticipantRoleConfig)
	compare(t, connect.UpdateParticipantAuthentication)
	compare(t, connect.CreatePersistentContactAssociation)
	compare(t, connect.StartContactStreaming)
	compare(t, connect.StopContactStreaming)
	compare(t, connect.StartContactMediaProcessing)
	compare(t, connect.StopContactMediaProcessing)
	compare(t, connect.DescribeInstanceAttribute)
	compare(t, connect.ListInstanceAttributes)
	compare(t, connect.UpdateInstanceAttribute)
	compare(t, connect.AssociateInstanceStorageConfig)
	compare(t, connect.DescribeInstanceStorageConfig)
	compare(t, connect.ListInstanceStorageConfigs)
	compare(t, connect.UpdateInstanceStorageConfig)
	compare(t, connect.DisassociateInstanceStorageConfig)
	compare(t, connect.CreateIntegrationAssociation)
	compare(t, connect.DeleteIntegrationAssociation)
	compare(t, connect.ListIntegrationAssociations)
	compare(t, connect.AssociateLambdaFunction)
	compare(t, connect.DisassociateLambdaFunction)
	compare(t, connect.ListLambdaFunctions)
	compare(t, connect.AssociateBot)
	compare(t, connect.DisassociateBot)
	compare(t, connect.ListBots)
	compare(t, connect.AssociateLexBot)
	compare(t, connect.DisassociateLexBot)
	compare(t, connect.ListLexBots)
	compare(t, connect.SearchContacts)
	compare(t, connect.GetContactMetrics)
	compare(t, connect.ListRealtimeContactAnalysisSegmentsV2)
	compare(t, connect.SendChatIntegrationEvent)
	compare(t, connect.StartOutboundChatContact)
	compare(t, connect.CreateView)
	compare(t, connect.DescribeView)
	compare(t, connect.ListViews)
	compare(t, connect.SearchViews)
	compare(t, connect.UpdateViewContent)
	compare(t, connect.UpdateViewMetadata)
	compare(t, connect.DeleteView)
	compare(t, connect.CreateViewVersion)
	compare(t, connect.DeleteViewVersion)
	compare(t, connect.ListViewVersions)
	compare(t, connect.CreateHoursOfOperation)
	compare(t, connect.DescribeHoursOfOperation)
	compare(t, connect.ListHoursOfOperations)
	compare(t, connect.UpdateHoursOfOperation)
	compare(t, connect.DeleteHoursOfOperation)
	compare(t, connect.SearchHoursOfOperations)
	compare(t, connect.AssociateHoursOfOperations)
	compare(t, connect.DisassociateHoursOfOperations)
	compare(t, connect.ListChildHoursOfOperations)
	compare(t, connect.CreateHoursOfOperationOverride)
	compare(t, connect.DescribeHoursOfOperationOverride)
	compare(t, connect.ListHoursOfOperationOverrides)
	compare(t, connect.UpdateHoursOfOperationOverride)
	compare(t, connect.DeleteHoursOfOperationOverride)
	compare(t, connect.GetEffectiveHoursOfOperations)
	compare(t, connect.SearchHoursOfOperationOverrides)
	compare(t, connect.CreateQueue)
	compare(t, connect.DescribeQueue)
	compare(t, connect.ListQueues)
	compare(t, connect.UpdateQueueName)
	compare(t, connect.UpdateQueueStatus)
	compare(t, connect.UpdateQueueMaxContacts)
	compare(t, connect.UpdateQueueHoursOfOperation)
	compare(t, connect.DeleteQueue)
	compare(t, connect.SearchQueues)
	compare(t, connect.CreatePrompt)
	compare(t, connect.DescribePrompt)
	compare(t, connect.ListPrompts)
	compare(t, connect.UpdatePrompt)
	compare(t, connect.DeletePrompt)
	compare(t, connect.SearchPrompts)
	compare(t, connect.CreateTestCase)
	compare(t, connect.UpdateTestCase)
	compare(t, connect.DescribeTestCase)
	compare(t, connect.DeleteTestCase)
	compare(t, connect.ListTestCases)
	compare(t, connect.SearchTestCases)
	compare(t, connect.StartTestCaseExecution)
	compare(t, connect.StopTestCaseExecution)
	compare(t, connect.GetTestCaseExecutionSummary)
	compare(t, connect.ListTestCaseExecutions)
	compare(t, connect.ListTestCaseExecutionRecords)
}

func compare[In, Out any](t *testing.T, op *wire.Operation[In, Out]) {
	t.Run(op.Name, func(t *testing.T) {
		t.Run("types", func(t *testing.T) {
			m, _ := reflect.TypeFor[*official.Client]().MethodByName(op.Name)
			c := comparison{t: t, seen: map[reflect.Type]bool{}}
			c.types(op.Name+"Input", reflect.TypeFor[In](), m.Type.In(2).Elem())
			c.types(op.Name+"Output", reflect.TypeFor[Out](), m.Type.Out(0).Elem())
		})
		t.Run("required", func(t *testing.T) { compareRequired(t, op) })
		t.Run("requests", func(t *testing.T) { compareRequests(t, op) })
		t.Run("answers", func(t *testing.T) { compareAnswers(t, op) })
		t.Run("errors", func(t *testing.T) { compareErrors(t, op) })
	})
}

// compareRequests sends a full and an almost empty input with the official client, reads it as our server does, and sends it with
// our client: the same request must come out.
func compareRequests[In, Out any](t *testing.T, op *wire.Operation[In, Out]) {
	client, sent := sdk()
	base, _ := url.Parse("http://parley.invalid/prefix")
	var router wire.Router[string]
	router.Handle(op.Route(), op.Name)
	for _, depth := range []int{0, onlyRequired} {
		in := officialInput(t, op.Name)
		fill(in, "", depth)
		if depth == onlyRequired {
			for _, path := range missing(t, client, op.Name) {
				set(in, path)
			}
		}
		if _, err := call(t, client, op.Name, in.Interface()); err != nil {
			t.Fatal(err)
		}
		rawPath := strings.TrimPrefix(sent.req.URL.EscapedPath(), "/prefix")
		_, _, labels, result := router.Match(sent.req.Method, rawPath)
		if result != wire.Found {
			t.Fatalf("%s %s is not found", sent.req.Method, rawPath)
		}
		got, err := op.DecodeRequest(&wire.Request{
			Method: sent.req.Method, RawPath: rawPath, RawQuery: sent.req.URL.RawQuery, Header: sent.req.Header, Labels: labels, Body: sent.body,
		})
		if err != nil {
			t.Fatalf("our server reads %s %s %s: %v", sent.req.Method, sent.req.URL, sent.body, err)
		}
		if diff := cmp.Diff(plain(in), plain(reflect.ValueOf(got))); diff != "" {
			t.Errorf("our server reads another input (-official +ours):\n%s", diff)
		}
		method, u, header, body, err := op.EncodeRequest(base, got)
		if err != nil {
			t.Fatal(err)
		}
		if method != sent.req.Method || u.String() != sent.req.URL.String() || header.Get("Content-Type") != sent.req.Header.Get("Content-Type") {
			t.Errorf("our client sends %s %s as %q, the official one %s %s as %q",
				method, u, header.Get("Content-Type"), sent.req.Method, sent.req.URL, sent.req.Header.Get("Content-Type"))
		}
		if diff := cmp.Diff(parse(t, sent.body), parse(t, body)); diff != "" {
			t.Errorf("our client sends another body (-official +ours):\n%s", diff)
		}
	}
}

func parse(t *testing.T, body []byte) any {
	t.Helper()
	if len(body) == 0 {
		return nil
	}
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return v
}

// compareAnswers has the official client read what our server writes, and our client too.
func compareAnswers[In, Out any](t *testing.T, op *wire.Operation[In, Out]) {
	client, sent := sdk()
	in := officialInput(t, op.Name)
	fill(in, "", 0)
	for _, full := range []bool{true, false} {
		out := reflect.New(reflect.TypeFor[Out]())
		if full {
			fill(out, "", 0)
		}
		sent.answer = op.EncodeResponse(nil, out.Interface().(*Out))
		got, err := call(t, client, op.Name, in.Interface())
		if err != nil {
			t.Fatalf("the official client reads %s: %v", sent.answer, err)
		}
		if diff := cmp.Diff(plain(out), plain(reflect.ValueOf(got))); diff != "" {
			t.Errorf("the official client reads another output (-ours +official):\n%s", diff)
		}
		again, err := op.DecodeResponse(200, http.Header{}, sent.answer)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(plain(out), plain(reflect.ValueOf(again))); diff != "" {
			t.Errorf("our client reads another output (-written +read):\n%s", diff)
		}
	}
}

// compareErrors answers an operation with every exception there is. The official client gives it a type where it is modelled: it
// must be so in our table, with the same fault; and both clients must read its members.
func compareErrors[In, Out any](t *testing.T, op *wire.Operation[In, Out]) {
	client, sent := sdk()
	in := officialInput(t, op.Name)
	fill(in, "", 0)
	for _, name := range exceptions(t) {
		i := slices.IndexFunc(op.Errors, func(e wire.Exception) bool { return e.ErrorCode() == name })
		sent.status, sent.answer = 400, []byte(`{"Message":"m","message":"m"}`)
		var ours wire.Exception
		if i >= 0 {
			v := reflect.New(reflect.TypeOf(op.Errors[i]).Elem())
			fill(v, "", 0)
			if name == "InvalidContactFlowException" || name == "InvalidTestCaseException" {
				v.Elem().FieldByName("Message").SetZero() // theirs read the problems alone
			}
			ours = v.Interface().(wire.Exception)
			sent.answer, sent.status, _ = wire.AppendError(nil, ours)
		}
		sent.header = http.Header{"Content-Type": {"application/json"}, "X-Amzn-Errortype": {name}}
		_, err := call(t, client, op.Name, in.Interface())
		theirs := modelled(err)
		switch {
		case theirs == nil && ours == nil:
		case theirs == nil:
			t.Errorf("%s is not an error of the official %s", name, op.Name)
		case ours == nil:
			t.Errorf("%s is an error of the official %s, not of ours", name, op.Name)
		default:
			if theirs.ErrorFault() != ours.ErrorFault() || theirs.ErrorCode() != ours.ErrorCode() {
				t.Errorf("%s: code %s, fault %v; official %s, %v", name, ours.ErrorCode(), ours.ErrorFault(), theirs.ErrorCode(), theirs.ErrorFault())
			}
			if diff := cmp.Diff(plain(reflect.ValueOf(ours)), plain(reflect.ValueOf(theirs))); diff != "" {
				t.Errorf("the official client reads another %s from %s (-ours +official):\n%s", name, sent.answer, diff)
			}
			_, err := op.DecodeResponse(sent.status, sent.header, sent.answer)
			if diff := cmp.Diff(plain(reflect.ValueOf(ours)), plain(reflect.ValueOf(err))); diff != "" {
				t.Errorf("our client reads another %s (-written +read):\n%s", name, diff)
			}
		}
	}
}

// generated is the client token that the official client has put into an input, when ours requires it.
func generated(theirs reflect.Value, ours reflect.Type) []string {
	const name = "ClientToken"
	f, _ := ours.FieldByName(name)
	given := theirs.Elem().FieldByName(name)
	if strings.Contains(f.Tag.Get("wire"), "required") && given.IsValid() && !given.IsNil() {
		return []string{name}
	}
	return nil
}

// compareRequired asks both clients what is missing in an input without members, and in one whose structures are all empty.
func compareRequired[In, Out any](t *testing.T, op *wire.Operation[In, Out]) {
	client, _ := sdk()
	base, _ := url.Parse("http://parley.invalid")
	for _, depth := range []int{onlyRequired, hollow} {
		theirs, ours := officialInput(t, op.Name), reflect.ValueOf(new(In))
		fill(theirs, "", depth)
		fill(ours, "", depth)
		_, err := call(t, client, op.Name, theirs.Interface())
		want := append(missingIn(err), generated(theirs, reflect.TypeFor[In]())...)
		slices.Sort(want)
		_, _, _, _, err = op.EncodeRequest(base, ours.Interface().(*In))
		var got []string
		if err != nil {
			_, list, _ := strings.Cut(err.Error(), ": ")
			got = strings.Split(list, ", ")
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("required members differ (-official +ours):\n%s", diff)
		}
	}
}
