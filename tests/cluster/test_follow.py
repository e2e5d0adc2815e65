"""Following a container through everything that tears a stream: each line once, each tear told."""

from __future__ import annotations

import asyncio
import random
from collections import Counter

import pytest

from mission_control.cluster.logs import Looking, Wanted, follow, history, look
from mission_control.domain.logs.entries import Seam, Source
from mission_control.domain.logs.position import Position
from tests.fakes.kubelet import START, FakeKubelet
from tests.fakes.virtual import passes, until, virtually

SOURCE = Source("shop", "web", "app")
SECOND = 1_000_000_000


class Reader:
    """Follows the fake's container and keeps what came."""

    def __init__(self, kubelet: FakeKubelet, start: int = START) -> None:
        self.lines: list[str] = []
        self.seams: list[Seam] = []
        self.story: list[str] = []
        self.position = Position(start)
        self._kubelet = kubelet
        self.task = asyncio.ensure_future(self._read())

    async def _read(self) -> None:
        connection = self._kubelet.connection()
        looking = Looking(lambda: look(connection, SOURCE), asyncio.sleep, lambda: self._kubelet.now)
        async for piece in follow(connection, SOURCE, self.position, looking):
            if isinstance(piece, Seam):
                self.seams.append(piece)
                self.story.append(f"[{piece.mark}]")
            else:
                texts = [line.content.decode() for line in piece]
                self.lines += texts
                self.story += texts

    @property
    def marks(self) -> list[str]:
        return [seam.mark for seam in self.seams]

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


@virtually
async def test_after_a_cut_lines_of_one_moment_come_once_each() -> None:
    kubelet = FakeKubelet()
    reader = Reader(kubelet)
    for text in ("a", "same", "same", "b"):
        kubelet.write(text)  # all in the same nanosecond
    await until(lambda: len(reader.lines) == 4)
    kubelet.cut()
    for text in ("same", "c"):
        kubelet.write(text)
    await until(lambda: len(reader.lines) == 6)
    await passes(5)
    assert reader.lines == ["a", "same", "same", "b", "same", "c"]
    assert reader.marks == ["reconnect"]
    assert reader.seams[0].at == START
    await reader.stop()


@virtually
async def test_the_end_of_the_previous_run_comes_before_the_seam() -> None:
    kubelet = FakeKubelet()
    reader = Reader(kubelet)
    kubelet.write("first")
    await until(lambda: reader.lines == ["first"])
    kubelet.is_down = True
    kubelet.cut()
    kubelet.write("last words", SECOND * 3)
    kubelet.restart()
    kubelet.write("hello again", SECOND)
    kubelet.is_down = False
    await until(lambda: "hello again" in reader.lines)
    assert reader.story == ["first", "last words", "[ended]", "[restart]", "hello again"]
    assert "1st time" in reader.seams[1].says
    await reader.stop()


@virtually
async def test_runs_that_nobody_keeps_are_a_gap_with_both_moments() -> None:
    kubelet = FakeKubelet()
    reader = Reader(kubelet)
    kubelet.write("one")
    await until(lambda: reader.lines == ["one"])
    kubelet.is_down = True
    kubelet.cut()
    kubelet.restart()
    kubelet.write("never seen", SECOND)
    kubelet.restart()
    kubelet.write("in the run before", SECOND)
    kubelet.restart()
    kubelet.write("now", SECOND)
    kubelet.is_down = False
    await until(lambda: "now" in reader.lines)
    gap = next(seam for seam in reader.seams if seam.mark == "gap")
    assert gap.at >= START
    assert gap.until >= gap.at
    assert "2 runs" in gap.says
    await reader.stop()


@virtually
async def test_a_rotation_while_the_stream_was_away_is_told() -> None:
    kubelet = FakeKubelet()
    reader = Reader(kubelet)
    kubelet.write("one")
    await until(lambda: reader.lines == ["one"])
    kubelet.is_down = True
    kubelet.cut()
    kubelet.write("lost", SECOND)
    kubelet.rotate()
    kubelet.write("two", SECOND)
    kubelet.is_down = False
    await until(lambda: reader.lines == ["one", "two"])
    assert reader.marks == ["rotation"]
    assert (reader.seams[0].at, reader.seams[0].until) == (START, START + 2 * SECOND)
    await reader.stop()


@virtually
async def test_a_rotation_under_an_open_stream_loses_nothing_and_says_nothing() -> None:
    kubelet = FakeKubelet()
    reader = Reader(kubelet)
    kubelet.write("one")
    await until(lambda: reader.lines == ["one"])
    kubelet.rotate()
    kubelet.write("two", SECOND)
    await until(lambda: reader.lines == ["one", "two"])
    assert reader.marks == []
    await reader.stop()


