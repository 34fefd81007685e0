package wire_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/logging"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/participant"
	"github.com/openparley/parley/api/wire"
)

// answer is one answer of a server that a test plays.
type answer struct {
	status int
	header map[string]string
	body   string
	err    error
}

// sent is one request as it was sent.
type sent struct {
	method, url, body string
	header            http.Header
	at                time.Time
}

// played answers requests in turn, the last answer again and again, and keeps them.
type played struct {
	answers []answer
	mu      sync.Mutex
	sent    []sent
	open    int // bodies of answers that were not closed
}

func (p *played) Do(r *http.Request) (*http.Response, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var content []byte
	if r.Body != nil {
		var err error
		if content, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	p.sent = append(p.sent, sent{r.Method, r.URL.String(), string(content), r.Header.Clone(), time.Now()})
	a := p.answers[min(len(p.sent), len(p.answers))-1]
	if a.err != nil {
		return nil, a.err
	}
	h := make(http.Header)
	for k, v := range a.header {
		h.Set(k, v)
	}
	p.open++
	return &http.Response{StatusCode: a.status, Header: h, Body: &counted{strings.NewReader(a.body), p}}, nil
}

type counted struct {
	io.Reader
	of *played
}

func (c *counted) Close() error {
	c.of.mu.Lock()
	defer c.of.mu.Unlock()
	c.of.open--
	return nil
}

var (
	keys = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "secret", SessionToken: "session"}, nil
	})
	started = answer{200, map[string]string{"X-Amzn-Requestid": "r1"}, `{"ContactId":"c","ParticipantToken":"t"}`, nil}
)

func client(p *played, optFns ...func(*connect.Options)) *connect.Client {
	return connect.New(connect.Options{Region: "us-east-1", Credentials: keys, HTTPClient: p}, optFns...)
}

func start() *connect.StartChatContactInput {
	return connect.NewStartChatContactInput("i", "f", types.ParticipantDetails{DisplayName: new("Jane")})
}

func TestConstructorSetsWhatIsRequiredAndNoMore(t *testing.T) {
	want := connect.StartChatContactInput{
		InstanceId: new("i"), ContactFlowId: new("f"), ParticipantDetails: &types.ParticipantDetails{DisplayName: new("Jane")},
	}
	if got := start(); !wire.Equal(got, &want) {
		t.Errorf("input %v, want %v", got, want)
	}
}

