import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { State, Trace } from "./chat";
import { endpoint, serverTime } from "./network";

// The ids of dev mode, where they are fixed.
const instance = "00000000-0000-4000-8000-000000000001";

/** What happens behind the chat, and how to reach the same chat from elsewhere. */
export function Panel({ state }: { state: State }) {
  return (
    <aside class="panel" id="panel" aria-label="Behind the scenes">
      {state.ids === null ? <Outline /> : <Inside state={state} contact={state.ids.ContactId} />}
      <Clock />
    </aside>
  );
}

function Outline() {
  return (
    <section>
      <h2>What will happen</h2>
      <ol class="outline">
        <li><b>StartChatContact</b> makes a contact and answers with a participant token. A website’s backend calls it; here the server itself does.</li>
        <li><b>CreateParticipantConnection</b> trades that token for a connection token and the address of a WebSocket.</li>
        <li>Once the socket is <b>subscribed</b>, the contact flow begins. It greets, and what it does next depends on your choice.</li>
        <li><b>SendMessage</b> and <b>SendEvent</b> go by HTTP; whatever anybody says comes back by the socket.</li>
        <li>After a reload or a lost connection, <b>GetTranscript</b> fills the gap.</li>
      </ol>
    </section>
  );
}

function Inside({ state, contact }: { state: State; contact: string }) {
  const on = `--endpoint-url ${endpoint} --region us-east-1`;
  return (
    <>
      <section>
        <h2>This chat</h2>
        <dl>
          <dt>Contact</dt>
          <dd><code>{contact}</code></dd>
          <dt>Participant</dt>
          <dd><code>{state.ids!.ParticipantId}</code></dd>
        </dl>
      </section>
      <section>
        <h2>What happened</h2>
        <ol class="trace" tabIndex={0} aria-label="Calls and frames, newest first">
          {state.trace.map((line) => <TraceLine key={line.key} line={line} />)}
        </ol>
      </section>
      <section>
        <h2>From a terminal</h2>
        <Command title="Set the key once">
          export AWS_ACCESS_KEY_ID=parley AWS_SECRET_ACCESS_KEY=parley
        </Command>
        <Command title="See the contact">
          {`aws connect describe-contact ${on} --instance-id ${instance} --contact-id ${contact}`}
        </Command>
        <Command title="Change what the flow knows">
          {`aws connect update-contact-attributes ${on} --instance-id ${instance} --initial-contact-id ${contact} --attributes topic=bill`}
        </Command>
        <Command title="End it">
          {`aws connect stop-contact ${on} --instance-id ${instance} --contact-id ${contact}`}
        </Command>
      </section>
    </>
  );
}

const ways = { sent: "→", received: "←", note: "·" };
const spoken = { sent: "sent", received: "received", note: "" };

function TraceLine({ line }: { line: Trace }) {
  return (
    <li class={`${line.way}${line.failed ? " failed" : ""}`}>
      <span class="way" aria-hidden="true">{ways[line.way]}</span>
      <span class="visually-hidden">{spoken[line.way]} </span>
      <b>{line.what}</b> <span class="detail">{line.detail}</span>
    </li>
  );
}

function Command({ title, children }: { title: string; children: ComponentChildren }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText([children].flat().join("").trim());
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <div class="command">
      <p>
        {title}
        <button type="button" class="link" aria-label={`Copy: ${title}`} onClick={() => void copy()}>{copied ? "Copied" : "Copy"}</button>
      </p>
      <pre tabIndex={0}><code>{children}</code></pre>
    </div>
  );
}

/** Moves the server's clock, where the server lets it: in dev mode. */
function Clock() {
  const [ahead, setAhead] = useState<number>(); // milliseconds the server's clock is ahead of ours
  const [, tick] = useState({});
  const read = async (advance?: string) => {
    const now = await serverTime(advance);
    setAhead(now && now.getTime() - Date.now());
  };
  useEffect(() => {
    void read().catch(() => {});
    const timer = setInterval(() => tick({}), 1000);
    return () => clearInterval(timer);
  }, []);
  if (ahead === undefined) {
    return null;
  }
  return (
    <section>
      <h2>Clock</h2>
      <p>
        The server says <time class="now">{new Date(Date.now() + ahead).toLocaleString()}</time>. Jump ahead and see what was waiting:
        whatever falls due on the way is done.
      </p>
      <div class="jumps">
        {[["1m", "1 minute"], ["5m", "5 minutes"], ["1h", "1 hour"]].map(([by, text]) => (
          <button type="button" class="quiet" key={by} onClick={() => void read(by).catch(() => setAhead(undefined))}>+ {text}</button>
        ))}
      </div>
    </section>
  );
}
