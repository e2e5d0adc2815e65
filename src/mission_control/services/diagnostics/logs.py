"""Records logs of current and previous containers: what is wrong first, few at a time, the ends of long ones.

A log is read once for its newest lines. Only when that was not all of it are its first lines read too, and a
notice stands where lines are left out.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta

import msgspec

from mission_control.archive.errors import ArchiveError
from mission_control.cluster.connection import Connection
from mission_control.cluster.errors import ClusterError, Forbidden, Unreachable
from mission_control.cluster.raw import log
from mission_control.domain.bundle import layout
from mission_control.domain.logtail import LogRequest
from mission_control.domain.objects import ContainerStatus, Pod
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.verdict import Health
from mission_control.services.diagnostics.gathering import Gathering

AT_ONCE = 4


class Newest(msgspec.Struct):
    """The newest bytes of a log, whole lines of it. `lines` counts all that came."""

    most: int
    parts: deque[bytes] = msgspec.field(default_factory=deque)
    held: int = 0
    lines: int = 0
    was_cut: bool = False

    def add(self, chunk: bytes) -> None:
        """Take a piece, and let go of the oldest ones beyond the bound."""
        self.parts.append(chunk)
        self.held += len(chunk)
        self.lines += chunk.count(b"\n")
        while self.held - len(self.parts[0]) >= self.most and len(self.parts) > 1:
            self.held -= len(self.parts.popleft())
            self.was_cut = True

    def content(self) -> bytes:
        """What is held, from the beginning of a line when something before it is gone."""
        whole = b"".join(self.parts)
        if len(whole) > self.most:
            whole, self.was_cut = whole[-self.most :], True
        return whole.partition(b"\n")[2] if self.was_cut else whole


class LogRecorder:
    """Records the logs of some containers. `since` bounds how old lines may be."""

    def __init__(self, connection: Connection, gathering: Gathering, since: timedelta | None) -> None:
        self._connection, self._gathering = connection, gathering
        self._since = int(since.total_seconds()) if since else None
        self._is_gone = False

    async def record(self, requests: Iterable[LogRequest]) -> None:
        """Record them, the first ones first, until the size is used up. Raises Unreachable."""
        todo = deque(requests)
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(AT_ONCE):
                    group.create_task(self._work(todo))
        except* ArchiveError as several:
            raise several.exceptions[0] from several
        if todo and self._gathering.is_full:
            self._gathering.missing(
                f"Logs of {len(todo)} containers", "The size that was asked for is used up."
            )
        if self._is_gone:
            raise Unreachable("The API server does not answer any more.")

    async def _work(self, todo: deque[LogRequest]) -> None:
        while todo and not self._gathering.is_full and not self._is_gone:
            request = todo.popleft()
            try:
                await self._one(request)
            except Unreachable:
                self._is_gone = True
            except Forbidden:
                self._gathering.missing(
                    f"Logs in {request.namespace}",
                    "They may not be read.",
                    f"get pods/log in {request.namespace}",
                )
            except ClusterError as error:
                self._gathering.missing(_name(request), error.says)

    async def _one(self, request: LogRequest) -> None:
        limits = self._gathering.limits
        newest = Newest(limits.log_newest_bytes)
        await self._pour(newest, request, lines=limits.log_newest_lines)
        content = newest.content()
        is_long = newest.was_cut or newest.lines >= limits.log_newest_lines
        if is_long and limits.log_first_bytes:
            first = Newest(limits.log_first_bytes)
            await self._pour(first, request, most=limits.log_first_bytes)
            content = first.content().rpartition(b"\n")[0] + _notice(newest) + content
        if is_long:
            self._gathering.limited(_name(request), "It is long: only its first and newest lines are here.")
        if content:
            path = layout.log_path(
                request.namespace, request.pod, request.container, previous=request.previous
            )
            await self._gathering.put_text(path, content)

    async def _pour(
        self, into: Newest, request: LogRequest, *, lines: int | None = None, most: int | None = None
    ) -> None:
        reading = log(self._connection, request, lines=lines, most=most, since_seconds=self._since)
        async with contextlib.aclosing(reading) as chunks:
            async for chunk in chunks:
                into.add(chunk)


def _notice(newest: Newest) -> bytes:
    return b"\n\n... lines are left out here; what follows are the newest %d kB ...\n\n" % (newest.most >> 10)


def _name(request: LogRequest) -> str:
    before = " before its restart" if request.previous else ""
    return f"Log of {request.namespace}/{request.pod} {request.container}{before}"


def wanted_logs(
    snapshot: Snapshot, health: Health, namespaces: Collection[str], *, everything: bool
) -> tuple[LogRequest, ...]:
    """The containers whose logs are wanted: those of findings, then unwell ones, then the installations'."""
    found = {(f.subject.namespace, f.subject.name) for f in health.findings if f.subject.kind == "Pod"}
    pods = sorted(
        (pod for pod in snapshot.all(Pod) if everything or pod.namespace in namespaces or not pod.is_well),
        key=lambda pod: (
            (pod.namespace, pod.name) not in found,
            pod.is_well,
            pod.namespace not in namespaces,
            pod.namespace,
            pod.name,
        ),
    )
    return tuple(request for pod in pods for request in _containers(pod))


def _containers(pod: Pod) -> Iterator[LogRequest]:
    statuses = (*pod.status.container_statuses, *pod.status.init_container_statuses)
    for status in statuses:
        if has_begun(status):
            yield LogRequest(pod.namespace, pod.name, status.name, previous=False)
        if status.restart_count and status.last_state.terminated is not None:
            yield LogRequest(pod.namespace, pod.name, status.name, previous=True)


def has_begun(status: ContainerStatus) -> bool:
    """Whether the container ever ran, so that there can be a log."""
    return bool(status.state.running or status.state.terminated or status.restart_count)
