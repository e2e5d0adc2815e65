"""Random grain for the corpus: repeatable, made without looking at any rule."""

from __future__ import annotations

import random
import string

UPPER, LOWER, DIGITS = string.ascii_uppercase, string.ascii_lowercase, string.digits
ALNUM = UPPER + LOWER + DIGITS
HEX = "0123456789abcdef"


class Grain:
    """A source of made-up values."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311  repeatable, not secret

    def text(self, length: int, alphabet: str = ALNUM) -> str:
        """So many characters, with at least one digit and one letter when the alphabet has both."""
        made = [self.random.choice(alphabet) for _ in range(length)]
        if "7" in alphabet and length > 3:
            made[length // 2] = "7"
        if "k" in alphabet or "K" in alphabet:
            made[length // 2 + 1 if length > 3 else 0] = "k" if "k" in alphabet else "K"
        return "".join(made)

    def hex(self, length: int) -> str:
        """So many hexadecimal digits."""
        return "".join(self.random.choice(HEX) for _ in range(length))

    def number(self, low: int, high: int) -> int:
        """A number in between."""
        return self.random.randint(low, high)

    def word(self) -> str:
        """A word of the trade."""
        return self.random.choice(WORDS)


WORDS = [
    "gateway",
    "worker",
    "ingest",
    "scheduler",
    "frontend",
    "queue",
    "session",
    "project",
    "dataset",
    "trace",
    "feedback",
    "batch",
    "chart",
    "release",
    "upgrade",
    "bucket",
    "volume",
    "ledger",
    "cluster",
    "region",
    "tenant",
    "editor",
    "preview",
    "monitor",
    "canary",
    "stream",
    "cursor",
]
