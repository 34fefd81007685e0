import { refusal, sendable } from "./files";
import { eventName, eventPrefix, isSaid, type Item, type Mark, marked, merge, type Metadata } from "./items";
import type { GuestRole, Ids } from "./network";
import { interactive, interactiveResponse } from "./template";
import type { Trace } from "./trace";

/** How the chat stands. Broken: the connection is gone and chatjs has given up. */
export type Phase = "idle" | "starting" | "connecting" | "live" | "reconnecting" | "broken" | "ended";

/** A message or a file on its way: it leaves the outbox when the server has it. */
export interface Outgoing {
  key: number;
  contentType: ContentType;
  content: string; // of a file: its name
  file?: File;
  status: "waiting" | "sending" | "failed" | "refused"; // refused: it can not be sent again as it is
  why?: string;
}

export type ContentType = "text/plain" | "text/markdown" | typeof interactive | typeof interactiveResponse;

export interface State {
  phase: Phase;
  name: string;
  role: GuestRole | "CUSTOMER";
  ids: Ids | null;
  items: readonly Item[]; // by time, each once
  marks: Readonly<Record<string, Mark>>; // of the own messages, by id
  older: string | null; // where the transcript goes on behind the oldest item
  outbox: readonly Outgoing[];
  typing: string | null; // who writes
  problem: string | null;
}

const empty: State = {
  phase: "idle", name: "", role: "CUSTOMER", ids: null, items: [], marks: {}, older: null, outbox: [], typing: null, problem: null,
};

const typingMillis = 12_000;
const retryMillis = 2_000;
const pageSize = 15; // what chat windows read at once
const gapSize = 100;

type Session = connect.CustomerChatSession | connect.AgentChatSession;

/** One side of a chat in this tab, on chatjs. It survives a reload: what is needed lies in the session storage. */
export abstract class Participant {
  state: State = empty;
  protected session: Session | null = null;
  #newestBeforeGap: string | undefined; // id of the item up to which the transcript is known
  #typingTimer = 0;
  #keys = 0;
  #pumping = false;
  #reading = false;
  #files = new Map<string, Promise<Blob>>();

  constructor(private readonly storageKey: string, private readonly changed: () => void, protected readonly trace?: Trace) {}

  /** Whether an item is what this side said, now or in a chat that this one continues. */
  abstract isMine(item: Item): boolean;

  /** Leaves the chat. */
  abstract leave(): Promise<void>;

  protected abstract create(ids: Ids): Promise<Session>;

  /** Goes on with the chat that this tab had before a reload. */
  restore(): void {
    const saved = sessionStorage.getItem(this.storageKey);
    if (saved === null) {
      return;
    }
    this.set(JSON.parse(saved));
    if (this.state.phase !== "ended") {
      this.#newestBeforeGap = this.state.items.at(-1)?.Id;
      void this.open();
    }
  }

  send(contentType: ContentType, content: string): void {
    this.#put({ contentType, content });
  }

  sendFile(chosen: File): void {
    const file = sendable(chosen);
    const content = chosen.name;
    this.#put(typeof file === "string" ? { content, file: chosen, status: "refused", why: file } : { content, file });
  }

  retry(key: number): void {
    this.#mark(key, { status: "waiting" });
    void this.#pump();
  }

  /** Takes out of the outbox what was not sent. */
  drop(key: number): void {
    this.set({ outbox: this.state.outbox.filter((out) => out.key !== key) });
  }

  /** Tells the others that this side writes. chatjs sends it once in ten seconds at most. */
  writing(): void {
    if (this.state.phase === "live") {
      this.#tell("typing");
    }
  }

  /** Tells the others that this side has read up to an item. */
  read(item: Item): void {
    this.#receipt("read", item);
  }

  /** Reads a view that a flow shows. */
  async view(viewToken: string): Promise<{ Template: string; Actions: string[] }> {
    const session = this.session as unknown as { describeView(args: object): Promise<{ data: { View: { Content: { Template: string; Actions: string[] } } } }> };
    return (await session.describeView({ viewToken })).data.View.Content;
  }

