"""A short soak of all kinds; `python -m bench.soak` is the long one."""

from __future__ import annotations

import asyncio

import pytest

from bench.soak import soak
from tests.fakes.virtual import VirtualLoop


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_minutes_of_random_faults_the_picture_of_all_kinds_equals_a_fresh_list(seed: int) -> None:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        rounds = runner.run(soak(2, seed, every=1))
    assert [entry.is_equal for entry in rounds] == [True, True]
    assert rounds[-1].changes > 50
    assert rounds[-1].faults > 5
