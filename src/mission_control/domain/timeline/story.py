"""The whole story that one picture tells, and to which installation and component each entry belongs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

import msgspec

from mission_control.domain.installations import WORKLOADS
from mission_control.domain.kinds import kind_named
from mission_control.domain.objects import LimitRange, NetworkPolicy, Object, Pod, ReplicaSet, ResourceQuota
from mission_control.domain.places import Place, Places
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.timeline.entry import Entry
from mission_control.domain.timeline.releases import releases
from mission_control.domain.timeline.told import TELLING, told, wrote
from mission_control.domain.verdict import Subject

_POD = re.compile(r"-[a-z0-9]{5}$")
_SET = re.compile(r"-[a-z0-9]{6,10}$")
_ORDINAL = re.compile(r"-\d+$")
_SHARED = (ResourceQuota, LimitRange, NetworkPolicy)
_WORKLOAD_NAMES = frozenset(shape.__name__ for shape in WORKLOADS)


def everything(
    snapshot: Snapshot,
    since: datetime | None = None,
    is_news: Callable[[Object], bool] = lambda _: True,
) -> Iterator[Entry]:
    """Every entry that a picture alone tells, since a moment, in no order and without its place.

    `is_news`: whether an object may have changed since somebody looked last.
    """
    for shape in TELLING:
        items: Iterable[Object] = snapshot.unwell_pods() if shape is Pod else snapshot.all(shape)
        for item in items:
            for entry in (*told(snapshot, item), *(wrote(snapshot, item) if is_news(item) else ())):
                if since is None or entry.at >= since:
                    yield entry
    found = (*releases(snapshot.readings), *snapshot.readings.seen)
    yield from (entry for entry in found if since is None or entry.at >= since)


class Homes:
    """Finds the installation and component of entries, by the objects of one picture."""

    def __init__(self, places: Places) -> None:
        self._places, self._snapshot = places, places.snapshot
        self._known: dict[Subject, tuple[str | None, str | None]] = {}

    def at_home(self, entry: Entry) -> Entry:
        """The entry with its installation and component; one that knows its installation keeps it."""
        if entry.installation is not None:
            return entry
        if entry.subject not in self._known:
            place = self._place(entry.subject)
            key = place.installation.key if place.installation else None
            self._known[entry.subject] = (key, place.component if key else None)
        installation, component = self._known[entry.subject]
        return msgspec.structs.replace(entry, installation=installation, component=component)

    def _place(self, about: Subject) -> Place:
        kind = kind_named(about.kind)
        item = self._snapshot.get(kind.shape, about.namespace, about.name) if kind else None
        if about.kind in _WORKLOAD_NAMES:
            return self._workload(about.kind, about)
        if isinstance(item, Pod):
            return self._places.pod(item)
        if about.kind in ("Pod", "ReplicaSet"):
            return self._by_name(about, item)
        if item is None or not about.namespace:
            return Place()
        place = self._places.part(item)
        around = tuple(self._places.around(about.namespace))
        if place.installation is None and isinstance(item, _SHARED) and len(around) == 1:
            return Place(around[0])
        return place

    def _workload(self, kind: str, about: Subject) -> Place:
        item_kind = kind_named(kind)
        item = self._snapshot.get(item_kind.shape, about.namespace, about.name) if item_kind else None
        owner = item.metadata.controller if item is not None else None
        name, made = (owner.name, owner.kind) if owner is not None else (about.name, kind)
        return self._places.workload(made, about.namespace, name)

    def _by_name(self, about: Subject, item: Object | None) -> Place:
        """The place of a ReplicaSet, or of a pod that is gone: names are made from the maker's name."""
        if isinstance(item, ReplicaSet) and item.metadata.controller is not None:
            owner = item.metadata.controller
            return self._places.workload(owner.kind, about.namespace, owner.name)
        inner = _POD.sub("", about.name) if about.kind == "Pod" else about.name
        guesses = (
            ("Deployment", _SET.sub("", inner)),
            ("StatefulSet", _ORDINAL.sub("", about.name)),
            ("Job", inner),
            ("DaemonSet", inner),
            ("CronJob", _ORDINAL.sub("", inner)),
        )
        found = (self._places.workload(kind, about.namespace, name) for kind, name in guesses)
        return next((place for place in found if place.installation is not None), Place())
