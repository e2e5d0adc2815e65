"""Home, the whole cluster in one look: is it well, and if not, where and why.

Puts health, capacity and sight side by side. It judges nothing itself: every verdict here was found by the
health engine, and while the picture is still loading there is none.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from mission_control.domain.objects import CronJob, DaemonSet, Deployment, Job, Object, Pod, StatefulSet
from mission_control.domain.product import Product
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.usage import UsageIndex
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
from mission_control.services.capacity import Capacity, NamespaceLine, capacity, namespace_lines
from mission_control.services.freshness import Freshness, freshness
from mission_control.services.releases import ReleaseList, releases

_COUNTED: tuple[tuple[str, type[Object]], ...] = (
    ("Pod", Pod),
    ("Deployment", Deployment),
    ("StatefulSet", StatefulSet),
    ("DaemonSet", DaemonSet),
    ("Job", Job),
    ("CronJob", CronJob),
)


class InstallationLine(msgspec.Struct, frozen=True):
    """An installation in one line. `ready` of `wanted` pods; None when they cannot be seen."""

    key: str
    product: str
    title: str
    namespace: str
    release: str
    verdict: Verdict
    headline: str
    since: datetime | None
    version: str
    app_version: str
    ready: int | None
    wanted: int | None
    components: tuple[ComponentLine, ...]


class ComponentLine(msgspec.Struct, frozen=True):
    """A component as a mark with its name, and the first of its workloads."""

    key: str
    title: str
    verdict: Verdict
    ready: int | None
    wanted: int | None
    workload: WorkloadRef | None


class Outside(msgspec.Struct, frozen=True):
    """The workloads that belong to no known installation: how many faults, and the roots among them."""

    verdict: Verdict
    roots: tuple[Finding, ...]
    effects: int


class KindCount(msgspec.Struct, frozen=True):
    """How many objects of a kind there are; None when the kind may not be listed everywhere."""

    kind: str
    count: int | None


class Home(msgspec.Struct, frozen=True):
    """The Home page. `verdict` is None until the first full picture."""

    cluster: str
    version: str
    namespaces: tuple[str, ...] | None
    freshness: Freshness
    verdict: Verdict | None
    since: datetime | None
    installations: tuple[InstallationLine, ...]
    outside: Outside
    capacity: Capacity | None
    lines: tuple[NamespaceLine, ...]
    kinds: tuple[KindCount, ...]
    blind: tuple[Blind, ...]
    releases: ReleaseList


def home(snapshot: Snapshot, health: Health, usage: UsageIndex, products: tuple[Product, ...] = ()) -> Home:
    """The cluster in one look. `products` tell whose charts the releases are."""
    lines = namespace_lines(snapshot, usage)
    seen = freshness(snapshot)
    installations = tuple(map(installation_line, health.installations)) if seen.allows_verdicts else ()
    worst_first = sorted(installations, key=lambda line: (-line.verdict.weight, line.title, line.key))
    wrong = [line for line in installations if line.verdict.weight > Verdict.PROGRESSING.weight]
    return Home(
        cluster=snapshot.cluster.name,
        version=snapshot.cluster.version,
        namespaces=snapshot.cluster.namespaces,
        freshness=seen,
        verdict=health.verdict if seen.allows_verdicts else None,
        since=min((line.since for line in wrong if line.since), default=None),
        installations=tuple(worst_first),
        outside=outside(health.findings if seen.allows_verdicts else ()),
        capacity=capacity(snapshot, usage, lines),
        lines=lines,
        kinds=tuple(_count(snapshot, kind, shape) for kind, shape in _COUNTED),
        blind=health.blind,
        releases=releases(snapshot, products),
    )


def installation_line(installation: InstallationHealth) -> InstallationLine:
    """An installation as one line."""
    ready = [component.ready for component in installation.components if component.ready is not None]
    wanted = [component.wanted for component in installation.components if component.wanted is not None]
    return InstallationLine(
        key=installation.key,
        product=installation.product,
        title=installation.title,
        namespace=installation.namespace,
        release=installation.release,
        verdict=installation.verdict,
        headline=installation.headline,
        since=installation.since,
        version=installation.chart.rpartition("-")[2] if installation.chart else "",
        app_version=installation.app_version,
        ready=sum(ready) if ready else None,
        wanted=sum(wanted) if wanted else None,
        components=tuple(map(_component_line, installation.components)),
    )


def _component_line(component: ComponentHealth) -> ComponentLine:
    return ComponentLine(
        component.key,
        component.title,
        component.verdict,
        component.ready,
        component.wanted,
        component.workloads[0] if component.workloads else None,
    )


def outside(findings: Iterable[Finding]) -> Outside:
    """What is wrong with workloads that belong to no installation, worst roots first."""
    mine = [finding for finding in findings if finding.installation is None]
    roots = sorted((finding for finding in mine if finding.root), key=lambda finding: -finding.verdict.weight)
    return Outside(worst([finding.verdict for finding in mine]), tuple(roots), len(mine) - len(roots))


def _count(snapshot: Snapshot, kind: str, shape: type[Object]) -> KindCount:
    return KindCount(kind, len(snapshot.all(shape)) if snapshot.sees(shape) else None)
