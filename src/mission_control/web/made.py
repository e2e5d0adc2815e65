"""What the forms about passwords show: the form itself, and a password that was just made."""

from __future__ import annotations

from datetime import datetime

import msgspec


class OwnPassword(msgspec.Struct, frozen=True):
    """The form to change one's own password; `least` characters."""

    at: datetime
    must_change: bool
    least: int


class Made(msgspec.Struct, frozen=True):
    """A password that was made for an account and is shown this once; `password` stands for it."""

    at: datetime
    name: str
    password: str
    is_new: bool

    def __repr__(self) -> str:
        return f"Made({self.name!r})"
