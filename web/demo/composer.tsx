import type { TargetedEvent, TargetedKeyboardEvent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { accepted } from "./files";
import type { ContentType, Participant } from "./participant";
import { interactive } from "./template";

/** What to say next. Names are told apart by the id, as there may be two on the page. Offers are interactive messages by name. */
export function Composer({ side, id, leaving, offers }: { side: Participant; id: string; leaving: Leaving; offers?: Readonly<Record<string, string>> }) {
  const [text, setText] = useState("");
  const [markdown, setMarkdown] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const sure = useRef<HTMLDialogElement>(null);
  useEffect(() => field.current?.focus(), []);

  const contentType: ContentType = markdown ? "text/markdown" : "text/plain";
  const send = (event: Event) => {
    event.preventDefault();
    if (text.trim() !== "") {
      side.send(contentType, text.trim());
      setText("");
    }
    field.current?.focus();
  };
  const pressed = (event: TargetedKeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      send(event);
    }
  };
  const chosen = ({ currentTarget }: TargetedEvent<HTMLInputElement>) => {
    for (const file of currentTarget.files ?? []) {
      side.sendFile(file);
    }
    currentTarget.value = ""; // the same file may be chosen again
  };
  return (
    <form class="composer" onSubmit={send}>
      <label class="visually-hidden" for={id}>Message</label>
      <textarea
        id={id}
        ref={field}
        rows={1}
        maxLength={16384}
        placeholder="Write a message"
        value={text}
        onKeyDown={pressed}
        onInput={(event) => {
          setText(event.currentTarget.value);
          side.writing();
        }}
      />
      <input type="file" multiple hidden ref={files} accept={accepted} onChange={chosen} />
      <div class="actions">
        <button type="button" class="quiet icon" aria-label="Attach files" title="Attach files" onClick={() => files.current?.click()}>
          <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
            <path
              d="m20 11-8.5 8.5a5 5 0 0 1-7-7L13 4a3.3 3.3 0 0 1 4.7 4.7l-8.5 8.4a1.6 1.6 0 0 1-2.3-2.3L14.5 7"
              fill="none"
              stroke="currentcolor"
              stroke-width="1.75"
              stroke-linecap="round"
              stroke-linejoin="round"
            />
          </svg>
        </button>
        <label class="toggle">
          <input type="checkbox" checked={markdown} onChange={(event) => setMarkdown(event.currentTarget.checked)} />
          Markdown
        </label>
        {offers !== undefined && (
          <select aria-label="Offer choices" value="" onChange={({ currentTarget }) => side.send(interactive, offers[currentTarget.value]!)}>
            <option value="">Offer…</option>
            {Object.keys(offers).map((name) => <option key={name} value={name}>{name}</option>)}
          </select>
        )}
        <button type="button" class="quiet" onClick={() => sure.current?.showModal()}>{leaving.button}</button>
        <button type="submit" class="primary">Send</button>
      </div>
      <dialog ref={sure} aria-labelledby={`${id}-sure`}>
        <h2 id={`${id}-sure`}>{leaving.question}</h2>
        <p>{leaving.explanation}</p>
        <div class="actions">
          <button type="button" class="quiet" onClick={() => sure.current?.close()}>{leaving.no}</button>
          <button
            type="button"
            class="primary"
            onClick={() => {
              sure.current?.close();
              void side.leave();
            }}
          >
            {leaving.yes}
          </button>
        </div>
      </dialog>
    </form>
  );
}

/** The words around leaving, which differ from side to side. */
export interface Leaving {
  button: string;
  question: string;
  explanation: string;
  yes: string;
  no: string;
}
