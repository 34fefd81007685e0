import type { Item } from "./items";
import { createParticipant, disconnectParticipant, type GuestRole, type Ids, loadChatJS } from "./network";
import { message, Participant } from "./participant";

/** How those are called who can be brought in. */
export const guests: Record<GuestRole, { name: string; title: string }> = {
  AGENT: { name: "Bo", title: "Agent" },
  CUSTOM_BOT: { name: "Robin", title: "Custom bot" },
};

/** The other side of the chat, in the same page: an agent or a custom bot. */
export class Guest extends Participant {
  constructor(changed: () => void) {
    super("parley.demo.guest", changed);
  }

  override isMine(item: Item): boolean {
    return item.ParticipantId === this.state.ids?.ParticipantId;
  }

  /** Comes into a chat. The error says why that is not possible. */
  async join(contact: string, role: GuestRole): Promise<void> {
    const { name } = guests[role];
    const ids = await createParticipant(contact, role, name);
    this.renew({ name, role, ids });
    await this.open();
  }

  override async leave(): Promise<void> {
    this.set({ problem: null });
    try {
      await disconnectParticipant(this.state.ids!.ParticipantToken);
      this.ended();
    } catch (error) {
      this.unlessEnded({ problem: `${this.state.name} could not leave. Try again. ${message(error)}` });
    }
  }

  protected override left(): void {
    this.ended();
  }

  protected override ended(): void {
    super.ended();
    (this.session as connect.AgentChatSession | null)?.cleanUpOnParticipantDisconnect();
  }

  protected override async create({ ContactId, ParticipantId, ParticipantToken }: Ids): Promise<connect.AgentChatSession> {
    // Without an agent's workspace there is no connection token to be had: chatjs then connects with the participant's.
    const getConnectionToken = () => Promise.reject(new Error("there is no agent's workspace"));
    return (await loadChatJS(ParticipantId)).create({
      type: "AGENT",
      chatDetails: { contactId: ContactId, participantId: ParticipantId, participantToken: ParticipantToken, getConnectionToken },
    } as unknown as connect.AgentChatSessionArgs);
  }
}
