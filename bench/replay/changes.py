"""What happens on the replayed cluster after it was listed: a history to watch from, and its making.

The cluster lives as large ones do: mostly pods whose status changes and events about them. One pod, the
marked one, changes only when a bench asks for it, so that its change can be looked for.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict

import msgspec

from bench.replay import around
from bench.replay.pages import partial
from bench.replay.parts import VERSION, Obj
from bench.replay.world import MARK, World

_EVENTS_OF_TEN = 3


class Line(msgspec.Struct, frozen=True):
    """One line of a watch, in both forms, with its version."""

    version: int
    whole: bytes
    metadata: bytes


class Changes:
    """Everything that has changed since the lists were made."""

    def __init__(self, world: World) -> None:
        self.version = VERSION
        self.made = 0
        self._world = world
        self._history: dict[str, list[Line]] = defaultdict(list)
        self._news: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._marks = 0

    def since(self, plural: str, version: int) -> list[Line]:
        """The lines of a kind after a version."""
        found = self._history[plural]
        at = len(found)
        while at and found[at - 1].version > version:
            at -= 1
        return found[at:]

    async def wait(self, plural: str, seconds: float) -> None:
        """Until something of the kind changes, at most so long."""
        try:
            async with asyncio.timeout(seconds):
                await self._news[plural].wait()
        except TimeoutError:
            pass

    def mark(self) -> int:
        """Changes the marked pod: the number that it now shows as its restarts."""
        self._marks += 1
        app = next(app for app in reversed(self._world.deployments) if app.name == MARK)
        self._say("pods", "MODIFIED", self._world.pod(app, 1, self._marks))
        return self._marks

    async def live(self, rate: float, seconds: float) -> None:
        """Lets so many things change each second, evenly, for so long."""
        loop = asyncio.get_running_loop()
        began, done = loop.time(), 0
        while (now := loop.time() - began) < seconds:
            while done < now * rate:
                done += 1
                self._happen()
            await asyncio.sleep(max(0.0, (done + 1) / rate - now))

    def _happen(self) -> None:
        self.made += 1
        n = self.made
        apps = self._world.deployments[:-1]
        app = apps[n * 37 % len(apps)]
        if n % 10 < _EVENTS_OF_TEN:
            self._say("events", "MODIFIED", around.event(app, n % 50, 2 + n // 50))
        else:
            self._say("pods", "MODIFIED", self._world.pod(app, 1 + n % (app.replicas - 1), n % 2))

    def _say(self, plural: str, kind: str, item: Obj) -> None:
        self.version += 1
        item["metadata"]["resourceVersion"] = str(self.version)
        texts = [
            msgspec.json.encode({"type": kind, "object": form}) + b"\n" for form in (item, partial(item))
        ]
        self._history[plural].append(Line(self.version, *texts))
        news, self._news[plural] = self._news[plural], asyncio.Event()
        news.set()
