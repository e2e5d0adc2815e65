"""Asks once a minute whether what is watched may still be watched: no server ends a watch for a lost right.

A right that was taken away would else be noticed only when the watch ends by itself, after minutes in which
the console showed what it may no longer see. The doubt is told to the reflector, which asks the server anew;
only the answer to that counts.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Protocol

from mission_control.cluster.connection import Connection
from mission_control.cluster.errors import ClusterError
from mission_control.cluster.permissions import Question, review
from mission_control.cluster.scope import Scope

_LOG = logging.getLogger(__name__)
MOST = 60
"""How many rights are asked about in one pass; with many namespaces those asked about longest ago."""


class Watch(Protocol):
    """A watch that runs."""

    @property
    def scope(self) -> Scope:
        """What is watched, and where."""

    def doubt(self) -> None:
        """Ends the watch and asks the server anew."""


def question(scope: Scope) -> Question:
    """The right to watch a scope."""
    return Question("watch", scope.kind.group, scope.kind.plural, scope.namespace or "")


async def keep_asking(
    connection: Connection,
    watches: Callable[[], Iterable[Watch]],
    every: float,
    chance: Callable[[], float],
) -> None:
    """Ask every so many seconds, until cancelled."""
    asked: dict[Question, int] = {}
    turn = 0
    while True:
        await asyncio.sleep(every * (1 + chance() / 10))
        turn += 1
        running = {question(watch.scope): watch for watch in watches()}
        asked = {right: asked.get(right, 0) for right in running}
        due = sorted(running, key=asked.__getitem__)[:MOST]
        asked |= dict.fromkeys(due, turn)
        try:
            answers = await review(connection, due)
        except ClusterError as error:
            _LOG.debug("own rights cannot be asked for: %s", error.says)
            continue
        for answer in answers:
            if not answer.is_allowed:
                running[answer.question].doubt()