@virtually
async def test_a_silent_stream_is_opened_again_without_a_word() -> None:
    kubelet = FakeKubelet()
    reader = Reader(kubelet)
    kubelet.write("one")
    await passes(3600)
    kubelet.write("two", SECOND * 3600)
    await until(lambda: reader.lines == ["one", "two"])
    assert reader.marks == []
    await reader.stop()


@virtually
async def test_a_missing_right_is_told_once_and_reading_goes_on_when_it_is_given() -> None:
    kubelet = FakeKubelet()
    kubelet.is_forbidden = True
    reader = Reader(kubelet)
    await until(lambda: reader.marks)
    assert reader.marks == ["refused"]
    assert "get pods/log" in reader.seams[0].says
    kubelet.is_forbidden = False
    kubelet.write("there")
    await until(lambda: reader.lines == ["there"])
    await reader.stop()


@virtually
async def test_a_pod_that_is_gone_ends_the_stream() -> None:
    kubelet = FakeKubelet()
    reader = Reader(kubelet)
    kubelet.write("one")
    await until(lambda: reader.lines == ["one"])
    kubelet.is_gone = True
    kubelet.cut()
    await until(reader.task.done)
    assert reader.marks == ["ended"]
    assert "is gone" in reader.seams[0].says


@virtually
async def test_a_crash_loop_is_looked_at_seldom_and_its_end_is_told_once() -> None:
    kubelet = FakeKubelet()
    reader = Reader(kubelet)
    kubelet.write("boom")
    kubelet.end()
    await passes(600)
    assert reader.story == ["boom", "[ended]"]
    assert "exit code 1" in reader.seams[0].says
    assert kubelet.looks < 80
    assert len(kubelet.asked) < 5
    await reader.stop()


@pytest.mark.parametrize("seed", range(12))
def test_in_random_trouble_no_line_is_doubled_and_each_loss_is_marked(seed: int) -> None:
    virtually(_random_trouble)(random.Random(seed))  # noqa: S311


async def _random_trouble(chance: random.Random) -> None:
    kubelet = FakeKubelet()
    reader = Reader(kubelet)
    kubelet.write("line 0")
    written = 1
    await until(lambda: reader.lines)
    for _ in range(120):
        for _ in range(chance.randrange(4)):
            kubelet.write(f"line {written}", chance.choice((0, 0, 7, SECOND // 3, SECOND * 2)))
            written += 1
        trouble = chance.random()
        if trouble < 0.1:
            kubelet.cut()
        elif trouble < 0.14:
            kubelet.restart()
        elif trouble < 0.16 and _has_read_of(kubelet, reader):
            kubelet.rotate()
        elif trouble < 0.2:
            kubelet.is_down = True
            kubelet.cut()
        elif kubelet.is_down and trouble < 0.5:
            kubelet.is_down = False
        await asyncio.sleep(chance.choice((0.0, 0.05, 1.0, 4.0)))
    kubelet.is_down = False
    kubelet.write("the end", SECOND * 3)
    await until(lambda: "the end" in reader.lines)
    assert [text for text, times in Counter(reader.lines).items() if times > 1] == []
    order = [int(text.split()[1]) for text in reader.lines if text.startswith("line")]
    assert order == sorted(order)
    _every_loss_is_marked(reader.story, written)
    await reader.stop()


def _has_read_of(kubelet: FakeKubelet, reader: Reader) -> bool:
    """Whether anything of the present run was read: how else should a rotation be noticed."""
    return bool({text for _, text in kubelet.runs[-1].lines} & set(reader.lines))


def _every_loss_is_marked(story: list[str], written: int) -> None:
    last, is_marked = -1, False
    for told in [*story, f"line {written}"]:
        if told in ("[gap]", "[rotation]"):
            is_marked = True
        elif told.startswith("line"):
            number = int(told.split()[1])
            assert number == last + 1 or is_marked, f"lost after {last} without a mark"
            last, is_marked = number, False


@virtually
async def test_who_joins_gets_what_the_follower_has_passed_and_nothing_twice() -> None:
    kubelet = FakeKubelet()
    kubelet.write("before")
    kubelet.restart()
    for text in ("x", "x", "y"):
        kubelet.write(text, 5)
    reader = Reader(kubelet, START + SECOND)
    kubelet.write("live", SECOND)
    await until(lambda: reader.lines == ["live"])
    junction = reader.position.junction()
    kubelet.write("later")
    connection = kubelet.connection()
    life = await look(connection, SOURCE)
    assert life is not None
    pieces = [piece async for piece in history(connection, SOURCE, life, Wanted(since=START), junction)]
    told = [
        piece.mark if isinstance(piece, Seam) else [one.content.decode() for one in piece] for piece in pieces
    ]
    assert told == [["before"], "restart", ["x", "x", "y", "live"]]
    await reader.stop()
