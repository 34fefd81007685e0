package connect

import (
	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
)

// CreateQueue makes a queue of type STANDARD.
var CreateQueue = &wire.Operation[CreateQueueInput, CreateQueueOutput]{
	Service: Service, Name: "CreateQueue", Method: "PUT",
	Path:   "/queues/{InstanceId}",
	Errors: defaultErrors(&types.DuplicateResourceException{}, &types.LimitExceededException{}),
}

// CreateQueueInput is what CreateQueue takes.
type CreateQueueInput struct {
	HoursOfOperationId   *string                    `wire:"required"`
	InstanceId           *string                    `wire:"path=InstanceId,required,len=1..100"`
	Name                 *string                    `wire:"required,len=1..127"`
	Description          *string                    `wire:"len=1..250"`
	EmailAddressesConfig []types.EmailAddressConfig `wire:"count=1..50"`
	// MaxContacts that is absent is no limit.
	MaxContacts          *int32 `wire:"range=0.."`
	OutboundCallerConfig *types.OutboundCallerConfig
	OutboundEmailConfig  *types.OutboundEmailConfig
	QuickConnectIds      []string          `wire:"count=1..50"`
	Tags                 map[string]string `wire:"count=1..50,keylen=1..128,len=0..256,keys=tag"`
}

// CreateQueueOutput is what CreateQueue answers.
type CreateQueueOutput struct {
	QueueArn       *string
	QueueId        *string
	ResultMetadata middleware.Metadata
}

// DescribeQueue reads a queue.
var DescribeQueue = &wire.Operation[DescribeQueueInput, DescribeQueueOutput]{
	Service: Service, Name: "DescribeQueue", Method: "GET",
	Path:   "/queues/{InstanceId}/{QueueId}",
	Errors: defaultErrors(),
}

// DescribeQueueInput is what DescribeQueue takes.
type DescribeQueueInput struct {
	InstanceId *string `wire:"path=InstanceId,required,len=1..100"`
	QueueId    *string `wire:"path=QueueId,required"`
}

// DescribeQueueOutput is what DescribeQueue answers.
type DescribeQueueOutput struct {
	Queue          *types.Queue
	ResultMetadata middleware.Metadata
}

// ListQueues lists the queues of an instance.
var ListQueues = &wire.Operation[ListQueuesInput, ListQueuesOutput]{
	Service: Service, Name: "ListQueues", Method: "GET",
	Path:   "/queues-summary/{InstanceId}",
	Errors: defaultErrors(),
}

// ListQueuesInput is what ListQueues takes.
type ListQueuesInput struct {
	InstanceId *string           `wire:"path=InstanceId,required,len=1..100"`
	MaxResults *int32            `wire:"query=maxResults,range=1..1000"`
	NextToken  *string           `wire:"query=nextToken"`
	QueueTypes []types.QueueType `wire:"query=queueTypes,count=0..2"`
}

// ListQueuesOutput is what ListQueues answers.
type ListQueuesOutput struct {
	NextToken        *string
	QueueSummaryList []types.QueueSummary
	ResultMetadata   middleware.Metadata
}

// UpdateQueueName renames or describes a queue.
var UpdateQueueName = &wire.Operation[UpdateQueueNameInput, UpdateQueueNameOutput]{
	Service: Service, Name: "UpdateQueueName", Method: "POST",
	Path:   "/queues/{InstanceId}/{QueueId}/name",
	Errors: defaultErrors(&types.DuplicateResourceException{}),
}

// UpdateQueueNameInput is what UpdateQueueName takes.
type UpdateQueueNameInput struct {
	InstanceId  *string `wire:"path=InstanceId,required,len=1..100"`
	QueueId     *string `wire:"path=QueueId,required"`
	Description *string `wire:"len=1..250"`
	Name        *string `wire:"len=1..127"`
}

// UpdateQueueNameOutput is what UpdateQueueName answers: nothing.
type UpdateQueueNameOutput struct {
	ResultMetadata middleware.Metadata
}

// UpdateQueueStatus enables or disables a queue. Nobody enters a disabled one; who waits there goes on waiting.
var UpdateQueueStatus = &wire.Operation[UpdateQueueStatusInput, UpdateQueueStatusOutput]{
	Service: Service, Name: "UpdateQueueStatus", Method: "POST",
	Path:   "/queues/{InstanceId}/{QueueId}/status",
	Errors: defaultErrors(),
}

