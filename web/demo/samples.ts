const message = (templateType: string, content: object) => JSON.stringify({ templateType, version: "1.0", data: { content } });
const titled = (...titles: string[]) => titles.map((title) => ({ title }));

const day = 86_400_000;
const tomorrow = new Date(Math.ceil(Date.now() / day) * day);
const slot = (hours: number) => ({ date: `${new Date(tomorrow.getTime() + hours * 3_600_000).toISOString().slice(0, 16)}+00:00`, duration: 1800 });
const room = (templateIdentifier: string, title: string, subtitle: string) => ({
  templateType: "Panel", version: "1.0", data: { content: { templateIdentifier, title, subtitle, elements: titled("Book", "Ask") } },
});

/** Interactive messages for somebody to try, by the names of their templates. */
export const samples: Readonly<Record<string, string>> = {
  "List picker": message("ListPicker", {
    title: "What is it about?",
    subtitle: "Choose one",
    elements: [{ title: "Delivery", subtitle: "Where is my parcel?" }, { title: "Refund", subtitle: "Money back" }, { title: "Something else" }],
  }),
  Panel: message("Panel", { title: "How do we reach you?", elements: titled("By phone", "By mail") }),
  "Quick reply": message("QuickReply", { title: "Did that help?", elements: titled("Yes", "No", "A little") }),
  "Time picker": message("TimePicker", { title: "When shall we call?", timeslots: [slot(9), slot(10), slot(34)] }),
  Carousel: message("Carousel", { title: "Our rooms", elements: [room("r1", "Single", "12 m²"), room("r2", "Double", "20 m²"), room("r3", "Suite", "45 m²")] }),
};
