// Package parleytest is a contact centre inside a Go test: the server that serves customers, in this process and in memory, with its time in
// the hand of the test. A day passes in milliseconds, functions and bots are Go functions, and what goes wrong on a bad day goes wrong when the
// test says so.
//
//	func TestCustomerFallsAsleep(t *testing.T) {
//		srv := parleytest.New(t, parleytest.Flow("welcome", parleytest.Steps(parleytest.Say("Welcome"), parleytest.Queue("Support"))))
//		chat := srv.StartChat("welcome", parleytest.Lasting(48*time.Hour))
//		chat.CustomerTimers(10*time.Minute, 20*time.Minute)
//
//		srv.Clock.Advance(24*time.Hour + 30*time.Minute)
//		agent := chat.AgentJoins("Ben")
//		agent.Says("Are you still there?")
//		srv.Clock.Advance(10 * time.Minute)
//		agent.Saw("EVENT participant.idle CUSTOMER")
//		srv.Clock.Advance(20 * time.Minute)
//		chat.HasEnded("IDLE_DISCONNECT")
//		chat.Lasted(25 * time.Hour)
//	}
//
// A server takes a few milliseconds to open and is closed when the test ends. Hundreds run side by side: give each test its own.
//
// # Flows
//
// What a chat goes through is a flow. [FlowFile] takes one that was exported from Amazon Connect, [Flow] its JSON; [Steps] makes a simple one of
// a few words such as [Say], [Hear], [Invoke], [Talk] and [Queue]. Queues, hours, prompts and other flows that a flow names need not be made:
// they are furnished by the names that it has for them.
//
// # The program under test
//
// It calls the server as it would call Amazon Connect: with a client made from [Server.Config], an [aws.Config] for this module's clients and
// for the official ones alike, or with any client in any language at [Server.URL]. There are two ways to meet it:
//
//   - The program starts chats, as a website's backend does. [Server.Chat] looks at one that it has started.
//   - The program answers chats, as a bot or an agent's desktop does. [Server.StartChat] starts one as a customer, who then [Person.Says] things;
//     [Chat.Invites] has the participant token for the program. [Chat.AgentJoins], [Chat.BotJoins] and [Chat.SupervisorJoins] bring others whom
//     the test plays.
//
// With [WithoutPort] the server is reached through the config alone and has no port. WebSockets are dialed through [Server.HTTPClient].
//
// # Time
//
// The server's clock stands still until [Clock.Advance] or one of its sisters moves it. They return when all that became due on the way is done,
// in order, and what became due through it: timers, flows, functions, bots, events, streams, records. The same test goes the same way each time.
//
// Signatures, the time limits of functions, and what the program under test does in goroutines of its own go by the machine's clock. For the
// latter, assertions wait a little: see [Patience]. Let the program come to rest, by an assertion or [Server.Await], before you move the clock.
//
// # What was seen
//
// Assertions have the words of the field. [Person.Saw], [Person.SawInAnyOrder], [Person.SawOnly] and [Person.NeverSaw] name what somebody was
// shown by the text of a message, or in the words of a play:
//
//	SYSTEM "Hello"                    a message, by the role of who said it
//	AGENT "**Hello**" text/markdown   one that is not plain text, with its type
//	CUSTOMER ATTACHMENT "a.png" APPROVED
//	EVENT participant.idle CUSTOMER   an event, by the end of its type and the role of who is meant
//
// The end may be left out. [Chat.InQueue], [Chat.IsLive], [Chat.HasEnded], [Chat.Lasted] and [Chat.HasAttributes] tell how the chat stands. One that
// fails shows the conversation so far:
//
//	customer did not see Goodbye after Welcome
//	the conversation of contact 7c6f… so far, at 10m0s:
//	0s     customer > EVENT participant.joined CUSTOMER
//	0s     customer > SYSTEM "Welcome"
//	10m0s  customer > EVENT participant.idle CUSTOMER
//
// # What was asked and told
//
// [Server.Lambda] and [Server.Bot] stand in for functions and bots, and remember what they were asked: [Function.Asked], [Bot.Heard]. One that is
// never asked fails the test. What others are told is kept: contact events ([Chat.HadEvents]), contact records ([Chat.HasRecord]), transcript
// files ([Chat.HasTranscript]), what a chat is streamed ([Chat.Stream]), and what is posted to an address ([Server.Webhook]).
//
// # A bad day
//
// [Server.Fault] turns on one of the named faults, for all or for some operations or one chat, always, a number of times, or by a chance that a
// seed repeats. [Server.Storm] turns on a mixture of them. They meet the program under test and nothing that the test does through this package.
// The same faults are there for programs in other languages: see docs/testing.md.
//
//	srv.Fault(parleytest.Fault{Name: parleytest.LostAnswers, Operations: []string{"SendMessage"}, Times: 3})
//
// # Conversations as files
//
// [Chat.Record] writes a conversation down, and parley chat --record one with any server or with Amazon. [Replay] repeats it and compares;
// [Server.Replay] does so with stand-ins for functions and bots.
package parleytest
