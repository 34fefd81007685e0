/** Where the server is: the page lies at its /console. */
const endpoint = new URL(location.pathname.replace(/\/console\/?$/, ""), location.origin).href.replace(/\/$/, "");

/** The chat page of the same server. */
export const demo = `${endpoint}/demo`;

// The instance of a developer's server, whose id is fixed.
const InstanceId = "00000000-0000-4000-8000-000000000001";

const day = 86_400;

/** A contact as a search finds it. Times are seconds since 1970. */
export interface Contact {
  Id: string;
  InitialContactId?: string;
  InitiationMethod: string;
  InitiationTimestamp: number;
  DisconnectTimestamp?: number;
  Name?: string;
}

/** A line of a flow log. */
export interface Line {
  Timestamp: number;
  ContactFlowId?: string;
  ContactFlowName?: string;
  ContactFlowModuleType?: string;
  Identifier?: string;
  Parameters?: string;
  Results?: string;
  Branch?: string;
  Next?: string;
  ContactFlowModuleId?: string;
  ContactFlowModuleName?: string;
}

export interface Position {
  ContactFlowId: string;
  Identifier: string;
  Modules?: { FlowModuleId: string; Identifier: string }[];
}

export interface Trace {
  Lines: Line[];
  Position?: Position;
  DisconnectTimestamp?: number;
  NextToken?: string;
}

export interface Drawing {
  ContactFlowId: string;
  ContactFlowName: string;
  Picture: string;
}

async function ask<T>(what: string, input: object): Promise<T> {
  const answer = await fetch(`${endpoint}/parley/v1/console/${what}`, { method: "POST", body: JSON.stringify(input) });
  const body = await answer.json();
  if (!answer.ok) {
    throw new Error(body.Message ?? body.message ?? `The server answers ${answer.status}.`);
  }
  return body as T;
}

/** The contacts of the last weeks, the newest first. The server's clock may be ahead of ours. */
export async function recent(): Promise<Contact[]> {
  const { Now } = (await (await fetch(`${endpoint}/parley/v1/clock`)).json()) as { Now: string };
  const now = Date.parse(Now) / 1000;
  const found = await ask<{ Contacts: Contact[] }>("contacts", {
    InstanceId, MaxResults: 50,
    TimeRange: { Type: "INITIATION_TIMESTAMP", StartTime: now - 54 * day, EndTime: now + day },
    Sort: { FieldName: "INITIATION_TIMESTAMP", Order: "DESCENDING" },
  });
  return found.Contacts;
}

export const trace = (ContactId: string, NextToken?: string): Promise<Trace> => ask("trace", { ContactId, NextToken });

export const draw = (ContactId: string, ContactFlowId?: string): Promise<Drawing> => ask("draw", { ContactId, ContactFlowId, Inline: true });
