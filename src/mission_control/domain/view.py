"""What one person may see of the picture: a part of it that is a picture itself.

Whatever a page shows is a function of a picture and its judgement. So nothing has to be hidden anywhere: who
may see one namespace gets a picture that holds that namespace, judged by itself, and what is not in it cannot
be told from what does not exist.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from mission_control.domain.kinds import Kind, kind_named
from mission_control.domain.objects import Namespace, Object
from mission_control.domain.readings import Readings
from mission_control.domain.rights import EVERYWHERE, RoleAt
from mission_control.domain.snapshot import Shelf, Sight, Snapshot, cluster_key
from mission_control.domain.usage import Usage
from mission_control.domain.verdict import Subject

EVERY = "*"
"""Stands for every resource, as in a rule of Kubernetes."""
LOGS, SECRETS, CLAIMS = "pods/log", "secrets", "persistentvolumeclaims"
POD_USAGE, NODE_USAGE = "pods.metrics.k8s.io", "nodes.metrics.k8s.io"
Resources = frozenset[str]
EVERYTHING: Resources = frozenset({EVERY})
NOT_YOURS = "Your role does not reach it."


class View(msgspec.Struct, frozen=True):
    """Which resources somebody sees: `wide` everywhere, and more in single namespaces, in their order.

    Resources are named as RBAC does ("pods", "deployments.apps", "pods/log"). `by_role`: a role of the
    console says so, and not the cluster's own rules.
    """

    wide: Resources = frozenset()
    places: tuple[tuple[str, Resources], ...] = ()
    by_role: bool = True

    @property
    def is_all(self) -> bool:
        """Whether there is nothing that it leaves out."""
        return EVERY in self.wide

    def shows(self, resource: str, namespace: str = "") -> bool:
        """Whether a resource is seen in a namespace; without one, whether it is seen everywhere."""
        if _has(self.wide, resource):
            return True
        return bool(namespace) and any(_has(r, resource) for name, r in self.places if name == namespace)

    def shows_object(self, subject: Subject) -> bool:
        """Whether an object is seen that a finding or an entry is about; a release by its record."""
        kind = kind_named(subject.kind)
        return self.shows(kind.resource if kind else SECRETS, subject.namespace)

    def namespaces(self, resource: str) -> tuple[str, ...]:
        """The single namespaces in which a resource is seen."""
        return tuple(name for name, resources in self.places if _has(resources, resource))


ALL = View(wide=EVERYTHING)


def view_of(roles: Iterable[RoleAt]) -> View:
    """What somebody sees with some roles of the console: each lets see all of its place."""
    places = sorted({role.place for role in roles})
    if EVERYWHERE in places:
        return ALL
    return View(places=tuple((place, EVERYTHING) for place in places))


def narrowed(snapshot: Snapshot, view: View, before: tuple[Snapshot, Snapshot] | None = None) -> Snapshot:
    """The part of a picture that a view shows. `before`: an earlier picture and what it was narrowed to.

    What did not change in the part is the same shelf as before, so that answers kept there stay good.
    """
    if view.is_all:
        return snapshot
    kinds = {sight.kind.shape: sight.kind for sight in snapshot.sights}
    shelves: dict[type[Object], Shelf] = {}
    for shape, shelf in snapshot.shelves.items():
        earlier = (before[0].shelves.get(shape), before[1].shelves.get(shape)) if before else (None, None)
        is_same = earlier[0] is shelf and earlier[1] is not None
        shelves[shape] = (
            earlier[1] if is_same and earlier[1] else _part(kinds.get(shape), shelf, view, earlier[1])
        )
    places = tuple(name for name, _ in view.places)
    facts = msgspec.structs.replace(
        snapshot.cluster,
        namespaces=snapshot.cluster.namespaces if _has(view.wide, "pods") else places,
        uid=cluster_key(snapshot),
    )
    sights = tuple(sight for entry in snapshot.sights for sight in _sights(entry, view))
    return Snapshot(facts, snapshot.taken_at, shelves, sights, narrowed_readings(snapshot.readings, view))


def narrowed_readings(readings: Readings, view: View) -> Readings:
    """What was read by name, where the view shows what it was read from. What is new here is left out."""

    def shown(namespace: str) -> bool:
        return view.shows(SECRETS, namespace)

    return Readings(
        releases=tuple(entry for entry in readings.releases if shown(entry.namespace)),
        certificates=tuple(entry for entry in readings.certificates if shown(entry.namespace)),
        blind=tuple(entry for entry in readings.blind if shown(entry.namespace)),
        volumes=tuple(entry for entry in readings.volumes if view.shows(CLAIMS, entry.namespace)),
        seen=tuple(entry for entry in readings.seen if entry.is_change and view.shows_object(entry.subject)),
    )


def narrowed_usage(usage: Usage, view: View) -> Usage:
    """What was measured, of pods and nodes whose figures the view shows."""
    if view.is_all:
        return usage
    return msgspec.structs.replace(
        usage,
        pods=tuple(entry for entry in usage.pods if view.shows(POD_USAGE, entry.namespace)),
        nodes=usage.nodes if view.shows(NODE_USAGE) else (),
    )


def _has(resources: Resources, resource: str) -> bool:
    return resource in resources or EVERY in resources


def _part(kind: Kind | None, shelf: Shelf, view: View, before: Shelf | None) -> Shelf:
    """The objects of one kind that the view shows; the shelf of before when they are the same.

    A kind that the picture has no sight of is shown to nobody.
    """
    if kind is not None and _has(view.wide, kind.resource):
        return shelf
    items: dict[tuple[str, str], Object] = {}
    if kind is None:
        return _shelf(items, before)
    if kind.shape is Namespace:
        found = ((("", name), shelf.items.get(("", name))) for name, _ in view.places)
        items = {key: item for key, item in found if item is not None}
    elif kind.namespaced:
        for namespace in view.namespaces(kind.resource):
            items |= shelf.part(f"ns:{namespace}")
    return _shelf(items, before)


def _shelf(items: dict[tuple[str, str], Object], before: Shelf | None) -> Shelf:
    if before is None:
        return Shelf(items)
    changed = [item for key, item in items.items() if before.items.get(key) is not item]
    gone = [key for key in before.items if key not in items]
    if not changed and not gone:
        return before
    return before.with_changes(changed, gone) if len(changed) + len(gone) < len(items) else Shelf(items)


def _sights(sight: Sight, view: View) -> tuple[Sight, ...]:
    """How a kind is seen through the view: in each of its places as the console sees it, or not at all."""
    kind = sight.kind
    if _has(view.wide, kind.resource) or sight.state in ("absent", "loading"):
        return (sight,) if sight.namespace is None or view.shows(kind.resource, sight.namespace) else ()
    if not kind.namespaced:
        return (sight,) if kind.shape is Namespace else (_refused(sight, view, None),)
    shown, places = view.namespaces(kind.resource), [name for name, _ in view.places]
    if sight.namespace:
        if sight.namespace not in places:
            return ()
        return (sight,) if sight.namespace in shown else (_refused(sight, view, sight.namespace),)
    if len(shown) == len(places):
        return (sight,)
    return tuple(
        msgspec.structs.replace(sight, namespace=name) if name in shown else _refused(sight, view, name)
        for name in places
    )


def _refused(sight: Sight, view: View, namespace: str | None) -> Sight:
    if view.by_role:
        role = f"viewer@{namespace}" if namespace else "viewer"
        return Sight(sight.kind, "refused", namespace, NOT_YOURS, role=role)
    where = f" in namespace {namespace}" if namespace else ""
    reason = f"You may not list {sight.kind.resource}{where}."
    return Sight(sight.kind, "refused", namespace, reason, f"list, watch {sight.kind.resource}")
