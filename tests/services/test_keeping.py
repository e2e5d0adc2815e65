"""What is kept: redacted, once each, read when the pod is gone, and a notice when the disk fails."""

from __future__ import annotations

import asyncio
from pathlib import Path

from mission_control.domain.logs import stamps
from mission_control.domain.snapshot import snapshot_of
from mission_control.services.logs.keeping import Keeper
from mission_control.services.logs.query import LogQuery
from mission_control.services.logs.selection import Selection
from mission_control.storage.logring import LogRing
from tests.fakes.kubelet import START
from tests.fakes.virtual import until, virtually
from tests.services.test_logs import Picture, Reader, Stand

SECOND = 1_000_000_000


def keeping(stand: Stand, folder: Path) -> tuple[Keeper, asyncio.Task[None]]:
    """A keeper of everything; it takes "" for the key of an installation, which narrows nothing."""
    keeper = Keeper(
        LogRing(folder, 1 << 20, 3600 * SECOND), stand.logs.upstreams, stand.logs.catalog, lambda: ("",)
    )
    stand.logs.kept = keeper
    return keeper, asyncio.ensure_future(keeper.run())


async def end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def kept_texts(keeper: Keeper) -> list[str]:
    return [one.text for batch in keeper._ring.read("shop/web/app", 0, 0) for one in batch if not one.mark]


def test_lines_of_a_pod_that_is_gone_are_read_from_the_ring(tmp_path: Path) -> None:
    @virtually
    async def story() -> None:
        stand = Stand()
        stand.kubelet.write("password=hunter2hunter")
        keeper, task = keeping(stand, tmp_path / "ring")
        await until(lambda: kept_texts(keeper))
        await end(task)
        again, task = keeping(stand, tmp_path / "ring")  # the console was started anew
        stand.kubelet.write("after the restart", SECOND)
        await until(lambda: len(kept_texts(again)) == 2)
        stand.kubelet.is_gone = True
        stand.picture = Picture(snapshot_of([], stamps.as_datetime(START)), 2)
        reader = Reader(stand.logs.session(LogQuery(Selection(namespace="shop"), follow=False)))
        await until(reader.task.done)
        told = [text for text in reader.told if not text.startswith("[")]
        assert told[1] == "after the restart"
        assert told[0].startswith("password=MASKED.")
        on_disk = b"".join(path.read_bytes() for path in (tmp_path / "ring").iterdir())
        assert b"hunter2" not in on_disk
        await end(task)

    story()


def test_a_disk_that_fails_is_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    @virtually
    async def story() -> None:
        (tmp_path / "ring").write_text("a file where the folder should be")
        stand = Stand()
        stand.kubelet.write("now")
        keeper, task = keeping(stand, tmp_path / "ring")
        await until(lambda: keeper.trouble)
        assert "cannot be kept now" in keeper.trouble
        reader = stand.read()
        await until(lambda: reader.told == ["now"])
        (tmp_path / "ring").unlink()
        (tmp_path / "ring").mkdir()
        stand.kubelet.write("later", SECOND)
        await until(lambda: not keeper.trouble)
        await reader.stop()
        await end(task)

    story()
