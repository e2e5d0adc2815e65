"""An installation and its components, and which of them an object belongs to.

Names and labels decide, and the name before the label: hooks may carry the label of the component they serve.
What carries the release's label but has no place in the product pack is an ad-hoc component, so that nothing
of an installation goes unjudged. No product's name occurs here.
"""

from __future__ import annotations

import re

import msgspec

from mission_control.domain.objects import (
    DaemonSet,
    Deployment,
    Job,
    Object,
    ReplicaSet,
    Rollout,
    Service,
    StatefulSet,
)
from mission_control.domain.product import Component, JobRole, Product
from mission_control.domain.verdict import WorkloadRef

CHART_LABELS = ("helm.sh/chart", "chart")
RELEASE_LABELS = ("app.kubernetes.io/instance", "release")
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
    worn = {**(item.spec.selector if isinstance(item, Service) else {}), **item.labels}
    part = next(
        (p for p in installation.product.components if p.labels and p.labels.items() <= worn.items()), None
    )
    part = part or _component_by_chart(installation.product, item.labels)
    if part is not None and first_label(worn, keys) == installation.release:
        return part.key
    ours = first_label(item.labels, keys) == installation.release
    return rest if found and not before and ours else None
