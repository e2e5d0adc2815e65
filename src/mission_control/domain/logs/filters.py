"""Which lines are wanted: expressions to include, to exclude and to point out.

Expressions are hyperscan's, which has no construct that can hang. A word in small letters means both cases.
They see the text after redaction, so that nobody can guess a secret by asking for it.
"""

from __future__ import annotations

from functools import lru_cache

import msgspec

try:
    import hyperscan
except ImportError:  # pragma: no cover - the image always has it
    hyperscan = None  # type: ignore[assignment]

LONGEST = 300
"""Characters of an expression."""
MOST_SPANS = 20
"""Places that are pointed out in one line."""
_META = frozenset("\\^$.|?*+()[]{}")


class ExpressionProblem(ValueError):  # noqa: N818 -- an error is named as a person says it
    """An expression that cannot be used. `says` why, `fix` what to do."""

    def __init__(self, says: str, fix: str) -> None:
        super().__init__(says)
        self.says, self.fix = says, fix


class Expression:
    """One expression, compiled. Not for several threads at once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._plain = ""
        if hyperscan is None:
            if _META & set(text):
                says = f"{text!r} is an expression, and this console runs without hyperscan."
                raise ExpressionProblem(says, "Use plain words.")
            self._plain = text
            return
        flags = hyperscan.HS_FLAG_UTF8 | hyperscan.HS_FLAG_ALLOWEMPTY
        if text == text.lower():
            flags |= hyperscan.HS_FLAG_CASELESS
        self._any = _compiled(text, flags | hyperscan.HS_FLAG_SINGLEMATCH)
        self._flags = flags
        self._spans: hyperscan.Database | None = None

    def finds(self, line: bytes) -> bool:
        """Whether the expression is found in a line."""
        if self._plain:
            return self._plain.lower().encode() in line.lower()
        hits: list[int] = []
        self._any.scan(line, match_event_handler=lambda *_: hits.append(1))
        return bool(hits)

    def spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """Where it is found, as places in the text, none overlapping, the first few."""
        line = text.encode()
        found: dict[int, int] = {}
        if self._plain:
            at = line.lower().find(self._plain.lower().encode())
            found = {at: at + len(self._plain.encode())} if at >= 0 else {}
        else:
            if self._spans is None:
                self._spans = _compiled(self.text, self._flags | hyperscan.HS_FLAG_SOM_LEFTMOST)

            def remember(_id: int, start: int, end: int, _flags: int, _context: object) -> bool | None:
                if end > start:
                    found[start] = max(end, found.get(start, 0))
                return len(found) > MOST_SPANS or None

            self._spans.scan(line, match_event_handler=remember)
        return _places(text, line, found)


def _places(text: str, line: bytes, found: dict[int, int]) -> tuple[tuple[int, int], ...]:
    spans: list[tuple[int, int]] = []
    for start, end in sorted(found.items()):
        if spans and start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    if len(line) == len(text):
        return tuple(spans)
    return tuple(
        (len(line[:start].decode("utf-8", "ignore")), len(line[:end].decode("utf-8", "ignore")))
        for start, end in spans
    )


@lru_cache(maxsize=128)
def _compiled(text: str, flags: int) -> hyperscan.Database:
    database = hyperscan.Database()
    try:
        database.compile(expressions=[text.encode("utf-8", "replace")], ids=[0], flags=[flags])
        database.scratch = hyperscan.Scratch(database)
    except hyperscan.error as error:
        why = str(error).rstrip(".") or "it is no expression"
        raise ExpressionProblem(
            f"The expression {text!r} cannot be used: {why}.",
            "Put a backslash before ( ) [ ] * + ? to mean them.",
        ) from error
    return database


class Filter(msgspec.Struct, frozen=True):
    """Which lines are wanted: those with any of `include`, without any of `exclude`, of these levels."""

    include: tuple[Expression, ...] = ()
    exclude: tuple[Expression, ...] = ()
    highlight: tuple[Expression, ...] = ()
    levels: tuple[str, ...] = ()

    @property
    def takes_all(self) -> bool:
        """Whether every line is wanted."""
        return not (self.include or self.exclude or self.levels)

    def wants(self, text: str, level: str) -> bool:
        """Whether a line is wanted."""
        if self.levels and level not in self.levels:
            return False
        if not (self.include or self.exclude):
            return True
        line = text.encode("utf-8", "replace")
        if self.include and not any(one.finds(line) for one in self.include):
            return False
        return not any(one.finds(line) for one in self.exclude)

    def spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """What to point out in a line."""
        spans = [span for one in (*self.highlight, *self.include) for span in one.spans(text)]
        return tuple(sorted(spans)[:MOST_SPANS])


def expressions(texts: tuple[str, ...]) -> tuple[Expression, ...]:
    """The expressions of these texts; empty ones say nothing. Raises ExpressionProblem."""
    for text in texts:
        if len(text) > LONGEST:
            raise ExpressionProblem(f"An expression has at most {LONGEST} characters.", "Shorten it.")
    return tuple(Expression(text) for text in texts if text)
