import type { TargetedEvent, TargetedKeyboardEvent } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Chat, type ContentType, eventName, type Item, type Outgoing, type State } from "./chat";
import { Markdown } from "./markdown";

/** The chat itself: what was said, and what to say next. */
export function Conversation({ chat, state }: { chat: Chat; state: State }) {
  return (
    <>
      <h1 class="visually-hidden">Chat</h1>
      <Log chat={chat} state={state} />
      <p class="typing" role="status">
        {state.typing !== null && (
          <>
            {shownName(state.typing)} is typing <span class="dots" aria-hidden="true"><i /><i /><i /></span>
          </>
        )}
      </p>
      {state.problem !== null && <p class="problem" role="alert">{state.problem}</p>}
      <Foot chat={chat} state={state} />
    </>
  );
}

function Foot({ chat, state }: { chat: Chat; state: State }) {
  switch (state.phase) {
    case "ended":
      return <Over text="This chat has ended." button="Start a new chat" act={() => chat.reset()} />;
    case "broken":
      return <Over text="The connection was lost." button="Connect again" act={() => location.reload()} />;
    default:
      return <Composer chat={chat} />;
  }
}

function Over({ text, button, act }: { text: string; button: string; act: () => void }) {
  const focused = useRef<HTMLButtonElement>(null);
  useEffect(() => focused.current?.focus(), []);
  return (
    <div class="over">
      <p>{text}</p>
      <button type="button" class="primary" ref={focused} onClick={act}>{button}</button>
    </div>
  );
}

function Log({ chat, state }: { chat: Chat; state: State }) {
  const log = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const newest = state.items.at(-1)?.Id;
  const toEnd = () => log.current?.scrollTo({ top: log.current.scrollHeight });
  useLayoutEffect(() => {
    if (atEnd) {
      toEnd();
    }
  }, [newest, state.outbox.length, state.typing, atEnd]);
  useLayoutEffect(() => {
    const watch = new ResizeObserver(() => atEnd && toEnd());
    watch.observe(log.current!);
    return () => watch.disconnect();
  }, [atEnd]);

  const scrolled = ({ currentTarget: { scrollHeight, scrollTop, clientHeight } }: TargetedEvent<HTMLDivElement>) =>
    setAtEnd(scrollHeight - scrollTop - clientHeight < 40);
  return (
    <div class="log-frame">
      <div class="log" role="log" aria-label="Conversation" tabIndex={0} ref={log} onScroll={scrolled}>
        <ol>
          {state.items.map((item, i) => (
            <Line key={item.Id} item={item} before={state.items[i - 1]} me={state.ids!.ParticipantId} />
          ))}
          {state.outbox.map((out) => <Pending key={out.key} out={out} retry={() => chat.retry(out.key)} />)}
        </ol>
      </div>
      {!atEnd && <button type="button" class="to-end" onClick={() => setAtEnd(true)}>Newest message</button>}
    </div>
  );
}

function Line({ item, before, me }: { item: Item; before: Item | undefined; me: string }) {
  const mine = item.ParticipantId === me;
  const date = day(item);
  const newDay = date !== (before && day(before)) && (
    <li class="day"><time dateTime={item.AbsoluteTime}>{date}</time></li>
  );
  if (item.Type !== "MESSAGE") {
    const text = eventText(item, mine);
    return <>{newDay}{text !== "" && <li class="event">{text} <Time item={item} /></li>}</>;
  }
  const goesOn = before?.Type === "MESSAGE" && before.ParticipantId === item.ParticipantId && !newDay &&
    Date.parse(item.AbsoluteTime) - Date.parse(before.AbsoluteTime) < 60_000;
  return (
    <>
      {newDay}
      <li class={`message ${mine ? "mine" : "theirs"}${goesOn ? " goes-on" : ""}`}>
        <p class={goesOn ? "visually-hidden" : "who"}>
          {mine ? <span class="visually-hidden">You</span> : shownName(item.DisplayName)} <Time item={item} />
        </p>
        <Bubble contentType={item.ContentType} content={item.Content ?? ""} />
      </li>
    </>
  );
}

function Pending({ out, retry }: { out: Outgoing; retry: () => void }) {
  return (
    <li class={`message mine pending ${out.status}`}>
      <p class="visually-hidden">You</p>
      <Bubble contentType={out.contentType} content={out.content} />
      <p class="delivery">
        {out.status !== "failed" ? (
          "Sending…"
        ) : (
          <>
            Not sent. <button type="button" class="link" onClick={retry}>Send again</button>
          </>
        )}
      </p>
    </li>
  );
}

function Bubble({ contentType, content }: { contentType: string | undefined; content: string }) {
  return contentType === "text/markdown" ? (
    <div class="bubble markdown"><Markdown text={content} /></div>
  ) : (
    <div class="bubble plain">{content}</div>
  );
}

function Composer({ chat }: { chat: Chat }) {
  const [text, setText] = useState("");
  const [markdown, setMarkdown] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const sure = useRef<HTMLDialogElement>(null);
  useEffect(() => field.current?.focus(), []);

  const contentType: ContentType = markdown ? "text/markdown" : "text/plain";
  const send = (event: Event) => {
    event.preventDefault();
    if (text.trim() !== "") {
      chat.send(contentType, text.trim());
      setText("");
    }
    field.current?.focus();
  };
  const pressed = (event: TargetedKeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      send(event);
    }
  };
  return (
    <form class="composer" onSubmit={send}>
      <label class="visually-hidden" for="text">Message</label>
      <textarea
        id="text"
        ref={field}
        rows={1}
        maxLength={16384}
        placeholder="Write a message"
        value={text}
        onKeyDown={pressed}
        onInput={(event) => {
          setText(event.currentTarget.value);
          chat.writing();
        }}
      />
      <div class="actions">
        <label class="toggle">
          <input type="checkbox" checked={markdown} onChange={(event) => setMarkdown(event.currentTarget.checked)} />
          Markdown
        </label>
        <button type="button" class="quiet" onClick={() => sure.current?.showModal()}>End chat</button>
        <button type="submit" class="primary">Send</button>
      </div>
      <dialog ref={sure} aria-labelledby="sure">
        <h2 id="sure">End this chat?</h2>
        <p>You can read it afterwards, but nobody can write in it any more.</p>
        <div class="actions">
          <button type="button" class="quiet" onClick={() => sure.current?.close()}>Keep chatting</button>
          <button
            type="button"
            class="primary"
            onClick={() => {
              sure.current?.close();
              void chat.end();
            }}
          >
            End the chat
          </button>
        </div>
      </dialog>
    </form>
  );
}

function Time({ item }: { item: Item }) {
  const time = new Date(item.AbsoluteTime);
  return <time dateTime={item.AbsoluteTime}>{time.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" })}</time>;
}

function day(item: Item): string {
  return new Date(item.AbsoluteTime).toLocaleDateString(undefined, { weekday: "long", day: "numeric", month: "long" });
}

/** Amazon Connect's names for those without one of their own. */
function shownName(name: string | undefined): string {
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
