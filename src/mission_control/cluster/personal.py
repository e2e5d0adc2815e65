"""Connections of persons who come with a token of their own: the same API server, and nothing of ours.

None of the console's credentials are on them, neither certificate nor impersonation, or the server would take
the person for the console. They are few, and closed when another person needs the room.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections import OrderedDict
from collections.abc import Mapping

import msgspec

from mission_control.cluster.connection import Connection, open_connection
from mission_control.cluster.credentials import Bearer
from mission_control.cluster.kubeconfig import Target, UserEntry, choose

_KEPT = 64


class PersonalConnections:
    """One connection for each token that was used lately."""

    def __init__(self, target: Target, env: Mapping[str, str] | None = None) -> None:
        self._target, self._env = target, os.environ if env is None else env
        self._open: OrderedDict[str, Connection] = OrderedDict()
        self._lock = asyncio.Lock()

    async def of(self, token: str) -> Connection:
        """The connection of a token. Raises ConfigProblem."""
        key = hashlib.sha256(token.encode()).hexdigest()
        async with self._lock:
            found = self._open.get(key)
            if found is None:
                found = self._open[key] = await self._connect(token)
            self._open.move_to_end(key)
            while len(self._open) > _KEPT:
                _, oldest = self._open.popitem(last=False)
                await oldest.aclose()
        return found

    async def aclose(self) -> None:
        """Closes all of them."""
        async with self._lock:
            for connection in self._open.values():
                await connection.aclose()
            self._open.clear()

    async def _connect(self, token: str) -> Connection:
        access = choose(self._target, self._env)
        bare = msgspec.structs.replace(access, user=UserEntry())
        connection = await open_connection(bare, self._env, lambda: bare)
        connection.client.auth = Bearer(token)
        return connection
