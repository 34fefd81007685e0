package wire_test

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/aws/smithy-go/middleware"
	"github.com/aws/smithy-go/tracing"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"go.uber.org/goleak"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
)

// TestRequestsMayBeKept: an HTTP client may look at a request, and read its body, when other calls are under way.
func TestRequestsMayBeKept(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*connect.Options){
		"as it is": func(*connect.Options) {},
		"observed": func(o *connect.Options) {
			o.TracerProvider = struct{ tracing.TracerProvider }{&tracing.NopTracerProvider{}}
		},
		"middleware": connect.WithAPIOptions(func(s *middleware.Stack) error {
			return smithyhttp.AddHeaderValue("X-Shop", "a")(s)
		}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			var late sync.WaitGroup
			seen := map[string]bool{}
			c := connect.New(connect.Options{Region: "us-east-1", Credentials: keys, HTTPClient: doer(func(r *http.Request) (*http.Response, error) {
				header, length, body := r.Header.Clone(), r.ContentLength, r.Body
				late.Go(func() {
					defer body.Close()
					content, _ := io.ReadAll(body)
					if n := int64(len(content)); n != length && n != 0 || !maps.EqualFunc(header, r.Header, func(a, b []string) bool { return a[0] == b[0] }) {
						t.Errorf("%d bytes of %d, header %v, once %v", n, length, r.Header, header)
					}
					mu.Lock()
					defer mu.Unlock()
					if _, name, ok := strings.Cut(string(content), `"DisplayName":"`); ok {
						seen[name] = true
					}
				})
				return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{}`))}, nil
			})}, change)
			var calls sync.WaitGroup
			const each = 50
			for i := range 4 {
				calls.Go(func() {
					for j := range each {
						in := connect.NewStartChatContactInput("i", "f", types.ParticipantDetails{DisplayName: new(fmt.Sprint(i, "-", strings.Repeat("x", j)))})
						if _, err := c.StartChatContact(t.Context(), in); err != nil {
							t.Error(err)
						}
					}
				})
			}
			calls.Wait()
			late.Wait()
			if name == "as it is" && len(seen) != 4*each {
				t.Errorf("%d of %d bodies", len(seen), 4*each)
			}
		})
	}
}

// TestMiddlewareMayTakeTheBodyAway: nothing is left to close then.
func TestMiddlewareMayTakeTheBodyAway(t *testing.T) {
	t.Parallel()
	var length int64 = -1
	c := connect.New(connect.Options{Region: "us-east-1", Credentials: keys, HTTPClient: doer(func(r *http.Request) (*http.Response, error) {
		length = r.ContentLength
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{}`))}, nil
	})}, connect.WithAPIOptions(func(s *middleware.Stack) error {
		return s.Build.Add(middleware.BuildMiddlewareFunc("Emptying", func(
			ctx context.Context, in middleware.BuildInput, next middleware.BuildHandler,
		) (out middleware.BuildOutput, metadata middleware.Metadata, err error) {
			req := in.Request.(*smithyhttp.Request)
			if in.Request, err = req.SetStream(strings.NewReader("")); err != nil {
				return out, metadata, err
			}
			in.Request.(*smithyhttp.Request).ContentLength = 0
			return next.HandleBuild(ctx, in)
		}), middleware.Before)
	}))
	if _, err := c.StartChatContact(t.Context(), start()); err != nil || length != 0 {
		t.Errorf("%d bytes, %v", length, err)
	}
}

// TestMain: a client leaves no goroutine behind, whatever comes of its calls.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
