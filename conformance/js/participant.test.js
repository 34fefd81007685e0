// The Participant Service through @aws-sdk/client-connectparticipant, with a WebSocket as browsers open it.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CreateContactFlowCommand, CreateViewCommand, StartChatContactCommand } from "@aws-sdk/client-connect";
import {
  CreateParticipantConnectionCommand,
  DescribeViewCommand,
  DisconnectParticipantCommand,
  GetTranscriptCommand,
  SendEventCommand,
  SendMessageCommand,
} from "@aws-sdk/client-connectparticipant";
import { connectClient, event, flowContent, viewFlowContent, parley, participantClient, randomUUID, subscribe } from "./parley.js";

const server = await parley();
const client = participantClient(server);
const connect = connectClient(server);
const { ContactFlowId } = await connect.send(
  new CreateContactFlowCommand({ InstanceId: server.InstanceId, Name: "Greeting", Type: "CONTACT_FLOW", Content: flowContent("Hello") }),
);

const start = (more = {}) =>
  connect.send(
    new StartChatContactCommand({
      InstanceId: server.InstanceId,
      ContactFlowId,
      ParticipantDetails: { DisplayName: "Ana" },
      SupportedMessagingContentTypes: ["text/plain", "text/markdown"],
      ...more,
    }),
  );
const connection = (ParticipantToken, more = {}) =>
  client.send(new CreateParticipantConnectionCommand({ ParticipantToken, Type: ["WEBSOCKET", "CONNECTION_CREDENTIALS"], ...more }));

/** A chat that has begun: its ids, its connection token, its socket. */
async function chat(more) {
  const started = await start(more);
  const { Websocket, ConnectionCredentials } = await connection(started.ParticipantToken);
  const socket = await subscribe(Websocket.Url);
  return { ...started, ConnectionToken: ConnectionCredentials.ConnectionToken, socket };
}

const say = (ConnectionToken, Content, more = {}) =>
  client.send(new SendMessageCommand({ ConnectionToken, ContentType: "text/plain", Content, ...more }));
const transcript = (ConnectionToken, more = {}) => client.send(new GetTranscriptCommand({ ConnectionToken, ...more }));

const fails = (call, name, status) =>
  assert.rejects(call, (error) => {
    assert.equal(error.name, name, `${error.name}: ${error.message}`);
    assert.equal(error.$metadata.httpStatusCode, status);
    assert.match(error.$metadata.requestId, /^[0-9a-f-]{36}$/);
    assert.notEqual(error.message, "");
    return true;
  });
const denied = (call) => fails(call, "AccessDeniedException", 403);
const invalid = (call) => fails(call, "ValidationException", 400);

describe("a connection", () => {
  it("has a socket and credentials that last", async () => {
    const { ParticipantToken } = await start();
    const { Websocket, ConnectionCredentials } = await connection(ParticipantToken);
    assert.match(Websocket.Url, /^ws:\/\/127\.0\.0\.1:/);
    assert.ok(Websocket.Url.length <= 2000);
    assert.ok(Date.parse(Websocket.ConnectionExpiry) > Date.now());
    const life = Date.parse(ConnectionCredentials.Expiry) - Date.now();
    assert.ok(life > 23 * 3600_000 && life <= 24 * 3600_000 + 1000, `the token lives for ${life} ms`);
  });

  it("has only the parts that were asked for", async () => {
    const { ParticipantToken } = await start();
    const credentials = await connection(ParticipantToken, { Type: ["CONNECTION_CREDENTIALS"] });
    assert.equal(credentials.Websocket, undefined);
    assert.equal(credentials.ConnectionCredentials.ConnectionToken.length > 0, true);
    const socket = await connection(ParticipantToken, { Type: ["WEBSOCKET"] });
    assert.equal(socket.ConnectionCredentials, undefined);
    await connection(ParticipantToken, { Type: undefined, ConnectParticipant: true });
    await invalid(connection(ParticipantToken, { Type: ["NO_SUCH_TYPE"] }));
  });

  it("may be one of several", async () => {
    const { ParticipantToken, ConnectionToken, socket } = await chat();
    const more = await Promise.all([1, 2].map(() => connection(ParticipantToken)));
    const sockets = await Promise.all(more.map(({ Websocket }) => subscribe(Websocket.Url)));
    const tokens = [ConnectionToken, ...more.map(({ ConnectionCredentials }) => ConnectionCredentials.ConnectionToken)];
    for (const [i, token] of tokens.entries()) {
      const { Id } = await say(token, `By token ${i}`);
      for (const each of [socket, ...sockets]) {
        await each.item((item) => item.Id === Id);
      }
    }
    for (const each of [socket, ...sockets]) {
      const ids = each.items.map(({ Id }) => Id);
      assert.equal(new Set(ids).size, ids.length, "an item came twice");
    }
  });
});

