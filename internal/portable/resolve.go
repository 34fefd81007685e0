package portable

import (
	"context"

	"github.com/openparley/parley/internal/flow"
)

// Resolve puts the ids and ARNs of an instance in the place of the names in a flow. more are flows that are going to be there, ARNs by
// name. What can not be found stays and comes back as problems, for whoever wants to try a flow out
// all the same. A content that is no flow stays as it is.
func Resolve(ctx context.Context, in *Instance, file, content string, more map[string]string) (resolved string, problems []Problem, err error) {
	if _, err := flow.Parse(content); err != nil {
		return content, nil, nil
	}
	c, err := readCatalog(ctx, in)
	if err != nil {
		return "", nil, err
	}
	for name, arn := range more {
		if c.byName[flow.ContactFlow][name] == nil {
			c.add(&entry{kind: flow.ContactFlow, name: name, id: arn, arn: arn})
		}
	}
	resolved, err = rewriteFlow(content, func(n flow.Name) string {
		text, problem, doubt := c.meant(n)
		for _, message := range []string{problem, doubt} {
			if message != "" {
				problems = append(problems, Problem{file, problemAt(n, message)})
			}
		}
		if problem != "" {
			return n.Text
		}
		n.Text = text
		return c.textOf(n)
	})
	return resolved, problems, err
}
