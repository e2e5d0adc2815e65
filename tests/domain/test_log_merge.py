"""Many streams become one story in order of time, without waiting for ever."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mission_control.domain.logs.entries import Entry
from mission_control.domain.logs.merge import Merger

SECOND = 1_000_000_000


def line(at: float, source: str = "a") -> Entry:
    return Entry(int(at * SECOND), source, f"{source} {at}")


def moments(entries: list[Entry]) -> list[float]:
    return [entry.at / SECOND for entry in entries]


def test_histories_are_merged_by_time_however_they_arrive() -> None:
    merger = Merger()
    merger.join("a", 0)
    merger.join("b", 0)
    merger.push("a", [line(1), line(3), line(5)], 0)
    assert merger.ready(0.1) == []
    merger.push("b", [line(2, "b"), line(4, "b")], 0.1)
    assert moments(merger.ready(0.1)) == [1, 2, 3, 4]
    merger.live("a", 0.2)
    merger.live("b", 0.2)
    assert moments(merger.ready(1)) == [5]


def test_a_history_that_does_not_come_is_not_waited_for_for_ever() -> None:
    merger = Merger(patience=3)
    merger.join("a", 0)
    merger.join("b", 0)
    merger.push("a", [line(1), line(2)], 0)
    assert merger.ready(2.9) == []
    assert moments(merger.ready(3.1))[:1] == [1]


def test_live_lines_wait_a_moment_for_others_to_overtake() -> None:
    merger = Merger(lateness=0.4)
    for name in ("a", "b"):
        merger.join(name, 0)
        merger.live(name, 0)
    merger.push("a", [line(10)], 1.0)
    assert merger.ready(1.3) == []
    merger.push("b", [line(9.8, "b")], 1.35)
    assert moments(merger.ready(1.41)) == [9.8, 10]


def test_one_stream_keeps_its_order_although_its_clock_went_back() -> None:
    merger = Merger()
    merger.join("a", 0)
    merger.live("a", 0)
    merger.push("a", [line(5), line(4), line(6)], 0)
    assert moments(merger.ready(1)) == [5, 4, 6]


def test_the_merger_learns_how_late_lines_come() -> None:
    merger = Merger(lateness=0.1)
    for name in ("a", "b"):
        merger.join(name, 0)
        merger.live(name, 0)
    merger.push("a", [line(10)], 1.0)
    assert moments(merger.ready(1.2)) == [10]
    merger.push("b", [line(9, "b")], 1.3)  # a second too late
    assert moments(merger.ready(1.5)) == [9]
    merger.push("a", [line(11)], 2.0)
    assert merger.ready(2.5) == []
    assert moments(merger.ready(3.3)) == [11]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 50)), max_size=60))
def test_nothing_is_lost_and_each_stream_keeps_its_order(pushed: list[tuple[str, int]]) -> None:
    merger = Merger()
    for name in "abc":
        merger.join(name, 0)
    out: list[Entry] = []
    for now, (name, at) in enumerate(pushed):
        merger.push(name, [line(at, name)], float(now))
        out += merger.ready(float(now))
        if now == len(pushed) // 2:
            for each in "abc":
                merger.live(each, float(now))
    out += merger.rest()
    for name in "abc":
        mine = [entry.at // SECOND for entry in out if entry.source == name]
        assert mine == [at for source, at in pushed if source == name]
    assert merger.waiting == 0
