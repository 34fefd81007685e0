package wire_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/participant"
	"github.com/openparley/parley/api/wire"
)

func knownRoutes() []wire.Route {
	return append(append([]wire.Route{}, connect.Service.Known...), participant.Service.Known...)
}

// newRouter serves every known operation; its handlers are the names.
func newRouter(base string) *wire.Router[string] {
	r := &wire.Router[string]{Base: base}
	for _, route := range knownRoutes() {
		r.Handle(route, route.Name)
	}
	return r
}

func TestKnownIsWhole(t *testing.T) {
	if n := len(connect.Service.Known); n != 370 {
		t.Errorf("connect knows %d operations, want 370", n)
	}
	if n := len(participant.Service.Known); n != 11 {
		t.Errorf("participant knows %d operations, want 11", n)
	}
	known := make(map[wire.Route]bool)
	for _, route := range knownRoutes() {
		known[route] = true
	}
	for _, route := range implemented {
		if !known[route] {
			t.Errorf("%v is not a known route", route)
		}
	}
}

var implemented = []wire.Route{
	connect.StartChatContact.Route(), connect.StopContact.Route(), connect.DescribeContact.Route(),
	connect.GetContactAttributes.Route(), connect.UpdateContactAttributes.Route(), connect.DescribeInstance.Route(),
	connect.ListInstances.Route(), connect.CreateContactFlow.Route(), connect.DescribeContactFlow.Route(),
	connect.ListContactFlows.Route(), connect.UpdateContactFlowContent.Route(),
	connect.UpdateContactFlowMetadata.Route(), connect.UpdateContactFlowName.Route(),
	connect.DeleteContactFlow.Route(), participant.CreateParticipantConnection.Route(),
	participant.SendMessage.Route(), participant.SendEvent.Route(), participant.GetTranscript.Route(),
	participant.DisconnectParticipant.Route(),
}

var label = regexp.MustCompile(`\{(\w+)\}`)

func TestRouterFindsEveryKnownRoute(t *testing.T) {
	const value = "a/b c:ü%$SAVED"
	router := newRouter("")
	for _, route := range knownRoutes() {
		var want wire.Labels
		for _, m := range label.FindAllStringSubmatch(route.Path, -1) {
			want = append(want, wire.Label{Name: m[1], Value: value})
		}
		path := label.ReplaceAllLiteralString(route.Path, url.PathEscape(value))
		for _, path := range []string{path, path + "/"} {
			name, got, labels, result := router.Match(route.Method, path)
			if result != wire.Found || name != route.Name || got != route {
				t.Errorf("%s %s: %v %q", route.Method, path, result, name)
			}
			if !cmp.Equal(labels, want) && !strings.HasPrefix(path, "/tags/") {
				t.Errorf("%s %s: labels %q, want %q", route.Method, path, labels, want)
			}
		}
	}
}