func TestTokenIsFilledInACopy(t *testing.T) {
	p := &played{answers: []answer{started}}
	c, in := client(p), start()
	first, err := c.StartChatContact(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	second, err := c.StartChatContact(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	one, two := wire.TokenOf(first.ResultMetadata), wire.TokenOf(second.ResultMetadata)
	if in.ClientToken != nil || one == two || len(one) != 36 || !strings.Contains(p.sent[0].body, `"ClientToken":"`+one+`"`) {
		t.Errorf("tokens %q and %q, input's %v, body %s", one, two, in.ClientToken, p.sent[0].body)
	}
	in.ClientToken = new("")
	if _, err := c.StartChatContact(t.Context(), in); err != nil || !strings.Contains(p.sent[2].body, `"ClientToken":""`) {
		t.Errorf("error %v, body %s, want the empty token", err, p.sent[2].body)
	}
	if _, err := c.CreatePersistentContactAssociation(t.Context(), connect.NewCreatePersistentContactAssociationInput(
		"i", "c", types.RehydrationTypeFromSegment, "s")); err != nil || strings.Contains(p.sent[3].body, "ClientToken") {
		t.Errorf("error %v, body %s, want no token", err, p.sent[3].body)
	}
	if wire.StatusOf(first.ResultMetadata) != 200 {
		t.Errorf("status %d", wire.StatusOf(first.ResultMetadata))
	}
	if id, _ := awsmiddleware.GetRequestIDMetadata(first.ResultMetadata); id != "r1" {
		t.Errorf("request id %q", id)
	}
}

func TestMissingMembersAreOneError(t *testing.T) {
	_, err := client(&played{}).StartChatContact(t.Context(), &connect.StartChatContactInput{
		ParticipantDetails: &types.ParticipantDetails{}, InitialMessage: &types.ChatMessage{},
	})
	invalid, ok := errors.AsType[smithy.InvalidParamsError](err)
	if !ok || invalid.Len() != 5 || !strings.Contains(err.Error(), "- missing required field, StartChatContactInput.ParticipantDetails.DisplayName.\n") {
		t.Errorf("error %v, want five missing members", err)
	}
	if _, err = client(&played{}).StartChatContact(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "3 validation error(s) found.") {
		t.Errorf("error %v, want three missing members", err)
	}
	strict := client(&played{}, func(o *connect.Options) { o.Strict = true })
	in := start()
	in.ChatDurationInMinutes = new(int32(59))
	if _, err = strict.StartChatContact(t.Context(), in); err == nil || !strings.Contains(err.Error(), "ChatDurationInMinutes must be 60 to 10080") {
		t.Errorf("error %v, want one of the limit", err)
	}
}

func TestErrors(t *testing.T) {
	tests := map[string]struct {
		answer answer
		code   string
		text   string
	}{
		"modelled":             {answer{400, nil, `{"__type":"InvalidParameterException","Message":"no"}`, nil}, "InvalidParameterException", "InvalidParameterException: no"},
		"lower case":           {answer{400, map[string]string{"X-Amzn-Errortype": "InvalidRequestException:http://x"}, `{"message":"no"}`, nil}, "InvalidRequestException", "InvalidRequestException: no"},
		"not JSON":             {answer{400, map[string]string{"X-Amzn-Errortype": "ResourceNotFoundException"}, `<html>`, nil}, "ResourceNotFoundException", "ResourceNotFoundException: "},
		"not JSON, unknown":    {answer{403, map[string]string{"X-Amzn-Errortype": "ExpiredTokenException"}, `<html>`, nil}, "ExpiredTokenException", "api error ExpiredTokenException: UnknownError"},
		"empty":                {answer{418, nil, ``, nil}, "UnknownError", "api error UnknownError: UnknownError"},
		"429 without a code":   {answer{429, nil, `{}`, nil}, "UnknownError", "api error UnknownError: UnknownError"},
		"not in the list, 409": {answer{409, nil, `{"__type":"com.amazonaws#OddException","message":"odd"}`, nil}, "OddException", "api error OddException: odd"},
	}
	for name, tt := range tests {
		p := &played{answers: []answer{tt.answer}}
		_, err := client(p).StartChatContact(t.Context(), start())
		e, ok := errors.AsType[smithy.APIError](err)
		response, isResponse := errors.AsType[*awshttp.ResponseError](err)
		if !ok || e.ErrorCode() != tt.code || !isResponse || response.HTTPStatusCode() != tt.answer.status || !strings.HasSuffix(err.Error(), ", "+tt.text) {
			t.Errorf("%s: error %v, want code %s and text %q", name, err, tt.code, tt.text)
		}
		if len(p.sent) != 1 || p.open != 0 {
			t.Errorf("%s: sent %d times, %d bodies left open", name, len(p.sent), p.open)
		}
	}
	_, err := client(&played{answers: []answer{{200, nil, `{"ContactId":1}`, nil}}}).StartChatContact(t.Context(), start())
	if e, ok := errors.AsType[*smithy.DeserializationError](err); !ok || string(e.Snapshot) != `{"ContactId":1}` {
		t.Errorf("error %v, want a DeserializationError", err)
	}
}

func TestRetries(t *testing.T) {
	limited := answer{429, nil, `{"__type":"LimitExceededException"}`, nil}
	tests := map[string]struct {
		answers []answer
		tries   int
	}{
		"throttled":      {[]answer{limited, limited, started}, 3},
		"server's fault": {[]answer{{500, nil, ``, nil}, {503, nil, ``, nil}, started}, 3},
		"three times":    {[]answer{limited}, 3},
		"conflict":       {[]answer{{409, nil, `{}`, nil}, started}, 1},
		"501":            {[]answer{{501, nil, `{}`, nil}, started}, 1},
	}
	for name, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			p := &played{answers: tt.answers}
			_, err := client(p).StartChatContact(t.Context(), start())
			if len(p.sent) != tt.tries || p.open != 0 {
				t.Fatalf("%s: sent %d times, want %d; %d bodies left open; error %v", name, len(p.sent), tt.tries, p.open, err)
			}
			for i, s := range p.sent {
				if got, want := s.header.Get("Amz-Sdk-Request"), fmt.Sprintf("attempt=%d; max=3", i+1); got != want {
					t.Errorf("%s: %s, want %s", name, got, want)
				}
				if s.body != p.sent[0].body || s.header.Get("Amz-Sdk-Invocation-Id") != p.sent[0].header.Get("Amz-Sdk-Invocation-Id") {
					t.Errorf("%s: attempt %d is of another invocation", name, i+1)
				}
			}
			if _, ok := errors.AsType[*retry.MaxAttemptsError](err); ok != (name == "three times") {
				t.Errorf("%s: error %v", name, err)
			}
		})
	}
}

