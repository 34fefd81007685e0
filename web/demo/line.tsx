import { Attachment } from "./attachment";
import { eventName, isSaid, type Item } from "./items";
import { Markdown } from "./markdown";
import { Offer } from "./offer";
import type { Outgoing, Participant } from "./participant";
import { chosen, interactive } from "./template";

/** One entry of the conversation, with a date above it where a day or a chat begins. */
export function Line({ item, before, side, mark }: { item: Item; before: Item | undefined; side: Participant; mark: string | undefined }) {
  const mine = side.isMine(item);
  const heading = section(item, before);
  const head = heading !== "" && <li class="day"><time dateTime={item.AbsoluteTime}>{heading}</time></li>;
  const past = item.RelatedContactId === undefined ? "" : " past";
  if (!isSaid(item)) {
    const text = eventText(item, mine);
    return <>{head}{text !== "" && <li class={`event${past}`}>{text} <Time item={item} /></li>}</>;
  }
  const goesOn = before !== undefined && isSaid(before) && before.ParticipantId === item.ParticipantId && heading === "" &&
    Date.parse(item.AbsoluteTime) - Date.parse(before.AbsoluteTime) < 60_000;
  return (
    <>
      {head}
      <li class={`message ${mine ? "mine" : "theirs"}${goesOn ? " goes-on" : ""}${past}`}>
        <p class={goesOn ? "visually-hidden" : "who"}>
          {mine ? <span class="visually-hidden">You</span> : shownName(item.DisplayName)} <Time item={item} />
        </p>
        {item.Type === "ATTACHMENT"
          ? item.Attachments?.map((file) => <Attachment key={file.AttachmentId} file={file} side={side} />)
          : item.ContentType === interactive
            ? <Offer content={item.Content ?? ""} side={side} open={isOpen(item, side)} />
            : <Bubble contentType={item.ContentType} content={item.Content ?? ""} />}
        {mark !== undefined && <p class="delivery" aria-live="off">{mark}</p>}
      </li>
    </>
  );
}

/** What is on its way, or did not get there. */
export function Pending({ out, side }: { out: Outgoing; side: Participant }) {
  const stuck = out.status === "failed" || out.status === "refused";
  return (
    <li class={`message mine pending${stuck ? " failed" : ""}`}>
      <p class="visually-hidden">You</p>
      <Bubble contentType={out.contentType} content={out.content} />
      <p class="delivery">
        {stuck ? (out.why ?? "Not sent.") : "Sending…"}
        {out.status === "failed" && <> <button type="button" class="link" onClick={() => side.retry(out.key)}>Send again</button></>}
        {stuck && out.file && <> <button type="button" class="link" onClick={() => side.drop(out.key)}>Remove</button></>}
      </p>
    </li>
  );
}

/** Whether an offer stands: the customer has said nothing since, and nobody has offered anything else. */
function isOpen(item: Item, side: Participant): boolean {
  const { items, outbox, role, phase } = side.state;
  const last = items.findLast((other) => isSaid(other) && (side.isMine(other) || other.ContentType === interactive));
  return role === "CUSTOMER" && phase !== "ended" && phase !== "broken" && outbox.length === 0 && last?.Id === item.Id;
}

function Bubble({ contentType, content }: { contentType: string | undefined; content: string }) {
  content = chosen(contentType, content) ?? content;
  return contentType === "text/markdown" ? (
    <div class="bubble markdown"><Markdown text={content} /></div>
  ) : (
    <div class="bubble plain">{content}</div>
  );
}

function Time({ item }: { item: Item }) {
  const time = new Date(item.AbsoluteTime);
  return <time dateTime={item.AbsoluteTime}>{time.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" })}</time>;
}

/** The heading above an item, "" when it goes on under the one before. */
function section(item: Item, before: Item | undefined): string {
  const past = item.RelatedContactId !== undefined;
  const wasPast = before?.RelatedContactId !== undefined;
  const date = day(item);
  if (before !== undefined && past === wasPast && date === day(before)) {
    return "";
  }
  return past ? `Earlier chat, ${date}` : wasPast ? `This chat, ${date}` : date;
}

function day(item: Item): string {
  return new Date(item.AbsoluteTime).toLocaleDateString(undefined, { weekday: "long", day: "numeric", month: "long" });
}

/** Amazon Connect's names for those without one of their own. */
export function shownName(name: string | undefined): string {
  return name === "SYSTEM_MESSAGE" ? "Assistant" : name === "BOT" ? "Bot" : (name ?? "");
}

function eventText(item: Item, mine: boolean): string {
  const who = mine ? "You" : shownName(item.DisplayName);
  switch (eventName(item)) {
    case "participant.joined":
      return `${who} joined`;
    case "participant.left":
      return `${who} left`;
    case "participant.invited":
      return `${who} ${mine ? "were" : "was"} invited`;
    case "participant.idle":
      return `${who} ${mine ? "are" : "is"} away`;
    case "participant.returned":
      return `${who} ${mine ? "are" : "is"} back`;
    case "participant.autodisconnection":
      return `${who} ${mine ? "were" : "was"} silent for too long: the conversation is closed`;
    case "chat.rehydrated":
      return "An earlier chat was taken in";
    case "transfer.succeeded":
      return "The chat was transferred";
    case "transfer.failed":
      return "The transfer failed";
    case "chat.ended":
      return "The chat ended";
    default:
      return "";
  }
}
