"""Decides where one kind is looked at: everywhere, or namespace by namespace while everywhere is refused.

The wide look keeps asking, so that a right given later is noticed; when it is granted the narrow ones end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from weakref import WeakSet

from mission_control.cluster.decoding import Decoder
from mission_control.cluster.reflector import Reflector, Surroundings
from mission_control.cluster.scope import Scope
from mission_control.cluster.sharing import Sharing
from mission_control.cluster.store import KindStore
from mission_control.domain.kinds import Kind
from mission_control.domain.snapshot import ELSEWHERE, Sight


class Keeper:
    """Keeps one kind. `narrow`: the namespaces for when it is not `wide`, or when wide is refused."""

    def __init__(
        self,
        kind: Kind,
        around: Surroundings,
        sharing: Sharing,
        on_change: Callable[[], None],
        narrow: tuple[str, ...],
        wide: bool,  # noqa: FBT001 (the picture decides once for all kinds)
    ) -> None:
        self.kind = kind
        self.store = KindStore(kind, on_change, self._sight_changed)
        self._around = around
        self._decoder = Decoder(kind, sharing)
        self._namespaces = narrow if kind.namespaced else ()
        self._is_wide = wide or not kind.namespaced
        self._group: asyncio.TaskGroup | None = None
        self._narrow: list[asyncio.Task[None]] = []
        self._reflectors: WeakSet[Reflector] = WeakSet()

    def begin(self, group: asyncio.TaskGroup) -> None:
        """Starts looking; the tasks belong to the group."""
        self._group = group
        if self._is_wide:
            self._look(None)
        else:
            self._narrow_down()

    def _look(self, namespace: str | None) -> asyncio.Task[None]:
        scope = Scope(self.kind, namespace)
        reflector = Reflector(scope, self.store, self._decoder, self._around)
        self._reflectors.add(reflector)
        where = f" in {namespace}" if namespace else ""
        if self._group is None:
            raise RuntimeError("begin() comes first")
        return self._group.create_task(reflector.run(), name=f"watch {self.kind.resource}{where}")

    def _sight_changed(self, sight: Sight) -> None:
        if sight.namespace is not None or not self._namespaces:
            return
        if sight.state == "refused":
            self._narrow_down()
        elif sight.state in ("live", "absent"):
            self._widen()

    def _narrow_down(self) -> None:
        if not self._narrow:
            self._narrow = [self._look(namespace) for namespace in self._namespaces]

    def _widen(self) -> None:
        for task in self._narrow:
            task.cancel()
        self._narrow = []
        for namespace in self._namespaces:
            self.store.forget(namespace)

    @property
    def watches(self) -> list[Reflector]:
        """Those that watch now."""
        return [reflector for reflector in self._reflectors if reflector.is_watching]

    @property
    def is_narrow(self) -> bool:
        """Whether the kind is looked at namespace by namespace."""
        return bool(self._narrow)

    @property
    def is_seen_everywhere(self) -> bool:
        """Whether a namespaced kind is seen in all namespaces."""
        return self.kind.namespaced and not self._narrow and self.store.sight(None).state in ("live", "stale")

    def sights(self, *, is_wide: bool) -> tuple[Sight, ...]:
        """How well the kind is seen; `is_wide`: others are seen everywhere, so the rest is told too."""
        if not self._narrow:
            return (self.store.sight(None),)
        found = tuple(self.store.sight(namespace) for namespace in self._namespaces)
        wide = self.store.sights.get(None)
        if not is_wide or wide is None:
            return found
        return (*found, Sight(self.kind, "refused", ELSEWHERE, wide.reason, wide.needs, wide.since))
