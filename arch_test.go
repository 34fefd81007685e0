package parley_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

const module = "github.com/openparley/parley/"

// rooms says which of our packages each package may import, and why no other. A trailing /... stands for the package and all
// below it. Tests of a package may import what they need.
var rooms = map[string]struct {
	may []string
	why string
}{
	"api/wire":          {nil, "the protocol knows no operation: both services stand on it"},
	"api/connect":       {[]string{"api/wire", "api/connect/types"}, "a program that calls Amazon Connect gets no server with it"},
	"api/connect/types": {[]string{"api/wire"}, "shapes and errors alone, so that everybody can use them"},
	"api/parley": {
		[]string{"api/wire", "api/connect", "api/connect/types", "api/participant/types"}, "a program that exports or erases gets no server with it",
	},
	"api/participant":       {[]string{"api/wire", "api/participant/types"}, "a program that chats gets no server with it"},
	"api/participant/types": {[]string{"api/wire"}, "shapes and errors alone, so that everybody can use them"},
	"chat":                  {[]string{"api/..."}, "a program that chats gets no server with it"},
	"internal/arn":          {nil, "names are text"},
	"internal/auth":         {[]string{"api/wire"}, "it verifies and signs; who exists is told to it"},
	"internal/bus":          {nil, "it carries bytes between nodes and may lose them"},
	"internal/clock":        {nil, "time depends on nothing"},
	"internal/flow":         {nil, "same flow, state and input, same effects: center applies them"},
	"internal/hours":        {nil, "same calendar and time, same answer"},
	"internal/estimate":     {nil, "same numbers, same answer: who reads and who decides say the same"},
	"internal/store":        {nil, "rows know no rules"},
	"internal/offer":        {nil, "what clients can show; who sends it is told elsewhere"},
	"internal/view":         {[]string{"internal/arn"}, "what can be shown; who made it and who sees it is told elsewhere"},
	"internal/blob":         {[]string{"internal/arn"}, "it keeps bytes under names and knows no chat"},
	"internal/blob/blobtest": {
		[]string{"internal/blob"}, "what every form must do says nothing of what it is used for",
	},
	"internal/store/storetest": {
		[]string{"internal/store"}, "what every store must do says nothing of what it is used for",
	},
	"internal/job": {[]string{"internal/clock", "internal/store"}, "it knows when, center knows what"},

	"internal/webhook": {nil, "it posts what it is given"},
	"internal/stream":  {[]string{"internal/webhook"}, "it tells; what happened is not its matter"},
	"internal/lambda":  {[]string{"internal/webhook"}, "it calls; what for is not its matter"},
	"internal/bot":     {nil, "what bots are asked; who asks, and how they are reached, is the matter of others"},
	"internal/lex":     {[]string{"internal/bot", "internal/webhook"}, "it asks; what for is not its matter"},
	"internal/llm":     {[]string{"internal/bot"}, "it asks; what for is not its matter"},
	"internal/llm/llmtest": {
		nil, "a model of a test says what it is told to say",
	},
	"internal/outbox": {[]string{"api/...", "internal/job", "internal/reply", "internal/store", "internal/stream"}, "it tells what the rows say, not why"},
	"internal/lambda/host": {
		nil, "it runs programs; who calls them is not its matter",
	},
	"internal/reply": {
		[]string{"api/connect/types", "internal/arn", "internal/store"}, "how rooms answer; what they answer is theirs",
	},
	"internal/center": {
		[]string{"api/...", "internal/arn", "internal/auth", "internal/bot", "internal/bus", "internal/estimate", "internal/flow", "internal/hours", "internal/job", "internal/offer", "internal/reply", "internal/store", "internal/view"},
		"rules see requests, rows and flows, never sockets, HTTP or clocks; of job only that one comes too early",
	},
	"internal/admin": {
		[]string{"api/...", "internal/arn", "internal/flow", "internal/hours", "internal/reply", "internal/store", "internal/testcase", "internal/view"},
		"configuration does not touch live contacts",
	},
	"internal/retention": {
		[]string{"api/...", "internal/reply", "internal/store"}, "what to let go is in the rows; files and live chats are left to who knows them",
	},
	"internal/report": {
		[]string{"api/...", "internal/arn", "internal/diagram", "internal/estimate", "internal/flow", "internal/reply", "internal/store"},
		"what is read and not changed needs no rules; of flow only what a contact runs and where it stands",
	},
	"internal/gateway": {
		[]string{"api/wire", "api/participant/...", "internal/auth", "internal/bus"}, "sockets carry items; whoever wrote them decided",
	},
	"internal/diagram": {[]string{"internal/flow"}, "a picture shows what a flow says; runs are told to it"},
	"internal/play":    {[]string{"api/..."}, "a play speaks to a server as clients do"},
	"internal/stage":   {[]string{"api/...", "internal/clock", "internal/server"}, "a server as others start it, with its clock in hand"},
	"internal/bench":   {[]string{"api/..."}, "load comes through the front door"},
	"internal/rehearse": {
		[]string{"api/...", "internal/flow", "internal/mock", "internal/server", "internal/stage"}, "it sets the scene; who speaks is told to it",
	},
	"internal/mock": {[]string{"internal/offer"}, "it stands in for others and knows no contact centre"},
	"internal/testcase": {
		[]string{"api/...", "internal/flow"}, "a test case speaks to a server as clients do; of flow only what stands in for the world",
	},
	"internal/suite": {
		[]string{"api/parley", "internal/diagram", "internal/flow", "internal/mock", "internal/play", "internal/rehearse", "internal/server", "internal/testcase"},
		"it tries what is written down; files and results are the matter of who asks",
	},
	"internal/signin": {nil, "an identity provider knows no chats"},
	"internal/portable": {
		[]string{"api/connect/...", "internal/flow"}, "it asks any instance through the front door, Amazon's too",
	},
	"internal/fault": {nil, "it decides what goes wrong; who makes it so knows what that is"},
	"parleytest": {
		[]string{"api/...", "internal/fault", "internal/mock", "internal/play", "internal/rehearse", "internal/server", "internal/suite"},
		"a test of others takes the house as it is",
	},
	"internal/server": {
		[]string{"api/...", "internal/...", "web/..."}, "it assembles the house, and so does not import who uses it",
	},
	"cmd/parley": {[]string{"api/...", "chat", "internal/...", "web/..."}, "the end of all arrows"},
	"web":        {nil, "built files"},
}

