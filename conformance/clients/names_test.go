package clients_test

import (
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// leftOut are the names of the official module that ours has not, as docs/clients.md says: another scheme of
// authentication can not be chosen, and nothing is known of endpoints but through EndpointResolverV2.
var leftOut = []string{
	"AuthResolverParameters", "AuthSchemeResolver", "NewDefaultEndpointResolver", "Options.AuthSchemePreference",
	"Options.AuthSchemeResolver", "Options.AuthSchemes", "Options.GetIdentityResolver", "ResolveEndpoint",
}

// Whatever the official module has for an operation that is ours too, ours has by the same name and of the same type.
func TestNamesAreThoseOfTheOfficialModule(t *testing.T) {
	const official, ours = "github.com/aws/aws-sdk-go-v2/service/connect", "github.com/openparley/parley/api/connect"
	p := load(t, official, official+"/types", ours, ours+"/types", "github.com/openparley/parley/api/participant")
	c := comparison{official: p[0].Scope(), ours: p[2].Scope(), qualifier: func(q *types.Package) string {
		switch path := q.Path(); path {
		case official, ours, "github.com/openparley/parley/api/wire":
			return ""
		case official + "/types", ours + "/types":
			return "types"
		default:
			return path
		}
	}}
	c.operations = methods(c.ours.Lookup("Client").Type())
	all := methods(c.official.Lookup("Client").Type())
	for _, name := range c.official.Names() {
		if op := operationOf(name, all); token.IsExported(name) && (op == "" || slices.Contains(c.operations, op)) {
			c.object(c.official.Lookup(name), c.ours.Lookup(name))
			// The official module of the Participant Service, which not everybody can load, has the same beside its operations.
			if op == "" && c.ours.Lookup(name) != nil && p[4].Scope().Lookup(name) == nil {
				t.Errorf("participant has no %s", name)
			}
		}
	}
	slices.Sort(c.missing)
	if d := cmp.Diff(leftOut, c.missing); d != "" {
		t.Errorf("missing (-known +found):\n%s", d)
	}

	c.missing = nil
	c.official, c.ours = p[1].Scope(), p[3].Scope()
	for _, name := range c.official.Names() {
		o := c.official.Lookup(name)
		if k, ok := o.(*types.Const); ok { // of an enum
			if n, ok := k.Type().(*types.Named); ok && c.ours.Lookup(n.Obj().Name()) == nil {
				continue
			}
		}
		// Types of operations that are not ours may be missing: those of ours would show as fields.
		if !token.IsExported(name) || c.ours.Lookup(name) == nil && !strings.HasSuffix(name, "Exception") {
			if _, ok := o.(*types.Const); !ok {
				continue
			}
		}
		if name != "FailureReasonCodeIdempotencyException" {
			c.object(o, c.ours.Lookup(name))
		}
	}
	if len(c.missing) > 0 {
		t.Errorf("missing in types: %v", c.missing)
	}
}

// load reads the exported names of packages from what the compiler wrote.
func load(t *testing.T, paths ...string) []*types.Package {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", append([]string{"list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}"}, paths...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	exports := make(map[string]string)
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		exports[path] = file
	}
	from := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	var packages []*types.Package
	for _, path := range paths {
		p, err := from.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
	return packages
}

// operationOf returns the operation that a name belongs to, if it does.
func operationOf(name string, operations []string) string {
	for _, op := range operations {
		rest, ok := strings.CutPrefix(strings.TrimPrefix(name, "New"), op)
		if ok && slices.Contains([]string{"Input", "Output", "Paginator", "PaginatorOptions", "APIClient"}, rest) {
			return op
		}
	}
	return ""
}

func methods(t types.Type) []string {
	var names []string
	for m := range types.NewMethodSet(types.NewPointer(t)).Methods() {
		if m.Obj().Exported() {
			names = append(names, m.Obj().Name())
		}
	}
	return names
}

type comparison struct {
	official, ours *types.Scope
	operations     []string
	qualifier      types.Qualifier
	missing        []string
}

func (c *comparison) object(official, ours types.Object) {
	switch {
	case ours == nil:
		c.missing = append(c.missing, official.Name())
		return
	case c.written(official) != c.written(ours):
		c.missing = append(c.missing, official.Name()+" "+c.written(official)+", not "+c.written(ours))
	}
	if _, ok := official.(*types.TypeName); !ok {
		return
	}
	for _, name := range methods(official.Type()) {
		if official.Name() != "Client" || slices.Contains(c.operations, name) {
			c.member(official, ours, name)
		}
	}
	if s, ok := official.Type().Underlying().(*types.Struct); ok {
		for f := range s.Fields() {
			if f.Exported() {
				c.member(official, ours, f.Name())
			}
		}
	}
}

func (c *comparison) member(official, ours types.Object, name string) {
	theirs, _, _ := types.LookupFieldOrMethod(official.Type(), true, official.Pkg(), name)
	own, _, _ := types.LookupFieldOrMethod(ours.Type(), true, ours.Pkg(), name)
	switch {
	case own == nil:
		c.missing = append(c.missing, official.Name()+"."+name)
	case c.written(theirs) != c.written(own):
		c.missing = append(c.missing, official.Name()+"."+name+" "+c.written(theirs)+", not "+c.written(own))
	}
}

// written writes what an object is: the value of a constant, the type of a variable, a function without the names of its
// parameters, and nothing for a type.
func (c *comparison) written(o types.Object) string {
	switch o := o.(type) {
	case *types.Const:
		return o.Val().ExactString()
	case *types.TypeName:
		return ""
	case *types.Func:
		s := o.Signature()
		return types.TypeString(types.NewSignatureType(nil, nil, nil, nameless(s.Params()), nameless(s.Results()), s.Variadic()), c.qualifier)
	default:
		return types.TypeString(o.Type(), c.qualifier)
	}
}

func nameless(t *types.Tuple) *types.Tuple {
	var vars []*types.Var
	for v := range t.Variables() {
		vars = append(vars, types.NewParam(token.NoPos, nil, "", v.Type()))
	}
	return types.NewTuple(vars...)
}
