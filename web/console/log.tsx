import { useEffect, useRef } from "preact/hooks";
import type { Line, Trace } from "./server";

/** An action that ran: the line of its beginning, and the one that says where it led. */
interface Ran {
  begun: Line;
  led?: Line;
}

/** Joins the two lines of an action. */
export function joined(lines: Line[]): Ran[] {
  const all: Ran[] = [];
  for (const line of lines) {
    const last = all.at(-1);
    if (line.Branch === undefined && line.Results === undefined) {
      all.push({ begun: line });
    } else if (last && !last.led && last.begun.Identifier === line.Identifier) {
      last.led = line;
    } else {
      all.push({ begun: line, led: line });
    }
  }
  return all;
}

/** The flow that a line is of, and the module in it. */
function whereOf(line: Line | undefined): string {
  const module = line?.ContactFlowModuleName ?? line?.ContactFlowModuleId;
  return (line?.ContactFlowName ?? "") + (module === undefined ? "" : ` › ${module}`);
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

/** The flow log, the newest entry last and in view. */
export function Log({ lines, stand, mark, marked }: { lines: Line[]; stand: Trace | undefined; mark: (action: string) => void; marked: string }) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [lines.length]);
  const all = joined(lines);
  return (
    <aside class="log" aria-label="Flow log">
      <h2 id="log">Flow log</h2>
      <div class="lines" ref={list} role="log" aria-labelledby="log" tabIndex={0}>
        <ol>{all.map(({ begun, led }, i) => {
          const action = begun.Identifier ?? "";
          const flow = whereOf(begun) !== whereOf(all[i - 1]?.begun) && whereOf(begun);
          return (
            <li key={i}>
              {flow && <p class="flow-name">{flow}</p>}
              <button type="button" aria-pressed={marked === action} onClick={() => mark(marked === action ? "" : action)}>
                <time>{clock.format(begun.Timestamp * 1000)}</time> <b>{action}</b> <span class="type">{begun.ContactFlowModuleType}</span>
              </button>
              <Parameters text={begun.Parameters} />
              {led?.Branch !== undefined && (
                <p class={led.Branch.endsWith("Error") ? "led error" : "led"}>
                  {led.Branch !== "NextAction" && `${led.Branch} `}→ {led.Next || "the end of the flow"}
                </p>
              )}
            </li>
          );
        })}</ol>
      </div>
      <p class="stand" role="status">{standing(stand)}</p>
    </aside>
  );
}

function standing(stand: Trace | undefined): string {
  if (!stand) {
    return "";
  }
  if (stand.DisconnectTimestamp !== undefined) {
    return "The contact has ended.";
  }
  if (!stand.Position) {
    return "No flow runs now.";
  }
  const inside = stand.Position.Modules?.map(({ Identifier }) => ` › ${Identifier}`).join("") ?? "";
  return `The flow waits at ${stand.Position.Identifier}${inside}.`;
}

/** What an action was given, as names and values. */
function Parameters({ text }: { text: string | undefined }) {
  const rows = text === undefined ? [] : flat("", JSON.parse(text));
  return rows.length === 0 ? null : (
    <dl>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function flat(name: string, value: unknown): [string, string][] {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([key, inner]) => flat(name === "" ? key : `${name}.${key}`, inner));
  }
  return [[name, typeof value === "string" ? value : JSON.stringify(value)]];
}
