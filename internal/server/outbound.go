package server

import (
	"errors"
	"fmt"

	"github.com/openparley/parley/internal/center"
	"github.com/openparley/parley/internal/signin"
)

// Outbound is how customers on other channels, such as SMS, are reached.
type Outbound struct {
	// Delivery is the target that hands them what is said, as for a stream of messages; empty: nobody can be written to first.
	Delivery string `yaml:"delivery"`

	// Destinations are addresses of the business there, and the flows that chats with them begin in.
	Destinations map[string]Destination `yaml:"destinations"`
}

// Destination is where a chat from another channel begins.
type Destination struct {
	Instance string `yaml:"instance"` // its id
	Flow     string `yaml:"flow"`     // its id
}

func (o Outbound) check() error {
	for address, to := range o.Destinations {
		if address == "" {
			return errors.New("outbound.destinations: an address is empty")
		}
		if to.Instance == "" || to.Flow == "" {
			return fmt.Errorf("outbound.destinations: %s needs instance and flow", address)
		}
	}
	return nil
}

func (o Outbound) destinations() map[string]center.Destination {
	all := make(map[string]center.Destination, len(o.Destinations))
	for address, to := range o.Destinations {
		all[address] = center.Destination{InstanceID: to.Instance, FlowID: to.Flow}
	}
	return all
}

// IdentityProvider is where customers sign in, by OpenID Connect.
type IdentityProvider struct {
	Issuer       string   `yaml:"issuer"`
	ClientSecret string   `yaml:"client_secret"` // empty for a public client
	Scopes       []string `yaml:"scopes"`        // beside openid; by default profile and email
}

// identityProviders are those of the configuration; Cognito's user pools need no entry.
func (c Config) identityProviders() *signin.Providers {
	listed := make(map[string]signin.Provider, len(c.SignIn))
	for pool, p := range c.SignIn {
		listed[pool] = signin.Provider(p)
	}
	return signin.New(listed)
}
