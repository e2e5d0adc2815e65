// How many lines came when, by level: bars in SVG attributes, no style. Counts of everything that arrived, also of
// what the list no longer holds.

const BARS = 60;
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];
const HIGH = 28;

export class Histogram {
  /** @param {HTMLElement} box @param {(ms: number) => string} clock */
  constructor(box, clock) {
    this.box = box;
    this.clock = clock;
    /** @type {Map<number, [number, number, number]>} second → others, warnings, errors */
    this.seconds = new Map();
    this.first = Infinity;
    this.last = -Infinity;
  }

  /** @param {import("./logs-line.js").Row} row */
  count(row) {
    const second = Math.floor(row.ms / 1000);
    if (Number.isNaN(second)) return;
    let counts = this.seconds.get(second);
    if (counts === undefined) this.seconds.set(second, (counts = [0, 0, 0]));
    counts[row.level === "error" ? 2 : row.level === "warn" ? 1 : 0] += 1;
    this.first = Math.min(this.first, second);
    this.last = Math.max(this.last, second);
  }

  clear() {
    this.seconds.clear();
    this.first = Infinity;
    this.last = -Infinity;
  }

  draw() {
    if (this.last < this.first) {
      this.box.hidden = true;
      return;
    }
    this.box.hidden = false;
    const length = this.last - this.first + 1;
    const step = STEPS.find((size) => size * BARS >= length) ?? 86_400;
    const begin = Math.floor(this.last / step) * step - step * (BARS - 1);
    /** @type {[number, number, number][]} */
    const bars = Array.from({ length: BARS }, () => [0, 0, 0]);
    for (const [second, counts] of this.seconds) {
      const bar = bars[Math.floor((second - begin) / step)];
      if (bar === undefined) {
        if (second < begin) this.seconds.delete(second);
        continue;
      }
      bar[0] += counts[0];
      bar[1] += counts[1];
      bar[2] += counts[2];
    }
    this.paint(bars, step, begin);
  }

  /** @param {[number, number, number][]} bars @param {number} step @param {number} begin */
  paint(bars, step, begin) {
    const most = Math.max(1, ...bars.map((bar) => bar[0] + bar[1] + bar[2]));
    const drawing = /** @type {SVGElement} */ (this.box.querySelector("svg"));
    const parts = [];
    for (const [place, bar] of bars.entries()) {
      let top = HIGH;
      for (const [kind, name] of /** @type {[0 | 1 | 2, string][]} */ ([[2, "he"], [1, "hw"], [0, "hi"]])) {
        const height = (bar[kind] / most) * HIGH;
        if (!height) continue;
        const rect = document.createElementNS(drawing.namespaceURI, "rect");
        top -= height;
        rect.setAttribute("class", name);
        rect.setAttribute("x", String(place * 10));
        rect.setAttribute("y", String(top + 2));
        rect.setAttribute("width", "8");
        rect.setAttribute("height", String(Math.max(1, height)));
        parts.push(rect);
      }
    }
    drawing.setAttribute("viewBox", `0 0 ${BARS * 10} ${HIGH + 2}`);
    drawing.setAttribute("preserveAspectRatio", "none");
    drawing.replaceChildren(...parts);
    const span = step < 60 ? `${step} s` : step < 3600 ? `${step / 60} min` : `${step / 3600} h`;
    const errors = bars.reduce((sum, bar) => sum + bar[2], 0);
    /** @type {HTMLElement} */ (this.box.querySelector(".histo-note")).textContent = `Lines in ${span}, at most ${most}`;
    drawing.setAttribute("aria-label", `Lines in ${span}: at most ${most}; ${errors} errors in all`);
    const axis = /** @type {HTMLElement} */ (this.box.querySelector(".axis"));
    const ticks = [0, 1 / 3, 2 / 3, 1].map((part) => this.clock((begin + part * (BARS - 1) * step) * 1000));
    for (const [place, text] of ticks.entries()) {
      const tick = axis.children[place];
      if (tick && tick.textContent !== text) tick.textContent = text;
    }
  }
}
