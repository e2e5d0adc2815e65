"""The redactor that every exit uses; the composition root puts the install's in, tests their own."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from mission_control.domain.redact.redactor import Redactor

_in_use: list[Redactor] = []


@lru_cache(maxsize=1)
def _plain() -> Redactor:
    return Redactor()


def current() -> Redactor:
    """The redactor in use; one without key and known values until `use` has been called."""
    return _in_use[-1] if _in_use else _plain()


def use(redactor: Redactor | None) -> None:
    """From now on every exit uses this redactor; None goes back to the one without key and known values."""
    _in_use[:] = [] if redactor is None else [redactor]


def redact(text: str) -> str:
    """The text with a mask for everything that is a secret or looks like one. Idempotent."""
    return current().text(text)


def redact_object(tree: Any) -> Any:
    """A copy of the tree without secrets; lists of objects too."""
    return current().tree(tree)
