import { useId } from "preact/hooks";
import { type Json, list, object, text } from "./template";

/** One thing that a form asks for. */
export function Field({ item }: { item: Json }) {
  const id = useId();
  const help = text(item.HelperText);
  const common = {
    id,
    name: text(item.Name),
    required: item.Required === true,
    ...(help !== "" && { "aria-describedby": `${id}-help` }),
  };
  const optional = !common.required && !["CheckboxGroup", "Checkbox", "Toggle"].includes(text(item.Type));
  const label = `${text(item.Label)}${optional ? " (optional)" : ""}`;
  const note = help !== "" && <small id={`${id}-help`}>{help}</small>;
  switch (item.Type) {
    case "RadioGroup":
    case "CheckboxGroup": {
      const type = item.Type === "RadioGroup" ? "radio" : "checkbox";
      const defaults = list(item.DefaultValue).map(text).concat(text(item.DefaultValue));
      return (
        <fieldset {...(help !== "" && { "aria-describedby": `${id}-help` })}>
          <legend>{label}</legend>
          {options(item).map(({ value, label }) => (
            <label class="toggle" key={value}>
              <input type={type} name={common.name} value={value} defaultChecked={defaults.includes(value)} required={type === "radio" && common.required} />
              {label}
            </label>
          ))}
          {note}
        </fieldset>
      );
    }
    case "Checkbox":
    case "Toggle":
      return (
        <div class="field">
          <label class="toggle">
            <input {...common} type="checkbox" role={item.Type === "Toggle" ? "switch" : undefined} defaultChecked={item.DefaultValue === true} />
            {label}
          </label>
          {note}
        </div>
      );
    case "Dropdown": {
      const defaults = list(item.DefaultValue).map(text).concat(text(item.DefaultValue));
      return (
        <div class="field">
          <label for={id}>{label}</label>
          <select {...common} multiple={item.MultiSelect === true}>
            {item.MultiSelect !== true && <option value="">Choose…</option>}
            {options(item).map(({ value, label }) => <option key={value} value={value} selected={defaults.includes(value)}>{label}</option>)}
          </select>
          {note}
        </div>
      );
    }
    case "TextArea":
      return (
        <div class="field">
          <label for={id}>{label}</label>
          <textarea {...common} rows={3} defaultValue={text(item.DefaultValue)} />
          {note}
        </div>
      );
    default:
      return (
        <div class="field">
          <label for={id}>{label}</label>
          <input {...common} type={inputType(item) as "text"} defaultValue={text(item.DefaultValue)} />
          {note}
        </div>
      );
  }
}

function inputType({ Type, InputType }: Json) {
  if (Type === "DatePicker" || Type === "TimePicker") {
    return Type === "DatePicker" ? "date" : "time";
  }
  return (["email", "number", "password", "tel", "url"] as const).find((type) => type === InputType) ?? "text";
}

function options(item: Json): { value: string; label: string }[] {
  return list(item.Options).map((option) => {
    const { Label, Value } = object(option);
    return typeof option === "string" ? { value: option, label: option } : { value: text(Value) || text(Label), label: text(Label) || text(Value) };
  });
}

/** What was entered, by the names of the fields: texts, lists where several may be chosen, and whether something is so. */
export function entered(form: HTMLFormElement, items: readonly Json[]): Json {
  const data = new FormData(form);
  const values: Record<string, unknown> = {};
  for (const { Type, Name, MultiSelect } of items) {
    const name = text(Name);
    if (Type === "CheckboxGroup" || MultiSelect === true) {
      values[name] = data.getAll(name);
    } else if (Type === "Checkbox" || Type === "Toggle") {
      values[name] = data.has(name);
    } else {
      values[name] = data.get(name) ?? "";
    }
  }
  return values;
}

export const isField = ({ Type }: Json): boolean =>
  ["FormInput", "TextArea", "DatePicker", "TimePicker", "Dropdown", "RadioGroup", "CheckboxGroup", "Checkbox", "Toggle"].includes(text(Type));
