"""`index.html`: the findings for whoever has only a browser. One file, no script, nothing from outside.

Everything that comes from a cluster is escaped here; the page's policy forbids scripts and requests besides.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from mission_control.domain.bundle.manifest import Manifest, PartSize
from mission_control.domain.bundle.parts import Ledger
from mission_control.domain.quantity import bytes_text
from mission_control.domain.verdict import Finding, Health

_MARKS = {"healthy": "●", "progressing": "◐", "unknown": "?", "degraded": "▲", "broken": "✖"}
_STYLE = """
:root{color-scheme:light dark;--ink:#1d2433;--soft:#5b6477;--line:#dfe3ea;--back:#fff;--card:#f7f8fa}
@media(prefers-color-scheme:dark){
:root{--ink:#e6e9ef;--soft:#9aa4b5;--line:#2c3444;--back:#12161f;--card:#1a202c}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--back)}
body{margin:0 auto;max-width:60rem;padding:1.5rem}
h1{font-size:1.4rem;margin:0 0 .25rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}p{margin:.35rem 0}
.soft{color:var(--soft)}table{border-collapse:collapse;width:100%}
td,th{text-align:left;padding:.35rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
article{background:var(--card);border:1px solid var(--line);border-radius:6px}
article{padding:.8rem 1rem;margin:.6rem 0}code{font:13px ui-monospace,monospace;overflow-wrap:anywhere}
.scroll{overflow-x:auto}.broken{color:#c92a2a}.degraded{color:#a0520a}.healthy{color:#2b8a3e}
.progressing{color:#1864ab}.unknown{color:var(--soft)}
@media(prefers-color-scheme:dark){
.broken{color:#ff8787}.degraded{color:#ffc078}.healthy{color:#8ce99a}.progressing{color:#74c0fc}}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page(manifest: Manifest, health: Health, parts: tuple[PartSize, ...], ledger: Ledger) -> str:
    """The page."""
    return "\n".join(_lines(manifest, health, parts, ledger)) + "\n"


def _lines(manifest: Manifest, health: Health, parts: tuple[PartSize, ...], ledger: Ledger) -> Iterator[str]:
    title = f"{manifest.cluster or 'Cluster'}: {health.verdict.value}"
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width,initial-scale=1">'
    yield f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
    yield f"<h1>{_verdict(health.verdict.value)} {escape(manifest.cluster)}</h1>"
    yield (
        f'<p class="soft">Recorded {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC · Kubernetes '
        f"{escape(manifest.kubernetes)} · Mission Control {escape(manifest.version)} · secrets are masked</p>"
    )
    yield '<h2>Installations</h2><div class="scroll"><table>'
    yield "<tr><th>Installation<th>Chart<th>Verdict<th>What is wrong</tr>"
    for entry in health.installations:
        cells = (
            escape(entry.key),
            escape(entry.chart),
            _verdict(entry.verdict.value),
            escape(entry.headline),
        )
        yield f"<tr>{''.join(f'<td>{cell}' for cell in cells)}</tr>"
    yield "</table></div>"
    roots = [finding for finding in health.findings if finding.root]
    yield f"<h2>Causes ({len(roots)})</h2>"
    for finding in roots:
        yield from _cause(finding, [e for e in health.findings if e.effect_of == finding.key])
    if not roots:
        yield "<p>Nothing was found.</p>"
    yield from _contents(parts, ledger)
    yield (
        "<p class=soft>Open this bundle as the whole console: <code>mission-control open FILE</code>. "
        "Check it: <code>mission-control bundle verify FILE</code>.</p></body></html>"
    )


def _cause(finding: Finding, effects: list[Finding]) -> Iterator[str]:
    where = f" · {escape(finding.installation)}" if finding.installation else ""
    yield f"<article><p>{_verdict(finding.verdict.value)} <code>{escape(finding.code)}</code>{where}</p>"
    yield f"<p><b>{escape(finding.says)}</b></p>"
    if finding.fix:
        yield f"<p>Repair: {escape(finding.fix)}</p>"
    for entry in finding.evidence:
        told = f"{entry.text} ({entry.note})" if entry.note and entry.text else entry.text or entry.note
        yield f'<p class="soft">{escape(entry.source)}: <code>{escape(told)}</code></p>'
    if effects:
        yield f"<details><summary>It explains {len(effects)} more</summary>"
        yield from (f"<p>{escape(entry.says)}</p>" for entry in effects)
        yield "</details>"
    yield "</article>"


def _contents(parts: tuple[PartSize, ...], ledger: Ledger) -> Iterator[str]:
    yield '<h2>What is in the bundle</h2><div class="scroll"><table><tr><th>Part<th>Files<th>Size</tr>'
    for part in parts:
        yield f"<tr><td>{escape(part.title)}<td>{part.files}<td>{bytes_text(part.bytes)}</tr>"
    yield '</table></div><h2>What is not</h2><div class="scroll"><table><tr><th>What<th>Why</tr>'
    for entry in ledger.not_collected:
        needs = f" Needs: <code>{escape(entry.needs)}</code>" if entry.needs else ""
        yield f"<tr><td>{escape(entry.what)}<td>{escape(entry.reason)}{needs}</tr>"
    for cut in ledger.limits:
        yield f"<tr><td>{escape(cut.what)}<td>{escape(cut.says)}</tr>"
    yield "</table></div>"


def _verdict(word: str) -> str:
    return f'<span class="{word}">{_MARKS.get(word, "?")} {word}</span>'