func TestClockIsCorrected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hour := time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)
		p := &played{answers: []answer{
			{403, map[string]string{"Date": hour, "X-Amzn-Errortype": "InvalidSignatureException"}, `{"message":"skewed"}`, nil}, started,
		}}
		c := client(p)
		if _, err := c.StartChatContact(t.Context(), start()); err != nil {
			t.Fatal(err)
		}
		first, _ := time.Parse("20060102T150405Z", p.sent[0].header.Get("X-Amz-Date"))
		second, _ := time.Parse("20060102T150405Z", p.sent[1].header.Get("X-Amz-Date"))
		if d := second.Sub(first); d < 59*time.Minute || d > 62*time.Minute {
			t.Errorf("the second attempt is signed %v after the first, want an hour", d)
		}
	})
}

func TestCancelledContextEndsTheWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		p := &played{answers: []answer{{500, nil, ``, nil}}}
		if _, err := client(p).StartChatContact(ctx, start()); !errors.Is(err, context.DeadlineExceeded) || len(p.sent) != 1 {
			t.Errorf("error %v after %d attempts", err, len(p.sent))
		}
	})
}

// steps adds middleware to each step and notes when it runs.
func steps(ran *[]string) func(*middleware.Stack) error {
	return func(s *middleware.Stack) error {
		return errors.Join(
			s.Initialize.Add(middleware.InitializeMiddlewareFunc("one", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
				*ran = append(*ran, "initialize "+awsmiddleware.GetOperationName(ctx)+" "+awsmiddleware.GetRegion(ctx))
				return next.HandleInitialize(ctx, in)
			}), middleware.Before),
			s.Serialize.Insert(middleware.SerializeMiddlewareFunc("two", func(ctx context.Context, in middleware.SerializeInput, next middleware.SerializeHandler) (middleware.SerializeOutput, middleware.Metadata, error) {
				in.Request.(*smithyhttp.Request).Header.Set("X-Early", "1")
				return next.HandleSerialize(ctx, in)
			}), "OperationSerializer", middleware.Before),
			s.Build.Add(middleware.BuildMiddlewareFunc("three", func(ctx context.Context, in middleware.BuildInput, next middleware.BuildHandler) (middleware.BuildOutput, middleware.Metadata, error) {
				in.Request.(*smithyhttp.Request).Header.Set("X-Own", "1")
				return next.HandleBuild(ctx, in)
			}), middleware.After),
			s.Finalize.Insert(middleware.FinalizeMiddlewareFunc("four", func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
				*ran = append(*ran, "finalize "+in.Request.(*smithyhttp.Request).URL.Host)
				return next.HandleFinalize(ctx, in)
			}), "Signing", middleware.After),
			s.Deserialize.Insert(middleware.DeserializeMiddlewareFunc("five", func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
				out, metadata, err := next.HandleDeserialize(ctx, in)
				*ran = append(*ran, fmt.Sprintf("deserialize %T", out.Result))
				return out, metadata, err
			}), "OperationDeserializer", middleware.Before),
		)
	}
}

