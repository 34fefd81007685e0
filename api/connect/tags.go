package connect

import (
	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/wire"
)

// TagResource lays tags over those of a resource.
var TagResource = &wire.Operation[TagResourceInput, TagResourceOutput]{
	Service: Service, Name: "TagResource", Method: "POST", Path: "/tags/{resourceArn}",
	Errors: defaultErrors(),
}

// TagResourceInput is what TagResource takes.
type TagResourceInput struct {
	// ResourceArn is the ARN of a resource of an instance.
	ResourceArn *string           `wire:"path=resourceArn,required"`
	Tags        map[string]string `wire:"name=tags,required,count=1..50,keylen=1..128,len=0..256,keys=tag"`
}

// TagResourceOutput is what TagResource answers: nothing.
type TagResourceOutput struct {
	ResultMetadata middleware.Metadata
}

// UntagResource takes tags off a resource. Those it does not have make no error.
var UntagResource = &wire.Operation[UntagResourceInput, UntagResourceOutput]{
	Service: Service, Name: "UntagResource", Method: "DELETE", Path: "/tags/{resourceArn}",
	Errors: defaultErrors(),
}

// UntagResourceInput is what UntagResource takes.
type UntagResourceInput struct {
	ResourceArn *string  `wire:"path=resourceArn,required"`
	TagKeys     []string `wire:"query=tagKeys,required,count=1..50,len=1..128,form=tag"`
}

// UntagResourceOutput is what UntagResource answers: nothing.
type UntagResourceOutput struct {
	ResultMetadata middleware.Metadata
}

// ListTagsForResource reads the tags of a resource.
var ListTagsForResource = &wire.Operation[ListTagsForResourceInput, ListTagsForResourceOutput]{
	Service: Service, Name: "ListTagsForResource", Method: "GET", Path: "/tags/{resourceArn}",
	Errors: defaultErrors(),
}

// ListTagsForResourceInput is what ListTagsForResource takes.
type ListTagsForResourceInput struct {
	ResourceArn *string `wire:"path=resourceArn,required"`
}

// ListTagsForResourceOutput is what ListTagsForResource answers.
type ListTagsForResourceOutput struct {
	Tags           map[string]string `wire:"name=tags"`
	ResultMetadata middleware.Metadata
}
