package server

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/participant"
)

func TestLimiterServesTheBurstAndThenTheRate(t *testing.T) {
	now := time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC)
	l := newLimiter(Rate{PerSecond: 2, Burst: 3})
	for i := range 3 {
		if wait, ok := l.take(now, ""); !ok || wait != 0 {
			t.Fatalf("call %d of the burst: wait %v, ok %v", i, wait, ok)
		}
	}
	if wait, ok := l.take(now, ""); ok || wait != 500*time.Millisecond {
		t.Errorf("call beyond the burst: wait %v, ok %v, want 500ms, false", wait, ok)
	}
	// What was refused used nothing up.
	if _, ok := l.take(now.Add(500*time.Millisecond), ""); !ok {
		t.Error("refused half a second later, at two calls a second")
	}
}

func TestLimiterHolds(t *testing.T) {
	now := time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC)
	l := newLimiter(Rate{PerSecond: 1, Burst: 1, Hold: 2 * time.Second})
	for i, want := range []time.Duration{0, time.Second, 2 * time.Second} {
		if wait, ok := l.take(now, ""); !ok || wait != want {
			t.Errorf("call %d: wait %v, ok %v, want %v, true", i, wait, ok, want)
		}
	}
	if _, ok := l.take(now, ""); ok {
		t.Error("a call was held for longer than Hold")
	}
}

func TestLimiterKeepsCallersApart(t *testing.T) {
	now := time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC)
	l := newLimiter(Rate{PerSecond: 1, Burst: 1})
	l.take(now, "a")
	if _, ok := l.take(now, "a"); ok {
		t.Error("second call of a at once was served")
	}
	if _, ok := l.take(now, "b"); !ok {
		t.Error("first call of b was refused because of a")
	}
}

func TestLimiterForgetsFullBuckets(t *testing.T) {
	now := time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC)
	l := newLimiter(Rate{PerSecond: 10, Burst: 20})
	for i := range 100 {
		l.take(now, fmt.Sprint(i))
	}
	for range 3 {
		now = now.Add(l.refill + time.Second)
		l.take(now, "other")
	}
	if n := len(l.young) + len(l.old); n > 2 {
		t.Errorf("%d buckets are kept after all but one had time to fill up", n)
	}
}

func TestLimiterRemembersBusyCallersAcrossATurn(t *testing.T) {
	now := time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC)
	l := newLimiter(Rate{PerSecond: 1, Burst: 1})
	served := 0
	for range 100 { // ten calls a second for ten seconds
		if _, ok := l.take(now, "busy"); ok {
			served++
		}
		now = now.Add(100 * time.Millisecond)
	}
	if served < 9 || served > 11 {
		t.Errorf("%d calls were served in ten seconds at one a second", served)
	}
}

func TestLimiterIsBounded(t *testing.T) {
	now := time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC)
	l := newLimiter(Rate{PerSecond: 1, Burst: 1})
	for i := range 3 * maxBuckets {
		l.take(now, fmt.Sprint(i))
	}
	if n := len(l.young) + len(l.old); n > 2*maxBuckets {
		t.Errorf("%d buckets are kept, want at most %d", n, 2*maxBuckets)
	}
}

func TestProfilesNameRealOperations(t *testing.T) {
	known := operationNames()
	for name, p := range profiles {
		for op := range p.rates {
			if !known[op] {
				t.Errorf("profile %s has a rate for %s, which is no operation", name, op)
			}
		}
	}
}

func TestQuotaProfiles(t *testing.T) {
	tests := []struct {
		quotas      Quotas
		operation   string
		want        Rate
		activeChats int
	}{
		{Quotas{Profile: "aws"}, "StartChatContact", Rate{PerSecond: 5, Burst: 8}, 500},
		{Quotas{Profile: "aws"}, "StopContact", Rate{PerSecond: 10, Burst: 15}, 500},
		{Quotas{Profile: "aws"}, "ListInstances", Rate{PerSecond: 2, Burst: 5}, 500}, // all others
		{Quotas{Profile: "aws"}, "SendMessage", Rate{PerSecond: 10, Burst: 15}, 500},
		{Quotas{Profile: "aws"}, "CreateParticipantConnection", Rate{PerSecond: 6, Burst: 9}, 500},
		{Quotas{}, "StartChatContact", Rate{}, 0},
		{Quotas{Profile: "off"}, "SendMessage", Rate{}, 0},
		{
			Quotas{Profile: "aws", Operations: map[string]Rate{"SendMessage": {PerSecond: 1, Burst: 2}}, ActiveChats: new(7)},
			"SendMessage",
			Rate{PerSecond: 1, Burst: 2},
			7,
		},
	}
	for _, tt := range tests {
		p, err := tt.quotas.resolve(operationNames())
		if err != nil {
			t.Errorf("%+v: %v", tt.quotas, err)
			continue
		}
		s := &Server{quotas: p, metrics: newMetrics()}
		service := connect.Service
		if strings.HasPrefix(tt.operation, "Send") || tt.operation == "CreateParticipantConnection" {
			service = participant.Service
		}
		var got Rate
		if l := s.endpoint(service, tt.operation).limit; l != nil {
			got = l.rate
		}
		if got != tt.want || p.activeChats != tt.activeChats {
			t.Errorf("%+v: %s %+v and %d chats, want %+v and %d", tt.quotas, tt.operation, got, p.activeChats, tt.want, tt.activeChats)
		}
	}
}

func TestQuotaMistakes(t *testing.T) {
	for _, tt := range []struct {
		quotas Quotas
		want   string
	}{
		{Quotas{Profile: "amazon"}, `"amazon" is not a profile`},
		{Quotas{Operations: map[string]Rate{"SendMesage": {}}}, `no operation "SendMesage"`},
		{Quotas{Operations: map[string]Rate{"SendMessage": {PerSecond: -1}}}, "negative"},
		{Quotas{ActiveChats: new(-1)}, "negative"},
	} {
		if _, err := tt.quotas.resolve(operationNames()); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: error %v, want one with %q", tt.quotas, err, tt.want)
		}
	}
}
