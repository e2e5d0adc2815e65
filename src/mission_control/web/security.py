"""Who may come in, and what a browser may do with a page: one-time token, sessions, Host, Origin, headers.

The console acts with its owner's rights in the cluster, and any program on the same machine, and any web page
open in the same browser, can send requests to it. So each route asks for a session unless it is public, every
request must name a host that we serve (or DNS rebinding would make us same-origin with anybody), and whatever
changes something must come from our own pages.
"""

# ruff: noqa: N818 -- an error is named as a person says it

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.handlers import BaseRouteHandler
from litestar.types import Message, Scope

from mission_control.access.permissions import Permission

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_MOST_SESSIONS = 256
_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self' 'nonce-{nonce}'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}

AnyConnection = ASGIConnection[Any, Any, Any, Any]


class SiteError(Exception):
    """A reason not to show the page that was asked for; `web/errors.py` turns each into words."""


class NotSignedIn(SiteError):
    """The request carries no session of ours."""


class WrongHost(SiteError):
    """The request names a host that we do not serve."""


class WrongOrigin(SiteError):
    """A change was asked for by a page that is not ours."""


class ForeignForm(SiteError):
    """A form without the seal of this console: not its own, or made before it was started again."""


class Door:
    """One-time tokens and the sessions they open. Both live as long as the process, and nowhere else."""

    def __init__(self, token: str = "") -> None:
        """Begin with one token, for the address that `serve` prints; it may have been printed already."""
        self._tokens: set[str] = {token} if token else set()
        self._sessions: dict[str, None] = {}
        self.token = token or self.issue()
        self.seal = secrets.token_urlsafe(32)

    def issue(self) -> str:
        """A further token, good for one entrance."""
        token = secrets.token_urlsafe(32)
        self._tokens.add(token)
        return token

    def enter(self, token: str) -> str | None:
        """Spend a token for a session; None when it is not one of ours or was spent before."""
        if token not in self._tokens:
            return None
        self._tokens.discard(token)
        while len(self._sessions) >= _MOST_SESSIONS:
            self._sessions.pop(next(iter(self._sessions)))
        session = secrets.token_urlsafe(32)
        self._sessions[session] = None
        return session

    def knows(self, session: str | None) -> bool:
        """Whether this is a session that we opened."""
        return session is not None and session in self._sessions


def check_seal(door: Door, given: str) -> None:
    """Refuse a form that does not carry the seal that our own pages do.

    One seal for the life of the process: the insides of pages are rendered once for all sessions, which stand
    for the same person, and no other site can read any of them.
    """
    if not secrets.compare_digest(given.encode(), door.seal.encode()):
        raise ForeignForm


def cookie_name(host: str) -> str:
    """The session cookie's name. Browsers share cookies between ports, so it carries the port."""
    _, port = address_of(host)
    return f"mc_session_{port}" if port else "mc_session"


def address_of(host: str) -> tuple[str, int | None]:
    """Name and port of a Host header; no name when the header is malformed, which matches nothing."""
    try:
        parts = urlsplit(f"//{host}")
        port = parts.port
    except ValueError:
        return "", None
    return parts.hostname or "", port


def permission_of(handler: BaseRouteHandler) -> Permission | None:
    """The permission that a route declares; None when it forgot to, which lets nobody in."""
    found = handler.opt.get("permission")
    return found if isinstance(found, Permission) else None


def has_session(connection: AnyConnection) -> bool:
    """Whether the request carries a session of ours."""
    door: Door = connection.app.state["parts"].door
    return door.knows(connection.cookies.get(cookie_name(connection.headers.get("host", ""))))


async def comes_to_us(connection: AnyConnection, _: BaseRouteHandler) -> None:
    """Refuse a Host header that is not one of ours."""
    host = address_of(connection.headers.get("host", ""))[0]
    known = [name.strip("[]").lower() for name in connection.app.state["parts"].hosts]
    if host not in known:
        raise WrongHost(host)


async def comes_from_us(connection: AnyConnection, _: BaseRouteHandler) -> None:
    """Refuse a change that another site asks for."""
    if connection.scope.get("method", "GET") in _SAFE:
        return
    origin = connection.headers.get("origin", "")
    scheme, place = origin.split("://", 1) if "://" in origin else ("", "")
    if scheme not in ("http", "https") or place != connection.headers.get("host", ""):
        raise WrongOrigin(origin)


async def may_enter(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """Refuse whoever has no session, unless the route is public; and everybody where none is declared."""
    wanted = permission_of(handler)
    if wanted is None or (wanted is not Permission.PUBLIC and not has_session(connection)):
        raise NotSignedIn


def nonce_of(scope: Scope) -> str:
    """The nonce of this answer, the same for its header and its page."""
    state: dict[str, Any] = scope.setdefault("state", {})
    return str(state.setdefault("csp_nonce", secrets.token_urlsafe(16)))


async def add_headers(message: Message, scope: Scope) -> None:
    """Put the security headers on every answer, errors included."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    headers["content-security-policy"] = _POLICY.format(nonce=nonce_of(scope))
    for name, value in _HEADERS.items():
        headers[name] = value
    if "cache-control" not in headers:
        headers["cache-control"] = "no-store"
