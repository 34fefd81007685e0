import type { Contact } from "./server";

const time = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const date = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

/** The contacts, the newest first. */
export function Contacts({ contacts, chosen }: { contacts: Contact[] | undefined; chosen: string }) {
  return (
    <nav class="contacts" aria-label="Contacts">
      <h2>Contacts</h2>
      <ul>
        {contacts?.map((c) => (
          <li key={c.Id}>
            <a href={`#contact=${c.Id}`} aria-current={c.Id === chosen ? "true" : undefined}>
              <time dateTime={new Date(c.InitiationTimestamp * 1000).toISOString()}>{time.format(c.InitiationTimestamp * 1000)}</time>
              <span class={c.DisconnectTimestamp ? "ended" : "live"}>{c.DisconnectTimestamp ? "ended" : "live"}</span>
              <span class="how">{c.Name ?? how(c)}, {date.format(c.InitiationTimestamp * 1000)}</span>
              <code>{c.Id.slice(0, 8)}</code>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** How a contact came to be. */
function how({ InitiationMethod }: Contact): string {
  return InitiationMethod === "API" ? "new chat" : InitiationMethod.toLowerCase();
}
