package suite

import "context"

func (c *Case) test(ctx context.Context, r *Result) { r.fail(0, "test cases are not run yet") }
