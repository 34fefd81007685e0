import { type Call, type Ids, loadChatJS, startChat, watchCalls } from "./network";

/** How the chat stands. Broken: the connection is gone and chatjs has given up. */
export type Phase = "idle" | "starting" | "connecting" | "live" | "reconnecting" | "broken" | "ended";

export type Item = Pick<
  connect.ChatTranscriptItem,
  "Id" | "AbsoluteTime" | "Type" | "ContentType" | "Content" | "ParticipantId" | "DisplayName" | "ParticipantRole"
>;

/** A message on its way: it leaves the outbox when the server has it. */
export interface Outgoing {
  key: number;
  contentType: ContentType;
  content: string;
  status: "waiting" | "sending" | "failed";
}

export type ContentType = "text/plain" | "text/markdown";

/** One line of what passed between the page and the server. */
export interface Trace {
  key: number;
  at: number;
  way: "sent" | "received" | "note";
  what: string;
  detail: string;
  failed: boolean;
}

export interface State {
  phase: Phase;
  name: string;
  ids: Ids | null;
  items: readonly Item[]; // by time, each once
  outbox: readonly Outgoing[];
  typing: string | null; // who writes
  problem: string | null;
  trace: readonly Trace[]; // newest first
}

const eventPrefix = "application/vnd.amazonaws.connect.event.";
const storageKey = "parley.demo";
const typingMillis = 12_000;
const retryMillis = 2_000;
const traceLength = 80;
const pageSize = 100;

const empty: State = {
  phase: "idle",
  name: "",
  ids: null,
  items: [],
  outbox: [],
  typing: null,
  problem: null,
  trace: [],
};

/** Returns the name of an event, such as "chat.ended", or "" of anything else. */
export function eventName(item: Item): string {
  return item.ContentType?.startsWith(eventPrefix) ? item.ContentType.slice(eventPrefix.length) : "";
}

/** One customer's chat in this tab, on chatjs. It survives a reload: what is needed lies in the session storage. */
export class Chat {
  state: State = empty;
  #session: connect.CustomerChatSession | null = null;
  #newestBeforeGap: string | undefined; // id of the item up to which the transcript is known to be whole
  #typingTimer = 0;
  #keys = 0;
  #pumping = false;

