// A page on unmodified chatjs. It keeps all that it is told, and does nothing by itself.
const seen = {
  items: [], typing: [], delivered: [], read: [], idle: [], returned: [], left: [], rehydrated: [], pings: 0, lost: 0, broken: 0, ended: 0,
};
let session;

async function begin(endpoint, chatDetails, type) {
  connect.ChatSession.setGlobalConfig({ region: "us-east-1", endpoint });
  if (type === "AGENT") chatDetails.getConnectionToken = () => Promise.reject(new Error("not in an agent workspace"));
  session = connect.ChatSession.create({ type, disableCSM: true, chatDetails });
  session.onMessage(({ data }) => seen.items.push(data));
  session.onTyping(({ data }) => seen.typing.push(data));
  session.onDeliveredReceipt(({ data }) => seen.delivered.push(data.MessageMetadata.MessageId));
  session.onReadReceipt(({ data }) => seen.read.push(data.MessageMetadata.MessageId));
  session.onParticipantIdle(({ data }) => seen.idle.push(data.ParticipantId));
  session.onParticipantReturned(({ data }) => seen.returned.push(data.ParticipantId));
  session.onAutoDisconnection(({ data }) => seen.left.push(data.ParticipantId));
  session.onChatRehydrated(({ data }) => seen.rehydrated.push(data.Id));
  session.onDeepHeartbeatSuccess(() => seen.pings++);
  session.onConnectionLost(() => seen.lost++);
  session.onConnectionBroken(() => seen.broken++);
  session.onEnded(() => seen.ended++);
  await session.connect();
}

const send = async (message) => (await session.sendMessage({ contentType: "text/plain", message })).data;
// What an operation that must fail fails with.
const failure = (promise) => promise.then(() => 0, (error) => error.statusCode);

const receipt = (state, messageId) => session.sendEvent({
  contentType: `application/vnd.amazonaws.connect.event.message.${state}`, content: JSON.stringify({ messageId }),
});

const hash = async (blob) => {
  const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
};

// A file that begins in a given way, and goes on at random.
function file(name, type, head, size) {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
  bytes.set(head);
  return new File([bytes], name, { type });
}

// Sends a file and returns its hash.
async function attach(attachment) {
  await session.sendAttachment({ attachment });
  return hash(attachment);
}

const attachments = () => seen.items.filter((item) => item.Type === "ATTACHMENT").map((item) => item.Attachments[0]);
const attached = (name) => attachments().find((attachment) => attachment.AttachmentName === name);
const download = async (name) => hash(await session.downloadAttachment({ attachmentId: attached(name).AttachmentId }));

const texts = () => seen.items.filter((item) => item.Type === "MESSAGE").map((item) => item.Content);

// The whole transcript, oldest first, page by page as chatjs asks by default: the newest 15, oldest first, then the 15 before them.
async function transcript() {
  const pages = [];
  let nextToken;
  do {
    const { data } = await session.getTranscript({
      maxResults: 15, scanDirection: "BACKWARD", sortOrder: "ASCENDING", ...(nextToken && { nextToken }),
    });
    pages.unshift(data.Transcript);
    nextToken = data.NextToken;
  } while (nextToken);
  const items = pages.flat();
  return { sizes: pages.map((page) => page.length), ids: items.map((item) => item.Id), items };
}

const describe = () => JSON.stringify({ ...seen, items: seen.items.map((item) => item.Content ?? item.ContentType) });

// Draws the choices that chatjs is given, as little as that takes, and sends by chatjs what is clicked.
const interactive = "application/vnd.amazonaws.connect.message.interactive";

function drawOffers() {
  const drawn = new Set();
  const look = () => {
    for (const item of seen.items.filter(({ Id, ContentType }) => ContentType === interactive && !drawn.has(Id))) {
      drawn.add(item.Id);
      void draw(JSON.parse(item.Content));
    }
  };
  session.onMessage(look);
  transcript().then(({ items }) => {
    seen.items.push(...items.filter(({ Id }) => !seen.items.some((item) => item.Id === Id)));
    look();
  });
}

async function draw({ templateType, data: { content } }) {
  const offer = document.body.appendChild(document.createElement("div"));
  offer.className = "offer";
  const add = (kind, attributes) => offer.appendChild(Object.assign(document.createElement(kind), attributes));
  if (templateType !== "ViewResource") {
    for (const { title } of content.elements) add("button", { textContent: title, onclick: () => send(title) });
    return;
  }
  const { View } = (await session.describeView({ viewToken: content.viewToken })).data;
  const answer = (action, data) => session.sendMessage({
    contentType: `${interactive}.response`, message: JSON.stringify({ templateType: "ViewResource", version: "1.0", action, data }),
  });
  const { Items = [], Sections = [] } = content.viewData;
  for (const { Id } of Items) add("button", { textContent: Id, onclick: () => answer(View.Content.Actions[0], { actionName: Id }) });
  const fields = Sections.flatMap((section) => section.Items).map(({ Name }) => add("input", { name: Name }));
  if (fields.length > 0) {
    const values = () => ({ FormData: Object.fromEntries(fields.map(({ name, value }) => [name, value])) });
    add("button", { textContent: "Next", onclick: () => answer(View.Content.Actions[0], values()) });
  }
}