func TestMiddlewareOfOthersRuns(t *testing.T) {
	p := &played{answers: []answer{started}}
	var ran []string
	built := 0
	c := client(p, connect.WithAPIOptions(steps(&ran), func(*middleware.Stack) error {
		built++
		return nil
	}, awsmiddleware.AddUserAgentKeyValue("shop", "2")))
	for range 3 {
		if _, err := c.StartChatContact(t.Context(), start()); err != nil {
			t.Fatal(err)
		}
	}
	want := "initialize StartChatContact us-east-1, finalize connect.us-east-1.amazonaws.com, deserialize *connect.StartChatContactOutput"
	if got := strings.Join(ran[:3], ", "); got != want || len(ran) != 9 || built != 1 {
		t.Errorf("built %d times, ran %v, want %s", built, ran, want)
	}
	h := p.sent[2].header
	if h.Get("X-Own") != "1" || h.Get("X-Early") != "1" || !strings.Contains(h.Get("Authorization"), ";x-own,") || !strings.Contains(h.Get("User-Agent"), "shop/2") {
		t.Errorf("header %v", h)
	}
	if _, err := c.StartChatContact(t.Context(), start(), func(o *connect.Options) { o.Region = "eu-west-2" }); err != nil || built != 2 {
		t.Errorf("error %v, built %d times", err, built)
	}
	_, err := c.StartChatContact(t.Context(), start(), connect.WithSigV4SigningName("other"), connect.WithSigV4SigningRegion("eu-west-1"))
	if err != nil || !strings.Contains(p.sent[4].header.Get("Authorization"), "/eu-west-1/other/aws4_request") {
		t.Errorf("error %v, signed %s", err, p.sent[4].header.Get("Authorization"))
	}
	if p.sent[3].url != "https://connect.eu-west-2.amazonaws.com/contact/chat" || c.Options().Region != "us-east-1" {
		t.Errorf("sent to %s, client's Region %s", p.sent[3].url, c.Options().Region)
	}
}

