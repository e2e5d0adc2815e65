"""The page of a kind that the console may not see: what the server said, what is left out, what grants it."""

from __future__ import annotations

import re

import msgspec

from mission_control.domain.kinds import kind_named
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.verdict import Health
from mission_control.services.freshness import Freshness, Unseen, freshness
from mission_control.services.roles import Grant, grant, role_for_all

_USER = re.compile(r'User "([^"]+)" cannot')  # how the API server names who was refused


class Sightless(msgspec.Struct, frozen=True):
    """A refused kind. `is_refused` is False when it is seen after all, as after the Role was applied.

    `is_essential`: components whose pods, workloads or endpoints cannot be seen are unknown. `role`: not the
    cluster but the console refuses it to this person, and this role of it would show it.
    """

    freshness: Freshness
    grant: Grant
    is_refused: bool
    is_essential: bool
    reason: str
    still_seen: tuple[str, ...]
    role: str = ""


def sightless(snapshot: Snapshot, health: Health, kind: str, namespace: str, account: str) -> Sightless:
    """What is known about the refusal of a kind in a namespace ("" for everywhere)."""
    blind = next((b for b in health.blind if b.kind == kind and b.namespace == namespace), None)
    sight = next(
        (
            s
            for s in snapshot.sights
            if s.kind.kind == kind and s.state == "refused" and (s.namespace or "") == namespace
        ),
        None,
    )
    needs = (sight.needs if sight else "") or (blind.would_need if blind else "")
    reason = (sight.reason if sight else "") or (blind.reason if blind else "")
    named = _USER.search(reason)
    known = kind_named(kind)
    seen = dict.fromkeys(s.kind.kind for s in snapshot.sights if s.state == "live")
    return Sightless(
        freshness=freshness(snapshot),
        grant=grant(kind, namespace, needs, account or (named[1] if named else "")),
        is_refused=sight is not None or blind is not None,
        is_essential=known is not None and known.essential,
        reason=reason,
        still_seen=tuple(seen),
        role=sight.role if sight else "",
    )


class Unread(msgspec.Struct, frozen=True):
    """Everything that may not be read, and the Roles that would grant it. `role` "": nothing should.

    `needs` is the role of the console that is missing, where it is the console that refuses something.
    """

    freshness: Freshness
    entries: tuple[Unseen, ...]
    account: str
    role: str
    needs: str = ""


def unread(snapshot: Snapshot, account: str) -> Unread:
    """All refused kinds with one text to apply for all of them."""
    seen = freshness(snapshot)
    reasons = (sight.reason for sight in snapshot.sights if sight.state == "refused")
    named = next((found[1] for reason in reasons if (found := _USER.search(reason))), "")
    told = account or named
    ours = next((entry.role for entry in seen.refused if entry.role), "")
    theirs = ((entry.kind, entry.namespace) for entry in seen.refused if not entry.role)
    return Unread(seen, seen.refused, told, role_for_all(theirs, told), ours)


def denied(snapshot: Snapshot, health: Health, kind: str, account: str, namespace: str = "") -> Grant | None:
    """What would let the console see a kind that was refused; None where it was not."""
    found = sightless(snapshot, health, kind, namespace, account)
    return found.grant if found.is_refused else None
