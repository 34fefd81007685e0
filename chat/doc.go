// Package chat is a chat on Amazon Connect for Go programs, at Amazon or at Parley: what the official JavaScript library is for pages.
//
// A [Session] is one participant of one chat. It keeps itself connected, and gives the program every item of the chat once and in order,
// whatever happens to the connections below it:
//
//	session, err := chat.Start(ctx, client, chat.Customer{InstanceID: instance, FlowID: flow, Name: "Ana"})
//	if err != nil {
//		return err
//	}
//	defer session.Close()
//	session.Say(ctx, "Where is my parcel?")
//	for item := range session.Items(ctx) {
//		switch it := item.(type) {
//		case *chat.Message:
//			fmt.Println(it.From.Name, it.Text)
//		case *chat.Ended:
//			fmt.Println("goodbye")
//		}
//	}
//	return session.Err()
//
// [Start] starts a chat and joins it. Where a backend starts chats, it hands the participant token of StartChatContact to the program,
// which calls [Join]; so does a bot with that of CreateParticipant, for which [ServeBot] runs many chats at a time. [Resume] goes on where
// another session, perhaps of another process, was saved by [Session.Save].
//
// # Connections
//
// Items come on a WebSocket. The session asks the server for a sign of life every ten seconds and takes a link for dead that does not
// answer within five: a cable that was pulled is noticed after fifteen seconds at most ([Heartbeat] sets other times). Before the
// server would end a socket or a token, the session has a new one. When a link is lost, it opens another at once, and then after
// pauses that double up to half a minute, each shortened by chance so that not all programs come back in the same instant.
// [Session.Status] says how things stand, [Notify] tells of every change.
//
// # Items
//
// The transcript of the chat is the truth, the socket only tells of it. On every new socket the session reads from the transcript what it
// has not told yet, and passes what comes on the socket after that; what comes twice is told once. Sockets of Amazon and of Parley are in
// order. Where something between them and the program is not, [Confirmed] has the session read the transcript before it tells.
//
// What is not kept in a transcript comes at most once: typing, receipts, and parts of messages ([Partials]) that fall into a gap are gone.
// A chat that ends while the session is not connected takes its last items along, since the service answers nobody after the end;
// [Session.Err] is [ErrEndedAway] then.
//
// A program may be slow: up to a thousand items wait for it. Beyond that the session lets go of them and reads them again later.
//
// # Sending
//
// [Session.Say], [Session.Send] and the others return when the server has acknowledged. Until then they are repeated under one
// ClientToken, by which the server knows a repetition, so that nothing is said twice. Messages go out in the order of the calls.
// [Patience] bounds the time: what is not acknowledged by then is [ErrUncertain]. What the server refuses comes as its error at once.
package chat
