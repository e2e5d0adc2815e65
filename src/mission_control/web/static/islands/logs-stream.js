// The stream of log lines from the console: a batch of JSON a line. It closes while the tab is hidden for long,
// because a browser allows six connections to a host, and comes back where it was: the last second is asked for
// again and what is there already is skipped.

/** @typedef {import("./logs-line.js").Row} Row */
/** @typedef {import("./logs-line.js").Source} Source */
/** @typedef {{ seen: number, pods: number, containers: number, ready: boolean }} Figures */
/** @typedef {"live" | "down" | "over" | "resting"} State */

const HIDDEN = 20_000; // milliseconds hidden until the connection is given up
const SILENCE = 15_000;
const PAUSES = [500, 1000, 2000, 5000, 10_000];

/** A short fingerprint, for permalinks and for skipping. @param {string} text */
export function fingerprint(text) {
  let hash = 0x811c9dc5;
  for (let place = 0; place < text.length; place += 1) hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

export class LogStream {
  /**
   * @param {string} query @param {Map<number, Source>} sources
   * @param {(rows: Row[], figures: Figures) => void} take @param {(state: State, says: string) => void} turn
   */
  constructor(query, sources, take, turn) {
    this.query = query;
    this.sources = sources;
    this.take = take;
    this.turn = turn;
    /** @type {AbortController | null} */
    this.asking = null;
    this.failures = 0;
    this.last = "";
    /** @type {Map<string, number>} */
    this.recent = new Map();
    this.heard = Date.now();
    this.isOver = false;
    this.hiddenSince = 0;
    /** @type {Map<string, number>} */
    this.places = new Map();
    setInterval(() => this.watch(), 2000);
    document.addEventListener("visibilitychange", () => {
      this.hiddenSince = document.hidden ? Date.now() : 0;
      if (!document.hidden && this.asking === null && !this.isOver) void this.open();
    });
  }

  watch() {
    if (this.hiddenSince && Date.now() - this.hiddenSince > HIDDEN) this.rest();
    else if (this.asking && Date.now() - this.heard > SILENCE) this.asking.abort();
  }

  /** Give the connection up until `open`. */
  rest() {
    if (this.asking === null) return;
    const asking = this.asking;
    this.asking = null;
    asking.abort();
    this.turn("resting", "");
  }

  async open() {
    if (this.asking || this.isOver) return;
    const asking = new AbortController();
    this.asking = asking;
    this.heard = Date.now();
    let says = "No connection to the console, retrying.";
    try {
      const params = new URLSearchParams(this.query);
      if (this.last) params.set("since", `${this.last.slice(0, 19)}Z`);
      const answer = await fetch(`/logs/stream?${params}`, { signal: asking.signal, cache: "no-store", headers: { accept: "application/x-ndjson" } });
      if (answer.status === 401) says = "You are signed out. Reload the page.";
      if (!answer.ok || !answer.body) throw new Error(String(answer.status));
      await this.read(answer.body);
      if (params.get("until") || params.get("previous") === "only") {
        this.isOver = true;
        this.turn("over", "");
      }
      this.failures = 0;
    } catch (failure) {
      if (this.asking !== asking) return; // resting
      this.failures += 1;
      if (this.failures > 1) this.turn("down", says);
    }
    if (this.asking !== asking) return;
    this.asking = null;
    if (!this.isOver && !document.hidden) setTimeout(() => void this.open(), PAUSES[Math.min(this.failures, PAUSES.length - 1)]);
  }

  /** @param {ReadableStream<Uint8Array>} body */
  async read(body) {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    this.places = new Map();
    const skips = this.last ? this.overlap() : null;
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      this.heard = Date.now();
      this.failures = 0;
      const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.batch(JSON.parse(line), skips);
      this.turn("live", "");
    }
  }

  /** What may come again: the lines of the last second that was told. */
  overlap() {
    const again = new Map(this.recent);
    return { until: this.last, again };
  }

  /** @param {any} batch @param {{ until: string, again: Map<string, number> } | null} skips */
  batch(batch, skips) {
    for (const [place, namespace, pod, container, role, component, node] of batch.sources) {
      const key = `${namespace}/${pod}/${container}`;
      let known = [...this.sources].find(([, one]) => `${one.namespace}/${one.pod}/${one.container}` === key)?.[0];
      if (known === undefined) {
        known = this.sources.size;
        this.sources.set(known, { namespace, pod, container, role, component, node });
      }
      this.places.set(String(place), known);
    }
    /** @type {Row[]} */
    const rows = [];
    for (const [at, place, level, text, more] of batch.lines) {
      const source = this.places.get(String(place)) ?? -1;
      const id = `${at},${fingerprint(`${source}${text}`)}`;
      const left = skips && at <= skips.until ? (skips.again.get(id) ?? 0) : 0;
      if (skips && left > 0) {
        skips.again.set(id, left - 1);
        continue;
      }
      const isMark = level.startsWith("!");
      /** @type {Row} */
      const row = { at, ms: Date.parse(at), source, level, text, id };
      if (isMark && more) row.until = more;
      else if (more) row.spans = more;
      rows.push(row);
      this.remember(at, id);
    }
    this.take(rows, batch);
  }

  /** @param {string} at @param {string} id */
  remember(at, id) {
    if (at.slice(0, 19) > this.last.slice(0, 19)) this.recent.clear();
    if (at > this.last) this.last = at;
    if (at.slice(0, 19) === this.last.slice(0, 19)) this.recent.set(id, (this.recent.get(id) ?? 0) + 1);
  }
}
