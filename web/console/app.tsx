import { useEffect, useState } from "preact/hooks";
import { Contacts } from "./contacts";
import { Picture } from "./picture";
import { Log } from "./log";
import { useRepeat } from "./repeat";
import { type Contact, demo, draw, type Drawing, type Line, recent, trace, type Trace } from "./server";

/** The contact that the address names. */
function named(): string {
  return new URLSearchParams(location.hash.slice(1)).get("contact") ?? "";
}

/** The console: contacts, the way of one of them through its flows, and its log. */
export function App() {
  const [contacts, setContacts] = useState<Contact[]>();
  const [chosen, setChosen] = useState(named);
  const [trouble, setTrouble] = useState("");

  useEffect(() => {
    const follow = () => setChosen(named());
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  useRepeat(2000, async (current) => {
    const found = await recent();
    if (current()) {
      setContacts(found);
    }
  }, setTrouble, []);

  const id = chosen || contacts?.[0]?.Id || "";
  return (
    <div class="page">
      <header>
        <h1>Parley <span>console</span></h1>
        <p class="trouble" role="status">{trouble}</p>
        <a href={demo}>Chat page</a>
      </header>
      <Contacts contacts={contacts} chosen={id} />
      {id === "" ? <main class="empty">{contacts && <Nothing />}</main> : <Way key={id} id={id} failed={setTrouble} />}
    </div>
  );
}

function Nothing() {
  return (
    <p>
      There is no contact yet. Start a chat on the <a href={demo}>chat page</a>, and see here which way it takes through its flow.
    </p>
  );
}

/** A flow that a contact was in. */
export interface Visited {
  id: string;
  name: string;
}

/** The flows of a log, each once, as the contact came to them. */
function visited(lines: Line[]): Visited[] {
  const flows = new Map<string, Visited>();
  for (const { ContactFlowId, ContactFlowName } of lines) {
    const id = ContactFlowId?.slice(ContactFlowId.lastIndexOf("/") + 1);
    if (id && !flows.has(id)) {
      flows.set(id, { id, name: ContactFlowName ?? id });
    }
  }
  return [...flows.values()];
}

/** The way of one contact: it is asked for again as long as the contact lives. */
function Way({ id, failed }: { id: string; failed: (why: string) => void }) {
  const [lines, setLines] = useState<Line[]>([]);
  const [stand, setStand] = useState<Trace>();
  const [drawing, setDrawing] = useState<Drawing>();
  const [flow, setFlow] = useState(""); // empty: the one that the contact is in
  const [marked, setMarked] = useState("");
  const [reader] = useState(() => ({ token: undefined as string | undefined, over: false, all: [] as Line[], drawn: "" }));

  useRepeat(700, async (current) => {
    let last: Trace | undefined;
    while (!reader.over) {
      last = await trace(id, reader.token);
      if (!current()) {
        return;
      }
      reader.token = last.NextToken;
      reader.all = [...reader.all, ...last.Lines];
      reader.over = last.NextToken === undefined;
      if (last.Lines.length === 0) {
        break;
      }
    }
    if (last) {
      setStand(last);
      setLines(reader.all);
    }
    const state = `${flow} ${reader.all.length} ${last?.Position?.Identifier ?? ""}`;
    if (reader.drawn !== state && (last !== undefined || reader.over)) {
      const picture = await draw(id, flow || undefined);
      if (current()) {
        reader.drawn = state;
        setDrawing(picture);
      }
    }
  }, failed, [id, flow]);

  const flows = visited(lines);
  return (
    <>
      <main>
        <Picture drawing={drawing} flows={flows} choose={setFlow} position={stand?.Position} marked={marked} />
      </main>
      <Log lines={lines} stand={stand} mark={setMarked} marked={marked} />
    </>
  );
}
