"""How this process redacts: put in force, described in words, tried on a text of which nothing is kept.

Light, because every command needs it. A rule that cannot be used here is told, never dropped in silence.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

import msgspec

from mission_control.domain.redact import (
    CustomRule,
    Ledger,
    Places,
    Redactor,
    counts,
    current,
    problems,
    rules_for,
    use,
)

LONGEST_TRY = 1 << 16
"""Bytes of a text to try the engine on."""
_log = logging.getLogger(__name__)


class Tried(msgspec.Struct, frozen=True):
    """What the engine makes of a text, and how many values each rule masked in it."""

    text: str
    rules: dict[str, int]
    total: int


class Redaction(msgspec.Struct, frozen=True):
    """How this console redacts. `counts`: how often each rule has masked something since the start."""

    rules: tuple[str, ...]
    counts: dict[str, int]
    own: tuple[CustomRule, ...]
    unusable: dict[str, str]
    places: int
    known: int
    keyed: bool
    tried: Tried | None = None


def put_in_force(key: bytes | None, places: Places, rules: Iterable[CustomRule]) -> dict[str, str]:
    """Let every exit redact so from now on; says which rules cannot be used here, and why."""
    wrong = {rule.name: " ".join(found) for rule in rules if (found := problems(rule))}
    chosen = rules_for(rule for rule in rules if rule.name not in wrong)
    use(Redactor(key, places=chosen.places(places), extra=chosen.rules))
    for name, why in wrong.items():
        _log.warning("the redaction rule %s is not in force: %s", name, why)
    return wrong


def described(
    own: tuple[CustomRule, ...], wrong: dict[str, str], tried: Tried | None = None, *, keyed: bool
) -> Redaction:
    """How this process redacts now."""
    engine = current()
    return Redaction(
        engine.rule_names(), counts(), own, wrong, len(engine.places), len(engine.known), keyed, tried
    )


def attempt(text: str, rule: CustomRule | None = None) -> Tried:
    """What the engine makes of a text, with one more rule if there is one. Nothing is kept of it."""
    engine = current()
    if rule is not None:
        chosen = rules_for((rule,))
        engine = engine.with_more(chosen.rules, chosen.places(engine.places))
    ledger = Ledger()
    masked = engine.text(text, ledger)
    return Tried(masked, ledger.by_rule(), ledger.total)


def told(rule: CustomRule) -> str:
    """What a rule is about, without what it hides: a literal may itself be the secret."""
    if rule.whole_file:
        what = "whole files"
    else:
        what = "a literal" if rule.literal is not None else "an expression" if rule.expression else "a path"
    return f"{what} in {rule.files}" if rule.files else what
