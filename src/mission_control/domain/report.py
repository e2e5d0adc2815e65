"""The judgement in its machine-readable form, `mission-control/health/1`.

The form is a public contract (`docs/schemas/health-1.json`): fields are added, never renamed or removed. It
is kept apart from the structs of the judgement so that those can grow with the pages that show them.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from mission_control.domain.verdict import (
    Accepted,
    Evidence,
    Finding,
    Health,
    InstallationHealth,
    Subject,
    Verdict,
    worst,
)

SCHEMA = "mission-control/health/1"


class ReportedComponent(msgspec.Struct, frozen=True):
    """A component and its ready and wanted pods; null where they are not seen."""

    key: str
    verdict: Verdict
    ready: int | None
    wanted: int | None


class ReportedInstallation(msgspec.Struct, frozen=True):
    """An installation with its headline and components."""

    product: str
    namespace: str
    release: str
    chart: str
    verdict: Verdict
    headline: str
    components: tuple[ReportedComponent, ...]


class ReportedSubject(msgspec.Struct, frozen=True):
    """The object a finding is about."""

    kind: str
    namespace: str
    name: str


class ReportedEvidence(msgspec.Struct, frozen=True):
    """One thing that was seen, and where it was seen."""

    source: str = msgspec.field(name="from")
    text: str = ""


class ReportedChange(msgspec.Struct, frozen=True):
    """Something that changed shortly before a finding began."""

    at: datetime
    text: str
    subject: ReportedSubject
    by: str


class ReportedFinding(msgspec.Struct, frozen=True):
    """A finding; `effect_of` is the key "code:Kind/namespace/name" of its root."""

    code: str
    verdict: Verdict
    root: bool
    effect_of: str | None
    component: str | None
    installation: str | None
    subject: ReportedSubject
    says: str
    fix: str
    evidence: tuple[ReportedEvidence, ...]
    since: datetime | None
    changes: tuple[ReportedChange, ...] = ()


class ReportedBlind(msgspec.Struct, frozen=True):
    """Something that was not looked at."""

    kind: str
    namespace: str
    reason: str
    would_need: str


class ReportedAcceptance(msgspec.Struct, frozen=True):
    """A finding that was accepted as expected; `until` null: until it changes. `effects`: how many it has."""

    finding: ReportedFinding
    effects: int
    reason: str
    who: str
    at: datetime
    until: datetime | None


class Report(msgspec.Struct, frozen=True):
    """The whole answer. What was accepted stands in `accepted` only and counts for no verdict."""

    schema: str
    cluster: str
    at: datetime
    verdict: Verdict
    installations: tuple[ReportedInstallation, ...]
    findings: tuple[ReportedFinding, ...]
    blind: tuple[ReportedBlind, ...]
    accepted: tuple[ReportedAcceptance, ...] = ()


def report(health: Health, *, everything: bool = False) -> Report:
    """The report of a judgement; `everything` lets workloads outside installations count for the verdict."""
    others = [f.verdict for f in health.findings if f.installation is None] if everything else []
    return Report(
        schema=SCHEMA,
        cluster=health.cluster,
        at=health.at,
        verdict=worst([health.verdict, *others]),
        installations=tuple(map(_installation, health.installations)),
        findings=tuple(map(_finding, health.findings)),
        blind=tuple(ReportedBlind(b.kind, b.namespace, b.reason, b.would_need) for b in health.blind),
        accepted=tuple(map(_accepted, health.accepted)),
    )


def exit_code(verdict: Verdict) -> int:
    """The exit status of a verdict: 0 healthy or progressing, 1 degraded or broken, 2 unknown."""
    if verdict is Verdict.UNKNOWN:
        return 2
    return 1 if verdict in (Verdict.DEGRADED, Verdict.BROKEN) else 0


def _installation(installation: InstallationHealth) -> ReportedInstallation:
    return ReportedInstallation(
        product=installation.product,
        namespace=installation.namespace,
        release=installation.release,
        chart=installation.chart,
        verdict=installation.verdict,
        headline=installation.headline,
        components=tuple(
            ReportedComponent(c.key, c.verdict, c.ready, c.wanted) for c in installation.components
        ),
    )


def _finding(finding: Finding) -> ReportedFinding:
    return ReportedFinding(
        code=finding.code,
        verdict=finding.verdict,
        root=finding.root,
        effect_of=finding.effect_of,
        component=finding.component,
        installation=finding.installation,
        subject=_subject(finding.subject),
        says=finding.says,
        fix=finding.fix,
        evidence=tuple(map(_evidence, finding.evidence)),
        since=finding.since,
        changes=tuple(
            ReportedChange(change.at, change.text, _subject(change.subject), change.by)
            for change in finding.changes
        ),
    )


def _subject(about: Subject) -> ReportedSubject:
    return ReportedSubject(about.kind, about.namespace, about.name)


def _accepted(accepted: Accepted) -> ReportedAcceptance:
    word = accepted.acceptance
    return ReportedAcceptance(
        finding=_finding(accepted.finding),
        effects=len(accepted.effects),
        reason=word.reason,
        who=word.who,
        at=word.at,
        until=word.until,
    )


def _evidence(evidence: Evidence) -> ReportedEvidence:
    """The text with its note, since when and how often is part of what was seen."""
    text = f"{evidence.text} ({evidence.note})" if evidence.note and evidence.text else evidence.text
    return ReportedEvidence(evidence.source, text or evidence.note)
