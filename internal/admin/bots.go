package admin

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

const (
	// maxLexBots and maxLexV2Bots are how many bots an instance has, of classic Lex and of V2. Source: connect-chat sheet, section 6.
	maxLexBots   = 70
	maxLexV2Bots = 100

	// botsPage and lexBotsPage are the usual pages of the two lists. Source: API reference, ListLexBots.
	botsPage    = 25
	lexBotsPage = 10
)

var (
	aliasARN  = regexp.MustCompile(`^arn:aws[a-z-]*:lex:[a-z0-9-]+:[0-9]{12}:bot-alias/[^/\s]+/[^/\s]+$`)
	lexName   = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
	lexRegion = regexp.MustCompile(`^[a-z0-9-]+$`)
)

// AssociateBot offers a bot to the flows of an instance. Flows may call others too, as with functions.
func (s *Service) AssociateBot(ctx context.Context, in *connect.AssociateBotInput) (*connect.AssociateBotOutput, error) {
	err := s.offerBot(ctx, in.InstanceId, func() (store.Bot, error) { return oneBot(in.LexBot, in.LexV2Bot) })
	if err != nil {
		return nil, err
	}
	return &connect.AssociateBotOutput{}, nil
}

// AssociateLexBot offers a bot of classic Lex.
func (s *Service) AssociateLexBot(ctx context.Context, in *connect.AssociateLexBotInput) (*connect.AssociateLexBotOutput, error) {
	err := s.offerBot(ctx, in.InstanceId, func() (store.Bot, error) { return oneBot(in.LexBot, nil) })
	if err != nil {
		return nil, err
	}
	return &connect.AssociateLexBotOutput{}, nil
}

// DisassociateBot takes a bot back.
func (s *Service) DisassociateBot(ctx context.Context, in *connect.DisassociateBotInput) (*connect.DisassociateBotOutput, error) {
	err := s.withdrawBot(ctx, in.InstanceId, func() (store.Bot, error) { return oneBot(in.LexBot, in.LexV2Bot) })
	if err != nil {
		return nil, err
	}
	return &connect.DisassociateBotOutput{}, nil
}

// DisassociateLexBot takes a bot of classic Lex back.
func (s *Service) DisassociateLexBot(ctx context.Context, in *connect.DisassociateLexBotInput) (*connect.DisassociateLexBotOutput, error) {
	err := s.withdrawBot(ctx, in.InstanceId, func() (store.Bot, error) {
		return oneBot(&types.LexBot{Name: in.BotName, LexRegion: in.LexRegion}, nil)
	})
	if err != nil {
		return nil, err
	}
	return &connect.DisassociateLexBotOutput{}, nil
}

// ListBots lists the bots of an instance, of classic Lex or of V2.
func (s *Service) ListBots(ctx context.Context, in *connect.ListBotsInput) (*connect.ListBotsOutput, error) {
	rows, next, err := s.bots(ctx, in.InstanceId, in.LexVersion, in.NextToken, reply.PageSize(in.MaxResults, botsPage))
	if _, token := err.(*types.InvalidParameterException); token { // the operation has no such exception
		return nil, reply.InvalidRequest("NextToken is not a token of this list")
	}
	if err != nil {
		return nil, err
	}
	out := &connect.ListBotsOutput{LexBots: make([]types.LexBotConfig, len(rows)), NextToken: next}
	for i := range rows {
		if in.LexVersion == types.LexVersionV2 {
			out.LexBots[i].LexV2Bot = &types.LexV2Bot{AliasArn: &rows[i].AliasARN}
		} else {
			out.LexBots[i].LexBot = &types.LexBot{Name: &rows[i].Name, LexRegion: &rows[i].Region}
		}
	}
	return out, nil
}

// ListLexBots lists the bots of classic Lex of an instance.
func (s *Service) ListLexBots(ctx context.Context, in *connect.ListLexBotsInput) (*connect.ListLexBotsOutput, error) {
	rows, next, err := s.bots(ctx, in.InstanceId, types.LexVersionV1, in.NextToken, reply.PageSize(in.MaxResults, lexBotsPage))
	if err != nil {
		return nil, err
	}
	out := &connect.ListLexBotsOutput{LexBots: make([]types.LexBot, len(rows)), NextToken: next}
	for i := range rows {
		out.LexBots[i] = types.LexBot{Name: &rows[i].Name, LexRegion: &rows[i].Region}
	}
	return out, nil
}

