from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import pytest

from mission_control.cluster.errors import ClusterError, Unreachable
from mission_control.domain.snapshot import snapshot_of
from mission_control.domain.usage import Usage
from mission_control.domain.verdict import Health, Verdict
from mission_control.services.contact import Contact, Reached
from mission_control.services.health import Judged

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
HEALTHY = Judged(snapshot_of((), NOW), Health("dev", NOW, Verdict.HEALTHY), 3)


class FakeHealth:
    """A judgement that never changes."""

    latest = HEALTHY

    async def wait(self, after: int) -> int:
        while after >= self.latest.version:
            await asyncio.Event().wait()
        return self.latest.version


async def fetch(kind: str, namespace: str, name: str) -> bytes:
    return f"{kind}/{namespace}/{name}".encode()


async def forever() -> None:
    await asyncio.Event().wait()


def reached() -> Reached:
    return Reached(FakeHealth(), lambda: Usage(at=NOW), fetch, forever)  # type: ignore[arg-type]


class Door:
    """A cluster that refuses a number of times and then answers."""

    def __init__(self, refusals: int) -> None:
        self.left = refusals
        self.is_closed = False

    @contextlib.asynccontextmanager
    async def reach(self) -> AsyncIterator[Reached]:
        if self.left:
            self.left -= 1
            raise Unreachable("Nothing listens at db:1.", "Start it.")
        try:
            yield reached()
        finally:
            self.is_closed = True


@contextlib.asynccontextmanager
async def trying(door: Door, pause: Callable[[float], float] = lambda _: 0.0) -> AsyncIterator[Contact]:
    contact = Contact(door.reach, (), lambda: NOW, pause=pause)
    task = asyncio.create_task(contact.run())
    try:
        yield contact
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_before_the_first_answer_everything_is_loading_and_nothing_is_judged() -> None:
    contact = Contact(Door(0).reach, (), lambda: NOW)
    assert not contact.latest.snapshot.is_complete
    with pytest.raises(ClusterError, match="not answered"):
        await contact.fetch("Pod", "a", "b")


async def test_a_cluster_out_of_reach_is_unknown_and_says_why() -> None:
    async with trying(Door(1000), pause=lambda _: 3600.0) as contact:
        await contact.wait(0)
        judged = contact.latest
        assert judged.health.verdict is Verdict.UNKNOWN
        assert {sight.state for sight in judged.snapshot.sights} == {"stale"}
        assert "Nothing listens at db:1. Start it." in judged.snapshot.sights[0].reason
        assert contact.usage.latest.refused == "Nothing listens at db:1."
        with pytest.raises(Unreachable):
            await contact.fetch("Pod", "a", "b")


async def test_it_tries_until_the_cluster_answers() -> None:
    async with trying(Door(3)) as contact:
        version = 0
        while contact.latest.health.verdict is not Verdict.HEALTHY:
            version = await contact.wait(version)
        assert contact.latest.health == HEALTHY.health
        assert await contact.fetch("Pod", "a", "b") == b"Pod/a/b"
        assert contact.usage.latest.at == NOW


async def test_versions_only_grow_when_the_cluster_answers() -> None:
    async with trying(Door(2)) as contact:
        seen = [0]
        while contact.latest.health.verdict is not Verdict.HEALTHY:
            seen.append(await contact.wait(seen[-1]))
        assert seen == sorted(set(seen))
        assert contact.latest.version > seen[-1] - 1


async def test_the_connection_is_closed_at_the_end() -> None:
    door = Door(0)
    async with trying(door) as contact:
        await contact.wait(0)
    assert door.is_closed
