"""What the timeline costs: noticing a change, writing entries, asking for a page, and what a day takes.

    python -m bench.timeline [--pods 30000] [--changes 50] [--seconds 60] [--keep DIR]

A picture of so many pods in a hundred namespaces changes so often a second, as a busy cluster does: restarts,
events, settings, Services. Noticing happens inside the judgement and is told per change; writing is done with
the real store and the real redaction. All figures are processor time of this process, so that a busy machine
changes them little; the day is reckoned from the rows written.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from mission_control.domain.objects import ConfigMap, Event, Object, Pod, Service
from mission_control.domain.snapshot import Shelf, Snapshot, snapshot_of
from mission_control.domain.verdict import Health, Verdict
from mission_control.services.chronicle import Chronicle
from mission_control.services.timeline import TimelineQuery, timeline
from mission_control.services.writing import Bounds, Writer
from mission_control.storage.database import open_database
from mission_control.storage.timeline import TimelineStore

MIB = 1 << 20
START = datetime(2026, 3, 1, tzinfo=UTC)
NAMESPACES = 100
LOOKS = 10
"""A second: so often is judged under load."""
KINDS: tuple[type[Object], ...] = (Pod, Event, ConfigMap, Service)
SHARES = (25, 65, 4, 6)
"""Of a hundred changes, so many are of pods, events, ConfigMaps, Services."""
Tree = dict[str, object]


def tree(shape: type[Object], number: int, at: datetime) -> Tree:
    """An object as an API server would send it, as it is at that moment."""
    place, stamp = f"n{number % NAMESPACES}", at.isoformat()
    name = f"{shape.__name__.lower()}-{number}"
    meta: Tree = {"name": name, "namespace": place, "uid": name, "creationTimestamp": START.isoformat()}
    if shape is Pod:
        ended = {"terminated": {"exitCode": 1, "reason": "Error", "finishedAt": stamp}}
        status = {"name": "main", "restartCount": at.second + 1, "lastState": ended}
        return {"metadata": meta, "status": {"phase": "Running", "containerStatuses": [status]}}
    if shape is Event:
        address = f"http://10.0.{number % 250}.7:8000/ok"
        return {
            "metadata": meta,
            "involvedObject": {"kind": "Pod", "namespace": place, "name": f"pod-{number}"},
            "reason": "Unhealthy",
            "type": "Warning",
            "message": f"Readiness probe failed: Get {address}: context deadline exceeded {stamp}",
            "count": 3,
            "lastTimestamp": stamp,
        }
    if shape is ConfigMap:
        meta["managedFields"] = [{"manager": "kubectl-edit", "time": stamp}]
        return {"metadata": meta, "data": {"level": stamp, "mode": "a"}}
    return {"metadata": meta, "spec": {"selector": {"app": stamp}, "ports": [{"port": 80}]}}


def made(shape: type[Object], number: int, at: datetime) -> Object:
    """The same, decoded as the picture holds it."""
    return msgspec.json.decode(msgspec.json.encode(tree(shape, number, at)), type=shape)


def changes(picture: Snapshot, many: int, rate: int, chance: random.Random) -> Iterator[Snapshot]:
    """Pictures, each some changes later than the one before."""
    step = max(1, rate // LOOKS)
    serial, shelves, at = many, dict(picture.shelves), picture.taken_at
    while True:
        at += timedelta(seconds=step / rate)
        fresh: dict[type[Object], list[Object]] = {}
        for shape in chance.choices(KINDS, SHARES, k=step):
            serial += 1
            number = serial if shape is Event else chance.randrange(many // 10)
            fresh.setdefault(shape, []).append(made(shape, number, at))
        for shape, items in fresh.items():
            shelves[shape] = shelves.get(shape, Shelf()).with_changes(items, [])
        yield msgspec.structs.replace(picture, shelves=dict(shelves), taken_at=at)


class Spent:
    """Seconds of processor time of this process, by what they were spent on."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.on: dict[str, float] = {}

    @contextmanager
    def during(self, what: str) -> Iterator[None]:
        """Count what the block takes."""
        began = time.process_time()
        yield
        self.on[what] = self.on.get(what, 0.0) + time.process_time() - began


