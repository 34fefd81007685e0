import { useEffect, useMemo, useState } from "preact/hooks";
import { Chat, type Phase } from "./chat";
import { Conversation } from "./conversation";
import { Panel } from "./panel";
import { Start } from "./start";

const phases: Record<Phase, string> = {
  idle: "No chat",
  starting: "Starting",
  connecting: "Connecting",
  live: "Live",
  reconnecting: "Reconnecting",
  broken: "Disconnected",
  ended: "Ended",
};

export function App() {
  const [, redraw] = useState({});
  const chat = useMemo(() => new Chat(() => redraw({})), []);
  const [panel, showPanel] = useState(false);
  useEffect(() => chat.restore(), []);

  const { state } = chat;
  const chatting = state.ids !== null;
  return (
    <div class={panel ? "page with-panel" : "page"}>
      <header class="top">
        <span class="brand">
          <img src="demo/icon.svg" alt="" width="28" height="28" />
          <span>Parley</span>
        </span>
        <p class={`phase ${state.phase}`} role="status">
          <span class="visually-hidden">Connection: </span>
          {phases[state.phase]}
        </p>
        <button type="button" class="quiet panel-button" aria-expanded={panel} aria-controls="panel" onClick={() => showPanel(!panel)}>
          {panel ? "Chat" : "Details"}
        </button>
      </header>
      <main class="card">
        {chatting ? <Conversation chat={chat} state={state} /> : <Start chat={chat} state={state} />}
      </main>
      <Panel state={state} />
    </div>
  );
}
