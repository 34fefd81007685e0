package portable

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/internal/flow"
)

// entry is a resource of an instance by its name.
type entry struct {
	kind, name, id, arn string
	managed             bool // comes with the service
}

// catalog is what an instance calls its resources.
type catalog struct {
	in        *Instance
	arn       place
	byName    map[string]map[string]*entry // kind → name
	byID      map[string]map[string]*entry
	functions map[string]string // ARNs of the functions that flows are offered, by name; empty if there are two
}

// readCatalog asks an instance for the names of what it holds.
func readCatalog(ctx context.Context, in *Instance) (*catalog, error) {
	described, err := in.Client.DescribeInstance(ctx, &connect.DescribeInstanceInput{InstanceId: &in.ID})
	if err != nil {
		return nil, err
	}
	at, _ := parseARN(*described.Instance.Arn)
	c := &catalog{
		in: in, arn: at, byName: map[string]map[string]*entry{}, byID: map[string]map[string]*entry{}, functions: map[string]string{},
	}
	for _, k := range kinds {
		c.byName[k.name], c.byID[k.name] = map[string]*entry{}, map[string]*entry{}
		entries, err := k.list(ctx, in)
		if err != nil {
			return nil, err
		}
		for i := range entries {
			c.add(&entries[i])
		}
	}
	page := &connect.ListLambdaFunctionsInput{InstanceId: &in.ID}
	for {
		out, err := in.Client.ListLambdaFunctions(ctx, page)
		if err != nil {
			return nil, err
		}
		for _, arn := range out.LambdaFunctions {
			if at, ok := parseARN(arn); ok {
				name, _, _ := strings.Cut(strings.TrimPrefix(at.resource, "function:"), ":")
				if other, taken := c.functions[name]; taken && other != arn {
					arn = ""
				}
				c.functions[name] = arn
			}
		}
		if page.NextToken = out.NextToken; page.NextToken == nil {
			return c, nil
		}
	}
}

func (c *catalog) add(e *entry) {
	if there := c.byName[e.kind][e.name]; there == nil || e.managed || !there.managed {
		c.byName[e.kind][e.name] = e
	}
	if e.id != "" {
		c.byID[e.kind][e.id] = e
	}
}

// place is an ARN in parts.
type place struct{ partition, service, region, account, resource string }

func parseARN(s string) (p place, ok bool) {
	parts := strings.SplitN(s, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" {
		return place{}, false
	}
	return place{parts[1], parts[2], parts[3], parts[4], parts[5]}, true
}

func (p place) String() string {
	return strings.Join([]string{"arn", p.partition, p.service, p.region, p.account, p.resource}, ":")
}

// resourceOf splits the ARN of a resource of any instance.
func (p place) resourceOf() (instance, kind, id string, ok bool) {
	if name, ok := strings.CutPrefix(p.resource, "view/"); ok && p.service == "connect" && p.account == "aws" {
		return "", flow.View, name, true
	}
	rest, ok := strings.CutPrefix(p.resource, "instance/")
	parts := strings.SplitN(rest, "/", 3)
	if p.service != "connect" || !ok || len(parts) != 3 {
		return "", "", "", false
	}
	return parts[0], parts[1], parts[2], true
}

// mine reports whether an ARN names a resource of this instance, or one that comes with the service.
func (c *catalog) mine(p place) bool {
	instance, _, _, ok := p.resourceOf()
	if p.account == "aws" {
		return ok
	}
	return ok && p.account == c.arn.account && p.region == c.arn.region && "instance/"+instance == c.arn.resource
}

// lookup finds what a text in a file means: a name, or an id, with a qualifier behind it or not (":$LATEST", ":3").
func (c *catalog) lookup(kind, text string) (e *entry, qualifier string) {
	if e := c.byName[kind][text]; e != nil {
		return e, ""
	}
	if e := c.byID[kind][text]; e != nil {
		return e, ""
	}
	if at := strings.LastIndexByte(text, ':'); at > 0 {
		if e := c.byName[kind][text[:at]]; e != nil {
			return e, text[at:]
		}
		return c.byID[kind][text[:at]], text[at:]
	}
	return nil, ""
}