describe("a view", () => {
  const interactive = "application/vnd.amazonaws.connect.message.interactive";
  const response = `${interactive}.response`;

  it("is read by the token in its message, and answered", async () => {
    const { View: made } = await connect.send(
      new CreateViewCommand({
        InstanceId: server.InstanceId,
        Name: "Address",
        Status: "PUBLISHED",
        Content: { Template: JSON.stringify({ Body: [{ Type: "FormInput", Props: { Label: "$.Label" } }] }), Actions: ["Send"] },
      }),
    );
    const flow = await connect.send(
      new CreateContactFlowCommand({
        InstanceId: server.InstanceId,
        Name: "Address",
        Type: "CONTACT_FLOW",
        Content: viewFlowContent(made.Id, { Label: "Street", Lines: [1, true] }, "Send"),
      }),
    );
    const { ConnectionToken, socket } = await chat({
      ContactFlowId: flow.ContactFlowId,
      SupportedMessagingContentTypes: ["text/plain", interactive, response],
    });
    const { Transcript } = await transcript(ConnectionToken);
    const shown = JSON.parse(Transcript.find(({ ContentType }) => ContentType === interactive).Content);
    assert.equal(shown.templateType, "ViewResource");
    const { viewId, viewToken, viewData } = shown.data.content;
    assert.equal(viewId, made.Id);
    assert.deepEqual(viewData, { Label: "Street", Lines: [1, true] });

    const { View } = await client.send(new DescribeViewCommand({ ConnectionToken, ViewToken: viewToken }));
    assert.deepEqual([View.Id, View.Arn, View.Name, View.Content.Actions], [made.Id, made.Arn, "Address", ["Send"]]);
    assert.equal(View.Content.Template, made.Content.Template);
    assert.deepEqual(JSON.parse(View.Content.InputSchema).properties, { Label: {} });
    for (const ViewToken of ["a/b+c=", `${viewToken}x`]) {
      await fails(client.send(new DescribeViewCommand({ ConnectionToken, ViewToken })), "ResourceNotFoundException", 404);
    }

    const Content = JSON.stringify({ templateType: "ViewResource", version: "1.0", action: "Send", data: { street: "Main Road" } });
    await say(ConnectionToken, Content, { ContentType: response });
    await socket.item((item) => item.Content === "Main Road");
  });
});

