import type { ComponentChildren, TargetedDragEvent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Log } from "./log";
import { shownName } from "./line";
import type { Participant } from "./participant";

/** The chat as one side sees it: what was said, and at the foot what to do next. */
export function Conversation({ side, children }: { side: Participant; children: ComponentChildren }) {
  const { state } = side;
  const root = useRef<HTMLDivElement>(null);
  const attentive = useAttention(root);
  const [dropping, setDropping] = useState(false);
  const takesFiles = state.phase === "live" || state.phase === "reconnecting";
  const over = (event: TargetedDragEvent<HTMLDivElement>) => {
    if (event.dataTransfer?.types.includes("Files")) {
      event.preventDefault();
      setDropping(takesFiles);
    }
  };
  const out = (event: TargetedDragEvent<HTMLDivElement>) => {
    if (!event.currentTarget.contains(event.relatedTarget as Node | null)) {
      setDropping(false);
    }
  };
  const dropped = (event: TargetedDragEvent<HTMLDivElement>) => {
    event.preventDefault();
    setDropping(false);
    for (const file of takesFiles ? (event.dataTransfer?.files ?? []) : []) {
      side.sendFile(file);
    }
  };
  return (
    <div class="conversation" ref={root} onDragOver={over} onDragLeave={out} onDrop={dropped}>
      <Log side={side} attentive={attentive} />
      <p class="typing" role="status">
        {state.typing !== null && (
          <>
            {shownName(state.typing)} is typing <span class="dots" aria-hidden="true"><i /><i /><i /></span>
          </>
        )}
      </p>
      {state.problem !== null && <p class="problem" role="alert">{state.problem}</p>}
      {children}
      {dropping && <p class="drop">Drop files to send them</p>}
    </div>
  );
}

/** Whether somebody looks at this side: with two of them on the screen, the one that has the focus. */
function useAttention(root: { current: HTMLElement | null }): boolean {
  const [attentive, setAttentive] = useState(false);
  const look = () => {
    const others = [...document.querySelectorAll(".conversation")].some((other) => other !== root.current && other.checkVisibility());
    setAttentive(!document.hidden && (!others || root.current?.contains(document.activeElement) === true));
  };
  useEffect(look);
  useEffect(() => {
    document.addEventListener("visibilitychange", look);
    document.addEventListener("focusin", look);
    return () => {
      document.removeEventListener("visibilitychange", look);
      document.removeEventListener("focusin", look);
    };
  }, []);
  return attentive;
}

/** What stands in place of the composer when there is nothing to write to. The first button gets the focus that has nowhere to be. */
export function Over({ text, children }: { text: string; children: ComponentChildren }) {
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (document.activeElement === document.body) {
      root.current?.querySelector("button")?.focus();
    }
  }, []);
  return (
    <div class="over" ref={root}>
      <p>{text}</p>
      <div class="actions">{children}</div>
    </div>
  );
}
