import { useEffect, useState } from "preact/hooks";
import type { State, Trace } from "./chat";
import { endpoint, type Ids, instance, serverTime } from "./network";

/** What happens behind the chat, and how to reach the same chat from elsewhere. */
export function Panel({ state }: { state: State }) {
  return (
    <aside class="panel" id="panel" aria-label="Behind the scenes">
      {state.ids === null ? <Outline /> : <Inside state={state} ids={state.ids} />}
      <Clock />
      {state.ids !== null && <Terminal contact={state.ids.ContactId} />}
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
          <b>SendMessage</b> and <b>SendEvent</b> go by HTTP, and come back by the socket.
        </li>
        <li>
          <b>DisconnectParticipant</b> ends the chat: from then on, every token is refused.
        </li>
      </ol>
    </section>
  );
}

function Inside({ state, ids }: { state: State; ids: Ids }) {
  return (
    <>
      <section>
        <h2>This chat</h2>
        <dl>
          <dt>Contact</dt>
          <dd><code>{ids.ContactId}</code></dd>
          <dt>Participant</dt>
          <dd><code>{ids.ParticipantId}</code></dd>
        </dl>
      </section>
      <section>
        <h2>What happened</h2>
        <ol class="trace" tabIndex={0} aria-label="Calls and frames, newest first">
          {state.trace.map((line) => <TraceLine key={line.key} line={line} />)}
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

function TraceLine({ line }: { line: Trace }) {
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
