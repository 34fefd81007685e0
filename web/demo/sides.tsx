import { Composer, type Leaving } from "./composer";
import { Conversation, Over } from "./conversation";
import type { Customer } from "./customer";
import { type Guest, guests } from "./guest";
import type { GuestRole } from "./network";
import { samples } from "./samples";

const ending: Leaving = {
  button: "End chat",
  question: "End this chat?",
  explanation: "You can read it afterwards and continue it in a new one, but nobody can write in it any more.",
  yes: "End the chat",
  no: "Keep chatting",
};

const leaving: Leaving = {
  button: "Leave chat",
  question: "Leave this chat?",
  explanation: "The customer stays: the chat goes on in its disconnect flow, if it has one, and ends otherwise.",
  yes: "Leave the chat",
  no: "Stay",
};

/** The chat as the customer sees it. */
export function CustomerSide({ customer, alone }: { customer: Customer; alone: boolean }) {
  const { state } = customer;
  return (
    <main class="card customer" aria-label={`${state.name}, customer`}>
      <h1 class="visually-hidden">Chat</h1>
      {!alone && <p class="side"><b>{state.name}</b> Customer</p>}
      <Conversation side={customer}>
        <CustomerFoot customer={customer} />
      </Conversation>
    </main>
  );
}

function CustomerFoot({ customer }: { customer: Customer }) {
  const { phase, items } = customer.state;
  const segments = new Set(items.flatMap((item) => item.ContactId ?? [])); // none on what this tab sent, until it is read back
  switch (phase) {
    case "starting":
    case "ended":
      return (
        <Over text="This chat has ended.">
          <button type="button" class="primary" aria-disabled={phase === "starting"} onClick={() => void customer.continue("ENTIRE_PAST_SESSION")}>
            Continue this chat
          </button>
          {segments.size > 1 && (
            <button type="button" class="quiet" onClick={() => void customer.continue("FROM_SEGMENT")}>Continue without its end</button>
          )}
          <button type="button" class="quiet" onClick={() => customer.reset()}>Start a new chat</button>
        </Over>
      );
    case "broken":
      return <Lost />;
    default:
      return <Composer side={customer} id="text" leaving={ending} />;
  }
}

/** The chat as the agent or bot sees it who was brought in. */
export function GuestSide({ guest }: { guest: Guest }) {
  const { name, role, phase } = guest.state;
  return (
    <section class="card guest" aria-labelledby="guest-name">
      <h2 class="side" id="guest-name"><b>{name}</b> {guests[role as GuestRole].title}</h2>
      <Conversation side={guest}>
        {phase === "ended" ? (
          <Over text={`${name} is not in the chat any more.`}>
            <button type="button" class="primary" onClick={() => guest.reset()}>Close</button>
          </Over>
        ) : phase === "broken" ? (
          <Lost />
        ) : (
          <Composer side={guest} id="guest-text" leaving={leaving} offers={samples} />
        )}
      </Conversation>
    </section>
  );
}

function Lost() {
  return (
    <Over text="The connection was lost.">
      <button type="button" class="primary" onClick={() => location.reload()}>Connect again</button>
    </Over>
  );
}
