"""The picture: everything that was seen of a cluster at one moment, indexed, immutable and cheap to share.

A `Shelf` holds the objects of one kind. Changing it makes a new shelf that shares everything that did not
change, so a judgement can take its time over one picture while the watches already build the next. Kinds that
are still loading, refused, silent or not served are a state of the picture (`Sight`), never an exception.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Literal, TypeVar, cast
from weakref import ReferenceType, ref

import msgspec

from mission_control.domain.kinds import KINDS, Kind, kind_of
from mission_control.domain.objects import Event, Namespace, Object, Pod
from mission_control.domain.readings import Readings

Seen = TypeVar("Seen", bound=Object)
Answer = TypeVar("Answer")
SightState = Literal["loading", "live", "stale", "refused", "absent"]
Index = dict[str, dict[tuple[str, str], Object]]
ELSEWHERE = ""
"""The namespace of a sight that speaks of every namespace without a sight of its own."""


class Sight(msgspec.Struct, frozen=True):
    """How well one kind is seen: in one namespace, (None) wherever the console looks, or ELSEWHERE.

    `refused`: the API server said no; `needs` names the missing right. `stale`: the watch is silent past its
    limit or the server cannot be reached. `absent`: the cluster does not serve the kind, which is no fault.
    `role`: it is refused to this person by the console, and this role of it would show it.
    """

    kind: Kind
    state: SightState
    namespace: str | None = None
    reason: str = ""
    needs: str = ""
    since: datetime | None = None
    role: str = ""


class Shelf:
    """The objects of one kind by (namespace, name), indexed by namespace, owner, node and subject.

    `answers` are those that were worked out of this shelf and of others, which are held weakly. `_kept` are
    those about single groups; a later shelf takes over the ones whose group did not change.
    """

    __slots__ = ("__weakref__", "_by_group", "_kept", "answers", "items")

    def __init__(
        self, items: dict[tuple[str, str], Object] | None = None, groups: Index | None = None
    ) -> None:
        """Take ownership of both mappings; nobody may change them afterwards."""
        self.items: Mapping[tuple[str, str], Object] = items if items is not None else {}
        self._by_group: Index = groups if groups is not None else _grouped(self.items.values())
        self._kept: dict[str, dict[Hashable, Any]] = {}
        self.answers: dict[Hashable, tuple[tuple[ReferenceType[Shelf] | None, ...], Any]] = {}

    def with_changes(self, changed: Iterable[Object], gone: Iterable[tuple[str, str]]) -> Shelf:
        """A shelf with some objects replaced or added and others (by namespace and name) taken away."""
        items, groups = dict(self.items), dict(self._by_group)
        fresh: set[str] = set()
        for key in gone:
            old = items.pop(key, None)
            if old is not None:
                _move(groups, fresh, old, None)
        for new in changed:
            key = (new.namespace, new.name)
            _move(groups, fresh, items.get(key), new)
            items[key] = new
        shelf = Shelf(items, groups)
        same = (key for key in self._kept if groups.get(key) is self._by_group.get(key))
        shelf._kept = {key: self._kept[key] for key in same}
        return shelf

    def group(self, key: str) -> Collection[Object]:
        """The objects under one index key, as `group_keys` makes them."""
        return self._by_group.get(key, {}).values()

    def of_group(self, group: str, key: Hashable, answer: Callable[[Collection[Object]], Answer]) -> Answer:
        """An answer that follows from one group alone, kept until the group changes."""
        answers = self._kept.setdefault(group, {})
        if key not in answers:
            answers[key] = answer(self.group(group))
        return cast("Answer", answers[key])

    def differences(self, earlier: Shelf) -> Iterator[tuple[Object | None, Object | None]]:
        """What differs from an earlier shelf: the object then and now; equal groups cost nothing."""
        if earlier is self:
            return
        names = [key for key in {**self._by_group, **earlier._by_group} if key.startswith("ns:")]
        for name in names:
            now, then = self._by_group.get(name, {}), earlier._by_group.get(name, {})
            yield from _apart(then, now)
        if not names:
            yield from _apart(earlier.items, self.items)

    def part(self, key: str) -> Mapping[tuple[str, str], Object]:
        """The same by (namespace, name); nobody may change it."""
        return self._by_group.get(key, {})

    @property
    def namespaces(self) -> list[str]:
        """The namespaces that have any, in no particular order."""
        return [key.removeprefix("ns:") for key in self._by_group if key.startswith("ns:")]

    def __len__(self) -> int:
        """How many objects there are."""
        return len(self.items)


def group_keys(item: Object) -> Iterator[str]:
    """The index keys of an object: its namespace, its owners, its node, or the object an event is about.

    Pods that are not well, and those with a claim, have one more each, because few of many are.
    """
    if item.namespace:
        yield f"ns:{item.namespace}"
    for owner in item.metadata.owner_references:
        yield f"owner:{owner.uid}"
    if isinstance(item, Pod):
        if item.spec.node_name:
            yield f"node:{item.spec.node_name}"
        if not item.is_well:
            yield "unwell"
        if any(volume.persistent_volume_claim for volume in item.spec.volumes):
            yield "claims"
    if isinstance(item, Event):
        about = item.involved_object
        yield f"about:{about.kind}/{about.namespace}/{about.name}"


def _grouped(items: Iterable[Object]) -> Index:
    groups: Index = {}
    for item in items:
        for key in group_keys(item):
            groups.setdefault(key, {})[item.namespace, item.name] = item
    return groups


def _move(groups: Index, fresh: set[str], old: Object | None, new: Object | None) -> None:
    """Replace `old` by `new` in the groups, copying each group once (`fresh`): older shelves keep theirs."""
    for item, is_new in ((old, False), (new, True)):
        if item is None:
            continue
        for key in group_keys(item):
            if key not in fresh:
                groups[key] = dict(groups.get(key, {}))
                fresh.add(key)
            if is_new:
                groups[key][item.namespace, item.name] = item
            else:
                groups[key].pop((item.namespace, item.name), None)
            if not groups[key]:
                del groups[key]
                fresh.discard(key)


def _apart(
    then: Mapping[tuple[str, str], Object], now: Mapping[tuple[str, str], Object]
) -> Iterator[tuple[Object | None, Object | None]]:
    if then is now:
        return
    for key, new in now.items():
        old = then.get(key)
        if old is not new:
            yield old, new
    for key, old in then.items():
        if key not in now:
            yield old, None


class ClusterFacts(msgspec.Struct, frozen=True):
    """Which cluster this is. `namespaces` None means all of them; else the console looks only into these.

    `uid` is what `cluster_key` tells, where the picture itself does not hold it.
    """

    name: str = ""
    version: str = ""
    namespaces: tuple[str, ...] | None = None
    uid: str = ""


class Snapshot(msgspec.Struct, frozen=True):
    """The picture at one moment. `taken_at` is the clock of whoever took it; judgements use it as "now".

    `readings`: what was read by name beside the watches.
    """

    cluster: ClusterFacts
    taken_at: datetime
    shelves: dict[type[Object], Shelf] = {}
    sights: tuple[Sight, ...] = ()
    readings: Readings = Readings()

    def all(self, shape: type[Seen]) -> Collection[Seen]:
        """Every object of the kind that is seen."""
        shelf = self.shelves.get(shape)
        return cast("Collection[Seen]", shelf.items.values() if shelf else ())

    def get(self, shape: type[Seen], namespace: str, name: str) -> Seen | None:
        """One object by name, or None when it is not there or not seen (ask `sees` which)."""
        shelf = self.shelves.get(shape)
        return cast("Seen | None", shelf.items.get((namespace, name)) if shelf else None)

    def within(self, shape: type[Seen], namespace: str) -> Collection[Seen]:
        """The objects of the kind in one namespace."""
        return self._group(shape, f"ns:{namespace}")

    def namespaces_of(self, shape: type[Object]) -> list[str]:
        """The namespaces that have objects of the kind."""
        shelf = self.shelves.get(shape)
        return shelf.namespaces if shelf else []

    def by_namespace(
        self, shape: type[Seen], key: Hashable, answer: Callable[[Collection[Seen]], Answer]
    ) -> dict[str, Answer]:
        """An answer for each namespace that has objects of the kind, kept for those that do not change."""
        shelf = self.shelves.get(shape)
        if shelf is None:
            return {}
        ask = cast("Callable[[Collection[Object]], Answer]", answer)
        return {name: shelf.of_group(f"ns:{name}", key, ask) for name in shelf.namespaces}

    def owned_by(self, shape: type[Seen], uid: str) -> Collection[Seen]:
        """The objects of the kind that name this uid as an owner."""
        return self._group(shape, f"owner:{uid}")

    def pods_on(self, node: str) -> Collection[Pod]:
        """The pods that are placed on a node."""
        return self._group(Pod, f"node:{node}")

    def events_about(self, kind: str, namespace: str, name: str) -> Collection[Event]:
        """The events whose involved object this is, in no particular order."""
        return self._group(Event, f"about:{kind}/{namespace}/{name}")

    def unwell_pods(self) -> Collection[Pod]:
        """The pods that are not `is_well`; the others need no look."""
        return self._group(Pod, "unwell")

    def pods_with_claims(self) -> Collection[Pod]:
        """The pods that mount the volume of a claim."""
        return self._group(Pod, "claims")

    def once(self, shapes: tuple[type[Object], ...], key: Hashable, answer: Callable[[], Answer]) -> Answer:
        """An answer that follows from the objects of these kinds alone.

        It is worked out once, also for later pictures, until an object of one of the kinds changes.
        """
        held = [shelf for shape in shapes if (shelf := self.shelves.get(shape)) is not None]
        if not held:
            return answer()
        known = held[0].answers.get((shapes, key))
        if known is not None and [other and other() for other in known[0]] == held[1:]:
            return cast("Answer", known[1])
        found = answer()
        held[0].answers[shapes, key] = (tuple(map(ref, held[1:])), found)
        return found

    def _group(self, shape: type[Seen], key: str) -> Collection[Seen]:
        shelf = self.shelves.get(shape)
        return cast("Collection[Seen]", shelf.group(key) if shelf else ())

    def sees(self, shape: type[Object], namespace: str = "") -> bool:
        """Whether the kind is seen live in that namespace, so that "not there" means it does not exist."""
        kind = kind_of(shape)
        found = [
            s for s in self.sights if s.kind is kind and s.namespace in (None, namespace or None, namespace)
        ]
        return bool(found) and all(s.state in ("live", "absent") for s in found)

    def sights_in(self, namespace: str) -> tuple[Sight, ...]:
        """The sights that count in a namespace: for each kind its own there, or that of everywhere else."""
        own = {sight.kind.kind for sight in self.sights if sight.namespace == namespace}
        return tuple(
            sight
            for sight in self.sights
            if sight.namespace in (None, namespace)
            or (sight.namespace == ELSEWHERE and sight.kind.kind not in own)
        )

    @property
    def loading(self) -> tuple[int, int]:
        """How many kinds are known (seen, refused or absent) and how many there are: the "14 of 23"."""
        waiting = {sight.kind.kind for sight in self.sights if sight.state == "loading"}
        known = {sight.kind.kind for sight in self.sights}
        total = len(known) or len(KINDS)
        return (len(known) - len(waiting), total)

    @property
    def is_complete(self) -> bool:
        """Whether every kind has answered at least once, so that a verdict may be given."""
        return bool(self.sights) and all(sight.state != "loading" for sight in self.sights)


def cluster_key(snapshot: Snapshot) -> str:
    """What tells this cluster from others: the uid of its oldest namespace, or its name if that is hidden."""
    oldest = snapshot.get(Namespace, "", "kube-system")
    return snapshot.cluster.uid or (oldest.uid if oldest and oldest.uid else snapshot.cluster.name)


def empty_snapshot(cluster: ClusterFacts, taken_at: datetime) -> Snapshot:
    """The picture before anything was seen: every kind is loading."""
    return Snapshot(cluster, taken_at, {}, tuple(Sight(kind, "loading") for kind in KINDS))


def snapshot_of(
    objects: Iterable[Object], taken_at: datetime, sights: Iterable[Sight] | None = None
) -> Snapshot:
    """A picture made of given objects, all kinds seen live unless `sights` says otherwise."""
    by_shape: dict[type[Object], dict[tuple[str, str], Object]] = {}
    for item in objects:
        by_shape.setdefault(type(item), {})[item.namespace, item.name] = item
    shelves = {shape: Shelf(items) for shape, items in by_shape.items()}
    seen = tuple(sights) if sights is not None else tuple(Sight(kind, "live") for kind in KINDS)
    return Snapshot(ClusterFacts(name="recorded"), taken_at, shelves, seen)
