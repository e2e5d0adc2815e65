// The palette: Ctrl-K or "/" opens it, typing asks the server for the best results, arrows choose, Enter goes.
// Results come as the server's own markup, the same as on the search page, so nothing is rendered twice.

const PATIENCE = 90; // milliseconds after the last key before the server is asked

const palette = /** @type {HTMLDialogElement} */ (document.getElementById("palette"));
const field = /** @type {HTMLInputElement} */ (document.getElementById("palette-q"));
const found = /** @type {HTMLElement} */ (document.getElementById("palette-found"));
const told = /** @type {HTMLElement} */ (document.getElementById("palette-told"));
const said = /** @type {HTMLElement} */ (document.getElementById("palette-said"));
let asked = 0;
/** @type {string | null} */
let shown = null;
/** @type {AbortController | null} */
let asking = null;

const options = () => /** @type {HTMLAnchorElement[]} */ ([...found.querySelectorAll("a")]);
const chosen = () => /** @type {HTMLAnchorElement | null} */ (found.querySelector('a[aria-selected="true"]'));

/** @param {HTMLAnchorElement | undefined} option */
function choose(option) {
  for (const other of options()) other.setAttribute("aria-selected", String(other === option));
  if (option) {
    field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else field.removeAttribute("aria-activedescendant");
}

/** Turn the server's list into a listbox: its links are options, its headings name groups. @param {string} markup */
function show(markup) {
  const list = new DOMParser().parseFromString(markup, "text/html").querySelector(".found");
  found.replaceChildren(...(list?.childNodes ?? []));
  for (const group of found.querySelectorAll("section")) {
    const title = group.querySelector("h2");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", title?.textContent ?? "");
    title?.setAttribute("aria-hidden", "true");
    for (const part of group.querySelectorAll("ul, li")) part.setAttribute("role", "presentation");
  }
  for (const option of options()) {
    option.setAttribute("role", "option");
    option.tabIndex = -1;
  }
  const text = list?.getAttribute("data-told") ?? "";
  told.textContent = text;
  said.textContent = options().length ? text : "Nothing is called that";
  found.scrollTop = 0;
  choose(options()[0]);
}

async function ask() {
  const text = field.value.trim();
  asking?.abort();
  asking = new AbortController();
  try {
    const address = `/search/results?q=${encodeURIComponent(text)}`;
    const answer = await fetch(address, { signal: asking.signal, headers: { accept: "text/html" }, cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    show(await answer.text());
    shown = text;
  } catch (failure) {
    if (failure instanceof DOMException && failure.name === "AbortError") return;
    told.textContent = "No answer from the console";
  }
}

function open() {
  if (palette.open) return;
  palette.showModal();
  field.select();
  shown = null;
  void ask();
}

/** Go to the chosen result; when the words are newer than the results, ask for these first. @param {boolean} apart */
async function go(apart) {
  clearTimeout(asked);
  if (shown !== field.value.trim()) await ask();
  const option = chosen();
  if (!option) return;
  if (apart) window.open(option.href, "_blank", "noopener");
  else {
    palette.close();
    location.assign(option.href);
  }
}

/** @param {KeyboardEvent} event */
function steer(event) {
  const all = options();
  const place = all.indexOf(/** @type {HTMLAnchorElement} */ (chosen()));
  if (event.key === "ArrowDown") choose(all[(place + 1) % all.length]);
  else if (event.key === "ArrowUp") choose(all[(place - 1 + all.length) % all.length]);
  else if (event.key === "Enter" && !event.isComposing) void go(event.ctrlKey || event.metaKey);
  else if (event.key === "Escape") palette.close(); // a search field would only empty itself
  else return;
  event.preventDefault();
}

/** @param {KeyboardEvent} event */
function press(event) {
  const isCall = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey;
  const target = /** @type {HTMLElement} */ (event.target);
  const types = target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const isSlash = event.key === "/" && !types && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (!isCall && !isSlash) return;
  if (document.querySelector("dialog[open]:not(#palette)")) return;
  event.preventDefault();
  open();
}

field.addEventListener("input", () => {
  clearTimeout(asked);
  asked = setTimeout(() => void ask(), PATIENCE);
});
field.addEventListener("keydown", steer);
found.addEventListener("pointermove", (event) => {
  const option = /** @type {HTMLElement} */ (event.target).closest("a");
  if (option && option !== chosen()) choose(option);
});
palette.addEventListener("click", (event) => {
  if (event.target === palette || /** @type {HTMLElement} */ (event.target).closest("a")) palette.close();
});
document.addEventListener("keydown", press);
document.addEventListener("click", (event) => {
  const link = /** @type {HTMLElement} */ (event.target).closest("a.find");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open();
});
