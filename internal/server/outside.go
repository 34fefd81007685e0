package server

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/blob"
	"github.com/openparley/parley/internal/bot"
	"github.com/openparley/parley/internal/center"
	"github.com/openparley/parley/internal/lambda"
	"github.com/openparley/parley/internal/lambda/host"
	"github.com/openparley/parley/internal/outbox"
	"github.com/openparley/parley/internal/store"
	"github.com/openparley/parley/internal/stream"
	"github.com/openparley/parley/internal/webhook"
)

// AWS says how services of Amazon are reached, or others that speak like them: SNS, EventBridge, Kinesis, Firehose, Lambda
// and Lex.
type AWS struct {
	// Endpoint is where they all are; empty is Amazon's own.
	Endpoint string `yaml:"endpoint"`

	// Region is that of functions named without an ARN; default that of the server.
	Region string `yaml:"region"`

	// AccessKeyID and SecretAccessKey are the key to sign with; default what the SDK finds in the environment or on the machine.
	AccessKeyID     string `yaml:"access_key_id"`
	SecretAccessKey string `yaml:"secret_access_key"`

	// EventSource is the source of contact events on EventBridge. Default "aws.connect" with an Endpoint, else "parley.connect":
	// Amazon takes no "aws." from others.
	EventSource string `yaml:"event_source"`
}

// Target is where messages go, or what is called.
type Target struct {
	// URL is "https://…", for messages also "nats:SUBJECT", "folder:PATH" or "s3://BUCKET/PREFIX".
	URL string `yaml:"url"`

	// Secret signs what is posted: "whsec_" and 24 to 64 bytes in base64. OldSecret signs too, while it is being replaced.
	Secret    string `yaml:"secret"`
	OldSecret string `yaml:"old_secret"`
}

func (t Target) secrets() []string {
	return slices.DeleteFunc([]string{t.Secret, t.OldSecret}, func(s string) bool { return s == "" })
}

// named are the targets that the settings name, with the setting that does.
func (c *Config) named() map[string]string {
	named := map[string]string{}
	for _, target := range c.ContactEvents {
		named[target] = "contact_events"
	}
	if c.Outbound.Delivery != "" {
		named[c.Outbound.Delivery] = "outbound.delivery"
	}
	return named
}

// places are where messages go by target: as the settings map them, or as they name them.
func (c *Config) places() map[string]stream.Place {
	places := map[string]stream.Place{}
	for target := range c.named() {
		if !strings.HasPrefix(target, "arn:") {
			places[target] = stream.Place{URL: target}
		}
	}
	for name, t := range c.Targets {
		places[name] = stream.Place{URL: t.URL, Secrets: t.secrets()}
	}
	return places
}

func (c *Config) checkOutside() error {
	if (c.AWS.AccessKeyID == "") != (c.AWS.SecretAccessKey == "") {
		return errors.New("aws: access_key_id and secret_access_key belong together")
	}
	if u, err := url.Parse(c.AWS.Endpoint); c.AWS.Endpoint != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
		return fmt.Errorf("aws.endpoint: %q is not like https://aws.example.org", redacted(c.AWS.Endpoint))
	}
	if c.GiveUpAfter < 0 {
		return fmt.Errorf("give_up_after: %v is negative", c.GiveUpAfter)
	}
	places, named := c.places(), c.named()
	for _, target := range slices.Sorted(maps.Keys(places)) {
		setting, place := named[target], places[target]
		if _, ok := c.Targets[target]; ok {
			setting = "targets." + target
		} else if strings.HasPrefix(target, "http") && !webhook.IsLoopback(target) {
			return fmt.Errorf("%s: name a webhook in targets, with its secret, and here by that name", setting)
		}
		if strings.HasPrefix(target, "/") {
			return fmt.Errorf("%s: the name of a target does not begin with a slash", setting)
		}
		if err := place.Check(); err != nil {
			return fmt.Errorf("%s: %w", setting, err)
		}
		if strings.HasPrefix(place.URL, "nats:") && c.NATS == "" {
			return fmt.Errorf("%s: the setting nats names no server", setting)
		}
	}
	for _, target := range slices.Sorted(maps.Keys(named)) {
		if _, ok := places[target]; ok || !strings.HasPrefix(target, "arn:") {
			continue
		}
		if err := stream.CheckARN(target); err != nil {
			return fmt.Errorf("%s: %s: %w", named[target], target, err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Functions)) {
		if err := (lambda.Endpoint{URL: c.Functions[name].URL, Secrets: c.Functions[name].secrets()}).Check(); err != nil {
			return fmt.Errorf("functions.%s: %w", name, err)
		}
	}
	return c.checkBots()
}

