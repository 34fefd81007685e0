//go:build unix

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/openparley/parley/api/parley"
)

// eventually waits until what is done elsewhere can be seen.
func eventually(t *testing.T, what string, seen func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !seen(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s does not come", what)
		}
	}
}

// letters asks the server for the dead letters.
func (s *site) letters() []parley.DeadLetter {
	s.t.Helper()
	out, err := parley.New(parley.Options{
		BaseEndpoint: &s.url, Region: "us-east-1", Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "office", SecretAccessKey: "office"}, nil
		}),
	}).FindDeadLetters(s.t.Context(), &parley.FindDeadLettersInput{})
	if err != nil {
		s.t.Fatal(err)
	}
	return out.DeadLetters
}

func TestDeadLetters(t *testing.T) {
	var mu sync.Mutex
	up, told := map[string]bool{}, map[string]int{} // by instance
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var event struct{ Detail struct{ InstanceArn string } }
		if err := json.NewDecoder(r.Body).Decode(&event); err != nil {
			t.Error(err)
		}
		_, instance, _ := strings.Cut(event.Detail.InstanceArn, "/")
		mu.Lock()
		defer mu.Unlock()
		if !up[instance] {
			w.WriteHeader(http.StatusGone)
			return
		}
		told[instance]++
	}))
	t.Cleanup(hook.Close)

	ways(t, func(t *testing.T, s *site, flags ...string) {
		id := s.chat("kim", "hello", false)
		eventually(t, "the last event", func() bool {
			all := s.letters()
			return len(all) > 0 && strings.Contains(*all[len(all)-1].Body, `"COMPLETED"`)
		})
		events := len(s.letters())
		stopped := len(flags) > 0 && flags[0] == "stopped"
		if stopped {
			s.stop()
			flags = nil
		}
		with := func(args ...string) []string { return append(append([]string{"dead-letters"}, args...), flags...) }

		out, _ := s.run(0, with("list")...)
		for _, want := range []string{fmt.Sprint(events, " dead letters"), fmt.Sprint(events, " of kind event to crm"), "answered 410 Gone", id} {
			if !strings.Contains(out, want) {
				t.Errorf("the list lacks %q:\n%s", want, out)
			}
		}
		out, _ = s.run(0, with("list", "--json", "--target", "crm", "--kind", "event", "--chat", id)...)
		var doc struct {
			Count       int
			Groups      []struct{ Kind, Target string }
			DeadLetters []struct{ Id, Body string }
		}
		if err := json.Unmarshal([]byte(out), &doc); err != nil || doc.Count != events || len(doc.Groups) != 1 || len(doc.DeadLetters) != events {
			t.Fatalf("%v, %s", err, out)
		}
		if first := doc.DeadLetters[0]; !strings.Contains(first.Body, `"INITIATED"`) {
			t.Errorf("the first is %s", first.Body)
		}
		for _, kind := range []string{"item", "record", "transcript"} {
			if out, _ = s.run(0, with("list", "--kind", kind)...); !strings.Contains(out, "0 dead letters") {
				t.Errorf("of kind %s there are\n%s", kind, out)
			}
		}

		if out, _ = s.run(3, with("drop")...); !strings.Contains(out, fmt.Sprint(events, " dead letters")) {
			t.Errorf("before it asks it says\n%s", out)
		}
		out, _ = s.run(0, with("drop", "--yes", "--id", doc.DeadLetters[0].Id)...)
		if !strings.Contains(out, "1 messages are dropped") {
			t.Errorf("drop says\n%s", out)
		}
		out, _ = s.run(0, with("replay", "--dry-run")...)
		if !strings.Contains(out, fmt.Sprint(events-1, " dead letters")) || strings.Contains(out, "again") {
			t.Errorf("a dry run says\n%s", out)
		}
		mu.Lock()
		up[*s.instance] = true
		mu.Unlock()
		out, _ = s.run(0, with("replay")...)
		if !strings.Contains(out, fmt.Sprint(events-1, " messages will be told again")) {
			t.Errorf("replay says\n%s", out)
		}
		if stopped {
			s.start()
		}
		eventually(t, "what was replayed", func() bool {
			mu.Lock()
			defer mu.Unlock()
			return told[*s.instance] == events-1
		})
		eventually(t, "the end of the dead letters", func() bool { return len(s.letters()) == 0 })
	}, `PARLEY_TARGETS={crm: {url: "`+hook.URL+`"}}`, "PARLEY_CONTACT_EVENTS=[crm]")
}
