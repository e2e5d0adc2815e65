"""Which verdict an object bears in a list or on its own page, and which finding says so.

Findings are about few objects; lists show many. An object bears the worst finding about it or about what it
controls. One that is not ready and has no finding bears the verdict of its component, and where that is well
it is simply on its way.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from mission_control.domain.kinds import kind_named, kind_of
from mission_control.domain.objects import (
    DaemonSet,
    Deployment,
    Job,
    Node,
    Object,
    Pod,
    Rollout,
    StatefulSet,
    condition,
)
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.verdict import (
    Acceptance,
    ComponentHealth,
    Finding,
    Health,
    InstallationHealth,
    Verdict,
    worst,
)
from mission_control.services.capacity import is_ready
from mission_control.services.states import ready_wanted

NODE_TROUBLES = ("MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable")
_Place = tuple[str, str, str]


class Marks:
    """The verdicts of a judgement, by object."""

    def __init__(self, snapshot: Snapshot, health: Health) -> None:
        """Index a judgement: each finding under its subject and under all that controls the subject."""
        self._snapshot = snapshot
        self._by_key = {finding.key: finding for finding in health.findings}
        self._found: dict[_Place, list[Finding]] = {}
        for finding in health.findings:
            for place in self._upward(
                (finding.subject.kind, finding.subject.namespace, finding.subject.name)
            ):
                self._found.setdefault(place, []).append(finding)
        self._accepted = {
            place: entry.acceptance
            for entry in health.accepted
            for finding in (entry.finding, *entry.effects)
            for place in self._upward((finding.subject.kind, finding.subject.namespace, finding.subject.name))
        }
        self._homes = {
            (ref.kind, ref.namespace, ref.name): (installation, component)
            for installation in health.installations
            for component in installation.components
            for ref in component.workloads
        }

    def findings(self, item: Object) -> tuple[Finding, ...]:
        """The findings about an object or what it controls, worst and roots first.

        Of an object that is not as wanted and has none, those about what controls it or what it uses.
        """
        found = self._found.get(_place(item), [])
        if not found and not _is_as_wanted(item):
            found = [entry for place in self._around(item) for entry in self._found.get(place, ())]
        return tuple(sorted(found, key=lambda entry: (-entry.verdict.weight, not entry.root)))

    def verdict(self, item: Object) -> Verdict:
        """The verdict that an object bears."""
        found = [entry.verdict for entry in self._found.get(_place(item), ())]
        if isinstance(item, Node):
            return worst([*found, node_verdict(item)])
        if found:
            return worst(found)
        if _is_as_wanted(item) or _place(item) in self._accepted:
            return Verdict.HEALTHY
        home = self.home(item)
        is_bad = home is not None and home[1].verdict.weight > Verdict.PROGRESSING.weight
        return home[1].verdict if home is not None and is_bad else Verdict.PROGRESSING

    def acceptance(self, item: Object) -> Acceptance | None:
        """Why what is wrong with an object counts for nothing; None when nothing was accepted about it."""
        return self._accepted.get(_place(item))

    def weight(self, item: Object) -> int:
        """The weight of the verdict, found quickly for the many pods that give no reason to look."""
        if isinstance(item, Pod) and (item.metadata.namespace, item.metadata.name) not in self._odd:
            return Verdict.HEALTHY.weight
        return self.verdict(item).weight

    @cached_property
    def _odd(self) -> set[tuple[str, str]]:
        """The pods that are not well or have findings."""
        unwell = {(pod.namespace, pod.name) for pod in self._snapshot.unwell_pods()}
        return unwell | {place[1:] for place in self._found if place[0] == "Pod"}

    def home(self, item: Object) -> tuple[InstallationHealth, ComponentHealth] | None:
        """The installation and component that an object belongs to, by what controls it."""
        return next(
            (self._homes[place] for place in self._upward(_place(item)) if place in self._homes), None
        )

    def controllers(self, item: Object) -> tuple[Object, ...]:
        """What controls an object, nearest first, as far as it can be seen."""
        chain: list[Object] = []
        seen = {_place(item)}
        owner = item.metadata.controller
        while owner is not None and (kind := kind_named(owner.kind)) is not None:
            found = self._snapshot.get(kind.shape, item.namespace if kind.namespaced else "", owner.name)
            if found is None or _place(found) in seen:
                break
            seen.add(_place(found))
            chain.append(found)
            owner = found.metadata.controller
        return tuple(chain)

    def root(self, finding: Finding) -> Finding | None:
        """The root of an effect; None for a root, or when it was not found."""
        return self._by_key.get(finding.effect_of) if finding.effect_of else None

    def _around(self, item: Object) -> Iterator[_Place]:
        """What controls an object, and the claims and the node that a pod uses."""
        yield from (_place(owner) for owner in self.controllers(item))
        if isinstance(item, Pod):
            yield ("Node", "", item.spec.node_name)
            for volume in item.spec.volumes:
                if volume.persistent_volume_claim:
                    claim = volume.persistent_volume_claim.claim_name
                    yield ("PersistentVolumeClaim", item.namespace, claim)

    def _upward(self, place: _Place) -> Iterator[_Place]:
        yield place
        kind = kind_named(place[0])
        item = self._snapshot.get(kind.shape, place[1], place[2]) if kind else None
        if item is not None:
            yield from (_place(owner) for owner in self.controllers(item))


def node_troubles(node: Node) -> tuple[str, ...]:
    """The conditions of a node that it should not have."""
    return tuple(
        entry.type for entry in node.status.conditions if entry.is_true and entry.type in NODE_TROUBLES
    )


def node_verdict(node: Node) -> Verdict:
    """What a node says of itself, whether or not anything of ours runs on it."""
    ready = condition(node.status.conditions, "Ready")
    if ready is None or not ready.is_true:
        return Verdict.BROKEN if ready is not None and ready.status == "False" else Verdict.UNKNOWN
    return Verdict.DEGRADED if node_troubles(node) else Verdict.HEALTHY


def _place(item: Object) -> _Place:
    return (kind_of(type(item)).kind, item.namespace, item.name)


def _is_as_wanted(item: Object) -> bool:
    match item:
        case Pod():
            return item.metadata.deletion_timestamp is None and (
                item.status.phase == "Succeeded" or is_ready(item)
            )
        case Deployment() | StatefulSet() | DaemonSet() | Rollout():
            ready, wanted = ready_wanted(item)
            return (ready or 0) >= (wanted or 0)
        case Job():
            return item.spec.suspend or not item.status.active
        case _:
            return True
