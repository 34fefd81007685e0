// Starts parley for a test file and makes the official clients for it.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { after } from "node:test";
import { ConnectClient } from "@aws-sdk/client-connect";
import { ConnectParticipantClient } from "@aws-sdk/client-connectparticipant";
import WebSocket from "ws";

if (!process.env.PARLEY) {
  throw new Error("PARLEY must name the parley program to test (make conformance builds one)");
}

/** Runs `parley dev` until the tests of the file have ended, and returns its ready line. For the top level of a file. */
export async function parley(...args) {
  const server = spawn(process.env.PARLEY, ["dev", "--json", "--listen", "127.0.0.1:0", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  server.stderr.on("data", (text) => (log = (log + text).slice(-20_000)));
  const ended = once(server, "exit");
  after(async () => {
    server.kill("SIGTERM");
    const [code] = await ended;
    if (code !== 0) {
      throw new Error(`parley ended with ${code}\n${log}`);
    }
  });
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
  const ready = await Promise.race([lines.next(), ended]);
  if (!ready.value) {
    throw new Error(`parley did not start\n${log}`);
  }
  return JSON.parse(ready.value);
}

/** The client of the Connect service, with the keys of the server or others. */
export const connectClient = ({ Endpoint, Region, AccessKeyId, SecretAccessKey }, keys = {}) =>
  new ConnectClient({
    endpoint: Endpoint,
    region: Region,
    credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, ...keys },
  });

/** The client of the Participant Service: it has no keys, and signs with empty ones all the same. */
export const participantClient = ({ Endpoint, Region }) =>
  new ConnectParticipantClient({ endpoint: Endpoint, region: Region, credentials: { accessKeyId: "", secretAccessKey: "" } });

/** Opens a chat's WebSocket, subscribes, and gathers the items that come. */
export async function subscribe(url) {
  const socket = new WebSocket(url);
  const items = [];
  const waiting = new Set();
  socket.on("message", (frame) => {
    const { topic, content } = JSON.parse(frame);
    if (topic === "aws/chat") {
      items.push(JSON.parse(content));
    }
    waiting.forEach((look) => look(topic, content));
  });
  await once(socket, "open");
  const answered = new Promise((resolve) => waiting.add((topic, content) => topic === "aws/subscribe" && resolve(content)));
  socket.send(JSON.stringify({ topic: "aws/subscribe", content: { topics: ["aws/chat"] } }));
  const { status } = await answered;
  if (status !== "success") {
    throw new Error(`subscribe: ${status}`);
  }
  return {
    items,
    close: () => socket.close(),
    /** Returns the first item that fits, now or within a minute. */
    item: (fits) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`no such item among ${JSON.stringify(items)}`)), 60_000);
        const look = () => {
          const found = items.find(fits);
          if (found) {
            clearTimeout(late);
            waiting.delete(look);
            resolve(found);
          }
        };
        waiting.add(look);
        look();
      }),
  };
}

export const event = (name) => `application/vnd.amazonaws.connect.event.${name}`;

/** A flow of one message that waits for a day. */
export const flowContent = (text) => {
  const errors = (to) => [{ NextAction: to, ErrorType: "NoMatchingError" }];
  return JSON.stringify({
    Version: "2019-10-30",
    StartAction: "say",
    Actions: [
      {
        Identifier: "say",
        Type: "MessageParticipant",
        Parameters: { Text: text },
        Transitions: { NextAction: "wait", Errors: errors("wait") },
      },
      {
        Identifier: "wait",
        Type: "Wait",
        Parameters: { TimeLimitSeconds: "86400" },
        Transitions: {
          NextAction: "end",
          Conditions: [{ NextAction: "end", Condition: { Operator: "Equals", Operands: ["WaitCompleted"] } }],
          Errors: errors("end"),
        },
      },
      { Identifier: "end", Type: "DisconnectParticipant", Parameters: {}, Transitions: {} },
    ],
  });
};

export { randomUUID };

/** A flow that shows a view, says the street that it is answered with, and waits. */
export const viewFlowContent = (Id, ViewData, action) => {
  const flow = JSON.parse(flowContent("$.Views.ViewResultData.street"));
  flow.StartAction = "view";
  flow.Actions.push({
    Identifier: "view",
    Type: "ShowView",
    Parameters: { ViewResource: { Id }, InvocationTimeLimitSeconds: "900", ViewData },
    Transitions: {
      NextAction: "end",
      Conditions: [{ NextAction: "say", Condition: { Operator: "Equals", Operands: [action] } }],
      Errors: ["NoMatchingError", "NoMatchingCondition", "TimeLimitExceeded"].map((ErrorType) => ({ NextAction: "end", ErrorType })),
    },
  });
  return JSON.stringify(flow);
};