  constructor(private readonly changed: (state: State) => void) {
    watchCalls((call) => this.#traceCall(call));
  }

  /** Goes on with the chat that this tab had before a reload. */
  restore(): void {
    const saved = sessionStorage.getItem(storageKey);
    if (saved === null) {
      return;
    }
    this.#set(JSON.parse(saved));
    if (this.state.phase !== "ended") {
      void this.#open();
    }
  }

  async start(name: string, attributes: Record<string, string>): Promise<void> {
    this.#set({ phase: "starting", name, problem: null });
    try {
      this.#set({ ids: await startChat(name, attributes) });
    } catch (error) {
      this.#set({ phase: "idle", problem: `No chat could be started. ${message(error)}` });
      return;
    }
    await this.#open();
  }

  send(contentType: ContentType, content: string): void {
    const out: Outgoing = { key: ++this.#keys, contentType, content, status: "waiting" };
    this.#set({ outbox: [...this.state.outbox, out] });
    void this.#pump();
  }

  retry(key: number): void {
    this.#mark(key, "waiting");
    void this.#pump();
  }

  /** Tells the others that the customer writes. chatjs sends it once in ten seconds at most. */
  writing(): void {
    if (this.state.phase === "live") {
      this.#session?.sendEvent({ contentType: `${eventPrefix}typing` as connect.ChatEventContentType }).catch(() => {});
    }
  }

  /** Leaves the chat. It has ended when the server says so on the socket. */
  async end(): Promise<void> {
    this.#set({ problem: null });
    try {
      await this.#session?.disconnectParticipant();
    } catch (error) {
      if (this.state.phase !== "ended") {
        this.#set({ problem: `The chat could not be ended. ${message(error)}` });
      }
    }
  }

  /** Forgets the chat that ended. */
  reset(): void {
    sessionStorage.removeItem(storageKey);
    this.state = { ...empty, name: this.state.name };
    this.#session = null;
    this.changed(this.state);
  }

  async #open(): Promise<void> {
    const { ContactId, ParticipantId, ParticipantToken } = this.state.ids!;
    this.#set({ phase: "connecting" });
    try {
      const session = (await loadChatJS()).create({
        type: "CUSTOMER",
        disableCSM: true,
        chatDetails: { contactId: ContactId, participantId: ParticipantId, participantToken: ParticipantToken },
      });
      this.#session = session;
      this.#listen(session);
      await session.connect();
    } catch (error) {
      if (statusCode(error) === 403) {
        this.#note("refused", "the server does not know this chat any more");
        this.#ended();
      } else {
        this.#set({ phase: "broken" });
      }
    }
  }

  #listen(session: connect.CustomerChatSession): void {
    const current = <E,>(handle: (event: E) => void) => (event: E) => {
      if (this.#session === session) {
        handle(event);
      }
    };
    // Its first answer to a ping says that the socket is open and subscribed: what is said from now on is pushed.
    session.onDeepHeartbeatSuccess(current(() => void this.#live()));
    session.onConnectionLost(current(() => this.#lost()));
    session.onConnectionBroken(current(() => this.#broken()));
    session.onMessage(current(({ data }) => this.#received(data as unknown as Item)));
    session.onTyping(current(({ data }) => this.#typed(data as unknown as Item)));
    session.onEnded(current(() => this.#ended()));
  }

  async #live(): Promise<void> {
    if (this.state.phase === "live" || this.state.phase === "ended") {
      return;
    }
    this.#note("subscribed");
    this.#set({ phase: "live" });
    await this.#sync();
    await this.#pump();
  }

  #lost(): void {
    this.#note("connection lost");
    if (this.state.phase === "live") {
      this.#newestBeforeGap = this.state.items.at(-1)?.Id;
    }
    this.#unlessEnded({ phase: "reconnecting" });
  }

  #broken(): void {
    this.#note("connection broken");
    this.#unlessEnded({ phase: "broken" });
  }

  #typed(item: Item): void {
    this.#traceItem(item);
    if (item.ParticipantId !== this.state.ids?.ParticipantId) {
      this.#setTyping(item.DisplayName ?? null);
    }
  }

  #received(item: Item): void {
    this.#traceItem(item);
    if (eventName(item) === "" && item.ParticipantId !== this.state.ids?.ParticipantId) {
      this.#setTyping(null);
    }
    this.#add([item]);
  }

  #ended(): void {
    this.#setTyping(null);
    this.#set({ phase: "ended", outbox: [] });
  }

  /** Fetches what was said while the socket was away: page by page back to what is known, or to the beginning. */
  async #sync(): Promise<void> {
    const known = this.#newestBeforeGap;
    let nextToken: string | undefined;
    try {
      do {
        const page = await this.#session!.getTranscript({
          maxResults: pageSize,
          scanDirection: "BACKWARD",
          sortOrder: "ASCENDING",
          ...(nextToken && { nextToken }),
        });
        const { Transcript, NextToken } = page.data as connect.GetTranscriptResult;
        this.#add(Transcript);
        nextToken = Transcript.some((item) => item.Id === known) ? undefined : NextToken;
      } while (nextToken);
    } catch (error) {
      this.#note("transcript not read", message(error));
      return;
    }
    this.#newestBeforeGap = this.state.items.at(-1)?.Id;
  }

  #add(items: readonly Item[]): void {
    const known = new Set(this.state.items.map((item) => item.Id));
    const fresh = items
      .filter((item) => !known.has(item.Id))
      // chatjs makes up an end without id and time when it learns of it from a refusal.
      .map((item) => (item.AbsoluteTime ? item : { ...item, AbsoluteTime: this.state.items.at(-1)?.AbsoluteTime ?? "" }));
    if (fresh.length === 0) {
      return;
    }
    const outbox = [...this.state.outbox];
    for (const item of fresh.filter((item) => item.ParticipantId === this.state.ids?.ParticipantId)) {
      const echoed = outbox.findIndex((out) => out.content === item.Content && out.contentType === item.ContentType);
      if (echoed >= 0) {
        outbox.splice(echoed, 1);
      }
    }
    const all = [...this.state.items, ...fresh];
    all.sort((a, b) => (a.AbsoluteTime < b.AbsoluteTime ? -1 : a.AbsoluteTime > b.AbsoluteTime ? 1 : 0));
    this.#set({ items: all, outbox });
  }

  /** Sends what waits, one after the other so that the order is kept. */
  async #pump(): Promise<void> {
    if (this.#pumping) {
      return;
    }
    this.#pumping = true;
    try {
      for (let next = this.#nextOutgoing(); next !== undefined; next = this.#nextOutgoing()) {
        await this.#deliver(next);
      }
    } finally {
      this.#pumping = false;
    }
  }

  #nextOutgoing(): Outgoing | undefined {
    return this.state.phase === "live" ? this.state.outbox.find((out) => out.status === "waiting") : undefined;
  }

