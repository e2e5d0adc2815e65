"""Who is in: sessions on the server, each known by an id that only its browser has.

Those of accounts are kept in the console's own state and outlive a restart. Those that came with a one-time
address or a token of the cluster live in memory, the token with them. A session ends when it was not used for
a while, when it is old, when somebody ends it, and when its account is gone or has another password.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import msgspec

from mission_control.access.roles import Door
from mission_control.storage.errors import StorageError
from mission_control.storage.sessions import KeptSession, SessionStore

EVERY = 3.0
"""Seconds between two readings of what is kept: the command line ends sessions too."""
MOST_OF_ONE = 64
"""Sessions of one person; the one that was used longest ago makes room."""
_BROWSER = 120
_log = logging.getLogger(__name__)


class Limits(msgspec.Struct, frozen=True):
    """How long a session lasts unused, and at all; with a token of the cluster at most `with_token`."""

    idle: timedelta = timedelta(hours=8)
    whole: timedelta = timedelta(days=7)
    with_token: timedelta = timedelta(hours=12)


class Session(msgspec.Struct, frozen=True):
    """Somebody's session. `token` is the cluster's, and never shown, not even by `repr`."""

    hash: str
    who: str
    door: Door
    began: datetime
    used: datetime
    origin: str
    browser: str
    token: str = ""

    def __repr__(self) -> str:
        return f"Session({self.who!r}, {self.door!r})"

    @property
    def key(self) -> str:
        """The beginning of the hash: enough to name it, too little to be it."""
        return self.hash[:16]


def hash_of(session_id: str) -> str:
    """What is kept of an id. It has 256 random bits, so nobody finds it by trying."""
    return hashlib.sha256(session_id.encode()).hexdigest()


def seal_of(session_id: str) -> str:
    """What the forms of a session carry, which no other site and no other session knows."""
    return hmac.new(session_id.encode(), b"the forms of this session", hashlib.sha256).hexdigest()


class Sessions:
    """All sessions. Without a `store` every one lives in memory."""

    def __init__(
        self, store: SessionStore | None, clock: Callable[[], datetime], limits: Limits | None = None
    ) -> None:
        self._store, self._clock, self._limits = store, clock, limits or Limits()
        self._open: dict[str, Session] = {}
        self._unsaid: dict[str, datetime] = {}
        self._lock = asyncio.Lock()
        self.when_gone: Callable[[Session], None] = lambda _: None
        self._unkept: set[str] = set()

    @property
    def all(self) -> tuple[Session, ...]:
        """Those that are open, the one that was used last first."""
        found = [session for session in self._open.values() if self._lasts(session)]
        return tuple(sorted(found, key=lambda session: session.used, reverse=True))

    async def begin(self, who: str, door: Door, origin: str, browser: str, token: str = "") -> str:
        """Open a session and say its id, for the browser and nobody else. Raises StorageError."""
        session_id, now = secrets.token_urlsafe(32), self._clock()
        made = Session(hash_of(session_id), who, door, now, now, origin, browser[:_BROWSER], token)
        async with self._lock:
            mine = [entry for entry in self.all if (entry.who, entry.door) == (who, door)]
            await self._forget(entry.hash for entry in mine[MOST_OF_ONE - 1 :])
            if self._store is not None and door == "account":
                kept = KeptSession(made.hash, who, now, now, origin, made.browser)
                await self._keep(kept)
            self._open[made.hash] = made
        return session_id

    async def _keep(self, session: KeptSession) -> None:
        """Keep a session; where the volume takes nothing it lasts as long as the process, for reading."""
        assert self._store is not None  # noqa: S101 -- asked by who calls
        try:
            await asyncio.to_thread(self._store.begin, session)
        except StorageError as error:
            if not error.is_lasting:
                raise
            self._unkept.add(session.hash)

    def find(self, session_id: str | None) -> Session | None:
        """The session of an id, as long as it lasts."""
        found = self._open.get(hash_of(session_id)) if session_id else None
        return found if found is not None and self._lasts(found) else None

    def is_open(self, session: Session) -> bool:
        """Whether a session that was found before is still open."""
        found = self._open.get(session.hash)
        return found is not None and self._lasts(found)

    def use(self, session: Session) -> None:
        """Note that somebody does something with a session."""
        if session.hash in self._open:
            now = self._clock()
            self._open[session.hash] = msgspec.structs.replace(self._open[session.hash], used=now)
            if session.door == "account":
                self._unsaid[session.hash] = now

    def ends(self, session: Session) -> datetime:
        """When it ends unless it is used before."""
        whole = self._limits.whole
        if session.door == "token":
            whole = min(whole, self._limits.with_token)
        return min(session.used + self._limits.idle, session.began + whole)

    async def end(self, *hashes: str) -> None:
        """End sessions. Raises StorageError."""
        async with self._lock:
            await self._forget(hashes)

    async def end_all_of(self, who: str) -> None:
        """End all sessions of an account. Raises StorageError."""
        await self.end(*(entry.hash for entry in self.all if entry.who == who and entry.door == "account"))

    async def load(self) -> None:
        """Read what is kept, and note what was used. Raises StorageError."""
        async with self._lock:
            if self._store is not None:
                await self._read(self._store)
            await self._forget([entry.hash for entry in self._open.values() if not self._lasts(entry)])

    async def _read(self, store: SessionStore) -> None:
        unsaid, self._unsaid = self._unsaid, {}
        if unsaid:
            await asyncio.to_thread(store.use, unsaid)
        kept = {entry.hash: entry for entry in await asyncio.to_thread(store.all)}
        known = kept.keys() | self._unkept
        for key in [k for k, entry in self._open.items() if entry.door == "account" and k not in known]:
            del self._open[key]
        for key, entry in kept.items():
            self._open.setdefault(key, _session(entry))

    async def run(self) -> None:
        """Keep both sides the same until cancelled."""
        while True:
            try:
                await self.load()
            except StorageError as error:
                _log.warning("%s %s", error.says, error.fix)
            await asyncio.sleep(EVERY)

    def _lasts(self, session: Session) -> bool:
        return self._clock() < self.ends(session)

    async def _forget(self, hashes: Iterable[str]) -> None:
        keys = tuple(hashes)
        kept = [key for key in keys if key in self._open and self._open[key].door == "account"]
        if kept and self._store is not None:
            await asyncio.to_thread(self._store.forget, kept)
        for key in keys:
            gone = self._open.pop(key, None)
            if gone is not None:
                self.when_gone(gone)


def _session(kept: KeptSession) -> Session:
    return Session(kept.hash, kept.account, "account", kept.began, kept.used, kept.origin, kept.browser)
