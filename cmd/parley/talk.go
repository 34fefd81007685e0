package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/api/parley"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/chat"
	"github.com/openparley/parley/internal/play"
	"github.com/openparley/parley/internal/rehearse"
)

// talk is somebody at a terminal who is the customer of a flow.
type talk struct {
	house *rehearse.House
	play  *play.Performance
	out   io.Writer
	paint func(code, s string) string
	echo  bool // what the customer says is shown: it is not on the screen already

	seen    int           // items, so far
	said    bytes.Buffer  // what they are, to be written
	choices []chat.Choice // of the newest message

	trace *tracer            // nil: the flow is not traced
	logs  *parley.Client     // for the trace
	read  map[string]*string // of the flow logs of contacts: where to go on

	traced string // contact whose flow log is at its end
}

const talkHelp = `  text           say it
  Enter          let time pass until something happens
  1, 2, …        pick one of the choices shown
  /pass 10m      let so much time pass
  /view A {…}    answer the view with action A and, if there is any, its data in JSON
  /agent         an agent joins; /agent text says something as the agent, /agent leave leaves
  /attributes    show the attributes of the chat
  /quit          leave
`

// run reads lines until the chat, or the input, is over. At the end of the input it lets time pass until nothing more happens.
func (t *talk) run(ctx context.Context, in io.Reader) error {
	lines, failed := typedLines(ctx, in)
	for !t.play.Over("customer") {
		fmt.Fprint(t.out, t.prompt())
		select {
		case <-ctx.Done():
			fmt.Fprintln(t.out)
			return ctx.Err()
		case line, more := <-lines:
			if !more {
				fmt.Fprintln(t.out)
				return errors.Join(<-failed, t.finish(ctx))
			}
			switch err := t.line(ctx, strings.TrimSpace(line)); {
			case errors.Is(err, errQuit):
				return nil
			case err != nil:
				return err
			}
		}
	}
	return nil
}

// typedLines reads lines apart from the talk, which can be left while nothing is typed. failed has one error, or nil, after the last line.
func typedLines(ctx context.Context, in io.Reader) (lines <-chan string, failed <-chan error) {
	read, end := make(chan string), make(chan error, 1)
	go func() {
		defer close(read)
		s := bufio.NewScanner(in)
		s.Buffer(nil, 1<<20)
		for s.Scan() {
			select {
			case read <- s.Text():
			case <-ctx.Done():
				return
			}
		}
		end <- s.Err()
	}()
	return read, end
}

var errQuit = errors.New("quit")

func (t *talk) prompt() string {
	if t.echo {
		return ""
	}
	return t.paint("1", "> ")
}

// finish lets time pass until the chat ends.
func (t *talk) finish(ctx context.Context) error {
	for range 1000 {
		if t.play.Over("customer") {
			break
		}
		if more, err := t.next(ctx); err != nil || !more {
			return err
		}
	}
	return nil
}

func (t *talk) line(ctx context.Context, line string) error {
	command, rest, _ := strings.Cut(line, " ")
	switch command {
	case "":
		more, err := t.next(ctx)
		if err == nil && !more {
			fmt.Fprintln(t.out, t.paint("2", "       Nothing is to come: say something."))
		}
		return err
	case "/quit":
		return errQuit
	case "/help":
		_, err := io.WriteString(t.out, talkHelp)
		return err
	case "/pass":
		d, err := time.ParseDuration(rest)
		if err != nil || d < 0 {
			fmt.Fprintln(t.out, "/pass takes a duration, such as 90s or 1h30m")
			return nil
		}
		return t.pass(ctx, d)
	case "/view":
		action, data, _ := strings.Cut(rest, " ")
		if action == "" || data != "" && !json.Valid([]byte(data)) {
			fmt.Fprintln(t.out, `/view takes an action and, if there is any, its data in JSON, such as /view Next {"FormData":{"name":"Ana"}}`)
			return nil
		}
		return t.do(ctx, "customer", "answers "+rest)
	case "/attributes":
		return t.do(ctx, "backend", "reads")
	case "/agent":
		switch {
		case rest == "":
			return t.do(ctx, "agent", "joins")
		case !t.play.Present("agent"):
			fmt.Fprintln(t.out, "There is no agent in the chat: /agent has one join.")
			return nil
		case rest == "leave":
			return t.do(ctx, "agent", "leaves")
		}
		return t.do(ctx, "agent", "says "+strconv.Quote(rest))
	}
	if strings.HasPrefix(command, "/") {
		_, err := fmt.Fprintf(t.out, "There is no command %s:\n%s", command, talkHelp)
		return err
	}
	if n, err := strconv.Atoi(line); err == nil && n >= 1 && n <= len(t.choices) {
		c := t.choices[n-1]
		return t.do(ctx, "customer", "says "+strconv.Quote(c.Content)+" "+chat.Plain)
	}
	return t.do(ctx, "customer", "says "+strconv.Quote(line))
}

// do has an actor of the play do something now. What the server refuses is shown.
func (t *talk) do(ctx context.Context, actor, text string) error {
	now, err := t.now(ctx)
	if err != nil {
		return err
	}
	before := len(t.play.Lines())
	if err := t.play.Do(play.Line{At: now, Actor: actor, Text: text}); err != nil {
		return err
	}
	if strings.HasPrefix(text, "starts ") && t.play.Over("customer") && t.play.ContactID() != "" {
		return errors.Join(t.tell(ctx), t.aftermath(ctx))
	}
	if err := t.tell(ctx); err != nil {
		return err
	}
	for _, l := range t.play.Lines()[before:] {
		if l.Seen && strings.HasPrefix(l.Text, "ERROR ") {
			fmt.Fprintln(t.out, t.paint("31", "       "+reason(t.play.Refused())))
		} else if l.Seen && l.Actor == "backend" {
			fmt.Fprintln(t.out, "       "+l.Text)
		}
	}
	return nil
}