  async #deliver(out: Outgoing): Promise<void> {
    this.#mark(out.key, "sending");
    try {
      const sent = await this.#session!.sendMessage({ contentType: out.contentType, message: out.content });
      const { Id, AbsoluteTime } = sent.data as connect.SendMessageResult;
      this.#add([
        {
          Id,
          AbsoluteTime,
          Type: "MESSAGE",
          ContentType: out.contentType,
          Content: out.content,
          ParticipantId: this.state.ids!.ParticipantId,
          DisplayName: this.state.name,
          ParticipantRole: "CUSTOMER",
        } as Item,
      ]);
      this.#set({ outbox: this.state.outbox.filter(({ key }) => key !== out.key) });
    } catch (error) {
      if ((error as { type?: string }).type !== "NetworkingError") {
        this.#mark(out.key, "failed");
        if (statusCode(error) === 403) { // the token, or the chat, is over: a new connection tells
          this.#unlessEnded({ phase: "broken" });
        }
        return;
      }
      // Perhaps the answer alone was lost: the transcript tells, and takes the message out of the outbox.
      this.#mark(out.key, "waiting");
      await new Promise((resolve) => setTimeout(resolve, retryMillis));
      if (this.state.phase === "live") {
        await this.#sync();
      }
    }
  }

  #mark(key: number, status: Outgoing["status"]): void {
    this.#set({ outbox: this.state.outbox.map((out) => (out.key === key ? { ...out, status } : out)) });
  }

  #setTyping(typing: string | null): void {
    clearTimeout(this.#typingTimer);
    if (typing !== null) {
      this.#typingTimer = window.setTimeout(() => this.#setTyping(null), typingMillis);
    }
    if (typing !== this.state.typing) {
      this.#set({ typing });
    }
  }

  #traceCall({ operation, status, millis }: Call): void {
    if (operation === "clock" && status === 200) {
      return; // the panel shows it
    }
    const detail = status === null ? "no answer" : `${status} · ${millis} ms`;
    this.#trace({ way: "sent", what: operation, detail, failed: status === null || status >= 400 });
  }

  #traceItem(item: Item): void {
    const what = eventName(item) || item.Type;
    const detail = [item.ParticipantRole, item.Content].filter(Boolean).join(" · ");
    this.#trace({ way: "received", what, detail, failed: false });
  }

  #note(what: string, detail = ""): void {
    this.#trace({ way: "note", what, detail, failed: false });
  }

  #trace(line: Omit<Trace, "key" | "at">): void {
    const trace = [{ key: ++this.#keys, at: Date.now(), ...line }, ...this.state.trace];
    this.#set({ trace: trace.slice(0, traceLength) });
  }

  #unlessEnded(patch: Partial<State>): void {
    if (this.state.phase !== "ended") {
      this.#set(patch);
    }
  }

  #set(patch: Partial<State>): void {
    this.state = { ...this.state, ...patch };
    if (this.state.ids !== null && ("phase" in patch || "ids" in patch || "items" in patch)) {
      this.#save();
    }
    this.changed(this.state);
  }

  #save(): void {
    const { phase, name, ids, items } = this.state;
    try {
      sessionStorage.setItem(storageKey, JSON.stringify({ phase, name, ids, items }));
    } catch {
      // The storage is full: a reload shows less, and the transcript has it all.
    }
  }
}

/** Returns the HTTP status in an error of chatjs, which wraps what it passes on. */
function statusCode(error: unknown): number | undefined {
  const { _debug, statusCode: status } = (error ?? {}) as { _debug?: unknown; statusCode?: number };
  return status ?? (_debug === undefined ? undefined : statusCode(_debug));
}

function message(error: unknown): string {
  return (error as { message?: string })?.message ?? String(error);
}
