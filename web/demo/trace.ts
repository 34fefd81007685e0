import type { Call } from "./network";
import { eventName, type Item } from "./items";

/** One line of what passed between the page and the server. */
export interface TraceLine {
  key: number;
  at: number;
  way: "sent" | "received" | "note";
  what: string;
  detail: string;
  failed: boolean;
}

const most = 80;

/** What passed between the page and the server, newest first. */
export class Trace {
  lines: readonly TraceLine[] = [];
  #keys = 0;

  constructor(private readonly changed: () => void) {}

  call({ operation, status, millis }: Call): void {
    if (operation === "clock" && status === 200) {
      return; // the panel shows it
    }
    const detail = status === null ? "no answer" : `${status} · ${millis} ms`;
    this.#add("sent", operation, detail, status === null || status >= 400);
  }

  item(item: Item): void {
    const content = item.Content ?? item.Attachments?.map((file) => file.AttachmentName).join(", ");
    this.#add("received", eventName(item) || item.Type, [item.ParticipantRole, content].filter(Boolean).join(" · "));
  }

  note(what: string, detail = ""): void {
    this.#add("note", what, detail);
  }

  #add(way: TraceLine["way"], what: string, detail: string, failed = false): void {
    this.lines = [{ key: ++this.#keys, at: Date.now(), way, what, detail, failed }, ...this.lines].slice(0, most);
    this.changed();
  }
}
