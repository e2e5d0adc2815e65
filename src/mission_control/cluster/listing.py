"""Lists a kind in pages, from one moment of the cluster.

A page costs the server and us a bounded amount of memory. When the token of the next page runs out on the
way, the list begins anew, the second time in one piece: a list that takes longer than the server keeps its
history would otherwise never end.
"""

from __future__ import annotations

import asyncio

import msgspec

from mission_control.cluster.connection import Connection, Params
from mission_control.cluster.decoding import Decoder, Flaw, Key
from mission_control.cluster.errors import Expired, Forbidden, NotFound
from mission_control.cluster.scope import Scope, group_path
from mission_control.domain.objects import Object

PAGE = 500
SMALL_PAGE = 50
"""Of a kind whose objects may be a MiB each."""


class Listing(msgspec.Struct):
    """Everything of a scope at one version."""

    version: str
    items: dict[Key, Object]
    flaws: dict[Key, str]


async def fresh(connection: Connection, scope: Scope, decoder: Decoder, gate: asyncio.Semaphore) -> Listing:
    """The whole list. `gate` bounds how many pages of all kinds are in memory at once.

    Raises a ClusterError; NotFound when the cluster does not serve an optional kind.
    """
    if scope.kind.optional and not await is_served(connection, scope):
        raise NotFound(f"The cluster does not serve {scope.kind.resource}.")
    page = SMALL_PAGE if scope.kind.digests else PAGE
    try:
        return await _paged(connection, scope, decoder, gate, page)
    except Expired:
        return await _paged(connection, scope, decoder, gate, PAGE if scope.kind.digests else None)


async def _paged(
    connection: Connection, scope: Scope, decoder: Decoder, gate: asyncio.Semaphore, limit: int | None
) -> Listing:
    items: dict[Key, Object] = {}
    flaws: dict[Key, str] = {}
    token, version = "", ""
    while True:
        params: Params = {"limit": limit} if limit else {}
        if token:
            params = {**params, "continue": token}
        async with gate:
            body = await connection.get_json(scope.path, params, scope.list_form)
            meta, page = decoder.page(body)
            del body
        for item in page:
            if isinstance(item, Flaw):
                flaws[item.key] = item.why
            else:
                items[item.namespace, item.name] = item
        # all pages are of the first one's moment; a server that thinks otherwise makes us see changes twice
        version = version or meta.resource_version
        token = meta.next_page or ""
        if not token:
            return Listing(version, items, flaws)


class Served(msgspec.Struct, frozen=True):
    """A resource in a discovery document."""

    name: str = ""


class Discovery(msgspec.Struct, frozen=True):
    """What a group and version serves (APIResourceList)."""

    resources: tuple[Served, ...] | None = ()


async def is_served(connection: Connection, scope: Scope) -> bool:
    """Whether the cluster serves the kind; a server that will not tell is believed to."""
    try:
        answer = await connection.get_json(group_path(scope.kind))
    except NotFound:
        return False
    except Forbidden:
        return True
    try:
        found = msgspec.json.decode(answer, type=Discovery)
    except msgspec.MsgspecError:
        return True
    return any(served.name == scope.kind.plural for served in found.resources or ())
