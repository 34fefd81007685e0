import { interactive, interactiveResponse } from "./template";

/** What the page asked of the server, and how it answered. */
export interface Call {
  operation: string;
  status: number | null; // null: no answer
  millis: number;
}

const operations: Record<string, string> = {
  "/parley/v1/chats": "StartChatContact",
  "/parley/v1/clock": "clock",
  "/parley/v1/participants": "CreateParticipant",
  "/participant/connection": "CreateParticipantConnection",
  "/participant/message": "SendMessage",
  "/participant/event": "SendEvent",
  "/participant/transcript": "GetTranscript",
  "/participant/disconnect": "DisconnectParticipant",
  "/participant/start-attachment-upload": "StartAttachmentUpload",
  "/participant/complete-attachment-upload": "CompleteAttachmentUpload",
  "/participant/attachment": "GetAttachment",
};

function operationOf(path: string, method: string | undefined): string {
  if (path.startsWith("/parley/v1/timers/")) {
    return "UpdateParticipantRoleConfig";
  }
  if (path.startsWith("/participant/views/")) {
    return "DescribeView";
  }
  if (path.startsWith("/parley/v1/objects/")) {
    return method === "PUT" ? "upload" : "download";
  }
  return operations[path] ?? path;
}

/** Where the server is: the page lies at its /demo. */
export const endpoint = new URL(location.pathname.replace(/\/demo\/?$/, ""), location.origin).href.replace(/\/$/, "");

/**
 * Tells of every call from now on, chatjs's included, and gives a failed one the name that makes chatjs try again: without it, a
 * server that is away for a moment ends the session of a desktop browser for good.
 */
export function watchCalls(told: (call: Call) => void): void {
  const fetch = window.fetch;
  window.fetch = async (input, init) => {
    const { url, method } = input instanceof Request ? input : { url: input, method: init?.method };
    const { pathname } = new URL(url, location.href);
    const operation = operationOf(pathname.slice(new URL(endpoint).pathname.replace(/\/$/, "").length), method);
    const begun = performance.now();
    const tell = (status: number | null) => told({ operation, status, millis: Math.round(performance.now() - begun) });
    try {
      const answer = await fetch(input, init);
      tell(answer.status);
      return answer;
    } catch (cause) {
      tell(null);
      throw Object.assign(new Error("The server cannot be reached.", { cause }), { name: "NetworkingError" });
    }
  };
}

// The instance of a developer's server and its flow, whose ids are fixed.
export const instance = "00000000-0000-4000-8000-000000000001";
const flow = "00000000-0000-4000-8000-000000000101";

/** What names a chat and lets its customer in. */
export interface Ids {
  ContactId: string;
  ParticipantId: string;
  ParticipantToken: string;
}

/** What a chat continues: an earlier one from its start, or up to one of its contacts. */
export interface Past {
  RehydrationType: "ENTIRE_PAST_SESSION" | "FROM_SEGMENT";
  SourceContactId: string;
}

/** Starts a chat as a website's own backend would. Throws an Error with a message for people. */
export async function startChat(name: string, attributes: Record<string, string>, past?: Past): Promise<Ids> {
  const { data } = await ask("/parley/v1/chats", {
    InstanceId: instance,
    ContactFlowId: flow,
    ParticipantDetails: { DisplayName: name },
    Attributes: attributes,
    SupportedMessagingContentTypes: ["text/plain", "text/markdown", interactive, interactiveResponse],
    ...(past && { PersistentChat: past }),
  });
  return data.startChatResult;
}

export type GuestRole = "AGENT" | "CUSTOM_BOT";

/** Asks somebody to join a chat, as the backend of an agent's workspace would. */
export async function createParticipant(contact: string, role: GuestRole, name: string): Promise<Ids> {
  const made = await ask("/parley/v1/participants", {
    InstanceId: instance,
    ContactId: contact,
    ParticipantDetails: { ParticipantRole: role, DisplayName: name },
  });
  return { ContactId: contact, ParticipantId: made.ParticipantId, ParticipantToken: made.ParticipantCredentials.ParticipantToken };
}

/** Sets the timers of both sides, in minutes, for whoever joins next. */
export async function setTimers(contact: string, idle: number, disconnect: number): Promise<void> {
  await ask(`/parley/v1/timers/${instance}/${contact}`, {
    ChannelConfiguration: {
      Chat: {
        ParticipantTimerConfigList: ["CUSTOMER", "AGENT"].flatMap((ParticipantRole) => [
          { ParticipantRole, TimerType: "IDLE", TimerValue: { ParticipantTimerDurationInMinutes: idle } },
          { ParticipantRole, TimerType: "DISCONNECT_NONCUSTOMER", TimerValue: { ParticipantTimerDurationInMinutes: disconnect } },
        ]),
      },
    },
  });
}

/** Takes out of the chat who has that token. chatjs does it for customers alone. */
export async function disconnectParticipant(token: string): Promise<void> {
  const { ConnectionCredentials } = await ask("/participant/connection", { Type: ["CONNECTION_CREDENTIALS"] }, token);
  await ask("/participant/disconnect", {}, ConnectionCredentials.ConnectionToken);
}

async function ask(path: string, body: object, bearer?: string) {
  const answer = await fetch(endpoint + path, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", ...(bearer && { "X-Amz-Bearer": bearer }) },
  });
  const got = await answer.json();
  if (!answer.ok) {
    const error = got.data?.Error ?? got;
    throw new Error(error.Message ?? error.message ?? `The server answered ${answer.status}.`);
  }
  return got;
}

/** Reads the server's clock, or moves it forward first. Undefined: this server's clock cannot be read. */
export async function serverTime(advance?: string): Promise<Date | undefined> {
  const answer = await fetch(
    `${endpoint}/parley/v1/clock`,
    advance === undefined ? {} : { method: "POST", body: JSON.stringify({ Advance: advance }) },
  );
  return answer.ok ? new Date((await answer.json()).Now) : undefined;
}

const libraries = new Map<string, Promise<typeof connect.ChatSession>>();

/**
 * Loads amazon-connect-chatjs when it is first needed, a copy for each side: in one copy, two people of a chat would share a socket.
 */
export function loadChatJS(side: string): Promise<typeof connect.ChatSession> {
  const loading = libraries.get(side) ?? load();
  libraries.set(side, loading);
  loading.catch(() => libraries.delete(side));
  return loading;
}

function load(): Promise<typeof connect.ChatSession> {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = "demo/amazon-connect-chat.js";
    script.onload = () => {
      const { ChatSession } = connect;
      delete (connect as { ChatSession?: unknown }).ChatSession; // the next copy keeps one that it finds
      // One HTTP client is kept per region, so the endpoint must be known before the first session.
      ChatSession.setGlobalConfig({ region: "us-east-1", endpoint } as connect.ChatGlobalConfig);
      resolve(ChatSession);
    };
    script.onerror = () => reject(new Error("The chat library could not be loaded."));
    document.head.append(script);
  });
}
