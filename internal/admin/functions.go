package admin

import (
	"context"
	"fmt"
	"slices"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

const (
	// maxFunctions is how many functions an instance has. Source: connect-chat sheet, section 6.
	maxFunctions = 50

	// functionsPage is the usual and the largest page of functions. Source: API model, ListLambdaFunctions.
	functionsPage = 25
)

// AssociateLambdaFunction offers a function to the flows of an instance. Flows may call others too: whoever may change a flow may also
// associate its functions, and who pays for a call decides by the permissions of the server's key.
func (s *Service) AssociateLambdaFunction(ctx context.Context, in *connect.AssociateLambdaFunctionInput) (*connect.AssociateLambdaFunctionOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	if !lambdaARN.MatchString(*in.FunctionArn) {
		return nil, reply.InvalidParameter("FunctionArn is not the ARN of a Lambda function")
	}
	err = s.changeInstance(ctx, instance.ID, func(_ *store.Tx, instance *store.Instance) error {
		at, known := slices.BinarySearch(instance.Functions, *in.FunctionArn)
		switch {
		case known:
			return nil
		case len(instance.Functions) >= maxFunctions:
			return &types.ServiceQuotaExceededException{Message: new(fmt.Sprintf("An instance has at most %d Lambda functions", maxFunctions))}
		}
		instance.Functions = slices.Insert(instance.Functions, at, *in.FunctionArn)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.AssociateLambdaFunctionOutput{}, nil
}

// DisassociateLambdaFunction takes a function back.
func (s *Service) DisassociateLambdaFunction(ctx context.Context, in *connect.DisassociateLambdaFunctionInput) (*connect.DisassociateLambdaFunctionOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	err = s.changeInstance(ctx, instance.ID, func(_ *store.Tx, instance *store.Instance) error {
		at, known := slices.BinarySearch(instance.Functions, *in.FunctionArn)
		if !known {
			return reply.NotFound("Lambda function")
		}
		instance.Functions = slices.Delete(instance.Functions, at, at+1)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &connect.DisassociateLambdaFunctionOutput{}, nil
}

// ListLambdaFunctions lists the functions of an instance in the order of their ARNs.
func (s *Service) ListLambdaFunctions(ctx context.Context, in *connect.ListLambdaFunctionsInput) (*connect.ListLambdaFunctionsOutput, error) {
	instance, err := s.instance(ctx, in.InstanceId)
	if err != nil {
		return nil, err
	}
	list := "functions\x00" + instance.ID
	after, err := reply.After(list, in.NextToken)
	if err != nil {
		return nil, err
	}
	rest := slices.DeleteFunc(slices.Clone(instance.Functions), func(arn string) bool { return arn <= after })
	page, next := reply.Page(rest, reply.PageSize(in.MaxResults, functionsPage), list, func(arn *string) string { return *arn })
	return &connect.ListLambdaFunctionsOutput{LambdaFunctions: append([]string{}, page...), NextToken: next}, nil
}
