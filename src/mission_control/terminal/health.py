"""Health as a page of text: the verdict first, then each root with its evidence and its repair.

Effects are folded under the root that explains them; what could not be seen stands at the end, because it
limits everything above it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mission_control.domain.verdict import (
    Accepted,
    Blind,
    ComponentHealth,
    Evidence,
    Finding,
    Health,
    InstallationHealth,
    Verdict,
)

MARKS = {
    Verdict.HEALTHY: ("●", "green"),
    Verdict.PROGRESSING: ("◐", "blue"),
    Verdict.UNKNOWN: ("?", "bright_black"),
    Verdict.DEGRADED: ("▲", "yellow"),
    Verdict.BROKEN: ("✖", "red"),
}
_MOST_EVIDENCE = 4
_MOST_EFFECTS = 6
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def page(health: Health, *, everything: bool = False) -> RenderableType:
    """The whole page. With `everything` also the workloads outside any installation and all components."""
    parts: list[RenderableType] = [_headline(health)]
    for installation in health.installations:
        parts += ["", *_installation(installation, health, everything=everything)]
    parts += _outside(health, everything=everything)
    parts += _blind(health.blind)
    return Group(*parts)


def _headline(health: Health) -> Text:
    count = len(health.installations)
    nothing = "no installation seen" if health.verdict is Verdict.UNKNOWN else "no installation found"
    what = f"{count} installation{'' if count == 1 else 's'}" if count else nothing
    return Text.assemble(_verdict(health.verdict), f"  cluster {health.cluster}, {what}")


def _installation(
    installation: InstallationHealth, health: Health, *, everything: bool
) -> Iterator[RenderableType]:
    about = f"  {installation.title} {installation.app_version}".rstrip()
    yield Text.assemble(
        _verdict(installation.verdict), f"  {installation.key}", (f"{about} ({installation.chart})", "dim")
    )
    if installation.headline:
        yield Padding(Text(installation.headline), (0, 0, 0, 2), expand=False)
    findings = [finding for finding in health.findings if finding.installation == installation.key]
    for root in (finding for finding in findings if finding.root):
        yield ""
        yield Padding(_root(root, findings, health.at), (0, 0, 0, 2), expand=False)
    accepted = [entry for entry in health.accepted if entry.finding.installation == installation.key]
    yield from _accepted(accepted)
    state = "healthy or as accepted" if accepted else "healthy"
    yield ""
    parts = _components(installation.components, state, everything=everything)
    yield Padding(parts, (0, 0, 0, 2), expand=False)


def _root(root: Finding, findings: list[Finding], at: datetime) -> RenderableType:
    mark, colour = MARKS[root.verdict]
    title = Text.assemble(
        (f"{mark} ", colour), (root.code, "bold"), f"  {root.component or root.subject.name}"
    )
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold")
    if root.fix:
        grid.add_row("fix", Text(root.fix))
    if root.command:
        grid.add_row("show", Text(root.command, style="cyan"))
    for evidence in root.evidence[:_MOST_EVIDENCE]:
        grid.add_row(evidence.source, _evidence(evidence))
    if root.since is not None:
        grid.add_row("since", Text(f"{ago(root.since, at)} ({root.since.isoformat(timespec='seconds')})"))
    effects = _effects(root, findings)
    if effects:
        grid.add_row("explains", Text(effects))
    return Group(title, Padding(Group(Text(root.says), grid), (0, 0, 0, 2), expand=False))


def _evidence(evidence: Evidence) -> Text:
    return Text.assemble(evidence.text, (f"  {evidence.note}" if evidence.note else "", "dim"))


def _effects(root: Finding, findings: list[Finding]) -> str:
    """The folded effects of a root: "3 more: web, store-0"."""
    effects = [finding for finding in findings if finding.effect_of == root.key]
    places = list(dict.fromkeys([effect.component or effect.subject.name for effect in effects]))
    named = ", ".join(places[:_MOST_EFFECTS]) + (" …" if len(places) > _MOST_EFFECTS else "")
    return f"{len(effects)} more: {named}" if effects else ""


def _accepted(found: list[Accepted]) -> Iterator[RenderableType]:
    """What was accepted, folded: how many, and a line for each."""
    if not found:
        return
    yield ""
    yield Padding(Text(f"{len(found)} accepted as expected", style="dim"), (0, 0, 0, 2), expand=False)
    for entry in found:
        word = entry.acceptance
        until = f"until {word.until.isoformat(timespec='minutes')}" if word.until else "until it changes"
        more = f", with {len(entry.effects)} more" if entry.effects else ""
        about = entry.finding.component or entry.finding.subject.name
        line = Text(f"{entry.finding.code}  {about}{more}: {word.reason} ({word.who}, {until})", style="dim")
        yield Padding(line, (0, 0, 0, 4), expand=False)


def _components(components: tuple[ComponentHealth, ...], state: str, *, everything: bool) -> RenderableType:
    """A line for each component that is not healthy, and one for all that are; `state` says what they are."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column()
    grid.add_column(justify="right", no_wrap=True)
    shown = [part for part in components if everything or part.verdict is not Verdict.HEALTHY]
    for part in shown:
        grid.add_row(_verdict(part.verdict), Text(part.title), Text(_ready(part), style="dim"))
    rest = len(components) - len(shown)
    if not rest:
        return grid
    return Group(grid, Text(_the_rest(rest, state, all_of_them=not shown), style="dim"))


def _the_rest(count: int, state: str, *, all_of_them: bool) -> str:
    if count == 1:
        return f"{'its' if all_of_them else 'the other'} component is {state}"
    return f"{'all' if all_of_them else 'the other'} {count} components are {state}"


def _ready(part: ComponentHealth) -> str:
    if part.ready is None or part.wanted is None:
        return "not seen"
    return f"{part.ready} of {part.wanted} ready"


def _outside(health: Health, *, everything: bool) -> Iterator[RenderableType]:
    """Workloads that belong to no installation: counted, or told with `everything`."""
    findings = [finding for finding in health.findings if finding.installation is None]
    roots = [finding for finding in findings if finding.root]
    yield from _accepted([entry for entry in health.accepted if entry.finding.installation is None])
    if not roots:
        return
    count = f"{len(roots)} fault{'' if len(roots) == 1 else 's'} outside any installation"
    yield ""
    if not everything:
        yield Text(f"{count}; see with --all", style="dim")
        return
    yield Text(count, style="bold")
    for root in roots:
        yield Padding(_root(root, findings, health.at), (0, 0, 0, 2), expand=False)


def _blind(blind: tuple[Blind, ...]) -> Iterator[RenderableType]:
    if not blind:
        return
    yield ""
    yield Text("Not seen", style="bold")
    grid = Table.grid(padding=(0, 2))
    for gap in blind:
        where = f" in {gap.namespace}" if gap.namespace else ""
        needs = f"would need: {gap.would_need}" if gap.would_need else ""
        grid.add_row(Text(f"  {gap.kind}{where}"), Text(gap.reason), Text(needs, style="dim"))
    yield grid


def _verdict(verdict: Verdict) -> Text:
    mark, colour = MARKS[verdict]
    return Text(f"{mark} {verdict.value}", style=colour)


def ago(then: datetime, now: datetime) -> str:
    """How long ago, in the largest unit that fits: "40 s ago", "12 min ago", "3 h ago", "2 d ago"."""
    seconds = max(0, int((now - then).total_seconds()))
    for unit, size in (("d", _DAY), ("h", _HOUR), ("min", _MINUTE)):
        if seconds >= size:
            return f"{seconds // size} {unit} ago"
    return f"{seconds} s ago"
