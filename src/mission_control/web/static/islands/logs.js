// The log view: takes the stream, shows the list, and does what the reader's hands ask for. Lines that arrive while
// the view is paused are kept, and when they are too many the stream rests and is taken up where it was.

import { Histogram } from "./logs-histogram.js";
import { List } from "./logs-list.js";
import { LogStream } from "./logs-stream.js";

/** @typedef {import("./logs-line.js").Row} Row */
/** @typedef {import("./logs-line.js").Look} Look */

const MOST = 10_000; // rows that the list keeps
const HELD = 20_000; // rows that wait while paused, until the stream rests
const FRAME = 100; // milliseconds between two paints

const view = /** @type {HTMLElement} */ (document.getElementById("logs"));
const box = /** @type {HTMLElement} */ (document.getElementById("log-stream"));
const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const address = new URL(location.href);
const sprite = view.dataset.icons ?? "";

/** @param {string} name */
function icon(name) {
  const space = document.querySelector("svg")?.namespaceURI ?? null;
  const element = /** @type {SVGElement} */ (document.createElementNS(space, "svg"));
  element.setAttribute("class", "i");
  element.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${sprite}#${name}`);
  element.append(use);
  return element;
}

const times = /** @type {const} */ (["local", "utc", "off"]);
const asked = address.searchParams.get("time");
/** @type {Look} */
const look = {
  wraps: address.searchParams.get("wrap") !== "off",
  time: times.find((one) => one === asked) ?? "local",
  sources: new Map(),
  chosen: null,
  icon,
  manyContainers: view.dataset.many === "true",
  prefix: view.dataset.prefix ?? "",
};
let level = address.searchParams.get("level") ?? "";
let wanted = address.searchParams.get("line") ?? "";
let isPaused = false;
/** @type {Row[]} */
let all = [];
/** @type {Row[]} */
let held = [];
/** @type {Row[]} */
let fresh = [];
const counts = { lines: 0, error: 0, warn: 0, masked: 0 };
let figures = { seen: 0, pods: 0, containers: 0, ready: false };
let state = "";
let says = "Connecting";
/** @type {[number, number][]} */
let pace = [];

const clock = (/** @type {number} */ ms) =>
  new Date(ms).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...(look.time === "utc" ? { timeZone: "UTC" } : {}) });
const histogram = new Histogram(byId("log-histogram"), clock);
const list = new List(box, look, () => pause(true));

/** @param {Row} row */
const fits = (row) => row.level.startsWith("!") || level === "" || row.level === level || (level === "warn" && row.level === "error");

/** @param {Row[]} rows @param {import("./logs-stream.js").Figures} now */
function take(rows, now) {
  figures = now;
  for (const row of rows) {
    if (row.level.startsWith("!")) continue;
    counts.lines += 1;
    if (row.level === "error") counts.error += 1;
    else if (row.level === "warn") counts.warn += 1;
    if (row.text.includes("MASKED.")) counts.masked += row.text.split("MASKED.").length - 1;
    histogram.count(row);
  }
  if (isPaused) {
    held.push(...rows);
    if (held.length > HELD) stream.rest();
  } else fresh.push(...rows);
}

const stream = new LogStream(view.dataset.query ?? "", look.sources, take, (next, text) => {
  if (next === state && !text) return;
  state = next;
  says = text;
});

function show() {
  const rows = fresh;
  fresh = [];
  all.push(...rows);
  if (all.length > MOST * 1.2) all.splice(0, all.length - MOST);
  list.add(rows.filter(fits), MOST);
  if (wanted) find(wanted);
}

/** Go to the line that the address names. @param {string} id */
function find(id) {
  const place = list.rows.findIndex((row) => row.id === id);
  if (place >= 0) {
    wanted = "";
    pause(true);
    choose(/** @type {Row} */ (list.rows[place]));
    list.reveal(place);
  } else if (figures.ready && state !== "") {
    wanted = "";
    byId("log-said").textContent = "The line that the address names is not in the log any more.";
  }
}

/** @param {Row | null} row */
function choose(row) {
  const before = look.chosen;
  look.chosen = before === row ? null : row;
  if (before) list.redraw(before);
  if (row && row !== before) list.redraw(row);
}

/** @param {boolean} on */
function pause(on) {
  isPaused = on;
  list.sticks = !on;
  const button = byId("log-pause");
  button.setAttribute("aria-pressed", String(on));
  /** @type {HTMLElement} */ (button.querySelector("span")).textContent = on ? "Resume" : "Pause";
  button.querySelector("use")?.setAttribute("href", `${sprite}#${on ? "player-play" : "player-pause"}`);
  if (on) return;
  fresh.push(...held);
  held = [];
  show();
  list.end();
  void stream.open();
}

function tell() {
  const now = Date.now();
  pace = [...pace.filter(([at]) => now - at < 5000), /** @type {[number, number]} */ ([now, figures.seen])];
  const [since, before] = pace[0] ?? [now, figures.seen];
  const rate = now - since > 900 ? ((figures.seen - before) / (now - since)) * 1000 : 0;
  const words = {
    "": "Connecting",
    live: isPaused ? "Paused" : figures.ready ? `Live, ${rate.toFixed(rate < 10 ? 1 : 0)} lines/s` : "Reading what was written before",
    down: says,
    over: "All of the range is here",
    resting: isPaused ? "Paused; the stream rests and is taken up where it was" : "Resting while hidden",
  };
  byId("log-state").textContent = /** @type {Record<string, string>} */ (words)[state] ?? "";
  byId("log-counts").textContent = `${list.rows.length.toLocaleString()} of ${figures.seen.toLocaleString()} lines shown`;
  byId("log-masked").textContent = `${counts.masked.toLocaleString()} ${counts.masked === 1 ? "value" : "values"} masked`;
  byId("log-errors").textContent = `Error ${counts.error.toLocaleString()}`;
  byId("log-warnings").textContent = `Warn ${counts.warn.toLocaleString()}`;
  const wait = byId("log-held");
  wait.hidden = !isPaused;
  wait.textContent = held.length ? `${held.length.toLocaleString()} new lines, go on` : "Go on";
  byId("log-empty").hidden = list.rows.length > 0 || !(figures.ready || state === "over");
  histogram.draw();
}

