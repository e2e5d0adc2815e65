// The list of log lines: only what is on the screen is in the page, however many lines there are. Heights are
// reckoned from the number of characters and corrected once a line was on the screen.

import { lineElement, markElement } from "./logs-line.js";

/** @typedef {import("./logs-line.js").Row} Row */
/** @typedef {import("./logs-line.js").Look} Look */

const ROW = 20;
const MARK = 30;
const NEAR = 32; // pixels from the end that still count as the end
const AROUND = 10; // rows above and below the window

export class List {
  /** @param {HTMLElement} box @param {Look} look @param {() => void} left */
  constructor(box, look, left) {
    this.box = box;
    this.look = look;
    this.left = left; // called when the reader scrolls away from the end
    /** @type {Row[]} */
    this.rows = [];
    /** @type {number[]} */
    this.tops = [0];
    this.sticks = true;
    /** @type {Map<Row, HTMLElement>} */
    this.shown = new Map();
    this.inside = document.createElement("div");
    this.inside.className = "rows";
    this.window = document.createElement("div");
    this.window.className = "window";
    this.inside.append(this.window);
    box.replaceChildren(this.inside);
    this.columns = 80;
    this.mine = false;
    box.addEventListener("scroll", () => this.scrolled(), { passive: true });
    new ResizeObserver(() => this.resized()).observe(box);
  }

  get atEnd() {
    return this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < NEAR;
  }

  scrolled() {
    if (this.mine) {
      this.mine = false;
    } else if (this.sticks && !this.atEnd) {
      this.sticks = false;
      this.left();
    }
    this.paint();
  }

  /** How many characters fit into a line of the message. */
  measure() {
    const probe = lineElement({ at: "2026-01-01T00:00:00.000000000Z", ms: 0, source: -1, level: "", text: "0".repeat(100), id: "" }, this.look);
    probe.style.setProperty("visibility", "hidden");
    this.window.append(probe);
    const message = /** @type {HTMLElement} */ (probe.querySelector(".msg"));
    const span = document.createElement("span");
    span.textContent = "0".repeat(50);
    message.replaceChildren(span);
    const wide = span.getBoundingClientRect().width / 50 || 7;
    this.columns = Math.max(10, Math.floor(message.getBoundingClientRect().width / wide));
    probe.remove();
  }

  resized() {
    this.measure();
    for (const row of this.rows) row.height = undefined;
    this.reckon(0);
    this.paint();
  }

  /** @param {Row} row */
  height(row) {
    if (row.height !== undefined) return row.height;
    if (row.level.startsWith("!")) return MARK;
    return this.look.wraps ? ROW * Math.max(1, Math.ceil(row.text.length / this.columns)) : ROW;
  }

  /** Positions from a row on. @param {number} from */
  reckon(from) {
    this.tops.length = this.rows.length + 1;
    for (let place = from; place < this.rows.length; place += 1) {
      this.tops[place + 1] = /** @type {number} */ (this.tops[place]) + this.height(/** @type {Row} */ (this.rows[place]));
    }
  }

  /** All rows anew. @param {Row[]} rows */
  set(rows) {
    this.rows = rows;
    this.tops = [0];
    this.reckon(0);
    this.paint();
  }

  /** More rows at the end; those in front of `most` go. @param {Row[]} more @param {number} most */
  add(more, most) {
    const from = this.rows.length;
    this.rows.push(...more);
    this.reckon(from);
    if (this.rows.length > most * 1.2) {
      const gone = this.rows.length - most;
      const height = /** @type {number} */ (this.tops[gone]);
      this.rows.splice(0, gone);
      this.tops.splice(0, gone);
      this.tops = this.tops.map((top) => top - height);
      if (!this.sticks) this.scroll(this.box.scrollTop - height);
    }
    this.paint();
  }

  /** @param {number} top */
  scroll(top) {
    this.mine = true;
    this.box.scrollTop = top;
  }

  end() {
    this.sticks = true;
    this.paint();
  }

  /** The first row that reaches below `y`. @param {number} y */
  at(y) {
    let low = 0;
    let high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (/** @type {number} */ (this.tops[middle + 1]) <= y) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Bring a row to a third of the window. @param {number} place */
  reveal(place) {
    this.sticks = false;
    this.paint();
    this.scroll(Math.max(0, /** @type {number} */ (this.tops[place]) - this.box.clientHeight / 3));
    this.paint();
  }

  paint() {
    const total = /** @type {number} */ (this.tops[this.rows.length]);
    this.inside.style.setProperty("height", `${total}px`);
    if (this.sticks) {
      const end = Math.max(0, total - this.box.clientHeight);
      if (Math.abs(this.box.scrollTop - end) > 1) this.scroll(end);
    }
    const top = this.sticks ? Math.max(0, total - this.box.clientHeight) : this.box.scrollTop;
    const first = Math.max(0, this.at(top) - AROUND);
    const last = Math.min(this.rows.length, this.at(top + this.box.clientHeight) + AROUND);
    this.fill(first, last);
    if (this.correct(first, last)) {
      this.inside.style.setProperty("height", `${this.tops[this.rows.length]}px`);
      if (this.sticks) this.scroll(/** @type {number} */ (this.tops[this.rows.length]) - this.box.clientHeight);
    }
    this.window.style.setProperty("transform", `translateY(${this.tops[first] ?? 0}px)`);
  }

  /** Put the rows of the window into the page, reusing those that are there. @param {number} first @param {number} last */
  fill(first, last) {
    const wanted = this.rows.slice(first, last);
    const keep = new Set(wanted);
    for (const [row, element] of this.shown) {
      if (keep.has(row)) continue;
      element.remove();
      this.shown.delete(row);
    }
    /** @type {Element | null} */
    let next = this.window.firstElementChild;
    for (const row of wanted) {
      let element = this.shown.get(row);
      if (element === undefined) {
        element = row.level.startsWith("!") ? markElement(row, this.look) : lineElement(row, this.look);
        this.shown.set(row, element);
      }
      if (element === next) next = element.nextElementSibling;
      else this.window.insertBefore(element, next);
    }
  }

  /** Take the true heights of what is on the screen; whether any differs. @param {number} first @param {number} last */
  correct(first, last) {
    let changed = -1;
    for (let place = first; place < last; place += 1) {
      const row = /** @type {Row} */ (this.rows[place]);
      const element = this.shown.get(row);
      if (element === undefined) continue;
      const height = row.height ?? element.offsetHeight;
      if (row.height === undefined && height !== this.height(row) && changed < 0) changed = place;
      row.height = height;
    }
    if (changed >= 0) this.reckon(changed);
    return changed >= 0;
  }

  /** Make a row's element anew. @param {Row} row */
  redraw(row) {
    row.height = undefined;
    this.shown.get(row)?.remove();
    this.shown.delete(row);
    this.reckon(Math.max(0, this.rows.indexOf(row)));
    this.paint();
  }

  /** Make all elements anew: another look. */
  redrawAll() {
    for (const element of this.shown.values()) element.remove();
    this.shown.clear();
    this.resized();
  }
}
