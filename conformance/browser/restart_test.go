package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/openparley/parley/conformance/harness"
)

// served is a running `parley serve`.
type served struct {
	Endpoint string

	supervisor *os.Process
	start      func(*testing.T) ids
}

// startServe starts `parley serve` on an SQLite file. Chats are started with the official SDK.
func startServe(t *testing.T) *served {
	t.Helper()
	server := harness.Serve(t, t.TempDir(), "")
	p := &served{Endpoint: server.Endpoint, supervisor: server.Process()}
	client := newClient(p.Endpoint, server.AccessKeyId, server.SecretAccessKey)
	instances, err := client.ListInstances(t.Context(), &connect.ListInstancesInput{})
	if err != nil {
		t.Fatal(err)
	}
	instance := instances.InstanceSummaryList[0].Id
	flows, err := client.ListContactFlows(t.Context(), &connect.ListContactFlowsInput{
		InstanceId: instance, ContactFlowTypes: []types.ContactFlowType{types.ContactFlowTypeContactFlow},
	})
	if err != nil {
		t.Fatal(err)
	}
	welcome := slices.IndexFunc(flows.ContactFlowSummaryList, func(f types.ContactFlowSummary) bool { return *f.Name == "Welcome" })
	p.start = func(t *testing.T) ids {
		t.Helper()
		out, err := client.StartChatContact(t.Context(), &connect.StartChatContactInput{
			InstanceId: instance, ContactFlowId: flows.ContactFlowSummaryList[welcome].Id,
			ParticipantDetails: &types.ParticipantDetails{DisplayName: aws.String("Ana")},
			Attributes:         map[string]string{"topic": "person"},
		})
		if err != nil {
			t.Fatal(err)
		}
		return ids{*out.ContactId, *out.ParticipantId, *out.ParticipantToken}
	}
	return p
}

// worker returns the process that serves: the one child of the supervisor, which may have started it from any of its threads.
func (p *served) worker(t *testing.T) int {
	t.Helper()
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", p.supervisor.Pid))
	if err != nil {
		t.Fatal(err)
	}
	var children []string
	for _, thread := range threads {
		pids, _ := os.ReadFile(thread) // a thread may have ended
		children = append(children, strings.Fields(string(pids))...)
	}
	if len(children) != 1 {
		t.Fatalf("parley serve has the children %v, want one", children)
	}
	pid, err := strconv.Atoi(children[0])
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

var restarts = []struct {
	name string
	do   func(t *testing.T, p *served)
}{
	{"graceful", func(t *testing.T, p *served) {
		if err := p.supervisor.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
	}},
	{"crash", func(t *testing.T, p *served) {
		if err := syscall.Kill(p.worker(t), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}},
}

// A restart must not end the sessions of desktop browsers, which give up for good on a refused port: the listening socket outlives
// the process that serves. Source: participant-wire sheet, 9.5.
func TestChatJSSurvivesRestarts(t *testing.T) {
	for _, restart := range restarts {
		t.Run(restart.name, func(t *testing.T) {
			eachMajor(t, func(t *testing.T, _ string, page *tab) {
				server := startServe(t)
				chat := server.start(t)
				page.begin(server.Endpoint, chat)
				first := js[struct{ Id string }](page, "send('Before the restart')").Id
				before := server.worker(t)

				restart.do(t, server)
				page.until("seen.lost > 0")
				page.until("seen.pings > %d", js[int](page, "seen.pings"))
				if server.worker(t) == before {
					t.Errorf("the worker is still process %d", before)
				}
				other := join(t, server.Endpoint, chat)
				id := other.send(t, "After the restart")
				page.until("seen.items.some((item) => item.Id === %q)", id)

				if broken := js[int](page, "seen.broken + seen.ended"); broken != 0 {
					t.Errorf("the session did not survive: %s", js[string](page, "describe()"))
				}
				all := js[struct{ Ids []string }](page, "transcript()").Ids
				count := map[string]int{}
				for _, id := range all {
					count[id]++
				}
				if count[first] != 1 || count[id] != 1 {
					t.Errorf("the transcript has what was sent before and after %d and %d times, want once", count[first], count[id])
				}
			})
		})
	}
}
