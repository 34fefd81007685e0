package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/google/uuid"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/chat"
	"github.com/openparley/parley/internal/play"
	"github.com/openparley/parley/internal/server"
)

// chatCommand is a chat in the terminal. Its exit code is 0 when the chat has ended or the customer has left it, 1 when it did not begin or was
// lost, 2 for a wrong command line or without keys.
type chatCommand struct {
	Endpoint string            `help:"Server; by default one of \"parley dev\" on this machine, and with --region Amazon." placeholder:"URL"`
	Region   string            `help:"Region of Amazon, or the one that the server takes (default us-east-1)." placeholder:"NAME"`
	Instance string            `help:"Instance to chat with." placeholder:"ID" default:"${devInstance}"`
	Flow     string            `help:"Flow to start, by id or name." placeholder:"FLOW" default:"${devFlow}"`
	Name     string            `help:"What others call you." default:"Ana"`
	Set      map[string]string `help:"Attribute that the chat starts with. May be repeated." placeholder:"KEY=VALUE" mapsep:"none"`
	Continue string            `help:"Chat that has ended, to be continued." placeholder:"CONTACT"`
	Token    string            `help:"Join a chat with a participant token, instead of starting one." placeholder:"TOKEN"`
	Session  string            `help:"Keep the session in a file when you stop, and go on with it the next time." placeholder:"FILE" type:"path"`
	Record   string            `help:"Write the conversation to a file that parley flow test and Go tests can repeat." placeholder:"FILE" type:"path"`
	KeepFlow bool              `help:"Keep the flow, as it is now, in the recording as well."`
	JSON     bool              `help:"Write one JSON object a line, for scripts: items as on the wire, parts of messages, and statuses." name:"json"`
	Linger   time.Duration     `help:"How long to stay, without news, after the end of the input." default:"5s"`
}

const (
	beginWithin = 30 * time.Second
	tellAfter   = 3 * time.Second
)

func (c *chatCommand) Run() (err error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	v := &visit{screen: newScreen(os.Stdout), json: c.JSON, stay: c.Session != "", linger: c.Linger}
	switch {
	case c.Record == "" && c.KeepFlow:
		return fmt.Errorf("%w: --keep-flow is for --record", errUsage)
	case c.Record != "" && c.Session+c.Continue != "":
		return fmt.Errorf("%w: a recording is of a whole chat: --record goes neither with --session nor with --continue", errUsage)
	case c.Record != "" && c.Token != "" && (c.Flow == server.DevFlow || c.KeepFlow):
		return fmt.Errorf("%w: nobody tells in which flow somebody else has started a chat: name it with --flow, and without --keep-flow", errUsage)
	case c.Record != "":
		file, err := newRecording(c.Record)
		if err != nil {
			return err
		}
		v.tape = &play.Recording{Flow: c.Flow, Attributes: c.Set, Views: map[string]string{}}
		defer func() {
			if v.session != nil {
				err = errors.Join(err, file.write(v.tape.Play()))
			}
			err = errors.Join(err, file.close())
		}()
	}
	slow := time.AfterFunc(tellAfter, func() { v.note(indent + "no answer yet") })
	v.session, err = c.open(ctx, v.tape, chat.Partials(), chat.AutoDelivered(), chat.AutoRead(), chat.Notify(v.status), chat.ConnectWithin(beginWithin))
	slow.Stop()
	switch {
	case err != nil && ctx.Err() != nil:
		return errors.New("the chat was given up before it began")
	case err != nil:
		return err
	}
	defer v.session.Close()
	v.echo, v.leaving = !isTerminal(os.Stdin), stop
	if !v.echo && !c.JSON && isTerminal(os.Stdout) {
		var enough context.CancelFunc
		ctx, enough = context.WithCancel(ctx)
		shut, err := v.screen.edit(os.Stdin, os.Stdout, enough)
		if err != nil {
			return err
		}
		defer shut()
		v.leaving = func() { shut(); stop() }
		v.screen.say(v.screen.paint("2", "You are "+c.Name+". /help tells more."))
	}
	err = v.run(ctx, v.screen.lines(ctx, os.Stdin))
	return errors.Join(err, c.keep(v.session))
}

