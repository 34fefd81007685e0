import type { Item } from "./items";
import { type Ids, loadChatJS, type Past, startChat } from "./network";
import { message, Participant } from "./participant";
import type { Trace } from "./trace";

const storageKey = "parley.demo";
const handedOver = "#chat="; // how the address of a second tab names the chat

/** The customer's side of the chat. */
export class Customer extends Participant {
  constructor(changed: () => void, trace: Trace) {
    super(storageKey, changed, trace);
  }

  override isMine(item: Item): boolean {
    return item.ParticipantId === this.state.ids?.ParticipantId || item.RelatedContactId !== undefined && item.ParticipantRole === "CUSTOMER";
  }

  /** Goes on with this tab's chat, or with the one that another tab hands over. */
  override restore(): void {
    if (location.hash.startsWith(handedOver)) {
      const { name, ids } = JSON.parse(decodeURIComponent(location.hash.slice(handedOver.length)));
      history.replaceState(null, "", location.pathname); // it holds a token
      this.renew({ name, ids });
      void this.open();
      return;
    }
    super.restore();
  }

  /** The address at which another tab shows this chat. */
  get address(): string {
    const { name, ids } = this.state;
    return location.pathname + handedOver + encodeURIComponent(JSON.stringify({ name, ids }));
  }

  async start(name: string, attributes: Record<string, string>, past?: Past): Promise<void> {
    const before = this.state;
    this.set({ phase: "starting", name, problem: null });
    try {
      const ids = await startChat(name, attributes, past);
      this.renew({ name, ids });
    } catch (error) {
      this.set({ phase: before.phase, problem: `No chat could be started. ${message(error)}` });
      return;
    }
    await this.open();
  }

  /** Starts a chat that continues the one that ended: all of it, or without what came after its first contact. */
  continue(what: Past["RehydrationType"]): Promise<void> {
    return this.start(this.state.name, {}, { RehydrationType: what, SourceContactId: this.state.ids!.ContactId });
  }

  /** The chat has ended when the server says so on the socket. */
  override async leave(): Promise<void> {
    this.set({ problem: null });
    try {
      await (this.session as connect.CustomerChatSession | null)?.disconnectParticipant();
    } catch (error) {
      this.unlessEnded({ problem: `The chat could not be ended. Try again. ${message(error)}` });
    }
  }

  protected override async create({ ContactId, ParticipantId, ParticipantToken }: Ids): Promise<connect.CustomerChatSession> {
    return (await loadChatJS("customer")).create({
      type: "CUSTOMER",
      disableCSM: true,
      chatDetails: { contactId: ContactId, participantId: ParticipantId, participantToken: ParticipantToken },
    });
  }
}
