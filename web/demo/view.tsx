import type { ComponentChildren } from "preact";
import { useEffect, useId, useState } from "preact/hooks";
import { entered, Field, isField } from "./form";
import { Markdown } from "./markdown";
import type { Choose } from "./offer";
import { message, type Participant } from "./participant";
import { address, filled, type Json, list, object, objects, parsed, text, viewAnswer, viewData } from "./template";

/** What DescribeView says of a view. */
interface Described { components: Json[]; actions: readonly string[] }

/** A view that a flow shows. Its template is fetched while it can be answered; after that, what it was about is enough. */
export function View({ of, side, choose }: { of: Json; side: Participant; choose: Choose }) {
  const [view, setView] = useState<Described>();
  const [problem, setProblem] = useState<string>();
  const data = viewData(of.viewData);
  const open = choose !== undefined && side.state.phase === "live";
  useEffect(() => {
    if (open && view === undefined) {
      side.view(text(of.viewToken)).then(
        ({ Template, Actions }) => {
          const body = objects(filled(object(parsed(Template)).Body, data));
          setView({ components: body, actions: Actions });
        },
        (error: unknown) => setProblem(`This view could not be read. ${message(error)}`),
      );
    }
  }, [open]);
  if (problem !== undefined) {
    return <p class="problem" role="alert">{problem}</p>;
  }
  if (choose === undefined || view === undefined) {
    return <Titled of={data} closed={choose === undefined}>{null}</Titled>;
  }
  const props = object(view.components[0]?.Props);
  switch (view.components[0]?.Type) {
    case "FormWithSteps":
      return <Form of={props} choose={choose} />;
    case "DetailsView":
      return <Details of={props} choose={choose} />;
    case "ListView":
      return <Titled of={props}><Choices items={objects(props.Items)} of={props} choose={choose} /></Titled>;
    case "CardsView":
      return <Cards of={props} choose={choose} />;
    case "ConfirmationView":
      return (
        <Titled of={props}>
          <div class="actions">
            <Action of={props.Next ?? "Next"} name="Next" choose={choose} data={{ actionName: "Next", Label: label(props.Next ?? "Next") }} primary />
          </div>
        </Titled>
      );
    default:
      return <Own view={view} choose={choose} />;
  }
}

function Titled({ of, closed = false, children }: { of: Json; closed?: boolean; children: ComponentChildren }) {
  const id = useId();
  return (
    <div role="group" aria-labelledby={id} class={closed ? "closed" : undefined}>
      <p class="title" id={id}>{text(of.Heading) || "A view"}</p>
      {[of.SubHeading, of.Description].map((line, i) => text(line) !== "" && <p class="subtitle" key={i}>{text(line)}</p>)}
      {!closed && <Facts items={objects(of.AttributeBar)} />}
      {children}
    </div>
  );
}

const label = (of: unknown): string => text(of) || text(object(of).Label);

/** A button that a view has if its data says so; it may raise another action than its own. */
function Action({ of, name, choose, data, primary = false }: { of: unknown; name: string; choose: NonNullable<Choose>; data?: Json; primary?: boolean }) {
  if (label(of) === "") {
    return null;
  }
  const action = text(object(of).Action) || name;
  return (
    <button type="button" class={primary ? "primary" : "quiet"} onClick={() => choose(viewAnswer(action, data ?? {}))}>{label(of)}</button>
  );
}

function Facts({ items }: { items: readonly Json[] }) {
  if (items.length === 0) {
    return null;
  }
  return (
    <dl>
      {items.map((item, i) => {
        const target = address(item.Url);
        const value = text(item.Value);
        return (
          <div key={i}>
            <dt>{text(item.Label)}</dt>
            <dd>{target === undefined ? value : <a href={target} target="_blank" rel="noopener noreferrer">{value || target}</a>}</dd>
          </div>
        );
      })}
    </dl>
  );
}

function Form({ of, choose }: { of: Json; choose: NonNullable<Choose> }) {
  const sections = objects(of.Sections);
  const items = sections.filter(({ Type }) => Type !== "DataSection").flatMap(({ Items }) => objects(Items));
  const steps = objects(of.Wizard);
  const step = text(steps.find(({ Selected }) => Selected === true)?.Heading);
  const next = of.Next ?? "Next";
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const FormData = entered(event.currentTarget as HTMLFormElement, items);
    choose(viewAnswer(text(object(next).Action) || "Next", { FormData, ...(steps.length > 0 && { StepName: step }) }));
  };
  return (
    <Titled of={of}>
      {text(of.ErrorText) !== "" && <p class="problem" role="alert">{text(of.ErrorText)}</p>}
      {steps.length > 0 && (
        <ol class="steps">
          {steps.map(({ Heading }) => (
            <li key={text(Heading)} aria-current={text(Heading) === step ? "step" : undefined}>
              <button type="button" class="link" onClick={() => choose(viewAnswer("Step", { StepName: text(Heading) }))}>{text(Heading)}</button>
            </li>
          ))}
        </ol>
      )}
      <form onSubmit={submit}>
        {sections.map((section, i) => (
          <fieldset key={i}>
            {text(section.Heading) !== "" && <legend>{text(section.Heading)}</legend>}
            {section.Type === "DataSection" ? <Facts items={objects(section.Items)} /> : objects(section.Items).map((item) => <Field key={text(item.Name)} item={item} />)}
          </fieldset>
        ))}
        <div class="actions">
          {[of.Back, of.Previous, of.Cancel].map((of, i) => <Action key={i} of={of} name="Back" choose={choose} />)}
          <button type="submit" class="primary">{label(next) || "Next"}</button>
        </div>
      </form>
    </Titled>
  );
}