  /** Fetches a file of the chat, once. */
  file(id: string): Promise<Blob> {
    let loading = this.#files.get(id);
    if (loading === undefined) {
      loading = Promise.resolve(this.session!.downloadAttachment({ attachmentId: id }));
      loading.catch(() => this.#files.delete(id));
      this.#files.set(id, loading);
    }
    return loading;
  }

  /** Reads the page of the transcript that lies behind the oldest item. */
  async earlier(): Promise<void> {
    const { older } = this.state;
    if (older === null || this.state.phase !== "live" || this.#reading) {
      return;
    }
    this.#reading = true;
    this.set({ problem: null });
    try {
      this.set({ older: await this.#page(pageSize, older) ?? null });
    } catch (error) {
      this.set({ problem: `Earlier messages could not be read. Try again. ${message(error)}` });
    } finally {
      this.#reading = false;
    }
  }

  /** Shows what went wrong; null when nothing does any more. */
  complain(problem: string | null): void {
    this.set({ problem });
  }

  /** Forgets the chat that ended. */
  reset(): void {
    sessionStorage.removeItem(this.storageKey);
    this.renew({ name: this.state.name });
  }

  /** Begins from nothing but what is given. */
  protected renew(known: Partial<State>): void {
    this.session = null;
    this.#files.clear();
    this.#newestBeforeGap = undefined;
    this.state = { ...empty, ...known };
    this.changed();
  }

  protected async open(): Promise<void> {
    this.set({ phase: "connecting" });
    try {
      const session = await this.create(this.state.ids!);
      this.session = session;
      this.#listen(session);
      await session.connect();
    } catch (error) {
      if (statusCode(error) === 403) {
        this.trace?.note("refused", "the server does not know this chat any more");
        this.ended();
      } else {
        this.set({ phase: "broken" });
      }
    }
  }

  #listen(session: Session): void {
    const current = <E,>(handle: (event: E) => void) => (event: E) => {
      if (this.session === session) {
        handle(event);
      }
    };
    // Its first answer to a ping says that the socket is open and subscribed: what is said from now on is pushed.
    session.onDeepHeartbeatSuccess(current(() => void this.#live()));
    session.onConnectionLost(current(() => this.#lost()));
    session.onConnectionBroken(current(() => this.#broken()));
    session.onTyping(current(({ data }) => this.#typed(data as unknown as Item)));
    session.onEnded(current(() => this.ended()));
    const received = current(({ data }: connect.ChatMessageEvent) => this.#received(data as unknown as Item));
    session.onMessage(received);
    session.onParticipantInvited(received);
    session.onParticipantIdle(received);
    session.onParticipantReturned(received);
    session.onAutoDisconnection(received);
    session.onChatRehydrated(received);
    const receipt = current(({ data }: connect.ChatMessageEvent) => this.#marked((data as unknown as Item).MessageMetadata));
    session.onDeliveredReceipt(receipt);
    session.onReadReceipt(receipt);
  }

  async #live(): Promise<void> {
    if (this.state.phase === "live" || this.state.phase === "ended") {
      return;
    }
    this.trace?.note("subscribed");
    this.set({ phase: "live" });
    await this.#sync();
    await this.#pump();
  }

  #lost(): void {
    this.trace?.note("connection lost");
    if (this.state.phase === "live") {
      this.#newestBeforeGap = this.state.items.at(-1)?.Id;
    }
    this.unlessEnded({ phase: "reconnecting" });
  }

  #broken(): void {
    this.trace?.note("connection broken");
    this.unlessEnded({ phase: "broken" });
  }

  #typed(item: Item): void {
    this.trace?.item(item);
    if (!this.isMine(item)) {
      this.#setTyping(item.DisplayName ?? null);
    }
  }

  #received(item: Item): void {
    this.trace?.item(item);
    if (isSaid(item) && !this.isMine(item)) {
      this.#setTyping(null);
      this.#receipt("delivered", item);
    }
    this.#add([item]);
    const event = eventName(item);
    if (event === "chat.rehydrated") {
      this.#newestBeforeGap = undefined;
      void this.#sync(); // the transcript goes on into the past now
    }
    if (event === "participant.left" && item.ParticipantId === this.state.ids?.ParticipantId) {
      this.left();
    }
  }

  /** This participant is out of the chat. A customer's chat may still end properly. */
  protected left(): void {}

  #marked(metadata: Metadata | undefined): void {
    if (metadata !== undefined) {
      this.set({ marks: marked(this.state.marks, metadata) });
    }
  }

  protected ended(): void {
    this.#setTyping(null);
    this.set({ phase: "ended", outbox: [] });
  }

  /** Fetches what was said while the socket was away: back to what is known, or the newest page when nothing is. */
  async #sync(): Promise<void> {
    const known = this.#newestBeforeGap;
    try {
      if (known === undefined) {
        this.set({ older: await this.#page(pageSize) ?? null });
      } else {
        for (let next = await this.#page(gapSize, undefined, known); next !== undefined;) {
          next = await this.#page(gapSize, next, known);
        }
      }
    } catch (error) {
      this.trace?.note("transcript not read", message(error));
      return;
    }
    this.#newestBeforeGap = this.state.items.at(-1)?.Id;
  }

  /** Takes in a page of the transcript and returns where it goes on: nowhere when the page holds what is known. */
  async #page(maxResults: number, nextToken?: string, known?: string): Promise<string | undefined> {
    const answer = await this.session!.getTranscript({
      maxResults,
      scanDirection: "BACKWARD",
      sortOrder: "ASCENDING",
      ...(nextToken && { nextToken }),
    });
    const { Transcript, NextToken } = answer.data as { Transcript: Item[]; NextToken?: string };
    this.#add(Transcript);
    let { marks } = this.state;
    for (const item of Transcript.filter((item) => item.MessageMetadata !== undefined && this.isMine(item))) {
      marks = marked(marks, { MessageId: item.Id, ...item.MessageMetadata });
    }
    this.set({ marks });
    return Transcript.some((item) => item.Id === known) ? undefined : NextToken;
  }

  #add(items: readonly Item[]): void {
    const merged = merge(this.state.items, items);
    if (merged === undefined) {
      return;
    }
    const outbox = [...this.state.outbox];
    for (const item of merged.fresh.filter((item) => item.ParticipantId === this.state.ids?.ParticipantId)) {
      const echoed = outbox.findIndex((out) => !out.file && out.content === item.Content && out.contentType === item.ContentType);
      if (echoed >= 0) {
        outbox.splice(echoed, 1);
      }
    }
    this.set({ items: merged.all, outbox });
  }

  #put(out: Partial<Outgoing> & { content: string }): void {
    this.set({ outbox: [...this.state.outbox, { key: ++this.#keys, contentType: "text/plain", status: "waiting", ...out }] });
    void this.#pump();
  }

  /** Sends what waits, one after the other so that the order is kept. */
  async #pump(): Promise<void> {
    if (this.#pumping) {
      return;
    }
    this.#pumping = true;
    try {
      for (let next = this.#nextOutgoing(); next !== undefined; next = this.#nextOutgoing()) {
        await (next.file ? this.#upload(next, next.file) : this.#deliver(next));
      }
    } finally {
      this.#pumping = false;
    }
  }

  #nextOutgoing(): Outgoing | undefined {
    return this.state.phase === "live" ? this.state.outbox.find((out) => out.status === "waiting") : undefined;
  }

  async #deliver(out: Outgoing): Promise<void> {
    this.#mark(out.key, { status: "sending" });
    try {
      const sent = await this.session!.sendMessage({ contentType: out.contentType, message: out.content });
      const { Id, AbsoluteTime } = sent.data as connect.SendMessageResult;
      const { ParticipantId } = this.state.ids!;
      this.#add([
        { Id, AbsoluteTime, Type: "MESSAGE", ContentType: out.contentType, Content: out.content, ParticipantId, DisplayName: this.state.name },
      ]);
      this.drop(out.key);
    } catch (error) {
      if ((error as { type?: string }).type !== "NetworkingError") {
        this.#mark(out.key, { status: "failed" });
        this.#refused(error);
        return;
      }
      // Perhaps the answer alone was lost: the transcript tells, and takes the message out of the outbox.
      this.#mark(out.key, { status: "waiting" });
      await new Promise((resolve) => setTimeout(resolve, retryMillis));
      if (this.state.phase === "live") {
        await this.#sync();
      }
    }
  }

  /** Sends a file. It comes back by the socket, perhaps later: somebody may look at it first. */
  async #upload(out: Outgoing, attachment: File): Promise<void> {
    this.#mark(out.key, { status: "sending" });
    try {
      await this.session!.sendAttachment({ attachment });
      this.drop(out.key);
    } catch (error) {
      const status = statusCode(error);
      this.#mark(out.key, { status: status === undefined ? "failed" : "refused", why: refusal(status, message(error)) });
      this.#refused(error);
    }
  }

  #refused(error: unknown): void {
    if (statusCode(error) === 403) { // the token, or the chat, is over: a new connection tells
      this.unlessEnded({ phase: "broken" });
    }
  }

  #mark(key: number, how: Pick<Outgoing, "status" | "why">): void {
    this.set({ outbox: this.state.outbox.map((out) => (out.key === key ? { ...out, ...how } : out)) });
  }

  #receipt(kind: "delivered" | "read", item: Item): void {
    if (this.state.phase === "live" && item.ParticipantRole !== "SYSTEM") {
      this.#tell(`message.${kind}`, { messageId: item.Id });
    }
  }

