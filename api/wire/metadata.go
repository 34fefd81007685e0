package wire

import (
	"context"
	"net/http"
	"reflect"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

type tokenKey struct{}

// TokenOf returns the ClientToken that was sent, from the ResultMetadata of an answer: who sends it again gets the same
// answer.
func TokenOf(metadata middleware.Metadata) string {
	if token, ok := metadata.Get(tokenKey{}).(*string); ok {
		return *token
	}
	return ""
}

// StatusOf returns the HTTP status of an answer from its ResultMetadata.
func StatusOf(metadata middleware.Metadata) int {
	if r := responseOf(metadata); r != nil {
		return r.StatusCode
	}
	return 0
}

// HeaderOf returns the header of an answer from its ResultMetadata.
func HeaderOf(metadata middleware.Metadata) http.Header {
	if r := responseOf(metadata); r != nil {
		return r.Header
	}
	return nil
}

func responseOf(metadata middleware.Metadata) *smithyhttp.Response {
	r, _ := awsmiddleware.GetRawResponse(metadata).(*smithyhttp.Response)
	return r
}

// NewOutput returns an output with nothing in it but the ResultMetadata of an answer of this status: for stand-ins of a
// client in tests.
func NewOutput[Out any](status int) *Out {
	answer := &smithyhttp.Response{Response: &http.Response{StatusCode: status, Header: http.Header{}, Body: http.NoBody}}
	_, metadata, _ := awsmiddleware.AddRawResponse{}.HandleDeserialize(context.Background(), middleware.DeserializeInput{}, answered{answer})
	out := new(Out)
	if i := metadataField(reflect.TypeFor[Out]()); i >= 0 {
		reflect.ValueOf(out).Elem().Field(i).Set(reflect.ValueOf(metadata))
	}
	return out
}

type answered struct{ response *smithyhttp.Response }

func (a answered) HandleDeserialize(context.Context, middleware.DeserializeInput) (
	out middleware.DeserializeOutput, metadata middleware.Metadata, err error,
) {
	out.RawResponse = a.response
	return out, metadata, nil
}

// metadataField returns the index of the ResultMetadata of an output, -1 when it has none.
func metadataField(out reflect.Type) int {
	for i := range out.NumField() {
		if out.Field(i).Type == metadataType {
			return i
		}
	}
	return -1
}
