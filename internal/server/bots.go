package server

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/openparley/parley/internal/bot"
	"github.com/openparley/parley/internal/lex"
)

// Bot is how a bot of the operator's is reached: at an address that speaks RecognizeText's JSON.
type Bot struct {
	Target `yaml:",inline"`
}

func (b Bot) open() (*lex.Endpoint, error) { return lex.NewEndpoint(b.URL, b.secrets()) }

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
		endpoint, err := b.open()
		if err != nil {
			return fmt.Errorf("bots.%s: %w", name, err)
		}
		s.outside.closers = append(s.outside.closers, endpoint.Close)
		s.outside.bots.Named[name] = endpoint
	}
	if cfg := s.amazon(ctx); cfg != nil {
		s.outside.bots.Lex = lex.NewAmazon(*cfg)
	}
	return nil
}
