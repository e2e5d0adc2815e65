"""Secret values that the console legitimately holds, kept in memory only, found in all their dresses.

Values that are words, numbers or names of objects, and values shorter than six characters, are not searched
for: a password that is the name of a database would black out half the console. They are hidden at secret
places.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from mission_control.domain.redact.dresses import Tolerant, encodings, literal, parts, pieces, tolerant
from mission_control.domain.redact.masks import SECRET
from mission_control.domain.redact.scanner import HAS_HYPERSCAN, LazyPrefilter

_SHORTEST = 6
_WORD = re.compile(r"[A-Z]?[a-z]{0,15}|[A-Z]{0,12}|[0-9]{0,9}|[a-z]{1,15}(?:[-_. ][a-z]{1,15}){1,3}")
_ASCII = 128
_RUN = bytes(
    ord("a") if byte < _ASCII and (chr(byte).isalnum() or chr(byte) in "+/=_-%\\") else 32
    for byte in range(256)
)
_IN_RUN = re.compile(rb"(?:[A-Za-z0-9+/=_-]|%[0-9A-Fa-f]{2}|\\/)*")
_SPLIT_LEAST = 12
_STEP = 512
_FARTHEST = 4096  # how much of a value may still be outstanding in a stream
_PARTIAL = re.compile(rb"(?<=\n)\S{1,40} std(?:out|err) [PF] ")
_WORDS = re.compile(rb"[^ \t\r\n]+")
_PREFIX = 5
_BLANKS = b" \t\r\n"
_GAP = re.compile(rb"\s+|\\n")


class KnownValue(msgspec.Struct, frozen=True):
    """A secret value and the kind that its mask names. Never shown, not even by `repr`."""

    value: str
    kind: str = "secret"

    def __repr__(self) -> str:
        return f"KnownValue(kind={self.kind!r})"


class Sighting(NamedTuple):
    """Where a known value stands, its kind, and the value itself when all of it stands there alone."""

    start: int
    end: int
    kind: bytes
    secret: bytes | None


def is_searchable(value: str, names: frozenset[str] = frozenset()) -> bool:
    """Whether a value is told apart from ordinary text: long enough, no word, no number, no object's name."""
    return len(value) >= _SHORTEST and value not in names and _WORD.fullmatch(value) is None


