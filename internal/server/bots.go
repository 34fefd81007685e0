package server

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/openparley/parley/internal/bot"
	"github.com/openparley/parley/internal/lex"
	"github.com/openparley/parley/internal/llm"
)

// Bot is a bot of the operator's: an address that speaks RecognizeText's JSON, or a language model.
type Bot struct {
	Target `yaml:",inline"`
	LLM    *llm.Settings `yaml:"llm"`
}

// ownBot is a bot that keeps connections.
type ownBot interface {
	bot.Bot
	Close()
}

func (b Bot) open() (ownBot, error) {
	if b.LLM == nil {
		return lex.NewEndpoint(b.URL, b.secrets())
	}
	if b.Target != (Target{}) {
		return nil, errors.New("it has an address or llm, not both")
	}
	key := b.LLM.APIKey
	if name := b.LLM.APIKeyEnv; name != "" {
		if key = os.Getenv(name); key == "" {
			return nil, fmt.Errorf("llm.api_key_env: the environment has no %s", name)
		}
	}
	model, err := llm.New(*b.LLM, key)
	if err != nil {
		return nil, fmt.Errorf("llm.%w", err)
	}
	return model, nil
}

func (c *Config) checkBots() error {
	of := bot.Bots{Region: c.Region, Account: c.Account}
	names := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(c.Bots)) {
		if _, err := c.Bots[name].open(); err != nil {
			return fmt.Errorf("bots.%s: %w", name, err)
		}
		if other, ok := names[of.ARN(name)]; ok {
			return fmt.Errorf("bots.%s: it is %s too", name, other)
		}
		names[of.ARN(name)] = name
	}
	return nil
}

func (s *Server) openBots(ctx context.Context) error {
	s.outside.bots = &bot.Bots{Named: map[string]bot.Bot{}, Region: s.scope.Region, Account: s.scope.Account}
	for name, b := range s.cfg.Bots {
		own, err := b.open()
		if err != nil {
			return fmt.Errorf("bots.%s: %w", name, err)
		}
		s.outside.closers = append(s.outside.closers, own.Close)
		s.outside.bots.Named[name] = own
	}
	if cfg := s.amazon(ctx); cfg != nil {
		s.outside.bots.Lex = lex.NewAmazon(*cfg)
	}
	return nil
}
