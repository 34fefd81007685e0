import { useState } from "preact/hooks";
import { type Guest, guests } from "./guest";
import { type GuestRole, setTimers } from "./network";
import { message } from "./participant";

/** Brings the other side in. Joined: somebody has come. */
export function Invite({ contact, guest, joined }: { contact: string; guest: Guest; joined: () => void }) {
  const [problem, setProblem] = useState<string>();
  const here = guest.state.ids?.ContactId === contact && guest.state.phase !== "ended" ? guest.state.role : undefined;
  const invite = async (role: GuestRole) => {
    setProblem(undefined);
    try {
      await guest.join(contact, role);
      joined();
    } catch (error) {
      setProblem(`${guests[role].name} could not come in. ${message(error)}.`);
    }
  };
  return (
    <section>
      <h2>The other side</h2>
      <p>
        {here === undefined
          ? "Be the other one, too: an agent takes the chat over from its flow, a bot talks beside it."
          : `${guest.state.name} is in the chat.${here === "CUSTOM_BOT" ? " An agent takes its place." : ""}`}
      </p>
      {here !== "AGENT" && (
        <div class="choices">
          <button type="button" class="quiet" onClick={() => void invite("AGENT")}>Bring in an agent</button>
          {here === undefined && <button type="button" class="quiet" onClick={() => void invite("CUSTOM_BOT")}>Bring in a custom bot</button>}
        </div>
      )}
      {problem !== undefined && <p class="problem" role="alert">{problem}</p>}
    </section>
  );
}

/** Sets when a silent side is told of, and when the conversation is closed. */
export function Timers({ contact }: { contact: string }) {
  const [idle, setIdle] = useState(2);
  const [disconnect, setDisconnect] = useState(3);
  const [told, setTold] = useState("");
  const [problem, setProblem] = useState<string>();
  const submit = async (event: Event) => {
    event.preventDefault();
    setTold("");
    setProblem(undefined);
    try {
      await setTimers(contact, idle, disconnect);
      setTold("Set. They start when the next one comes in.");
    } catch (error) {
      setProblem(`The timers are not set: send 2 to 480 minutes while the chat is live. ${message(error)}`);
    }
  };
  return (
    <section>
      <h2>Timers</h2>
      <form class="timers" onSubmit={(event) => void submit(event)}>
        <Minutes id="idle" label="Away after" value={idle} change={setIdle} />
        <Minutes id="disconnect" label="Closed after" value={disconnect} change={setDisconnect} />
        <button type="submit" class="quiet">Set timers</button>
      </form>
      <p id="timers-note">In minutes, for each side that is silent; the second begins when the first is over.</p>
      <p role="status">{told}</p>
      {problem !== undefined && <p class="problem" role="alert">{problem}</p>}
    </section>
  );
}

function Minutes({ id, label, value, change }: { id: string; label: string; value: number; change: (minutes: number) => void }) {
  return (
    <div>
      <label for={id}>{label}</label>
      <input
        id={id}
        type="number"
        inputMode="numeric"
        aria-describedby="timers-note"
        required
        min={2}
        max={480}
        value={value}
        onInput={({ currentTarget }) => change(currentTarget.valueAsNumber)}
      />
    </div>
  );
}