class KnownValues:
    """Finds known values. `names` are the objects' names of the picture, which are never hidden as such."""

    def __init__(
        self, values: Iterable[KnownValue], names: Iterable[str] = (), *, fast: bool = HAS_HYPERSCAN
    ) -> None:
        open_names = frozenset(names)
        kept = {known.value: known for known in values if is_searchable(known.value.strip(), open_names)}
        self._values = [
            (known.value.strip().encode("utf-8", "surrogatepass"), known.kind.encode())
            for known in kept.values()
        ]
        literals = self._literals()
        self._tolerant = [
            (number, how) for number, (value, _) in enumerate(self._values) if (how := tolerant(value))
        ]
        self._facts = [(len(text), *fact) for text, fact in literals.items()]
        anchors = [literal(text) for text in literals]
        self._scan = _compiled([*anchors, *(_fragment(how) for _, how in self._tolerant)], fast=fast)
        joined = {text.translate(None, _BLANKS): number for text, (number, _) in literals.items()}
        self._joined = [(len(text), number) for text, number in joined.items()]
        self._split = _compiled([literal(text) for text in joined], fast=fast)
        self._parts = _compiled([literal(text) for text in set().union(*map(parts, joined))], fast=fast)
        self._prefixes: dict[bytes, list[bytes]] = {}
        for text in joined:
            self._prefixes.setdefault(text[:_PREFIX], []).append(text)
        self.longest = min(max((len(text) for text in joined), default=0), _FARTHEST)

    def __len__(self) -> int:
        return len(self._values)

    def compile(self) -> None:
        """Compile now what is otherwise compiled at the first text: some ms a value."""
        for scan in (self._scan, self._split, self._parts):
            if scan is not None:
                scan.compile()

    def _literals(self) -> dict[bytes, tuple[int, bool]]:
        """Each literal with the value it stands for and whether the run around it goes too."""
        found: dict[bytes, tuple[int, bool]] = {}
        for number, (value, _) in enumerate(self._values):
            for text in pieces(value) | encodings(value):
                found.setdefault(text, (number, True))
        for number, (value, _) in enumerate(self._values):
            found[value] = (number, False)
        return found

    def sightings(self, data: bytes) -> list[Sighting]:
        """Every place where a known value stands, in order of the ends."""
        if self._scan is None:
            return []
        found: list[Sighting] = []
        covered = 0
        for end, number, _ in self._scan.hits(data):
            if number >= len(self._facts):
                owner, how = self._tolerant[number - len(self._facts)]
                at = end - (len(how.fragment) or 1)
                if span := how.span(data, at, at + len(how.fragment)):
                    found.append(Sighting(*span, self._values[owner][1], self._values[owner][0]))
            elif not self._facts[number][2]:
                length, owner, _ = self._facts[number]
                found.append(Sighting(end - length, end, self._values[owner][1], self._values[owner][0]))
            elif end > covered:
                sighting = self._in_run(data, end, number)
                covered = sighting.end
                found.append(sighting)
        return found

    def _in_run(self, data: bytes, end: int, number: int) -> Sighting:
        """The whole encoded run around a hit; it is the value itself when it decodes to that."""
        length, owner, _ = self._facts[number]
        value, kind = self._values[owner]
        start = _run_start(data, end - length)
        run = _IN_RUN.match(data, end)
        stop = run.end() if run else end
        whole = data[start:stop]
        return Sighting(start, stop, *((kind, value) if _decodes_to(whole, value) else (SECRET, None)))

    def split_sightings(self, data: bytes) -> list[Sighting]:
        """Known values that line ends have cut in two: wrapped base64, long lines that a log has split."""
        if self._split is None or self._parts is None or not self._parts.hits(data):
            return []
        if b"\n" not in data and b"\\n" not in data:
            return []
        level = data.replace(b"\\\\n", b"   ").replace(b"\\n", b"  ")
        if b" P " in level:
            level = _PARTIAL.sub(lambda found: b" " * len(found[0]), level)
        found = []
        for end, number, _ in self._split.hits(level.translate(None, _BLANKS)):
            length, owner = self._joined[number]
            found.append((end - length, end, owner))
        places = _places(level, {place for start, end, _ in found for place in (start, end - 1)})
        return [
            Sighting(places[start], places[end - 1] + 1, *reversed(self._values[owner]))
            for start, end, owner in found
            if _is_cut(data[places[start] : places[end - 1]], end - start)
        ]

    def begins_at_end(self, data: bytes) -> int | None:
        """Where in the text's last lines a known value may begin whose rest has not come yet."""
        if not self._prefixes:
            return None
        low = max(0, len(data) - 2 * self.longest)
        tail = data[low:].translate(None, _BLANKS)
        for at in range(max(0, len(tail) - self.longest), len(tail) - _PREFIX + 1):
            rest = tail[at:]
            if any(text.startswith(rest) for text in self._prefixes.get(rest[:_PREFIX], ())):
                return _places(data[low:], {at})[at] + low
        return None


def _compiled(expressions: list[bytes], *, fast: bool) -> LazyPrefilter | None:
    anchors = tuple((expression, False) for expression in expressions)
    return LazyPrefilter(anchors, fast=fast) if anchors else None


def _fragment(how: Tolerant) -> bytes:
    """What the prefilter looks for; a value without any plain character is looked for everywhere."""
    return literal(how.fragment) if how.fragment else rb"[^\x00-\x20A-Za-z0-9]"


def _is_cut(text: bytes, length: int) -> bool:
    """Whether a line end is in it; in a short value nothing else may be, or words in a column would do."""
    if b"\n" not in text and b"\\n" not in text:
        return False
    return length >= _SPLIT_LEAST or len(_GAP.findall(text)) == 1


def _run_start(data: bytes, at: int) -> int:
    """Where the run of encoding characters begins that reaches `at`."""
    while at > 0:
        low = max(0, at - _STEP)
        gap = data[low:at].translate(_RUN).rfind(b" ")
        if gap >= 0:
            return low + gap + 1
        at = low
    return 0


def _decodes_to(run: bytes, value: bytes) -> bool:
    text = run.strip(b"\\%").replace(b"-", b"+").replace(b"_", b"/").rstrip(b"=")
    try:
        return (
            base64.b64decode(text + b"=" * (-len(text) % 4)) == value or bytes.fromhex(run.decode()) == value
        )
    except ValueError:
        return False


def _places(data: bytes, offsets: set[int]) -> dict[int, int]:
    """Where the nth character that is no blank stands, for each n asked for."""
    wanted, found, passed = sorted(offsets, reverse=True), {}, 0
    for word in _WORDS.finditer(data):
        length = word.end() - word.start()
        while wanted and wanted[-1] < passed + length:
            offset = wanted.pop()
            found[offset] = word.start() + offset - passed
        if not wanted:
            break
        passed += length
    return found
