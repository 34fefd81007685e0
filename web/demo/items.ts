/** An entry of a chat as the page keeps it. */
export interface Item {
  Id: string;
  AbsoluteTime: string;
  Type: string;
  ContentType?: string;
  Content?: string;
  ParticipantId?: string;
  DisplayName?: string;
  ParticipantRole?: string;
  Attachments?: readonly FileItem[];
  MessageMetadata?: Metadata;

  ContactId?: string;

  /** The contact of an earlier chat that this one continues. */
  RelatedContactId?: string;
}

export interface FileItem {
  AttachmentId: string;
  AttachmentName: string;
  ContentType: string;
  Status: "APPROVED" | "IN_PROGRESS" | "REJECTED";
}

export interface Metadata {
  MessageId?: string;
  Receipts?: readonly { DeliveredTimestamp?: string; ReadTimestamp?: string }[];
}

/** How far a message has come with its reader. */
export type Mark = "delivered" | "read";

export const eventPrefix = "application/vnd.amazonaws.connect.event.";

/** Returns the name of an event, such as "chat.ended", or "" of anything else. */
export function eventName(item: Item): string {
  return item.ContentType?.startsWith(eventPrefix) ? item.ContentType.slice(eventPrefix.length) : "";
}

/** Reports whether somebody said or sent something, so that it can be read. */
export function isSaid(item: Item): boolean {
  return item.Type === "MESSAGE" || item.Type === "ATTACHMENT";
}

/** Returns items with others among them, by time, each once; undefined when there is nothing new. */
export function merge(items: readonly Item[], others: readonly Item[]): { all: Item[]; fresh: Item[] } | undefined {
  const known = new Set(items.map((item) => item.Id));
  const fresh = others
    .filter((item) => !known.has(item.Id))
    // chatjs makes up an end without id and time when it learns of it from a refusal.
    .map((item) => (item.AbsoluteTime ? item : { ...item, AbsoluteTime: items.at(-1)?.AbsoluteTime ?? "" }));
  if (fresh.length === 0) {
    return undefined;
  }
  const all = [...items, ...fresh];
  all.sort((a, b) => (a.AbsoluteTime < b.AbsoluteTime ? -1 : a.AbsoluteTime > b.AbsoluteTime ? 1 : 0));
  return { all, fresh };
}

/** Returns the marks with what metadata says added to them. */
export function marked(marks: Readonly<Record<string, Mark>>, { MessageId, Receipts }: Metadata): Readonly<Record<string, Mark>> {
  const receipt = Receipts?.[0];
  if (MessageId === undefined || receipt === undefined) {
    return marks;
  }
  const mark = receipt.ReadTimestamp ? "read" : receipt.DeliveredTimestamp ? "delivered" : undefined;
  return mark === undefined || marks[MessageId] === "read" ? marks : { ...marks, [MessageId]: mark };
}
