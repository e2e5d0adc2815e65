// What a page does in the reader's hands: times that age and speak the reader's zone, copying, the theme, the
// keys, and menus that close. Nothing here is needed to read or to navigate.

const TICK = 1000;
const PATIENCE = 1200; // milliseconds for the second key of a pair

/** How far the reader's clock is ahead of the cluster's picture, in milliseconds. */
let ahead = 0;

/** The same forms as `words.span` on the server. @param {number} seconds */
export function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min`;
  if (whole < 86400) {
    const minutes = Math.floor((whole % 3600) / 60);
    return minutes ? `${Math.floor(whole / 3600)} h ${minutes} min` : `${Math.floor(whole / 3600)} h`;
  }
  const days = Math.floor(whole / 86400);
  const hours = Math.floor((whole % 86400) / 3600);
  return hours && days < 2 ? `${days} d ${hours} h` : `${days} d`;
}

/** Let every time on the page be as old as it is, with the exact moment in the reader's zone on hover. */
function age() {
  const now = Date.now() - ahead;
  for (const time of document.querySelectorAll("time[data-form]")) {
    const at = Date.parse(time.getAttribute("datetime") ?? "");
    if (Number.isNaN(at)) continue;
    const text = span((now - at) / 1000) + (time.getAttribute("data-form") === "ago" ? " ago" : "");
    if (time.textContent !== text) time.textContent = text;
    const exact = new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "long" });
    if (time.getAttribute("title") !== exact) time.setAttribute("title", exact);
  }
}

/** Take the picture's moment as the page says it. */
function setClock() {
  const now = Date.parse(document.getElementById("main")?.dataset.now ?? "");
  if (!Number.isNaN(now)) ahead = Date.now() - now;
  age();
}

/** @param {HTMLElement} button */
async function copy(button) {
  const label = button.querySelector("span");
  const before = label?.textContent ?? "";
  try {
    await navigator.clipboard.writeText(button.dataset.copy ?? "");
    if (label) label.textContent = "Copied";
    const said = document.getElementById("said");
    if (said) said.textContent = "Copied";
  } catch {
    if (label) label.textContent = "Select and copy";
  }
  setTimeout(() => {
    if (label) label.textContent = before;
  }, 1500);
}

function nextTheme() {
  const button = document.querySelector(".theme button");
  if (button instanceof HTMLButtonElement) button.form?.requestSubmit(button);
}

/** @type {Record<string, string>} */
const places = {
  o: "/",
  h: "/health",
  l: "/logs",
  n: "/nodes",
  e: "/events",
  t: "/timeline",
  k: "/network",
  w: "/workloads",
  s: "/storage",
};
let isGoing = 0;

/** @param {KeyboardEvent} event */
function press(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  const types = target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
  if (event.key === "Escape") return closeMenus(null);
  if (types || event.ctrlKey || event.metaKey || event.altKey) return;
  if (Date.now() < isGoing) {
    isGoing = 0;
    const place = places[event.key];
    if (place) location.assign(place);
    return;
  }
  const keys = /** @type {HTMLDialogElement} */ (document.getElementById("keys"));
  if (event.key === "g") isGoing = Date.now() + PATIENCE;
  else if (event.key === "?") keys.showModal();
  else if (event.key === "t") nextTheme();
  else if (event.key === "f") {
    const filter = document.getElementById("q");
    if (!filter) return;
    event.preventDefault();
    filter.focus();
  }
}

/** Close every open menu but the one that holds `inside`. @param {Node | null} inside */
function closeMenus(inside) {
  for (const menu of document.querySelectorAll("details.drop[open]")) {
    if (inside && menu.contains(inside)) continue;
    const hadFocus = menu.contains(document.activeElement);
    menu.removeAttribute("open");
    if (hadFocus && !inside) menu.querySelector("summary")?.focus();
  }
}

document.addEventListener("click", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const button = /** @type {HTMLElement | null} */ (target.closest("[data-copy]"));
  if (button) void copy(button);
  closeMenus(target);
});
document.addEventListener("keydown", press);
document.addEventListener("mc:settled", setClock);
setInterval(age, TICK);
setClock();