  /** Sends an event that may as well get lost. A receipt is refused while more than two take part. */
  #tell(event: string, content?: object): void {
    const contentType = `${eventPrefix}${event}` as connect.ChatEventContentType;
    this.session?.sendEvent({ contentType, ...(content && { content: JSON.stringify(content) }) }).catch(() => {});
  }

  #setTyping(typing: string | null): void {
    clearTimeout(this.#typingTimer);
    if (typing !== null) {
      this.#typingTimer = window.setTimeout(() => this.#setTyping(null), typingMillis);
    }
    if (typing !== this.state.typing) {
      this.set({ typing });
    }
  }

  protected unlessEnded(patch: Partial<State>): void {
    if (this.state.phase !== "ended") {
      this.set(patch);
    }
  }

  protected set(patch: Partial<State>): void {
    this.state = { ...this.state, ...patch };
    if (this.state.ids !== null && ["phase", "ids", "items", "marks", "older"].some((key) => key in patch)) {
      this.#save();
    }
    this.changed();
  }

  #save(): void {
    const { phase, name, role, ids, items, marks, older } = this.state;
    try {
      sessionStorage.setItem(this.storageKey, JSON.stringify({ phase, name, role, ids, items, marks, older }));
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

export function message(error: unknown): string {
  return (error as { message?: string })?.message ?? String(error);
}
