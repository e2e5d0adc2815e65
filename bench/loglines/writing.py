"""Writes the logs of many simulated containers: `python -m bench.loglines.writing FOLDER COUNT RATE SECONDS`.

Every quarter of a second each container gets some lines with one and the same moment, and of each pair of
lines both say the same: nothing but their number tells them apart. At the end it prints how many each has.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec

TICK = 0.25
WORDS = "request served method=GET path=/api/v1/runs/query status=200 duration_ms=18.4 tenant=8c1d04"


def text_of(number: int) -> str:
    """What line `number` of any container says; both of a pair say the same."""
    if number % 40 in (0, 1):
        return (
            f'{{"level": "warning", "logger": "app.pool", "event": "slow", "pair": {number // 2}, "ms": 812}}'
        )
    return f"INFO app.access: pair={number // 2} {WORDS}"


def write(folder: Path, count: int, rate: int, seconds: float) -> list[int]:
    """Write so many lines a second in all; how many each container has in the end."""
    files = [(folder / f"{place:03}.log").open("a", buffering=1 << 16) for place in range(count)]
    written = [0] * count
    share = rate / count * TICK
    began = time.monotonic()
    tick = 0
    while time.monotonic() - began < seconds:
        for place, file in enumerate(files):
            stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f000Z")
            until = int((tick + 1) * share) // 2 * 2
            file.write("".join(f"{stamp} stdout F {text_of(n)}\n" for n in range(written[place], until)))
            file.flush()
            written[place] = until
        tick += 1
        time.sleep(max(0.0, tick * TICK - (time.monotonic() - began)))
    return written


if __name__ == "__main__":
    found = write(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
    sys.stdout.write(msgspec.json.encode(found).decode())
