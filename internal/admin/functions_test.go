package admin

import (
	"fmt"
	"slices"
	"testing"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
)

func (w *world) offer(function string) error {
	_, err := w.AssociateLambdaFunction(w.t.Context(), &connect.AssociateLambdaFunctionInput{
		InstanceId: new(instanceID), FunctionArn: &function,
	})
	return err
}

func (w *world) withdraw(function string) error {
	_, err := w.DisassociateLambdaFunction(w.t.Context(), &connect.DisassociateLambdaFunctionInput{
		InstanceId: new(instanceID), FunctionArn: &function,
	})
	return err
}

func (w *world) functions(in connect.ListLambdaFunctionsInput) *connect.ListLambdaFunctionsOutput {
	w.t.Helper()
	in.InstanceId = new(scope.Instance(instanceID))
	out, err := w.ListLambdaFunctions(w.t.Context(), &in)
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

func TestLambdaFunctions(t *testing.T) { onBothEngines(t, testLambdaFunctions) }

func testLambdaFunctions(t *testing.T, w *world) {
	if got := w.functions(connect.ListLambdaFunctionsInput{}); got.LambdaFunctions == nil || len(got.LambdaFunctions) != 0 || got.NextToken != nil {
		t.Errorf("a new instance has %+v", got)
	}
	for _, bad := range []string{"scan", "arn:aws:lambda:eu-central-1:111122223333:layer:scan", kinesis, function + "/x", "arn:aws:lambda:eu-central-1:1:function:scan"} {
		wantError[*types.InvalidParameterException](t, bad, w.offer(bad))
	}
	for _, arn := range []string{function, function, function + ":live"} { // twice is once
		if err := w.offer(arn); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{function, function + ":live"}
	if got := w.functions(connect.ListLambdaFunctionsInput{}).LambdaFunctions; !slices.Equal(got, want) {
		t.Errorf("functions %q, want %q", got, want)
	}
	if err := w.withdraw(function); err != nil {
		t.Fatal(err)
	}
	wantError[*types.ResourceNotFoundException](t, "take it back again", w.withdraw(function))
	for i := 1; i < maxFunctions; i++ {
		if err := w.offer(fmt.Sprintf("%s%02d", function, i)); err != nil {
			t.Fatal(err)
		}
	}
	wantError[*types.ServiceQuotaExceededException](t, "one too many", w.offer(function))
	if err := w.offer(function + ":live"); err != nil {
		t.Errorf("a known one beyond the limit: %v", err)
	}
}

func TestLambdaFunctionsInPages(t *testing.T) { onBothEngines(t, testLambdaFunctionsInPages) }

func testLambdaFunctionsInPages(t *testing.T, w *world) {
	var want []string
	for i := range functionsPage + 1 {
		want = append(want, fmt.Sprintf("%s%02d", function, i))
		if err := w.offer(want[i]); err != nil {
			t.Fatal(err)
		}
	}
	for _, size := range []*int32{nil, new(int32(1)), new(int32(25))} {
		var got []string
		for in := (connect.ListLambdaFunctionsInput{MaxResults: size}); ; {
			page := w.functions(in)
			got = append(got, page.LambdaFunctions...)
			if in.NextToken = page.NextToken; in.NextToken == nil {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("in pages: %q, want %q", got, want)
		}
	}
	_, err := w.ListLambdaFunctions(t.Context(), &connect.ListLambdaFunctionsInput{InstanceId: new(instanceID), NextToken: new("x")})
	wantError[*types.InvalidParameterException](t, "token of another list", err)
}
