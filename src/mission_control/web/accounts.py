"""The page of accounts and sessions as each may see it: one's own, or everybody's to an administrator."""

from __future__ import annotations

import re
from datetime import datetime

import msgspec

from mission_control.access.permissions import Permission
from mission_control.access.roles import LEAST
from mission_control.access.sessions import Session
from mission_control.domain.rights import Role, told
from mission_control.services.freshness import Freshness, freshness
from mission_control.web.asker import Asker
from mission_control.web.parts import SiteParts


class SessionLine(msgspec.Struct, frozen=True):
    """An open session. `key` names it in the form that ends it."""

    key: str
    who: str
    door: str
    began: datetime
    used: datetime
    ends: datetime
    origin: str
    browser: str
    is_this: bool


class AccountLine(msgspec.Struct, frozen=True):
    """An account, without its password. `roles` as they are written in the form that changes them."""

    name: str
    says: str
    roles: tuple[str, ...]
    changed: datetime
    must_change: bool
    is_me: bool
    sessions: int


class RoleLine(msgspec.Struct, frozen=True):
    """A role and what it may: the permissions that need it, with all those before it."""

    name: str
    permissions: tuple[str, ...]


class Access(msgspec.Struct, frozen=True):
    """The page. `accounts` and other people's sessions are there for an administrator only.

    `missing`: the permission that is missing to see and change everybody's. `made`: a password that was just
    made, for whom, told once.
    """

    freshness: Freshness
    at: datetime
    door: str
    says: str
    namespaces: tuple[str, ...]
    sessions: tuple[SessionLine, ...]
    accounts: tuple[AccountLine, ...]
    roles: tuple[RoleLine, ...]
    missing: str
    has_accounts: bool


def access(parts: SiteParts, asker: Asker) -> Access:
    """The page for a person."""
    person, gate = asker.person, parts.gate
    manages = person.may(Permission.MANAGE_ACCESS)
    own = (person.name, person.door)
    sessions = [entry for entry in gate.sessions.all if manages or (entry.who, entry.door) == own]
    snapshot = parts.judgements.latest.snapshot
    view = person.rights.view
    return Access(
        freshness=freshness(snapshot),
        at=parts.clock(),
        door=person.door,
        says=person.rights.says,
        namespaces=() if view.is_all else tuple(name for name, _ in view.places),
        sessions=tuple(_session(parts, entry, asker.session) for entry in sessions),
        accounts=_accounts(parts, person.name if person.door == "account" else "") if manages else (),
        roles=tuple(_role(role) for role in Role),
        missing="" if manages else Permission.MANAGE_ACCESS.value,
        has_accounts=gate.accounts is not None,
    )


def _session(parts: SiteParts, entry: Session, this: Session) -> SessionLine:
    ends = parts.gate.sessions.ends(entry)
    return SessionLine(
        entry.key,
        entry.who,
        entry.door,
        entry.began,
        entry.used,
        ends,
        entry.origin,
        browser_name(entry.browser),
        entry.hash == this.hash,
    )


_PROGRAMS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Version", "Safari"))
_SYSTEMS = ("Windows", "Android", "iPhone", "iPad", "Mac OS X", "CrOS", "Linux")


def browser_name(agent: str) -> str:
    """What a browser calls itself, in few words: "Firefox 128 on Linux"; others by their first word."""
    for mark, name in _PROGRAMS:
        found = re.search(rf"{mark}/(\d+)", agent)
        if found:
            system = next((entry for entry in _SYSTEMS if entry in agent), "")
            return f"{name} {found[1]}{f' on {system}' if system else ''}"
    return agent.partition(" ")[0][:40]


def _accounts(parts: SiteParts, me: str) -> tuple[AccountLine, ...]:
    if parts.gate.accounts is None:
        return ()
    held = [entry.who for entry in parts.gate.sessions.all if entry.door == "account"]
    return tuple(
        AccountLine(
            entry.name,
            told(entry.roles),
            tuple(map(str, entry.roles)),
            entry.changed,
            entry.must_change,
            entry.name == me,
            held.count(entry.name),
        )
        for entry in parts.gate.accounts.all
    )


def _role(role: Role) -> RoleLine:
    return RoleLine(role.value, tuple(p.value for p, least in LEAST.items() if least is role))
