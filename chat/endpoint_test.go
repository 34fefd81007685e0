package chat_test

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/chat"
	"github.com/openparley/parley/internal/server"
)

// everywhere has all hosts answered by one server, and knows which were asked.
type everywhere struct {
	next http.RoundTripper

	mu    sync.Mutex
	hosts map[string]bool
}

func (e *everywhere) RoundTrip(r *http.Request) (*http.Response, error) {
	e.mu.Lock()
	e.hosts[r.URL.Scheme+"://"+r.URL.Host] = true
	e.mu.Unlock()
	r = r.Clone(r.Context())
	r.Host, r.URL.Scheme = r.URL.Host, "http"
	return e.next.RoundTrip(r)
}

func (e *everywhere) asked() (hosts []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for h := range e.hosts {
		hosts = append(hosts, h)
	}
	slices.Sort(hosts)
	return hosts
}

// TestStartFindsTheParticipantService: a program says once where it is.
func TestStartFindsTheParticipantService(t *testing.T) {
	const amazon = "https://participant.connect.us-east-1.amazonaws.com"
	for name, tt := range map[string]struct {
		endpoint *string
		at       string
		want     []string
	}{
		"a Region":                {nil, "", []string{"https://connect.us-east-1.amazonaws.com", amazon}},
		"an address at Amazon":    {new("https://connect-fips.us-east-1.amazonaws.com"), "", []string{"https://connect-fips.us-east-1.amazonaws.com", amazon}},
		"a private endpoint":      {new("https://vpce-1.connect.us-east-1.vpce.amazonaws.com"), "", []string{amazon, "https://vpce-1.connect.us-east-1.vpce.amazonaws.com"}},
		"a server":                {new(address), "", []string{address}},
		"a server with a path":    {new("https://chat.example/"), "", []string{"https://chat.example"}},
		"one and the other":       {new(address), "https://chat.example", []string{address, "https://chat.example"}},
		"a Region and its sister": {new(address), "us-west-2", []string{address, "https://participant.connect.us-west-2.amazonaws.com"}},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				all := &everywhere{next: &http.Transport{DialContext: w.pipes.dial, DisableKeepAlives: true}, hosts: map[string]bool{}}
				client := connect.New(connect.Options{
					BaseEndpoint: tt.endpoint, Region: "us-east-1", HTTPClient: &http.Client{Transport: all},
					Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
						return aws.Credentials{AccessKeyID: server.DevAccessKey, SecretAccessKey: server.DevAccessKey}, nil
					}),
				})
				opts := []chat.Option{chat.HTTPClient(&http.Client{Transport: all})}
				if tt.at != "" {
					opts = append(opts, chat.At(tt.at))
				}
				s, err := chat.Start(t.Context(), client, customer(), opts...)
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				if _, err := s.Say(t.Context(), "hello"); err != nil {
					t.Fatal(err)
				}
				until(w, s, "hello")
				var got []string
				for _, host := range all.asked() {
					if host[:5] == "http:" && host != address { // the socket, where the server thinks it is
						host = "https" + host[4:]
					}
					got = append(got, host)
				}
				if slices.Sort(got); !slices.Equal(slices.Compact(got), tt.want) {
					t.Errorf("the hosts asked were %v, want %v", got, tt.want)
				}
			})
		})
	}
	if _, err := chat.Start(t.Context(), connect.New(connect.Options{}), customer()); err == nil {
		t.Error("a chat was started nowhere")
	}
}
