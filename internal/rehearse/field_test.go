package rehearse_test

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/openparley/parley/api/parley"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/internal/mock"
	"github.com/openparley/parley/internal/play"
	"github.com/openparley/parley/internal/rehearse"
)

// TestRandomCustomers has somebody talk to flows that others have written, in an order that chance decides: each must come to an end. The
// flows are those in testdata, or those in the folder that PARLEY_FLOW_CORPUS names; PARLEY_TEST_SEED repeats a walk.
func TestRandomCustomers(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("PARLEY_TEST_SEED"); s != "" {
		var err error
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("PARLEY_TEST_SEED=%d", seed)
	dirs := []string{"../flow/testdata/flows", "../flow/testdata/older", "../admin/flows"}
	if dir := os.Getenv("PARLEY_FLOW_CORPUS"); dir != "" {
		dirs = append(dirs, dir, filepath.Join(dir, "legacy"))
	}
	var counts walked
	t.Run("flows", func(t *testing.T) {
		for _, dir := range dirs {
			paths, err := filepath.Glob(filepath.Join(dir, "*.json"))
			if err != nil || len(paths) == 0 {
				t.Fatalf("no flows in %s: %v", dir, err)
			}
			for _, path := range paths {
				t.Run(filepath.Base(path), func(t *testing.T) {
					t.Parallel()
					counts.walk(t, path, seed)
				})
			}
		}
	})
	t.Logf("%d flows walked to an end with %d actions, %d that can not be published", counts.ended, counts.actions, counts.refused)
}

type walked struct {
	mu                      sync.Mutex
	ended, actions, refused int
}

func (w *walked) walk(t *testing.T, path string, seed uint64) {
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	h := fnv.New64a()
	fmt.Fprint(h, path)
	c := &customer{t: t, chance: rand.New(rand.NewPCG(seed, h.Sum64()))}
	c.house, err = rehearse.Open(t.Context(), rehearse.Options{
		Files: []rehearse.File{{Path: path, Name: "field", Content: string(content)}}, Ask: c.function, Hear: c.bot,
		Start: time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC),
	})
	if err != nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.refused++
		t.Logf("not published: %v", err)
		return
	}
	t.Cleanup(func() {
		if err := c.house.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	if c.play, err = play.Begin(t.Context(), nil, c.house, play.Options{Item: c.see, Asks: true}); err != nil {
		t.Fatal(err)
	}
	defer c.play.Close()
	c.talk()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended++
	w.actions += c.actions()
}

// customer talks at random.
type customer struct {
	t     *testing.T
	house *rehearse.House
	play  *play.Performance

	mu      sync.Mutex
	chance  *rand.Rand
	view    bool
	choices []string
}

func (c *customer) n(n int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.chance.IntN(n)
}

// function answers what chance says: the tests of a flow look for few words.
func (c *customer) function(mock.Call) (mock.Reply, bool) {
	switch c.n(6) {
	case 0:
		return mock.Reply{}, false
	case 1:
		return mock.Reply{Error: "Broken"}, true
	case 2:
		return mock.Reply{Returns: []any{1, nil}}, true
	}
	return mock.Reply{Returns: map[string]any{
		"status": []string{"true", "false", "ok", "CHAT"}[c.n(4)], "result": strconv.Itoa(c.n(3)), "message": "From the function", "nested": map[string]any{"a": c.n(2)},
	}}, true
}

func (c *customer) bot(string, string, string) (mock.Turn, bool) {
	switch c.n(5) {
	case 0:
		return mock.Turn{}, false
	case 1:
		return mock.Turn{Error: "DependencyFailedException"}, true
	case 2:
		return mock.Turn{Says: []string{"And then?"}, Intent: "Help"}, true
	case 3:
		return mock.Turn{Intent: "Help", State: "Failed"}, true
	}
	return mock.Turn{Says: []string{"Fine."}, Intent: []string{"Help", "Yes", "FallbackIntent"}[c.n(3)], State: "Fulfilled"}, true
}

func (c *customer) see(actor string, _ time.Duration, it *ptypes.Item) {
	if actor != "customer" || it.Type != ptypes.ChatItemTypeMessage || it.ParticipantRole == ptypes.ParticipantRoleCustomer {
		return
	}
	c.view, c.choices = false, nil
	var m struct {
		TemplateType string
		Data         struct {
			Content struct{ Elements []struct{ Title string } }
		}
	}
	if json.Unmarshal([]byte(*it.Content), &m) == nil {
		c.view = m.TemplateType == "ViewResource"
		for _, e := range m.Data.Content.Elements {
			c.choices = append(c.choices, e.Title)
		}
	}
}

// talk does something thirty times, then waits for the end.
func (c *customer) talk() {
	c.do("customer", "starts field")
	agent := false
	for range 30 {
		if c.play.Over("customer") {
			break
		}
		switch n := c.n(12); {
		case n < 3:
			c.do("customer", "says "+strconv.Quote([]string{"hello", "1", "yes", "", "a\u0000b", strings.Repeat("x", 2000)}[c.n(6)]))
		case n < 5 && len(c.choices) > 0:
			c.do("customer", "says "+strconv.Quote(c.choices[c.n(len(c.choices))]))
		case n < 6:
			c.do("customer", "answers "+[]string{"Next", "Back", "ActionSelected", "Cancel"}[c.n(4)]+` {"FormData":{"a":"b"}}`)
		case n < 7 && !agent:
			agent = true
			c.do("agent", "joins")
		case n < 8 && agent:
			c.do("agent", []string{`says "Hello"`, "leaves"}[c.n(2)])
		case n < 9:
			c.do("customer", "types")
		default:
			c.next()
		}
	}
	for i := 0; !c.play.Over("customer"); i++ {
		if i == 500 {
			c.t.Fatalf("no end after %d waits:\n%s", i, c.script())
		}
		c.next()
	}
}

func (c *customer) do(actor, what string) {
	c.t.Helper()
	now, err := c.house.Now(c.t.Context())
	if err == nil {
		err = c.play.Do(play.Line{At: c.play.Since(now), Actor: actor, Text: what})
	}
	if err != nil {
		c.t.Fatalf("%s %s: %v\n%s", actor, what, err, c.script())
	}
}

func (c *customer) next() {
	c.t.Helper()
	_, _, err := c.house.AdvanceToNext(c.t.Context())
	if err == nil {
		err = c.play.Look()
	}
	if err != nil {
		c.t.Fatalf("let time pass: %v\n%s", err, c.script())
	}
}

// actions is how many the contact's flow log tells of.
func (c *customer) actions() (n int) {
	in := &parley.TraceContactInput{ContactId: new(c.play.ContactID())}
	for *in.ContactId != "" {
		out, err := c.house.Operator().TraceContact(c.t.Context(), in)
		if err != nil {
			c.t.Fatal(err)
		}
		for _, l := range out.Lines {
			if l.Branch == nil {
				n++
			}
		}
		if in.NextToken = out.NextToken; in.NextToken == nil || len(out.Lines) == 0 {
			break
		}
	}
	return n
}

func (c *customer) script() string {
	var b strings.Builder
	for _, l := range c.play.Lines() {
		b.WriteString(l.String() + "\n")
	}
	return b.String()
}
