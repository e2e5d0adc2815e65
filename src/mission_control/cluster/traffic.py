"""What the console costs the API server: requests by how they ended, open watches, bytes that came."""

from __future__ import annotations

from collections import Counter
from typing import Protocol

import msgspec


class Receiving(Protocol):
    """An answer that is being read."""

    @property
    def num_bytes_downloaded(self) -> int:
        """Bytes that have come so far, as they were on the wire."""


class Cost(msgspec.Struct, frozen=True):
    """The cost since the start. `requests` by "list 2xx", "watch 4xx" …; bytes as they were on the wire."""

    requests: dict[str, int]
    watches: int
    received: int


class Traffic:
    """Counts while the console runs; one for all connections that it has one after another."""

    def __init__(self) -> None:
        self._requests: Counter[str] = Counter()
        self._open: dict[int, tuple[str, Receiving]] = {}
        self._received = 0

    def failed(self, what: str) -> None:
        """A request had no answer."""
        self._requests[f"{what} none"] += 1

    def begins(self, what: str, status: int, answer: Receiving) -> None:
        """An answer has begun. `what`: "get", "list", "watch", "review"."""
        self._requests[f"{what} {status // 100}xx"] += 1
        self._open[id(answer)] = (what, answer)

    def ends(self, answer: Receiving) -> None:
        """An answer was read or given up."""
        if self._open.pop(id(answer), None) is not None:
            self._received += answer.num_bytes_downloaded

    @property
    def cost(self) -> Cost:
        """All of it so far."""
        still = tuple(self._open.values())
        coming = sum(answer.num_bytes_downloaded for _, answer in still)
        watches = sum(what == "watch" for what, _ in still)
        return Cost(dict(sorted(self._requests.items())), watches, self._received + coming)


def kind_of(verb: str, path: str, *, watches: bool) -> str:
    """What a request is for: a watch, a log, a list, one object, or a review of rights."""
    if watches:
        return "watch"
    if verb != "GET":
        return "review"
    parts = [part for part in path.partition("?")[0].split("/") if part]
    if parts[-1:] == ["log"]:
        return "log"
    # /api/v1/<plural>, /apis/<group>/<version>/<plural>, each also below namespaces/<name>
    rest = parts[2:] if parts[:1] == ["api"] else parts[3:]
    if rest[:1] == ["namespaces"] and len(rest) > 2:  # noqa: PLR2004 -- and its name
        rest = rest[2:]
    return "list" if len(rest) == 1 else "get"
