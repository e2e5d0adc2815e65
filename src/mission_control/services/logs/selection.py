"""Which containers a reader means, and which of them may be followed: the one place where that is decided.

Whoever may not see a namespace gets nothing of it; `Reachable` says so before any log is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec

from mission_control.domain.installations import recognised
from mission_control.domain.logs.entries import Source
from mission_control.domain.logs.lives import life_of
from mission_control.domain.objects import Pod
from mission_control.domain.places import Place, Places
from mission_control.domain.product import Product
from mission_control.domain.snapshot import Snapshot

MOST = 400
"""Containers that one reader may follow."""

Sees = Callable[[str], bool]
"""Whether somebody may see a namespace."""


def everything(_: str) -> bool:
    """The sight of whoever may see all."""
    return True


class Selection(msgspec.Struct, frozen=True):
    """What to read. Empty parts do not narrow; the others must all fit.

    `installation` is "namespace/release"; `workload` "Kind/namespace/name"; `pods` "namespace/name" or a
    name; `words` are what the command line was given: components, workloads, pods or parts of pods' names.
    """

    installation: str = ""
    components: tuple[str, ...] = ()
    workload: str = ""
    pods: tuple[str, ...] = ()
    containers: tuple[str, ...] = ()
    namespace: str = ""
    words: tuple[str, ...] = ()

    @property
    def names_nothing(self) -> bool:
        """Whether it means the whole cluster, which nobody follows by accident."""
        return self == Selection()


class Chosen(msgspec.Struct, frozen=True):
    """What a selection means now. `total` counts all containers when they are more than may be followed.

    `blind`: namespaces whose pods may not be seen by the console; `components` and `pods` are what there is.
    """

    sources: tuple[Source, ...] = ()
    total: int = 0
    pods: int = 0
    components: tuple[str, ...] = ()
    blind: tuple[str, ...] = ()


class Catalog:
    """The containers of one picture with their places."""

    def __init__(self, snapshot: Snapshot, products: tuple[Product, ...], sees: Sees = everything) -> None:
        self._snapshot, self._sees = snapshot, sees
        self._places = Places(snapshot, recognised(snapshot, products))

    def choose(self, selection: Selection) -> Chosen:
        """What the selection means in this picture, in the order of names."""
        found: list[Source] = []
        pods, components = 0, set()
        for pod in sorted(self._candidates(selection), key=lambda pod: (pod.namespace, pod.name)):
            place = self._places.pod(pod)
            if not _fits(selection, pod, place):
                continue
            sources = [one for one in _sources(pod, place) if _is_wanted(selection, one, place)]
            found += sources
            pods += bool(sources)
            components |= {place.component} if place.component and sources else set()
        return Chosen(
            tuple(found[:MOST]), len(found), pods, tuple(sorted(components)), self._blind(selection)
        )

    def _candidates(self, selection: Selection) -> Iterable[Pod]:
        space = selection.namespace or selection.installation.partition("/")[0]
        if not space and selection.workload:
            space = selection.workload.split("/")[1]
        pods = self._snapshot.within(Pod, space) if space else self._snapshot.all(Pod)
        return (pod for pod in pods if self._sees(pod.namespace))

    def _blind(self, selection: Selection) -> tuple[str, ...]:
        space = selection.namespace or selection.installation.partition("/")[0]
        refused = [
            sight.namespace or ""
            for sight in self._snapshot.sights
            if sight.kind.kind == "Pod" and sight.state == "refused"
        ]
        return tuple(name for name in refused if not space or name in ("", space))


def _fits(selection: Selection, pod: Pod, place: Place) -> bool:
    if selection.installation and (
        place.installation is None or place.installation.key != selection.installation
    ):
        return False
    if selection.components and place.component not in selection.components:
        return False
    if selection.workload and not _is_of(selection.workload, place, pod):
        return False
    names = (pod.name, f"{pod.namespace}/{pod.name}")
    return not selection.pods or any(name in selection.pods for name in names)


def _is_of(workload: str, place: Place, pod: Pod) -> bool:
    kind, _, rest = workload.partition("/")
    if place.workload is not None and f"{place.workload.namespace}/{place.workload.name}" == rest:
        return place.workload.kind == kind
    owner = pod.metadata.controller
    return owner is not None and (owner.kind, f"{pod.namespace}/{owner.name}") == (kind, rest)


def _is_wanted(selection: Selection, source: Source, place: Place) -> bool:
    if selection.containers and source.container not in selection.containers:
        return False
    return not selection.words or any(_is_meant(word, source, place) for word in selection.words)


def _is_meant(word: str, source: Source, place: Place) -> bool:
    """Whether a word of the command line means this container: the exact names first, then parts of names."""
    kind, slash, name = word.partition("/")
    if slash:
        if kind.lower() in ("pod", "pods", "po"):
            return source.pod == name
        workload = place.workload
        return (
            workload is not None
            and workload.name == name
            and workload.kind.lower().startswith(kind.lower()[:4])
        )
    workload_name = place.workload.name if place.workload else ""
    release = place.installation.release if place.installation else ""
    return word in (place.component, workload_name, source.pod, release) or (
        place.component is None and word in source.pod
    )


def _sources(pod: Pod, place: Place) -> Iterator[Source]:
    """The containers of a pod that have run or may: init containers first, as they do."""
    component = place.component or ""
    for role, containers in (("init", pod.spec.init_containers), ("", pod.spec.containers)):
        for container in containers:
            is_sidecar = role == "init" and container.restart_policy == "Always"
            yield Source(
                pod.namespace,
                pod.name,
                container.name,
                "sidecar" if is_sidecar else role,
                pod.spec.node_name,
                component,
            )


def is_finished(snapshot: Snapshot, source: Source) -> bool:
    """Whether the container has ended for good, so that there is only a past to read."""
    pod = snapshot.get(Pod, source.namespace, source.pod)
    if pod is None:
        return True
    life = life_of(pod, source.container)
    return life.is_over and life.doing != "running"
