// The one event stream of all tabs of this browser, in a shared worker: a browser allows six connections to a
// host, and twelve open tabs must stay usable. It tells every tab what the stream says, and whether it is up.

/** @typedef {{ kind: "changed", version: string } | { kind: "up" } | { kind: "down" }} News */

/** @type {Set<MessagePort>} */
const tabs = new Set();
/** @type {EventSource | null} */
let source = null;
/** @type {"up" | "down" | "asking"} */
let state = "asking";
let version = "";
let heard = Date.now();
const SILENCE = 12_000; // two beats and a little more

/** @param {News} news */
function tell(news) {
  for (const tab of tabs) tab.postMessage(news);
}

/** @param {"up" | "down"} next */
function turn(next) {
  if (next !== state) tell({ kind: next });
  state = next;
  heard = Date.now();
}

function connect() {
  source?.close();
  source = new EventSource("/live");
  heard = Date.now();
  source.addEventListener("changed", (event) => {
    version = event.data;
    turn("up");
    tell({ kind: "changed", version });
  });
  source.addEventListener("beat", () => turn("up"));
  source.addEventListener("error", () => {
    turn("down");
    if (source?.readyState === EventSource.CLOSED) source = null;
  });
}

setInterval(() => {
  if (tabs.size === 0) {
    source?.close();
    source = null;
  } else if (source === null || Date.now() - heard > SILENCE) {
    turn("down");
    connect();
  }
}, 1000);

self.addEventListener("connect", (event) => {
  const tab = /** @type {MessageEvent} */ (event).ports[0];
  if (tab === undefined) return;
  tabs.add(tab);
  tab.onmessage = (message) => {
    if (message.data === "bye") tabs.delete(tab);
    if (message.data === "hello") tabs.add(tab);
    if (message.data === "again") connect();
  };
  if (state !== "asking") tab.postMessage({ kind: state });
  if (source === null) connect();
  else if (version) tab.postMessage({ kind: "changed", version });
});
