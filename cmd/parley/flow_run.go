package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/openparley/parley/internal/mock"
	"github.com/openparley/parley/internal/play"
	"github.com/openparley/parley/internal/rehearse"
	"github.com/openparley/parley/internal/server"
)

// runCommand talks to a flow in the terminal.
type runCommand struct {
	Paths    []string          `arg:"" name:"file" help:"Flow to talk to, then other flows and folders of flows that it leads to." placeholder:"FILE"`
	Mock     string            `help:"What functions and bots answer: a file in YAML." placeholder:"FILE"`
	Answer   map[string]string `help:"What a function answers, in JSON, such as lookup='{\"tier\":\"gold\"}'. May be repeated." placeholder:"NAME=JSON" mapsep:"none"`
	Function map[string]string `help:"Function that is an address on this machine, such as greet=http://127.0.0.1:9000/. May be repeated." placeholder:"NAME=URL" mapsep:"none"`
	Set      map[string]string `help:"Attribute that the chat starts with. May be repeated." placeholder:"KEY=VALUE" mapsep:"none"`
	At       time.Time         `help:"Time at which the chat starts, such as 2026-12-24T18:00:00Z; default now." placeholder:"TIME"`
	Trace    bool              `help:"Show each action, what it was given, and where it led."`
	Record   string            `help:"Write the conversation to a file that parley flow test can repeat." placeholder:"FILE"`
}

func (c *runCommand) Run() (err error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var rec *recording
	if c.Record != "" {
		if rec, err = newRecording(c.Record); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, rec.close()) }()
	}
	files, err := rehearsed(c.Paths)
	if err != nil {
		return err
	}
	o := rehearse.Options{Files: files, Start: c.At, Config: server.Config{Functions: map[string]server.Target{}}}
	if o.Start.IsZero() {
		o.Start = time.Now()
	}
	if o.Mock, err = readMock(c.Mock); err != nil {
		return err
	}
	if o.Ask, err = answers(c.Answer); err != nil {
		return err
	}
	o.Hear = silentBots()
	for name, url := range c.Function {
		o.Config.Functions[name] = server.Target{URL: url}
	}
	if err := o.Config.Check(); err != nil {
		return fmt.Errorf("%w: --function: %w", errUsage, err)
	}
	house, err := rehearse.Open(ctx, o)
	if err != nil {
		return err
	}
	err = c.talk(ctx, house, files[0].Name, rec)
	if ctx.Err() != nil {
		err = nil // the user has had enough
	}
	return errors.Join(err, house.Close())
}

func (c *runCommand) talk(ctx context.Context, house *rehearse.House, name string, rec *recording) error {
	colour, typed := colourful(os.Stdout), colourful(os.Stdin)
	t := &talk{house: house, out: os.Stdout, echo: !typed, paint: func(code, s string) string {
		if !colour {
			return s
		}
		return "\x1b[" + code + "m" + s + "\x1b[0m"
	}}
	if c.Trace {
		t.trace, t.logs, t.read = &tracer{w: os.Stdout, colour: colour}, house.Operator(), map[string]*string{}
	}
	for _, note := range house.Notes {
		fmt.Fprintln(t.out, t.paint("2", note))
	}
	if typed {
		fmt.Fprintln(t.out, t.paint("2", "You are the customer of "+name+". Enter alone lets time pass, /help tells more."))
	}
	var err error
	if t.play, err = play.Begin(ctx, nil, house, play.Options{Item: t.show, Asks: true, Views: house.Views}); err != nil {
		return err
	}
	defer t.play.Close()
	start := "starts " + play.Word(name)
	for _, k := range slices.Sorted(maps.Keys(c.Set)) {
		start += " " + k + "=" + play.Word(c.Set[k])
	}
	if err = t.do(ctx, "customer", start); err == nil && t.play.ContactID() == "" {
		return errors.New("the chat did not start")
	}
	if err == nil {
		err = t.run(ctx, os.Stdin)
	}
	if rec != nil {
		head := "# at " + house.Start.UTC().Format(time.RFC3339) + "\n" // it begins when this one did
		err = errors.Join(err, t.do(ctx, "-", "end"), rec.write(play.Format([]byte(head), t.play.Lines())))
	}
	return err
}

// rehearsed reads flows.
func rehearsed(paths []string) ([]rehearse.File, error) {
	sources, err := readFlows(paths, os.Stdin)
	if err != nil {
		return nil, err
	}
	files := make([]rehearse.File, len(sources))
	for i, s := range sources {
		files[i] = rehearse.File{Path: s.path, Name: s.name, Type: s.flowType, Content: s.content}
	}
	return files, nil
}

func readMock(path string) (*mock.File, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUsage, err)
	}
	f, err := mock.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", errUsage, path, err)
	}
	return f, nil
}

// answers has functions return what the command line says. Each that has no answer is told once.
func answers(given map[string]string) (func(mock.Call) (mock.Reply, bool), error) {
	returns := map[string]any{}
	for name, text := range given {
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			return nil, fmt.Errorf("%w: --answer %s: %w", errUsage, name, err)
		}
		returns[name] = v
	}
	var mu sync.Mutex
	told := map[string]bool{}
	return func(c mock.Call) (mock.Reply, bool) {
		v, ok := returns[c.Function]
		mu.Lock()
		defer mu.Unlock()
		if !ok && !told[c.Function] {
			told[c.Function] = true
			fmt.Fprintf(os.Stderr, "       function %s has no answer, and fails: give one with --answer %[1]s='{…}' or --mock FILE\n", c.Function)
		}
		return mock.Reply{Returns: v}, ok
	}, nil
}

// silentBots tells once of each bot that says nothing.
func silentBots() func(bot, session, text string) (mock.Turn, bool) {
	var mu sync.Mutex
	told := map[string]bool{}
	return func(bot, _, _ string) (mock.Turn, bool) {
		mu.Lock()
		defer mu.Unlock()
		if !told[bot] {
			told[bot] = true
			fmt.Fprintf(os.Stderr, "       bot %s has nothing to say, and fails: write what it says into a file, and give that with --mock FILE\n", bot)
		}
		return mock.Turn{}, false
	}
}
