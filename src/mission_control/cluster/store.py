"""The objects of one kind as the watches deliver them, folded into immutable shelves when somebody looks.

Lists and watches write here; `shelf()` folds what changed since the last look, so fifty changes a second cost
one copy per look and not fifty. Also keeps, for each namespace that is watched alone, how well it is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from mission_control.cluster.decoding import Key
from mission_control.cluster.listing import Listing
from mission_control.cluster.watching import Change
from mission_control.domain.kinds import Kind
from mission_control.domain.objects import Object
from mission_control.domain.snapshot import Shelf, Sight, SightState

_FOLD_WHOLE = 0.5
"""Above this share of changed objects a shelf is built anew instead of from the last one."""
_NAMED_FLAWS = 3


class KindStore:
    """One kind. `on_change` is called after every change; `on_sight` with every sight that is new."""

    def __init__(
        self, kind: Kind, on_change: Callable[[], None], on_sight: Callable[[Sight], None] | None = None
    ) -> None:
        self.kind = kind
        self._on_sight = on_sight
        self.sights: dict[str | None, Sight] = {}
        self._items: dict[Key, Object] = {}
        self._flaws: dict[Key, str] = {}
        self._touched: set[Key] = set()
        self._shelf = Shelf()
        self._on_change = on_change

    def replace(self, namespace: str | None, listing: Listing) -> None:
        """Takes a fresh list of a namespace (or of all).

        What it lacks is gone, what is unchanged stays the same.
        """
        for key in [key for key in self._items if _within(key, namespace) and key not in listing.items]:
            self._remove(key)
        for key, item in listing.items.items():
            held = self._items.get(key)
            if held is None or held.metadata.resource_version != item.metadata.resource_version:
                self._items[key] = item
                self._touched.add(key)
        self._flaws = {key: why for key, why in self._flaws.items() if not _within(key, namespace)}
        self._flaws.update(listing.flaws)
        self._on_change()

    def apply(self, changes: Iterable[Change]) -> None:
        """Takes changes in their order."""
        for change in changes:
            self._flaws.pop(change.key, None)
            if change.item is not None:
                self._items[change.key] = change.item
                self._touched.add(change.key)
            else:
                self._remove(change.key)
            if change.flaw:
                self._flaws[change.key] = change.flaw
        self._on_change()

    def _remove(self, key: Key) -> None:
        if self._items.pop(key, None) is not None:
            self._touched.add(key)

    def drop(self, namespace: str | None) -> None:
        """Forgets the objects of a namespace (or all), because they may no longer be seen."""
        self.replace(namespace, Listing("", {}, {}))

    def see(
        self,
        namespace: str | None,
        state: SightState,
        *,
        reason: str = "",
        needs: str = "",
        since: datetime | None = None,
    ) -> None:
        """Records how well a namespace (or all of the kind) is seen; `since` stays while the state does."""
        held = self.sights.get(namespace)
        if held and held.state == state and state != "stale":
            since = held.since
        sight = Sight(self.kind, state, namespace, reason, needs, since)
        if sight != held:
            self.sights[namespace] = sight
            if self._on_sight:
                self._on_sight(sight)
            self._on_change()

    def forget(self, namespace: str | None) -> None:
        """Forgets a sight: the namespace is no longer looked at by itself."""
        if self.sights.pop(namespace, None) is not None:
            self._on_change()

    def sight(self, namespace: str | None) -> Sight:
        """How well it is seen, with the unreadable objects told in the reason."""
        sight = self.sights.get(namespace) or Sight(self.kind, "loading", namespace)
        flaws = {key: why for key, why in self._flaws.items() if _within(key, namespace)}
        if not flaws or sight.state != "live":
            return sight
        reason = " ".join(part for part in (sight.reason, self._told(flaws)) if part)
        return Sight(self.kind, sight.state, namespace, reason, sight.needs, sight.since)

    def _told(self, flaws: dict[Key, str]) -> str:
        count = len(flaws)
        named = ", ".join(
            "/".join(part for part in key if part) or "without a name" for key in sorted(flaws)[:_NAMED_FLAWS]
        )
        more = f" and {count - _NAMED_FLAWS} more" if count > _NAMED_FLAWS else ""
        noun = (
            f"1 {self.kind.kind} could" if count == 1 else f"{count} objects of kind {self.kind.kind} could"
        )
        return f"{noun} not be read: {named}{more} ({next(iter(flaws.values()))})."

    def shelf(self) -> Shelf:
        """The objects as an immutable shelf."""
        if not self._touched:
            return self._shelf
        if len(self._touched) > _FOLD_WHOLE * len(self._items):
            self._shelf = Shelf(dict(self._items))
        else:
            gone = [key for key in self._touched if key not in self._items]
            changed = [self._items[key] for key in self._touched if key in self._items]
            self._shelf = self._shelf.with_changes(changed, gone)
        self._touched = set()
        return self._shelf


def _within(key: Key, namespace: str | None) -> bool:
    return namespace is None or key[0] == namespace
