// Fills web/static/vendor from node_modules: Tabler's base cut down to what the templates use, htmx, one sprite of
// the icons in icons.json with our five verdict marks, and the licences of all of it. Run by build.py.

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PurgeCSS } from "purgecss";

const here = dirname(fileURLToPath(import.meta.url));
const web = join(here, "..", "src", "mission_control", "web");
const vendor = join(web, "static", "vendor");
const modules = join(here, "node_modules");

/** The five verdict marks: our own drawings, 16 × 16. */
const marks = {
  "v-ok": '<circle cx="8" cy="8" r="5.5" fill="currentColor"/>',
  "v-run":
    '<circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="2"/>' +
    '<path d="M8 2.5a5.5 5.5 0 0 1 0 11z" fill="currentColor"/>',
  "v-unknown":
    '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.6"/>' +
    '<path d="M6.2 6.6a1.8 1.8 0 1 1 2.6 1.6c-.6.3-.8.6-.8 1.1M8 11.3v.1" fill="none" stroke="currentColor" ' +
    'stroke-width="1.6" stroke-linecap="round"/>',
  "v-warn":
    '<path d="M8 2.2 14.6 13.6H1.4z" fill="currentColor" stroke="currentColor" stroke-width="1.4" ' +
    'stroke-linejoin="round"/>',
  "v-bad":
    '<path d="M3.6 3.6l8.8 8.8M12.4 3.6l-8.8 8.8" fill="none" stroke="currentColor" stroke-width="3" ' +
    'stroke-linecap="round"/>',
};

const drawing =
  'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"';

/** One symbol of Tabler's outline icons, without its size, so that the stylesheet decides it. */
async function symbol(name) {
  const file = join(modules, "@tabler", "icons", "icons", "outline", `${name}.svg`);
  const source = await readFile(file, "utf8");
  const inner = source.slice(source.indexOf(">", source.indexOf("<svg")) + 1, source.lastIndexOf("</svg>"));
  return `<symbol id="${name}" ${drawing}>${inner.replace(/\s*\n\s*/g, "")}</symbol>`;
}

async function sprite() {
  const names = JSON.parse(await readFile(join(here, "icons.json"), "utf8"));
  const icons = await Promise.all(names.sort().map(symbol));
  const own = Object.entries(marks).map(([id, body]) => `<symbol id="${id}" viewBox="0 0 16 16">${body}</symbol>`);
  return `<svg xmlns="http://www.w3.org/2000/svg">${[...icons, ...own].join("\n")}</svg>\n`;
}

async function tabler() {
  const results = await new PurgeCSS().purge({
    content: [join(web, "templates", "**", "*.html"), join(web, "static", "islands", "*.js")],
    css: [join(modules, "@tabler", "core", "dist", "css", "tabler.min.css")],
    variables: true,
    keyframes: true,
    fontFace: true,
  });
  return results[0].css;
}

async function licences() {
  const parts = [];
  for (const name of ["@tabler/core", "@tabler/icons", "htmx.org"]) {
    const about = JSON.parse(await readFile(join(modules, name, "package.json"), "utf8"));
    const text = await readFile(join(modules, name, "LICENSE"), "utf8").catch(() => `Licence: ${about.license}\n`);
    parts.push(`${name} ${about.version} (${about.license})\n\n${text.trim()}\n`);
  }
  return parts.join(`\n${"-".repeat(80)}\n\n`);
}

await rm(vendor, { recursive: true, force: true });
await mkdir(vendor, { recursive: true });
await Promise.all([
  sprite().then((text) => writeFile(join(vendor, "icons.svg"), text)),
  tabler().then((text) => writeFile(join(vendor, "tabler.min.css"), text)),
  licences().then((text) => writeFile(join(vendor, "LICENCES.txt"), text)),
  readFile(join(modules, "htmx.org", "dist", "htmx.min.js")).then((code) =>
    writeFile(join(vendor, "htmx.min.js"), code.toString().replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n")),
  ),
]);
