"""Which installations of known products a cluster holds, told by labels alone.

Helm's own records are Secrets, which the console does not read; every chart puts the same facts on its
objects as labels. What carries the release's label but has no place in the product pack becomes an ad-hoc
component, so that nothing of an installation goes unjudged. No product's name occurs here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from mission_control.domain.objects import (
    CronJob,
    DaemonSet,
    Deployment,
    Job,
    Object,
    PersistentVolumeClaim,
    Pod,
    ReplicaSet,
    Rollout,
    Service,
    StatefulSet,
)
from mission_control.domain.product import Component, JobRole, Product
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.verdict import WorkloadRef

CHART_LABELS = ("helm.sh/chart", "chart")
RELEASE_LABELS = ("app.kubernetes.io/instance", "release")
NAME_LABEL = "app.kubernetes.io/name"
VERSION_LABEL = "app.kubernetes.io/version"
WORKLOADS: tuple[type[Object], ...] = (Deployment, StatefulSet, DaemonSet, Rollout, Job, CronJob)
_VERSION = re.compile(r"-v?\d+\.\d+.*$")


class Member(msgspec.Struct, frozen=True):
    """A component as one installation has it. `part` is its entry in the pack; None for an ad-hoc one."""

    key: str
    title: str
    group: str
    part: Component | None = None
    workloads: tuple[WorkloadRef, ...] = ()
    jobs: tuple[WorkloadRef, ...] = ()
    services: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()

    @property
    def vital(self) -> bool:
        """Whether the product does not work without it."""
        return self.part is not None and self.part.vital


class Installation(msgspec.Struct, frozen=True):
    """One release of a product in one namespace. `members` are in the pack's order, ad-hoc ones last."""

    product: Product
    namespace: str
    release: str
    fullname: str
    chart: str = ""
    app_version: str = ""
    members: tuple[Member, ...] = ()

    @property
    def key(self) -> str:
        """Its name in findings: namespace and release with a slash between."""
        return f"{self.namespace}/{self.release}"

    @property
    def off(self) -> tuple[str, ...]:
        """The components of the product that this installation does not run."""
        have = {member.key for member in self.members if member.workloads}
        return tuple(part.key for part in self.product.components if part.key not in have)

    def member(self, key: str | None) -> Member | None:
        """The component with that key, or None."""
        return next((member for member in self.members if member.key == key), None)

    def rank(self, key: str | None) -> int:
        """Its place in the order of importance: 0 is the most important; unknown ones come last."""
        keys = [part.key for part in self.product.components]
        return keys.index(key) if key in keys else len(keys)

    def suffix(self, name: str) -> str:
        """What follows the installation's own name in an object's name; the whole name when nothing does."""
        return name.removeprefix(self.fullname + "-")

    def component_named(self, suffix: str) -> Component | None:
        """The pack's component with that suffix."""
        return next((part for part in self.product.components if suffix in part.suffixes), None)

    def role_named(self, suffix: str) -> JobRole | None:
        """The Job that a suffix means; charts may append something random, so the longest start counts."""
        fits = [
            (len(known), role)
            for role in self.product.jobs
            for known in role.suffixes
            if suffix == known or suffix.startswith(known + "-")
        ]
        return max(fits, key=lambda fit: fit[0])[1] if fits else None


def chart_name(label: str) -> str:
    """The chart's name in a label such as "some-chart-0.16.11"."""
    return _VERSION.sub("", label)


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
    return tuple(_installation(snapshot, found[place], place, members[place]) for place in sorted(found))


def first_label(labels: dict[str, str], keys: tuple[str, ...]) -> str:
    """The value of the first of some labels that is there; empty when none is."""
    return next((labels[key] for key in keys if key in labels), "")


def template_labels(item: Object) -> dict[str, str]:
    """The labels that a workload puts on its pods; those of the object itself where it has no template."""
    match item:
        case Deployment() | StatefulSet() | DaemonSet() | ReplicaSet() | Rollout() | Job():
            return item.spec.template.metadata.labels
        case _:
            return item.labels


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
    hidden = {s.namespace for s in snapshot.sights if s.kind.shape is Deployment and s.state == "refused"}
    if hidden:
        for pod in snapshot.all(Pod):
            if (None in hidden or pod.namespace in hidden) and any(
                key in pod.labels for key in release_labels
            ):
                yield pod


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
    "<fullname>-<suffix>" with a suffix that the pack knows.
    """
    suffixes = sorted({s for part in product.components for s in part.suffixes if s}, key=len, reverse=True)
    votes: Counter[str] = Counter()
    for item in items:
        name = item.name
        suffix = next((s for s in suffixes if name.endswith("-" + s)), None)
        if suffix is not None:
            votes[name[: -len(suffix) - 1]] += 1
    if not votes:
        return release
    most = max(votes.values())
    best = [name for name, count in votes.items() if count == most]
    return release if release in best else min(best, key=len)


def component_of(installation: Installation, item: Object) -> tuple[str, JobRole | None]:
    """The key of the component that a workload of the installation belongs to, and its role when it is a Job.

    The name decides before the labels: hook Jobs may carry the label of the component they serve.
    """
    recognise = installation.product.recognise
    own, pods = item.labels, template_labels(item)
    named = [
        installation.suffix(name)
        for name in (item.name, pods.get(recognise.component_label), own.get(recognise.component_label))
        if name
    ]
    if isinstance(item, Job):
        role = next((role for role in map(installation.role_named, named) if role), None)
        return (role.component, role) if role else (named[0], None)
    for part in installation.product.components:
        if part.labels and all(pods.get(key, own.get(key)) == value for key, value in part.labels.items()):
            return part.key, None
    known = next((part for part in map(installation.component_named, named) if part), None)
    known = known or _component_by_chart(installation.product, own)
    return (known.key if known else named[0]), None


def _component_by_chart(product: Product, labels: dict[str, str]) -> Component | None:
    chart = chart_name(first_label(labels, CHART_LABELS))
    return next((part for part in product.components if chart and chart in part.charts), None)


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


def part_of_name(installation: Installation, item: Object) -> str | None:
    """The component of a Service, a claim or any other object of the installation that is no workload.

    Claims of a StatefulSet are named "<template>-<fullname>-<suffix>-<ordinal>" and may carry no label.
    """
    before, found, rest = item.name.partition(installation.fullname + "-")
    if found and (not before or before.endswith("-")):
        rest = re.sub(r"-\d+$", "", rest) if before else rest
        part = installation.component_named(rest)
        if part is not None:
            return part.key
    label = item.labels.get(installation.product.recognise.component_label, "")
    part = installation.component_named(installation.suffix(label)) if label else None
    if part is not None:
        return part.key
    keys = (installation.product.recognise.instance_label, *RELEASE_LABELS)
    ours = first_label(item.labels, keys) == installation.release
    return rest if found and not before and ours else None
