"""Own rights are asked for once a minute, some at a time; only who may no longer watch is doubted."""

from __future__ import annotations

import asyncio

from mission_control.cluster.rights import MOST, keep_asking
from mission_control.cluster.scope import Scope
from tests.fakes.apiserver import FakeApi
from tests.fakes.kept import kind
from tests.fakes.virtual import passes, virtually


class Watched:
    """A watch that counts how often it was doubted."""

    def __init__(self, namespace: str) -> None:
        self.scope, self.doubts = Scope(kind("Pod"), namespace), 0

    def doubt(self) -> None:
        self.doubts += 1


@virtually
async def test_so_many_are_asked_about_in_a_pass_and_all_in_time() -> None:
    api, watches = FakeApi(), [Watched(f"shop-{n}") for n in range(2 * MOST + 20)]
    task = asyncio.ensure_future(keep_asking(api.connection(), lambda: watches, 60, lambda: 0.0))
    await passes(61)
    assert len(api.reviewed) == MOST
    await passes(120)
    assert {namespace for _, _, namespace in api.reviewed} == {watch.scope.namespace for watch in watches}
    assert not any(watch.doubts for watch in watches)
    task.cancel()


@virtually
async def test_only_who_lost_the_right_is_doubted_and_a_server_that_is_away_takes_none() -> None:
    api, watches = FakeApi(), [Watched("shop"), Watched("other")]
    api.denied.add(("watch", "pods", "other"))
    task = asyncio.ensure_future(keep_asking(api.connection(), lambda: watches, 60, lambda: 0.0))
    await passes(61)
    api.is_down = True
    await passes(60)
    assert [watch.doubts for watch in watches] == [0, 1]
    api.is_down = False
    await passes(60)
    assert [watch.doubts for watch in watches] == [0, 2]
    task.cancel()
