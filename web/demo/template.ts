/** JSON of others, of which nothing is known. */
export type Json = Readonly<Record<string, unknown>>;

export const interactive = "application/vnd.amazonaws.connect.message.interactive";
export const interactiveResponse = `${interactive}.response`;

/** What the customer sends who has chosen. */
export interface Answer {
  contentType: "text/plain" | typeof interactiveResponse;
  content: string;
}

export const object = (value: unknown): Json => (typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {});
export const objects = (value: unknown): Json[] => list(value).map(object);
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const text = (value: unknown): string => (typeof value === "string" ? value : typeof value === "number" ? String(value) : "");

/** Returns what JSON says; undefined when it is none. */
export function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** An address that a link may lead to, or undefined. */
export function address(value: unknown): string | undefined {
  return /^(https?|mailto|tel):/i.test(text(value)) ? text(value) : undefined;
}

/** Returns the data of a view: an object or JSON of one, whose texts may be JSON again. */
export function viewData(value: unknown): Json {
  const data = object(typeof value === "string" ? parsed(value) : value);
  return Object.fromEntries(
    Object.entries(data).map(([name, v]) => {
      const inner = typeof v === "string" && /^\s*[[{]/.test(v) ? parsed(v) : undefined;
      return [name, inner ?? v];
    }),
  );
}

/** Puts data into a template: a text that is a reference as a whole becomes what it leads to. */
export function filled(template: unknown, data: Json): unknown {
  if (typeof template === "string") {
    if (/^\$\.[\w-]+(\.[\w-]+|\[\d+\])*$/.test(template)) {
      return reach(template, data);
    }
    return template.replace(/\$\.[\w-]+(\.[\w-]+|\[\d+\])*/g, (reference) => text(reach(reference, data)));
  }
  if (Array.isArray(template)) {
    return template.map((inner) => filled(inner, data));
  }
  return template !== null && typeof template === "object"
    ? Object.fromEntries(Object.entries(template).map(([name, inner]) => [name, filled(inner, data)]))
    : template;
}

function reach(reference: string, data: Json): unknown {
  return reference.slice(2).split(/[.[\]]+/).filter(Boolean).reduce<unknown>((at, name) => (at as Json | undefined)?.[name], data);
}

/** The answer to a view: what was done, and what was entered. */
export function viewAnswer(action: string, data?: Json): Answer {
  return { contentType: interactiveResponse, content: JSON.stringify({ templateType: "ViewResource", version: "1.0", action, ...(data && { data }) }) };
}

/** Says in words what was chosen; undefined of anything else than a choice. */
export function chosen(contentType: string | undefined, content: string): string | undefined {
  if (contentType === interactiveResponse) {
    const { action, data } = object(parsed(content));
    const { FormData, actionName, content: typed, Label } = object(data);
    if (text(action).trim() === "") {
      return text(typed) || "A message";
    }
    const entered = Object.entries(object(FormData)).map(([name, value]) => [name, list(value).map(text).join(", ") || plain(value)]);
    const given = entered.filter(([, value]) => value !== "").map(([name, value]) => `${name}: ${value}`);
    return [text(Label) || text(actionName) || text(action), ...given].join("\n");
  }
  if (contentType === interactive) {
    return text(object(object(object(parsed(content)).data).content).title) || content;
  }
  if (content.startsWith("{")) {
    const { templateIdentifier, listTitle, selectionText } = object(parsed(content));
    if (templateIdentifier !== undefined && selectionText !== undefined) {
      return [text(listTitle), text(selectionText)].filter(Boolean).join(": ");
    }
  }
  return undefined;
}

function plain(value: unknown): string {
  return typeof value === "boolean" ? (value ? "yes" : "no") : text(value);
}
