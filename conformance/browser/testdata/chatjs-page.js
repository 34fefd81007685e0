// A customer's page on unmodified chatjs. It keeps all that it is told, and does nothing by itself.
const seen = { items: [], typing: [], pings: 0, lost: 0, broken: 0, ended: 0 };
let session;

async function begin(endpoint, chatDetails) {
  connect.ChatSession.setGlobalConfig({ region: "us-east-1", endpoint });
  session = connect.ChatSession.create({ type: "CUSTOMER", disableCSM: true, chatDetails });
  session.onMessage(({ data }) => seen.items.push(data));
  session.onTyping(({ data }) => seen.typing.push(data));
  session.onDeepHeartbeatSuccess(() => seen.pings++);
  session.onConnectionLost(() => seen.lost++);
  session.onConnectionBroken(() => seen.broken++);
  session.onEnded(() => seen.ended++);
  await session.connect();
}

const send = async (message) => (await session.sendMessage({ contentType: "text/plain", message })).data;
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
  return { sizes: pages.map((page) => page.length), ids: pages.flat().map((item) => item.Id) };
}

const describe = () => JSON.stringify({ ...seen, items: seen.items.map((item) => item.Content ?? item.ContentType) });