func TestManyCallsAtATime(t *testing.T) {
	p := &played{answers: []answer{started}}
	c := client(p)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				if out, err := c.StartChatContact(t.Context(), start()); err != nil || *out.ContactId != "c" {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func TestPaginator(t *testing.T) {
	p := &played{answers: []answer{
		{200, nil, `{"InstanceSummaryList":[{"Id":"a"}],"NextToken":"2"}`, nil}, {200, nil, `{"InstanceSummaryList":[{"Id":"b"}]}`, nil},
	}}
	pages := connect.NewListInstancesPaginator(client(p), nil, func(o *connect.ListInstancesPaginatorOptions) { o.Limit = 1 })
	var ids []string
	for pages.HasMorePages() {
		out, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, *out.InstanceSummaryList[0].Id)
	}
	if strings.Join(ids, "") != "ab" || !strings.HasSuffix(p.sent[1].url, "/instance?maxResults=1&nextToken=2") {
		t.Errorf("ids %v, second page %s", ids, p.sent[1].url)
	}
	if _, err := pages.NextPage(t.Context()); err == nil {
		t.Error("a page after the last")
	}
}

func TestParticipantRequestsAreNeverSigned(t *testing.T) {
	p := &played{answers: []answer{{200, nil, `{}`, nil}}}
	c := participant.New(participant.Options{Region: "us-east-1", Credentials: keys, HTTPClient: p}, participant.WithContentType("application/x-amz-json-1.1"))
	if _, err := c.SendMessage(t.Context(), participant.NewSendMessageInput("bearer", "Hello", "text/plain")); err != nil {
		t.Fatal(err)
	}
	s := p.sent[0]
	if s.header.Get("Authorization") != "" || s.header.Get("X-Amz-Bearer") != "bearer" || s.header.Get("Content-Type") != "application/x-amz-json-1.1" ||
		s.url != "https://participant.connect.us-east-1.amazonaws.com/participant/message" {
		t.Errorf("sent %v", s)
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	var log bytes.Buffer
	p := &played{answers: []answer{{200, nil, `{"ContactId":"c","ParticipantToken":"hidden"}`, nil}}}
	c := client(p, func(o *connect.Options) {
		o.Logger = logging.NewStandardLogger(&log)
		o.ClientLogMode = aws.LogRequestWithBody | aws.LogResponseWithBody | aws.LogSigning | aws.LogRetries
	})
	in := start()
	in.Attributes = map[string]string{"card": "hidden"}
	in.InitialMessage = &types.ChatMessage{ContentType: new("text/plain"), Content: new("hidden")}
	in.ParticipantDetails.DisplayName = new("hidden")
	in.CustomerId = new("hidden")
	out, err := c.StartChatContact(t.Context(), in)
	if err != nil || *out.ParticipantToken != "hidden" || !strings.Contains(p.sent[0].body, "hidden") {
		t.Fatal(err)
	}
	p.answers = append(p.answers, answer{200, nil, `{"View":{}}`, nil})
	views := participant.New(participant.Options{
		Region: "us-east-1", HTTPClient: p, Logger: logging.NewStandardLogger(&log), ClientLogMode: aws.LogRequest,
	})
	if _, err := views.DescribeView(t.Context(), participant.NewDescribeViewInput("hidden", "hidden")); err != nil {
		t.Fatal(err)
	}
	slog.New(slog.NewTextHandler(&log, nil)).Info("started", "in", in, "out", out)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("started", "in", in, "out", out)
	_, _ = fmt.Fprintf(&log, "%v %+v %#v %s", in, *in, out, *out)
	_, _ = fmt.Fprintf(&log, "%v", participant.NewSendMessageInput("hidden", "hidden", "text/plain"))
	for _, secret := range []string{"hidden", "Signature=", "X-Amz-Security-Token: session", "x-amz-security-token:session"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%s is in the log:\n%s", secret, log.String())
		}
	}
	for _, shown := range []string{`"ContactFlowId":"f"`, `"ContactId":"c"`, "PUT /contact/chat", "GET /participant/views/***", `"ContentType":"text/plain"`} {
		if !strings.Contains(log.String(), shown) {
			t.Errorf("%s is not in the log:\n%s", shown, log.String())
		}
	}
}

func TestHashAndCopies(t *testing.T) {
	a := start()
	a.Attributes = map[string]string{"a": "1", "b": "2", "c": "3"}
	b := wire.With(a, func(in *connect.StartChatContactInput) {})
	if wire.Hash(a) != wire.Hash(b) || !wire.Equal(a, b) {
		t.Errorf("%v and its copy differ", a)
	}
	b.Attributes["d"] = "4"
	b.ParticipantDetails.DisplayName = new("Ana")
	if wire.Hash(a) == wire.Hash(b) || wire.Equal(a, b) || len(a.Attributes) != 3 || *a.ParticipantDetails.DisplayName != "Jane" {
		t.Errorf("%v and %v", a, b)
	}
	// The same value in every program: who compares with what was kept counts on it.
	if got := fmt.Sprintf("%x", wire.Hash(start()))[:16]; got != "24ccb2ea336e2a8d" {
		t.Errorf("hash %s", got)
	}
	one, two := connect.NewDescribeContactInput("i", "c"), connect.NewDescribeContactInput("i", "d")
	if wire.Equal(one, two) {
		t.Error("labels are not compared")
	}
}

func TestEndpoints(t *testing.T) {
	on, gov := new(true), "us-gov-west-1"
	tests := map[string]wire.EndpointParameters{
		"https://connect.eu-west-2.amazonaws.com":      {Region: new("eu-west-2")},
		"https://connect.cn-north-1.amazonaws.com.cn":  {Region: new("cn-north-1")},
		"https://connect.us-gov-west-1.amazonaws.com":  {Region: &gov, UseFIPS: on},
		"https://connect-fips.us-east-1.amazonaws.com": {Region: new("us-east-1"), UseFIPS: on},
		"https://connect.us-east-1.api.aws":            {Region: new("us-east-1"), UseDualStack: on},
		"http://localhost:8080/base":                   {Region: new("us-east-1"), Endpoint: new("http://localhost:8080/base")},
	}
	for want, p := range tests {
		e, err := connect.NewDefaultEndpointResolverV2().ResolveEndpoint(t.Context(), p)
		if err != nil || e.URI.String() != want {
			t.Errorf("%s, error %v, want %s", e.URI.String(), err, want)
		}
	}
}

func TestConfigOfTheSDK(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("User-Agent"), "app/shop") {
			t.Errorf("User-Agent %s", r.Header.Get("User-Agent"))
		}
		w.WriteHeader(http.StatusInternalServerError)
	}))
	defer server.Close()
	c := connect.NewFromConfig(aws.Config{
		BaseEndpoint: &server.URL, Region: "us-east-1", AppID: "shop", Credentials: aws.AnonymousCredentials{},
		Retryer:        func() aws.Retryer { return aws.NopRetryer{} },
		HTTPClient:     awshttp.NewBuildableClient(),
		ServiceOptions: []func(string, any){func(id string, o any) { o.(*connect.Options).ContentType = id }},
	})
	_, err := c.ListInstances(t.Context(), nil)
	if e, ok := errors.AsType[*awshttp.ResponseError](err); !ok || e.HTTPStatusCode() != 500 || c.Options().ContentType != "Connect" {
		t.Errorf("error %v, options %+v", err, c.Options())
	}
}
