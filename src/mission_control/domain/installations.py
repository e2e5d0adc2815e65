"""Which installations of known products a cluster holds, told by labels.

Helm's own records are Secrets, which the console mostly may not read; every chart puts the same facts on its
objects as labels, and most names are built from the installation's own name and a suffix the pack knows. A
record that was read counts only for an installation of which nothing runs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from mission_control.domain.membership import (
    CHART_LABELS,
    RELEASE_LABELS,
    Installation,
    Member,
    chart_name,
    component_of,
    first_label,
    part_of_name,
    template_labels,
)
from mission_control.domain.objects import (
    CronJob,
    DaemonSet,
    Deployment,
    Job,
    Object,
    PersistentVolumeClaim,
    Pod,
    Rollout,
    Service,
    StatefulSet,
)
from mission_control.domain.product import Product
from mission_control.domain.release import newest
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.verdict import WorkloadRef

__all__ = [
    "RELEASE_LABELS",
    "WORKLOADS",
    "Installation",
    "Member",
    "chart_name",
    "recognise",
    "template_labels",
]

NAME_LABEL = "app.kubernetes.io/name"
VERSION_LABEL = "app.kubernetes.io/version"
_REMOVED = ("uninstalled", "uninstalling")
WORKLOADS: tuple[type[Object], ...] = (Deployment, StatefulSet, DaemonSet, Rollout, Job, CronJob)


def recognised(snapshot: Snapshot, products: tuple[Product, ...]) -> tuple[Installation, ...]:
    """The same as `recognise`, worked out once until a workload, Service, claim or record changes."""
    if _hidden(snapshot):
        return recognise(snapshot, products)
    shapes: tuple[type[Object], ...] = (*WORKLOADS, Service, PersistentVolumeClaim)
    records = tuple((r.namespace, r.name, r.chart, r.status) for r in newest(snapshot.readings.releases))
    key = ("installations", *map(id, products), records)
    found, _ = snapshot.once(shapes, key, lambda: (recognise(snapshot, products), products))
    return found


def recognise(snapshot: Snapshot, products: Iterable[Product]) -> tuple[Installation, ...]:
    """Every installation of the given products that the picture shows, ordered by namespace and release."""
    found: dict[tuple[str, str], Product] = {}
    members: dict[tuple[str, str], list[Object]] = {}
    packs = tuple(products)
    by_chart, by_name = _signs(packs)
    keys = tuple(dict.fromkeys([*(pack.recognise.instance_label for pack in packs), *RELEASE_LABELS]))
    for item in _candidates(snapshot, keys):
        place = (item.namespace, first_label(item.labels, keys))
        members.setdefault(place, []).append(item)
        product = by_chart.get(chart_name(first_label(item.labels, CHART_LABELS)))
        product = product or by_name.get(item.labels.get(NAME_LABEL, ""))
        if product is not None:
            found.setdefault(place, product)
    for release in newest(snapshot.readings.releases):
        place = (release.namespace, release.name)
        if place not in found and release.chart in by_chart and release.status not in _REMOVED:
            found[place] = by_chart[release.chart]  # nothing of it runs, which must not look like nothing
            members.setdefault(place, [])
    return tuple(_installation(snapshot, found[place], place, members[place]) for place in sorted(found))


def _signs(products: Iterable[Product]) -> tuple[dict[str, Product], dict[str, Product]]:
    by_chart: dict[str, Product] = {}
    by_name: dict[str, Product] = {}
    for product in products:
        by_chart |= dict.fromkeys(product.recognise.charts, product)
        by_name |= dict.fromkeys(product.recognise.name_labels, product)
    return by_chart, by_name


def _candidates(snapshot: Snapshot, release_labels: tuple[str, ...]) -> Iterator[Object]:
    """Every workload with a release's label; pods stand in for workloads where those may not be read."""
    for shape in WORKLOADS:
        for item in snapshot.all(shape):
            if any(key in item.labels for key in release_labels) and not _made_by_a_schedule(item):
                yield item
    hidden = _hidden(snapshot)
    if hidden:
        for pod in snapshot.all(Pod):
            if (None in hidden or pod.namespace in hidden) and any(
                key in pod.labels for key in release_labels
            ):
                yield pod


def _hidden(snapshot: Snapshot) -> set[str | None]:
    """The namespaces whose workloads may not be read; None for all."""
    return {s.namespace for s in snapshot.sights if s.kind.shape is Deployment and s.state == "refused"}


