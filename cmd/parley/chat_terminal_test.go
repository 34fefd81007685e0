//go:build unix

package main

import (
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/chat"
	"github.com/openparley/parley/internal/server"
)

// colleague is an agent in the newest chat of a server, who hears what is said.
type colleague struct {
	*chat.Session
	t     *testing.T
	items chan chat.Item
}

func joinChat(t *testing.T, ready server.Ready) *colleague {
	t.Helper()
	now := time.Now()
	found, err := client(ready).SearchContacts(t.Context(), &connect.SearchContactsInput{
		InstanceId: &ready.InstanceId, TimeRange: &types.SearchContactsTimeRange{
			Type: types.SearchContactsTimeRangeTypeInitiationTimestamp, StartTime: new(now.Add(-time.Hour)), EndTime: new(now.Add(time.Hour)),
		},
	})
	if err != nil || len(found.Contacts) != 1 {
		t.Fatalf("%d chats, %v", len(found.Contacts), err)
	}
	out, err := client(ready).CreateParticipant(t.Context(), &connect.CreateParticipantInput{
		InstanceId: &ready.InstanceId, ContactId: found.Contacts[0].Id,
		ParticipantDetails: &types.ParticipantDetailsToAdd{ParticipantRole: types.ParticipantRoleAgent, DisplayName: new("Bo")},
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := chat.Join(t.Context(), ready.Endpoint, *out.ParticipantCredentials.ParticipantToken, chat.As("AGENT"))
	if err != nil {
		t.Fatal(err)
	}
	c := &colleague{Session: s, t: t, items: make(chan chat.Item)}
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		defer close(c.items)
		for item := range s.Items(ctx) {
			select {
			case c.items <- item:
			case <-ctx.Done():
			}
		}
	}()
	t.Cleanup(func() { stop(); s.Close() })
	return c
}

func (c *colleague) says(text string) {
	c.t.Helper()
	if _, err := c.Say(c.t.Context(), text); err != nil {
		c.t.Fatal(err)
	}
}

// hears waits for an item.
func (c *colleague) hears(what string, is func(chat.Item) bool) {
	c.t.Helper()
	for deadline := time.After(patience); ; {
		select {
		case item, more := <-c.items:
			if !more {
				c.t.Fatalf("the chat is over without %s", what)
			}
			if is(item) {
				return
			}
		case <-deadline:
			c.t.Fatalf("there was no %s", what)
		}
	}
}

// TestChatTerminal: at a terminal the line that is being written stays as it is, whatever comes.
func TestChatTerminal(t *testing.T) {
	t.Parallel()
	_, ready := startDev(t)
	s := sit(t, nil, "chat", "--endpoint", ready.Endpoint, "--name", "Ruth")
	s.has("You are Ruth. /help tells more.")
	s.has("SYSTEM_MESSAGE  Hello, and welcome!")
	s.has("\n>\n")
	bo := joinChat(t, ready)
	s.has("       Bo is there")

	if err := bo.Typing(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.shows("Bo is typing … >")
	s.press("half a l")
	s.has("> half a l")
	bo.hears("typing of Ruth", func(item chat.Item) bool {
		_, ok := item.(*chat.Typing)
		return ok && item.Common().From.Name == "Ruth"
	})
	bo.says("Are you there?")
	s.shows("Bo  Are you there?", "> half a l")
	s.press("ine\r")
	bo.hears("the line", func(item chat.Item) bool { m, ok := item.(*chat.Message); return ok && m.Text == "half a line" })
	s.shows("> half a line", ">")

	if _, err := bo.Send(t.Context(), chat.Interactive, `{"templateType":"ListPicker","version":"1.0","data":{"content":{
		"title":"What is it about?","elements":[{"title":"Delivery"},{"title":"Refund","subtitle":"money back"}]}}}`); err != nil {
		t.Fatal(err)
	}
	s.shows("Bo  What is it about?", "         1  Delivery", "         2  Refund money back", ">")
	s.press("2\r")
	bo.hears("the choice", func(item chat.Item) bool { m, ok := item.(*chat.Message); return ok && m.Text == "Refund" })
	s.shows("> 2", "Ruth  Refund", ">")

	s.press("/help")
	resp, err := http.Post(ready.Endpoint+"/parley/v1/faults", "application/json", strings.NewReader(`{"Fault":"socket-cut","Times":1}`))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	s.has("       the connection is lost")
	s.shows("       connected again", "> /help")
	s.press("\r")
	s.has("pick one of the choices shown")
	s.press("/file nothing.txt\r")
	s.has("       open nothing.txt: no such file")
	write(t, filepath.Join(s.cmd.Dir, "note.txt"), strings.Repeat("a small file ", 10_000))
	s.press("/file note.txt\rwhile it")
	s.shows("Ruth  note.txt (file 1, approved; /get 1 saves it)", "> while it")
	s.press(" is sent\r")
	if !s.colour {
		t.Error("there are no colours")
	}
	s.press("the end\x03")
	if code := s.exitCode(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	bo.hears("that Ruth leaves", func(item chat.Item) bool {
		_, ok := item.(*chat.Left)
		return ok && item.Common().From.Name == "Ruth"
	})
}

// TestChatTerminalEnds: the chat ends, or the customer ends it, by all the ways there are. Without colours there are none.
func TestChatTerminalEnds(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(s *seat, ready server.Ready){
		"/leave": func(s *seat, _ server.Ready) { s.press("/leave\r") },
		"Ctrl-D": func(s *seat, _ server.Ready) { s.press("\x04") },
		"a signal": func(s *seat, _ server.Ready) {
			if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
				s.t.Fatal(err)
			}
		},
		"the server": func(s *seat, ready server.Ready) {
			if err := joinChat(s.t, ready).Disconnect(s.t.Context()); err != nil {
				s.t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, ready := startDev(t)
			s := sit(t, []string{"NO_COLOR=1"}, "chat", "--endpoint", ready.Endpoint, "--flow", "Welcome")
			s.has("\n>\n")
			end(s, ready)
			if code := s.exitCode(); code != 0 {
				t.Errorf("exit code %d", code)
			}
			s.shows("       the chat has ended")
			if s.colour {
				t.Error("there are colours")
			}
		})
	}
}
