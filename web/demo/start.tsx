import { useEffect, useRef, useState } from "preact/hooks";
import type { Customer } from "./customer";

// What the ready flow of a new instance branches on.
const topics = [
  { value: "order", label: "An order" },
  { value: "return", label: "A return" },
  { value: "person", label: "I would like to talk to a person" },
  { value: "survey", label: "A person, and a survey afterwards" },
];

export function Start({ chat }: { chat: Customer }) {
  const { state } = chat;
  const [name, setName] = useState(state.name);
  const [topic, setTopic] = useState("order");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);

  const starting = state.phase === "starting";
  const begin = (event: Event) => {
    event.preventDefault();
    if (!starting) {
      void chat.start(name.trim(), { topic });
    }
  };
  return (
    <form class="start" onSubmit={begin}>
      <img src="demo/icon.svg" alt="" width="56" height="56" />
      <h1>Try a chat</h1>
      <p class="lead">
        You are a customer on somebody’s website. The chat runs on this Parley server, with the same library that talks to Amazon
        Connect.
      </p>
      <label for="name">Your name</label>
      <input
        id="name"
        ref={field}
        value={name}
        onInput={(event) => setName(event.currentTarget.value)}
        required
        pattern=".*\S.*"
        maxLength={256}
        autoComplete="given-name"
      />
      <fieldset>
        <legend>What is it about?</legend>
        {topics.map(({ value, label }) => (
          <label class="choice" key={value}>
            <input type="radio" name="topic" value={value} checked={topic === value} onChange={() => setTopic(value)} />
            {label}
          </label>
        ))}
      </fieldset>
      {state.problem !== null && <p class="problem" role="alert">{state.problem}</p>}
      <button type="submit" class="primary" aria-disabled={starting}>
        {starting ? "Starting…" : "Start the chat"}
      </button>
    </form>
  );
}
