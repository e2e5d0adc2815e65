"""What the bearer of a token may see of the picture and do here, asked of the cluster with the token itself.

A kind that may be listed in all namespaces is seen in all of them; else each namespace of the picture is
asked for its rules. Roles, aggregated roles and denials are the server's business: this reads the answers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import msgspec

from mission_control.cluster.connection import Connection
from mission_control.cluster.permissions import Question, review
from mission_control.cluster.reviews import ReviewedRule, own_rules
from mission_control.domain.kinds import Kind
from mission_control.domain.objects import Namespace, Pod
from mission_control.domain.rights import EVERYWHERE, Role, RoleAt
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.view import EVERYTHING, LOGS, NODE_USAGE, POD_USAGE, SECRETS, View

_AT_ONCE = 8
_MOST_NAMESPACES = 500
_CHANGE = ("patch", "apps", "deployments")
"""Who may do this to a namespace is operator of it here."""
_ALL = Question("*", "*", "*")
"""Who may do this is the cluster's administrator, and this console's as well."""


class OwnRights(msgspec.Struct, frozen=True):
    """What a bearer sees, and which roles that comes to."""

    view: View
    roles: tuple[RoleAt, ...]


class Bearer(msgspec.Struct, frozen=True):
    """Who has a token, and what that person sees and may do."""

    name: str
    rights: OwnRights


class _Wanted(msgspec.Struct, frozen=True):
    """A resource of the picture: its name here, and the right that shows it."""

    name: str
    verb: str
    group: str
    resource: str
    namespaced: bool


async def own_rights(personal: Connection, snapshot: Snapshot, kinds: Iterable[Kind]) -> OwnRights:
    """Ask what the bearer of a connection may see of a picture. Raises a ClusterError."""
    wanted = _wanted(kinds)
    asked = [Question(entry.verb, entry.group, entry.resource) for entry in wanted]
    answers = await review(personal, [_ALL, Question(*_CHANGE), *asked])
    if answers[0].is_allowed:
        return OwnRights(View(wide=EVERYTHING, by_role=False), (RoleAt(EVERYWHERE, Role.ADMIN.value),))
    wide = frozenset(entry.name for entry, told in zip(wanted, answers[2:], strict=True) if told.is_allowed)
    roles = _roles(EVERYWHERE, sees="pods" in wide, changes=answers[1].is_allowed)
    rest = tuple(entry for entry in wanted if entry.namespaced and entry.name not in wide)
    places = await _places(personal, snapshot, rest) if rest else {}
    found = tuple((name, seen) for name, (seen, _) in sorted(places.items()) if "pods" in seen | wide)
    for name, (seen, changes) in places.items():
        if "pods" in seen | wide:
            roles += _roles(name, sees=True, changes=changes)
    more = {role for role in roles if not any(other.covers(role) for other in roles if other != role)}
    return OwnRights(View(wide, found if rest else (), by_role=False), tuple(sorted(more)))


async def _places(
    personal: Connection, snapshot: Snapshot, wanted: tuple[_Wanted, ...]
) -> dict[str, tuple[frozenset[str], bool]]:
    """For each namespace of the picture what is seen there, and whether it may be changed."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def ask(name: str) -> tuple[frozenset[str], bool]:
        async with gate:
            rules = await own_rules(personal, name)
        seen = frozenset(e.name for e in wanted if _allows(rules, e.verb, e.group, e.resource))
        return seen, _allows(rules, *_CHANGE)

    names = _namespaces(snapshot)
    return dict(zip(names, await asyncio.gather(*map(ask, names)), strict=True))


def _namespaces(snapshot: Snapshot) -> tuple[str, ...]:
    """The namespaces that the picture knows of, by any of its objects."""
    found = {item.name for item in snapshot.all(Namespace)} | set(snapshot.namespaces_of(Pod))
    found |= set(snapshot.cluster.namespaces or ())
    for shape in snapshot.shelves:
        found |= set(snapshot.namespaces_of(shape))
    return tuple(sorted(found))[:_MOST_NAMESPACES]


def _allows(rules: tuple[ReviewedRule, ...], verb: str, group: str, resource: str) -> bool:
    return any(rule.allows(verb, group, resource) for rule in rules)


def _roles(place: str, *, sees: bool, changes: bool) -> tuple[RoleAt, ...]:
    if not sees:
        return ()
    return (RoleAt(place, (Role.OPERATOR if changes else Role.VIEWER).value),)


def _wanted(kinds: Iterable[Kind]) -> tuple[_Wanted, ...]:
    listed = [_Wanted(kind.resource, "list", kind.group, kind.plural, kind.namespaced) for kind in kinds]
    return (
        *listed,
        _Wanted(LOGS, "get", "", "pods/log", namespaced=True),
        _Wanted(SECRETS, "list", "", "secrets", namespaced=True),
        _Wanted(POD_USAGE, "list", "metrics.k8s.io", "pods", namespaced=True),
        _Wanted(NODE_USAGE, "list", "metrics.k8s.io", "nodes", namespaced=False),
    )
