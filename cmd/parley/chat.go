package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/openparley/parley/api/connect"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/api/wire"
	"github.com/openparley/parley/chat"
)

// chatCommand is a chat in the terminal.
type chatCommand struct {
	Endpoint string            `help:"Server; by default one of \"parley dev\" on this machine, and with --region Amazon." placeholder:"URL"`
	Region   string            `help:"Region of Amazon, or the one that the server takes (default us-east-1)." placeholder:"NAME"`
	Instance string            `help:"Instance to chat with." placeholder:"ID" default:"${devInstance}"`
	Flow     string            `help:"Flow to start." placeholder:"ID" default:"${devFlow}"`
	Name     string            `help:"What others call you." default:"Ana"`
	Set      map[string]string `help:"Attribute that the chat starts with. May be repeated." placeholder:"KEY=VALUE" mapsep:"none"`
	Continue string            `help:"Chat that has ended, to be continued." placeholder:"CONTACT"`
	Token    string            `help:"Join a chat with a participant token, instead of starting one." placeholder:"TOKEN"`
	Session  string            `help:"Keep the session in a file when you stop, and go on with it the next time." placeholder:"FILE" type:"path"`
	JSON     bool              `help:"Write one JSON object a line, for scripts: items as on the wire, parts of messages, and statuses." name:"json"`
	Linger   time.Duration     `help:"How long to stay, without news, after the end of the input." default:"5s"`
}

const chatHelp = `  text              say it
  1, 2, …           pick one of the choices shown
  /view A {…}       answer the view with action A and, if there is any, its data in JSON
  /file PATH        send a file
  /get N [PATH]     save the file with the number N
  /leave            leave the chat
`

func (c *chatCommand) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	colour, typed := colourful(os.Stdout), colourful(os.Stdin)
	v := &visit{out: os.Stdout, prompts: typed && colour && !c.JSON, json: c.JSON, echo: !typed, linger: c.Linger, paint: func(code, s string) string {
		if !colour {
			return s
		}
		return "\x1b[" + code + "m" + s + "\x1b[0m"
	}}
	session, err := c.open(ctx, chat.Partials(), chat.AutoDelivered(), chat.AutoRead(), chat.Notify(v.status))
	if err != nil {
		return err
	}
	defer session.Close()
	v.session = session
	if typed && !c.JSON {
		fmt.Fprintln(v.out, v.paint("2", "You are "+c.Name+". /help tells more."))
	}
	err = v.run(ctx, os.Stdin)
	if ctx.Err() != nil {
		err = nil // the user has had enough
	}
	return errors.Join(err, c.leave(session))
}

// open starts a chat, joins one, or goes on with one.
func (c *chatCommand) open(ctx context.Context, opts ...chat.Option) (*chat.Session, error) {
	if c.Session != "" {
		switch text, err := os.ReadFile(c.Session); {
		case err == nil:
			var saved chat.Saved
			if err := json.Unmarshal(text, &saved); err != nil {
				return nil, fmt.Errorf("%s: %w", c.Session, err)
			}
			return chat.Resume(ctx, saved, opts...)
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	at := c.Endpoint
	if at == "" && c.Region == "" {
		at = "http://127.0.0.1:8080"
	} else if at == "" {
		at = c.Region
	}
	if c.Token != "" {
		return chat.Join(ctx, at, c.Token, opts...)
	}
	client, err := c.client(ctx, at)
	if err != nil {
		return nil, err
	}
	return chat.Start(ctx, client, chat.Customer{
		InstanceID: c.Instance, FlowID: c.Flow, Name: c.Name, Attributes: c.Set, Continues: c.Continue, Incremental: true,
		Accepts: []string{chat.Markdown, chat.JSON, chat.Interactive, chat.InteractiveResponse},
	}, append(opts, chat.At(at))...)
}

// client takes the keys of the environment, as all tools of Amazon do; for a server on this machine without any, those of a developer.
func (c *chatCommand) client(ctx context.Context, at string) (*connect.Client, error) {
	o := connect.Options{Region: c.Region}
	if strings.Contains(at, "://") {
		o.BaseEndpoint = &at
	}
	if o.Region == "" {
		o.Region = "us-east-1"
	}
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion(o.Region))
	if err != nil {
		return nil, err
	}
	o.Credentials = cfg.Credentials
	if o.BaseEndpoint != nil && os.Getenv("AWS_ACCESS_KEY_ID") == "" && os.Getenv("AWS_PROFILE") == "" {
		o.Credentials = devKeys
	}
	return connect.New(o), nil
}

// leave keeps the session for another time, or leaves the chat.
func (c *chatCommand) leave(s *chat.Session) error {
	over := s.Status().Phase == chat.Over
	switch {
	case c.Session != "" && over:
		if err := os.Remove(c.Session); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	case c.Session != "":
		text, err := json.Marshal(s.Save())
		if err != nil {
			return err
		}
		return os.WriteFile(c.Session, append(text, '\n'), 0o600)
	case over:
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), leaveWithin)
	defer cancel()
	return s.Disconnect(ctx)
}

