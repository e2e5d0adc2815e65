"""Who may come in, and what a browser may do with a page: sessions, roles, seals, Host, Origin, headers.

The console acts with its owner's rights in the cluster, and any program on the same machine, and any web page
open in the same browser, can send requests to it. So each route asks for a session unless it is public, every
request must name a host that we serve (or DNS rebinding would make us same-origin with anybody), and whatever
changes something must come from our own pages.
"""

# ruff: noqa: N818 -- an error is named as a person says it

from __future__ import annotations

import secrets
from typing import Any

from litestar import Request
from litestar.datastructures import MutableScopeHeaders
from litestar.handlers import BaseRouteHandler
from litestar.types import Message, Scope

from mission_control.access.permissions import Permission
from mission_control.web.asker import AnyConnection, asker_of, caller_of, find_asker, whole_parts
from mission_control.web.asking import SEEN, address_of_host

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_MOST_HEADERS, _LARGEST_HEADERS, _LONGEST_QUERY = 64, 16_384, 4_096
_ADDRESS_TOO_LONG, _HEADERS_TOO_LARGE = 414, 431
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


class SiteError(Exception):
    """A reason not to show the page that was asked for; `web/errors.py` turns each into words."""


class NotSignedIn(SiteError):
    """The request carries no session of ours."""


class MustChange(SiteError):
    """The password is known to somebody else and has to be changed before anything is shown."""


class NotYours(SiteError):
    """The role of whoever asks does not allow it, here or at all. `role`: what would."""

    def __init__(self, permission: Permission, namespace: str | None = None) -> None:
        super().__init__(permission.value)
        self.permission, self.namespace = permission, namespace


class TooMuch(SiteError):
    """A request says more than any page of ours makes a browser say."""

    def __init__(self, status: int, says: str) -> None:
        super().__init__(says)
        self.status, self.says = status, says


class WrongHost(SiteError):
    """The request names a host that we do not serve."""


class WrongOrigin(SiteError):
    """A change was asked for by a page that is not ours."""


class ForeignForm(SiteError):
    """A form without the seal of this session: not ours, or made before the last sign-in."""


def permission_of(handler: BaseRouteHandler) -> Permission | None:
    """The permission that a route declares; None when it forgot to, which lets nobody in."""
    found = handler.opt.get("permission")
    return found if isinstance(found, Permission) else None


async def says_little(connection: AnyConnection, _: BaseRouteHandler) -> None:
    """Refuse a request with more headers, larger ones, or a longer query than ours ever have."""
    headers = list(connection.scope["headers"])
    if len(headers) > _MOST_HEADERS or sum(len(n) + len(v) for n, v in headers) > _LARGEST_HEADERS:
        raise TooMuch(_HEADERS_TOO_LARGE, "The request has too many headers, or too large ones.")
    if len(connection.scope["query_string"]) > _LONGEST_QUERY:
        raise TooMuch(_ADDRESS_TOO_LONG, "The address is too long.")


async def comes_to_us(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """Refuse a Host header that is not one of ours, unless the route tells nobody anything."""
    if handler.opt.get("any_host"):
        return
    host = address_of_host(connection.headers.get("host", ""))[0]
    known = [name.strip("[]").lower() for name in whole_parts(connection).hosts]
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
    """Refuse whoever has no session, unless the route is public; and everybody where none is declared.

    Who is in needs the role that the permission needs somewhere; where exactly is the route's to ask.
    """
    wanted = permission_of(handler)
    asker = await find_asker(connection)
    if wanted is Permission.PUBLIC:
        return
    if wanted is None or asker is None:
        raise NotSignedIn
    if asker.person.must_change and wanted is not Permission.OWN_ACCOUNT:
        raise MustChange
    if not asker.person.may(wanted):
        await tell_refusal(connection, wanted)
        raise NotYours(wanted)
    if SEEN not in connection.headers and connection.scope["path"] != "/live":
        whole_parts(connection).gate.sessions.use(asker.session)


async def tell_refusal(connection: AnyConnection, permission: Permission, namespace: str = "") -> None:
    """Tell the audit that somebody who is in asked for what their role does not allow."""
    asker, where = asker_of(connection), f" in {namespace}" if namespace else ""
    name = asker.person.name if asker else "nobody known"
    entrance = whole_parts(connection).gate.entrance
    await entrance.may_not(caller_of(connection).origin, name, f"{permission.value}{where}")


async def carries_our_seal(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """Refuse a change whose form is not one of this very session.

    No other site can read a page of ours, so none knows the seal; and neither does another session.
    """
    if connection.scope.get("method", "GET") in _SAFE or permission_of(handler) is Permission.PUBLIC:
        return
    asker = asker_of(connection)
    given = str((await connection.form()).get("seal", "")) if isinstance(connection, Request) else ""
    if asker is None or not secrets.compare_digest(given.encode(), asker.seal.encode()):
        raise ForeignForm


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
