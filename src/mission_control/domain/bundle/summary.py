"""`SUMMARY.md`: the answer in a page of text, to paste into a ticket."""

from __future__ import annotations

from collections.abc import Iterator

from mission_control.domain.bundle.manifest import Manifest, PartSize
from mission_control.domain.bundle.parts import Ledger
from mission_control.domain.verdict import Finding, Health

_MOST = 20


def summary(manifest: Manifest, health: Health, parts: tuple[PartSize, ...], ledger: Ledger) -> str:
    """The summary as Markdown."""
    return "\n".join(_lines(manifest, health, parts, ledger)) + "\n"


def _lines(manifest: Manifest, health: Health, parts: tuple[PartSize, ...], ledger: Ledger) -> Iterator[str]:
    yield f"# {manifest.cluster or 'Cluster'}: {health.verdict.value}"
    yield ""
    yield (
        f"Recorded {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC with Mission Control {manifest.version}, "
        f"Kubernetes {manifest.kubernetes or 'of unknown version'}, preset {manifest.preset}. "
        "Secrets are masked."
    )
    yield ""
    yield "| installation | version | verdict | what is wrong |"
    yield "|---|---|---|---|"
    for entry in health.installations:
        cells = (f"{entry.key} ({entry.title})", entry.chart, entry.verdict.value, entry.headline)
        yield f"| {' | '.join(map(_cell, cells))} |"
    roots = [finding for finding in health.findings if finding.root]
    yield ""
    yield f"## Causes ({len(roots)})"
    for finding in roots[:_MOST]:
        yield from _cause(finding, sum(entry.effect_of == finding.key for entry in health.findings))
    if len(roots) > _MOST:
        yield f"\nand {len(roots) - _MOST} more in findings.json"
    if not roots:
        yield "\nNothing was found."
    yield ""
    yield "## What is in the bundle"
    yield from (f"- {part.title}: {part.files} files, {part.bytes:,} bytes" for part in parts)
    yield ""
    yield "## What is not"
    yield from (
        f"- {_cell(entry.what)}: {_cell(entry.reason)}" + (f" (needs: {entry.needs})" if entry.needs else "")
        for entry in ledger.not_collected[:_MOST]
    )
    yield from (f"- cut: {_cell(entry.what)}: {_cell(entry.says)}" for entry in ledger.limits[:_MOST])
    if len(ledger.not_collected) > _MOST or len(ledger.limits) > _MOST:
        yield "- the rest is in not-collected.json"
    yield ""
    yield "Open it as the whole console: `mission-control open FILE`."
    yield "Check it: `mission-control bundle verify FILE`."


def _cause(finding: Finding, effects: int) -> Iterator[str]:
    where = f" in {finding.installation}" if finding.installation else ""
    yield ""
    yield f"### {finding.verdict.value}: {finding.code}{where}"
    yield ""
    yield _cell(finding.says)
    if finding.fix:
        yield f"\nRepair: {_cell(finding.fix)}"
    if effects:
        yield f"\nIt explains {effects} more."
    for entry in finding.evidence[:5]:
        yield f"- {entry.source}: {_cell(entry.text or entry.note)}"


def _cell(text: str) -> str:
    """Text that stays in its line and cannot become markup of the ticket system."""
    flat = " ".join(text.split())
    return flat.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("`", "'")
