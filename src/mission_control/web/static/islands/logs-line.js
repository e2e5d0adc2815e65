// One log line as an element: moment, pod, level, text with masks as chips and found words pointed out; and, when
// it is chosen, its fields and what can be done with it.

/**
 * @typedef {{ at: string, ms: number, source: number, level: string, text: string, id: string, until?: string,
 *   spans?: [number, number][], height?: number | undefined, isOpen?: boolean }} Row
 * @typedef {{ namespace: string, pod: string, container: string, role: string, component: string, node: string }} Source
 * @typedef {{ wraps: boolean, time: "local" | "utc" | "off", sources: Map<number, Source>, chosen: Row | null,
 *   icon: (name: string) => SVGElement, manyContainers: boolean, prefix: string }} Look
 */

const MASK = /MASKED\.([a-z][a-z0-9-]{0,30})\.[0-9a-f]{10}/g;
const LEVELS = /** @type {Record<string, [string, string]>} */ ({
  error: ["e", "ERROR"],
  warn: ["w", "WARN"],
  info: ["", "INFO"],
  debug: ["d", "DEBUG"],
});
const MARKS = /** @type {Record<string, [string, string]>} */ ({
  gap: ["gap", "unlink"],
  rotation: ["gap", "rotate-clockwise"],
  dropped: ["gap", "unlink"],
  refused: ["gap", "lock"],
  trouble: ["gap", "unlink"],
  restart: ["rst", "refresh"],
  ended: ["rst", "player-stop"],
  joined: ["rst", "plus"],
  reconnect: ["", "link"],
  kept: ["", "history"],
});
const local = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

/** @param {Row} row @param {Look} look */
export function moment(row, look) {
  if (look.time === "off") return "";
  const part = row.at.slice(20, 23);
  return look.time === "utc" ? `${row.at.slice(11, 19)}.${part}` : `${local.format(row.ms)}.${part}`;
}

/** @param {Row} row @param {Look} look */
function time(row, look) {
  const element = document.createElement("time");
  element.dateTime = row.at;
  element.title = row.at;
  element.textContent = moment(row, look);
  return element;
}

/** A pod's name without what all have in common and without the hash of its template. @param {string} pod @param {Look} look */
function short(pod, look) {
  const name = pod.startsWith(look.prefix) ? pod.slice(look.prefix.length) : pod;
  return name.replace(/-[a-z0-9]{7,10}(-[a-z0-9]{5})$/, "$1");
}

/** Text with chips for masks and marks for what was found. @param {HTMLElement} into @param {string} text @param {[number, number][] | undefined} spans */
export function write(into, text, spans) {
  let at = 0;
  for (const [from, until] of [...(spans ?? []), /** @type {[number, number]} */ ([text.length, text.length])]) {
    if (from < at) continue;
    chips(into, text.slice(at, from));
    if (until > from) {
      const mark = document.createElement("mark");
      mark.textContent = text.slice(from, until);
      into.append(mark);
    }
    at = until;
  }
}

/** @param {HTMLElement} into @param {string} text */
function chips(into, text) {
  let at = 0;
  for (const found of text.matchAll(MASK)) {
    into.append(text.slice(at, found.index));
    const chip = document.createElement("span");
    chip.className = "chip";
    chip.textContent = "••••";
    chip.title = `hidden: ${found[1]}`;
    into.append(chip);
    at = found.index + found[0].length;
  }
  into.append(text.slice(at));
}

/** A line of JSON as its message, and the rest. @param {string} text @returns {{ message: string, fields: [string, string][] } | null} */
export function fieldsOf(text) {
  if (!text.startsWith("{")) return null;
  try {
    const tree = JSON.parse(text);
    const key = ["message", "msg", "event", "log"].find((name) => typeof tree[name] === "string") ?? "";
    /** @type {[string, string][]} */
    const fields = Object.entries(tree)
      .filter(([name]) => name !== key && name !== "level" && name !== "severity")
      .map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]);
    return { message: key ? tree[key] : "", fields };
  } catch {
    return null;
  }
}

/** @param {Row} row @param {Look} look */
export function lineElement(row, look) {
  const [kind, word] = LEVELS[row.level] ?? ["", ""];
  const element = document.createElement("div");
  const line = document.createElement("div");
  line.className = `l ${kind}`;
  const source = look.sources.get(row.source);
  const name = document.createElement("span");
  name.className = "cut";
  name.textContent = source ? (look.manyContainers ? `${short(source.pod, look)} ${source.container}` : short(source.pod, look)) : "";
  name.title = source ? `${source.namespace}/${source.pod}, container ${source.container}${source.role ? ` (${source.role})` : ""}${source.node ? `, node ${source.node}` : ""}` : "";
  const level = document.createElement("b");
  level.textContent = word;
  const message = document.createElement("span");
  message.className = "msg";
  const json = row.spans ? null : fieldsOf(row.text);
  if (json?.message) {
    write(message, json.message, undefined);
    if (json.fields.length) {
      const rest = document.createElement("span");
      rest.className = "rest";
      write(rest, json.fields.map(([key, value]) => `${key}=${value}`).join(" "), undefined);
      message.append(" ", rest);
    }
  } else write(message, row.text, row.spans);
  line.append(time(row, look), name, level, message);
  element.append(line);
  if (look.chosen === row) {
    line.classList.add("sel");
    element.append(details(row, source, json));
  }
  /** @type {any} */ (element).row = row;
  return element;
}

/** @param {Row} row @param {Source | undefined} source @param {{ message: string, fields: [string, string][] } | null} json */
function details(row, source, json) {
  const box = document.createElement("div");
  box.className = "sel-box";
  if (json?.fields.length) {
    const list = document.createElement("dl");
    list.className = "json";
    for (const [key, value] of json.fields) {
      const term = document.createElement("dt");
      term.textContent = key;
      const text = document.createElement("dd");
      write(text, value, undefined);
      list.append(term, text);
    }
    box.append(list);
  }
  const acts = document.createElement("div");
  acts.className = "line-acts";
  for (const [action, label] of [["copy", "Copy line"], ["link", "Copy link"], ["context", "Context of this pod"]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "b b-s";
    button.dataset.act = action;
    button.textContent = label ?? "";
    acts.append(button);
  }
  if (source) {
    const link = document.createElement("a");
    link.className = "b b-s";
    link.href = `/objects/Pod/${encodeURIComponent(source.namespace)}/${encodeURIComponent(source.pod)}`;
    link.textContent = "Pod";
    acts.append(link);
  }
  const note = document.createElement("span");
  note.className = "note";
  note.textContent = `${row.at}${source ? `, ${source.container}` : ""}`;
  acts.append(note);
  box.append(acts);
  return box;
}

/** @param {Row} row @param {Look} look */
export function markElement(row, look) {
  const [kind, picture] = MARKS[row.level.slice(1)] ?? ["", "info-circle"];
  const element = document.createElement("div");
  const line = document.createElement("div");
  line.className = `mk ${kind}`;
  const text = document.createElement("span");
  text.append(look.icon(picture));
  const until = row.until && row.until !== row.at ? ` (${moment(row, look)} – ${moment({ ...row, at: row.until, ms: Date.parse(row.until) }, look)})` : "";
  text.append(row.text + (look.time === "off" ? "" : until));
  text.title = row.until ? `${row.at} – ${row.until}` : row.at;
  line.append(time(row, look), text);
  element.append(line);
  /** @type {any} */ (element).row = row;
  return element;
}
