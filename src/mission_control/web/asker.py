"""Who asks, and the parts of the site as that person sees them.

A route is given `Parts` and nothing else, so that it cannot show more than its person may see: the judgement,
the usage and every object by name are already those of that person. What stands in a page and differs between
persons of equal rights (their name, the seal of their forms) is put in at the very end, so that insides are
rendered once for all of them.
"""

from __future__ import annotations

import html
import secrets
from typing import Any

import msgspec
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency, Provide
from litestar.params import SkipValidation

from mission_control.access.gate import Caller
from mission_control.access.roles import Person
from mission_control.access.sessions import Session, seal_of
from mission_control.domain.redact import redact
from mission_control.services.accepted import By
from mission_control.web.asking import AnyRequest, address_of_host
from mission_control.web.parts import SiteParts

AnyConnection = ASGIConnection[Any, Any, Any, Any]


class Mark(str):
    """What a template prints in place of something that is put in at the very end; redaction leaves it."""

    __slots__ = ()


SEAL, NAME, PASSWORD = (Mark(f"@{secrets.token_hex(16)}@") for _ in range(3))
"""For the seal, the person's name, and a password to be told once; nobody can know them before."""


class Asker(msgspec.Struct, frozen=True):
    """Who asks, with which session; `seal` is what the forms of that session carry."""

    person: Person
    session: Session
    seal: str


def cookie_name(host: str) -> str:
    """The session cookie's name. Browsers share cookies between ports, so it carries the port."""
    _, port = address_of_host(host)
    return f"mc_session_{port}" if port else "mc_session"


def session_id_of(connection: AnyConnection) -> str | None:
    """The id that the browser sent, whatever it is worth."""
    return connection.cookies.get(cookie_name(connection.headers.get("host", "")))


def caller_of(connection: AnyConnection) -> Caller:
    """From where somebody asks."""
    origin = connection.client.host if connection.client else ""
    return Caller(origin, connection.headers.get("user-agent", ""))


def whole_parts(connection: AnyConnection) -> SiteParts:
    """The parts of the site as nobody sees them who is asked: for the ways in alone, never for a page."""
    parts: SiteParts = connection.app.state["parts"]
    return parts


async def find_asker(connection: AnyConnection) -> Asker | None:
    """Who asks, found out once for each request; None for nobody."""
    state: dict[str, Any] = connection.scope.setdefault("state", {})
    if "asker" not in state:
        gate, session_id = whole_parts(connection).gate, session_id_of(connection)
        session = gate.sessions.find(session_id)
        person = await gate.person(session) if session else None
        state["asker"] = _asker(person, session, session_id)
    found: Asker | None = state["asker"]
    return found


def is_known(connection: AnyConnection) -> bool:
    """Whether the browser carries a session of ours, also where no route has asked: at an unknown address."""
    state: dict[str, Any] = connection.scope.setdefault("state", {})
    if "asker" not in state:
        gate, session_id = whole_parts(connection).gate, session_id_of(connection)
        session = gate.sessions.find(session_id)
        person = gate.known_person(session) if session else None
        state["asker"] = _asker(person, session, session_id)
    return state["asker"] is not None


def _asker(person: Person | None, session: Session | None, session_id: str | None) -> Asker | None:
    if person is None or session is None or session_id is None:
        return None
    return Asker(person, session, seal_of(session_id))


def asker_of(connection: AnyConnection) -> Asker | None:
    """Who asks, as far as it was found out."""
    found: Asker | None = connection.scope.get("state", {}).get("asker")
    return found


def sees_all(request: AnyConnection) -> bool:
    """Whether the person who asks sees everything that the console does."""
    asker = asker_of(request)
    return asker is not None and asker.person.rights.view.is_all


def by(request: AnyRequest) -> By:
    """Who asks for a change, and from where, for the audit."""
    asker = asker_of(request)
    return By(asker.person.name if asker else "nobody known", caller_of(request).origin)


def parts_of(request: AnyConnection) -> SiteParts:
    """The parts of the site as the person sees them who asks."""
    asker, whole = asker_of(request), whole_parts(request)
    if asker is None:
        raise LookupError("a page is asked for by nobody")
    state: dict[str, Any] = request.scope["state"]
    if "parts" not in state:
        state["parts"] = whole.seen_by(asker.person)
    found: SiteParts = state["parts"]
    return found


def _parts(request: AnyRequest) -> SiteParts:
    return parts_of(request)


PROVIDED = {"parts": Provide(_parts, sync_to_thread=False)}
Parts = NamedDependency[SkipValidation[SiteParts]]


def dressed(request: AnyConnection, body: bytes) -> bytes:
    """A page with the name and the seal of the person who asks."""
    asker = asker_of(request)
    if asker is None:
        return body
    name = html.escape(redact(asker.person.name))
    body = body.replace(SEAL.encode(), asker.seal.encode()).replace(NAME.encode(), name.encode())
    told: str = connection_state(request).get("told_once", "")
    return body.replace(PASSWORD.encode(), html.escape(told).encode()) if told else body


def tell_once(request: AnyConnection, password: str) -> str:
    """Let this one answer show a password, which is neither kept nor redacted; what to print for it."""
    connection_state(request)["told_once"] = password
    return PASSWORD


def connection_state(connection: AnyConnection) -> dict[str, Any]:
    """What is remembered as long as a request lasts."""
    state: dict[str, Any] = connection.scope.setdefault("state", {})
    return state
