"""The end of a container's log: what to ask for, and what came back.

Logs are read only of pods that are already under suspicion, and only their last lines. A refused read is an
answer like any other, because a missing right must never look like a silent container.
"""

from __future__ import annotations

import msgspec


class LogRequest(msgspec.Struct, frozen=True):
    """A log to read: of the running container, or (`previous`) of the one before its last restart."""

    namespace: str
    pod: str
    container: str
    previous: bool = False


class LogTail(msgspec.Struct, frozen=True):
    """The last lines of a log, oldest first. `refused` says why there are none."""

    namespace: str
    pod: str
    container: str
    previous: bool = False
    lines: tuple[str, ...] = ()
    refused: str = ""
