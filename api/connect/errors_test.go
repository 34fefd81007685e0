package connect_test

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"testing"

	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
)

func TestErrorsOnTheWire(t *testing.T) {
	tests := []struct {
		err    error
		status int
		code   string
		body   string
	}{
		{
			&types.ResourceNotFoundException{Message: new("No <contact>")},
			404, "ResourceNotFoundException", `{"Message":"No <contact>","__type":"ResourceNotFoundException"}`,
		},
		{
			fmt.Errorf("start chat: %w", &types.LimitExceededException{Message: new("Full")}),
			429, "LimitExceededException", `{"Message":"Full","__type":"LimitExceededException"}`,
		},
		{
			&types.ContactNotFoundException{},
			410, "ContactNotFoundException", `{"__type":"ContactNotFoundException"}`,
		},
		{
			&types.InvalidContactFlowException{
				Message:  new("a (and 1 more)"),
				Problems: []types.ProblemDetail{{Message: new("a")}, {Message: new("b")}},
			},
			400, "InvalidContactFlowException",
			`{"Message":"a (and 1 more)","problems":[{"message":"a"},{"message":"b"}],"__type":"InvalidContactFlowException"}`,
		},
		{
			&types.InvalidTestCaseException{Problems: []types.ProblemDetail{{Message: new("a")}}},
			400, "InvalidTestCaseException", `{"Problems":[{"message":"a"}],"__type":"InvalidTestCaseException"}`,
		},
		{
			&types.ResourceInUseException{
				Message: new("Used"), ResourceId: new("f"), ResourceType: types.ResourceTypeContactFlow,
			},
			409, "ResourceInUseException",
			`{"Message":"Used","ResourceId":"f","ResourceType":"CONTACT_FLOW","__type":"ResourceInUseException"}`,
		},
		{
			&types.ServiceQuotaExceededException{
				Reason: &types.ServiceQuotaExceededExceptionReasonMemberAttachedFileServiceQuotaExceededExceptionReason{
					Value: types.AttachedFileServiceQuotaExceededExceptionReasonTotalFileSizeExceeded,
				},
			},
			402, "ServiceQuotaExceededException",
			`{"Reason":{"AttachedFileServiceQuotaExceededExceptionReason":"TOTAL_FILE_SIZE_EXCEEDED"},` +
				`"__type":"ServiceQuotaExceededException"}`,
		},
		{
			&types.PropertyValidationException{PropertyList: []types.PropertyValidationExceptionProperty{{
				Message: new("m"), PropertyPath: new("p"), Reason: types.PropertyValidationExceptionReasonNotSupported,
			}}},
			400, "PropertyValidationException",
			`{"PropertyList":[{"Message":"m","PropertyPath":"p","Reason":"NOT_SUPPORTED"}],"__type":"PropertyValidationException"}`,
		},
		{
			&types.ThrottlingException{Message: new("Slow down"), ErrorCodeOverride: new("TooManyRequestsException")},
			429, "TooManyRequestsException", `{"Message":"Slow down","__type":"TooManyRequestsException"}`,
		},
		{
			fmt.Errorf("verify: %w", &wire.GatewayError{Status: 403, Code: "UnrecognizedClientException", Message: "No"}),
			403, "UnrecognizedClientException", `{"message":"No","__type":"UnrecognizedClientException"}`,
		},
		{
			errors.New("disk full"),
			500, "InternalServiceException", `{"Message":"Internal service error","__type":"InternalServiceException"}`,
		},
	}
	for _, tt := range tests {
		body, status, code := connect.Service.AppendError([]byte("+"), tt.err)
		if status != tt.status || code != tt.code || string(body) != "+"+tt.body {
			t.Errorf("%v: %d %s %s, want %d %s +%s", tt.err, status, code, body, tt.status, tt.code, tt.body)
		}
	}
	body, status, code := wire.AppendError(nil, errors.New("disk full"))
	if status != 500 || code != "InternalFailure" || string(body) != `{"message":"Internal failure","__type":"InternalFailure"}` {
		t.Errorf("error of no service: %d %s %s", status, code, body)
	}
}

