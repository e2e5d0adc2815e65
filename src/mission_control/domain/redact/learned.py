"""What the process has come to know as secret, by where it knows it from. In memory, and nowhere else.

Whoever reads a secret for a good reason says so here before using it: a token to log in with, a Secret read
by name, the values of a release. From then on every exit hides it in all its dresses.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from mission_control.domain.redact.known import KnownValue, KnownValues, is_searchable

MOST = 2000
"""Values that are searched for at once; past that the oldest sources are searched for no more."""


class Learned:
    """Known values of the process.

    Safe in threads without a lock: each source is set in one step, and whatever was built while another was
    set is older than the version says, so it is built again.
    """

    def __init__(self) -> None:
        self._values: dict[str, tuple[KnownValue, ...]] = {}
        self._names: frozenset[str] = frozenset()
        self._count = itertools.count(1)
        self._version = 0
        self._built = (0, KnownValues(()))

    @property
    def version(self) -> int:
        """Grows with every change."""
        return self._version

    def learn(self, source: str, values: Iterable[str | KnownValue]) -> None:
        """From now on these values of a source are secrets, instead of what it said before. Never cut short.

        A word, a number, the name of an object and what is shorter than six characters is only hidden at
        secret places, so whatever is read may be handed over as it is.
        """
        known = (value if isinstance(value, KnownValue) else KnownValue(value) for value in values if value)
        kept = tuple(dict.fromkeys(known))
        if self._values.get(source, ()) == kept:
            return
        self._values.pop(source, None)
        if kept:
            self._values[source] = kept
        self._version = next(self._count)

    def forget(self, source: str) -> None:
        """A source is gone, and with it what it said."""
        self.learn(source, ())

    def spare(self, names: Iterable[str]) -> None:
        """The names of the objects there are stay readable, although a secret may be called the same."""
        spared = frozenset(names) & {known.value for known in self._all() if is_searchable(known.value)}
        if spared != self._names:
            self._names = spared
            self._version = next(self._count)

    def known(self) -> KnownValues:
        """All of it, as the engine takes it."""
        version = self._version
        if self._built[0] != version:
            self._built = (version, KnownValues(self._all(), self._names))
        return self._built[1]

    def _all(self) -> list[KnownValue]:
        newest = [known for values in reversed(list(self._values.values())) for known in values]
        return newest[:MOST]

    def clear(self) -> None:
        """Know nothing any more."""
        self._values, self._names = {}, frozenset()
        self._version = next(self._count)