const leaveWithin = 5 * time.Second

// visit is somebody at a terminal in a chat.
type visit struct {
	session       *chat.Session
	prompts, json bool
	echo          bool // what the customer says is shown: it is not on the screen already
	linger        time.Duration
	paint         func(code, s string) string

	mu      sync.Mutex // of what follows
	out     io.Writer
	live    bool   // has been
	writing string // id of the message whose parts are on the screen
	written int    // of its bytes
	choices []chat.Choice
	files   []*chat.File
}

// run shows items and does what lines say, until the chat is over or the input is.
func (v *visit) run(ctx context.Context, in io.Reader) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	items := make(chan chat.Item)
	go func() {
		defer close(items)
		for item := range v.session.Items(ctx) {
			items <- item
		}
	}()
	lines, done := make(chan string), make(chan error, 1)
	go readLines(ctx, in, lines) // ends with the program
	go func() { done <- v.speak(ctx, lines) }()
	defer func() {
		cancel(nil)
		for range items {
		}
	}()
	v.prompt()
	var quiet <-chan time.Time
	for {
		select {
		case item, ok := <-items:
			if !ok {
				return v.session.Err()
			}
			v.show(item)
			if quiet != nil {
				quiet = time.After(v.linger)
			}
		case err := <-done:
			if err != nil || ctx.Err() != nil {
				return err
			}
			done, quiet = nil, time.After(v.linger)
		case <-quiet:
			return nil
		}
	}
}

func readLines(ctx context.Context, in io.Reader, lines chan<- string) {
	defer close(lines)
	scan := bufio.NewScanner(in)
	scan.Buffer(nil, 1<<20)
	for scan.Scan() {
		select {
		case lines <- strings.TrimSpace(scan.Text()):
		case <-ctx.Done():
			return
		}
	}
}

// speak does the lines one after the other. What is refused is shown.
func (v *visit) speak(ctx context.Context, lines <-chan string) error {
	for line := range lines {
		err := v.line(ctx, line)
		switch {
		case ctx.Err() != nil, errors.Is(err, chat.ErrEnded):
			return nil
		case err != nil:
			v.say(v.paint("31", "       "+err.Error()))
		}
		v.prompt()
	}
	return nil
}

func (v *visit) line(ctx context.Context, line string) error {
	command, rest, _ := strings.Cut(line, " ")
	switch command {
	case "":
		return nil
	case "/help":
		v.say(strings.TrimRight(chatHelp, "\n"))
		return nil
	case "/leave", "/quit":
		return v.session.Disconnect(ctx)
	case "/view":
		return v.answer(ctx, rest)
	case "/file":
		return v.send(ctx, rest)
	case "/get":
		return v.get(ctx, rest)
	}
	if strings.HasPrefix(command, "/") {
		return fmt.Errorf("there is no command %s:\n%s", command, chatHelp)
	}
	v.mu.Lock()
	if n, err := strconv.Atoi(line); err == nil && n >= 1 && n <= len(v.choices) {
		line = v.choices[n-1].Content
	}
	v.mu.Unlock()
	_, err := v.session.Say(ctx, line)
	return err
}

func (v *visit) answer(ctx context.Context, rest string) error {
	action, text, _ := strings.Cut(rest, " ")
	if action == "" {
		return errors.New("/view takes an action and, if there is any, its data in JSON")
	}
	data := json.RawMessage(text)
	if text == "" {
		data = json.RawMessage("{}")
	}
	_, err := v.session.Respond(ctx, "ViewResource", action, data)
	return err
}

func (v *visit) send(ctx context.Context, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	tenth := int64(-1)
	_, err = v.session.Attach(ctx, chat.Upload{Name: filepath.Base(path), Body: f, Progress: func(sent, total int64) {
		if now := sent * 10 / max(total, 1); now != tenth {
			tenth = now
			v.say(v.paint("2", fmt.Sprintf("       %s: %d %%", filepath.Base(path), now*10)))
		}
	}})
	return err
}

func (v *visit) get(ctx context.Context, rest string) error {
	number, path, _ := strings.Cut(rest, " ")
	n, err := strconv.Atoi(number)
	v.mu.Lock()
	if err != nil || n < 1 || n > len(v.files) {
		v.mu.Unlock()
		return errors.New("/get takes the number of a file and, if it is to have another name, a path")
	}
	f := v.files[n-1]
	v.mu.Unlock()
	if path == "" {
		path = filepath.Base(f.Name)
	}
	from, _, err := v.session.Fetch(ctx, f.AttachmentID)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	if err = errors.Join(err, to.Close()); err == nil {
		v.say(v.paint("2", "       saved as "+path))
	}
	return err
}

