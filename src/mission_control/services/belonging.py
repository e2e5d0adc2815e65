"""Which installation a workload or a pod belongs to, asked of tens of thousands at once.

Owners decide as they do for findings; pods of one owner are asked once.
"""

from __future__ import annotations

from collections.abc import Iterable

from mission_control.domain.installations import recognise
from mission_control.domain.objects import Object, Pod
from mission_control.domain.places import Places
from mission_control.domain.product import Product
from mission_control.domain.snapshot import Snapshot

NONE = "none"
"""What stands for no installation where a key could stand."""


class Belonging:
    """The installation of each object of one picture, by key; NONE for what belongs to none."""

    def __init__(self, snapshot: Snapshot, products: Iterable[Product]) -> None:
        self._places = Places(snapshot, recognise(snapshot, products))
        self._by_owner: dict[tuple[str, str, str], str] = {}

    def key(self, item: Object) -> str:
        """The key of the installation that an object belongs to."""
        if isinstance(item, Pod):
            return self._pod(item)
        place = self._places.workload(type(item).__name__, item.namespace, item.name)
        owner = item.metadata.controller
        if place.installation is None and owner is not None:
            place = self._places.workload(owner.kind, item.namespace, owner.name)
        return place.installation.key if place.installation else NONE

    def _pod(self, pod: Pod) -> str:
        owner = pod.metadata.controller
        if owner is None:
            return self._ask(pod)
        known = (pod.namespace, owner.kind, owner.name)
        if known not in self._by_owner:
            self._by_owner[known] = self._ask(pod)
        return self._by_owner[known]

    def _ask(self, pod: Pod) -> str:
        installation = self._places.pod(pod).installation
        return installation.key if installation else NONE
