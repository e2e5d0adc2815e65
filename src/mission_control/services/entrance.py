"""Who came in and who was turned away, told in the audit.

Nobody comes in whose entrance cannot be recorded. Whoever is turned away is recorded at most once a minute,
with how many there were, so that a program that guesses tokens or passwords cannot fill the disk.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import msgspec

_AT_MOST_EVERY = timedelta(minutes=1)
_REMEMBERED = 1_000
TOKEN = "the token was wrong or spent"  # noqa: S105 -- a sentence
TOKENS = "wrong or spent tokens"


class SignIn(msgspec.Struct, frozen=True):
    """Attempts to come in, or an end of it: who from where, how it ended, what there is to say."""

    who: str
    origin: str
    result: str
    detail: str = ""
    action: str = "sign-in"


Record = Callable[[SignIn], Awaitable[None]]


async def nobody(_: SignIn) -> None:
    """Records nothing, for a site in memory."""


class Entrance:
    """The sign-ins of one site. `who` is whom a one-time token stands for."""

    def __init__(self, record: Record, clock: Callable[[], datetime], who: str = "") -> None:
        self._record, self._clock, self.who = record, clock, who
        self._told: datetime | None = None
        self._refused = 0
        self._denied: dict[tuple[str, str], datetime] = {}

    async def came_in(self, origin: str, who: str = "", detail: str = "") -> None:
        """Record that somebody comes in; what this raises keeps the door shut."""
        await self._record(SignIn(who or self.who, origin, "done", detail))

    async def went(self, origin: str, who: str, detail: str = "") -> None:
        """Record that somebody signs out, or that a session is ended."""
        await self._record(SignIn(who, origin, "done", detail, "sign-out"))

    async def may_not(self, origin: str, who: str, what: str) -> None:
        """Record, at most once a minute, that somebody who is in asked for what their role does not allow."""
        await self._refuse(SignIn(who, origin, "refused", what, "permission"))

    async def was_refused(self, origin: str, detail: str = TOKEN, several: str = TOKENS) -> None:
        """Record somebody without a good token or password, or count it until the next may be told."""
        self._refused += 1
        now = self._clock()
        if self._told is not None and now - self._told < _AT_MOST_EVERY:
            return
        count, self._refused, self._told = self._refused, 0, now
        said = detail if count == 1 else f"{count} {several}"
        await self._record(SignIn("nobody known", origin, "refused", said))

    async def _refuse(self, entry: SignIn) -> None:
        now = self._clock()
        if len(self._denied) >= _REMEMBERED:
            self._denied.clear()
        key = (entry.who, entry.detail)
        if now - self._denied.get(key, now - _AT_MOST_EVERY) >= _AT_MOST_EVERY:
            self._denied[key] = now
            await self._record(entry)
