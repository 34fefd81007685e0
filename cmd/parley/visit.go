package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/api/wire"
	"github.com/openparley/parley/chat"
	"github.com/openparley/parley/internal/play"
)

const chatHelp = `  text              say it
  1, 2, …           pick one of the choices shown
  /view A {…}       answer the view with action A and, if there is any, its data in JSON
  /file PATH        send a file
  /get N [PATH]     save the file with the number N
  /leave            leave the chat, as Ctrl-D and Ctrl-C do
`

const (
	leaveWithin = 5 * time.Second
	typingEvery = 10 * time.Second // Source: participant-wire sheet, 5
	typingLasts = 12 * time.Second
	viewWithin  = 10 * time.Second
)

// visit is somebody at a terminal, or a script, in a chat.
type visit struct {
	session *chat.Session
	screen  *screen
	tape    *play.Recording // nil: nobody records
	json    bool
	echo    bool // what the customer says is shown: it is not on the screen already
	stay    bool // in the chat, when the input ends
	linger  time.Duration
	leaving func() // is called when the customer leaves: from then on Ctrl-C ends the program

	mu      sync.Mutex // of what follows
	live    bool       // has been
	choices []chat.Choice
	picked  string    // is said next, and not on the screen
	told    time.Time // that the customer writes
	files   []*chat.File
}

// run shows items and does what lines say, until the chat is over, or the input is and the customer has left.
func (v *visit) run(ctx context.Context, lines <-chan string) error {
	listening, deaf := context.WithCancel(context.Background())
	items := make(chan chat.Item)
	go func() {
		defer close(items)
		for item := range v.session.Items(listening) {
			items <- item
		}
	}()
	defer func() {
		deaf()
		for range items {
		}
	}()
	done := make(chan struct{})
	go func() {
		defer close(done)
		v.speak(ctx, lines)
	}()
	go v.typing(ctx)
	var quiet, late <-chan time.Time
	said, enough, left := (<-chan struct{})(done), ctx.Done(), make(chan error, 1)
	for {
		leaves := false
		select {
		case item, ok := <-items:
			if !ok {
				return v.session.Err()
			}
			v.show(item)
			if quiet != nil {
				quiet = time.After(v.linger)
			}
		case <-said:
			if said = nil; v.screen.edits() {
				leaves = true
			} else {
				quiet = time.After(v.linger) // answers may come
			}
		case <-quiet:
			leaves = true
		case <-enough:
			leaves = true
		case err := <-left:
			if err != nil {
				return err
			}
			late = time.After(leaveWithin)
		case <-late:
			return nil
		}
		if leaves {
			if v.stay {
				return nil
			}
			said, enough, quiet = nil, nil, nil
			v.leaving()
			go func() {
				ctx, cancel := context.WithTimeout(context.Background(), leaveWithin)
				defer cancel()
				left <- v.session.Disconnect(ctx)
			}()
		}
	}
}

// typing tells others that the customer writes.
func (v *visit) typing(ctx context.Context) {
	for {
		select {
		case <-v.screen.keys:
		case <-ctx.Done():
			return
		}
		v.mu.Lock()
		lately := time.Since(v.told) < typingEvery
		if !lately {
			v.told = time.Now()
		}
		v.mu.Unlock()
		if !lately {
			_ = v.session.Typing(ctx) // who does not hear of it sees what is said
		}
	}
}

// speak does the lines one after the other. What is refused is shown.
func (v *visit) speak(ctx context.Context, lines <-chan string) {
	for line := range lines {
		err := v.line(ctx, line)
		switch {
		case ctx.Err() != nil, errors.Is(err, chat.ErrEnded), errors.Is(err, chat.ErrClosed):
			return
		case err != nil && v.json:
			v.write(struct{ Type, Line, Reason string }{"ERROR", line, reason(err)})
		case err != nil:
			v.screen.say(v.screen.paint("31", indent+reason(err)))
		}
	}
}

