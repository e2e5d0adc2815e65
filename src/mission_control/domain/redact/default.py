"""The redactor that every exit uses; the composition root puts the install's in, tests their own.

It hides what this process has learned to be secret, whoever learned it, and counts what it masks by rule.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from mission_control.domain.redact.known import KnownValue
from mission_control.domain.redact.learned import Learned
from mission_control.domain.redact.ledger import Ledger
from mission_control.domain.redact.redactor import Redactor

_learned = Learned()


class _Desk:
    """The redactor in use, the same with what was learned since, and what was masked by them."""

    def __init__(self) -> None:
        self.redactor: Redactor | None = None
        self.changes = 0
        self.made: tuple[tuple[int, int], Redactor] | None = None
        self.ledger = Ledger()


_desk = _Desk()


@lru_cache(maxsize=1)
def _plain() -> Redactor:
    return Redactor()


def current() -> Redactor:
    """The redactor in use, with all that was learned; one without key until `use` has been called."""
    version = (_desk.changes, _learned.version)
    made = _desk.made
    if made is None or made[0] != version:
        base = _desk.redactor or _plain()
        known = _learned.known()
        made = (version, base.knowing(known) if len(known) else base)
        _desk.made = made
    return made[1]


def use(redactor: Redactor | None) -> None:
    """From now on every exit uses this redactor; None: the one without key, which knows nothing."""
    _desk.redactor = redactor
    _desk.changes += 1
    if redactor is None:
        _learned.clear()
        _desk.ledger = Ledger()


def version() -> int:
    """Grows whenever the same text may be redacted otherwise: what was rendered before is then old."""
    return _desk.changes + _learned.version


def learn(source: str, values: Iterable[str | KnownValue]) -> None:
    """These values of a source are secrets, instead of what it said before. Call it before they are used."""
    _learned.learn(source, values)


def forget(source: str) -> None:
    """A source is gone, and with it what it said."""
    _learned.forget(source)


def spare(names: Iterable[str]) -> None:
    """The names of the objects there are, which stay readable although a secret may be called the same."""
    _learned.spare(names)


def redact(text: str) -> str:
    """The text with a mask for everything that is a secret or looks like one. Idempotent."""
    return current().text(text, _desk.ledger)


def cut(text: str, limit: int) -> str:
    """The text, or as much of it; redacted before it is cut, since a secret in two pieces is none."""
    return text if len(text) <= limit else redact(text)[:limit]


def redact_object(tree: Any) -> Any:
    """A copy of the tree without secrets; lists of objects too."""
    return current().tree(tree, _desk.ledger)


def counts() -> dict[str, int]:
    """How often each rule has masked something since the process began."""
    return _desk.ledger.by_rule()
