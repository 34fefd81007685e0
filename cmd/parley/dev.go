package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/openparley/parley/internal/server"
)

// devCommand starts everything for a developer.
type devCommand struct {
	Listen      string            `default:"127.0.0.1:8080" help:"Address to serve on; port 0 is any free one." placeholder:"ADDRESS"`
	Data        string            `help:"Folder to keep the chats in; without it they are gone at the end." placeholder:"DIR"`
	Flow        []string          `help:"Flow to load under its file name, or folder that \"parley flow export\" has written, and again whenever it is saved. May be repeated." placeholder:"FILE" sep:"none"`
	Quotas      string            `default:"self" enum:"self,aws,off" help:"self protects the machine, aws has Amazon's default quotas, off has none."`
	Events      []string          `help:"Webhook on this machine to tell contact events, such as http://127.0.0.1:9000/. May be repeated." placeholder:"URL" sep:"none"`
	Function    map[string]string `help:"Function that is an address on this machine, such as greet=http://127.0.0.1:9000/. May be repeated." placeholder:"NAME=URL" mapsep:"none"`
	Bot         map[string]string `help:"Bot that is an address on this machine, such as helper=http://127.0.0.1:9000/, or a file in YAML with what the setting bots has for it, such as helper=bot.yaml. May be repeated." placeholder:"NAME=URL" mapsep:"none"`
	Lambda      map[string]string `help:"Function that is a program on this machine and speaks the Lambda Runtime API, such as lookup=./handler: it is run here, and again when it changes. May be repeated." placeholder:"NAME=PROGRAM" mapsep:"none"`
	JSON        bool              `name:"json" help:"Print one line of JSON when ready, instead of text."`
	AllowRemote bool              `help:"Let other machines in: the keys of this server are public knowledge."`
	PublicURL   string            `name:"public-url" help:"Address with a name under which clients find this server, such as http://parley.test:8080." placeholder:"URL"`
}

func (c *devCommand) Run() error {
	if !loopback(c.Listen) && !c.AllowRemote {
		return fmt.Errorf("--listen %s lets other machines in, and everybody knows the keys of a dev server: "+
			"add --allow-remote if you want that", c.Listen)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	all, err := listeners(c.Listen)
	if err != nil {
		return err
	}
	l := all[0]
	lines := newLogWriter(os.Stderr)
	defer lines.Flush()
	level := new(slog.LevelVar)
	log := newLogger(lines, level, !c.JSON)

	cfg := server.Config{
		Dev: &server.Dev{Remote: c.AllowRemote, Host: hostOf(c.Listen), Lambda: c.Lambda}, PublicURL: c.PublicURL, Quotas: server.Quotas{Profile: c.Quotas}, Log: log,
		ContactEvents: c.Events, TraceFlows: true, Functions: map[string]server.Target{}, Bots: map[string]server.Bot{},
	}
	for name, url := range c.Function {
		cfg.Functions[name] = server.Target{URL: url}
	}
	for name, at := range c.Bot {
		if cfg.Bots[name], err = devBot(at); err != nil {
			return fmt.Errorf("--bot %s: %w", name, err)
		}
	}
	if c.Data != "" {
		cfg.Database = "sqlite:" + filepath.Join(c.Data, "parley.db")
	}
	srv, err := server.Open(ctx, cfg)
	if err != nil {
		return openError(err, "folder with --data")
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	flows := newDevFlows(srv, endpoint(l), c.Flow, level)
	if err := flows.load(ctx); err != nil {
		return errors.Join(err, shutdown(srv, log))
	}
	ready, err := srv.Ready(ctx, endpoint(l))
	if err != nil {
		return errors.Join(err, shutdown(srv, log))
	}
	if c.JSON {
		err = json.NewEncoder(os.Stdout).Encode(ready)
	} else {
		err = c.welcome(os.Stdout, ready, flows)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("print the ready line: %w", err), shutdown(srv, log))
	}

	go flows.reload(ctx)
	select {
	case <-ctx.Done():
		time.AfterFunc(repeat, stop) // from then on a second signal ends the program at once
	case err = <-failed:
	}
	return errors.Join(ignoreClosed(err), shutdown(srv, log))
}

// hostOf is the host of an address to listen on; empty for all.
func hostOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return "" // listening has said so
	}
	return host
}

// devBot is a bot at an address, or as a file says.
func devBot(at string) (b server.Bot, err error) {
	if strings.Contains(at, "://") {
		b.URL = at
		return b, nil
	}
	text, err := os.ReadFile(at)
	if err != nil {
		return b, err
	}
	if err := decodeYAML(text, &b); err != nil {
		return b, fmt.Errorf("%s: %w", at, err)
	}
	return b, nil
}

// welcome tells a person where things are.
func (c *devCommand) welcome(w io.Writer, r server.Ready, flows *devFlows) error {
	kept := "Chats are gone when you stop; --data DIR keeps them."
	if c.Data != "" {
		kept = "Chats are kept in " + c.Data + "."
	}
	_, err := fmt.Fprintf(w, `Parley is ready at %[1]s

  Chat page    %[1]s/demo
  Console      %[1]s/console
  Instance     %[2]s
  Flow         %[3]s
  Keys         %[4]s / %[5]s, region %[6]s

Start a chat with the AWS CLI:

  AWS_ACCESS_KEY_ID=%[4]s AWS_SECRET_ACCESS_KEY=%[5]s AWS_DEFAULT_REGION=%[6]s \
  aws connect start-chat-contact --endpoint-url %[1]s \
    --instance-id %[2]s \
    --contact-flow-id %[3]s \
    --participant-details DisplayName=Ana

`, r.Endpoint, r.InstanceId, r.ContactFlowId, r.AccessKeyId, r.SecretAccessKey, r.Region)
	if err != nil {
		return err
	}
	for _, name := range flows.names() {
		fmt.Fprintf(w, "Flow %s  %s\n", r.Flows[name], name)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Functions)) {
		fmt.Fprintf(w, "Function %s  %s\n", name, r.Functions[name])
	}
	_, err = fmt.Fprintf(w, "%s Ctrl-C stops.\n\n", kept)
	return err
}

// endpoint is where a client on this machine finds the listener.
func endpoint(l net.Listener) string {
	addr := l.Addr().(*net.TCPAddr)
	if addr.IP.IsUnspecified() {
		return "http://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(addr.Port))
	}
	return "http://" + addr.String()
}
