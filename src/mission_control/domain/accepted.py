"""What was accepted as expected: which findings it covers, and the health without them.

An acceptance covers a finding as it was then. It covers nothing that is worse, says something else or hurts
something more, so that a switched-off part stays quiet while anything new about it is told. Nothing that is
covered disappears: it is kept beside the findings, with the reason. What the console cannot see is never
covered, because nobody can know that it is as expected.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from mission_control.domain.health.codes import code_named
from mission_control.domain.health.sight import is_hidden
from mission_control.domain.health.wording import headline, summary
from mission_control.domain.kinds import kind_named
from mission_control.domain.objects import Pod
from mission_control.domain.redact import redact
from mission_control.domain.snapshot import Snapshot, cluster_key
from mission_control.domain.verdict import (
    Acceptance,
    Accepted,
    ComponentHealth,
    Finding,
    Health,
    InstallationHealth,
    Verdict,
    worst,
)

_WELL = "Nothing is wrong beside what was accepted."
_PASSING = (  # what changes by itself while nothing changes: moments, ages, counts of restarts
    re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d:?\d\d|Z)?"),
    re.compile(r"\b\d+(\.\d+)?(ms|s|m|h|d)\b"),
    re.compile(r"\b\d+(\.\d+)? (s|min|h|d|seconds?|minutes?|hours?|days?|times|restarts?)\b"),
)


def facts(finding: Finding) -> str:
    """The redacted sentence of a finding without what changes by itself: ages, restarts, made-up names."""
    text = redact(finding.says)
    for pattern in _PASSING:
        text = pattern.sub("#", text)
    return re.sub(rf"\b{re.escape(finding.subject.name)}(-[a-z0-9]{{5,10}})+\b", finding.subject.name, text)


def hurt(finding: Finding, health: Health) -> tuple[str, ...]:
    """What a finding hurts: its component, further ones of the same cause, and those of its effects."""
    effects = [entry.component or entry.subject.path for entry in _effects(finding, health.findings)]
    own = [finding.component] if finding.component else []
    return tuple(sorted({*own, *finding.affects, *effects}))


def may_be_accepted(finding: Finding) -> bool:
    """Whether a finding is about the cluster, and not about what the console cannot see of it."""
    return code_named(finding.code).group != "sight"


def fold(snapshot: Snapshot, health: Health, acceptances: Iterable[Acceptance]) -> Health:
    """The health without the findings that were accepted, which stand in `accepted` with their effects."""
    here = cluster_key(snapshot)
    in_force = {entry.key: entry for entry in acceptances if entry.cluster == here and _lasts(entry, health)}
    found = tuple(
        Accepted(finding, _effects(finding, health.findings), in_force[finding.key])
        for finding in health.findings
        if finding.key in in_force and covers(in_force[finding.key], finding, health)
    )
    if not found:
        return health
    quiet = {id(entry) for accepted in found for entry in (accepted.finding, *accepted.effects)}
    left = tuple(entry for entry in health.findings if id(entry) not in quiet)
    parts = {(f.installation, f.component) for f in health.findings if id(f) in quiet}
    installations = tuple(_installation(snapshot, entry, left, parts) for entry in health.installations)
    before = [entry.verdict for entry in health.installations]
    unseen = [health.verdict] if worst(before) is not health.verdict else []  # more is hidden than they show
    return msgspec.structs.replace(
        health,
        verdict=worst([*unseen, *(entry.verdict for entry in installations)]),
        installations=installations,
        findings=left,
        accepted=found,
    )


def unfold(health: Health) -> Health:
    """The findings as they were found, accepted ones among them; verdicts stay those without."""
    back = [finding for entry in health.accepted for finding in (entry.finding, *entry.effects)]
    return msgspec.structs.replace(health, findings=(*health.findings, *back), accepted=())


def covers(acceptance: Acceptance, finding: Finding, health: Health) -> bool:
    """Whether a finding is still as it was accepted: no worse, the same facts, nothing more that it hurts."""
    return (
        acceptance.key == finding.key
        and finding.verdict.weight <= acceptance.verdict.weight
        and facts(finding) == acceptance.facts
        and set(hurt(finding, health)) <= set(acceptance.hurt)
    )


def lapsed(snapshot: Snapshot, health: Health, acceptances: Iterable[Acceptance]) -> tuple[Acceptance, ...]:
    """The acceptances that have come to their end: over, or, without an end, about what is no more so.

    `health` is folded. What cannot be seen now is not taken for gone.
    """
    here = cluster_key(snapshot)
    folded = {entry.acceptance.key for entry in health.accepted}
    return tuple(
        entry
        for entry in acceptances
        if entry.cluster == here
        and not (_lasts(entry, health) if entry.until else entry.key in folded)
        and (entry.until is not None or _is_in_sight(snapshot, entry))
    )


def _lasts(acceptance: Acceptance, health: Health) -> bool:
    return acceptance.until is None or health.at < acceptance.until


def _is_in_sight(snapshot: Snapshot, acceptance: Acceptance) -> bool:
    """Whether the picture would show the finding if there still was one."""
    about, looked_at = acceptance.subject, snapshot.cluster.namespaces
    kind = kind_named(about.kind)
    return (
        snapshot.is_complete
        and (looked_at is None or about.namespace in looked_at)
        and snapshot.sees(Pod, about.namespace)
        and (kind is None or snapshot.sees(kind.shape, about.namespace))
    )


def _effects(finding: Finding, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(entry for entry in findings if entry.effect_of == finding.key) if finding.root else ()


def _installation(
    snapshot: Snapshot,
    installation: InstallationHealth,
    left: tuple[Finding, ...],
    parts: set[tuple[str | None, str | None]],
) -> InstallationHealth:
    """The installation with the findings that are left; `parts` are the components that lost some."""
    key = installation.key
    if not any(owner == key for owner, _ in parts):
        return installation
    mine = [finding for finding in left if finding.installation == key]
    is_blind = is_hidden(snapshot, installation.namespace)
    components = tuple(
        _component(component, mine, is_blind=is_blind) if (key, component.key) in parts else component
        for component in installation.components
    )
    whole = [finding.verdict for finding in mine if finding.component is None]
    verdict = worst([*map(_weighed, components), *whole])
    roots = [finding for finding in mine if finding.root]
    is_well = verdict is Verdict.HEALTHY
    return msgspec.structs.replace(
        installation,
        components=components,
        verdict=verdict,
        headline=_WELL if is_well else headline(verdict, roots, components),
        summary=_WELL if is_well else summary(verdict, mine, components),
        since=min((f.since for f in roots if f.since and f.verdict is verdict), default=None),
    )


def _component(component: ComponentHealth, left: list[Finding], *, is_blind: bool) -> ComponentHealth:
    verdicts = [finding.verdict for finding in left if finding.component == component.key]
    unseen = [Verdict.UNKNOWN] if is_blind else []
    return msgspec.structs.replace(component, verdict=worst([*verdicts, *unseen]))


def _weighed(component: ComponentHealth) -> Verdict:
    """A broken optional component only degrades its installation."""
    is_softened = component.verdict is Verdict.BROKEN and not component.vital
    return Verdict.DEGRADED if is_softened else component.verdict
