package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/openparley/parley/api/parley"
	"github.com/openparley/parley/internal/server"
)

// placeFlags say where chats are kept. The database, its files and the key for a server are those of the configuration, as "parley
// serve" reads it.
type placeFlags struct {
	Config   string `help:"Configuration file (YAML) of the server." placeholder:"FILE" type:"path"`
	Database string `help:"Database of the server: sqlite:PATH or postgres://… (default sqlite:parley.db)." placeholder:"DSN"`
	Server   string `help:"Ask a running server instead, with a key from the configuration, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, that is an operator's." placeholder:"URL" aliases:"endpoint"`
}

// keptFlags say where chats are kept and whose are meant.
type keptFlags struct {
	placeFlags

	Customer string `help:"All chats of a customer." placeholder:"ID" xor:"who" required:""`
	Contact  string `help:"The chat that a contact belongs to." placeholder:"ID" xor:"who" required:""`
	Instance string `help:"Only in this instance." placeholder:"ID"`

	DryRun bool `help:"Say what there is, and do nothing."`
}

// keeper knows the chats that are kept: a server that runs, or this process on the database.
type keeper interface {
	FindChats(context.Context, *parley.FindChatsInput) (*parley.FindChatsOutput, error)
	EraseChat(context.Context, *parley.EraseChatInput) (*parley.EraseChatOutput, error)
	ExportChat(context.Context, *parley.ExportChatInput) (*parley.ExportChatOutput, error)
	OpenAttachment(ctx context.Context, id string) (io.ReadCloser, error)
	FindDeadLetters(context.Context, *parley.FindDeadLettersInput) (*parley.FindDeadLettersOutput, error)
	ReplayDeadLetters(context.Context, *parley.ReplayDeadLettersInput) (*parley.ReplayDeadLettersOutput, error)
	DropDeadLetters(context.Context, *parley.DropDeadLettersInput) (*parley.DropDeadLettersOutput, error)
	TraceContact(context.Context, *parley.TraceContactInput) (*parley.TraceContactOutput, error)
	Close() error
}

func (f *placeFlags) open(ctx context.Context) (keeper, error) {
	s, err := (&serveCommand{Config: f.Config, Database: f.Database}).settings(os.Environ())
	if err != nil {
		return nil, err
	}
	if f.Server != "" {
		return newRemote(f.Server, &s)
	}
	if path, ok := strings.CutPrefix(s.Database, "sqlite:"); ok {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("there is no database %s", path)
		}
	}
	s.Log = newLogger(os.Stderr, max(s.LogLevel, 4), true) // warnings and errors
	k, err := server.OpenKept(ctx, s.Config)
	if errors.Is(err, syscall.EAGAIN) {
		return nil, fmt.Errorf("%w\nAsk the server that runs: --server http://%s, with a key in credentials that has operator: true. Or stop it",
			err, s.Listen)
	}
	if err != nil {
		return nil, openError(err, "database with --database")
	}
	return k, nil
}

// find finds the chats that are meant.
func (f *keptFlags) find(ctx context.Context, k keeper) ([]parley.Chat, error) {
	in := &parley.FindChatsInput{CustomerId: set(f.Customer), ContactId: set(f.Contact), InstanceId: set(f.Instance)}
	var all []parley.Chat
	for {
		out, err := k.FindChats(ctx, in)
		if err != nil {
			return nil, err
		}
		all = append(all, out.Chats...)
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return all, nil
		}
	}
}

func set(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// report writes how much is kept of chats.
func report(w io.Writer, chats []parley.Chat) {
	var sum parley.Kept
	live := 0
	for _, c := range chats {
		if c.DisconnectTimestamp == nil {
			live++
		}
		sum.Contacts += c.Kept.Contacts
		sum.Items += c.Kept.Items
		sum.Attachments += c.Kept.Attachments
		sum.Files += c.Kept.Files
		sum.Untold += c.Kept.Untold
		sum.DeadLetters += c.Kept.DeadLetters
	}
	fmt.Fprintf(w, "%8d chats, %d of them live\n", len(chats), live)
	for _, line := range []struct {
		n    int64
		what string
	}{
		{sum.Contacts, "contacts and their records"},
		{sum.Items, "items of transcripts"},
		{sum.Attachments, "attachments"},
		{sum.Files, "files in buckets"},
		{sum.Untold, "events, items and records to be told"},
		{sum.DeadLetters, "dead letters"},
	} {
		fmt.Fprintf(w, "%8d %s\n", line.n, line.what)
	}
}

// progress tells from time to time how far long work is.
type progress struct {
	w     io.Writer
	doing string
	what  string
	next  time.Time
}

// progressEvery is how often.
const progressEvery = 2 * time.Second

func newProgress(doing, what string) *progress {
	return &progress{os.Stderr, doing, what, time.Now().Add(progressEvery)}
}

func (p *progress) tell(n, of int) {
	if now := time.Now(); now.After(p.next) && n < of {
		p.next = now.Add(progressEvery)
		fmt.Fprintf(p.w, "%s: %d of %d %s\n", p.doing, n, of, p.what)
	}
}

// remote is a server that runs.
type remote struct {
	*parley.Client
}

// fetching gets files. A server lets one take as long.
var fetching = &http.Client{Timeout: 15 * time.Minute}

func newRemote(address string, s *settings) (keeper, error) {
	base, err := url.Parse(address)
	if err != nil || base.Host == "" {
		return nil, fmt.Errorf("--server: %q is not like http://127.0.0.1:8080", address)
	}
	key := aws.Credentials{AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY")}
	for _, k := range s.Credentials {
		if k.Operator {
			key = aws.Credentials{AccessKeyID: k.AccessKeyID, SecretAccessKey: k.SecretAccessKey}
			break
		}
	}
	if key.AccessKeyID == "" {
		return nil, errors.New("--server needs a key: one with operator: true in the configuration, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	}
	region := s.Region
	if region == "" {
		region = "us-east-1"
	}
	return remote{parley.New(parley.Options{
		BaseEndpoint: &address, Region: region,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return key, nil }),
	})}, nil
}

func (r remote) OpenAttachment(ctx context.Context, id string) (io.ReadCloser, error) {
	out, err := r.LocateAttachment(ctx, &parley.LocateAttachmentInput{AttachmentId: &id})
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, *out.Url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := fetching.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		return nil, fmt.Errorf("attachment %s: %s", id, resp.Status)
	}
	return resp.Body, nil
}

func (remote) Close() error { return nil }
