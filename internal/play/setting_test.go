package play

import (
	"strings"
	"testing"
	"time"
)

// TestSettings: comments that say something to the runner are read, or refused; sentences are let be.
func TestSettings(t *testing.T) {
	t.Parallel()
	p, err := Parse([]byte("# at noon, or seen by whoever is there\n# at 2026-12-24T18:00:00Z\n# seen by customer\n# times within 10s\n0s - end\n"))
	if err != nil || !p.At.Equal(time.Date(2026, 12, 24, 18, 0, 0, 0, time.UTC)) || p.SeenBy != "customer" || p.Within != 10*time.Second || len(p.About) != 4 {
		t.Errorf("%+v, %v", p, err)
	}
	for _, bad := range []string{"# at yesterday", "# times within reason", "# times within -1s"} {
		if _, err := Parse([]byte("\n" + bad + "\n0s - end\n")); err == nil || !strings.HasPrefix(err.Error(), "line 2: "+bad[2:]) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
