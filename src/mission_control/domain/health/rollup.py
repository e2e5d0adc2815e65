"""From findings to verdicts: of components, of installations, of the cluster, and the sentences that say so.

A component has the worst verdict of its findings. An installation has the worst of its components, where a
broken optional component only degrades it. The headline is the roots, worst first, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable

from mission_control.domain.health.causes import weighed_verdict
from mission_control.domain.health.scene import Scene
from mission_control.domain.health.sight import is_hidden
from mission_control.domain.health.wording import headline, summary
from mission_control.domain.health.workloads import is_short
from mission_control.domain.installations import Installation, Member
from mission_control.domain.objects import Deployment, Rollout, StatefulSet, Workload
from mission_control.domain.places import Place
from mission_control.domain.verdict import (
    Blind,
    ComponentHealth,
    Finding,
    Health,
    InstallationHealth,
    Verdict,
    WorkloadRef,
    worst,
)

_ROLLING: dict[str, type[Workload]] = {shape.__name__: shape for shape in (Deployment, StatefulSet, Rollout)}


def roll_up(scene: Scene, findings: Iterable[Finding], blind: tuple[Blind, ...]) -> Health:
    """The health of everything in the scene. The cluster's verdict counts installations only."""
    owners = {installation.key: installation for installation in scene.installations}
    ordered = tuple(sorted(findings, key=lambda finding: _order(owners, finding)))
    by_installation: dict[str | None, list[Finding]] = {}
    for finding in ordered:
        by_installation.setdefault(finding.installation, []).append(finding)
    installations = tuple(
        _installation(scene, installation, by_installation.get(installation.key, []))
        for installation in scene.installations
    )
    verdicts = [installation.verdict for installation in installations]
    if any(s.kind.essential and s.state in ("refused", "stale", "loading") for s in scene.snapshot.sights):
        verdicts.append(Verdict.UNKNOWN)
    return Health(
        cluster=scene.snapshot.cluster.name,
        at=scene.now,
        verdict=worst(verdicts),
        installations=installations,
        findings=ordered,
        blind=blind,
    )


def _order(owners: dict[str, Installation], finding: Finding) -> tuple[bool, bool, int, int, str]:
    """Installations before the rest, roots before effects, worst first, then the pack's order."""
    owner = owners.get(finding.installation or "")
    rank = owner.rank(finding.component) if owner else 0
    return (owner is None, not finding.root, -finding.verdict.weight, rank, finding.key)


def _installation(scene: Scene, installation: Installation, findings: list[Finding]) -> InstallationHealth:
    members = [m for m in installation.members if m.workloads or any(f.component == m.key for f in findings)]
    hidden = is_hidden(scene.snapshot, installation.namespace)
    components = tuple(_component(scene, installation, member, findings, hidden=hidden) for member in members)
    verdict = _verdict(installation, components, findings)
    roots = [f for f in findings if f.root]
    return InstallationHealth(
        product=installation.product.key,
        title=installation.product.title,
        namespace=installation.namespace,
        release=installation.release,
        chart=installation.chart,
        app_version=installation.app_version,
        verdict=verdict,
        headline=headline(verdict, roots, components),
        components=components,
        groups=_groups(installation, components),
        off=installation.off,
        since=min((f.since for f in roots if f.since and f.verdict is verdict), default=None),
        summary=summary(verdict, findings, components),
    )


def _groups(
    installation: Installation, components: tuple[ComponentHealth, ...]
) -> tuple[tuple[str, str], ...]:
    used = {component.group for component in components}
    known = tuple((group.key, group.title) for group in installation.product.groups if group.key in used)
    return (*known, ("", "Other")) if "" in used else known


def _component(
    scene: Scene, installation: Installation, member: Member, findings: list[Finding], *, hidden: bool
) -> ComponentHealth:
    verdicts = [finding.verdict for finding in findings if finding.component == member.key]
    if not verdicts and any(_is_moving(scene, ref) for ref in member.workloads):
        verdicts.append(Verdict.PROGRESSING)
    if hidden:
        verdicts.append(Verdict.UNKNOWN)
    counts = [scene.replicas(ref) for ref in member.workloads]
    known = [count for count in counts if count is not None]
    seen = len(known) == len(counts) and bool(counts)
    edges = installation.product.dependencies
    return ComponentHealth(
        key=member.key,
        title=member.title,
        group=member.group,
        verdict=worst(verdicts),
        ready=sum(count[0] for count in known) if seen else None,
        wanted=sum(count[1] for count in known) if seen else None,
        vital=member.vital,
        impact=member.part.impact if member.part else "",
        workloads=member.workloads,
        needs=tuple(edge.target for edge in edges if edge.source == member.key),
    )


def _is_moving(scene: Scene, ref: WorkloadRef) -> bool:
    """Whether a change of the workload is under way: fewer new or ready replicas than wanted."""
    shape = _ROLLING.get(ref.kind)
    workload = scene.snapshot.get(shape, ref.namespace, ref.name) if shape else None
    if workload is None:
        counts = scene.replicas(ref)
        return counts is not None and counts[0] < counts[1]
    return is_short(workload)


def _verdict(
    installation: Installation, components: tuple[ComponentHealth, ...], findings: list[Finding]
) -> Verdict:
    parts = [weighed_verdict(Place(installation, c.key), c.verdict) for c in components]
    known = {component.key for component in components}
    rest = [finding.verdict for finding in findings if finding.component not in known]
    return worst([*parts, *rest])
