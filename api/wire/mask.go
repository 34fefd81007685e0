package wire

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"regexp"

	"github.com/aws/smithy-go/logging"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/go-json-experiment/json/jsontext"
)

// secret names the members that are not shown: tokens, addresses that hold one, and what is of customers.
var secret = map[string]bool{
	"AccessToken": true, "Attributes": true, "AuthenticationUrl": true, "Code": true, "ConnectionToken": true, "Content": true,
	"CustomerId": true, "DestinationEmailAddress": true, "DisplayName": true, "Email": true, "EmailAddress": true,
	"FirstName": true, "JoinToken": true, "LastName": true, "ParticipantToken": true, "Password": true, "PhoneNumber": true,
	"RefreshToken": true, "SecondaryEmail": true, "SegmentAttributes": true, "Subject": true, "Url": true, "ViewToken": true,
}

const veil = `"***"`

// headers matches the headers that are not shown, also as a canonical request has them.
var headers = regexp.MustCompile(`(?im)^((?:authorization|x-amz-security-token|x-amz-bearer|cookie|set-cookie):)[^\r\n]*`)

// viewPath matches the request line of DescribeView, whose path holds a token.
var viewPath = regexp.MustCompile(`(?m)^(GET \S*/participant/views/)\S+`)

// appendMasked appends a JSON document without its secrets.
func appendMasked(dst, document []byte) ([]byte, error) {
	in := jsontext.NewDecoder(bytes.NewReader(document))
	var text bytes.Buffer
	out := jsontext.NewEncoder(&text)
	for {
		token, err := in.ReadToken()
		if err == io.EOF {
			return append(dst, bytes.TrimRight(text.Bytes(), "\n")...), nil
		}
		if err != nil {
			return dst, err
		}
		kind, length := in.StackIndex(in.StackDepth())
		isName := kind == '{' && length%2 == 1 && token.Kind() == '"'
		hide := isName && secret[token.String()]
		if err := out.WriteToken(token); err != nil {
			return dst, err
		}
		if hide {
			if err := in.SkipValue(); err != nil {
				return dst, err
			}
			if err := out.WriteValue(jsontext.Value(veil)); err != nil {
				return dst, err
			}
		}
	}
}

// mask hides what is secret in a request or answer as it is logged: headers, an empty line, perhaps a body.
func mask(text string) string {
	head, content, ok := bytes.Cut([]byte(text), []byte("\r\n\r\n"))
	shown := viewPath.ReplaceAll(headers.ReplaceAll(head, []byte("$1 ***")), []byte("$1***"))
	if !ok || len(bytes.TrimSpace(content)) == 0 {
		return string(shown)
	}
	shown = append(shown, "\r\n\r\n"...)
	if masked, err := appendMasked(shown, content); err == nil {
		return string(masked)
	}
	return string(shown) + fmt.Sprintf("(%d bytes that are not JSON)", len(content))
}

// maskingLogger passes on what it is told without secrets.
type maskingLogger struct{ to logging.Logger }

func masked(to logging.Logger) logging.Logger { return maskingLogger{to} }

func (l maskingLogger) Logf(c logging.Classification, format string, v ...any) {
	l.to.Logf(c, "%s", mask(fmt.Sprintf(format, v...)))
}

// traffic logs requests and answers.
type traffic struct {
	*smithyhttp.RequestResponseLogger
}

func logger(o *Options) middleware.DeserializeMiddleware {
	mode := o.ClientLogMode
	l := traffic{&smithyhttp.RequestResponseLogger{
		LogRequest: mode.IsRequest(), LogRequestWithBody: mode.IsRequestWithBody(),
		LogResponse: mode.IsResponse(), LogResponseWithBody: mode.IsResponseWithBody(),
	}}
	if !l.LogRequest && !l.LogRequestWithBody && !l.LogResponse && !l.LogResponseWithBody {
		return mark(l.ID())
	}
	return l
}

func (t traffic) HandleDeserialize(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (
	middleware.DeserializeOutput, middleware.Metadata, error,
) {
	return t.RequestResponseLogger.HandleDeserialize(middleware.SetLogger(ctx, masked(middleware.GetLogger(ctx))), in, next)
}
