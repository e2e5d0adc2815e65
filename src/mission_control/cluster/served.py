"""Which of some kinds the cluster does not serve, asked of its discovery and remembered for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import msgspec

from mission_control.cluster.connection import Connection
from mission_control.cluster.errors import ClusterError, NotFound
from mission_control.cluster.scope import segment

LASTS = 120.0
"""Seconds until discovery is asked again."""


class Resource(msgspec.Struct, frozen=True):
    """A resource in a discovery document."""

    kind: str = ""


class Resources(msgspec.Struct, frozen=True):
    """What a group and version serves (APIResourceList)."""

    resources: tuple[Resource, ...] | None = ()


class Served:
    """Answers of the discovery of one cluster."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[str, tuple[frozenset[str] | None, float]] = {}

    async def lacking(self, kinds: Iterable[tuple[str, str]]) -> tuple[str, ...]:
        """The kinds, as apiVersion and kind, that are not served; a server that will not tell lacks none.

        Kinds of the core group are served by every cluster.
        """
        found = []
        for api_version, kind in sorted(kinds):
            if "/" in api_version:
                served = await self._kinds(api_version)
                if served is not None and kind not in served:
                    found.append(f"{api_version} {kind}")
        return tuple(found)

    async def _kinds(self, api_version: str) -> frozenset[str] | None:
        now = asyncio.get_running_loop().time()
        held = self._known.get(api_version)
        if held is None or now - held[1] > LASTS:
            held = self._known[api_version] = (await self._ask(api_version), now)
        return held[0]

    async def _ask(self, api_version: str) -> frozenset[str] | None:
        group, _, version = api_version.partition("/")
        try:
            answer = await self._connection.get_json(f"/apis/{segment(group)}/{segment(version)}")
            found = msgspec.json.decode(answer, type=Resources)
        except NotFound:
            return frozenset()
        except (ClusterError, msgspec.MsgspecError):
            return None
        return frozenset(resource.kind for resource in found.resources or ())
