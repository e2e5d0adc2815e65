"""The Health page of one installation: components by importance, roots with their effects folded under them.

It arranges what the health engine found and says what was looked at when nothing is wrong; it finds nothing
itself.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from mission_control.domain.snapshot import Snapshot
from mission_control.domain.verdict import (
    Blind,
    ComponentHealth,
    Finding,
    Health,
    InstallationHealth,
    Verdict,
)
from mission_control.services.freshness import Freshness, freshness
from mission_control.services.overview import InstallationLine, installation_line


class Cause(msgspec.Struct, frozen=True):
    """A finding to repair, with the findings that end when it is repaired.

    `elsewhere` is the root's key when what stands here is itself an effect of a fault outside this page.
    """

    finding: Finding
    effects: tuple[Finding, ...] = ()
    elsewhere: str = ""


class ComponentGroup(msgspec.Struct, frozen=True):
    """Components under one heading, in the product's order of importance."""

    title: str
    components: tuple[ComponentHealth, ...]


class Diagnosis(msgspec.Struct, frozen=True):
    """The Health page. Without `installation` it is about workloads outside any installation."""

    freshness: Freshness
    installation: InstallationLine | None
    summary: str
    groups: tuple[ComponentGroup, ...]
    off: tuple[str, ...]
    causes: tuple[Cause, ...]
    healthy: int
    components: int
    blind: tuple[Blind, ...]


def diagnosis(snapshot: Snapshot, health: Health, key: str | None) -> Diagnosis | None:
    """The page of the installation "namespace/release", or of all that is outside (None).

    None when there is no such installation in a complete picture.
    """
    found = next((entry for entry in health.installations if entry.key == key), None)
    seen = freshness(snapshot)
    if key is not None and found is None and seen.allows_verdicts:
        return None
    components = found.components if found and seen.allows_verdicts else ()
    findings = [entry for entry in health.findings if entry.installation == key]
    return Diagnosis(
        freshness=seen,
        installation=installation_line(found) if found and seen.allows_verdicts else None,
        summary=found.summary if found else "",
        groups=_groups(found) if found and seen.allows_verdicts else (),
        off=found.off if found else (),
        causes=causes(findings) if seen.allows_verdicts else (),
        healthy=sum(component.verdict is Verdict.HEALTHY for component in components),
        components=len(components),
        blind=health.blind,
    )


def worst_key(health: Health) -> str | None:
    """The installation that needs a look first; None when there is none."""
    ranked = sorted(health.installations, key=lambda entry: (-entry.verdict.weight, entry.title, entry.key))
    return ranked[0].key if ranked else None


def causes(findings: Iterable[Finding]) -> tuple[Cause, ...]:
    """Roots, worst first, each with its effects; effects whose root is not here stand at the end."""
    mine = list(findings)
    effects: dict[str, list[Finding]] = {}
    for finding in mine:
        if not finding.root:
            effects.setdefault(finding.effect_of or "", []).append(finding)
    roots = sorted((entry for entry in mine if entry.root), key=lambda entry: -entry.verdict.weight)
    told = [Cause(root, tuple(effects.pop(root.key, ()))) for root in roots]
    left = [Cause(finding, (), key) for key, group in effects.items() for finding in group]
    return (*told, *left)


def _groups(installation: InstallationHealth) -> tuple[ComponentGroup, ...]:
    """The components under the product's headings; those of an unknown group come last, without one."""
    titles = dict(installation.groups)
    order = [*titles, *dict.fromkeys(c.group for c in installation.components if c.group not in titles)]
    members = {key: tuple(c for c in installation.components if c.group == key) for key in order}
    return tuple(ComponentGroup(titles.get(key, key), found) for key, found in members.items() if found)