// aftermath tells what was said in a chat that was over before the customer could connect.
func (t *talk) aftermath(ctx context.Context) error {
	client, _ := t.house.Clients()
	out, err := client.ListRealtimeContactAnalysisSegmentsV2(ctx, &connect.ListRealtimeContactAnalysisSegmentsV2Input{
		InstanceId: new(t.house.InstanceID()), ContactId: new(t.play.ContactID()), OutputType: types.RealTimeContactAnalysisOutputTypeRaw,
		SegmentTypes: []types.RealTimeContactAnalysisSegmentType{types.RealTimeContactAnalysisSegmentTypeTranscript},
	})
	if err != nil {
		return err
	}
	for _, s := range out.Segments {
		if said, ok := s.(*types.RealtimeContactAnalysisSegmentMemberTranscript); ok {
			fmt.Fprintf(t.out, "    0s %s\n", t.paint("1", calm(deref(said.Value.DisplayName)))+"  "+calm(deref(said.Value.Content)))
		}
	}
	fmt.Fprintln(t.out, t.paint("2", "       The flow ended the chat before the customer could connect: customers see nothing of it."))
	return nil
}

func (t *talk) now(ctx context.Context) (time.Duration, error) {
	now, err := t.house.Now(ctx)
	return t.play.Since(now), err
}

// pass lets so much time pass.
func (t *talk) pass(ctx context.Context, d time.Duration) error {
	now, err := t.house.Now(ctx)
	if err == nil {
		err = t.house.Advance(ctx, now.Add(d))
	}
	if err == nil {
		err = t.play.Look()
	}
	if err != nil {
		return err
	}
	return t.tell(ctx)
}

// next lets time pass until something is seen, and reports false if nothing ever will be.
func (t *talk) next(ctx context.Context) (bool, error) {
	began, err := t.house.Now(ctx)
	if err != nil {
		return false, err
	}
	for before := t.seen; t.seen == before && !t.play.Over("customer"); {
		now, more, err := t.house.AdvanceToNext(ctx)
		if err != nil || !more {
			return false, err
		}
		if passed := now.Sub(began).Truncate(time.Second); passed > 0 {
			fmt.Fprintln(t.out, t.paint("2", "       "+passed.String()+" pass"))
			began = now
		}
		if err := t.play.Look(); err != nil {
			return false, err
		}
		if err := t.tell(ctx); err != nil {
			return false, err
		}
	}
	return true, nil
}

// tell writes what the flow did, and then what the customer has seen.
func (t *talk) tell(ctx context.Context) error {
	if contact := t.play.ContactID(); t.trace != nil && contact != "" && contact != t.traced {
		for {
			out, err := t.logs.TraceContact(ctx, &parley.TraceContactInput{ContactId: &contact, NextToken: t.read[contact]})
			if err != nil {
				return err
			}
			for i := range out.Lines {
				t.trace.line(&out.Lines[i])
			}
			if out.NextToken == nil {
				t.traced = contact
				break
			}
			t.read[contact] = out.NextToken
			if len(out.Lines) == 0 {
				break
			}
		}
	}
	_, err := t.said.WriteTo(t.out)
	return err
}

// show notes an item that the customer sees.
func (t *talk) show(actor string, at time.Duration, it *ptypes.Item) {
	if actor != "customer" {
		return
	}
	t.seen++
	who, content := calm(deref(it.DisplayName)), deref(it.Content)
	switch it.Type {
	case ptypes.ChatItemTypeMessage:
		if it.ParticipantRole == ptypes.ParticipantRoleCustomer && !t.echo {
			return
		}
		t.choices = nil
		if deref(it.ContentType) == chat.Interactive {
			content, t.choices = offer(content)
		}
		fmt.Fprintf(&t.said, "%s %s\n", t.paint("2", fmt.Sprintf("%6s", shortTime(at))), t.paint("1", who)+"  "+strings.ReplaceAll(calm(content), "\n", "\n       "))
		showChoices(&t.said, t.paint, t.choices)
	case ptypes.ChatItemTypeEvent:
		event := strings.TrimPrefix(deref(it.ContentType), "application/vnd.amazonaws.connect.event.")
		if event == "typing" || event == "participant.joined" && it.ParticipantRole == ptypes.ParticipantRoleCustomer {
			return
		}
		fmt.Fprintln(&t.said, t.paint("2", strings.TrimRight(fmt.Sprintf("%6s %s %s", shortTime(at), event, who), " ")))
	}
}

func shortTime(d time.Duration) string { return d.Truncate(time.Second).String() }

// offer returns what stands above the choices of an interactive message, and the choices.
func offer(content string) (title string, choices []chat.Choice) {
	o := chat.ReadOffer(content)
	switch {
	case o == nil:
		return content, nil
	case o.Template == "ViewResource":
		return fmt.Sprintf("[view %s] %s  (answer with /view ACTION {…})", o.ViewID, o.ViewData), nil
	case o.Title == "" && o.Choices == nil:
		return content, nil
	}
	return o.Title, o.Choices
}

func showChoices(w io.Writer, paint func(code, s string) string, choices []chat.Choice) {
	for i, c := range choices {
		fmt.Fprintf(w, "         %s  %s %s\n", paint("36", strconv.Itoa(i+1)), calm(c.Title), paint("2", calm(c.About)))
	}
}

// calm is a stranger's text without what a terminal might obey. Its lines stay.
func calm(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return ' '
		}
		return r
	}, s)
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
