package connect

import (
	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
)

// UpdateContact changes what is known of a contact, live or ended.
var UpdateContact = &wire.Operation[UpdateContactInput, UpdateContactOutput]{
	Service: Service, Name: "UpdateContact", Method: "POST", Path: "/contacts/{InstanceId}/{ContactId}",
	Errors: defaultErrors(&types.AccessDeniedException{}, &types.ConflictException{},
		&types.InvalidActiveRegionException{}),
}

// UpdateContactInput is what UpdateContact takes.
type UpdateContactInput struct {
	ContactId  *string `wire:"path=ContactId,required,len=1..256"`
	InstanceId *string `wire:"path=InstanceId,required,len=1..100"`
	// CustomerEndpoint, QueueInfo, SystemEndpoint and UserInfo are of calls that are handled elsewhere: a chat has none.
	CustomerEndpoint *types.Endpoint
	Description      *string `wire:"len=0..4096"`
	Name             *string `wire:"len=0..1024"`
	QueueInfo        *types.QueueInfoInput
	// References named here are added or replaced, the others stay.
	References map[string]types.Reference `wire:"keylen=1..4096"`
	// SegmentAttributes named here are added or replaced, the others stay.
	SegmentAttributes map[string]types.SegmentAttributeValue `wire:"keylen=1..128"`
	SystemEndpoint    *types.Endpoint
	UserInfo          *types.UserInfo
}

// UpdateContactOutput is what UpdateContact answers: nothing.
type UpdateContactOutput struct {
	ResultMetadata middleware.Metadata
}

// UpdateContactRoutingData changes the place of a waiting contact in its queue and the agents it may go to.
var UpdateContactRoutingData = &wire.Operation[UpdateContactRoutingDataInput, UpdateContactRoutingDataOutput]{
	Service: Service, Name: "UpdateContactRoutingData", Method: "POST",
	Path: "/contacts/{InstanceId}/{ContactId}/routing-data",
	Errors: []wire.Exception{
		&types.AccessDeniedException{}, &types.InternalServiceException{}, &types.InvalidActiveRegionException{},
		&types.InvalidParameterException{}, &types.ResourceConflictException{}, &types.ResourceNotFoundException{},
		&types.ThrottlingException{},
	},
}

// UpdateContactRoutingDataInput is what UpdateContactRoutingData takes.
type UpdateContactRoutingDataInput struct {
	ContactId  *string `wire:"path=ContactId,required,len=1..256"`
	InstanceId *string `wire:"path=InstanceId,required,len=1..100"`
	// QueuePriority is served lowest first; 5 by default.
	QueuePriority *int64 `wire:"range=1.."`
	// QueueTimeAdjustmentSeconds is added to the time waited when contacts are ordered. It excludes QueuePriority.
	QueueTimeAdjustmentSeconds *int32
	// RoutingCriteria without steps ends those the contact has.
	RoutingCriteria *types.RoutingCriteriaInput
}

// UpdateContactRoutingDataOutput is what UpdateContactRoutingData answers: nothing.
type UpdateContactRoutingDataOutput struct {
	ResultMetadata middleware.Metadata
}

// ListAssociatedContacts lists the contacts of the tree a contact belongs to, the contact itself included.
var ListAssociatedContacts = &wire.Operation[ListAssociatedContactsInput, ListAssociatedContactsOutput]{
	Service: Service, Name: "ListAssociatedContacts", Method: "GET", Path: "/contact/associated/{InstanceId}",
	Errors: defaultErrors(),
}

// ListAssociatedContactsInput is what ListAssociatedContacts takes.
type ListAssociatedContactsInput struct {
	ContactId  *string `wire:"query=contactId,required,len=1..256"`
	InstanceId *string `wire:"path=InstanceId,required,len=1..100"`
	MaxResults *int32  `wire:"query=maxResults,range=1..100"`
	NextToken  *string `wire:"query=nextToken"`
}

// ListAssociatedContactsOutput is what ListAssociatedContacts answers.
type ListAssociatedContactsOutput struct {
	// ContactSummaryList is in the order of initiation.
	ContactSummaryList []types.AssociatedContactSummary
	NextToken          *string
	ResultMetadata     middleware.Metadata
}

// ListContactReferences lists the references of some types on a contact.
var ListContactReferences = &wire.Operation[ListContactReferencesInput, ListContactReferencesOutput]{
	Service: Service, Name: "ListContactReferences", Method: "GET",
	Path:   "/contact/references/{InstanceId}/{ContactId}",
	Errors: defaultErrors(),
}

// ListContactReferencesInput is what ListContactReferences takes.
type ListContactReferencesInput struct {
	ContactId      *string               `wire:"path=ContactId,required,len=1..256"`
	InstanceId     *string               `wire:"path=InstanceId,required,len=1..100"`
	ReferenceTypes []types.ReferenceType `wire:"query=referenceTypes,required,count=0..6"`
	NextToken      *string               `wire:"query=nextToken"`
}

// ListContactReferencesOutput is what ListContactReferences answers.
type ListContactReferencesOutput struct {
	// NextToken is always absent.
	NextToken            *string
	ReferenceSummaryList []types.ReferenceSummary
	ResultMetadata       middleware.Metadata
}

// TagContact adds tags to a contact, or gives those it has another value.
var TagContact = &wire.Operation[TagContactInput, TagContactOutput]{
	Service: Service, Name: "TagContact", Method: "POST", Path: "/contact/tags",
	Errors: defaultErrors(&types.InvalidActiveRegionException{}),
}

// TagContactInput is what TagContact takes.
type TagContactInput struct {
	ContactId  *string           `wire:"required,len=1..256"`
	InstanceId *string           `wire:"required,len=1..100"`
	Tags       map[string]string `wire:"required,count=1..6,keylen=1..128,len=0..256,keys=contact-tag"`
}

// TagContactOutput is what TagContact answers: nothing.
type TagContactOutput struct {
	ResultMetadata middleware.Metadata
}

// UntagContact takes tags off a contact.
var UntagContact = &wire.Operation[UntagContactInput, UntagContactOutput]{
	Service: Service, Name: "UntagContact", Method: "DELETE", Path: "/contact/tags/{InstanceId}/{ContactId}",
	Errors: defaultErrors(&types.InvalidActiveRegionException{}),
}

// UntagContactInput is what UntagContact takes.
type UntagContactInput struct {
	ContactId  *string  `wire:"path=ContactId,required,len=1..256"`
	InstanceId *string  `wire:"path=InstanceId,required,len=1..100"`
	TagKeys    []string `wire:"query=TagKeys,required,count=1..6,len=1..128,form=contact-tag"`
}

// UntagContactOutput is what UntagContact answers: nothing.
type UntagContactOutput struct {
	ResultMetadata middleware.Metadata
}
