package chat_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/openparley/parley/api/connect"
	"github.com/openparley/parley/api/connect/types"
	"github.com/openparley/parley/chat"
	"github.com/openparley/parley/internal/server"
	"github.com/openparley/parley/internal/stage"
)

// house is a server for an example. At Amazon, client would be one for a Region, and endpoint that Region.
func house() (client *connect.Client, endpoint string, shut func()) {
	s, err := stage.Open(context.Background(), server.Config{}, time.Now())
	if err != nil {
		panic(err)
	}
	client, _ = s.Clients()
	return client, s.URL(), func() {
		if err := s.Close(); err != nil {
			panic(err)
		}
	}
}

func ExampleStart() {
	client, _, shut := house()
	defer shut()
	ctx := context.Background()
	session, err := chat.Start(ctx, client, chat.Customer{
		InstanceID: server.DevInstance, FlowID: server.DevFlow, Name: "Ana", FirstMessage: "Where is my parcel?",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer session.Close()
	for item := range session.Items(ctx) {
		switch it := item.(type) {
		case *chat.Message:
			if it.From.Name == "Ana" {
				fmt.Println("Ana:", it.Text)
				if err := session.Disconnect(ctx); err != nil {
					fmt.Println(err)
				}
			}
		case *chat.Ended:
			fmt.Println("the chat has ended")
		}
	}
	fmt.Println(session.Err())
	// Output:
	// Ana: Where is my parcel?
	// the chat has ended
	// <nil>
}

func ExampleServeBot() {
	client, endpoint, shut := house()
	defer shut()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	tokens := make(chan string)
	served := make(chan error)
	go func() {
		served <- chat.ServeBot(ctx, endpoint, tokens, func(ctx context.Context, s *chat.Session, err error) {
			if err != nil {
				fmt.Println(err)
				return
			}
			for item := range s.Items(ctx) {
				if m, ok := item.(*chat.Message); ok && m.From.Name == "Ana" {
					if _, err := s.Say(ctx, "You said: "+m.Text); err != nil {
						fmt.Println(err)
					}
				}
			}
		})
	}()

	session, err := chat.Start(ctx, client, chat.Customer{InstanceID: server.DevInstance, FlowID: server.DevFlow, Name: "Ana"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer session.Close()
	bot, err := client.CreateParticipant(ctx, &connect.CreateParticipantInput{
		InstanceId: new(server.DevInstance), ContactId: new(session.ContactID()),
		ParticipantDetails: &types.ParticipantDetailsToAdd{DisplayName: new("Echo"), ParticipantRole: types.ParticipantRoleCustomBot},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	tokens <- *bot.ParticipantCredentials.ParticipantToken
	close(tokens)
	if _, err := session.Say(ctx, "hello"); err != nil {
		fmt.Println(err)
	}
	for item := range session.Items(ctx) {
		if m, ok := item.(*chat.Message); ok && m.From.Name == "Echo" {
			fmt.Println(m.Text)
			break
		}
	}
	if err := session.Disconnect(ctx); err != nil {
		fmt.Println(err)
	}
	fmt.Println(<-served)
	// Output:
	// You said: hello
	// <nil>
}

func ExampleResume() {
	client, _, shut := house()
	defer shut()
	ctx := context.Background()
	session, err := chat.Start(ctx, client, chat.Customer{InstanceID: server.DevInstance, FlowID: server.DevFlow, Name: "Ana"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for range session.Items(ctx) {
		break // as far as the program came
	}
	kept, err := json.Marshal(session.Save())
	if err != nil {
		fmt.Println(err)
	}
	session.Close()

	var saved chat.Saved
	if err := json.Unmarshal(kept, &saved); err != nil {
		fmt.Println(err)
	}
	session, err = chat.Resume(ctx, saved)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer session.Close()
	fmt.Println(session.Status())
	// Output:
	// Live
}

// A backend has started the chat; the program has the participant token. It sends a file and tells how far it is.
func ExampleJoin() {
	client, endpoint, shut := house()
	defer shut()
	ctx := context.Background()
	started, err := client.StartChatContact(ctx, &connect.StartChatContactInput{
		InstanceId: new(server.DevInstance), ContactFlowId: new(server.DevFlow), ParticipantDetails: &types.ParticipantDetails{DisplayName: new("Ana")},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	session, err := chat.Join(ctx, endpoint, *started.ParticipantToken, chat.Notify(func(s chat.Status) { fmt.Println(s) }))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer session.Close()
	_, err = session.Attach(ctx, chat.Upload{
		Name: "order.csv", Body: strings.NewReader("item,amount\ntea,2\n"),
		Progress: func(sent, total int64) { fmt.Printf("%d of %d bytes\n", sent, total) },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for item := range session.Items(ctx) {
		if file, ok := item.(*chat.File); ok {
			body, _, err := session.Fetch(ctx, file.AttachmentID)
			if err != nil {
				fmt.Println(err)
				return
			}
			text, err := io.ReadAll(body)
			body.Close()
			fmt.Printf("%s: %q %v\n", file.Name, text, err)
			break
		}
	}
	// Output:
	// Live
	// 18 of 18 bytes
	// order.csv: "item,amount\ntea,2\n" <nil>
	// Ended: the session is closed
}

// What was said so far, newest first.
func ExampleSession_Transcript() {
	client, _, shut := house()
	defer shut()
	ctx := context.Background()
	session, err := chat.Start(ctx, client, chat.Customer{InstanceID: server.DevInstance, FlowID: server.DevFlow, Name: "Ana"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer session.Close()
	for _, text := range []string{"one", "two", "three"} {
		if _, err := session.Say(ctx, text); err != nil {
			fmt.Println(err)
			return
		}
	}
	var said []string
	for item, err := range session.Transcript(ctx) {
		if err != nil {
			fmt.Println(err)
			return
		}
		if m, ok := item.(*chat.Message); ok && m.From.ID == session.ParticipantID() {
			said = append(said, m.Text)
		}
	}
	slices.Reverse(said)
	fmt.Println(said)
	// Output:
	// [one two three]
}
