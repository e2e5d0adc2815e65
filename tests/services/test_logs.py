"""Sessions over followed containers: one upstream for all, the past and what comes, nothing twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime

import msgspec

from mission_control.domain.logs import stamps
from mission_control.domain.logs.entries import Entry
from mission_control.domain.logs.filters import Filter, expressions
from mission_control.domain.objects import Pod
from mission_control.domain.snapshot import Snapshot, snapshot_of
from mission_control.services.logs.logs import Logs
from mission_control.services.logs.query import LogQuery
from mission_control.services.logs.selection import Catalog, Selection
from mission_control.services.logs.session import Batch, Session
from tests.fakes.kubelet import START, FakeKubelet
from tests.fakes.virtual import passes, until, virtually

SECOND = 1_000_000_000


def pod(name: str = "web", namespace: str = "shop", **status: object) -> Pod:
    tree = {
        "metadata": {"name": name, "namespace": namespace, "uid": name},
        "spec": {
            "containers": [{"name": "app"}],
            "initContainers": [{"name": "prepare"}, {"name": "proxy", "restartPolicy": "Always"}],
        },
        "status": {
            "phase": "Running",
            "containerStatuses": [{"name": "app", "state": {"running": {}}}],
            **status,
        },
    }
    return msgspec.convert(tree, Pod, strict=False)


class Picture(msgspec.Struct):
    """A picture that tests change."""

    snapshot: Snapshot
    version: int = 1


class Reader:
    """Keeps what a session tells."""

    def __init__(self, session: Session) -> None:
        self.told: list[str] = []
        self._session = session
        self.task = asyncio.ensure_future(self._read())

    async def _read(self) -> None:
        async for batch in self._session.batches():
            self.told += [f"[{entry.mark}]" if entry.mark else entry.text for entry in batch.entries]

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


class Stand:
    """Logs of the fake's one pod."""

    def __init__(self) -> None:
        self.kubelet = FakeKubelet()
        self.picture = Picture(snapshot_of([pod()], stamps.as_datetime(START)))
        connection = self.kubelet.connection()

        async def never(_: int) -> int:
            await asyncio.get_running_loop().create_future()
            return 0

        self.logs = Logs(lambda: connection, lambda: self.picture, never, (), self.clock)

    def clock(self) -> datetime:
        return datetime.fromtimestamp(self.kubelet.now / SECOND, UTC)

    def read(self, **more: object) -> Reader:
        selection = Selection(namespace="shop", containers=("app",))
        return Reader(self.logs.session(LogQuery(selection, **more)))  # type: ignore[arg-type]


@virtually
async def test_the_past_and_the_present_are_one_story() -> None:
    stand = Stand()
    stand.kubelet.write("past")
    reader = stand.read()
    await until(lambda: reader.told == ["past"])
    stand.kubelet.write("present", SECOND)
    await until(lambda: reader.told == ["past", "present"])
    await reader.stop()
    assert stand.logs.upstreams.count == 0


@virtually
async def test_two_readers_share_one_upstream_and_both_get_each_line_once() -> None:
    stand = Stand()
    stand.kubelet.write("a")
    first = stand.read()
    await until(lambda: first.told == ["a"])
    stand.kubelet.write("b")
    await until(lambda: first.told == ["a", "b"])
    second = stand.read()
    stand.kubelet.write("c")
    await until(lambda: second.told == ["a", "b", "c"] and first.told == second.told)
    assert stand.kubelet.streams == 1
    await first.stop()
    await second.stop()


@virtually
async def test_without_following_it_ends_with_what_there_is() -> None:
    stand = Stand()
    for text in ("one", "two", "three"):
        stand.kubelet.write(text, 5)
    reader = stand.read(follow=False, filter=Filter(exclude=expressions(("two",))))
    await until(reader.task.done)
    assert reader.told == ["one", "three"]


@virtually
async def test_a_secret_is_hidden_in_the_past_and_in_what_comes() -> None:
    stand = Stand()
    stand.kubelet.write("password=hunter2hunter")
    reader = stand.read()
    await until(lambda: reader.told)
    stand.kubelet.write("postgres://me:hunter2hunter@db/x", SECOND)
    await until(lambda: len(reader.told) == 2)
    assert "hunter2" not in " ".join(reader.told)
    assert "MASKED" in reader.told[1]
    await reader.stop()


@virtually
async def test_a_missing_right_is_said_and_the_rest_is_shown() -> None:
    stand = Stand()
    stand.kubelet.is_forbidden = True
    reader = stand.read()
    await until(lambda: reader.told)
    assert "[refused]" in reader.told
    await reader.stop()


@virtually
async def test_a_slow_reader_beside_another_loses_lines_and_is_told_how_many() -> None:
    stand = Stand()
    quick = stand.read()
    slow = stand.logs.session(LogQuery(Selection(namespace="shop", containers=("app",))))
    batches = slow.batches()
    await anext(batches)
    await passes(1)
    await anext(batches)
    for burst in range(1, 4):
        for number in range(7_000):
            stand.kubelet.write(f"line {number}")
        await until(lambda: len(quick.told) == burst * 7_000)  # noqa: B023  it is asked at once
    assert slow.is_full
    for _ in range(3):
        told = [entry async for entry in _some(batches, 3)]
    stand.kubelet.write("after", SECOND)
    await passes(1)
    told += [entry async for entry in _some(batches, 20)]
    assert any(entry.mark == "dropped" and "were left out" in entry.text for entry in told)
    await quick.stop()
    await batches.aclose()


async def _some(batches: AsyncGenerator[Batch, None], count: int) -> AsyncGenerator[Entry, None]:
    for _ in range(count):
        for entry in (await anext(batches)).entries:
            yield entry


@virtually
async def test_a_pod_that_comes_later_joins_with_a_mark() -> None:
    stand = Stand()
    stand.picture = Picture(snapshot_of([], stamps.as_datetime(START)))
    reader = stand.read()
    await passes(1)
    stand.kubelet.write("hello")
    stand.picture = Picture(snapshot_of([pod()], stamps.as_datetime(START)), 2)
    await until(lambda: "hello" in reader.told)
    assert "[joined]" in reader.told
    await reader.stop()


def test_a_selection_means_containers_of_all_roles() -> None:
    catalog = Catalog(snapshot_of([pod(), pod("other", "else")], stamps.as_datetime(START)), ())
    chosen = catalog.choose(Selection(namespace="shop"))
    assert [(one.container, one.role) for one in chosen.sources] == [
        ("prepare", "init"),
        ("proxy", "sidecar"),
        ("app", ""),
    ]
    assert catalog.choose(Selection(words=("pod/other",))).pods == 1


def test_what_somebody_may_not_see_is_never_chosen() -> None:
    snapshot = snapshot_of([pod(), pod("other", "else")], stamps.as_datetime(START))
    chosen = Catalog(snapshot, (), lambda namespace: namespace == "shop").choose(Selection())
    assert {one.namespace for one in chosen.sources} == {"shop"}
