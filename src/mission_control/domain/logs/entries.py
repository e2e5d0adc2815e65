"""What a log view shows: lines, and marks between them where the stream has a seam."""

from __future__ import annotations

from typing import Literal

import msgspec

Level = Literal["error", "warn", "info", "debug", ""]
MarkKind = Literal[
    "joined", "ended", "restart", "gap", "rotation", "reconnect", "dropped", "refused", "trouble", "kept"
]
LOSSES: tuple[MarkKind, ...] = ("gap", "rotation", "dropped", "refused", "trouble")
"""Marks after which something is or may be missing."""


class Source(msgspec.Struct, frozen=True):
    """One container of one pod. `role`: "init" or "sidecar", empty for the pod's own."""

    namespace: str
    pod: str
    container: str
    role: str = ""
    node: str = ""
    component: str = ""

    @property
    def key(self) -> str:
        """Namespace, pod and container as one text."""
        return f"{self.namespace}/{self.pod}/{self.container}"


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A line of one container (`mark` empty), or a mark. Times in ns.

    A mark's `until` is its second moment, `at` its first; its `text` is the sentence. `source` is a key.
    """

    at: int
    source: str
    text: str
    level: str = ""
    mark: str = ""
    until: int = 0


class Stamped(msgspec.Struct, frozen=True, gc=False):
    """A line as the API server gave it, before redaction."""

    at: int
    content: bytes


class Seam(msgspec.Struct, frozen=True):
    """Something that happened to a container's log between two lines."""

    mark: MarkKind
    at: int
    says: str
    until: int = 0


def marked(source: str, seam: Seam) -> Entry:
    """The entry of a seam."""
    return Entry(seam.at, source, seam.says, "", seam.mark, seam.until)
