package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/openparley/parley/internal/bench"
)

// benchCommand is the load generator.
type benchCommand struct {
	What []string `arg:"" optional:"" help:"What to measure: start, message, transcript, idle, cold or all (default message)." enum:"start,message,transcript,idle,cold,all"`

	Endpoint    string   `help:"Server to load; without one, servers are started for the run." placeholder:"URL"`
	AllowRemote bool     `help:"Load a server on another machine."`
	Database    []string `help:"Database of a server started for the run: sqlite (a temporary file), sqlite:PATH or an empty postgres://…; may be repeated." default:"sqlite" placeholder:"DSN"`

	Chats    []int         `help:"Chats at the same time; several numbers, several runs." default:"100"`
	Rate     float64       `help:"Messages (or chats started) a second, all chats together; 0: a chat sends when its last message is on both sockets." default:"0"`
	Half     bool          `help:"After each run without --rate another one at half of what it reached."`
	Duration time.Duration `help:"Length of a run." default:"10s"`
	Warmup   time.Duration `help:"Time before it that is not measured." default:"2s"`
	Count    int64         `help:"Messages of a run at most." default:"10000000"`
	Payload  int           `help:"Characters of a message." default:"120"`
	Sockets  int           `help:"Sockets for idle." default:"10000"`
	Items    int           `help:"Items stored before transcript measures." default:"1000000"`

	AccessKeyID     string `help:"Access key." default:"parley"`
	SecretAccessKey string `help:"Its secret." default:"parley"`
	Region          string `help:"Region in signatures." default:"us-east-1"`
	Instance        string `help:"Instance id (default: the first one)." placeholder:"ID"`
	Flow            string `help:"Flow id (default: one that greets and waits, made for the run)." placeholder:"ID"`

	JSON bool `name:"json" help:"Print one JSON line for each result."`
}

func (c *benchCommand) Run() error {
	what := c.What
	if slices.Contains(what, "all") {
		what = []string{bench.Cold, bench.Start, bench.Message, bench.Transcript, bench.Idle}
	}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	progress := io.Discard
	if info, err := os.Stderr.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		progress = os.Stderr
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	var results []bench.Result
	var broken error
	err = bench.Run(ctx, bench.Options{
		What: what, Endpoint: c.Endpoint, AllowRemote: c.AllowRemote, Databases: c.Database, Program: program,
		Chats: c.Chats, Rate: c.Rate, Half: c.Half, Duration: c.Duration, Warmup: c.Warmup, Count: c.Count, Payload: c.Payload,
		Sockets: c.Sockets, Items: c.Items,
		AccessKeyID: c.AccessKeyID, SecretKey: c.SecretAccessKey, Region: c.Region, InstanceID: c.Instance, FlowID: c.Flow,
		Progress: progress,
	}, func(r bench.Result) {
		if !r.Clean() {
			broken = errors.New("not every request was answered and every message delivered once and in order")
		}
		if c.JSON {
			broken = errors.Join(broken, json.NewEncoder(os.Stdout).Encode(r))
			return
		}
		results = append(results, r)
	})
	if len(results) > 0 {
		fmt.Print(bench.Lines(results))
	}
	return errors.Join(err, broken)
}
