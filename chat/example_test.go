package chat_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
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
		http.DefaultClient.CloseIdleConnections()
		if err := s.Close(); err != nil {
			panic(err)
		}
	}
}

func ExampleStart() {
	client, endpoint, shut := house()
	defer shut()
	ctx := context.Background()
	session, err := chat.Start(ctx, client, chat.Customer{
		InstanceID: server.DevInstance, FlowID: server.DevFlow, Name: "Ana", FirstMessage: "Where is my parcel?",
	}, chat.At(endpoint))
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

	session, err := chat.Start(ctx, client, chat.Customer{InstanceID: server.DevInstance, FlowID: server.DevFlow, Name: "Ana"}, chat.At(endpoint))
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
	client, endpoint, shut := house()
	defer shut()
	ctx := context.Background()
	session, err := chat.Start(ctx, client, chat.Customer{InstanceID: server.DevInstance, FlowID: server.DevFlow, Name: "Ana"}, chat.At(endpoint))
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
