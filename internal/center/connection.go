package center

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/openparley/parley/api/participant"
	ptypes "github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/api/wire"
	"github.com/openparley/parley/internal/auth"
	"github.com/openparley/parley/internal/bus"
	"github.com/openparley/parley/internal/reply"
	"github.com/openparley/parley/internal/store"
)

const (
	// websocketURLLife is how long a WebSocket URL may be opened, several times if need be.
	// Source: Participant Service model, CreateParticipantConnection ("connect expiry timeout of 100s").
	websocketURLLife = 100 * time.Second

	// socketLife is what ConnectionExpiry announces. Clients rotate their socket before; nothing is cut at that time.
	socketLife = time.Hour

	// connectionTokenLife is how long a connection token is valid, however long the chat lives. chatjs polls in a hot loop when it
	// is under a minute or over 24 days. Source: API reference, CreateParticipantConnection (one day).
	connectionTokenLife = 24 * time.Hour
)

// WebsocketPath is where the gateway listens; CreateParticipantConnection answers a URL below it, relative to the server.
const WebsocketPath = "/participant/websocket"

// CreateParticipantConnection hands out what a participant needs to talk: a URL for its socket and a token for its calls. Nothing
// handed out earlier is invalidated. The URL is relative; whoever knows the server's address makes it absolute.
func (s *Service) CreateParticipantConnection(
	ctx context.Context, who auth.Participant, in *participant.CreateParticipantConnectionInput,
) (*participant.CreateParticipantConnectionOutput, error) {
	chat, err := s.liveChat(ctx, who.ChatID, who.ParticipantID)
	if err != nil {
		return nil, err
	}
	if len(in.Type) == 0 && in.ConnectParticipant == nil {
		return nil, participantInvalid("Type: name WEBSOCKET, CONNECTION_CREDENTIALS or both")
	}
	if slices.Contains(in.Type, ptypes.ConnectionTypeWebrtcConnection) { // before anybody joins
		return nil, participantInvalid(fmt.Sprintf("Type: %s is not supported by Parley: it is for calls", ptypes.ConnectionTypeWebrtcConnection))
	}
	p, _ := present(chat, who.ParticipantID)
	if in.ConnectParticipant != nil && *in.ConnectParticipant && (p.JoinedAt == 0 || listens(chat, p)) {
		err := s.connect(ctx, who, func(sc *scene, p store.Participant) error {
			if listens(sc.chat, p) {
				sc.connected()
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	now := s.Store.Now()
	out := &participant.CreateParticipantConnectionOutput{}
	for _, t := range in.Type {
		switch t {
		case ptypes.ConnectionTypeWebsocket:
			token := s.Tokens.Issue(auth.Claims{
				Kind: auth.KindSocket, ChatID: who.ChatID, ParticipantID: who.ParticipantID, Expires: now.Add(websocketURLLife),
			})
			out.Websocket = &ptypes.Websocket{
				Url:              new(WebsocketPath + "?token=" + url.QueryEscape(token)),
				ConnectionExpiry: wire.Time(now.Add(socketLife).UnixMilli()),
			}
		case ptypes.ConnectionTypeConnectionCredentials:
			expires := now.Add(connectionTokenLife)
			out.ConnectionCredentials = &ptypes.ConnectionCredentials{
				ConnectionToken: new(s.Tokens.Issue(auth.Claims{
					Kind: auth.KindConnection, ChatID: who.ChatID, ParticipantID: who.ParticipantID, Expires: expires,
				})),
				Expiry: wire.Time(expires.UnixMilli()),
			}
		}
	}
	return out, nil
}

// liveChat reads a chat for one of its participants. It fails with 403 once the chat has ended or the participant has left.
func (s *Service) liveChat(ctx context.Context, chatID, participantID string) (*store.Chat, error) {
	chat, err := s.Store.Chat(ctx, chatID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, accessDenied()
	}
	if err != nil {
		return nil, err
	}
	if _, ok := present(chat, participantID); !ok || chat.EndedAt != 0 {
		return nil, accessDenied()
	}
	return chat, nil
}

// joinedChat is liveChat for an operation that only those may call who are in the chat.
func (s *Service) joinedChat(ctx context.Context, conn auth.Connection) (*store.Chat, error) {
	chat, err := s.liveChat(ctx, conn.ChatID, conn.ParticipantID)
	if err != nil {
		return nil, err
	}
	if p, _ := present(chat, conn.ParticipantID); p.JoinedAt == 0 {
		return nil, notConnected()
	}
	return chat, nil
}

// Live fails with 403 once the chat has ended or the participant has left.
func (s *Service) Live(ctx context.Context, who auth.Connection) error {
	_, err := s.liveChat(ctx, who.ChatID, who.ParticipantID)
	return err
}

// Socket tells the gateway whose socket a URL is for. It fails once the chat has ended.
func (s *Service) Socket(ctx context.Context, token string) (auth.Socket, error) {
	who, err := s.Tokens.Socket(token)
	if err != nil {
		return who, &ptypes.AccessDeniedException{Message: new(err.Error())}
	}
	_, err = s.liveChat(ctx, who.ChatID, who.ParticipantID)
	return who, err
}

// Subscribed notes that a socket listens, and answers the number of the newest item: later ones are due on the socket. The first
// subscription of the customer keeps the chat alive. It fails with 403 once the chat has ended or the participant has left.
func (s *Service) Subscribed(ctx context.Context, who auth.Socket) (int64, error) {
	chat, err := s.liveChat(ctx, who.ChatID, who.ParticipantID)
	if err != nil {
		return 0, err
	}
	if p, _ := present(chat, who.ParticipantID); p.JoinedAt != 0 && (p.Role != roleCustomer || chat.ConnectedAt != 0) {
		return chat.Seq, nil
	}
	var seq int64
	err = s.connect(ctx, auth.Participant(who), func(sc *scene, p store.Participant) error {
		seq = sc.chat.Seq
		if p.Role == roleCustomer && sc.chat.ConnectedAt == 0 {
			sc.connected()
		}
		return nil
	})
	return seq, err
}

// listens reports whether a customer who connects for the first time needs no socket to hear what is said: the chat is streamed.
// Source: connect-chat sheet, A.1, StartContactStreaming.
func listens(chat *store.Chat, p store.Participant) bool {
	return p.Role == roleCustomer && chat.ConnectedAt == 0 && len(chat.Streams) > 0
}

// connected notes that the customer has come: the chat goes on.
func (sc *scene) connected() {
	sc.chat.ConnectedAt, sc.chatChanged = sc.now(), true
	sc.tx.DeleteJob(jobSubscribeDeadline, sc.chat.ID)
}

// connect calls fn in an update for a participant who connects, and has those join who were asked to.
func (s *Service) connect(ctx context.Context, who auth.Participant, fn func(*scene, store.Participant) error) error {
	err := s.update(ctx, store.Key{Chat: who.ChatID}, func(sc *scene) error {
		p, ok := sc.participant(who.ParticipantID)
		if !ok || !sc.live() {
			return accessDenied()
		}
		if err := fn(sc, p); err != nil || p.JoinedAt != 0 {
			return err
		}
		return sc.join(p.ID)
	})
	if errors.Is(err, errNoChat) {
		return accessDenied()
	}
	return err
}

// Since reads the items after a number as frames, for a socket that missed some.
func (s *Service) Since(ctx context.Context, chatID, participantID string, after int64, limit int) ([]bus.Message, error) {
	chat, err := s.Store.Chat(ctx, chatID)
	if err != nil {
		return nil, err
	}
	items, err := s.Store.Items(ctx, chat.Num, store.ItemQuery{After: after, Limit: limit})
	if err != nil {
		return nil, err
	}
	frames := make([]bus.Message, len(items))
	for i := range items {
		frames[i] = frame(chatID, &items[i])
		if to := frames[i].To; len(to) > 0 && !slices.Contains(to, participantID) {
			frames[i].Item = nil
		}
	}
	return frames, nil
}

// Newest reads the numbers of the newest items of chats, so that sockets can be compared with them. Unknown chats are left out.
func (s *Service) Newest(ctx context.Context, chatIDs []string) (map[string]int64, error) {
	return s.Store.Newest(ctx, chatIDs)
}

// DisconnectParticipant takes the caller out of the chat. What becomes of the chat depends on who is left.
func (s *Service) DisconnectParticipant(
	ctx context.Context, conn auth.Connection, in *participant.DisconnectParticipantInput,
) (*participant.DisconnectParticipantOutput, error) {
	token := ""
	if t := reply.Value(in.ClientToken); t != "" {
		token = conn.ParticipantID + "/" + t
	}
	scope := "DisconnectParticipant/" + conn.ChatID
	err := s.update(ctx, store.Key{Chat: conn.ChatID}, func(sc *scene) error {
		if token != "" {
			// A retry after a lost answer finds the chat over: it is answered like the first.
			if _, err := sc.tx.Request(scope, token); err == nil {
				return nil
			} else if !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
		caller, ok := sc.participant(conn.ParticipantID)
		if !ok || !sc.live() {
			return accessDenied()
		}
		if err := sc.disconnect(caller); err != nil {
			return err
		}
		if token != "" {
			sc.tx.PutRequest(store.Request{
				Scope: scope, Token: token, Answer: json.RawMessage("{}"),
				ExpiresAt: sc.tx.Now().Add(eventTokenLife).UnixMilli(),
			})
		}
		return nil
	})
	if errors.Is(err, errNoChat) {
		return nil, accessDenied()
	}
	if err != nil {
		return nil, err
	}
	return &participant.DisconnectParticipantOutput{}, nil
}
