"""Waiting for something to become true, in one place."""

from __future__ import annotations

import time
from collections.abc import Callable

from sandbox.errors import ApiError

POLL = 0.05


def until(holds: Callable[[], bool], patience: float, poll: float = POLL) -> bool:
    """Asks until `holds` says yes (True) or `patience` seconds are over (False).

    A refusal of the API server counts as not yet: a server that starts refuses what it will soon answer.
    """
    end = time.monotonic() + patience
    while not _asked(holds):
        if time.monotonic() > end:
            return False
        time.sleep(poll)
    return True


def _asked(holds: Callable[[], bool]) -> bool:
    try:
        return holds()
    except ApiError:
        return False