// oneBot is the bot that a request names.
func oneBot(classic *types.LexBot, v2 *types.LexV2Bot) (store.Bot, error) {
	switch {
	case (classic == nil) == (v2 == nil):
		return store.Bot{}, reply.InvalidRequest("One of LexBot and LexV2Bot is needed")
	case v2 != nil && !aliasARN.MatchString(reply.Value(v2.AliasArn)):
		return store.Bot{}, reply.InvalidRequest("LexV2Bot.AliasArn is not the ARN of an alias of a bot")
	case v2 != nil:
		return store.Bot{AliasARN: *v2.AliasArn}, nil
	case !lexName.MatchString(*classic.Name):
		return store.Bot{}, reply.InvalidRequest("The name of a bot is of letters, digits, - and _")
	case !lexRegion.MatchString(*classic.LexRegion):
		return store.Bot{}, reply.InvalidRequest("LexRegion is no Region")
	}
	return store.Bot{Name: *classic.Name, Region: *classic.LexRegion}, nil
}

// botKey orders bots: those of V2 by their ARNs, classic ones by name and Region.
func botKey(b store.Bot) string { return b.AliasARN + "\x00" + b.Name + "\x00" + b.Region }

func compareBots(a, b store.Bot) int { return cmp.Compare(botKey(a), botKey(b)) }

func (s *Service) offerBot(ctx context.Context, instanceID *string, named func() (store.Bot, error)) error {
	instance, err := s.instance(ctx, instanceID)
	if err != nil {
		return err
	}
	b, err := named()
	if err != nil {
		return err
	}
	return s.changeInstance(ctx, instance.ID, func(_ *store.Tx, instance *store.Instance) error {
		at, known := slices.BinarySearchFunc(instance.Bots, b, compareBots)
		if known {
			return nil
		}
		limit := maxLexBots
		if b.AliasARN != "" {
			limit = maxLexV2Bots
		}
		if len(botsOf(instance, b.AliasARN != "")) >= limit {
			return &types.ServiceQuotaExceededException{Message: new(fmt.Sprintf("An instance has at most %d bots of this version of Lex", limit))}
		}
		instance.Bots = slices.Insert(instance.Bots, at, b)
		return nil
	})
}

func (s *Service) withdrawBot(ctx context.Context, instanceID *string, named func() (store.Bot, error)) error {
	instance, err := s.instance(ctx, instanceID)
	if err != nil {
		return err
	}
	b, err := named()
	if err != nil {
		return err
	}
	return s.changeInstance(ctx, instance.ID, func(_ *store.Tx, instance *store.Instance) error {
		at, known := slices.BinarySearchFunc(instance.Bots, b, compareBots)
		if !known {
			return reply.NotFound("Bot")
		}
		instance.Bots = slices.Delete(instance.Bots, at, at+1)
		return nil
	})
}

func botsOf(instance *store.Instance, v2 bool) (of []store.Bot) {
	for _, b := range instance.Bots {
		if (b.AliasARN != "") == v2 {
			of = append(of, b)
		}
	}
	return of
}

func (s *Service) bots(
	ctx context.Context, instanceID *string, version types.LexVersion, token *string, size int,
) (rows []store.Bot, next *string, err error) {
	instance, err := s.instance(ctx, instanceID)
	if err != nil {
		return nil, nil, err
	}
	list := "bots\x00" + instance.ID + "\x00" + string(version)
	after, err := reply.After(list, token)
	if err != nil {
		return nil, nil, err
	}
	rows = slices.DeleteFunc(botsOf(instance, version == types.LexVersionV2), func(b store.Bot) bool { return botKey(b) <= after })
	rows, next = reply.Page(rows, size, list, func(b *store.Bot) string { return botKey(*b) })
	return rows, next, nil
}
