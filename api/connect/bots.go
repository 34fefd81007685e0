package connect

import (
	"github.com/aws/smithy-go/middleware"

	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/wire"
)

// AssociateBot offers a bot to the flows of an instance: one of LexBot and LexV2Bot.
var AssociateBot = &wire.Operation[AssociateBotInput, AssociateBotOutput]{
	Service: Service, Name: "AssociateBot", Method: "PUT", Path: "/instance/{InstanceId}/bot",
	Errors: errorsOf(&types.LimitExceededException{}, &types.ResourceConflictException{}, &types.ResourceNotFoundException{},
		&types.ServiceQuotaExceededException{}, &types.ThrottlingException{}),
}

// AssociateBotInput is what AssociateBot takes.
type AssociateBotInput struct {
	InstanceId  *string `wire:"path=InstanceId,required,len=1..100"`
	ClientToken *string `wire:"len=0..500"`
	LexBot      *types.LexBot
	LexV2Bot    *types.LexV2Bot
}

// AssociateBotOutput is what AssociateBot answers: nothing.
type AssociateBotOutput struct {
	ResultMetadata middleware.Metadata
}

// DisassociateBot withdraws a bot from those that are offered to the flows of an instance.
var DisassociateBot = &wire.Operation[DisassociateBotInput, DisassociateBotOutput]{
	Service: Service, Name: "DisassociateBot", Method: "POST", Path: "/instance/{InstanceId}/bot",
	Errors: errorsOf(&types.ResourceNotFoundException{}, &types.ThrottlingException{}),
}

// DisassociateBotInput is what DisassociateBot takes.
type DisassociateBotInput struct {
	InstanceId  *string `wire:"path=InstanceId,required,len=1..100"`
	ClientToken *string `wire:"len=0..500"`
	LexBot      *types.LexBot
	LexV2Bot    *types.LexV2Bot
}

// DisassociateBotOutput is what DisassociateBot answers: nothing.
type DisassociateBotOutput struct {
	ResultMetadata middleware.Metadata
}

// ListBots lists the bots of one kind that are offered to the flows of an instance.
var ListBots = &wire.Operation[ListBotsInput, ListBotsOutput]{
	Service: Service, Name: "ListBots", Method: "GET", Path: "/instance/{InstanceId}/bots",
	Errors: errorsOf(&types.ResourceNotFoundException{}, &types.ThrottlingException{}),
}

// ListBotsInput is what ListBots takes.
type ListBotsInput struct {
	InstanceId *string          `wire:"path=InstanceId,required,len=1..100"`
	LexVersion types.LexVersion `wire:"query=lexVersion,required"`
	MaxResults *int32           `wire:"query=maxResults,range=1..25"`
	NextToken  *string          `wire:"query=nextToken"`
}

// ListBotsOutput is what ListBots answers.
type ListBotsOutput struct {
	LexBots        []types.LexBotConfig
	NextToken      *string
	ResultMetadata middleware.Metadata
}

// AssociateLexBot offers a bot of classic Lex to the flows of an instance.
var AssociateLexBot = &wire.Operation[AssociateLexBotInput, AssociateLexBotOutput]{
	Service: Service, Name: "AssociateLexBot", Method: "PUT", Path: "/instance/{InstanceId}/lex-bot",
	Errors: defaultErrors(&types.ResourceConflictException{}, &types.ServiceQuotaExceededException{}),
}

// AssociateLexBotInput is what AssociateLexBot takes.
type AssociateLexBotInput struct {
	InstanceId  *string       `wire:"path=InstanceId,required,len=1..100"`
	LexBot      *types.LexBot `wire:"required"`
	ClientToken *string       `wire:"len=0..500"`
}

// AssociateLexBotOutput is what AssociateLexBot answers: nothing.
type AssociateLexBotOutput struct {
	ResultMetadata middleware.Metadata
}

// DisassociateLexBot withdraws a bot of classic Lex.
var DisassociateLexBot = &wire.Operation[DisassociateLexBotInput, DisassociateLexBotOutput]{
	Service: Service, Name: "DisassociateLexBot", Method: "DELETE", Path: "/instance/{InstanceId}/lex-bot",
	Errors: defaultErrors(),
}

// DisassociateLexBotInput is what DisassociateLexBot takes.
type DisassociateLexBotInput struct {
	BotName     *string `wire:"query=botName,required,len=0..50"`
	InstanceId  *string `wire:"path=InstanceId,required,len=1..100"`
	LexRegion   *string `wire:"query=lexRegion,required,len=0..60"`
	ClientToken *string `wire:"query=clientToken,len=0..500"`
}

// DisassociateLexBotOutput is what DisassociateLexBot answers: nothing.
type DisassociateLexBotOutput struct {
	ResultMetadata middleware.Metadata
}

// ListLexBots lists the bots of classic Lex that are offered to the flows of an instance.
var ListLexBots = &wire.Operation[ListLexBotsInput, ListLexBotsOutput]{
	Service: Service, Name: "ListLexBots", Method: "GET", Path: "/instance/{InstanceId}/lex-bots",
	Errors: defaultErrors(),
}

// ListLexBotsInput is what ListLexBots takes.
type ListLexBotsInput struct {
	InstanceId *string `wire:"path=InstanceId,required,len=1..100"`
	MaxResults *int32  `wire:"query=maxResults,range=1..25"`
	NextToken  *string `wire:"query=nextToken"`
}

// ListLexBotsOutput is what ListLexBots answers.
type ListLexBotsOutput struct {
	LexBots        []types.LexBot
	NextToken      *string
	ResultMetadata middleware.Metadata
}