func (v *visit) line(ctx context.Context, line string) error {
	command, rest, _ := strings.Cut(line, " ")
	switch command {
	case "":
		return nil
	case "/help":
		v.note(strings.TrimRight(chatHelp, "\n"))
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
		return fmt.Errorf("there is no command %s:\n%s", command, strings.TrimRight(chatHelp, "\n"))
	}
	v.mu.Lock()
	if n, err := strconv.Atoi(line); err == nil && n >= 1 && n <= len(v.choices) {
		line = v.choices[n-1].Content
		v.picked = line
	}
	v.told = time.Time{}
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
	name := filepath.Base(path)
	defer v.screen.hint("file", "", 0)
	tenth := int64(-1)
	_, err = v.session.Attach(ctx, chat.Upload{Name: name, Body: f, Progress: func(sent, total int64) {
		now := sent * 10 / max(total, 1)
		if now == tenth {
			return
		}
		tenth = now
		switch text := fmt.Sprintf("%s: %d %%", name, now*10); {
		case v.json:
			v.write(struct {
				Type, Name  string
				Sent, Total int64
			}{"PROGRESS", name, sent, total})
		case v.screen.edits():
			v.screen.hint("file", text, 0)
		default:
			v.note(indent + text)
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
		v.note(indent + "saved as " + path)
	}
	return err
}

// status shows how the connection is; that it is there at first goes without saying.
func (v *visit) status(s chat.Status) {
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
		return
	}
	text := ""
	v.mu.Lock()
	switch {
	case s.Phase == chat.Live && v.live:
		text = "connected again"
	case s.Phase == chat.Live:
		v.live = true
	case s.Phase == chat.Reconnecting && s.Attempt <= 1:
		text = "the connection is lost, another is made: " + calm(s.Err.Error())
	case s.Phase == chat.Connecting:
		text = "no connection yet: " + calm(s.Err.Error())
	}
	v.mu.Unlock()
	if text != "" {
		v.screen.say(v.screen.paint("33", indent+text))
	}
}

// write writes a line for scripts.
func (v *visit) write(line any) {
	if text, err := json.Marshal(line); err == nil {
		v.screen.write(text)
	}
}

// note writes a line for people that is not said.
func (v *visit) note(text string) {
	if !v.json {
		v.screen.say(v.screen.paint("2", text))
	}
}

// show writes an item.
func (v *visit) show(item chat.Item) {
	v.keep(item)
	h := item.Common()
	if p, ok := item.(*chat.Partial); ok && v.json {
		v.write(struct{ Type, Id, Content, Added string }{"PARTIAL", h.ID, p.Text, p.Added})
		return
	}
	if f, ok := item.(*chat.File); ok {
		v.mu.Lock()
		v.files = append(v.files, f)
		v.mu.Unlock()
	}
	if v.json {
		v.screen.write(wire.Append(nil, h.Wire))
		return
	}
	mine := h.From.Role == ptypes.ParticipantRoleCustomer
	name := calm(h.From.Name)
	switch it := item.(type) {
	case *chat.Typing:
		if !mine {
			v.screen.hint(h.From.ID, name+" is typing …", typingLasts)
		}
		return
	case *chat.Partial:
		v.screen.hint(h.From.ID, "", 0)
		v.screen.grow(it.ID, name, it.Text, false)
	case *chat.Message:
		v.screen.hint(h.From.ID, "", 0)
		v.message(it, name, mine)
	case *chat.File:
		v.screen.hint(h.From.ID, "", 0)
		v.screen.say(fmt.Sprintf("%s  %s %s", v.screen.paint("1", name), calm(it.Name),
			v.screen.paint("2", fmt.Sprintf("(file %d, %s; /get %[1]d saves it)", len(v.files), strings.ToLower(string(it.Status))))))
	case *chat.Joined:
		if !mine {
			v.note(indent + name + " is there")
		}
	case *chat.Left:
		v.screen.hint(h.From.ID, "", 0)
		if !mine {
			v.note(indent + name + " has left")
		}
	case *chat.Ended:
		v.note(indent + "the chat has ended")
	case *chat.Event:
		if it.Name == "participant.invited" { // who comes is told when he is there
			return
		}
		v.note(indent + strings.TrimSpace(calm(it.Name)+" "+name))
	}
}

func (v *visit) message(m *chat.Message, name string, mine bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	picked := mine && v.picked == m.Text
	if mine {
		v.picked = ""
	}
	v.choices = nil
	if mine && !v.echo && !picked || v.screen.grow(m.ID, name, m.Text, true) {
		return
	}
	content := m.Text
	if m.ContentType == chat.Interactive {
		content, v.choices = offer(content)
	}
	var choices strings.Builder
	showChoices(&choices, v.screen.paint, v.choices)
	v.screen.tell(name, content, choices.String())
}

// keep keeps an item for a recording, and the names of views.
func (v *visit) keep(item chat.Item) {
	if _, part := item.(*chat.Partial); v.tape == nil || part {
		return
	}
	v.tape.Items = append(v.tape.Items, *item.Common().Wire)
	m, ok := item.(*chat.Message)
	if !ok {
		return
	}
	if o := m.Offer(); o != nil && o.ViewToken != "" && v.tape.Views[o.ViewID] == "" {
		ctx, cancel := context.WithTimeout(context.Background(), viewWithin)
		defer cancel()
		if view, err := v.session.View(ctx, o.ViewToken); err == nil {
			v.tape.Views[o.ViewID] = deref(view.Name)
		}
	}
}
