import { useEffect, useState } from "preact/hooks";
import { save } from "./files";
import type { FileItem } from "./items";
import type { Participant } from "./participant";

const statuses = { APPROVED: "", IN_PROGRESS: "Being checked", REJECTED: "Refused by the scanner: nobody else gets it" };
const previewed = ["image/png", "image/jpeg"];

/** A file in the conversation: its name saves it. Nothing but pictures of harmless kinds is shown. */
export function Attachment({ file, side }: { file: FileItem; side: Participant }) {
  const { AttachmentId, AttachmentName, ContentType, Status } = file;
  const [loading, setLoading] = useState(false);
  const approved = Status === "APPROVED";
  const download = async () => {
    setLoading(true);
    try {
      save(AttachmentName, await side.file(AttachmentId));
      side.complain(null);
    } catch {
      side.complain(`${AttachmentName} could not be fetched. ${advice(side)}`);
    }
    setLoading(false);
  };
  return (
    <div class="bubble file">
      {approved && previewed.includes(ContentType) && <Preview file={file} side={side} />}
      <p class="file-name">
        <svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">
          <path d="M6 2h8l5 5v15H6zM14 2v5h5" fill="none" stroke="currentcolor" stroke-width="1.75" stroke-linejoin="round" />
        </svg>
        {approved ? (
          <button type="button" class="link" aria-disabled={loading} onClick={() => void download()}>
            <span class="visually-hidden">Download </span>{AttachmentName}
          </button>
        ) : (
          AttachmentName
        )}
      </p>
      {!approved && <p class="file-status">{statuses[Status]}</p>}
    </div>
  );
}

function advice({ state: { phase, role } }: Participant): string {
  if (phase === "ended") {
    return "After its end, files of a chat are read in one that continues it.";
  }
  return role === "CUSTOM_BOT" ? "A bot may not fetch files: look at it from the other side." : "Try again.";
}

function Preview({ file, side }: { file: FileItem; side: Participant }) {
  const [url, setURL] = useState<string>();
  const live = side.state.phase === "live";
  useEffect(() => {
    if (url !== undefined || !live) {
      return;
    }
    side.file(file.AttachmentId).then(
      (content) => setURL(URL.createObjectURL(new Blob([content], { type: file.ContentType }))),
      () => {}, // the name is there
    );
  }, [live]);
  useEffect(() => () => url && URL.revokeObjectURL(url), [url]);
  return url === undefined ? null : <img class="preview" src={url} alt={`Preview of ${file.AttachmentName}`} />;
}
