package server

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/participant"
	"github.com/openparley/parley/internal/clock"
	"github.com/openparley/parley/internal/flow"
	"github.com/openparley/parley/internal/signin"
)

// Config says what a server stands on. The zero value is a server in memory, without a single caller that it knows.
type Config struct {
	// Database is where everything is kept: "sqlite:PATH", "sqlite::memory:" (the default) or "postgres://…".
	Database string `yaml:"database"`

	// NATS is the server that connects the nodes which share a database: "nats://…". Empty: this node is the only one.
	NATS string `yaml:"nats"`

	// Cluster tells apart the clusters that share a NATS server; default "parley".
	Cluster string `yaml:"cluster"`

	// Instance is the alias of the instance that is made at the first run; default "parley".
	Instance string `yaml:"instance"`

	// Region and Account stand in the names of all resources, and Region in the signatures of all callers; default us-east-1 and
	// 000000000000.
	Region  string `yaml:"region"`
	Account string `yaml:"account"`

	// PublicURL is where clients find this server, without a path: "https://chat.example.org". It is needed when a proxy stands
	// in front that does not send X-Forwarded-Proto.
	PublicURL string `yaml:"public_url"`

	// BasePath lies before all paths of this server: "/connect".
	BasePath string `yaml:"base_path"`

	// TrustProxy takes the caller's address, scheme and host from X-Forwarded-For, -Proto and -Host. Only for a server that can be
	// reached through such a proxy alone: anybody else could claim to be anybody.
	TrustProxy bool `yaml:"trust_proxy"`

	// CORSOrigins are the pages that may call the server, as browsers name them; empty is any page. No page can do more than the
	// token in its hands allows.
	CORSOrigins []string `yaml:"cors_origins"`

	// Credentials are access keys beside the one that the first run makes.
	Credentials []Credential `yaml:"credentials"`

	Quotas      Quotas      `yaml:"quotas"`
	PublicChats PublicChats `yaml:"public_chats"`
	Storage     Storage     `yaml:"storage"`
	Attachments Attachments `yaml:"attachments"`

	// AWS, Targets, ContactEvents and Functions say how the outside is told and called.
	AWS AWS `yaml:"aws"`

	// Targets are places by name, or by the ARN of what programs take them for.
	Targets map[string]Target `yaml:"targets"`

	// ContactEvents are told what happens to contacts: names of targets, ARNs, or places.
	ContactEvents []string `yaml:"contact_events"`

	// Functions are endpoints that are called in place of functions of AWS Lambda, by name or ARN.
	Functions map[string]Target `yaml:"functions"`

	// Bots are bots of the operator's, by the name that flows call them, or by the ARN of the alias of Amazon Lex that they stand in for.
	Bots map[string]Bot `yaml:"bots"`

	// GiveUpAfter is how long a message, or the file of a transcript, is tried before it becomes a dead letter; default 24 hours.
	GiveUpAfter time.Duration `yaml:"give_up_after"`

	// Retention says how long things are kept.
	Retention Retention `yaml:"retention"`

	// FlowSeed is what the flow of every contact takes its chances from, so that a test can fix them: see flow.SeedFor. Nil: by chance.
	FlowSeed *uint64 `yaml:"-"`

	// TraceFlows keeps in the flow log of every contact which way each action led, whether the flow logs or not.
	TraceFlows bool `yaml:"-"`

	// Overrule stands in for the world where flows ask for it: see center.Config.
	Overrule func(e flow.Effect, queue string) (flow.Effect, *flow.Input) `yaml:"-"`

	// ReceiptsInGroups takes receipts while more than two participants are in a chat, which Amazon refuses.
	ReceiptsInGroups bool `yaml:"receipts_in_groups"`

	Outbound Outbound `yaml:"outbound"`

	// SignIn are identity providers that stand in for the user pools that flows name, by the ARN of the pool.
	SignIn map[string]IdentityProvider `yaml:"sign_in"`

	// Compare is how often live chats are compared with the database, in case another node stored an item and died before it told
	// anybody; default 30 seconds with PostgreSQL, never with SQLite, which has one node.
	Compare time.Duration `yaml:"-"`

	// SeparateMetrics takes /metrics out of the handler: ServeAdmin has it.
	SeparateMetrics bool `yaml:"-"`

	// Dev makes it a developer's server; nil for customers.
	Dev *Dev `yaml:"-"`

	// Clock is the time of this server; default the machine's.
	Clock *clock.Clock `yaml:"-"`

	// Log takes a line for each request and whatever goes wrong; default nothing.
	Log *slog.Logger `yaml:"-"`

	// Patience is how long a database file that another process holds is waited for; a second if 0.
	Patience time.Duration `yaml:"-"`

	// Notice shows the operator what is told only once: the secrets of the first run. Default: they are not shown.
	Notice func(text string) `yaml:"-"`
}

