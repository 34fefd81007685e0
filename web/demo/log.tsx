import type { TargetedEvent } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { isSaid } from "./items";
import { Line, Pending } from "./line";
import type { Participant } from "./participant";

/** What was said. Attentive: whoever sits at this side reads what is shown. */
export function Log({ side, attentive }: { side: Participant; attentive: boolean }) {
  const { state } = side;
  const log = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const [seen, setSeen] = useState(true); // the newest message is on the screen
  const oldest = state.items[0]?.Id;
  const newest = state.items.at(-1)?.Id;
  const toEnd = () => log.current?.scrollTo({ top: log.current.scrollHeight });

  const before = useRef({ oldest, height: 0 });
  useLayoutEffect(() => {
    if (oldest !== before.current.oldest && !atEnd) { // what came in above pushes nothing away
      log.current!.scrollTop += log.current!.scrollHeight - before.current.height;
    }
    before.current = { oldest, height: log.current!.scrollHeight };
  });
  useLayoutEffect(() => {
    if (atEnd) {
      toEnd();
    }
  }, [newest, state.outbox.length, state.typing, atEnd]);
  const readOn = () => {
    if (log.current!.scrollTop < 20) {
      void side.earlier();
    }
  };
  useLayoutEffect(() => {
    if (!atEnd) {
      readOn(); // a page that held nothing new moved nothing, so nobody will scroll
    }
  }, [state.older]);
  const size = useRef("");
  const unheard = useRef(false); // it grew in the moment when somebody scrolled
  useLayoutEffect(() => {
    const watch = new ResizeObserver(() => {
      size.current = sizeOf(log.current!);
      setSeen(log.current!.clientHeight > 0);
      if (atEnd) {
        toEnd();
      } else if (unheard.current) {
        readOn();
      }
      unheard.current = false;
    });
    watch.observe(log.current!);
    watch.observe(list.current!);
    return () => watch.disconnect();
  }, [atEnd]);

  useEffect(() => {
    const last = state.items.findLast((item) => isSaid(item) && item.RelatedContactId === undefined && !side.isMine(item));
    if (attentive && seen && atEnd && last !== undefined) {
      side.read(last);
    }
  }, [newest, attentive, seen, atEnd, state.phase]);

  const earlier = async () => {
    await side.earlier();
    if (side.state.older === null) {
      log.current?.focus(); // the button is gone
    }
  };
  const scrolled = ({ currentTarget }: TargetedEvent<HTMLDivElement>) => {
    if (sizeOf(currentTarget) !== size.current) {
      unheard.current = true;
      return; // nobody scrolled: what is shown has grown, and its observer comes next
    }
    const { scrollHeight, scrollTop, clientHeight } = currentTarget;
    const end = scrollHeight - scrollTop - clientHeight < 40;
    setAtEnd(end);
    if (!end) {
      readOn();
    }
  };
  const marks = newestMarks(side);
  return (
    <div class="log-frame">
      <div class="log" role="log" aria-label="Conversation" tabIndex={0} ref={log} onScroll={scrolled}>
        <ol ref={list}>
          {state.older !== null && state.phase === "live" && (
            <li class="earlier">
              <button type="button" class="quiet" onClick={() => void earlier()}>Earlier messages</button>
            </li>
          )}
          {state.items.map((item, i) => (
            <Line key={item.Id} item={item} before={state.items[i - 1]} side={side} mark={marks[item.Id]} />
          ))}
          {state.outbox.map((out) => <Pending key={out.key} out={out} side={side} />)}
        </ol>
      </div>
      {!atEnd && <button type="button" class="to-end" onClick={() => setAtEnd(true)}>Newest message</button>}
    </div>
  );
}

function sizeOf({ scrollHeight, clientHeight }: HTMLElement): string {
  return `${scrollHeight} ${clientHeight}`;
}

/** How far the other side has come, at the newest message of each kind: what is above it has come as far. */
function newestMarks(side: Participant): Record<string, string> {
  const { items, marks } = side.state;
  const delivered = items.findLast((item) => marks[item.Id] !== undefined && side.isMine(item));
  const read = items.findLast((item) => marks[item.Id] === "read" && side.isMine(item));
  return { ...(delivered && { [delivered.Id]: "Delivered" }), ...(read && { [read.Id]: "Read" }) };
}
