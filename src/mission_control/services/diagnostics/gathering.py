"""The seam between what is collected and the archive: everything that passes it is redacted.

It also keeps the account of the bundle: what was not collected, where a limit bit, what was masked. The zip
takes one file at a time, so whoever writes waits for its turn; redacting and packing run beside the event
loop, because a page of five hundred objects takes a second.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

import msgspec

from mission_control.archive.writing import BundleWriter, Writing
from mission_control.domain.bundle.parts import Ledger, Limited, Limits, NotCollected
from mission_control.domain.redact import ByteStream, Redactor
from mission_control.domain.redact import Ledger as Masked

_PLACES = 20_000
RESERVED = 1 << 20
"""Bytes of the budget that are kept for the judgement, the account and the manifest."""


T = TypeVar("T")


async def beside(work: Callable[[], T]) -> T:
    """Run work in a thread. Who is cancelled meanwhile waits for its end: it writes to the archive."""
    running = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait((running,))
        raise


class Gathering:
    """One bundle in the making. `told` is called with each file that is done."""

    def __init__(
        self, writer: BundleWriter, redactor: Redactor, limits: Limits, told: Callable[[str], None]
    ) -> None:
        self._writer, self._redactor, self._told = writer, redactor, told
        self.limits = limits
        self.masked = Masked(_PLACES)
        self.part = ""
        self._missing: dict[NotCollected, None] = {}
        self._limited: dict[Limited, None] = {}
        self._turn = asyncio.Lock()

    # --- the account ---
    def missing(self, what: str, reason: str, needs: str = "") -> None:
        """Tell of something that is not in the bundle."""
        self._missing[NotCollected(self.part, self.text(what), self.text(reason), needs)] = None

    def account(self, *entries: NotCollected) -> None:
        """Tell of what was known before anything ran."""
        self._missing.update(dict.fromkeys(entries))

    def limited(self, what: str, says: str) -> None:
        """Tell of a limit that bit."""
        self._limited[Limited(self.part, self.text(what), says)] = None

    @property
    def ledger(self) -> Ledger:
        """The account so far."""
        return Ledger(tuple(self._missing), tuple(self._limited))

    @property
    def is_full(self) -> bool:
        """Whether the size that was asked for is used up."""
        return self._writer.size >= self.limits.archive_bytes - RESERVED

    # --- what is written ---
    def text(self, text: str) -> str:
        """A text without secrets."""
        return self._redactor.text(text)

    def strings(self, tree: Any, place: str) -> Any:
        """A tree of our own structs, of which only the texts come from a cluster: its names mean nothing."""
        if isinstance(tree, str):
            return self._redactor.text(tree, self.masked, place)
        if isinstance(tree, dict):
            return {key: self.strings(value, place) for key, value in tree.items()}
        if isinstance(tree, list):
            return [self.strings(value, place) for value in tree]
        return tree

    def tree(self, tree: Any, place: str) -> Any:
        """A tree without secrets."""
        return self._redactor.tree(tree, self.masked, place)

    def without_values(self, tree: dict[str, Any], place: str) -> dict[str, Any]:
        """An object of which the keys of its data are kept, and of each value only a mask."""
        hidden = {
            key: {
                name: self._redactor.value(str(value), "unread", self.masked, f"{place}.{key}")
                for name, value in tree[key].items()
            }
            for key in ("data", "binaryData")
            if isinstance(tree.get(key), dict)
        }
        return tree | hidden

    async def put(self, path: str, tree: Any, place: str = "") -> None:
        """Write a tree as JSON."""
        content = await asyncio.to_thread(self._encoded, tree, place or path)
        await self.put_safe(path, content)

    def _encoded(self, tree: Any, place: str) -> bytes:
        return msgspec.json.format(msgspec.json.encode(self.tree(tree, place)), indent=1) + b"\n"

    async def put_text(self, path: str, text: bytes) -> None:
        """Write text that may hold anything."""
        async with self.writing(path) as writing:
            stream = ByteStream(self._redactor, self.masked, path)

            def pour() -> None:
                writing.write(stream.feed(text))
                writing.write(stream.close())

            await beside(pour)

    async def put_safe(self, path: str, content: bytes) -> None:
        """Write what this seam has made, or words of our own around it."""
        async with self.writing(path) as writing:
            await beside(lambda: writing.write(content))

    @contextlib.asynccontextmanager
    async def writing(self, path: str) -> AsyncIterator[Writing]:
        """A file of the present part; its content must have come through this seam."""
        async with self._turn:
            with self._writer.file(self._free(path), self.part) as writing:
                yield writing
        self._told(path)

    def _free(self, path: str) -> str:
        """The path, or one like it when two names became the same."""
        name, count = path, 1
        while self._writer.has(name):
            count += 1
            stem, dot, end = path.rpartition(".")
            name = f"{stem}~{count}{dot}{end}"
        return name