// outside is what the server tells and calls.
type outside struct {
	targets   *stream.Targets
	functions *lambda.Functions
	bots      *bot.Bots
	closers   []func()
	host      *host.Host // nil: it runs none
	outbox    *outbox.Outbox
	letters   *outbox.DeadLetters
	folders   []*blob.Disk
}

func (s *Server) openOutside(ctx context.Context, buckets blob.Objects, keys []auth.TokenKey) (err error) {
	services := s.amazon(ctx)
	source := s.cfg.AWS.EventSource
	if source == "" && s.cfg.AWS.Endpoint == "" {
		source = "parley.connect"
	}
	s.outside.targets, err = stream.New(stream.Options{
		Places: s.cfg.places(), Loopback: s.cfg.Dev != nil && !s.cfg.Dev.Remote, AWS: services, EventSource: source, NATS: s.cfg.NATS,
		Buckets: buckets,
		Folder: func(path string) (stream.Objects, error) {
			disk, err := blob.OpenDisk(path, blob.DiskOptions{Secrets: signing(keys), Now: s.clock.Now, Log: s.log})
			if err == nil {
				s.outside.folders = append(s.outside.folders, disk)
			}
			return disk, err
		},
	})
	if err != nil {
		return err
	}
	endpoints := map[string]lambda.Endpoint{}
	for name, f := range s.cfg.Functions {
		endpoints[name] = lambda.Endpoint{URL: f.URL, Secrets: f.secrets()}
	}
	if err := s.openHost(endpoints); err != nil {
		return err
	}
	s.outside.functions, err = lambda.New(lambda.Options{
		AWS: services, Endpoints: endpoints, Region: s.scope.Region, Account: s.scope.Account,
	})
	if err != nil {
		return err
	}
	if err := s.openBots(ctx); err != nil {
		return err
	}
	wake := func(lane int, due time.Time) { s.jobs.Wake(lane, due) }
	s.outside.letters = &outbox.DeadLetters{Store: s.store, Wake: wake}
	s.outside.outbox = outbox.New(outbox.Options{
		Store: s.store, Targets: s.outside.targets, Life: s.cfg.GiveUpAfter,
		Own: map[string]func(context.Context, store.Out) error{
			center.KindTranscript: func(ctx context.Context, o store.Out) error { return s.center.WriteTranscript(ctx, o) },
		},
		Log: s.log, Wake: wake,
		Count: func(kind, result string) { s.metrics.told.WithLabelValues(kind, result).Inc() },
	})
	return nil
}

// amazon is how services of Amazon are reached; nil if they are not. A developer's server reaches them only when it is told to: the
// developer's keys are not for whoever can reach the server.
func (s *Server) amazon(ctx context.Context) *aws.Config {
	at := s.cfg.AWS
	if s.cfg.Dev != nil && at == (AWS{}) {
		return nil
	}
	setDefault(&at.Region, s.cfg.Region)
	var cfg aws.Config
	var err error
	if s.cfg.Dev != nil && at.Endpoint != "" && at.AccessKeyID != "" { // all is said: to read the machine's files takes longer than the rest
		cfg = aws.Config{Region: at.Region, Credentials: credentials.NewStaticCredentialsProvider(at.AccessKeyID, at.SecretAccessKey, "")}
	} else {
		cfg, err = awsConfig(ctx, at.Region, at.AccessKeyID, at.SecretAccessKey)
	}
	if err != nil { // of files and variables that are somebody else's, perhaps: who needs no key needs not know
		cfg = aws.Config{Region: at.Region, Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{}, err
		})}
	}
	if at.Endpoint != "" {
		cfg.BaseEndpoint = &at.Endpoint
	}
	return &cfg
}

// close ends connections to the outside.
func (o *outside) close() error {
	var err error
	if o.targets != nil {
		err = o.targets.Close()
	}
	if o.functions != nil {
		o.functions.Close()
	}
	for _, closeOne := range o.closers {
		closeOne()
	}
	if o.host != nil {
		err = errors.Join(err, o.host.Close())
	}
	for _, disk := range o.folders {
		err = errors.Join(err, disk.Close())
	}
	return err
}

// pause lets time go by, unless ctx ends first.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