describe("messages", () => {
  it("have one id in the answer, on the socket and in the transcript", async () => {
    const { ContactId, ParticipantId, ConnectionToken, socket } = await chat();
    const { Id, AbsoluteTime } = await say(ConnectionToken, "Grüße 👋");
    const pushed = await socket.item((item) => item.Id === Id);
    assert.deepEqual(pushed, {
      Id,
      AbsoluteTime,
      Type: "MESSAGE",
      ContentType: "text/plain",
      Content: "Grüße 👋",
      ParticipantId,
      DisplayName: "Ana",
      ParticipantRole: "CUSTOMER",
      ContactId,
      InitialContactId: ContactId,
    });
    assert.match(AbsoluteTime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const { InitialContactId, Transcript } = await transcript(ConnectionToken);
    assert.equal(InitialContactId, ContactId);
    const { InitialContactId: _, ...listed } = pushed;
    assert.deepEqual(Transcript.find((item) => item.Id === Id), listed);
  });

  it("are sent once for one ClientToken and content", async () => {
    const { ConnectionToken } = await chat();
    const ClientToken = randomUUID();
    const first = await say(ConnectionToken, "Once", { ClientToken });
    const again = await say(ConnectionToken, "Once", { ClientToken });
    assert.deepEqual([again.Id, again.AbsoluteTime], [first.Id, first.AbsoluteTime]);
    const other = await say(ConnectionToken, "Another", { ClientToken });
    assert.notEqual(other.Id, first.Id);
    const { Transcript } = await transcript(ConnectionToken);
    assert.deepEqual(Transcript.flatMap(({ Content }) => (Content ? [Content] : [])), ["Another", "Once", "Hello"]);
  });

  it("are of the types that the chat began with", async () => {
    const { ConnectionToken } = await chat();
    await say(ConnectionToken, "**strong**", { ContentType: "text/markdown" });
    await invalid(say(ConnectionToken, "{}", { ContentType: "application/json" }));
    const plain = await chat({ SupportedMessagingContentTypes: undefined });
    await invalid(say(plain.ConnectionToken, "**strong**", { ContentType: "text/markdown" }));
  });

  it("are refused when they are too long, empty or not allowed", async () => {
    const { ParticipantToken, ConnectionToken } = await chat();
    await say(ConnectionToken, "a".repeat(16384));
    await invalid(say(ConnectionToken, "a".repeat(16385)));
    await invalid(say(ConnectionToken, ""));
    await invalid(say(ConnectionToken, "x", { ClientToken: "t".repeat(501) }));
    await denied(say("nonsense", "x"));
    await denied(say(ParticipantToken, "x"));
    await denied(connection(ConnectionToken));
  });
});

describe("events", () => {
  it("of typing reach the sockets and nothing else", async () => {
    const { ParticipantId, ConnectionToken, socket } = await chat();
    for (const Content of [undefined, ""]) {
      const { Id, AbsoluteTime } = await client.send(new SendEventCommand({ ConnectionToken, ContentType: event("typing"), Content }));
      const pushed = await socket.item((item) => item.Id === Id);
      assert.equal(pushed.AbsoluteTime, AbsoluteTime);
      assert.deepEqual([pushed.Type, pushed.ContentType, pushed.ParticipantId], ["EVENT", event("typing"), ParticipantId]);
    }
    const { Transcript } = await transcript(ConnectionToken);
    assert.ok(Transcript.every(({ ContentType }) => ContentType !== event("typing")));
  });

  it("of the server cannot be sent by a participant", async () => {
    const { ConnectionToken } = await chat();
    for (const name of ["chat.ended", "participant.joined", "transfer.succeeded", "nothing"]) {
      await invalid(client.send(new SendEventCommand({ ConnectionToken, ContentType: event(name) })));
    }
  });

  it("of receipts for unknown messages are taken and ignored", async () => {
    const { ConnectionToken } = await chat();
    const Content = JSON.stringify({ messageId: randomUUID() });
    await client.send(new SendEventCommand({ ConnectionToken, ContentType: event("message.read"), Content }));
  });
});

describe("the transcript", () => {
  it("is paged both ways, in both orders", async () => {
    const { ConnectionToken } = await chat();
    for (let i = 0; i < 23; i++) {
      await say(ConnectionToken, `Message ${i}`);
    }
    const ids = async (more) => (await transcript(ConnectionToken, { MaxResults: 100, ...more })).Transcript.map(({ Id }) => Id);
    const oldestFirst = await ids({ ScanDirection: "FORWARD", SortOrder: "ASCENDING" });
    assert.ok(oldestFirst.length >= 24);
    assert.deepEqual(await ids({}), oldestFirst.toReversed());

    for (const ScanDirection of ["FORWARD", "BACKWARD"]) {
      for (const SortOrder of ["ASCENDING", "DESCENDING"]) {
        const pages = [];
        let NextToken;
        do {
          const page = await transcript(ConnectionToken, { MaxResults: 7, ScanDirection, SortOrder, NextToken });
          assert.ok(page.Transcript.length > 0 && page.Transcript.length <= 7);
          const times = page.Transcript.map(({ AbsoluteTime }) => AbsoluteTime);
          assert.deepEqual(times, SortOrder === "ASCENDING" ? times.toSorted() : times.toSorted().reverse());
          pages.push(SortOrder === "ASCENDING" ? page.Transcript : page.Transcript.toReversed());
          NextToken = page.NextToken;
        } while (NextToken);
        const all = (ScanDirection === "FORWARD" ? pages : pages.toReversed()).flat().map(({ Id }) => Id);
        assert.deepEqual(all, oldestFirst, `${ScanDirection}, ${SortOrder}`);
      }
    }
  });

  it("starts where it is asked to", async () => {
    const { ConnectionToken } = await chat();
    const sent = [];
    for (let i = 0; i < 6; i++) {
      sent.push(await say(ConnectionToken, `Message ${i}`));
    }
    const contents = async (more) => (await transcript(ConnectionToken, { SortOrder: "ASCENDING", ...more })).Transcript.map(({ Content }) => Content);
    const third = { Id: sent[3].Id };
    assert.deepEqual(await contents({ StartPosition: third }), ["Message 3", "Message 4", "Message 5"]);
    assert.deepEqual(await contents({ StartPosition: third, ScanDirection: "BACKWARD", MaxResults: 2 }), ["Message 2", "Message 3"]);
    const at = { AbsoluteTime: sent[4].AbsoluteTime };
    assert.deepEqual(await contents({ StartPosition: at }), ["Message 4", "Message 5"]);
    assert.deepEqual(await contents({ StartPosition: { MostRecent: 2 } }), ["Message 4", "Message 5"]);
    assert.deepEqual(await contents({ StartPosition: { Id: randomUUID() } }), []);
    assert.deepEqual(await contents({ ContactId: randomUUID() }), []);
    assert.deepEqual(await contents({ StartPosition: {}, ScanDirection: "BACKWARD", MaxResults: 2 }), ["Message 4", "Message 5"]);
  });

  it("is refused when asked for wrongly", async () => {
    const { ConnectionToken } = await chat();
    await invalid(transcript(ConnectionToken, { MaxResults: 101 }));
    await invalid(transcript(ConnectionToken, { SortOrder: "SIDEWAYS" }));
    await invalid(transcript(ConnectionToken, { NextToken: "nonsense" }));
    await denied(transcript("nonsense"));
  });
});

describe("the end", () => {
  it("comes with the disconnect of the customer, and shuts all doors", async () => {
    const { ParticipantId, ParticipantToken, ConnectionToken, socket } = await chat();
    await client.send(new DisconnectParticipantCommand({ ConnectionToken }));
    await socket.item(({ ContentType }) => ContentType === event("chat.ended"));
    const [left, ended] = socket.items.slice(-2);
    assert.deepEqual([left.ContentType, left.ParticipantId], [event("participant.left"), ParticipantId]);
    assert.deepEqual([ended.ContentType, ended.ParticipantId, ended.Content], [event("chat.ended"), undefined, undefined]);

    await denied(connection(ParticipantToken));
    await denied(say(ConnectionToken, "x"));
    await denied(transcript(ConnectionToken));
    await denied(client.send(new SendEventCommand({ ConnectionToken, ContentType: event("typing") })));
    await denied(client.send(new DisconnectParticipantCommand({ ConnectionToken })));
  });
});
