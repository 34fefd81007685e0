import { useEffect, useRef, useState } from "preact/hooks";
import type { Visited } from "./app";
import type { Drawing, Position } from "./server";

const zooms = [0.35, 0.5, 0.7, 0.85, 1, 1.25, 1.6];
const usual = zooms.indexOf(0.85);

/** The flow as a picture, with the place where the contact is. It stays in view when the contact goes on. */
export function Picture({ drawing, flows, choose, position, marked }: {
  drawing: Drawing | undefined;
  flows: Visited[];
  choose: (flow: string) => void;
  position: Position | undefined;
  marked: string;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const [zoom, setZoom] = useState(usual);
  const [follow, setFollow] = useState(true);

  useEffect(() => {
    if (!drawing || !frame.current) {
      return;
    }
    const svg = new DOMParser().parseFromString(drawing.Picture, "image/svg+xml").documentElement;
    frame.current.replaceChildren(document.adoptNode(svg));
  }, [drawing]);
  useEffect(() => {
    const svg = frame.current?.firstElementChild;
    const [, , width, height] = svg?.getAttribute("viewBox")?.split(" ").map(Number) ?? [];
    if (svg && width && height) {
      svg.setAttribute("width", String(width * zooms[zoom]!));
      svg.setAttribute("height", String(height * zooms[zoom]!));
    }
  }, [drawing, zoom]);
  useEffect(() => {
    const card = find(frame.current, (g) => g.classList.contains("now"));
    if (follow && marked === "") {
      show(frame.current, card);
    }
  }, [drawing, zoom, follow, position?.Identifier]);
  useEffect(() => {
    for (const g of frame.current?.querySelectorAll(".marked") ?? []) {
      g.classList.remove("marked");
    }
    const card = find(frame.current, (g) => g.getAttribute("data-action") === marked);
    card?.classList.add("marked");
    show(frame.current, card);
  }, [drawing, marked]);

  const shown = drawing?.ContactFlowId ?? "";
  return (
    <>
      <div class="tools">
        <label>
          Flow
          <select value={shown} onChange={(e) => choose(e.currentTarget.value === position?.ContactFlowId ? "" : e.currentTarget.value)}>
            {flows.some(({ id }) => id === shown) || !drawing || <option value={shown}>{drawing.ContactFlowName}</option>}
            {flows.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
          </select>
        </label>
        <label><input type="checkbox" checked={follow} onChange={(e) => setFollow(e.currentTarget.checked)} /> Follow the contact</label>
        <span class="zoom" role="group" aria-label="Zoom">
          <button type="button" aria-label="Smaller" disabled={zoom === 0} onClick={() => setZoom(zoom - 1)}>−</button>
          <span aria-live="polite">{Math.round(zooms[zoom]! * 100)} %</span>
          <button type="button" aria-label="Larger" disabled={zoom === zooms.length - 1} onClick={() => setZoom(zoom + 1)}>+</button>
        </span>
      </div>
      <div class="frame" ref={frame} tabIndex={0} role="region" aria-label={`Flow ${drawing?.ContactFlowName ?? ""}`} />
    </>
  );
}

function find(frame: HTMLElement | null, is: (card: Element) => boolean): Element | undefined {
  return [...(frame?.querySelectorAll(".card") ?? [])].find(is);
}

/** Brings a card into the middle of the frame, and leaves the page where it is. */
function show(frame: HTMLElement | null, card: Element | undefined): void {
  if (!frame || !card) {
    return;
  }
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const at = card.getBoundingClientRect();
  const around = frame.getBoundingClientRect();
  frame.scrollBy({
    left: at.left + at.width / 2 - around.left - around.width / 2,
    top: at.top + at.height / 2 - around.top - around.height / 2,
    behavior: calm ? "auto" : "smooth",
  });
}
