"""Places that hold secrets by what the product or Kubernetes says, whatever their names look like.

Product packs hand these in as data: paths in values, names of variables, keys of Secrets and ConfigMaps,
annotations, fields of custom resources. A path is written with dots; `*` stands for one step, and a path
applies wherever a tree's own path ends with it.
"""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from mission_control.domain.redact.assignments import value_of
from mission_control.domain.redact.contexts import valued
from mission_control.domain.redact.rules import Rule
from mission_control.domain.redact.values import Span

_STEP = re.compile(r"[^.\[\]]+|\[\d+\]")


class Places(msgspec.Struct, frozen=True):
    """Names and paths whose values are secrets. Names are exact: of variables, keys, annotations, fields."""

    names: frozenset[str] = frozenset()
    paths: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.names) + len(self.paths)

    def holds_name(self, name: str) -> bool:
        """Whether a value under exactly this name is a secret."""
        return name in self.names

    def holds_path(self, path: tuple[str, ...]) -> bool:
        """Whether a tree's path ends with one of these paths."""
        by_end = _by_end(self.paths)
        wanted = (*by_end.get(path[-1], ()), *by_end.get("*", ())) if path else ()
        return any(_ends_with(path, steps) for steps in wanted)

    def with_more(self, other: Places) -> Places:
        """These places and those of another."""
        return Places(self.names | other.names, tuple(dict.fromkeys((*self.paths, *other.paths))))

    def rules(self) -> tuple[Rule, ...]:
        """The rule that finds these names in text."""
        last = {path.rsplit(".", 1)[-1] for path in self.paths} - {"*"}
        names = frozenset(name.encode() for name in (*self.names, *self._telling(last)))
        if not names:
            return ()
        choices = b"|".join(re.escape(name) for name in sorted(names))

        def confirm(data: bytes, _start: int, end: int) -> Span | None:
            return value_of(data, end, names)

        def beside(data: bytes, _start: int, end: int) -> Span | None:
            return valued(data, 0, end, names)

        anchor = rb"(?:" + choices + rb")[\"'\\\]]{0,10}[ \t]{0,40}[:=]"
        pair = rb"[nN]ame[\"'\\]*[ \t]{0,4}[:=][ \t]{0,4}[\"'\\]*(?:" + choices + rb")[\"'\\\s,]"
        return (
            Rule("place", "secret", anchor, wants_start=False, confirm=confirm),
            Rule("place", "secret", pair, wants_start=False, confirm=beside),
        )

    @staticmethod
    def _telling(last: set[str]) -> set[str]:
        """Last steps that are names of their own, not ones that every tree has."""
        return {step for step in last if len(step) > 7 and re.search(r"[a-z][A-Z]|_", step)}  # noqa: PLR2004


@lru_cache(maxsize=16)
def _by_end(paths: tuple[str, ...]) -> dict[str, list[tuple[str, ...]]]:
    """The paths by their last step, since every key of every tree is asked about."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for path in paths:
        steps = tuple(path.split("."))
        found.setdefault(steps[-1], []).append(steps)
    return found


def _ends_with(path: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    tail = path[-len(wanted) :]
    return len(tail) == len(wanted) and all(
        want in ("*", step) for want, step in zip(wanted, tail, strict=True)
    )
