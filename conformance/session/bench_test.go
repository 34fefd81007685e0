package session

import (
	"bufio"
	"bytes"
	"encoding/json"
	"testing"

	"github.com/openparley/parley/conformance/harness"
)

// TestBenchCountsNothingLost runs the load generator that users get, closed and open loop, against a server as it is.
func TestBenchCountsNothingLost(t *testing.T) {
	w := newWorld(t)
	cmd := harness.Command(t, "bench", "message", "start", "--endpoint", w.Endpoint, "--json", "--half",
		"--chats", "1,8", "--rate", "0", "--count", "150", "--duration", "2s", "--warmup", "0s")
	var failed bytes.Buffer
	cmd.Stderr = &failed
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, failed.Bytes())
	}
	runs := map[string]int{}
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		var r struct {
			What                             string
			Count, Errors                    int64
			Lost, Repeated, Reordered        *int64
			Answer, Delivery                 *struct{ P50, P99 float64 }
			PerSecond, ServerCPU, ResidentMB float64
		}
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatalf("%s: %v", lines.Bytes(), err)
		}
		runs[r.What]++
		if r.Count == 0 || r.Errors != 0 || r.Answer == nil || r.Answer.P50 <= 0 || r.PerSecond <= 0 || r.ResidentMB <= 0 {
			t.Errorf("result %s", lines.Bytes())
		}
		if r.What == "message" && (r.Delivery == nil || r.Lost == nil || *r.Lost+*r.Repeated+*r.Reordered != 0) {
			t.Errorf("result %s", lines.Bytes())
		}
	}
	if runs["message"] != 3 || runs["start"] != 1 { // eight chats twice
		t.Errorf("results: %v\n%s", runs, out)
	}
	if err := harness.Command(t, "bench", "--endpoint", "http://192.0.2.1:8080").Run(); err == nil {
		t.Error("another machine was loaded")
	}
}
