"""Who comes with a token of the cluster: the cluster says who it is, and what it may see.

The console's own account asks whether the token is good (TokenReview). What its person may see is then asked
with the token itself, so that roles, webhooks and denials of the cluster are all in the answer. It is asked
again after a while, and the token is refused as soon as the cluster refuses it. The token stays in memory.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable

import msgspec

from mission_control.access.roles import Person

FRESH = 60.0
"""Seconds for which an answer of the cluster is good."""
_KEPT = 1_000


class TokenRefused(Exception):  # noqa: N818 -- an error is named as a person says it
    """The cluster does not know whose token this is, or no longer."""

    def __init__(self, says: str, fix: str) -> None:
        super().__init__(says)
        self.says, self.fix = says, fix


class _Known(msgspec.Struct, frozen=True):
    person: Person
    until: float


Ask = Callable[[str], Awaitable[Person]]
"""Asks the cluster who has a token and what that person may; raises TokenRefused or ClusterError."""


class ClusterTokens:
    """The persons behind tokens, asked once a minute each. `clock` is in seconds."""

    def __init__(self, ask: Ask, clock: Callable[[], float]) -> None:
        self._ask, self._clock = ask, clock
        self._known: dict[str, _Known] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    def known(self, token: str) -> Person | None:
        """Who has the token, if that was asked lately."""
        found = self._known.get(_key(token))
        return found.person if found is not None and self._clock() < found.until else None

    async def person(self, token: str, *, again: bool = False) -> Person:
        """Who has the token. Raises TokenRefused, or ClusterError when nothing can be asked."""
        key = _key(token)
        async with self._asking.setdefault(key, asyncio.Lock()):
            known = self._known.get(key)
            if known is not None and not again and self._clock() < known.until:
                return known.person
            self._known.pop(key, None)
            try:
                person = await self._ask(token)
            except Exception:
                self._asking.pop(key, None)
                raise
            while len(self._known) >= _KEPT:
                gone = next(iter(self._known))
                self._known.pop(gone)
                self._asking.pop(gone, None)
            self._known[key] = _Known(person, self._clock() + FRESH)
            return person


def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
