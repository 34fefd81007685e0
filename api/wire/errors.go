package wire

import (
	"errors"
	"net/http"
	"reflect"

	"github.com/aws/smithy-go"
)

// Exception is a modelled error: an error with a place on the wire. Each is a pointer to a structure whose fields are
// the members.
type Exception interface {
	error
	ErrorCode() string
	ErrorMessage() string
	ErrorFault() smithy.ErrorFault
	HTTPStatus() int
}

// GatewayError is an error made in front of the service: of authentication, throttling, an unknown route. On the wire
// its message is in lower case.
type GatewayError struct {
	Status        int
	Code, Message string
}

func (e *GatewayError) Error() string { return e.Code + ": " + e.Message }

// AppendError appends the JSON body of an error and returns its status and its code, which goes into the header
// x-amzn-ErrorType. An error that is neither an Exception nor a GatewayError is hidden behind the service's internal
// one: the caller logs it.
func (s *Service) AppendError(dst []byte, err error) (body []byte, status int, code string) {
	_, modelled := errors.AsType[Exception](err)
	_, gateway := errors.AsType[*GatewayError](err)
	if !modelled && !gateway {
		err = s.Internal()
	}
	return AppendError(dst, err)
}

// AppendError is Service.AppendError for errors that belong to no service: what is unexpected becomes InternalFailure,
// as in the list of errors common to all operations.
func AppendError(dst []byte, err error) (body []byte, status int, code string) {
	if e, ok := errors.AsType[Exception](err); ok {
		v := reflect.ValueOf(e).Elem()
		body, some := appendMembers(append(dst, '{'), v, planOf(v.Type()))
		if some {
			body = append(body, ',')
		}
		return appendType(body, e.ErrorCode()), e.HTTPStatus(), e.ErrorCode()
	}
	e, ok := errors.AsType[*GatewayError](err)
	if !ok {
		e = &GatewayError{http.StatusInternalServerError, "InternalFailure", "Internal failure"}
	}
	dst = appendString(append(dst, `{"message":`...), e.Message)
	return appendType(append(dst, ','), e.Code), e.Status, e.Code
}

// appendType appends the member that holds the code, the last of an error.
func appendType(dst []byte, code string) []byte {
	return append(appendString(append(dst, `"__type":`...), code), '}')
}
