"""How this process redacts: put in force, described in words, tried on a text of which nothing is kept.

Light, because every command needs it. A rule that cannot be used here is told, never dropped in silence.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Mapping

import msgspec

from mission_control.domain.redact import (
    CustomRule,
    KnownValues,
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
"""Characters of a text to try the engine on."""
_OTHER = {"known-value": "known value", "secret-place": "place", "binary": "content"}
_KEY_BYTES = 32
_NOTHING: Mapping[str, str] = {}
_log = logging.getLogger(__name__)


class Tried(msgspec.Struct, frozen=True):
    """What the engine makes of a text, and how many values each rule masked in it."""

    text: str
    rules: dict[str, int]
    total: int


class RuleLine(msgspec.Struct, frozen=True):
    """A rule as a page lists it. `by`: what it knows a secret by; `count`: masked since the process began."""

    name: str
    by: str
    count: int


class OwnRule(msgspec.Struct, frozen=True):
    """A rule of the operator's, without what a literal hides. `wrong`: why it cannot be used here."""

    name: str
    what: str
    shows: str
    files: str
    wrong: str


class Redaction(msgspec.Struct, frozen=True):
    """How this console redacts. `total`: values masked since the process began; `is_kept`: rules can be."""

    rules: tuple[RuleLine, ...]
    total: int
    own: tuple[OwnRule, ...]
    places: int
    known: int
    is_keyed: bool
    is_kept: bool
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
    own: tuple[CustomRule, ...] = (),
    wrong: Mapping[str, str] = _NOTHING,
    tried: Tried | None = None,
    *,
    is_kept: bool = False,
) -> Redaction:
    """How this process redacts now; `wrong` says which rules are not in force, and why."""
    engine, seen = current(), counts()
    by = {rule.name: _knows_by(rule.name, n < engine.first_shape) for n, rule in enumerate(engine.rules)}
    names = dict.fromkeys((*by, *seen))
    lines = [RuleLine(name, by.get(name, _OTHER.get(name, "place")), seen.get(name, 0)) for name in names]
    return Redaction(
        tuple(sorted(lines, key=lambda line: (-line.count, line.name))),
        sum(seen.values()),
        tuple(_shown(rule, wrong.get(rule.name, "")) for rule in own),
        len(engine.places),
        len(engine.known),
        engine.is_keyed,
        is_kept,
        tried,
    )


def _knows_by(name: str, is_place: bool) -> str:  # noqa: FBT001  a row of a table
    if name.startswith("custom:"):
        return "your rule"
    return "place" if is_place else "shape"


def _shown(rule: CustomRule, wrong: str) -> OwnRule:
    return OwnRule(rule.name, told(rule), rule.expression or rule.path or "", rule.files or "", wrong)


def attempt(text: str, rule: CustomRule | None = None) -> Tried:
    """What the engine makes of a text, with one more rule if there is one. Nothing is kept of it.

    Without the known values, and with fingerprints of its own: else a list of guesses could be tried here.
    """
    engine = current().knowing(KnownValues(())).keyed(secrets.token_bytes(_KEY_BYTES))
    if rule is not None:
        chosen = rules_for((rule,))
        engine = engine.with_more(chosen.rules, chosen.places(engine.places))
    ledger = Ledger()
    masked = engine.text(text, ledger)
    return Tried(masked, ledger.by_rule(), ledger.total)


def told(rule: CustomRule) -> str:
    """What a rule is about, without what it hides: a literal may itself be the secret."""
    if rule.whole_file:
        return "whole files"
    return "literal" if rule.literal is not None else "expression" if rule.expression else "path"
