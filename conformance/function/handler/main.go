// Command handler is a function of AWS Lambda as its author writes it, for flows of Amazon Connect.
package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

func main() { lambda.Start(handle) }

func handle(ctx context.Context, e events.ConnectEvent) (events.ConnectResponse, error) {
	fmt.Println("asked for", e.Details.Parameters["id"])
	lc, ok := lambdacontext.FromContext(ctx)
	if deadline, has := ctx.Deadline(); !ok || !has || deadline.IsZero() {
		return nil, errors.New("no context of Lambda")
	}
	if e.Details.Parameters["id"] == "" {
		return nil, errors.New("no id")
	}
	return events.ConnectResponse{
		"tier": "gold", "id": e.Details.Parameters["id"], "channel": e.Details.ContactData.Channel, "name": e.Name,
		"attribute": e.Details.ContactData.Attributes["plan"], "function": lc.InvokedFunctionArn, "by": lambdacontext.FunctionName,
	}, nil
}
