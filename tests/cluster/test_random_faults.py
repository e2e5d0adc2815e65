"""Short stories of changes and faults in random order; afterwards the picture equals a fresh list."""

from __future__ import annotations

import itertools
import random

import pytest

from tests.fakes.apiserver import (
    FORBIDDEN,
    GONE,
    Break,
    FakeApi,
    Hang,
    Refuse,
    Say,
    gone_event,
    line,
)
from tests.fakes.kept import kept
from tests.fakes.virtual import passes, until, virtually

STEPS = 40
HALF = line("ADDED", {"metadata": {"name": "half", "namespace": "shop", "resourceVersion": "9"}})[:30]
WATCH_FAULTS = (
    Refuse(GONE),
    Refuse(FORBIDDEN),
    Refuse(429),
    Refuse(500),
    Break(),
    Say(),
    Say(HALF, cut=True),
    Say(gone_event()),
    Say(line("ERROR", {"kind": "Status", "code": 500, "message": "etcd"})),
    Hang(),
    Hang(HALF),
)
LIST_FAULTS = (Refuse(500), Refuse(FORBIDDEN), Refuse(429), Break(), Say(b"{"))


def change(api: FakeApi, chance: random.Random) -> None:
    name = f"pod-{chance.randrange(12)}"
    if ("shop", name) in api.objects["pods"] and chance.random() < 0.4:
        api.delete("pods", "shop", name)
    else:
        api.put("pods", "shop", name, status={"phase": chance.choice(["Running", "Failed", "Pending"])})


def disturb(api: FakeApi, chance: random.Random) -> None:
    match chance.randrange(6):
        case 0:
            api.faults["pods", "watch"].append(chance.choice(WATCH_FAULTS))
        case 1:
            api.faults["pods", "list"].append(chance.choice(LIST_FAULTS))
        case 2:
            api.close_watches()
        case 3:
            api.compact()
        case 4:
            api.bookmark()
        case _:
            api.is_down = not api.is_down
            api.close_watches()


@pytest.mark.parametrize("seed", range(60))
@virtually
async def test_after_faults_in_any_order_the_picture_equals_a_fresh_list(seed: int) -> None:
    api, chance = FakeApi(), random.Random(seed)  # noqa: S311 (a story, not a key)
    async with kept(api) as picture:
        for _ in range(STEPS):
            change(api, chance)
            if chance.random() < 0.5:
                disturb(api, chance)
            await passes(chance.choice([0.0, 0.0, 0.3, 2.0, 20.0]))
        api.is_down = False
        api.put("pods", "shop", "the-end")
        await until(lambda: "the-end" in picture.names, within=1200)
        await until(lambda: picture.sight.state == "live", within=120)
        api.faults.clear()
        assert await picture.equals_a_fresh_list()
        times = [asked.at for asked in api.requests("pods", "watch")]
        assert all(later - sooner >= 0.99 for sooner, later in itertools.pairwise(times))
