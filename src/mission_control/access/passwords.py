"""Passwords: made, judged, hashed with argon2 and compared. Nothing here keeps one.

Hashing is dear on purpose (19 MiB and some tenths of a second), so it is done in threads, two at once:
whoever guesses passwords in masses waits, and everybody else's pages do not.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LEAST, MOST = 12, 256
"""Characters of a password. More would make hashing itself a way to keep the console busy."""
_ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without characters that people mistake for one another."""
_GROUPS, _GROUP = 4, 5
_AT_ONCE = 2


class Cost(NamedTuple):
    """How dear a hash is: passes over memory, and the memory in KiB."""

    passes: int = 2
    memory: int = 19_456


DEAR = Cost()


def generate() -> str:
    """A password of 115 bits that can be read out: "hK4mp-…"."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))


def flaw(password: str, name: str) -> str:
    """What is wrong with a password that somebody chose, in a sentence; empty when nothing is."""
    if len(password) < LEAST:
        return f"A password has at least {LEAST} characters."
    if len(password) > MOST:
        return f"A password has at most {MOST} characters."
    if name and name.lower() in password.lower():
        return "A password does not contain the name of its account."
    if len(set(password)) < LEAST // 3:
        return "A password has more different characters than this one."
    return ""


def hashed(password: str, cost: Cost = DEAR) -> str:
    """The hash of a password, with its own salt and cost in it."""
    return _hasher(cost).hash(password)


def fits(kept: str, password: str) -> bool:
    """Whether a password is the one of a hash. A hash that cannot be read fits nothing."""
    from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415  # only who signs in

    if len(password) > MOST:
        return False
    try:
        return _hasher(DEAR).verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def _hasher(cost: Cost) -> PasswordHasher:
    from argon2 import PasswordHasher  # noqa: PLC0415  # as above

    return PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory, parallelism=1)


class Desk:
    """Hashes and compares beside the event loop, few at once. One for the life of a console."""

    def __init__(self, cost: Cost = DEAR) -> None:
        self._cost = cost
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._nobodys = ""

    async def hashed(self, password: str) -> str:
        """The hash of a password."""
        async with self._gate:
            return await asyncio.to_thread(hashed, password, self._cost)

    async def fits(self, kept: str | None, password: str) -> bool:
        """Whether a password fits; None for an account that does not exist takes as long and never does."""
        if not self._nobodys:
            self._nobodys = await self.hashed(secrets.token_urlsafe())
        async with self._gate:
            found = await asyncio.to_thread(fits, kept or self._nobodys, password)
        return found and kept is not None
