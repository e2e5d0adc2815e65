"""An event loop whose clock jumps to the next thing due, so that 70 seconds of silence cost nothing."""

from __future__ import annotations

import asyncio
import functools
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec

_STUCK = 2.0


class _Jumping(selectors.DefaultSelector):
    """Does not wait for time to pass: it moves the loop's clock instead."""

    loop: VirtualLoop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready: list[tuple[selectors.SelectorKey, int]] = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            ready = super().select(_STUCK)
            if not ready:
                raise RuntimeError("every task waits for something that will never happen")
            return ready
        self.loop.now += timeout
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop in virtual time."""

    def __init__(self) -> None:
        self.now = 1000.0
        selector = _Jumping()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return self.now


Given = ParamSpec("Given")


def virtually(test: Callable[Given, Coroutine[Any, Any, None]]) -> Callable[Given, None]:
    """Makes a test whose coroutine lives in virtual time."""

    @functools.wraps(test)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> None:
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            runner.run(test(*args, **kwargs))

    return run


async def until(claim: Callable[[], object], within: float = 600.0) -> None:
    """Lets virtual time pass until the claim holds; fails when it does not within so many virtual seconds."""
    loop = asyncio.get_running_loop()
    end = loop.time() + within
    while not claim():
        if loop.time() > end:
            raise AssertionError(f"this did not come true within {within:.0f} s")
        await asyncio.sleep(0.05)


async def passes(seconds: float) -> None:
    """Lets so much virtual time pass."""
    await asyncio.sleep(seconds)
