"""The engine: finds secrets in bytes, text and trees, and puts masks in their place.

One value holds the rules, the known values and the key, and works the same at every exit. It never raises
on content, costs time in proportion to it, and redacting twice changes nothing.
"""

from __future__ import annotations

import copy
from collections import Counter
from operator import itemgetter
from typing import Any, NamedTuple

from mission_control.domain.redact.binary import NOT_TEXT, decoded
from mission_control.domain.redact.blocks import Searched
from mission_control.domain.redact.known import KnownValues, Sighting
from mission_control.domain.redact.ledger import Ledger
from mission_control.domain.redact.masks import SECRET, Masks, is_masked
from mission_control.domain.redact.places import Places
from mission_control.domain.redact.rules import FIRST_SHAPE, RULES, Rule
from mission_control.domain.redact.scanner import HAS_HYPERSCAN, LazyPrefilter
from mission_control.domain.redact.values import Span


class Finding(NamedTuple):
    """One stretch to mask."""

    start: int
    end: int
    rule: int  # its number; KNOWN for known values
    quote: bytes = b""
    kind: bytes | None = None  # of a known value
    secret: bytes | None = None  # the known value itself, without its dress


KNOWN = -1
_PASSES = 4
_BEFORE = b" \n\r\t\"'`=:>([{,/\\@?&;"
_AFTER = b" \n\r\t\"'`,;&)}]<@\\%"
_GAPS = (b"", b" ", b"\n", b"\r", b"\t", b'"', b"'")
_NO_VALUES = KnownValues(())


class Redactor:
    """The engine with its rules, values and key.

    Without a key, masks carry no fingerprint. `extra` rules, the operator's own, come before all others.
    """

    def __init__(
        self,
        key: bytes | None = None,
        *,
        known: KnownValues = _NO_VALUES,
        places: Places = Places(),  # noqa: B008  frozen
        extra: tuple[Rule, ...] = (),
        fast: bool = HAS_HYPERSCAN,
    ) -> None:
        self.places = places
        self._extra = extra
        self.known = known
        self._masks = Masks(key)
        self.rules = (*extra, *places.rules(), *RULES)
        self.first_shape = len(self.rules) - len(RULES) + FIRST_SHAPE
        self._confirms = [rule.confirm for rule in self.rules]
        self._wants_start = [rule.wants_start for rule in self.rules]
        self._kinds = [rule.kind.encode() for rule in self.rules]
        anchors = tuple((rule.anchor, rule.wants_start) for rule in self.rules)
        self._prefilter = LazyPrefilter(anchors, fast=fast, patient=not extra)

    def knowing(self, known: KnownValues) -> Redactor:
        """The same engine with other known values."""
        made = copy.copy(self)
        made.known = known
        return made

    def with_more(self, extra: tuple[Rule, ...], places: Places) -> Redactor:
        """The same engine with further rules of the operator's, and these places instead of its own."""
        made = Redactor(known=self.known, places=places, extra=(*self._extra, *extra))
        made._masks = self._masks
        return made

    def keyed(self, key: bytes) -> Redactor:
        """The same engine with another key, for one bundle: its fingerprints say nothing outside of it."""
        made = copy.copy(self)
        made._masks = Masks(key)  # noqa: SLF001  of its own kind
        return made

    def compile(self) -> None:
        """Compile now what is otherwise compiled when it is needed: for whoever has time, or a thread."""
        self._prefilter.compile()
        self.known.compile()

    @property
    def is_keyed(self) -> bool:
        """Whether masks carry fingerprints."""
        return self._masks.is_keyed

    def text(self, text: str, ledger: Ledger | None = None, place: str = "text") -> str:
        """The text with a mask for every secret. The very same text when there is none."""
        data = text.encode("utf-8", "surrogatepass")
        masked = self.data(data, ledger, place)
        return text if masked is data else masked.decode("utf-8", "surrogatepass")

    def unknown(self, content: bytes, ledger: Ledger | None = None, place: str = "file") -> bytes:
        """Bytes in an unknown encoding: redacted when they are text, a notice in their place when not."""
        text = decoded(content)
        if text is None:
            if ledger is not None:
                ledger.note("binary", place)
            return NOT_TEXT
        return self.data(text, ledger, place)

    def data(self, data: bytes, ledger: Ledger | None = None, place: str = "text") -> bytes:
        """Text as bytes with a mask for every secret; the very same object when there is none."""
        for _ in range(_PASSES):
            findings = self.findings(data)
            before, data = data, self.masked(data, findings, ledger, place) if findings else data
            if before == data or not any(_closed_a_gap(before, finding) for finding in findings):
                break
        return self.without_split_values(data, ledger, place)

    def without_split_values(self, data: bytes, ledger: Ledger | None = None, place: str = "text") -> bytes:
        """Redacted data without the known values that line ends have cut in two."""
        if len(self.known) and (split := self.known.split_sightings(data)):
            data = self.masked(data, _merged([_seen(sighting) for sighting in split]), ledger, place)
        return data

    def tree(self, tree: Any, ledger: Ledger | None = None, place: str = "") -> Any:
        """A copy of the tree without secrets; the tree is what JSON or YAML makes."""
        from mission_control.domain.redact.objects import TreeWalk  # noqa: PLC0415  they know each other

        return TreeWalk(self, ledger).walk(tree, place)

    def value(self, value: str, rule: str, ledger: Ledger | None, place: str) -> str:
        """The mask of a value that is a secret whatever it looks like."""
        data = value.encode("utf-8", "surrogatepass")
        if not data.strip() or is_masked(data):
            return value
        if ledger is not None:
            ledger.note(rule, place)
        return self._masks.mask(data, self._kind_of(data)).decode()

    def _kind_of(self, value: bytes) -> bytes:
        """The kind that the value's own shape tells, so that it has one mask wherever it stands."""
        for finding in self.findings(value):
            if finding.start == 0 and finding.end == len(value):
                return finding.kind or self._kinds[finding.rule]
        return SECRET

    def findings(self, data: bytes) -> list[Finding]:
        """What is to be masked, in order, none overlapping."""
        found: list[Finding] = []
        covered = searched = last = 0
        tangled = False
        new = tuple.__new__  # the generated constructor takes twice as long
        first_shape, confirms, wants_start = self.first_shape, self._confirms, self._wants_start
        for end, number, start in self._prefilter.hits(data):
            if end <= covered and (number < first_shape or start != last):
                continue
            span = confirms[number](data, start if wants_start[number] else searched, end)
            if span is None:
                continue
            if isinstance(span, Searched):
                found += [Finding(one.start, one.end, number) for one in span.spans]
                searched, tangled = max(searched, span.until), True
                continue
            last = span[0]
            if last < covered:
                tangled = True
            covered = max(covered, span[1])
            found.append(new(Finding, (last, span[1], number, span[2], None, None)))
        if len(self.known):
            sightings = self.known.sightings(data)
            tangled = tangled or bool(sightings)
            found += [_seen(sighting) for sighting in sightings]
        return _merged(found) if tangled else found

    def masked(
        self,
        data: bytes,
        findings: list[Finding],
        ledger: Ledger | None,
        place: str,
        within: tuple[int, int] | None = None,
    ) -> bytes:
        """The data, or the part of it that is asked for, with a mask for each of the findings."""
        at, until = within or (0, len(data))
        parts: list[bytes] = []
        mask, kinds = self._masks.mask, self._kinds
        masked_by: list[int] = []
        for start, end, rule, quote, kind, secret in findings:
            value = secret or data[start:end]
            if b"MASKED." in value and is_masked(value):
                continue
            if b"\\" in value:
                value = plain(value)
            if quote:
                parts += data[at:start], quote, mask(value, kind or kinds[rule]), quote
            else:
                parts += data[at:start], mask(value, kind or kinds[rule])
            at = end
            masked_by.append(rule)
        parts.append(data[at:until])
        if ledger is not None:
            for rule, count in Counter(masked_by).items():
                ledger.note(self.rules[rule].name if rule != KNOWN else "known-value", place, count)
        return b"".join(parts)


