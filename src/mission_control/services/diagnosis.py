"""The Health page of one installation: components by importance, roots with their effects folded under them.

It arranges what the health engine found and says what was looked at when nothing is wrong; it finds nothing
itself.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from mission_control.domain.accepted import may_be_accepted
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.verdict import (
    Acceptance,
    Blind,
    Change,
    ComponentHealth,
    Finding,
    Health,
    InstallationHealth,
    Verdict,
)
from mission_control.services.freshness import Freshness, freshness
from mission_control.services.overview import InstallationLine, installation_line
from mission_control.storage.accepted import Kept

MOST = 50
"""Causes of a page, and effects of a cause, that are told; the rest is counted."""
MOST_CHANGES = 12


class Cause(msgspec.Struct, frozen=True):
    """A finding to repair, with the findings that end when it is repaired.

    `elsewhere` is the root's key when what stands here is itself an effect of a fault outside this page, and
    `root` that fault. `may_accept`: it may be accepted as expected. `more` effects are not told.
    """

    finding: Finding
    effects: tuple[Finding, ...] = ()
    elsewhere: str = ""
    root: Finding | None = None
    may_accept: bool = False
    more: int = 0


class AcceptedLine(msgspec.Struct, frozen=True):
    """A finding that was accepted as expected; `number` is what it is revoked by, when that is known."""

    finding: Finding
    effects: int
    acceptance: Acceptance
    number: int | None


class ComponentGroup(msgspec.Struct, frozen=True):
    """Components under one heading, in the product's order of importance."""

    title: str
    components: tuple[ComponentHealth, ...]


class Diagnosis(msgspec.Struct, frozen=True):
    """The Health page. Without `installation` it is about workloads outside any installation.

    `changes` happened shortly before its roots, the newest first. `more` causes are not shown.
    """

    freshness: Freshness
    installation: InstallationLine | None
    summary: str
    groups: tuple[ComponentGroup, ...]
    off: tuple[str, ...]
    causes: tuple[Cause, ...]
    healthy: int
    components: int
    blind: tuple[Blind, ...]
    changes: tuple[Change, ...] = ()
    accepted: tuple[AcceptedLine, ...] = ()
    more: int = 0


def diagnosis(
    snapshot: Snapshot, health: Health, key: str | None, kept: Iterable[Kept] = ()
) -> Diagnosis | None:
    """The page of the installation "namespace/release", or of all that is outside (None).

    `kept` are the acceptances in force. None when there is no such installation in a complete picture.
    """
    found = next((entry for entry in health.installations if entry.key == key), None)
    seen = freshness(snapshot)
    if key is not None and found is None and seen.allows_verdicts:
        return None
    components = found.components if found and seen.allows_verdicts else ()
    findings = [entry for entry in health.findings if entry.installation == key]
    told = causes(findings, health.findings) if seen.allows_verdicts else ()
    return Diagnosis(
        freshness=seen,
        installation=installation_line(found) if found and seen.allows_verdicts else None,
        summary=found.summary if found else "",
        groups=_groups(found) if found and seen.allows_verdicts else (),
        off=found.off if found else (),
        causes=told[:MOST],
        healthy=sum(component.verdict is Verdict.HEALTHY for component in components),
        components=len(components),
        blind=health.blind,
        changes=_changes(told),
        accepted=_accepted(health, key, kept),
        more=max(0, len(told) - MOST),
    )


def worst_key(health: Health) -> str | None:
    """The installation that needs a look first; None when there is none."""
    ranked = sorted(health.installations, key=lambda entry: (-entry.verdict.weight, entry.title, entry.key))
    return ranked[0].key if ranked else None


def _changes(told: tuple[Cause, ...]) -> tuple[Change, ...]:
    """What changed shortly before the causes, each once, the newest first."""
    found = {change: None for cause in told for change in cause.finding.changes}
    return tuple(sorted(found, key=lambda change: change.at, reverse=True)[:MOST_CHANGES])


def _accepted(health: Health, key: str | None, kept: Iterable[Kept]) -> tuple[AcceptedLine, ...]:
    numbers = {entry.acceptance: entry.number for entry in kept}
    return tuple(
        AcceptedLine(entry.finding, len(entry.effects), entry.acceptance, numbers.get(entry.acceptance))
        for entry in health.accepted
        if entry.finding.installation == key
    )[:MOST]


def causes(findings: Iterable[Finding], everything: Iterable[Finding] = ()) -> tuple[Cause, ...]:
    """Roots, worst first, each with its effects; effects whose root is not here stand at the end.

    Such a root is looked for in `everything`.
    """
    mine = list(findings)
    effects: dict[str, list[Finding]] = {}
    for finding in mine:
        if not finding.root:
            effects.setdefault(finding.effect_of or "", []).append(finding)
    roots = sorted((entry for entry in mine if entry.root), key=lambda entry: -entry.verdict.weight)
    told = [_cause(root, tuple(effects.pop(root.key, ()))) for root in roots]
    known = {entry.key: entry for entry in everything}
    left = [
        Cause(finding, (), key, known.get(key), may_be_accepted(finding))
        for key, group in effects.items()
        for finding in group
    ]
    return (*told, *left)


def _cause(root: Finding, effects: tuple[Finding, ...]) -> Cause:
    return Cause(root, effects[:MOST], may_accept=may_be_accepted(root), more=max(0, len(effects) - MOST))


def _groups(installation: InstallationHealth) -> tuple[ComponentGroup, ...]:
    """The components under the product's headings; those of an unknown group come last, without one."""
    titles = dict(installation.groups)
    order = [*titles, *dict.fromkeys(c.group for c in installation.components if c.group not in titles)]
    members = {key: tuple(c for c in installation.components if c.group == key) for key in order}
    return tuple(ComponentGroup(titles.get(key, key), found) for key, found in members.items() if found)
