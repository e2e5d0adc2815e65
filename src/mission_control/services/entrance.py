"""Who came in and who was turned away, told in the audit.

Nobody comes in whose entrance cannot be recorded. Whoever is turned away is recorded at most once a minute,
with how many there were, so that a program that guesses tokens cannot fill the disk.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import msgspec

_AT_MOST_EVERY = timedelta(minutes=1)


class SignIn(msgspec.Struct, frozen=True):
    """One or more attempts to come in: who from where, "done" or "refused", and what there is to say."""

    who: str
    origin: str
    result: str
    detail: str = ""


Record = Callable[[SignIn], Awaitable[None]]


async def nobody(_: SignIn) -> None:
    """Records nothing, for a site in memory."""


class Entrance:
    """The sign-ins of one site. `who` is whom a token stands for."""

    def __init__(self, record: Record, clock: Callable[[], datetime], who: str = "") -> None:
        self._record, self._clock, self._who = record, clock, who
        self._told: datetime | None = None
        self._refused = 0

    async def came_in(self, origin: str) -> None:
        """Record that a token was spent for a session; what this raises keeps the door shut."""
        await self._record(SignIn(self._who, origin, "done"))

    async def was_refused(self, origin: str) -> None:
        """Record an address without a good token, or count it until the next may be told."""
        self._refused += 1
        now = self._clock()
        if self._told is not None and now - self._told < _AT_MOST_EVERY:
            return
        count, self._refused, self._told = self._refused, 0, now
        detail = "the token was wrong or spent" if count == 1 else f"{count} wrong or spent tokens"
        await self._record(SignIn("nobody known", origin, "refused", detail))
