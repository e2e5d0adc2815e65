"""Random changes and faults against a picture of all kinds; in between, the picture must equal a fresh list.

    python -m bench.soak [--minutes 60] [--seed 1]

The scripted server of the tests plays a cluster whose watches are cut, silent, refused and lied to, whose
history is lost and which goes away. Time is virtual, so an hour of waiting costs some seconds. What
the process holds is told along the way: it must stay flat, although every object was replaced many times.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from mission_control.cluster.cache import LivePicture
from mission_control.cluster.reflector import Patience
from mission_control.domain.kinds import KINDS
from tests.fakes.apiserver import GONE, Break, FakeApi, Fault, Hang, Refuse, Say, gone_event, line
from tests.fakes.kept import fresh_objects, held_objects, pictured
from tests.fakes.virtual import VirtualLoop, passes, until

SERVED = tuple(kind for kind in KINDS if not kind.optional)
OBJECTS = 150
CALM = 200.0
"""Virtual seconds within which everything must have mended itself."""
_HALF = line("ADDED", {"metadata": {"name": "half", "namespace": "shop", "resourceVersion": "9"}})[:30]
FAULTS: tuple[Fault, ...] = (
    Refuse(GONE),
    Refuse(429),
    Refuse(500),
    Refuse(403),
    Refuse(401),
    Break(),
    Say(),
    Say(_HALF, cut=True),
    Say(gone_event()),
    Say(line("ERROR", {"kind": "Status", "code": 500, "message": "etcd"})),
    Hang(),
    Hang(_HALF),
)


class Round(NamedTuple):
    """What one round of trouble left behind."""

    minutes: float
    changes: int
    faults: int
    objects: int
    is_equal: bool
    mebibytes: float


class Trouble:
    """Makes things happen and go wrong."""

    def __init__(self, api: FakeApi, seed: int) -> None:
        self.changes = self.faults = 0
        self._api, self._chance = api, random.Random(seed)  # noqa: S311 (a story, not a key)

    async def go_on(self, seconds: float) -> None:
        """For so many virtual seconds."""
        loop, api, chance = asyncio.get_running_loop(), self._api, self._chance
        end = loop.time() + seconds
        while loop.time() < end:
            for _ in range(chance.randrange(6)):
                self._change()
            if chance.random() < 0.3:  # noqa: PLR2004
                self._disturb()
            await passes(chance.choice([0.1, 0.5, 2.0, 9.0]))
        api.is_down = False
        api.faults.clear()
        api.denied.clear()

    def _change(self) -> None:
        self.changes += 1
        kind = self._chance.choice(SERVED)
        namespace = self._chance.choice(["shop", "store"]) if kind.namespaced else ""
        name = f"{kind.plural}-{self._chance.randrange(OBJECTS)}"
        if (namespace, name) in self._api.objects[kind.plural] and self._chance.random() < 0.3:  # noqa: PLR2004
            self._api.delete(kind.plural, namespace, name)
        else:
            labels = {"app": f"app-{self._chance.randrange(10**6)}"}
            self._api.put(kind.plural, namespace, name, metadata={"labels": labels})

    def _disturb(self) -> None:
        self.faults += 1
        api, chance = self._api, self._chance
        match chance.randrange(7):
            case 0 | 1:
                api.faults[chance.choice(SERVED).plural, "watch"].append(chance.choice(FAULTS))
                api.close_watches()
            case 2:
                api.faults[chance.choice(SERVED).plural, "list"].append(chance.choice(FAULTS[:6]))
                api.compact()
            case 3:
                api.close_watches()
            case 4:
                api.compact()
                api.close_watches()
            case 5:
                api.bookmark()
            case _:
                api.is_down = not api.is_down
                api.close_watches()


async def soak(minutes: float, seed: int, every: float = 5.0) -> list[Round]:
    """Rounds of `every` virtual minutes of trouble until so many have passed; a row about each."""
    api = FakeApi()
    trouble = Trouble(api, seed)
    rounds = []
    async with pictured(api.connection()) as picture:
        await picture.wait_complete(60)
        passed = 0.0
        while passed < minutes:
            await trouble.go_on(min(every, minutes - passed) * 60)
            passed += min(every, minutes - passed)
            is_equal = await _mends(picture, api)
            held = held_objects(picture)
            is_equal = is_equal and held == await fresh_objects(api.connection())
            count = sum(map(len, held.values()))
            rounds.append(Round(passed, trouble.changes, trouble.faults, count, is_equal, _held_memory(api)))
    return rounds


async def _mends(picture: LivePicture, api: FakeApi) -> bool:
    """Waits until a stream that hangs must have been noticed, and then until everything is seen live."""
    await passes(Patience().silence + Patience().grace)
    try:
        await until(lambda: all(s.state in ("live", "absent") for s in picture.snapshot().sights), CALM)
    except AssertionError:
        return False
    api.bookmark()
    await passes(1)
    return True


def _held_memory(api: FakeApi) -> float:
    """What the process holds, in MiB, without what the scripted server remembers of the past."""
    api.asked.clear()
    api.forget()
    gc.collect()
    found = re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def grown(rounds: list[Round]) -> float:
    """How many MiB the last quarter of the rounds holds more than the second one, when all was warm."""
    quarter = max(1, len(rounds) // 4)
    early = [entry.mebibytes for entry in rounds[quarter : 2 * quarter]] or [rounds[0].mebibytes]
    late = [entry.mebibytes for entry in rounds[-quarter:]]
    return sum(late) / len(late) - sum(early) / len(early)


def told(rounds: list[Round]) -> Iterator[str]:
    """A line for each round."""
    for entry in rounds:
        verdict = "equal" if entry.is_equal else "DIFFERS"
        yield (
            f"{entry.minutes:>6.0f} min{entry.changes:>9} changes{entry.faults:>7} faults"
            f"{entry.objects:>7} objects  {verdict:<8}{entry.mebibytes:>7.1f} MiB"
        )


def main() -> int:
    """Soaks and tells; 1 when the picture ever differed or memory grew."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most", type=float, default=8, help="MiB by which memory may grow")
    chosen = parser.parse_args()
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        rounds = runner.run(soak(chosen.minutes, chosen.seed))
    print("\n".join(told(rounds)))
    print(f"memory grew by {grown(rounds):.1f} MiB")
    return int(not all(entry.is_equal for entry in rounds) or grown(rounds) > chosen.most)


if __name__ == "__main__":
    sys.exit(main())
