package server

import (
	"net/http"
	"strings"
	"testing"
)

// TestFaultsOverHTTP: programs in other languages have the same faults, beside the clock.
func TestFaultsOverHTTP(t *testing.T) {
	w := open(t)
	chat := w.startChat()
	connectIt := func() int {
		return w.send("POST", "/participant/connection", bothTypes, "X-Amz-Bearer", chat.participantToken).status
	}

	r := w.send("POST", "/parley/v1/faults", `{"Fault":"server-errors","Operations":["CreateParticipantConnection"],"Times":1}`)
	if r.status != http.StatusOK || !strings.Contains(r.body, `"Fault":"server-errors"`) || !strings.Contains(r.body, `"Met":0`) {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if got := connectIt(); got != http.StatusInternalServerError {
		t.Errorf("status %d amid a fault", got)
	}
	if got := connectIt(); got != http.StatusOK {
		t.Errorf("status %d after it", got)
	}
	if r := w.send("GET", "/parley/v1/faults", ""); !strings.Contains(r.body, `"Met":1`) {
		t.Errorf("met: %s", r.body)
	}
	for _, body := range []string{`{"Fault":"rain"}`, `{"Fault":"slow-answers","Delay":"long"}`, `{"Fault":"server-errors","Chance":2}`, `{"Falt":"x"}`} {
		if r := w.send("POST", "/parley/v1/faults", body); r.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
	}
	if r := w.send("POST", "/parley/v1/faults", `{"Storm":7}`); r.status != http.StatusOK || !strings.Contains(r.body, "lost-answers") {
		t.Errorf("a storm: %d %s", r.status, r.body)
	}
	if r := w.send("DELETE", "/parley/v1/faults", ""); strings.Contains(r.body, `"Met"`) {
		t.Errorf("lifted: %s", r.body)
	}
	for range 5 {
		if got := connectIt(); got != http.StatusOK {
			t.Errorf("status %d after all are lifted", got)
		}
	}
}

func TestClockMovesToNextAndUntilIdle(t *testing.T) {
	w := open(t)
	w.startChat()
	before := w.clock.Now()
	if r := w.send("POST", "/parley/v1/clock", `{"Next":true}`); r.status != http.StatusOK || !w.clock.Now().After(before) {
		t.Errorf("next: %d %s", r.status, r.body)
	}
	if r := w.send("POST", "/parley/v1/clock", `{"UntilIdle":true}`); r.status != http.StatusOK {
		t.Errorf("until idle: %d %s", r.status, r.body)
	}
	if due, ok, err := w.store.NextOfChats(t.Context()); ok || err != nil {
		t.Errorf("something is left to do for a chat at %v (%v)", due, err)
	}
	if r := w.send("POST", "/parley/v1/clock", `{"Next":true,"UntilIdle":true}`); r.status != http.StatusBadRequest {
		t.Errorf("both: %d", r.status)
	}
}
