// Keeps an open page true: whenever the stream says that something changed, it asks for the inside of its own
// address and morphs it in, so that focus, scroll, selection and opened folds stay. While the connection is down
// a banner says so, the page stays readable, and it catches up by itself.

/** @typedef {import("./stream.js").News} News */

const SEEN = "x-seen";
const AT_MOST = 50; // milliseconds between two refreshes of a busy page; longer when its answers take long
const QUIET = 20; // and after an answer that moved nothing

const frame = /** @type {HTMLElement} */ (document.getElementById("frame"));
const said = /** @type {HTMLElement} */ (document.getElementById("said"));
const dropped = /** @type {HTMLElement} */ (document.getElementById("dropped"));
let seen = "";
let shown = location.href;
let isBusy = false;
let isWaiting = false;

const main = () => /** @type {HTMLElement} */ (document.getElementById("main"));

/** @param {string} text @param {boolean} mayRetry */
function warn(text, mayRetry = true) {
  dropped.replaceChildren(document.createTextNode(text));
  if (mayRetry) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "b b-s";
    button.textContent = "Try now";
    button.addEventListener("click", () => {
      again();
      void refresh();
    });
    dropped.append(button);
  }
  dropped.hidden = false;
  document.body.classList.add("cut");
}

function calm() {
  dropped.hidden = true;
  document.body.classList.remove("cut");
}

/** Ask for the inside of this address and morph it in, one at a time, and only what is new. */
async function refresh() {
  if (document.hidden || isBusy || main().dataset.live === "off") {
    isWaiting = true;
    return;
  }
  isBusy = true;
  isWaiting = false;
  let hasMoved = true;
  const began = performance.now();
  try {
    hasMoved = await morph();
  } catch {
    warn("No connection to the console, retrying. What is shown stays as it was.");
  }
  setTimeout(() => {
    isBusy = false;
    if (isWaiting) void refresh();
  }, hasMoved ? Math.max(AT_MOST, performance.now() - began) : QUIET);
}

/** Whether anything on the page has moved. */
async function morph() {
  const address = location.href;
  if (address !== shown) seen = "";
  const answer = await fetch(address, { headers: { "hx-request": "true", [SEEN]: seen }, cache: "no-store" });
  if (answer.status === 401) {
    warn("The console was started again. Open the address that it printed last.", false);
    return true;
  }
  if (answer.status >= 500 && !answer.headers.has("content-security-policy")) throw new Error("not ours");
  calm();
  if (answer.status === 204) {
    main().dataset.version = answer.headers.get("x-version") ?? "";
    return false;
  }
  const text = await answer.text();
  if (address !== location.href) {
    isWaiting = true; // the reader went on meanwhile
    return true;
  }
  const before = main().dataset.said ?? "";
  await htmx.swap({ text, target: frame, swap: "innerMorph" });
  seen = answer.headers.get(SEEN) ?? "";
  shown = address;
  settle(before);
  return true;
}

/** After any swap: the title, the announced verdict, and the islands that dress the page. @param {string} before */
function settle(before) {
  const { title, said: now } = main().dataset;
  if (title) document.title = `${title} – Mission Control`;
  if (now && now !== before) said.textContent = now;
  document.dispatchEvent(new CustomEvent("mc:settled"));
}

/** @param {News} news */
function hear(news) {
  if (news.kind === "changed" && news.version !== main().dataset.version) void refresh();
  if (news.kind === "up" && !dropped.hidden) void refresh();
  if (news.kind === "down") warn("No connection to the console, retrying. What is shown stays as it was.");
}

let again = () => {};

function listen() {
  const script = /** @type {HTMLScriptElement} */ (document.querySelector("script[data-stream]"));
  const stream = script.dataset.stream ?? "";
  if (typeof SharedWorker === "function") {
    const worker = new SharedWorker(stream, { name: "mission-control", type: "module" });
    worker.port.onmessage = (message) => hear(message.data);
    worker.port.start();
    addEventListener("pagehide", () => worker.port.postMessage("bye"));
    addEventListener("pageshow", () => worker.port.postMessage("hello"));
    again = () => worker.port.postMessage("again");
    return;
  }
  alone();
}

/** Without shared workers each tab has its own stream and closes it while hidden. */
function alone() {
  /** @type {EventSource | null} */
  let source = null;
  const open = () => {
    source?.close();
    source = new EventSource("/live");
    source.addEventListener("changed", (event) => hear({ kind: "changed", version: event.data }));
    source.addEventListener("beat", () => hear({ kind: "up" }));
    source.addEventListener("error", () => hear({ kind: "down" }));
  };
  const close = () => {
    source?.close();
    source = null;
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  setInterval(() => {
    if (!document.hidden && source?.readyState === EventSource.CLOSED) open();
  }, 1000);
  again = open;
  open();
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && isWaiting) void refresh();
});
document.addEventListener("htmx:after:swap", () => {
  shown = location.href;
  settle(main().dataset.said ?? "");
});
listen();