// nameOf is what a text of this instance is called in a file. A text that would mean something else there stays.
func (c *catalog) nameOf(n flow.Name) string {
	name := n.Text
	at, isARN := parseARN(n.Text)
	switch {
	case n.Kind == flow.Function || n.Kind == flow.Bot:
		name = shortName(n.Kind, at, name)
	case n.Kind == "":
		name = c.anywhere(at, name)
	default:
		id := n.Text
		if isARN {
			_, kind, of, _ := at.resourceOf()
			if !c.mine(at) || kind != n.Kind {
				return n.Text
			}
			id = of
		}
		if e, qualifier := c.lookup(n.Kind, id); e != nil {
			name = e.name + qualifier
		}
	}
	if c.same(n.Kind, n.Text, c.textOf(flow.Name{Kind: n.Kind, Text: name})) {
		return name
	}
	return n.Text
}

// same reports whether two texts mean the same in this instance.
func (c *catalog) same(kind, a, b string) bool {
	if a == b {
		return true
	}
	x, of := c.lookup(kind, c.bare(a))
	y, and := c.lookup(kind, c.bare(b))
	return x != nil && x == y && of == and
}

// bare is the id in an ARN of this instance.
func (c *catalog) bare(text string) string {
	if at, ok := parseARN(text); ok && c.mine(at) {
		_, _, id, _ := at.resourceOf()
		return id
	}
	return text
}

// textOf is what this instance calls what a file names: its ARN. What can not be found stays.
func (c *catalog) textOf(n flow.Name) string {
	switch n.Kind {
	case flow.Function:
		name, qualifier, _ := strings.Cut(n.Text, ":")
		if !functionName.MatchString(n.Text) {
			return n.Text
		}
		if arn := c.functions[name]; arn != "" && qualifier == "" {
			return arn
		}
		return place{c.arn.partition, "lambda", c.arn.region, c.arn.account, "function:" + n.Text}.String()
	case flow.Bot:
		if !botName.MatchString(n.Text) {
			return n.Text
		}
		bot, alias, ok := strings.Cut(n.Text, "/")
		if !ok {
			alias = bot
		}
		return place{c.arn.partition, "lex", c.arn.region, c.arn.account, "bot-alias/" + bot + "/" + alias}.String()
	case "":
		return c.here(n.Text)
	}
	if _, isARN := parseARN(n.Text); isARN {
		return n.Text
	}
	e, qualifier := c.lookup(n.Kind, n.Text)
	switch {
	case e == nil:
		return n.Text
	case e.managed && qualifier == "":
		return e.id
	}
	return e.arn + qualifier
}