// UpdateQueueStatusInput is what UpdateQueueStatus takes.
type UpdateQueueStatusInput struct {
	InstanceId *string           `wire:"path=InstanceId,required,len=1..100"`
	QueueId    *string           `wire:"path=QueueId,required"`
	Status     types.QueueStatus `wire:"required"`
}

// UpdateQueueStatusOutput is what UpdateQueueStatus answers: nothing.
type UpdateQueueStatusOutput struct {
	ResultMetadata middleware.Metadata
}

// UpdateQueueMaxContacts says how many contacts may wait in a queue.
var UpdateQueueMaxContacts = &wire.Operation[UpdateQueueMaxContactsInput, UpdateQueueMaxContactsOutput]{
	Service: Service, Name: "UpdateQueueMaxContacts", Method: "POST",
	Path:   "/queues/{InstanceId}/{QueueId}/max-contacts",
	Errors: defaultErrors(),
}

// UpdateQueueMaxContactsInput is what UpdateQueueMaxContacts takes.
type UpdateQueueMaxContactsInput struct {
	InstanceId *string `wire:"path=InstanceId,required,len=1..100"`
	QueueId    *string `wire:"path=QueueId,required"`
	// MaxContacts that is absent lifts the limit.
	MaxContacts *int32 `wire:"range=0.."`
}

// UpdateQueueMaxContactsOutput is what UpdateQueueMaxContacts answers: nothing.
type UpdateQueueMaxContactsOutput struct {
	ResultMetadata middleware.Metadata
}

// UpdateQueueHoursOfOperation gives a queue other hours of operation.
var UpdateQueueHoursOfOperation = &wire.Operation[UpdateQueueHoursOfOperationInput, UpdateQueueHoursOfOperationOutput]{
	Service: Service, Name: "UpdateQueueHoursOfOperation", Method: "POST",
	Path:   "/queues/{InstanceId}/{QueueId}/hours-of-operation",
	Errors: defaultErrors(),
}

// UpdateQueueHoursOfOperationInput is what UpdateQueueHoursOfOperation takes.
type UpdateQueueHoursOfOperationInput struct {
	HoursOfOperationId *string `wire:"required"`
	InstanceId         *string `wire:"path=InstanceId,required,len=1..100"`
	QueueId            *string `wire:"path=QueueId,required"`
}

// UpdateQueueHoursOfOperationOutput is what UpdateQueueHoursOfOperation answers: nothing.
type UpdateQueueHoursOfOperationOutput struct {
	ResultMetadata middleware.Metadata
}

// DeleteQueue deletes a queue that nothing uses.
var DeleteQueue = &wire.Operation[DeleteQueueInput, DeleteQueueOutput]{
	Service: Service, Name: "DeleteQueue", Method: "DELETE",
	Path:   "/queues/{InstanceId}/{QueueId}",
	Errors: defaultErrors(&types.ResourceInUseException{}),
}

// DeleteQueueInput is what DeleteQueue takes.
type DeleteQueueInput struct {
	InstanceId *string `wire:"path=InstanceId,required,len=1..100"`
	QueueId    *string `wire:"path=QueueId,required"`
}

// DeleteQueueOutput is what DeleteQueue answers: nothing.
type DeleteQueueOutput struct {
	ResultMetadata middleware.Metadata
}

// SearchQueues finds queues by their texts and tags.
var SearchQueues = &wire.Operation[SearchQueuesInput, SearchQueuesOutput]{
	Service: Service, Name: "SearchQueues", Method: "POST",
	Path:   "/search-queues",
	Errors: defaultErrors(),
}

// SearchQueuesInput is what SearchQueues takes.
type SearchQueuesInput struct {
	InstanceId     *string `wire:"required,len=1..100"`
	MaxResults     *int32  `wire:"range=1..500"`
	NextToken      *string `wire:"len=1..2500"`
	SearchCriteria *types.QueueSearchCriteria
	SearchFilter   *types.QueueSearchFilter
}

// SearchQueuesOutput is what SearchQueues answers.
type SearchQueuesOutput struct {
	ApproximateTotalCount *int64
	NextToken             *string
	Queues                []types.Queue
	ResultMetadata        middleware.Metadata
}