/** Say the state of the view in the address, so that a link shows the same. @param {string} name @param {string} value */
function say(name, value) {
  if (value) address.searchParams.set(name, value);
  else address.searchParams.delete(name);
  history.replaceState(null, "", address);
}

/** @param {string} next */
function setLevel(next) {
  level = next;
  say("level", next);
  for (const button of document.querySelectorAll("[data-level]")) button.setAttribute("aria-pressed", String(button.getAttribute("data-level") === next));
  list.set(all.filter(fits));
}

function setLook() {
  box.classList.toggle("nowrap", !look.wraps);
  box.classList.toggle("notime", look.time === "off");
  byId("log-wrap").setAttribute("aria-pressed", String(look.wraps));
  /** @type {HTMLElement} */ (byId("log-time").querySelector("span")).textContent = { local: "Local", utc: "UTC", off: "No times" }[look.time];
  say("wrap", look.wraps ? "" : "off");
  say("time", look.time === "local" ? "" : look.time);
  list.redrawAll();
}

function firstError() {
  const place = list.rows.findIndex((row) => row.level === "error");
  if (place < 0) {
    byId("log-said").textContent = "No error among the lines that are here.";
    return;
  }
  pause(true);
  look.chosen = null;
  choose(/** @type {Row} */ (list.rows[place]));
  list.reveal(place);
}

/** The address of a line: around its moment, and the line itself. @param {Row} row @param {boolean} alone */
function linkTo(row, alone) {
  const link = new URL(location.href);
  const span = alone ? 60_000 : 120_000;
  link.searchParams.set("since", new Date(row.ms - span).toISOString());
  link.searchParams.set("until", new Date(row.ms + span).toISOString());
  link.searchParams.set("line", row.id);
  const source = look.sources.get(row.source);
  if (alone && source) {
    for (const name of ["q", "exclude", "component", "workload", "level", "container"]) link.searchParams.delete(name);
    link.searchParams.set("pod", `${source.namespace}/${source.pod}`);
  }
  return link.href;
}

/** @param {string} action @param {Row} row */
async function act(action, row) {
  if (action === "context") return location.assign(linkTo(row, true));
  const source = look.sources.get(row.source);
  const text = action === "link" ? linkTo(row, false) : `${row.at} ${source?.pod ?? ""} ${row.text}`;
  try {
    await navigator.clipboard.writeText(text);
    byId("log-said").textContent = "Copied";
  } catch {
    byId("log-said").textContent = "The browser does not let this page copy.";
  }
}

/** @param {KeyboardEvent} event */
function press(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  if (target.matches("input, textarea, select, button, a, summary") || event.ctrlKey || event.metaKey || event.altKey) return;
  const rows = list.rows;
  const here = look.chosen ? rows.indexOf(look.chosen) : -1;
  if (event.key === " ") pause(!isPaused);
  else if (event.key === "End") pause(false);
  else if (event.key === "e") firstError();
  else if (event.key === "j" || event.key === "k") {
    const place = here < 0 ? rows.length - 1 : here + (event.key === "j" ? 1 : -1);
    const next = rows[Math.max(0, Math.min(rows.length - 1, place))];
    if (!next || next === look.chosen) return;
    pause(true);
    choose(next);
    list.reveal(rows.indexOf(next));
  } else return;
  event.preventDefault();
}

box.addEventListener("click", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const button = /** @type {HTMLElement | null} */ (target.closest("[data-act]"));
  /** @type {any} */
  let element = target;
  while (element && element !== box && !element.row) element = element.parentElement;
  const row = /** @type {Row | undefined} */ (element?.row);
  if (!row) return;
  if (button) void act(button.dataset.act ?? "", row);
  else if (!target.closest("a, .sel-box") && !getSelection()?.toString()) {
    if (!isPaused) pause(true);
    choose(row);
  }
});
document.addEventListener("click", (event) => {
  const button = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).closest("[data-level]"));
  if (button) setLevel(button.dataset.level ?? "");
});
byId("log-pause").addEventListener("click", () => pause(!isPaused));
byId("log-held").addEventListener("click", () => pause(false));
byId("log-first").addEventListener("click", firstError);
byId("log-wrap").addEventListener("click", () => {
  look.wraps = !look.wraps;
  setLook();
});
byId("log-time").addEventListener("click", () => {
  look.time = /** @type {"local" | "utc" | "off"} */ (times[(times.indexOf(look.time) + 1) % times.length]);
  setLook();
});
for (const field of document.querySelectorAll("[data-submits]")) field.addEventListener("change", () => /** @type {HTMLInputElement} */ (field).form?.requestSubmit());
document.addEventListener("keydown", press);
setLook();
setLevel(level);
if (view.dataset.query !== undefined) void stream.open();
setInterval(() => {
  if (!isPaused && fresh.length) show();
  else if (wanted) find(wanted);
}, FRAME);
setInterval(tell, 500);
tell();
