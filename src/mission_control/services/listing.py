"""What all lists have in common: words to filter by, a sort with two directions, pages of a hundred rows.

A list's query says everything that its address says. Figures begin with the largest, names with the first;
a minus turns either round. Sorting looks at every object and must be cheap; rows are made for one page only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import msgspec

PAGE = 100
Item = TypeVar("Item")


class Sorted(Protocol):
    """A query that has a sort and pages; `sorts` are its columns, `largest_first` those with figures."""

    sorts: ClassVar[tuple[str, ...]]
    largest_first: ClassVar[frozenset[str]]

    @property
    def sort(self) -> str:
        """A column, with a minus before it for the other direction."""

    @property
    def page(self) -> int:
        """The page, from 1."""


class Cut(msgspec.Struct, Generic[Item], frozen=True):
    """One page of a list: its items, its number, how many pages there are and how many items in all."""

    items: tuple[Item, ...]
    page: int
    pages: int
    total: int


def descends(sort: str, largest_first: frozenset[str]) -> bool:
    """Whether a sort puts the largest first: figures do of themselves, names the other way round."""
    return (sort.lstrip("-") in largest_first) != sort.startswith("-")


def ordered(items: Iterable[Item], query: Sorted, key: Callable[[Item], Any]) -> list[Item]:
    """Sorted by a key, in the direction that the query asks for. Equal items keep their order."""
    return sorted(items, key=key, reverse=descends(query.sort, query.largest_first))


def cut(items: Sequence[Item], page: int) -> Cut[Item]:
    """The page that was asked for; the last one for any beyond it."""
    pages = max(1, -(-len(items) // PAGE))
    page = min(max(1, page), pages)
    return Cut(tuple(items[(page - 1) * PAGE : page * PAGE]), page, pages, len(items))


def fits(text: str, words: Sequence[str]) -> bool:
    """Whether every word, in lower case, is somewhere in a text."""
    text = text.lower()
    return all(word in text for word in words)