class Run:
    """A chronicle over a store in a folder, and what it cost."""

    def __init__(self, picture: Snapshot, folder: Path) -> None:
        """Open the store."""
        self.database = open_database(folder)
        self.store = TimelineStore(self.database)
        self.now = picture.taken_at
        self.writer = Writer(self.store, Bounds(), lambda: self.now)
        self.chronicle = Chronicle((), lambda: self.now, self.writer)
        self.spent, self.wrote, self.latest = Spent(), 0, picture

    async def first(self) -> None:
        """What the first picture tells."""
        self.chronicle.notice(self.latest)
        with self.spent.during("first"):
            await self.writer.write(self.chronicle.homes, self.latest)

    async def second(self, looks: Iterator[Snapshot]) -> None:
        """One second of changes and the write at its end."""
        for _ in range(LOOKS):
            self.latest = next(looks)
            self.now = self.latest.taken_at
            with self.spent.during("noticing"):
                self.chronicle.notice(self.latest)
        with self.spent.during("writing"):
            self.chronicle.drain()
            self.wrote += len(self.writer.pending)
            await self.writer.write(self.chronicle.homes, self.latest)

    async def page(self, name: str, query: TimelineQuery) -> None:
        """What a page costs."""
        health = Health("bench", self.now, Verdict.HEALTHY)
        with self.spent.during(name):
            page = await timeline(self.chronicle, self.latest, health, query)
        print(f"page, {name}: {self.spent.on[name] * 1000:.0f} ms, {page.told} entries")


async def measured(pods: int, rate: int, seconds: int, folder: Path) -> None:
    """Let it run and tell the figures."""
    first = [made(Pod, n, START) for n in range(pods)]
    first += [made(shape, n, START) for shape in (ConfigMap, Service) for n in range(pods // 10)]
    run = Run(snapshot_of(first, START + timedelta(hours=1)), folder)
    await run.first()
    before, size = run.store.size()
    looks = changes(run.latest, pods, rate, random.Random(1))  # noqa: S311 -- no secret
    for _ in range(seconds):
        await run.second(looks)
    rows, after = run.store.size()
    on, row, more = run.spent.on, (after - size) / max(1, rows - before), rows - before
    print(f"first write: {on['first']:.2f} s for {before} entries of {pods} pods")
    print(f"noticing: {on['noticing'] / (rate * seconds) * 1e6:.0f} us a change", end=", ")
    print(f"{on['noticing'] / seconds:.1%} of a core at {rate} changes/s")
    print(
        f"writing: {run.wrote / on['writing']:.0f} entries/s of a core, {on['writing'] / seconds:.1%} of it"
    )
    print(
        f"a row: {row:.0f} bytes; a day at {rate} changes/s {more / seconds * 86400 * row / MIB:.0f} MiB,",
        end=" ",
    )
    print(f"at 1 change/s {more / (rate * seconds) * 86400 * row / MIB:.1f} MiB")
    await run.page("24 h of everything", TimelineQuery())
    await run.page("one object", TimelineQuery(about="Pod/n7/pod-7"))
    await run.page("words", TimelineQuery(text="deadline 10.0.7"))
    with run.spent.during("trim"):
        removed = run.store.trim(run.now, 14, after / 2 / MIB)
    print(f"taking out {removed} rows: {on['trim'] * 1000:.0f} ms")
    run.database.close()


def main() -> int:
    """Read the flags and measure."""
    flags = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    flags.add_argument("--pods", type=int, default=30_000)
    flags.add_argument("--changes", type=int, default=50, help="a second")
    flags.add_argument("--seconds", type=int, default=60)
    flags.add_argument("--keep", type=Path, help="leave the store in this folder")
    chosen = flags.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = chosen.keep or Path(folder)
        asyncio.run(measured(chosen.pods, chosen.changes, chosen.seconds, place))
    return 0


if __name__ == "__main__":
    sys.exit(main())
