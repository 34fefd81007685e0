package wire

import (
	"net/url"
	"strings"
)

// Router finds what serves a request. It works on the path as it came, still escaped, so that an escaped slash stays
// inside its label. The zero value is ready; it is safe for concurrent use once the routes are in.
type Router[H any] struct {
	// Base is a path prefix all routes lie under, such as "/connect"; empty for none.
	Base string

	root node[H]
}

// MatchResult says what Match found.
type MatchResult byte

// Results of Router.Match.
const (
	NotFound    MatchResult = iota // no route has this path
	WrongMethod                    // the path is served, by other methods
	Found
)

// node is one step of the paths of all routes.
type node[H any] struct {
	literals map[string]*node[H]
	label    *node[H]
	tail     *node[H] // label that takes the rest of the path
	methods  map[string]*leaf[H]
}

type leaf[H any] struct {
	handler H
	route   Route
	labels  []string
}

// Handle adds a route. A last label whose name ends in Arn takes the rest of the path, since an ARN may come with
// bare slashes. Two routes with the same method and path are a mistake in the program: Handle panics.
func (r *Router[H]) Handle(route Route, h H) {
	n := &r.root
	var labels []string
	parts := strings.Split(strings.TrimPrefix(route.Path, "/"), "/")
	for i, part := range parts {
		name, isLabel := strings.CutPrefix(part, "{")
		if !isLabel {
			n = n.literal(part)
			continue
		}
		name = strings.TrimSuffix(name, "}")
		labels = append(labels, name)
		next := &n.label
		if i == len(parts)-1 && strings.HasSuffix(name, "Arn") {
			next = &n.tail
		}
		if *next == nil {
			*next = new(node[H])
		}
		n = *next
	}
	if other := n.methods[route.Method]; other != nil {
		panic("wire: routes " + other.route.Name + " and " + route.Name + " are the same")
	}
	if n.methods == nil {
		n.methods = make(map[string]*leaf[H])
	}
	n.methods[route.Method] = &leaf[H]{h, route, labels}
}

func (n *node[H]) literal(part string) *node[H] {
	next := n.literals[part]
	if next == nil {
		if n.literals == nil {
			n.literals = make(map[string]*node[H])
		}
		next = new(node[H])
		n.literals[part] = next
	}
	return next
}

// Match finds the route of a request by its method and its escaped path. A literal part of a template goes before a
// label; one slash at the end is passed over. Labels are returned decoded. An ARN with bare slashes is taken as one
// label, as the Haskell client sends it.
func (r *Router[H]) Match(method, rawPath string) (H, Route, Labels, MatchResult) {
	var none H
	path, ok := strings.CutPrefix(rawPath, r.Base)
	if !ok || !strings.HasPrefix(path, "/") {
		return none, Route{}, nil, NotFound
	}
	path = path[1:]
	if len(path) > 1 {
		path = strings.TrimSuffix(path, "/")
	}
	m := match[H]{method: method}
	if !m.walk(&r.root, path, 0) {
		return none, Route{}, nil, m.result
	}
	var labels Labels
	if n := len(m.leaf.labels); n > 0 {
		labels = make(Labels, n)
		for i, name := range m.leaf.labels {
			value, err := url.PathUnescape(m.raw[i])
			if err != nil {
				return none, Route{}, nil, NotFound
			}
			labels[i] = Label{name, value}
		}
	}
	return m.leaf.handler, m.leaf.route, labels, Found
}

// maxLabels is the most labels a route of the model has, with one to spare.
const maxLabels = 4

type match[H any] struct {
	method string
	raw    [maxLabels]string
	leaf   *leaf[H]
	result MatchResult
}

// walk matches the rest of a path below n, where so many labels have been seen.
func (m *match[H]) walk(n *node[H], path string, labels int) bool {
	part, rest, more := strings.Cut(path, "/")
	if next := n.literals[part]; next != nil && m.step(next, rest, more, labels) {
		return true
	}
	if part == "" || labels == maxLabels {
		return false
	}
	if n.label != nil {
		m.raw[labels] = part
		if m.step(n.label, rest, more, labels+1) {
			return true
		}
		for _, arn := range bareARNs(path, part) {
			m.raw[labels] = arn
			rest, more := strings.CutPrefix(path[len(arn):], "/")
			if m.step(n.label, rest, more, labels+1) {
				return true
			}
		}
	}
	if n.tail != nil {
		m.raw[labels] = path
		return m.step(n.tail, "", false, labels+1)
	}
	return false
}

// step goes on below n with the rest of the path, or ends there.
func (m *match[H]) step(n *node[H], rest string, more bool, labels int) bool {
	if more {
		return m.walk(n, rest, labels)
	}
	if n.methods == nil {
		return false
	}
	m.leaf = n.methods[m.method]
	if m.leaf == nil {
		m.result = WrongMethod
	}
	return m.leaf != nil
}

// bareARNs returns the ARNs a path may begin with when its first part is the head of one:
// instance/I, instance/I/kind/id and instance/I/queue/agent/id.
func bareARNs(path, part string) []string {
	if !strings.HasSuffix(part, "instance") || !strings.HasPrefix(part, "arn") {
		return nil
	}
	var arns []string
	end := len(part)
	for i := 1; i < 5 && end < len(path); i++ {
		next := strings.IndexByte(path[end+1:], '/')
		if next < 0 {
			end = len(path)
		} else {
			end += 1 + next
		}
		if i != 2 {
			arns = append(arns, path[:end])
		}
	}
	return arns
}
