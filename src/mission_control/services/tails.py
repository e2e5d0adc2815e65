"""Keeps the ends of suspected containers' logs: each read once per restart, few at a time.

What is suspected is the health engine's word; this module never reads any other log. The log of a container
that still runs is read again after a while, because it goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

import msgspec

from mission_control.cluster.errors import ClusterError
from mission_control.domain.logtail import LogRequest, LogTail
from mission_control.domain.objects import Pod
from mission_control.domain.snapshot import Snapshot

AT_ONCE = 4
MOST = 40
"""How many suspected containers are read at all; the engine names the most telling first."""
STAYS_FRESH = 60.0
"""Seconds until the log of a running container, or one that could not be read, is read again."""

Life = tuple[str, int]
"""Which run of a container: its pod's uid and how often it was restarted."""
ReadTail = Callable[[LogRequest], Awaitable[LogTail]]


class _Held(msgspec.Struct, frozen=True):
    tail: LogTail
    life: Life
    read_at: float


class Tails:
    """The tails that were read. Times are those of the event loop."""

    def __init__(self, read: ReadTail) -> None:
        self._read = read
        self._held: dict[LogRequest, _Held] = {}
        self._gate = asyncio.Semaphore(AT_ONCE)

    def known(self) -> tuple[LogTail, ...]:
        """What was read of the containers that are suspected now."""
        return tuple(held.tail for held in self._held.values())

    def missing(self, snapshot: Snapshot, wanted: Iterable[LogRequest]) -> dict[LogRequest, Life]:
        """The wanted tails that must be read, each with the life of its container; forgets unwanted ones."""
        chosen = tuple(wanted)[:MOST]
        self._held = {request: self._held[request] for request in chosen if request in self._held}
        lives = {request: _life(snapshot, request) for request in chosen}
        return {request: life for request, life in lives.items() if self._is_old(request, life)}

    def _is_old(self, request: LogRequest, life: Life) -> bool:
        held = self._held.get(request)
        if held is None or held.life != life:
            return True
        may_change = not request.previous or bool(held.tail.refused)
        return may_change and asyncio.get_running_loop().time() - held.read_at > STAYS_FRESH

    async def read(self, missing: dict[LogRequest, Life]) -> bool:
        """Reads them; whether anything new came of it."""
        before = self.known()
        async with asyncio.TaskGroup() as group:
            for request, life in missing.items():
                group.create_task(self._read_one(request, life))
        return self.known() != before

    async def _read_one(self, request: LogRequest, life: Life) -> None:
        async with self._gate:
            try:
                tail = await self._read(request)
            except ClusterError as error:
                tail = LogTail(
                    request.namespace, request.pod, request.container, request.previous, refused=error.says
                )
        self._held[request] = _Held(tail, life, asyncio.get_running_loop().time())


def _life(snapshot: Snapshot, request: LogRequest) -> Life:
    """Which run of the container this is: the pod's uid and how often the container was restarted."""
    pod = snapshot.get(Pod, request.namespace, request.pod)
    if pod is None:
        return ("", 0)
    statuses = (*pod.status.container_statuses, *pod.status.init_container_statuses)
    return (pod.uid, next((s.restart_count for s in statuses if s.name == request.container), 0))