// outside says which packages of others only some of ours may import.
var outside = map[string]struct {
	may []string
	why string
}{
	"database/sql":                         {[]string{"internal/store/..."}, "SQL stands in one place"},
	"modernc.org/sqlite":                   {[]string{"internal/store/..."}, "engines stand behind one store"},
	"github.com/jackc/pgx/v5":              {[]string{"internal/store/..."}, "engines stand behind one store"},
	"github.com/nats-io/nats.go":           {[]string{"internal/bus", "internal/stream"}, "other nodes are reached over the bus, other programs through stream"},
	"github.com/gorilla/websocket":         {[]string{"internal/gateway"}, "sockets have one owner"},
	"net/http":                             {[]string{"api/...", "chat", "internal/auth", "internal/blob/...", "internal/gateway", "internal/server", "internal/play", "internal/stage", "internal/rehearse", "internal/mock", "internal/bench", "parleytest", "internal/signin", "internal/webhook", "internal/stream", "internal/lambda/...", "internal/lex", "internal/llm/...", "cmd/parley", "web"}, "rules do not know how they are asked"},
	"math/rand":                            {nil, "math/rand/v2 took its place"},
	"math/rand/v2":                         {[]string{"chat", "internal/bench", "internal/fault", "internal/gateway", "internal/flow", "internal/store/storetest"}, "chance comes from a seed in the row"},
	"github.com/prometheus/client_golang":  {[]string{"internal/server"}, "rooms hand out numbers, the server exports them"},
	"github.com/alecthomas/kong":           {[]string{"cmd/parley"}, "flags end in cmd"},
	"github.com/goccy/go-yaml":             {[]string{"cmd/parley", "internal/server", "internal/mock"}, "configuration reaches the rooms as values"},
	"os":                                   {[]string{"api/wire", "internal/blob/...", "internal/store", "internal/server", "internal/play", "internal/bench", "internal/store/storetest", "internal/lambda/host", "internal/stage", "parleytest", "cmd/parley", "web"}, "files and environment are read at the edge"},
	"github.com/aws/aws-sdk-go-v2/service": {[]string{"internal/blob", "internal/stream", "internal/lambda"}, "services of Amazon are reached through the rooms of the outside"},

	"github.com/aws/aws-sdk-go-v2/service/connect":     {nil, "the official module belongs to conformance"},
	"github.com/aws/aws-sdk-go-v2/service/s3":          {[]string{"internal/blob"}, "files are the matter of blob"},
	"github.com/aws/aws-sdk-go-v2/service/sns":         {[]string{"internal/stream"}, "telling is the matter of stream"},
	"github.com/aws/aws-sdk-go-v2/service/eventbridge": {[]string{"internal/stream"}, "telling is the matter of stream"},
	"github.com/aws/aws-sdk-go-v2/service/kinesis":     {[]string{"internal/stream"}, "telling is the matter of stream"},
	"github.com/aws/aws-sdk-go-v2/service/firehose":    {[]string{"internal/stream"}, "telling is the matter of stream"},
	"github.com/aws/aws-sdk-go-v2/service/lambda":      {[]string{"internal/lambda"}, "calling functions is the matter of lambda"},
	"github.com/aws/aws-sdk-go-v2/config":              {[]string{"internal/server", "cmd/parley"}, "keys and environment are read at the edge"},
	"github.com/aws/aws-sdk-go-v2/credentials":         {[]string{"internal/server"}, "keys and environment are read at the edge"},
}