// Credential is an access key of somebody who calls the Connect service.
type Credential struct {
	AccessKeyID     string `yaml:"access_key_id"`
	SecretAccessKey string `yaml:"secret_access_key"`

	// Operator lets the key export and erase chats.
	Operator bool `yaml:"operator"`
}

// Check says what is wrong with a configuration, as far as that can be seen without doing anything.
func (c Config) Check() error {
	_, err := c.withDefaults()
	return err
}

// withDefaults fills in what was not set and checks what was.
func (c Config) withDefaults() (Config, error) {
	setDefault(&c.Database, "sqlite::memory:")
	setDefault(&c.Cluster, "parley")
	setDefault(&c.Instance, "parley")
	setDefault(&c.Region, "us-east-1")
	setDefault(&c.Account, "000000000000")
	if c.Clock == nil {
		c.Clock = clock.Real()
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Notice == nil {
		c.Notice = func(string) {}
	}
	if !isDatabase(c.Database) {
		return c, fmt.Errorf("database: %q is neither sqlite:PATH nor postgres://…", redacted(c.Database))
	}
	if c.Compare == 0 && !strings.HasPrefix(c.Database, "sqlite:") {
		c.Compare = 30 * time.Second
	}
	if len(c.Account) != 12 || strings.Trim(c.Account, "0123456789") != "" {
		return c, fmt.Errorf("account: %q has not 12 digits", c.Account)
	}
	if c.BasePath = strings.TrimSuffix(c.BasePath, "/"); c.BasePath != "" && !strings.HasPrefix(c.BasePath, "/") {
		return c, fmt.Errorf("base_path: %q does not begin with a slash", c.BasePath)
	}
	if c.PublicURL != "" {
		u, err := url.Parse(c.PublicURL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" {
			return c, fmt.Errorf("public_url: %q is not like https://chat.example.org", redacted(c.PublicURL))
		}
		c.PublicURL = u.Scheme + "://" + u.Host
	}
	for address := range strings.SplitSeq(c.NATS, ",") {
		if u, err := url.Parse(strings.TrimSpace(address)); c.NATS != "" && (err != nil || u.Host == "") {
			return c, errors.New("nats: it is not like nats://host:4222, or a list of such addresses with commas between")
		}
	}
	known := map[string]bool{}
	for _, k := range c.Credentials {
		switch {
		case k.AccessKeyID == "" || k.SecretAccessKey == "":
			return c, errors.New("credentials: each needs access_key_id and secret_access_key")
		case known[k.AccessKeyID]:
			return c, fmt.Errorf("credentials: access_key_id %q is there twice", k.AccessKeyID)
		}
		known[k.AccessKeyID] = true
	}
	if err := c.Outbound.check(); err != nil {
		return c, err
	}
	for pool, p := range c.SignIn {
		if err := signin.Provider(p).Check(); err != nil {
			return c, fmt.Errorf("sign_in: %s: %w", pool, err)
		}
	}
	if err := checkOrigins("cors_origins", c.CORSOrigins); err != nil {
		return c, err
	}
	if err := c.PublicChats.check(); err != nil {
		return c, err
	}
	if err := c.checkOutside(); err != nil {
		return c, err
	}
	if err := c.Retention.check(); err != nil {
		return c, err
	}
	if err := c.Storage.check(); err != nil {
		return c, err
	}
	if err := c.Attachments.withDefaults(); err != nil {
		return c, err
	}
	if c.PublicChats.Rate == (Rate{}) {
		c.PublicChats.Rate = Rate{PerSecond: 0.5, Burst: 10}
	}
	_, err := c.Quotas.resolve(operationNames())
	return c, err
}

// redacted is an address without its password.
func redacted(address string) string {
	if u, err := url.Parse(address); err == nil {
		return u.Redacted()
	}
	scheme, _, _ := strings.Cut(address, ":")
	return scheme + ":…"
}

// checkOrigins refuses what no browser sends as an origin: it would never match.
func checkOrigins(setting string, origins []string) error {
	for _, o := range origins {
		u, err := url.Parse(o)
		if o != "null" && (err != nil || u.Host == "" || o != strings.ToLower(u.Scheme+"://"+u.Host)) {
			return fmt.Errorf("%s: %q is not like https://www.example.org, in lower case and without a slash at the end", setting, redacted(o))
		}
	}
	return nil
}

func isDatabase(dsn string) bool {
	scheme, _, _ := strings.Cut(dsn, ":")
	return scheme == "sqlite" || scheme == "postgres" || scheme == "postgresql"
}

func setDefault(s *string, value string) {
	if *s == "" {
		*s = value
	}
}

// operationNames are all operations of both services, implemented or not.
func operationNames() map[string]bool {
	names := map[string]bool{}
	for _, r := range connect.Service.Known {
		names[r.Name] = true
	}
	for _, r := range participant.Service.Known {
		names[r.Name] = true
	}
	return names
}
