package connect

import (
	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
)

// viewErrors are the exceptions of every operation on views, and more.
func viewErrors(more ...wire.Exception) []wire.Exception {
	return append(errorsOf(more...), &types.AccessDeniedException{}, &types.InvalidParameterException{},
		&types.ResourceNotFoundException{}, &types.TooManyRequestsException{})
}

// CreateView makes a view: a form or card that a flow shows in a chat.
var CreateView = &wire.Operation[CreateViewInput, CreateViewOutput]{
	Service: Service, Name: "CreateView", Method: "PUT", Path: "/views/{InstanceId}",
	Errors: viewErrors(&types.DuplicateResourceException{}, &types.ResourceInUseException{},
		&types.ServiceQuotaExceededException{}),
}

// CreateViewInput is what CreateView takes.
type CreateViewInput struct {
	Content    *types.ViewInputContent `wire:"required"`
	InstanceId *string                 `wire:"path=InstanceId,required,len=1..100,form=view-instance"`
	Name       *string                 `wire:"required,len=1..255,form=view-name"`
	// Status SAVED makes a draft, PUBLISHED a view that flows can show.
	Status      types.ViewStatus  `wire:"required"`
	ClientToken *string           `wire:"unfilled,len=0..500,form=token"`
	Description *string           `wire:"len=1..4096,form=view-text"`
	Tags        map[string]string `wire:"count=1..50,keylen=1..128,len=0..256,keys=tag"`
}

// CreateViewOutput is what CreateView answers.
type CreateViewOutput struct {
	View           *types.View
	ResultMetadata middleware.Metadata
}

// DescribeView reads a view with its content.
var DescribeView = &wire.Operation[DescribeViewInput, DescribeViewOutput]{
	Service: Service, Name: "DescribeView", Method: "GET", Path: "/views/{InstanceId}/{ViewId}",
	Errors: viewErrors(),
}

// DescribeViewInput is what DescribeView takes.
type DescribeViewInput struct {
	InstanceId *string `wire:"path=InstanceId,required,len=1..100,form=view-instance"`
	// ViewId may end in :$LATEST for the published content, in :$SAVED for the draft, or in a colon and a version.
	ViewId *string `wire:"path=ViewId,required,len=1..500,form=view-id"`
}

// DescribeViewOutput is what DescribeView answers.
type DescribeViewOutput struct {
	View           *types.View
	ResultMetadata middleware.Metadata
}

// ListViews lists views by type and name.
var ListViews = &wire.Operation[ListViewsInput, ListViewsOutput]{
	Service: Service, Name: "ListViews", Method: "GET", Path: "/views/{InstanceId}",
	Errors: viewErrors(),
}

// ListViewsInput is what ListViews takes.
type ListViewsInput struct {
	InstanceId *string        `wire:"path=InstanceId,required,len=1..100,form=view-instance"`
	MaxResults *int32         `wire:"query=maxResults,range=1..100"`
	NextToken  *string        `wire:"query=nextToken,len=1..4096,form=page-token"`
	Type       types.ViewType `wire:"query=type"`
}

// ListViewsOutput is what ListViews answers.
type ListViewsOutput struct {
	NextToken        *string
	ViewsSummaryList []types.ViewSummary
	ResultMetadata   middleware.Metadata
}

// UpdateViewContent stores a draft of the content of a view, or publishes it.
var UpdateViewContent = &wire.Operation[UpdateViewContentInput, UpdateViewContentOutput]{
	Service: Service, Name: "UpdateViewContent", Method: "POST", Path: "/views/{InstanceId}/{ViewId}",
	Errors: viewErrors(&types.ResourceInUseException{}),
}

// UpdateViewContentInput is what UpdateViewContent takes.
type UpdateViewContentInput struct {
	Content    *types.ViewInputContent `wire:"required"`
	InstanceId *string                 `wire:"path=InstanceId,required,len=1..100,form=view-instance"`
	// Status SAVED stores a draft, PUBLISHED publishes.
	Status types.ViewStatus `wire:"required"`
	ViewId *string          `wire:"path=ViewId,required,len=1..500,form=view-id"`
}

// UpdateViewContentOutput is what UpdateViewContent answers.
type UpdateViewContentOutput struct {
	View           *types.View
	ResultMetadata middleware.Metadata
}

// UpdateViewMetadata changes the name or the description of a view.
var UpdateViewMetadata = &wire.Operation[UpdateViewMetadataInput, UpdateViewMetadataOutput]{
	Service: Service, Name: "UpdateViewMetadata", Method: "POST", Path: "/views/{InstanceId}/{ViewId}/metadata",
	Errors: viewErrors(&types.DuplicateResourceException{}, &types.ResourceInUseException{}),
}

// UpdateViewMetadataInput is what UpdateViewMetadata takes.
type UpdateViewMetadataInput struct {
	InstanceId  *string `wire:"path=InstanceId,required,len=1..100,form=view-instance"`
	ViewId      *string `wire:"path=ViewId,required,len=1..500,form=view-id"`
	Description *string `wire:"len=1..4096,form=view-text"`
	Name        *string `wire:"len=1..255,form=view-name"`
}