var (
	functionName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,140}(:[a-zA-Z0-9_$-]+)?$`)
	botName      = regexp.MustCompile(`^[0-9a-zA-Z_-]{1,100}(/[0-9a-zA-Z_-]{1,100})?$`)
)

// shortName is the name in the ARN of a function ("NAME", "NAME:ALIAS") or of the alias of a bot ("BOT/ALIAS", or "NAME" for both).
func shortName(kind string, at place, text string) string {
	if name, ok := strings.CutPrefix(at.resource, "function:"); ok && kind == flow.Function {
		return name
	}
	if name, ok := strings.CutPrefix(at.resource, "bot-alias/"); ok && kind == flow.Bot {
		if bot, alias, _ := strings.Cut(name, "/"); bot == alias {
			return bot
		}
		return name
	}
	return text
}

// elsewhere are the words that stand in files for the parts of an ARN that each instance has of its own, where a name alone would not be
// known for one.
var elsewhere = place{"aws", "connect", "REGION", "ACCOUNT", "instance/INSTANCE/"}

// anywhere writes an ARN of this instance, its functions or its bots so that it is known for one in another instance.
func (c *catalog) anywhere(at place, text string) string {
	_, kind, id, ok := at.resourceOf()
	switch {
	case at.region != c.arn.region || at.account != c.arn.account:
		return text
	case at.service == "lambda" || at.service == "lex":
		at.region, at.account = elsewhere.region, elsewhere.account
		return at.String()
	case ok && c.mine(at):
		e, qualifier := c.lookup(kind, id)
		if e == nil {
			return text
		}
		return elsewhere.String() + kind + "/" + e.name + qualifier
	}
	return text
}

// here is the way back.
func (c *catalog) here(text string) string {
	at, _ := parseARN(text)
	if at.region != elsewhere.region || at.account != elsewhere.account {
		return text
	}
	if at.service != "connect" {
		at.region, at.account = c.arn.region, c.arn.account
		return at.String()
	}
	_, kind, name, _ := at.resourceOf()
	if e, qualifier := c.lookup(kind, name); e != nil {
		return e.arn + qualifier
	}
	return text
}

// meant finds what a file means with a text. It returns the text as it is called in files, or what is wrong with it. doubt is what the
// reader should know about a text that stays.
func (c *catalog) meant(n flow.Name) (text, problem, doubt string) {
	noun := nouns[n.Kind]
	at, isARN := parseARN(n.Text)
	switch {
	case n.Kind == "":
		return c.meantAnywhere(at, n.Text)
	case n.Kind == flow.Function || n.Kind == flow.Bot:
		return c.meantOutside(n, at, isARN)
	case kindOf(n.Kind) == nil: // nobody can list these
		if isARN && !c.mine(at) {
			doubt = fmt.Sprintf("%s is a %s of another instance: it stays as it is", n.Text, noun)
		}
		return n.Text, "", doubt
	case isARN && !c.mine(at):
		_, kind, id, _ := at.resourceOf()
		if e := c.byName[n.Kind][n.Shown]; e != nil && kind == n.Kind {
			_, qualifier, versioned := strings.Cut(id, ":")
			if versioned {
				return e.name + ":" + qualifier, "", ""
			}
			return e.name, "", ""
		}
		return "", c.foreign(n, noun), ""
	case isARN:
		_, kind, id, _ := at.resourceOf()
		if e, _ := c.lookup(n.Kind, id); e == nil || kind != n.Kind {
			return "", fmt.Sprintf("This instance has no %s with the ARN %s", noun, n.Text), ""
		}
		return c.nameOf(n), "", ""
	}
	if e, qualifier := c.lookup(n.Kind, n.Text); e != nil {
		if e.id == "" && qualifier != "" && qualifier != ":$LATEST" && qualifier != saved {
			return "", fmt.Sprintf("The %s %q is new here and has no version or alias %q: name %s:$LATEST, or make the version first",
				noun, e.name, qualifier[1:], e.name), ""
		}
		return c.nameOf(n), "", ""
	}
	if e := c.byName[n.Kind][n.Shown]; e != nil {
		return e.name, "", ""
	}
	return "", fmt.Sprintf("There is no %s %q: %s", noun, n.Text, remedy(n.Kind)), ""
}

func (c *catalog) foreign(n flow.Name, noun string) string {
	if n.Shown == "" {
		return fmt.Sprintf("%s is a %s of another instance, and the file does not tell its name: write the name in place of the ARN", n.Text, noun)
	}
	return fmt.Sprintf("%s is %s %q of another instance, and there is none of that name here: %s", n.Text, noun, n.Shown, remedy(n.Kind))
}

// remedy is what can be done about a name that nothing has.
func remedy(kind string) string {
	const create = "make one, or bring it along in a folder that \"parley flow export\" has written"
	if kind == flow.ContactFlow || kind == flow.FlowModule {
		return "add its file, or write the name of one that is there"
	}
	return create
}

func (c *catalog) meantAnywhere(at place, s string) (text, problem, doubt string) {
	_, kind, name, ok := at.resourceOf()
	switch {
	case at.region == elsewhere.region && ok:
		if e, _ := c.lookup(kind, name); e == nil {
			return "", fmt.Sprintf("There is no %s %q: %s", nouns[kind], name, remedy(kind)), ""
		}
	case ok && !c.mine(at):
		doubt = fmt.Sprintf("%s belongs to another instance: it stays as it is", s)
	}
	return c.nameOf(flow.Name{Text: s}), "", doubt
}

func (c *catalog) meantOutside(n flow.Name, at place, isARN bool) (text, problem, doubt string) {
	noun := nouns[n.Kind]
	form := functionName
	if n.Kind == flow.Bot {
		form = botName
	}
	if !isARN {
		if !form.MatchString(n.Text) {
			return "", fmt.Sprintf("%q is neither the name nor the ARN of a %s", n.Text, noun), ""
		}
		return n.Text, "", ""
	}
	name := c.nameOf(n)
	if name != n.Text {
		return name, "", ""
	}
	if short := shortName(n.Kind, at, n.Text); n.Kind == flow.Function && c.functions[short] != "" {
		return short, "", ""
	}
	if at.region != c.arn.region || at.account != c.arn.account {
		doubt = fmt.Sprintf("%s is a %s of another account or Region: it stays as it is; the name alone would mean the one beside this instance", n.Text, noun)
	}
	return n.Text, "", doubt
}
