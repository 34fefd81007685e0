package participant

import (
	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/api/wire"
)

// DescribeView reads a view that was shown to the participant.
var DescribeView = &wire.Operation[DescribeViewInput, DescribeViewOutput]{
	Service: Service, Name: "DescribeView", Method: "GET", Path: "/participant/views/{ViewToken}",
	Errors: errorsOf(&types.ResourceNotFoundException{}),
}

// DescribeViewInput is what DescribeView takes.
type DescribeViewInput struct {
	ConnectionToken *string `wire:"header=X-Amz-Bearer,required,len=1..1000"`
	// ViewToken is in the message that shows the view.
	ViewToken *string `wire:"path=ViewToken,required,len=1..1000"`
}

// DescribeViewOutput is what DescribeView answers.
type DescribeViewOutput struct {
	View           *types.View
	ResultMetadata middleware.Metadata
}