// Statuses are those of the exception table of the public model.
func TestExceptionStatuses(t *testing.T) {
	statuses := map[wire.Exception]int{
		&types.AccessDeniedException{}:                403,
		&types.ConditionalOperationFailedException{}:  409,
		&types.ConflictException{}:                    409,
		&types.ContactFlowNotPublishedException{}:     404,
		&types.ContactNotFoundException{}:             410,
		&types.DestinationNotAllowedException{}:       403,
		&types.DuplicateResourceException{}:           409,
		&types.IdempotencyException{}:                 409,
		&types.InternalServiceException{}:             500,
		&types.InvalidActiveRegionException{}:         400,
		&types.InvalidContactFlowException{}:          400,
		&types.InvalidContactFlowModuleException{}:    400,
		&types.InvalidParameterException{}:            400,
		&types.InvalidRequestException{}:              400,
		&types.InvalidTestCaseException{}:             400,
		&types.LimitExceededException{}:               429,
		&types.MaximumResultReturnedException{}:       400,
		&types.OutboundContactNotPermittedException{}: 403,
		&types.OutputTypeNotFoundException{}:          404,
		&types.PropertyValidationException{}:          400,
		&types.ResourceConflictException{}:            409,
		&types.ResourceInUseException{}:               409,
		&types.ResourceNotFoundException{}:            404,
		&types.ResourceNotReadyException{}:            409,
		&types.ServiceQuotaExceededException{}:        402,
		&types.ThrottlingException{}:                  429,
		&types.TooManyRequestsException{}:             429,
		&types.UserNotFoundException{}:                404,
	}
	for e, want := range statuses {
		fault := smithy.FaultClient
		if want == 500 {
			fault = smithy.FaultServer
		}
		name := fmt.Sprintf("%T", e)[len("*types."):]
		if e.HTTPStatus() != want || e.ErrorFault() != fault || e.ErrorCode() != name || e.Error() != name+": " {
			t.Errorf("%s: status %d, fault %v, code %s, text %q", name, e.HTTPStatus(), e.ErrorFault(), e.ErrorCode(), e)
		}
		none := reflect.Zero(reflect.TypeOf(e)).Interface().(wire.Exception) // as programs name a code to a Retryer
		if none.ErrorCode() != name {
			t.Errorf("%s: without a value the code is %q", name, none.ErrorCode())
		}
	}
}

func TestDecodeResponseErrors(t *testing.T) {
	header := func(code string) http.Header { return http.Header{"X-Amzn-Errortype": {code}} }
	tests := []struct {
		name   string
		header http.Header
		body   string
		want   error
	}{
		{
			"code in the header", header("LimitExceededException:http://internal.amazon.com/coral/"),
			`{"Message":"Full"}`, &types.LimitExceededException{Message: new("Full")},
		},
		{
			"message in lower case", header("LimitExceededException"),
			`{"message":"Full"}`, &types.LimitExceededException{Message: new("Full")},
		},
		{
			"code in the body", nil, `{"__type":"aws.connect#ResourceNotFoundException","Message":"No"}`,
			&types.ResourceNotFoundException{Message: new("No")},
		},
		{
			"code in the body, older", nil, `{"code":"resourcenotfoundexception"}`,
			&types.ResourceNotFoundException{},
		},
		{
			"not JSON", header("InvalidRequestException"), `<html>`, &types.InvalidRequestException{},
		},
		{
			"empty", header("InvalidRequestException"), ``, &types.InvalidRequestException{},
		},
		{
			"union", header("InvalidRequestException"),
			`{"Reason":{"AttachedFileInvalidRequestExceptionReason":"INVALID_FILE_NAME","Other":{}}}`,
			&types.InvalidRequestException{
				Reason: &types.InvalidRequestExceptionReasonMemberAttachedFileInvalidRequestExceptionReason{
					Value: types.AttachedFileInvalidRequestExceptionReasonInvalidFileName,
				},
			},
		},
		{
			"not modelled", header("AccessDeniedException"), `{"message":"No"}`,
			&wire.GatewayError{Status: 418, Code: "AccessDeniedException", Message: "No"},
		},
		{
			"no code", nil, `{}`, &wire.GatewayError{Status: 418, Code: "UnknownError"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := connect.StartChatContact.DecodeResponse(418, tt.header, []byte(tt.body))
			if diff := cmp.Diff(tt.want, err); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	_, err := connect.CreateContactFlow.DecodeResponse(400, header("InvalidContactFlowException"), []byte(`{"problems":[{"message":"a"}]}`))
	if want := (&types.InvalidContactFlowException{Problems: []types.ProblemDetail{{Message: new("a")}}}); !cmp.Equal(error(want), err) {
		t.Errorf("problems: %v", err)
	}
}

func TestDecodeResponseChecksTypes(t *testing.T) {
	tests := map[string]string{
		`{"Contact":{"Id":7}}`:                                                      "decode answer: Contact.Id must be a string",
		`{"Contact":{"InitiationTimestamp":"2026"}}`:                                "decode answer: Contact.InitiationTimestamp must be a number, the seconds since 1970",
		`{"Contact":{"InitiationTimestamp":1e15}}`:                                  "decode answer: Contact.InitiationTimestamp must be a number, the seconds since 1970",
		`{"Contact":{"ChatMetrics":{"AgentMetrics":{"ConversationAbandon":"no"}}}}`: "decode answer: Contact.ChatMetrics.AgentMetrics.ConversationAbandon must be true or false",
		`<html>`: "decode answer: The body is not valid JSON: invalid character '<' at start of value",
	}
	for body, want := range tests {
		if _, err := connect.DescribeContact.DecodeResponse(200, nil, []byte(body)); err == nil || err.Error() != want {
			t.Errorf("%s: error %v, want %s", body, err, want)
		}
	}
	out, err := connect.DescribeContact.DecodeResponse(200, nil, nil)
	if err != nil || out.Contact != nil {
		t.Errorf("empty body: %v, %v", out, err)
	}
	out, err = connect.DescribeContact.DecodeResponse(200, nil, []byte(`{"Contact":{"Channel":"HOLOGRAM","InitiationTimestamp":1767225845.1204}}`))
	if err != nil || out.Contact.Channel != "HOLOGRAM" || out.Contact.InitiationTimestamp.UnixMilli() != 1767225845120 {
		t.Errorf("answer of a newer server: %v, %v", out, err)
	}
}
