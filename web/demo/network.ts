/** What the page asked of the server, and how it answered. */
export interface Call {
  operation: string;
  status: number | null; // null: no answer
  millis: number;
}

const operations: Record<string, string> = {
  "/parley/v1/chats": "StartChatContact",
  "/parley/v1/clock": "clock",
  "/participant/connection": "CreateParticipantConnection",
  "/participant/message": "SendMessage",
  "/participant/event": "SendEvent",
  "/participant/transcript": "GetTranscript",
  "/participant/disconnect": "DisconnectParticipant",
};

/** Where the server is: the page lies at its /demo. */
export const endpoint = new URL(location.pathname.replace(/\/demo\/?$/, ""), location.origin).href.replace(/\/$/, "");

/**
 * Tells of every call from now on, chatjs's included, and gives a failed one the name that makes chatjs try again: without it, a
 * server that is away for a moment ends the session of a desktop browser for good.
 */
export function watchCalls(told: (call: Call) => void): void {
  const fetch = window.fetch;
  window.fetch = async (input, init) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input, location.href);
    const path = pathname.slice(new URL(endpoint).pathname.replace(/\/$/, "").length);
    const operation = operations[path] ?? path;
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

/** Starts a chat as a website's own backend would. Throws an Error with a message for people. */
export async function startChat(name: string, attributes: Record<string, string>): Promise<Ids> {
  const answer = await fetch(`${endpoint}/parley/v1/chats`, {
    method: "POST",
    body: JSON.stringify({
      InstanceId: instance,
      ContactFlowId: flow,
      ParticipantDetails: { DisplayName: name },
      Attributes: attributes,
      SupportedMessagingContentTypes: ["text/plain", "text/markdown"],
    }),
  });
  const { data } = await answer.json();
  if (!answer.ok) {
    throw new Error(data?.Error?.Message ?? data?.Error?.message ?? `The server answered ${answer.status}.`);
  }
  return data.startChatResult;
}

/** Reads the server's clock, or moves it forward first. Undefined: this server's clock cannot be read. */
export async function serverTime(advance?: string): Promise<Date | undefined> {
  const answer = await fetch(
    `${endpoint}/parley/v1/clock`,
    advance === undefined ? {} : { method: "POST", body: JSON.stringify({ Advance: advance }) },
  );
  return answer.ok ? new Date((await answer.json()).Now) : undefined;
}

let library: Promise<typeof connect.ChatSession> | undefined;

/** Loads amazon-connect-chatjs when it is first needed. */
export function loadChatJS(): Promise<typeof connect.ChatSession> {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = "demo/amazon-connect-chat.js";
    script.onload = () => {
      // One HTTP client is kept per region, so the endpoint must be known before the first session.
      connect.ChatSession.setGlobalConfig({ region: "us-east-1", endpoint } as connect.ChatGlobalConfig);
      resolve(connect.ChatSession);
    };
    script.onerror = () => {
      library = undefined;
      reject(new Error("The chat library could not be loaded."));
    };
    document.head.append(script);
  });
  return library;
}
