"""Keeps one kind in one scope as it is in the cluster, whatever can happen to a watch.

A version that is no longer kept (410) means a fresh list and the difference; a stream that ends, is cut or
goes silent is resumed from the last version; a refusal (403) is remembered with the right that is missing,
and asked for again at growing intervals; an unreachable server leaves the objects as they are and says how
old they are. Attempts are never less than `least` apart, and spread by chance so that the kinds do not come
all at once.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from datetime import datetime

import msgspec

from mission_control.cluster import listing, watching
from mission_control.cluster.connection import Connection
from mission_control.cluster.decoding import Decoder
from mission_control.cluster.errors import Busy, ClusterError, Expired, Forbidden, NotFound
from mission_control.cluster.scope import Scope
from mission_control.cluster.store import KindStore

_LOG = logging.getLogger(__name__)
_DOUBTS = 3
"""After so many failures told by the server the version itself is doubted (an etcd that was restored)."""

Clock = Callable[[], datetime]


class Patience(msgspec.Struct, frozen=True):
    """All waiting, in seconds.

    `silence`: a stream without a bookmark for so long is dead (servers send one a minute). `least` and `most`
    between attempts. `grace`: failures shorter than this do not make the sight stale. `refused` and `absent`:
    the longest between questions for what is not allowed or not served. `poll`: between lists of what may be
    listed and not watched. `spread`: how much relists are spread. `lasting`: after how long, from and to, the
    server is asked to end a watch, as client-go does it. `review`: how often it is asked whether what is
    watched may still be watched.
    """

    silence: float = 70.0
    least: float = 1.0
    most: float = 30.0
    grace: float = 5.0
    refused: float = 60.0
    absent: float = 30.0
    poll: float = 30.0
    spread: float = 1.0
    lasting: tuple[int, int] = (300, 600)
    review: float = 60.0


class Surroundings(msgspec.Struct, frozen=True):
    """What all reflectors of a picture share."""

    connection: Connection
    clock: Clock
    gate: asyncio.Semaphore
    patience: Patience = Patience()
    follow: bool = True
    chance: Callable[[], float] = random.random


class Reflector:
    """One scope.

    `run` returns only when it does not follow (one list, then done); else it runs until cancelled.
    """

    def __init__(self, scope: Scope, store: KindStore, decoder: Decoder, around: Surroundings) -> None:
        self.scope = scope
        self._store, self._decoder, self._around = store, decoder, around
        self._watch_ends: asyncio.Timeout | None = None
        self._version = ""
        self._listed = False
        self._denied = False
        self._failures = 0
        self._failing_since: float | None = None
        self._refusals = 0
        self._began = float("-inf")
        self._heard: datetime | None = None

    async def run(self) -> None:
        """Lists, watches, and begins again as each outcome asks for."""
        wait = 0.0
        while True:
            await self._turn(wait)
            try:
                wait = await self._once()
            except Expired:
                self._version = ""
                # beyond `least`, or the kinds of a server that was restarted would all wait until then
                wait = self._around.patience.least + self._around.patience.spread * self._around.chance()
            except Forbidden as error:
                wait = self._refused(error)
            except NotFound as error:
                wait = self._missing(error)
            except ClusterError as error:
                wait = self._failed(error, error.wait if isinstance(error, Busy) else 0.0)
            except Exception as error:  # noqa: BLE001 (see the comment below)
                # a fault of ours in one kind must not blind the console for all others
                _LOG.exception("reading %s failed", self.scope.kind.resource)
                wait = self._failed(ClusterError(f"Reading it failed: {type(error).__name__}."), 0.0)
            if self._is_done():
                return

    def _is_done(self) -> bool:
        sight = self._store.sights.get(self.scope.namespace)
        return not self._around.follow and sight is not None and sight.state != "loading"

    async def _turn(self, wait: float) -> None:
        """Waits as long as asked for, and until `least` has passed since the last attempt began."""
        loop = asyncio.get_running_loop()
        pause = max(wait, self._began + self._around.patience.least - loop.time())
        if pause > 0:
            await asyncio.sleep(pause)
        self._began = loop.time()

    async def _once(self) -> float:
        """One list (without a version to go on from) and one watch; how long to wait before the next."""
        is_fresh = not self._version
        if is_fresh:
            fresh = await listing.fresh(self._around.connection, self.scope, self._decoder, self._around.gate)
            self._store.replace(self.scope.namespace, fresh)
            self._version, self._listed, self._denied = fresh.version, True, False
            if self._failures == 0 or not self._around.follow:
                self._well()
        if not self._around.follow:
            return 0.0
        try:
            async with asyncio.timeout(None) as self._watch_ends:
                return await self._watch()
        except TimeoutError:  # somebody doubts that it may be watched: a list will tell
            self._version = ""
            return 0.0
        except Forbidden:
            self._version = ""
            return self._polled() if is_fresh else 0.0
        finally:
            self._watch_ends = None

    @property
    def is_watching(self) -> bool:
        """Whether a watch is open or asked for."""
        return self._watch_ends is not None

    def doubt(self) -> None:
        """Ends the watch, if there is one, and lists anew."""
        if self._watch_ends is not None:
            self._watch_ends.reschedule(asyncio.get_running_loop().time())

    async def _watch(self) -> float:
        patience, loop = self._around.patience, asyncio.get_running_loop()
        low, high = patience.lasting
        lasting = int(low + (high - low) * self._around.chance())
        granted: asyncio.TimerHandle | None = None
        heard_anything = False
        try:
            async for batch in watching.batches(
                self._around.connection,
                self.scope,
                self._decoder,
                self._version,
                silence=patience.silence,
                lasting=lasting,
            ):
                granted = granted or loop.call_later(patience.least, self._well)
                if batch.changes:
                    self._store.apply(batch.changes)
                heard_anything = heard_anything or batch.version != self._version
                self._version = batch.version
                if heard_anything or self._failures == 0:
                    self._well()
        finally:
            if granted:
                granted.cancel()
        if heard_anything or (granted and loop.time() >= granted.when()):
            return 0.0
        return self._failed(Busy("The API server ends every watch at once."), 0.0)

    def _polled(self) -> float:
        """The list is allowed, the watch is not: what was listed is shown, and listed again later."""
        poll = self._around.patience.poll
        reason = f"It may not be watched, so it is read again every {poll:.0f} s."
        now = self._around.clock()
        self._store.see(self.scope.namespace, "live", reason=reason, needs=self._right("watch"), since=now)
        return poll

    def _well(self) -> None:
        self._failures, self._failing_since, self._refusals = 0, None, 0
        self._heard = self._around.clock()
        self._store.see(self.scope.namespace, "live", since=self._heard)

    def _refused(self, error: Forbidden) -> float:
        """The first refusal of what was seen until now may be a server that has just begun.

        The second counts.
        """
        self._refusals += 1
        if self._listed and self._refusals == 1:
            return self._failed(error, 0.0)
        self._lose()
        now, needs = self._around.clock(), self._right("list")
        self._store.see(self.scope.namespace, "refused", reason=error.says, needs=needs, since=now)
        return self._growing(self._refusals, self._around.patience.refused)

    def _missing(self, error: NotFound) -> float:
        if not self.scope.kind.optional:
            return self._failed(error, 0.0)
        self._lose()
        self._store.see(self.scope.namespace, "absent", reason=error.says, since=self._around.clock())
        return self._around.patience.absent * (1 + self._around.chance())

    def _lose(self) -> None:
        """Forgets what was listed: the server itself said that it may not be seen, or is not there.

        A connection that fails later takes nothing of that back.
        """
        if self._listed:
            self._store.drop(self.scope.namespace)
        self._version, self._listed, self._denied = "", False, True

    def _failed(self, error: ClusterError, wait: float) -> float:
        """Keeps the objects; says stale when this lasts.

        A watch that the server keeps failing is listed anew.
        """
        patience, now = self._around.patience, asyncio.get_running_loop().time()
        self._failures += 1
        self._failing_since = now if self._failing_since is None else self._failing_since
        is_lasting = now - self._failing_since >= patience.grace
        if is_lasting and not self._denied:
            self._store.see(self.scope.namespace, "stale", reason=str(error), since=self._heard)
        elif not self._listed and not self._denied:
            self._store.see(self.scope.namespace, "loading", reason=str(error))
        if isinstance(error, Busy) and self._failures >= _DOUBTS:
            self._version = ""
        return max(wait, self._growing(self._failures, patience.most))

    def _growing(self, times: int, most: float) -> float:
        """`least`, doubled with each time up to `most`, and spread by chance."""
        patience = self._around.patience
        return min(most, patience.least * 2.0 ** min(times - 1, 16)) * (
            1 + patience.spread * self._around.chance() / 2
        )

    def _right(self, verb: str) -> str:
        return f"{verb} {self.scope.kind.resource}"
