// What a chat takes, by the ending of the name. Browsers do not know the type of each. Source: participant-wire sheet, section 7.
const types: Readonly<Record<string, string>> = {
  csv: "text/csv",
  doc: "application/msword",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  heic: "image/heic",
  jfif: "image/jpeg",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  mov: "video/quicktime",
  mp4: "video/mp4",
  pdf: "application/pdf",
  png: "image/png",
  ppt: "application/vnd.ms-powerpoint",
  pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  rtf: "application/rtf",
  txt: "text/plain",
  wav: "audio/wav",
  xls: "application/vnd.ms-excel",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
};

/** What a file picker shows. */
export const accepted = Object.keys(types).map((ending) => `.${ending}`).join(",");

/** Returns the file with the type that its name says, or why it cannot be sent. */
export function sendable(file: File): File | string {
  const ending = /\.(\w+)$/.exec(file.name)?.[1]?.toLowerCase() ?? "";
  const type = types[ending];
  if (type === undefined) {
    return `Files of this kind are not taken. Send one of ${Object.keys(types).join(", ")}.`;
  }
  return file.size === 0 ? "The file is empty. Choose another one." : new File([file], file.name, { type });
}

/** Says why the server did not take a file, and what to do. */
export function refusal(status: number | undefined, message: string): string {
  const most = /at most (\d+) bytes/.exec(message)?.[1];
  switch (true) {
    case most !== undefined:
      return `The file is too large. Send one of at most ${size(Number(most))}.`;
    case status === 402:
      return "This chat has as many files as it may have. Continue it after its end, and send the file there.";
    case status === undefined:
      return "The file did not get through. Send it again.";
    default:
      return `The server did not take the file: ${message}`;
  }
}

function size(bytes: number): string {
  return bytes < 1 << 20 ? `${Math.floor(bytes / 1024)} KB` : `${Math.floor(bytes / (1 << 20))} MB`;
}

/** Saves bytes under a name. They are never shown, whatever they are. */
export function save(name: string, content: Blob): void {
  const url = URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