// open starts a chat, joins one, or goes on with one.
func (c *chatCommand) open(ctx context.Context, tape *play.Recording, opts ...chat.Option) (*chat.Session, error) {
	if c.Session != "" {
		switch text, err := os.ReadFile(c.Session); {
		case err == nil:
			return c.resume(ctx, text, opts)
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	endpoint := c.Endpoint
	if endpoint == "" && c.Region == "" {
		endpoint = devServer
	}
	at := cmp.Or(endpoint, c.Region)
	var o connect.Options
	if c.Token == "" {
		var err error
		if o, err = callerOptions(ctx, endpoint, c.Region); err != nil {
			return nil, err
		}
	}
	if err := knock(ctx, endpoint); err != nil {
		return nil, err
	}
	if c.Token != "" {
		return chat.Join(ctx, at, c.Token, opts...)
	}
	client := connect.New(o)
	flow, err := c.findFlow(ctx, client, tape)
	if err != nil {
		return nil, err
	}
	return chat.Start(ctx, client, chat.Customer{
		InstanceID: c.Instance, FlowID: flow, Name: c.Name, Attributes: c.Set, Continues: c.Continue, Incremental: true,
		Accepts: []string{chat.Markdown, chat.JSON, chat.Interactive, chat.InteractiveResponse},
	}, append(opts, chat.At(at))...)
}

// resume goes on with a session that was kept.
func (c *chatCommand) resume(ctx context.Context, text []byte, opts []chat.Option) (*chat.Session, error) {
	var saved chat.Saved
	if err := json.Unmarshal(text, &saved); err != nil || saved.ParticipantToken == "" {
		return nil, fmt.Errorf("%w: %s holds no session that parley chat has kept", errUsage, c.Session)
	}
	s, err := chat.Resume(ctx, saved, opts...)
	if _, ok := errors.AsType[*types.AccessDeniedException](err); ok {
		return nil, fmt.Errorf("the chat of %s has ended: remove the file to start another: %w", c.Session, err)
	}
	return s, err
}

// findFlow returns the id of the flow, which may be named, and notes for a recording what it is.
func (c *chatCommand) findFlow(ctx context.Context, client *connect.Client, tape *play.Recording) (string, error) {
	id := c.Flow
	if last := id[strings.LastIndexByte(id, '/')+1:]; uuid.Validate(last[:min(36, len(last))]) != nil {
		id = ""
		pages := connect.NewListContactFlowsPaginator(client, &connect.ListContactFlowsInput{InstanceId: &c.Instance})
		for id == "" && pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return "", err
			}
			for _, f := range page.ContactFlowSummaryList {
				if deref(f.Name) == c.Flow {
					id = deref(f.Id)
				}
			}
		}
		if id == "" {
			return "", fmt.Errorf("%w: the instance has no flow %q", errUsage, c.Flow)
		}
	}
	if tape == nil {
		return id, nil
	}
	out, err := client.DescribeContactFlow(ctx, &connect.DescribeContactFlowInput{InstanceId: &c.Instance, ContactFlowId: &id})
	switch {
	case err != nil && c.KeepFlow:
		return "", err
	case err != nil: // whoever may start chats need not be allowed to look at flows: the recording has the name as it was given
		return id, nil
	}
	tape.Flow = deref(out.ContactFlow.Name)
	if c.KeepFlow {
		tape.Flows = []play.Flow{{Name: tape.Flow, Type: string(out.ContactFlow.Type), Content: deref(out.ContactFlow.Content)}}
	}
	return id, nil
}

// keep keeps the session for another time, if it is to be.
func (c *chatCommand) keep(s *chat.Session) error {
	if c.Session == "" {
		return nil
	}
	if s.Status().Phase == chat.Over {
		if err := os.Remove(c.Session); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	text, err := json.Marshal(s.Save())
	if err != nil {
		return err
	}
	return os.WriteFile(c.Session, append(text, '\n'), 0o600)
}
