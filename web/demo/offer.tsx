import type { ComponentChildren } from "preact";
import { useId, useRef } from "preact/hooks";
import { Inline } from "./markdown";
import type { Participant } from "./participant";
import { address, type Answer, interactiveResponse, type Json, object, objects, parsed, text } from "./template";
import { View } from "./view";

/** Sends what was chosen; undefined where nothing can be chosen (any more). */
export type Choose = ((answer: Answer) => void) | undefined;

/** A message that offers choices. Open: the customer may choose. */
export function Offer({ content, side, open }: { content: string; side: Participant; open: boolean }) {
  const root = useRef<HTMLDivElement>(null);
  const choose = open
    ? ({ contentType, content }: Answer) => {
        side.send(contentType, content);
        root.current?.closest(".conversation")?.querySelector("textarea")?.focus(); // what had the focus goes
      }
    : undefined;
  return <div class="offer" ref={root}><Template message={object(parsed(content))} content={content} side={side} choose={choose} /></div>;
}

interface Shown { of: Json; choose: Choose }

function Template({ message, content, side, choose }: { message: Json; content: string; side: Participant; choose: Choose }) {
  const of = object(object(message.data).content);
  switch (message.templateType) {
    case "ListPicker":
      return <Picker of={of} choose={choose} pictured />;
    case "Panel":
    case "QuickReply":
      return <Picker of={of} choose={choose} inRow={message.templateType === "QuickReply"} />;
    case "TimePicker":
      return <TimePicker of={of} choose={choose} />;
    case "Carousel":
      return <Carousel of={of} choose={choose} />;
    case "ViewResource":
      return <View of={of} side={side} choose={choose} />;
    default:
      return <pre>{content}</pre>;
  }
}

/** What stands above the choices, which are grouped under it. */
function Group({ of, children }: { of: Json; children: ComponentChildren }) {
  const id = useId();
  return (
    <div role="group" aria-labelledby={id}>
      <Picture of={of} />
      <p class="title" id={id}><Inline text={text(of.title)} /></p>
      {text(of.subtitle) !== "" && <p class="subtitle"><Inline text={text(of.subtitle)} /></p>}
      {children}
    </div>
  );
}

function Picture({ of }: { of: Json }) {
  const source = address(of.imageData);
  return of.imageType === "URL" && source !== undefined ? <img src={source} alt={text(of.imageDescription)} loading="lazy" /> : null;
}

function Picker({ of, choose, pictured = false, inRow = false }: Shown & { pictured?: boolean; inRow?: boolean }) {
  return (
    <Group of={of}>
      <ul class={inRow ? "options in-row" : "options"}>
        {objects(of.elements).map((element, i) => (
          <li key={i}><Option element={element} pictured={pictured} choose={choose && (() => choose(picked(of, element)))} /></li>
        ))}
      </ul>
    </Group>
  );
}

/** One thing to choose: a button, a link, or a text when there is nothing to choose any more. */
function Option({ element, pictured, choose }: { element: Json; pictured: boolean; choose: (() => void) | undefined }) {
  const shown = (
    <>
      {pictured && <Picture of={element} />}
      <span>
        <Inline text={text(element.title)} links={false} />
        {text(element.subtitle) !== "" && <small><Inline text={text(element.subtitle)} links={false} /></small>}
      </span>
    </>
  );
  const target = element.type === "hyperlink" ? address(element.url) : undefined;
  if (target !== undefined) {
    return <a class="option" href={target} target="_blank" rel="noopener noreferrer">{shown}</a>;
  }
  return choose ? <button type="button" class="option" onClick={choose}>{shown}</button> : <div class="option">{shown}</div>;
}

/** What is sent for an element: its title, or for one that asks for others what its list says of its place. */
function picked(of: Json, { title, actionDetail }: Json): Answer {
  if (text(actionDetail) === "") {
    return { contentType: "text/plain", content: text(title) };
  }
  const { preIndex, nextIndex, listId, referenceId } = of;
  const data = { actionName: actionDetail, preIndex, nextIndex, listId, templateType: "ListPicker", referenceId };
  return { contentType: interactiveResponse, content: JSON.stringify({ version: "1.0", templateType: "ListPicker", action: actionDetail, data }) };
}

function Carousel({ of, choose }: Shown) {
  const titled = of.omitTitleFromCarouselResponse !== true;
  return (
    <Group of={of}>
      <ul class={`cards${of.carouselIsVertical === true ? " vertical" : ""}`} tabIndex={0}>
        {objects(of.elements).map((element, i) => {
          const card = object(object(element.data).content);
          const { templateIdentifier, title } = card;
          const chooseCard: Choose = choose && ((answer) =>
            choose(
              answer.contentType === "text/plain"
                ? { ...answer, content: JSON.stringify({ templateIdentifier, ...(titled && { listTitle: title }), selectionText: answer.content }) }
                : answer,
            ));
          return <li class="card-in-row" key={i}><Picker of={card} choose={chooseCard} pictured={element.templateType === "ListPicker"} /></li>;
        })}
      </ul>
    </Group>
  );
}

/** Times by day, as clocks show them where the offset says, or where the customer is. */
function TimePicker({ of, choose }: Shown) {
  const offset = typeof of.timeZoneOffset === "number" ? of.timeZoneOffset : undefined;
  const written = (date: Date, how: Intl.DateTimeFormatOptions) =>
    offset === undefined
      ? date.toLocaleString(undefined, how)
      : new Date(date.getTime() + offset * 60_000).toLocaleString(undefined, { ...how, timeZone: "UTC" });
  const days = new Map<string, Date[]>();
  for (const slot of objects(of.timeslots)) {
    const date = new Date(text(slot.date));
    if (!Number.isNaN(date.getTime())) {
      const day = written(date, { dateStyle: "full" });
      days.set(day, [...(days.get(day) ?? []), date]);
    }
  }
  const place = text(object(of.location).title);
  return (
    <Group of={of}>
      {place !== "" && <p class="subtitle">{place}</p>}
      {[...days].map(([day, dates]) => (
        <div key={day} role="group" aria-label={day}>
          <p class="subtitle">{day}</p>
          <ul class="options in-row">
            {dates.map((date) => (
              <li key={date.getTime()}>
                <Option
                  element={{ title: written(date, { timeStyle: "short" }) }}
                  pictured={false}
                  choose={choose && (() => choose({ contentType: "text/plain", content: written(date, { dateStyle: "full", timeStyle: "short" }) }))}
                />
              </li>
            ))}
          </ul>
        </div>
      ))}
    </Group>
  );
}
