"""Counts what arrived against what was written: lost, doubled, and the marks."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import msgspec

from bench.loglines.world import name_of
from bench.loglines.writing import text_of


class Told(msgspec.Struct):
    """A line of a reader's output: ours, or stern's."""

    text: str = ""
    message: str = ""
    pod: str = ""
    pod_name: str = msgspec.field(default="", name="podName")
    at: str = ""
    mark: str = ""


class Tally(NamedTuple):
    """What came of it. `unordered`: lines that came after a younger one of another container."""

    written: int
    arrived: int
    lost: int
    doubled: int
    unordered: int
    marks: dict[str, int]


def tally(output: Path, written: list[int]) -> Tally:
    """Compare line by line."""
    got: dict[str, Counter[str]] = {name_of(place): Counter() for place in range(len(written))}
    marks: Counter[str] = Counter()
    decode = msgspec.json.Decoder(Told).decode
    unordered, newest = 0, ""
    for raw in output.open("rb"):
        try:
            told = decode(raw)
        except msgspec.MsgspecError:
            continue  # a last line cut by the end
        if told.mark:
            marks[told.mark] += 1
            continue
        pod = told.pod or told.pod_name
        if pod in got:
            got[pod][told.text or told.message.rstrip("\n")] += 1
            unordered += told.at < newest
            newest = max(newest, told.at)
    lost = doubled = 0
    for place, count in enumerate(written):
        expected = Counter(map(text_of, range(count)))
        lost += (expected - got[name_of(place)]).total()
        doubled += (got[name_of(place)] - expected).total()
    arrived = sum(counts.total() for counts in got.values())
    return Tally(sum(written), arrived, lost, doubled, unordered, dict(marks))