// clocks says who may read the machine's clock or wait on it. All others get the time with the transaction, so that virtual time
// moves them.
var clocks = map[string]string{
	"internal/clock":   "it is the clock",
	"api/wire":         "a client signs with the time of its machine",
	"internal/auth":    "signatures are fresh or not by the time of the machine",
	"chat":             "heartbeats, pauses before reconnecting, expiry of tokens",
	"internal/bus":     "reconnecting to other nodes",
	"internal/gateway": "deadlines of sockets and heartbeats",
	"internal/server":  "durations for log and metrics, freshness of signatures, shutdown",
	"internal/bench":   "it measures",
	"internal/store":   "lock waits of the database",
	"internal/stage":   "deadlines of connections within the process",
	"internal/lex":     "Amazon compares the time of a signature with that of its machines",
	"internal/webhook": "receivers compare the time of a signature with that of their machines",
	"internal/stream":  "how long ago NATS was asked for a stream",
	"cmd/parley":       "watching files, start and stop",
	"parleytest":       "waiting for a program that acts in the time of the machine",

	"internal/lambda/host":     "deadlines of functions, and pauses before they start again",
	"internal/blob/blobtest":   "waiting for an S3 server to start",
	"internal/store/storetest": "waiting for a database server to start",
}

func load(t *testing.T, mode packages.LoadMode) []*packages.Package {
	t.Helper()
	pkgs, err := packages.Load(&packages.Config{Context: t.Context(), Mode: mode}, "./...")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pkgs {
		for _, e := range p.Errors {
			t.Fatalf("%s: %v", p.PkgPath, e)
		}
	}
	return slices.DeleteFunc(pkgs, func(p *packages.Package) bool { return len(p.GoFiles) == 0 })
}

func within(path string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		root, deep := strings.CutSuffix(pattern, "/...")
		return path == root || deep && strings.HasPrefix(path, root+"/")
	})
}

