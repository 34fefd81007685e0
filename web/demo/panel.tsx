import { useState } from "preact/hooks";
import { Clock } from "./clock";
import type { Customer } from "./customer";
import type { Guest } from "./guest";
import { Invite, Timers } from "./invite";
import { endpoint, instance } from "./network";
import type { Trace, TraceLine } from "./trace";

/** What happens behind the chat, who else can come in, and how to reach the same chat from elsewhere. */
export function Panel({ customer, guest, trace, joined }: { customer: Customer; guest: Guest; trace: Trace; joined: () => void }) {
  const { ids, phase } = customer.state;
  if (ids === null) {
    return (
      <aside class="panel" aria-label="Behind the scenes">
        <Outline />
        <Clock />
      </aside>
    );
  }
  return (
    <aside class="panel" aria-label="Behind the scenes">
      {phase !== "ended" && <Invite contact={ids.ContactId} guest={guest} joined={joined} />}
      {phase !== "ended" && <Timers key={ids.ContactId} contact={ids.ContactId} />}
      <Clock />
      <Inside customer={customer} trace={trace} />
      <Terminal contact={ids.ContactId} />
    </aside>
  );
}

function Outline() {
  return (
    <section>
      <h2>What will happen</h2>
      <ol class="outline">
        <li>
          <b>StartChatContact</b> makes a contact and begins its flow, which greets and goes on as you chose. Your own backend would
          call it; here the server does it for this page.
        </li>
        <li>
          <b>CreateParticipantConnection</b> trades the token it answered with for a connection token and the address of a WebSocket.
        </li>
        <li>
          Once the socket is <b>subscribed</b>, it gets whatever is said. <b>GetTranscript</b> reads what was said before, and again
          after a reload or a lost connection.
        </li>
        <li>
          <b>SendMessage</b>, <b>SendEvent</b> and the attachments go by HTTP, and come back by the socket.
        </li>
        <li>
          <b>CreateParticipant</b> brings in an agent or a bot: you again, in a second pane. <b>UpdateParticipantRoleConfig</b> sets
          what happens when somebody falls silent, and the clock below makes it happen.
        </li>
        <li>
          <b>DisconnectParticipant</b> ends the chat: from then on, every token is refused. <b>PersistentChat</b> lets the next one go on
          from it.
        </li>
      </ol>
    </section>
  );
}

function Inside({ customer, trace }: { customer: Customer; trace: Trace }) {
  const { ContactId, ParticipantId } = customer.state.ids!;
  return (
    <>
      <section>
        <h2>This chat</h2>
        <dl>
          <dt>Contact</dt>
          <dd><code>{ContactId}</code></dd>
          <dt>Participant</dt>
          <dd><code>{ParticipantId}</code></dd>
        </dl>
        {customer.state.phase !== "ended" && (
          <p>
            <a href={customer.address} target="_blank" rel="noopener noreferrer">Open it in a second tab</a>: both show everything.
          </p>
        )}
      </section>
      <section>
        <h2>What happened</h2>
        <ol class="trace" tabIndex={0} aria-label="Calls and frames, newest first">
          {trace.lines.map((line) => <Line key={line.key} line={line} />)}
        </ol>
      </section>
    </>
  );
}

function Terminal({ contact }: { contact: string }) {
  const connect = (operation: string, ...options: string[]) =>
    [`aws connect ${operation} --region us-east-1`, `--endpoint-url ${endpoint}`, `--instance-id ${instance}`, ...options].join(" \\\n  ");
  return (
    <section>
      <h2>From a terminal</h2>
      <Command title="Set the key once" text="export AWS_ACCESS_KEY_ID=parley AWS_SECRET_ACCESS_KEY=parley" />
      <Command title="See the contact" text={connect("describe-contact", `--contact-id ${contact}`)} />
      <Command
        title="Give it an attribute"
        text={connect("update-contact-attributes", `--initial-contact-id ${contact}`, "--attributes tier=gold")}
      />
      <Command title="End it" text={connect("stop-contact", `--contact-id ${contact}`)} />
    </section>
  );
}

const ways = { sent: "→", received: "←", note: "·" };
const spoken = { sent: "sent", received: "received", note: "" };

function Line({ line }: { line: TraceLine }) {
  return (
    <li class={`${line.way}${line.failed ? " failed" : ""}`}>
      <span class="way" aria-hidden="true">{ways[line.way]}</span>
      <span class="visually-hidden">{spoken[line.way]} </span>
      <b>{line.what}</b> <span class="detail">{line.detail}</span>
    </li>
  );
}

function Command({ title, text }: { title: string; text: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <div class="command">
      <p>
        {title}
        <button type="button" class="link" aria-label={`Copy: ${title}`} onClick={() => void copy()}>
          {copied ? "Copied" : "Copy"}
        </button>
      </p>
      <pre><code>{text}</code></pre>
    </div>
  );
}
