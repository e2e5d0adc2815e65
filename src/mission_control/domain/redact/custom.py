"""The operator's own rules: a literal, an expression, a path in objects, whole files, for some files or all.

They are data and validated before use. Expressions are hyperscan's, which has no construct that can hang;
an installation without hyperscan refuses expressions rather than run them unsafely.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable

import msgspec

from mission_control.domain.redact.dresses import literal
from mission_control.domain.redact.masks import contains_mask
from mission_control.domain.redact.places import Places
from mission_control.domain.redact.rules import Rule
from mission_control.domain.redact.scanner import HAS_HYPERSCAN, ExpressionError, prefilter
from mission_control.domain.redact.values import Span

_NAME = re.compile(r"[a-z][a-z0-9-]{0,40}")
_PATH = re.compile(r"[^\s.]+(?:\.[^\s.]+)*")
_SHORTEST = 3
_LONGEST = 1000
# Lines that no rule may touch: one that does would black out the console.
_ORDINARY = (b"", b" ", b"\n", b"a", b"INFO", b"2026-01-01T00:00:00Z", b"Running", b"0")


class CustomRule(msgspec.Struct, frozen=True):
    """One rule of the operator; one of `literal`, `expression`, `path` and `whole_file` says what to hide.

    `files` is a glob: the rule applies to files and places whose name it matches, and everywhere without it.
    """

    name: str
    literal: str | None = None
    expression: str | None = None
    path: str | None = None
    whole_file: bool = False
    files: str | None = None

    def applies_to(self, file: str) -> bool:
        """Whether the rule is meant for this file."""
        return self.files is None or fnmatch.fnmatchcase(file, self.files)


class WrittenRule(CustomRule, frozen=True, forbid_unknown_fields=True):
    """The same as a person writes it in a file, where a misspelt key is an error."""


class RuleSet(msgspec.Struct, frozen=True):
    """Custom rules as the engine takes them, for one file or place."""

    rules: tuple[Rule, ...] = ()
    paths: tuple[str, ...] = ()
    hides_whole: bool = False

    def places(self, places: Places) -> Places:
        """These places and the rules' paths."""
        return Places(places.names, (*places.paths, *self.paths))


def problems(rule: CustomRule) -> tuple[str, ...]:
    """What is wrong with the rule, in sentences for the person who wrote it; nothing when it can be used."""
    found = []
    if not _NAME.fullmatch(rule.name):
        found.append(f"The name {rule.name!r} needs small letters, digits and hyphens, a letter first.")
    given = [rule.literal is not None, rule.expression is not None, rule.path is not None, rule.whole_file]
    if sum(given) != 1:
        found.append("Give exactly one of literal, expression, path and whole_file.")
    if rule.whole_file and not rule.files:
        found.append("A rule that hides whole files needs `files`, a glob that says which.")
    if any(text and contains_mask(text) for text in (rule.literal, rule.expression, rule.path)):
        found.append("It holds a mask. Write what the mask stands for; the rule is not shown to anybody.")
    if rule.literal is not None and not _SHORTEST <= len(rule.literal) <= _LONGEST:
        found.append(f"A literal has {_SHORTEST} to {_LONGEST} characters.")
    if rule.path is not None and not _PATH.fullmatch(rule.path):
        found.append(f"The path {rule.path!r} is not of the form spec.field.*.field.")
    if rule.expression is not None:
        found += _expression_problems(rule.expression)
    return tuple(found)


def _expression_problems(expression: str) -> list[str]:
    if not HAS_HYPERSCAN:
        return ["Expressions need hyperscan, which is not installed here. Use a literal or a path."]
    if not 0 < len(expression) <= _LONGEST:
        return [f"An expression has 1 to {_LONGEST} characters."]
    try:
        scan = prefilter(((expression.encode(), True),))
    except ExpressionError as error:
        return [f"The expression cannot be used: {str(error).rstrip('.')}."]
    if any(scan.hits(text) for text in _ORDINARY):
        return ["The expression matches ordinary text or nothing at all, so it would hide everything."]
    return []


def rules_for(custom: Iterable[CustomRule], file: str = "") -> RuleSet:
    """What of these rules applies to a file or place. Raises ValueError for a rule that has problems."""
    mine = [rule for rule in custom if rule.applies_to(file)]
    for rule in mine:
        if wrong := problems(rule):
            raise ValueError(f"The redaction rule {rule.name!r} cannot be used: {' '.join(wrong)}")
    return RuleSet(
        tuple(_rule(rule) for rule in mine if rule.path is None and not rule.whole_file),
        tuple(rule.path for rule in mine if rule.path is not None),
        any(rule.whole_file for rule in mine),
    )


def _rule(rule: CustomRule) -> Rule:
    anchor = (
        rule.expression.encode() if rule.expression is not None else literal((rule.literal or "").encode())
    )
    return Rule(f"custom:{rule.name}", "custom", anchor, True, _found)  # noqa: FBT003  a row of a table


def _found(data: bytes, start: int, end: int) -> Span | None:
    return Span(start, end) if end > start and b"MASKED." not in data[start:end] else None