func TestImportsPointOneWay(t *testing.T) {
	for _, p := range load(t, packages.NeedName|packages.NeedFiles|packages.NeedImports) {
		name := strings.TrimPrefix(p.PkgPath, module)
		room, ok := rooms[name]
		if !ok {
			t.Errorf("%s has no place in the table of rooms", name)
			continue
		}
		for path := range p.Imports {
			if ours, ok := strings.CutPrefix(path, module); ok {
				if !within(ours, room.may) {
					t.Errorf("%s imports %s: %s", name, ours, room.why)
				}
				continue
			}
			for ban, except := range outside {
				if (path == ban || strings.Contains(ban, ".") && strings.HasPrefix(path, ban+"/")) && !within(name, except.may) {
					t.Errorf("%s imports %s: %s", name, path, except.why)
				}
			}
		}
	}
}

// TestNoCgo keeps `go run` working without a C compiler.
func TestNoCgo(t *testing.T) {
	list := exec.CommandContext(t.Context(), "go", "list", "-deps",
		"-f", "{{if and .CgoFiles (not .Standard)}}{{.ImportPath}}{{end}}", "./...")
	list.Env = append(os.Environ(), "CGO_ENABLED=1", "GOOS=linux", "GOFLAGS=")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	if names := strings.Fields(string(out)); len(names) > 0 {
		t.Errorf("these need cgo: %v", names)
	}
}

func TestOnePackageCommentPerPackage(t *testing.T) {
	fset := token.NewFileSet()
	for _, p := range load(t, packages.NeedName|packages.NeedFiles) {
		var commented []string
		for _, file := range p.GoFiles {
			f, err := parser.ParseFile(fset, file, nil, parser.PackageClauseOnly|parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			if f.Doc != nil {
				commented = append(commented, file)
			}
		}
		if len(commented) != 1 {
			t.Errorf("%s has %d package comments, want one: %v", p.PkgPath, len(commented), commented)
		}
	}
}

func TestOnlyTheClockReadsTheClock(t *testing.T) {
	reading := []string{"Now", "Since", "Until", "After", "AfterFunc", "NewTimer", "NewTicker", "Tick", "Sleep"}
	used := map[string]bool{}
	fset := token.NewFileSet()
	for _, p := range load(t, packages.NeedName|packages.NeedFiles) {
		name := strings.TrimPrefix(p.PkgPath, module)
		for _, file := range p.GoFiles {
			f, err := parser.ParseFile(fset, file, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for n := range ast.Preorder(f) {
				sel, ok := n.(*ast.SelectorExpr)
				if !ok {
					continue
				}
				if x, ok := sel.X.(*ast.Ident); !ok || x.Name != "time" || !slices.Contains(reading, sel.Sel.Name) {
					continue
				}
				used[name] = true
				if _, may := clocks[name]; !may {
					t.Errorf("%v: time.%s: take the time from the transaction", fset.Position(sel.Pos()), sel.Sel.Name)
				}
			}
		}
	}
	for name := range clocks {
		if !used[name] {
			t.Errorf("%s does not read the clock any more: strike it from the list", name)
		}
	}
}

// TestFuzzTargetsHaveSeeds: a target without seeds starts from nothing each time.
func TestFuzzTargetsHaveSeeds(t *testing.T) {
	count := 0
	fset := token.NewFileSet()
	for _, p := range load(t, packages.NeedName|packages.NeedFiles) {
		files, err := filepath.Glob(filepath.Join(p.Dir, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			f, err := parser.ParseFile(fset, file, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range f.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if !ok || !strings.HasPrefix(fn.Name.Name, "Fuzz") {
					continue
				}
				count++
				seeded := false
				for n := range ast.Preorder(fn) {
					sel, ok := n.(*ast.SelectorExpr)
					seeded = seeded || ok && sel.Sel.Name == "Add"
				}
				if stored, _ := os.ReadDir(filepath.Join(p.Dir, "testdata", "fuzz", fn.Name.Name)); !seeded && len(stored) == 0 {
					t.Errorf("%s.%s has no seeds", p.PkgPath, fn.Name.Name)
				}
			}
		}
	}
	if count < 8 {
		t.Errorf("%d fuzz targets were found", count)
	}
}
