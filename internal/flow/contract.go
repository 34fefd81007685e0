package flow

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// maxBranches is how many branches of its own a module may have. Source: flow sheet, 2.6.
const maxBranches = 8

// Contract is what a module takes, gives back, and branches on. Source: flow sheet, 2.6.
type Contract struct {
	input, result *jsonschema.Schema // nil: nothing
	branches      []string
}

// ReadContract reads the Settings of a module; a module without a contract has {} or nothing. The schemas are JSON Schema, draft 4 unless
// they say otherwise. Problems are what publishing refuses; then there is no contract.
func ReadContract(settings string) (*Contract, []Problem) {
	if settings == "" {
		return &Contract{}, nil
	}
	root, err := readDocument(settings)
	if err != nil {
		bad, _ := errors.AsType[*Invalid](err)
		for i := range bad.Problems {
			bad.Problems[i].Message = strings.Replace(bad.Problems[i].Message, "Content", "Settings", 1)
		}
		return nil, bad.Problems
	}
	c := checker{places: placesOf(settings)}
	contract := &Contract{}
	top := path{"Settings", ""}
	contract.input = c.schema(top.key("input"), root.get("input"))
	contract.result = c.schema(top.key("resultData"), root.get("resultData"))

	transitions := root.get("transitions")
	at := top.key("transitions")
	if transitions != nil && transitions.kind != isObject {
		c.badSetting(at, transitions)
	}
	results := transitions.get("results")
	at = at.key("results")
	if results != nil && (results.kind != isArray || len(results.items) > maxBranches) {
		c.badSetting(at, results)
	}
	for i, n := range results.list() {
		name := n.get("name").word()
		if name == "" || slices.Contains(contract.branches, name) {
			c.badSetting(at.index(i).key("name"), n)
		}
		contract.branches = append(contract.branches, name)
	}
	if c.problems != nil {
		return nil, c.problems
	}
	return contract, nil
}

func (c *checker) badSetting(at path, n *node) {
	c.add(ruleValue, at, n, "Invalid Settings property value. Path: "+at.dotted)
}

// schema reads the schema of an object.
func (c *checker) schema(at path, n *node) *jsonschema.Schema {
	if n == nil {
		return nil
	}
	schema := n.get("schema")
	if schema == nil {
		c.badSetting(at, n)
		return nil
	}
	const url = "https://parley.invalid/schema"
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft4)
	compiler.UseLoader(nowhere{})
	compiler.UseRegexpEngine(tolerant)
	if err := compiler.AddResource(url, schema.plain()); err == nil {
		if compiled, err := compiler.Compile(url); err == nil {
			return compiled
		}
	}
	c.badSetting(at.key("schema"), schema)
	return nil
}

// nowhere is where a schema can refer to outside of itself.
type nowhere struct{}

func (nowhere) Load(url string) (any, error) { return nil, fmt.Errorf("schema %s is not here", url) }

// tolerant takes patterns that only other languages can read: no value is ever matched with them.
func tolerant(pattern string) (jsonschema.Regexp, error) {
	if r, err := regexp.Compile(pattern); err == nil {
		return r, nil
	}
	return regexp.MustCompile(""), nil
}

// plain is a node as encoding/json would decode it, with numbers that keep their text.
func (n *node) plain() any {
	switch n.kind {
	case isObject:
		object := make(map[string]any, len(n.members))
		for _, m := range n.members {
			object[m.name] = m.value.plain()
		}
		return object
	case isArray:
		list := make([]any, len(n.items))
		for i, item := range n.items {
			list[i] = item.plain()
		}
		return list
	case isString:
		return n.text
	case isNumber:
		return json.Number(n.text)
	case isBool:
		return n.text == "true"
	}
	return nil
}

// takes reports whether a schema knows a property of that name. Seen are the schemas that were asked already: they may refer to each other.
func takes(s *jsonschema.Schema, name string, seen map[*jsonschema.Schema]bool) bool {
	if s == nil || seen[s] {
		return false
	}
	seen[s] = true
	if s.Properties[name] != nil || takes(s.Ref, name, seen) {
		return true
	}
	for pattern := range s.PatternProperties {
		if pattern.MatchString(name) {
			return true
		}
	}
	for _, group := range [][]*jsonschema.Schema{s.AllOf, s.AnyOf, s.OneOf} {
		for _, inner := range group {
			if takes(inner, name, seen) {
				return true
			}
		}
	}
	return false
}

// CheckContracts returns what publishing the flow refuses of the modules that it runs and, if it is a module itself, of its own contract:
// input, results and branches that are not declared. own is nil for a flow. of returns the contract of a module by id or ARN, and nil for
// one that is not there, which Check reports. Source: flow sheet, 5.2.
func (f *Flow) CheckContracts(own *Contract, of func(idOrARN string) *Contract) []Problem {
	root, err := readDocument(f.content)
	if err != nil {
		return err.(*Invalid).Problems
	}
	c := checker{places: placesOf(f.content)}
	for i, n := range root.get("Actions").list() {
		at, params := path{}.key("Actions").index(i), n.get("Parameters")
		c.id = n.get("Identifier").word()
		inside := at.key("Parameters")
		switch n.get("Type").word() {
		case "InvokeFlowModule":
			id := params.get("FlowModuleId").word()
			if id == "" || looksLikeReference(id) {
				continue
			}
			if contract := of(id); contract != nil {
				c.declared(inside.key("Input"), params.get("Input"), contract.input)
				c.declaredBranches(at.key("Transitions").key("Conditions"), n.get("Transitions").get("Conditions"), contract)
			}
		case "EndFlowModuleExecution":
			if own == nil {
				continue
			}
			if result := params.get("Result"); result != nil && !slices.Contains(own.branches, result.word()) {
				c.badValue(inside.key("Result"), result)
			}
			c.declared(inside.key("ResultData"), params.get("ResultData"), own.result)
		}
	}
	return c.problems
}

// declared reports the members of an object that a schema does not know.
func (c *checker) declared(at path, object *node, schema *jsonschema.Schema) {
	if object == nil || object.kind != isObject {
		return
	}
	for _, m := range object.members {
		if !takes(schema, m.name, map[*jsonschema.Schema]bool{}) {
			c.add(ruleUnknown, at.key(m.name), m.value, "Invalid Action property name. Path: "+at.key(m.name).dotted)
		}
	}
}

func (c *checker) declaredBranches(at path, conditions *node, contract *Contract) {
	for i, n := range conditions.list() {
		at := at.index(i).key("Condition").key("Operands")
		for k, operand := range n.get("Condition").get("Operands").list() {
			if s, ok := operand.scalar(); ok && !slices.Contains(contract.branches, s) {
				c.badValueOf(ruleBranches, at.index(k), operand)
			}
		}
	}
}