def _closed_a_gap(data: bytes, finding: Finding) -> bool:
    """Whether masking made one word of several, of which another rule would make something else."""
    start, end = finding.start, finding.end
    before, after = data[max(0, start - 1) : start], data[end : end + 1]
    if before in _GAPS and after in _GAPS:
        return False
    is_apart = (not before or before in _BEFORE) and (not after or after in _AFTER)
    return not is_apart or len(data[start:end].split(None, 1)) > 1


def plain(value: bytes) -> bytes:
    """The value without the escapes of a string literal, so that it has one fingerprint in any of them."""
    return value.replace(b'\\"', b'"').replace(b"\\/", b"/").replace(b"\\\\", b"\\")


def _seen(sighting: Sighting) -> Finding:
    return Finding(sighting.start, sighting.end, KNOWN, b"", sighting.kind, sighting.secret)


def _merged(found: list[Finding]) -> list[Finding]:
    """Overlapping findings become one that covers them all; of two alike, the one that knows more."""
    found.sort(key=itemgetter(0))
    merged: list[Finding] = []
    covered = 0
    for finding in found:
        if finding[0] >= covered:
            merged.append(finding)
            covered = finding[1]
            continue
        last = merged[-1]
        if finding.start == last.start and finding.end >= last.end:
            known_already = finding.end == last.end and last.secret is not None
            merged[-1] = last if known_already else finding._replace(quote=finding.quote or last.quote)
        elif finding.end > last.end:
            merged[-1] = Finding(last.start, finding.end, last.rule, last.quote, SECRET)
        covered = merged[-1].end
    return merged


__all__ = ["Finding", "Redactor", "Span", "plain"]
