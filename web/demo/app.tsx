import { useEffect, useMemo, useState } from "preact/hooks";
import { Customer } from "./customer";
import { Guest } from "./guest";
import { watchCalls } from "./network";
import { Panel } from "./panel";
import type { Phase } from "./participant";
import { CustomerSide, GuestSide } from "./sides";
import { Start } from "./start";
import { Trace } from "./trace";

const phases: Record<Phase, string> = {
  idle: "No chat",
  starting: "Starting",
  connecting: "Connecting",
  live: "Live",
  reconnecting: "Reconnecting",
  broken: "Disconnected",
  ended: "Ended",
};

/** What is looked at where not all has room side by side. */
type View = "customer" | "guest" | "details";

export function App() {
  const [, redraw] = useState({});
  const { customer, guest, trace } = useMemo(() => {
    const changed = () => redraw({});
    const trace = new Trace(changed);
    watchCalls((call) => trace.call(call));
    return { trace, customer: new Customer(changed, trace), guest: new Guest(changed) };
  }, []);
  const [view, setView] = useState<View>("customer");
  useEffect(() => {
    customer.restore();
    guest.restore();
  }, []);

  const { ids, phase } = customer.state;
  const accompanied = ids !== null && guest.state.ids?.ContactId === ids.ContactId;
  const shown = view === "guest" && !accompanied ? "customer" : view;
  const views: [View, string][] = [["customer", accompanied ? customer.state.name : "Chat"], ["details", "Details"]];
  if (accompanied) {
    views.splice(1, 0, ["guest", guest.state.name]);
  }
  return (
    <div class={`page view-${shown}${accompanied ? " accompanied" : ""}`}>
      <header class="top">
        <span class="brand">
          <img src="demo/icon.svg" alt="" width="28" height="28" />
          <span>Parley</span>
        </span>
        <p class={`phase ${phase}`} role="status">
          <span class="visually-hidden">Connection: </span>
          {phases[phase]}
        </p>
        <div class="views" role="group" aria-label="Show">
          {views.map(([name, text]) => (
            <button type="button" key={name} class={`to-${name}`} aria-pressed={shown === name} onClick={() => setView(name)}>{text}</button>
          ))}
        </div>
      </header>
      {ids === null ? <main class="card customer"><Start chat={customer} /></main> : <CustomerSide key={ids.ContactId} customer={customer} alone={!accompanied} />}
      {accompanied && <GuestSide guest={guest} />}
      <Panel customer={customer} guest={guest} trace={trace} joined={() => setView("guest")} />
    </div>
  );
}