/** Texts, and lists of facts, under headings. */
function Sections({ of }: { of: unknown }) {
  if (typeof of === "string") {
    return <div class="markdown"><Markdown text={of} /></div>;
  }
  return (
    <>
      {(Array.isArray(of) ? of : [of]).map((section, i) => {
        const { Heading, TemplateString, Items } = object(section);
        return (
          <div key={i}>
            {text(Heading) !== "" && <p class="subtitle">{text(Heading)}</p>}
            {typeof section === "string" && <p>{section}</p>}
            {text(TemplateString) !== "" && <div class="markdown"><Markdown text={text(TemplateString)} /></div>}
            <Facts items={objects(Items)} />
          </div>
        );
      })}
    </>
  );
}

const select = (actionName: string) => viewAnswer("ActionSelected", { actionName });

function Details({ of, choose }: { of: Json; choose: NonNullable<Choose> }) {
  return (
    <Titled of={of}>
      <Sections of={of.Sections} />
      <div class="actions">
        <Action of={of.Back} name="Back" choose={choose} />
        {list(of.Actions).map((action, i) => (
          <button type="button" class="primary" key={i} onClick={() => choose(select(label(action)))}>{label(action)}</button>
        ))}
      </div>
    </Titled>
  );
}

/** Things to choose from, by their ids. */
function Choices({ items, of, choose }: { items: readonly Json[]; of: Json; choose: NonNullable<Choose> }) {
  return (
    <>
      <ul class="options">
        {items.map(({ Id, Heading, Description, Status }, i) => (
          <li key={i}>
            <button type="button" class="option" onClick={() => choose(select(text(Id) || text(Heading)))}>
              <span>{text(Heading)}{[Status, Description].map((line, i) => text(line) !== "" && <small key={i}>{text(line)}</small>)}</span>
            </button>
          </li>
        ))}
      </ul>
      <div class="actions">
        <Action of={of.Back} name="Back" choose={choose} />
        <Action of={of.NoMatchFound} name="NoMatchFound" choose={choose} />
      </div>
    </>
  );
}

function Cards({ of, choose }: { of: Json; choose: NonNullable<Choose> }) {
  const cards = objects(of.Cards);
  const [opened, setOpened] = useState<number>();
  const detail = opened === undefined ? {} : object(cards[opened]?.Detail);
  if (opened === undefined) {
    const open = (answer: Parameters<typeof choose>[0]) => {
      const id = text(object(object(parsed(answer.content)).data).actionName);
      const at = cards.findIndex(({ Summary, Detail }) => [object(Summary).Id, object(Summary).Heading].includes(id) && Detail !== undefined);
      if (at >= 0) {
        setOpened(at);
      } else {
        choose(answer);
      }
    };
    return <Titled of={of}><Choices items={cards.map(({ Summary }) => object(Summary))} of={of} choose={open} /></Titled>;
  }
  return (
    <Titled of={detail}>
      <Sections of={detail.Sections ?? []} />
      <div class="actions">
        <button type="button" class="quiet" onClick={() => setOpened(undefined)}>All cards</button>
        {list(detail.Actions).map((action, i) => (
          <button type="button" class="primary" key={i} onClick={() => choose(select(label(action)))}>{label(action)}</button>
        ))}
      </div>
    </Titled>
  );
}

/** A view of somebody's own: its texts and fields in their order, and a button for each action. */
function Own({ view, choose }: { view: Described; choose: NonNullable<Choose> }) {
  const parts = view.components.flatMap(inner);
  const items = parts.flatMap((part) => (typeof part !== "string" && isField(part) ? [part] : []));
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const action = (event.submitter as HTMLButtonElement).value;
    choose(viewAnswer(action, entered(event.currentTarget as HTMLFormElement, items)));
  };
  return (
    <form onSubmit={submit}>
      {parts.map((part, i) => (typeof part === "string" ? <p key={i}>{part}</p> : <Field key={i} item={part} />))}
      <div class="actions">
        {view.actions.map((action) => <button type="submit" class="primary" key={action} value={action}>{action}</button>)}
      </div>
    </form>
  );
}

/** The texts and fields of a component, in their order. */
function inner(component: unknown): (string | Json)[] {
  if (typeof component !== "object" || component === null) {
    return text(component) === "" ? [] : [text(component)];
  }
  const { Type, Props, Content } = component as Json;
  const item: Json = { Name: (component as Json)._id, ...object(Props), Type };
  if (isField(item)) {
    return [item];
  }
  const lines = [item.Heading, item.Text].map(text).filter(Boolean);
  return [...lines, ...(Array.isArray(Content) ? Content : [Content]).flatMap(inner)];
}