func TestRouterMatch(t *testing.T) {
	const arn = "arn:aws:connect:us-east-1:123456789012:instance"
	const escaped = "arn%3Aaws%3Aconnect%3Aus-east-1%3A123456789012%3Ainstance"
	labels := func(pairs ...string) (ls wire.Labels) {
		for i := 0; i < len(pairs); i += 2 {
			ls = append(ls, wire.Label{Name: pairs[i], Value: pairs[i+1]})
		}
		return ls
	}
	tests := []struct {
		method, path string
		result       wire.MatchResult
		name         string
		labels       wire.Labels
	}{
		{"PUT", "/contact/chat", wire.Found, "StartChatContact", nil},
		{"PUT", "/contact/chat/", wire.Found, "StartChatContact", nil},
		{"PUT", "/contact/chat//", wire.NotFound, "", nil},
		{"GET", "/contact/chat", wire.WrongMethod, "", nil},
		{"PUT", "/contact/chatter", wire.NotFound, "", nil},
		{"PUT", "/contact", wire.NotFound, "", nil},
		{"PUT", "/", wire.NotFound, "", nil},
		{"PUT", "", wire.NotFound, "", nil},
		{"PUT", "*", wire.NotFound, "", nil},
		{"PUT", "//", wire.NotFound, "", nil},
		{"GET", "/contacts/i/", wire.NotFound, "", nil},
		{"GET", "/contacts//c", wire.NotFound, "", nil},
		{"GET", "/contacts/%zz/c", wire.NotFound, "", nil},
		{"GET", "/instance", wire.Found, "ListInstances", nil},
		{"GET", "/instance/i", wire.Found, "DescribeInstance", labels("InstanceId", "i")},
		{"GET", "/contacts/" + arn + "%2Fi/c", wire.Found, "DescribeContact", labels("InstanceId", arn+"/i", "ContactId", "c")},
		{"GET", "/contacts/" + arn + "/i/c", wire.Found, "DescribeContact", labels("InstanceId", arn+"/i", "ContactId", "c")},
		{"GET", "/contacts/" + escaped + "/i/c", wire.Found, "DescribeContact", labels("InstanceId", arn+"/i", "ContactId", "c")},
		{"GET", "/instance/" + arn + "/i", wire.Found, "DescribeInstance", labels("InstanceId", arn+"/i")},
		{"GET", "/instance/" + arn + "/i/attributes", wire.Found, "ListInstanceAttributes", labels("InstanceId", arn+"/i")},
		{
			"POST", "/contact-flows/" + arn + "/i/" + arn + "/i/contact-flow/f/content", wire.Found,
			"UpdateContactFlowContent", labels("InstanceId", arn+"/i", "ContactFlowId", arn+"/i/contact-flow/f"),
		},
		{
			"GET", "/contact-flows/i/" + arn + "/i/contact-flow/f%3A$SAVED", wire.Found,
			"DescribeContactFlow", labels("InstanceId", "i", "ContactFlowId", arn+"/i/contact-flow/f:$SAVED"),
		},
		{
			"GET", "/queues/i/" + arn + "/i/queue/agent/u", wire.Found,
			"DescribeQueue", labels("InstanceId", "i", "QueueId", arn+"/i/queue/agent/u"),
		},
		{"GET", "/tags/" + escaped + "%2Fi%2Fqueue%2Fq", wire.Found, "ListTagsForResource", labels("resourceArn", arn+"/i/queue/q")},
		{"GET", "/tags/" + escaped + "/i/queue/q", wire.Found, "ListTagsForResource", labels("resourceArn", arn+"/i/queue/q")},
		{"DELETE", "/tags/" + arn + "/i/queue/agent/u", wire.Found, "UntagResource", labels("resourceArn", arn+"/i/queue/agent/u")},
		{"PATCH", "/tags/" + arn + "/i/queue/q", wire.WrongMethod, "", nil},
		{"GET", "/tags/", wire.NotFound, "", nil},
		{"GET", "/participant/views/a%2Fb%2B%3D", wire.Found, "DescribeView", labels("ViewToken", "a/b+=")},
		{"OPTIONS", "/participant/message", wire.WrongMethod, "", nil},
	}
	for _, base := range []string{"", "/base"} {
		router := newRouter(base)
		for _, tt := range tests {
			name, route, got, result := router.Match(tt.method, base+tt.path)
			if result != tt.result || name != tt.name || route.Name != tt.name || !cmp.Equal(got, tt.labels) {
				t.Errorf("%s %s: %v %q %q, want %v %q %q", tt.method, base+tt.path, result, name, got, tt.result, tt.name, tt.labels)
			}
		}
	}
	for _, path := range []string{"/contact/chat", "/basecontact/chat", "/other/contact/chat"} {
		if _, _, _, result := newRouter("/base").Match("PUT", path); result != wire.NotFound {
			t.Errorf("%s outside the base path: %v", path, result)
		}
	}
}

func TestRouterRefusesTheSameRouteTwice(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	var r wire.Router[int]
	r.Handle(wire.Route{Name: "One", Method: "GET", Path: "/users/{A}"}, 1)
	r.Handle(wire.Route{Name: "Two", Method: "GET", Path: "/users/{B}"}, 2)
}

func TestLabelsGet(t *testing.T) {
	ls := wire.Labels{{Name: "InstanceId", Value: "i"}}
	if ls.Get("InstanceId") != "i" || ls.Get("ContactId") != "" {
		t.Errorf("labels %v", ls)
	}
}

func FuzzRouterMatch(f *testing.F) {
	for _, route := range implemented {
		f.Add(route.Method, route.Path)
	}
	f.Add("GET", "/contacts/arn:aws:connect:us-east-1:123456789012:instance/i/c")
	f.Add("GET", "/tags/arn%3Aaws%3Aconnect%3A/instance/x/%2F")
	router := newRouter("")
	f.Fuzz(func(t *testing.T, method, path string) {
		name, route, labels, result := router.Match(method, path)
		if result != wire.Found {
			return
		}
		if route.Name != name || route.Method != method {
			t.Fatalf("%s %s: %q is served by %q", method, path, route, name)
		}
		// The labels put back into the template lead to the same place.
		rebuilt := label.ReplaceAllStringFunc(route.Path, func(l string) string {
			return url.PathEscape(labels.Get(strings.Trim(l, "{}")))
		})
		again, _, _, result := router.Match(method, rebuilt)
		if result != wire.Found || again != name {
			t.Fatalf("%s %s: %s leads to %q", method, path, rebuilt, again)
		}
	})
}

func BenchmarkRouterMatch(b *testing.B) {
	router := newRouter("")
	for _, route := range []struct{ method, path string }{{"PUT", "/contact/chat"}, {"GET", "/contacts/i/c"}} {
		b.Run(route.path, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, _, result := router.Match(route.method, route.path); result != wire.Found {
					b.Fatal(result)
				}
			}
		})
	}
}