// UpdateViewMetadataOutput is what UpdateViewMetadata answers: nothing.
type UpdateViewMetadataOutput struct {
	ResultMetadata middleware.Metadata
}

// DeleteView deletes a view with its draft and all its versions.
var DeleteView = &wire.Operation[DeleteViewInput, DeleteViewOutput]{
	Service: Service, Name: "DeleteView", Method: "DELETE", Path: "/views/{InstanceId}/{ViewId}",
	Errors: viewErrors(&types.ResourceInUseException{}),
}

// DeleteViewInput is what DeleteView takes.
type DeleteViewInput struct {
	InstanceId *string `wire:"path=InstanceId,required,len=1..100,form=view-instance"`
	ViewId     *string `wire:"path=ViewId,required,len=1..500,form=view-id"`
}

// DeleteViewOutput is what DeleteView answers: nothing.
type DeleteViewOutput struct {
	ResultMetadata middleware.Metadata
}

// CreateViewVersion keeps the published content of a view as a version, which never changes.
var CreateViewVersion = &wire.Operation[CreateViewVersionInput, CreateViewVersionOutput]{
	Service: Service, Name: "CreateViewVersion", Method: "PUT", Path: "/views/{InstanceId}/{ViewId}/versions",
	Errors: viewErrors(&types.ResourceInUseException{}, &types.ServiceQuotaExceededException{}),
}

// CreateViewVersionInput is what CreateViewVersion takes.
type CreateViewVersionInput struct {
	InstanceId         *string `wire:"path=InstanceId,required,len=1..100,form=view-instance"`
	ViewId             *string `wire:"path=ViewId,required,len=1..500,form=view-id"`
	VersionDescription *string `wire:"len=1..4096,form=view-text"`
	// ViewContentSha256 is refused when it is not that of the published content.
	ViewContentSha256 *string `wire:"len=1..64,form=alphanumeric"`
}

// CreateViewVersionOutput is what CreateViewVersion answers.
type CreateViewVersionOutput struct {
	View           *types.View
	ResultMetadata middleware.Metadata
}

// DeleteViewVersion deletes one version of a view.
var DeleteViewVersion = &wire.Operation[DeleteViewVersionInput, DeleteViewVersionOutput]{
	Service: Service, Name: "DeleteViewVersion", Method: "DELETE",
	Path:   "/views/{InstanceId}/{ViewId}/versions/{ViewVersion}",
	Errors: viewErrors(&types.ResourceInUseException{}),
}

// DeleteViewVersionInput is what DeleteViewVersion takes.
type DeleteViewVersionInput struct {
	InstanceId  *string `wire:"path=InstanceId,required,len=1..100,form=view-instance"`
	ViewId      *string `wire:"path=ViewId,required,len=1..500,form=view-id"`
	ViewVersion *int32  `wire:"path=ViewVersion,required"`
}

// DeleteViewVersionOutput is what DeleteViewVersion answers: nothing.
type DeleteViewVersionOutput struct {
	ResultMetadata middleware.Metadata
}

// ListViewVersions lists the versions of a view.
var ListViewVersions = &wire.Operation[ListViewVersionsInput, ListViewVersionsOutput]{
	Service: Service, Name: "ListViewVersions", Method: "GET", Path: "/views/{InstanceId}/{ViewId}/versions",
	Errors: viewErrors(),
}

// ListViewVersionsInput is what ListViewVersions takes.
type ListViewVersionsInput struct {
	InstanceId *string `wire:"path=InstanceId,required,len=1..100,form=view-instance"`
	ViewId     *string `wire:"path=ViewId,required,len=1..500,form=view-id"`
	MaxResults *int32  `wire:"query=maxResults,range=1..100"`
	NextToken  *string `wire:"query=nextToken,len=1..4096,form=page-token"`
}

// ListViewVersionsOutput is what ListViewVersions answers.
type ListViewVersionsOutput struct {
	NextToken              *string
	ViewVersionSummaryList []types.ViewVersionSummary
	ResultMetadata         middleware.Metadata
}

// SearchViews finds views by their texts, types, states and tags.
var SearchViews = &wire.Operation[SearchViewsInput, SearchViewsOutput]{
	Service: Service, Name: "SearchViews", Method: "POST", Path: "/search-views",
	Errors: defaultErrors(&types.AccessDeniedException{}),
}

// SearchViewsInput is what SearchViews takes.
type SearchViewsInput struct {
	InstanceId     *string `wire:"required,len=1..250,form=instance"`
	MaxResults     *int32  `wire:"range=1..100"`
	NextToken      *string `wire:"len=1..2500"`
	SearchCriteria *types.ViewSearchCriteria
	SearchFilter   *types.ViewSearchFilter
}

// SearchViewsOutput is what SearchViews answers.
type SearchViewsOutput struct {
	ApproximateTotalCount *int64
	NextToken             *string
	Views                 []types.View
	ResultMetadata        middleware.Metadata
}
