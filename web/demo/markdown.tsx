import { Fragment } from "preact";
import type { ComponentChildren, JSX } from "preact";

/** Shows the markdown that chats use: paragraphs, lists, quotes, code, emphasis and links. Anything else stays as written. */
export function Markdown({ text }: { text: string }) {
  return <>{blocks(text.replace(/\r\n?/g, "\n")).map((block, i) => <Fragment key={i}>{block}</Fragment>)}</>;
}

/** Shows one line of it. */
export function Inline({ text, links = true }: { text: string; links?: boolean }) {
  return <>{inline(text, links)}</>;
}

const bullet = /^\s*[-*+]\s+/;
const number = /^\s*\d{1,9}[.)]\s+/;
const quote = /^\s*>\s?/;
const heading = /^\s*#{1,6}\s+/;
const fence = /^\s*```/;

function blocks(text: string): JSX.Element[] {
  const lines = text.split("\n");
  const all: JSX.Element[] = [];
  const take = (belongs: (line: string) => boolean): string[] => {
    const taken: string[] = [];
    for (let line = lines[0]; line !== undefined && belongs(line); line = lines[0]) {
      taken.push(line);
      lines.shift();
    }
    return taken;
  };
  for (let line = lines[0]; line !== undefined; line = lines[0]) {
    if (line.trim() === "") {
      lines.shift();
    } else if (fence.test(line)) {
      lines.shift();
      all.push(<pre><code>{take((l) => !fence.test(l)).join("\n")}</code></pre>);
      lines.shift();
    } else if (bullet.test(line)) {
      all.push(<ul>{take((l) => bullet.test(l)).map((l) => <li>{inline(l.replace(bullet, ""))}</li>)}</ul>);
    } else if (number.test(line)) {
      const start = parseInt(line, 10);
      all.push(<ol start={start}>{take((l) => number.test(l)).map((l) => <li>{inline(l.replace(number, ""))}</li>)}</ol>);
    } else if (quote.test(line)) {
      all.push(<blockquote>{lined(take((l) => quote.test(l)).map((l) => l.replace(quote, "")))}</blockquote>);
    } else if (heading.test(line)) {
      all.push(<p><strong>{inline(lines.shift()!.replace(heading, ""))}</strong></p>);
    } else {
      const plain = (l: string) => l.trim() !== "" && ![bullet, number, quote, heading, fence].some((mark) => mark.test(l));
      all.push(<p>{lined(take(plain))}</p>);
    }
  }
  return all;
}

function lined(lines: string[]): ComponentChildren[] {
  return lines.flatMap((line, i) => (i === 0 ? inline(line) : [<br />, ...inline(line)]));
}

// Code, link, bare address, strong, emphasis; each mark has text right inside it.
const marks =
  /`([^`]+)`|\[([^\]]{1,500})\]\((https?:\/\/[^\s)]+)\)|(https?:\/\/[^\s<>]*[^\s<>.,;:!?)])|\*\*(\S(?:.{0,500}?\S)?)\*\*|(?<![*\w])[*_](\S(?:.{0,500}?\S)?)[*_](?![*\w])/;

function inline(text: string, links = true): ComponentChildren[] {
  const found = marks.exec(text);
  if (found === null) {
    return text === "" ? [] : [text];
  }
  const [whole, code, label, target, bare, strong, emphasis] = found;
  let shown: JSX.Element;
  if (code !== undefined) {
    shown = <code>{code}</code>;
  } else if (target !== undefined) {
    shown = links ? <Link to={target}>{inline(label!)}</Link> : <>{inline(label!)}</>;
  } else if (bare !== undefined) {
    shown = links ? <Link to={bare}>{bare}</Link> : <>{bare}</>;
  } else if (strong !== undefined) {
    shown = <strong>{inline(strong, links)}</strong>;
  } else {
    shown = <em>{inline(emphasis!, links)}</em>;
  }
  return [...inline(text.slice(0, found.index), links), shown, ...inline(text.slice(found.index + whole.length), links)];
}

function Link({ to, children }: { to: string; children: ComponentChildren }) {
  return <a href={to} target="_blank" rel="noopener noreferrer">{children}</a>;
}
