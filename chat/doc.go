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
// # Begin
//
//   - [Start] starts a chat and joins it as its customer. Its client is one of api/connect, which reads credentials as all tools of Amazon do.
//   - [Join] joins with a participant token: where a backend starts chats, or for an agent ([As]) or a bot that CreateParticipant made.
//   - [Resume] goes on where another session, perhaps of another process, was saved by [Session.Save].
//   - [ServeBot] is a custom bot in many chats.
//
// All of them return when the session is live, or say why not: after 85 seconds at the latest ([ConnectWithin]), at once when a token is not
// good.
//
// # Where the service is
//
// An endpoint is the URL of a server, such as http://127.0.0.1:8080, or a Region of Amazon, such as us-east-1. Start takes that of its
// client, so that a program says it once; [At] names another. A session has connections of its own, which end with it; a program with
// thousands of sessions gives them one [HTTPClient].
//
// # What comes
//
// [Session.Items] gives a [*Message], [*File], [*Joined], [*Left], [*Ended], [*Typing], [*Receipt], [*Partial], or an [*Event] for the rest.
// [Item.Common] has what all of them have. [Message.Offer] reads the choices of an interactive message.
//
// The transcript of the chat is the truth, the socket only tells of it. On every new socket the session reads from the transcript what it
// has not told yet, and passes what comes on the socket after that; what comes twice is told once. Sockets of Amazon and of Parley are in
// order. Where something between them and the program is not, [Confirmed] has the session read the transcript before it tells.
//
// What is not kept in a transcript comes at most once: typing, receipts, and parts of messages ([Partials]) that fall into a gap are gone;
// the whole message comes all the same.
//
// A program may be slow: up to a thousand items wait for it. Beyond that the session lets go of them and reads them again later.
//
// # What is sent
//
// [Session.Say], [Session.Send] and the others return when the server has acknowledged. Until then they are repeated under one
// ClientToken, by which the server knows a repetition, so that nothing is said twice. Messages go out in the order of the calls.
// [Patience] bounds the time: what is not acknowledged by then is [ErrUncertain]. What the server refuses comes as its error at once, as
// one of the types of api/participant/types.
//
// [Session.Attach] sends a file from any Reader and tells how far it is, [Session.Typing] that somebody writes, [AutoDelivered] and [AutoRead]
// have the session send receipts by itself.
//
// # Connections
//
// [Session.Status] says how things stand, [Notify] tells of every change: [Connecting], [Live], [Reconnecting], and [Over], each with its
// reason.
//
// The session asks the server for a sign of life every ten seconds and takes a link for dead that does not answer within five: a cable
// that was pulled is noticed after fifteen seconds at most ([Heartbeat] sets other times). Before the server would end a socket or a
// token, the session has a new one, and nobody notices. When a link is lost, it opens another at once, and then after pauses that double
// up to half a minute ([Pauses]), each shortened by chance so that not all programs come back in the same instant.
//
// # The end
//
// Items ends with the chat, or with the session. [Session.Err] is nil after an end that was seen. It is [ErrRemoved] when somebody took the
// participant out, as an agent does with a bot, and [ErrEndedAway] when the chat ended while the session was not connected: its last items
// are not known then, since the service answers nobody after the end. [Session.Disconnect] leaves the chat; [Session.Close] leaves the
// participant in it, for Resume, and returns when no goroutine is left.
//
// # Tests
//
// Package parleytest has a server for tests of programs that chat. A session waits on the clock of the machine alone, so a test in a bubble
// of testing/synctest lives through a day at once, if its server is in the bubble too.
package chat