def _made_by_a_schedule(item: Object) -> bool:
    owner = item.metadata.controller
    return isinstance(item, Job) and owner is not None and owner.kind == "CronJob"


def _installation(
    snapshot: Snapshot, product: Product, place: tuple[str, str], items: list[Object]
) -> Installation:
    namespace, release = place
    charts = Counter(
        label
        for label in (first_label(item.labels, CHART_LABELS) for item in items)
        if chart_name(label) in product.recognise.charts
    )
    chart = charts.most_common(1)[0][0] if charts else ""
    versions = Counter(
        item.labels[VERSION_LABEL]
        for item in items
        if VERSION_LABEL in item.labels and first_label(item.labels, CHART_LABELS) == chart
    )
    bare = Installation(
        product=product,
        namespace=namespace,
        release=release,
        fullname=_fullname(product, release, items),
        chart=chart,
        app_version=versions.most_common(1)[0][0] if versions else "",
    )
    return msgspec.structs.replace(bare, members=_members(snapshot, bare, items))


def _fullname(product: Product, release: str, items: list[Object]) -> str:
    """The part that the names of an installation's objects have in common, found by counting.

    Charts build it from the release's name and an override, so it cannot be computed; but most names are
    "<fullname>-<suffix>" with a suffix that the pack knows. Where none is, Helm's usual form is tried.
    """
    known = {s for part in product.components for s in part.suffixes if s}
    known |= {s for role in product.jobs for s in role.suffixes}
    suffixes = sorted(known, key=len, reverse=True)
    votes: Counter[str] = Counter()
    for item in items:
        suffix = next((s for s in suffixes if item.name.endswith("-" + s)), None)
        if suffix is not None:
            votes[item.name[: -len(suffix) - 1]] += 1
    if not votes:
        usual = [f"{release}-{chart}" for chart in product.recognise.charts]
        return next((name for name in usual if any(i.name.startswith(name) for i in items)), release)
    most = max(votes.values())
    best = [name for name, count in votes.items() if count == most]
    return release if release in best else min(best, key=len)


def _members(snapshot: Snapshot, bare: Installation, items: list[Object]) -> tuple[Member, ...]:
    workloads: dict[str, list[WorkloadRef]] = {}
    jobs: dict[str, list[WorkloadRef]] = {}
    for item in items:
        if isinstance(item, Pod):
            if _keeps_running(item):
                workloads.setdefault(_pod_key(bare, item), [])
            continue
        key, _ = component_of(bare, item)
        ref = WorkloadRef(type(item).__name__, item.namespace, item.name)
        (jobs if isinstance(item, Job | CronJob) else workloads).setdefault(key, []).append(ref)
    services = _by_component(bare, snapshot.within(Service, bare.namespace))
    claims = _by_component(bare, snapshot.within(PersistentVolumeClaim, bare.namespace))
    parts = {part.key: part for part in bare.product.components}
    keys = [key for key in parts if key in workloads or key in jobs]
    keys += sorted(key for key in {*workloads, *jobs} if key not in parts)
    return tuple(
        Member(
            key=key,
            title=parts[key].title if key in parts else key,
            group=parts[key].group if key in parts else "",
            part=parts.get(key),
            workloads=tuple(workloads.get(key, ())),
            jobs=tuple(jobs.get(key, ())),
            services=tuple(services.get(key, ())),
            claims=tuple(claims.get(key, ())),
        )
        for key in keys
    )


def _keeps_running(pod: Pod) -> bool:
    """Whether a pod belongs to something that keeps running, not to a Job."""
    owner = pod.metadata.controller
    return owner is None or owner.kind != "Job"


def _pod_key(bare: Installation, pod: Pod) -> str:
    """A pod's component where its workload is not seen: its label, else its name as a workload's."""
    label = pod.labels.get(bare.product.recognise.component_label)
    suffix = bare.suffix(label or pod.name)
    part = bare.component_named(suffix)
    return part.key if part else suffix


def _by_component(bare: Installation, items: Iterable[Object]) -> dict[str, list[str]]:
    """Names of Services or claims by component: by label, or by a name that holds the component's."""
    found: dict[str, list[str]] = {}
    for item in items:
        key = part_of_name(bare, item)
        if key is not None:
            found.setdefault(key, []).append(item.name)
    return found