// status shows how the connection is; that it is there at first goes without saying.
func (v *visit) status(s chat.Status) {
	text := ""
	v.mu.Lock()
	switch {
	case s.Phase == chat.Live && v.live:
		text = "connected again"
	case s.Phase == chat.Live:
		v.live = true
	case s.Phase == chat.Reconnecting && s.Attempt <= 1:
		text = "the connection is lost, another is made: " + s.Err.Error()
	case s.Phase == chat.Connecting:
		text = "no connection yet: " + s.Err.Error()
	}
	v.mu.Unlock()
	if v.json {
		line := struct {
			Type, Phase string
			Reason      string `json:",omitempty"`
			Attempt     int    `json:",omitempty"`
		}{Type: "STATUS", Phase: s.Phase.String(), Attempt: s.Attempt}
		if s.Err != nil {
			line.Reason = s.Err.Error()
		}
		v.write(line)
	} else if text != "" {
		v.say(v.paint("33", "       "+text))
	}
}

func (v *visit) write(line any) {
	text, err := json.Marshal(line)
	if err != nil {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	fmt.Fprintf(v.out, "%s\n", text)
}

// say writes a line for people.
func (v *visit) say(text string) {
	if v.json {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.clear()
	fmt.Fprintln(v.out, text)
}

// clear begins a line: what stands on it is a prompt, or a message that is not whole yet. The caller holds mu.
func (v *visit) clear() {
	if v.writing != "" {
		fmt.Fprintln(v.out)
		v.writing = ""
	} else if v.prompts {
		fmt.Fprint(v.out, "\r\x1b[K")
	}
}

func (v *visit) prompt() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.prompts && v.writing == "" {
		fmt.Fprint(v.out, v.paint("1", "> "))
	}
}

// show writes an item.
func (v *visit) show(item chat.Item) {
	h := item.Common()
	if v.json {
		if p, ok := item.(*chat.Partial); ok {
			v.write(struct{ Type, Id, Content, Added string }{"PARTIAL", h.ID, p.Text, p.Added})
			return
		}
		v.mu.Lock()
		defer v.mu.Unlock()
		fmt.Fprintf(v.out, "%s\n", wire.Append(nil, h.Wire))
		return
	}
	defer v.prompt()
	v.mu.Lock()
	defer v.mu.Unlock()
	mine := h.From.Role == ptypes.ParticipantRoleCustomer
	name := calm(h.From.Name)
	who := v.paint("1", name)
	switch it := item.(type) {
	case *chat.Partial:
		v.part(it, who)
	case *chat.Message:
		if mine && !v.echo {
			return
		}
		v.message(it, who)
	case *chat.File:
		v.clear()
		v.files = append(v.files, it)
		fmt.Fprintf(v.out, "%s  %s %s\n", who, calm(it.Name), v.paint("2", fmt.Sprintf("(file %d, %s; /get %d saves it)", len(v.files), strings.ToLower(string(it.Status)), len(v.files))))
	case *chat.Typing:
		if !mine && v.prompts && v.writing == "" {
			fmt.Fprint(v.out, "\r\x1b[K"+v.paint("2", name+" is typing … "))
		}
	case *chat.Receipt:
	case *chat.Joined:
		v.note(mine, name+" is there")
	case *chat.Left:
		v.note(mine, name+" has left")
	case *chat.Ended:
		v.note(false, "the chat has ended")
	case *chat.Event:
		v.note(false, strings.TrimSpace(calm(it.Name)+" "+name))
	}
}

// note writes what is not said. The caller holds mu.
func (v *visit) note(mine bool, text string) {
	if !mine {
		v.clear()
		fmt.Fprintln(v.out, v.paint("2", "       "+text))
	}
}

// part writes on where the last part ended. The caller holds mu.
func (v *visit) part(p *chat.Partial, who string) {
	if v.writing != p.ID {
		v.clear()
		fmt.Fprint(v.out, who+"  ")
		v.writing, v.written = p.ID, 0
	}
	fmt.Fprint(v.out, calm(p.Text[min(v.written, len(p.Text)):]))
	v.written = len(p.Text)
}

// message writes a message, or what there is of it beyond its parts. The caller holds mu.
func (v *visit) message(m *chat.Message, who string) {
	v.choices = nil
	if v.writing == m.ID {
		fmt.Fprintln(v.out, calm(m.Text[min(v.written, len(m.Text)):]))
		v.writing = ""
		return
	}
	content := m.Text
	if m.ContentType == chat.Interactive {
		content, v.choices = offer(content)
	}
	v.clear()
	fmt.Fprintf(v.out, "%s  %s\n", who, strings.ReplaceAll(calm(content), "\n", "\n       "))
	showChoices(v.out, v.paint, v.choices)
}
