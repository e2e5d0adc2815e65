"""Findings that were accepted as expected: accept one, revoke it, and end what has come to its end.

It keeps in memory what is in force, because every judgement asks for it, and reads it again every few
seconds, because another process (the command line) may have changed it. Whatever it changes is told in the
audit with who, what, why and until when; when the audit cannot be written, nothing is changed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from mission_control.domain import accepted
from mission_control.domain.snapshot import Snapshot, cluster_key
from mission_control.domain.verdict import Acceptance, Finding, Health, Subject
from mission_control.services.health import Judged
from mission_control.storage.accepted import AcceptedStore, Kept
from mission_control.storage.audit import Entry
from mission_control.storage.errors import StorageError

EVERY = 3.0
"""Seconds between two readings of what is in force."""
GRACE = 60.0
"""Seconds that a finding must be gone, or different, before an acceptance without an end has ended."""
LONGEST = timedelta(days=366)
_log = logging.getLogger(__name__)


class Wish(msgspec.Struct, frozen=True):
    """What somebody wants to accept and why. `lasts` None: until it changes."""

    code: str
    subject: Subject
    reason: str
    lasts: timedelta | None = None

    @property
    def key(self) -> str:
        """The key of the finding."""
        return f"{self.code}:{self.subject.path}"


class By(msgspec.Struct, frozen=True):
    """Who asks for a change, and from where."""

    who: str
    origin: str


class Refusal(msgspec.Struct, frozen=True):
    """Why nothing was changed, and what to do."""

    says: str
    fix: str


class Acceptances:
    """What is accepted. `clock` gives the time that an acceptance begins and ends."""

    def __init__(self, store: AcceptedStore, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock
        self._kept: tuple[Kept, ...] = ()
        self._version = 0
        self._changed = asyncio.Event()
        self._gone: dict[int, float] = {}

    @property
    def in_force(self) -> tuple[Kept, ...]:
        """Those that have not ended, oldest first."""
        return self._kept

    def fold(self, snapshot: Snapshot, health: Health) -> Health:
        """A judgement without what was accepted."""
        return accepted.fold(snapshot, health, [kept.acceptance for kept in self._kept])

    async def wait(self, after: int) -> int:
        """Return the version of what is in force as soon as it is higher than `after`."""
        while self._version <= after:
            await self._changed.wait()
        return self._version

    async def load(self) -> None:
        """Read what is in force. Raises StorageError."""
        kept = await asyncio.to_thread(self._store.in_force)
        if kept != self._kept:
            self._kept = kept
            self._version += 1
            changed, self._changed = self._changed, asyncio.Event()
            changed.set()

    async def accept(self, snapshot: Snapshot, health: Health, wish: Wish, by: By) -> Kept | Refusal:
        """Accept a finding of this judgement, as it is now. Raises StorageError."""
        now = self._clock()
        unfolded = accepted.unfold(health)
        finding = next((entry for entry in unfolded.findings if entry.key == wish.key), None)
        refusal = _refusal(wish, finding)
        if refusal is not None or finding is None:
            return refusal or _no_such_finding(wish)
        acceptance = Acceptance(
            cluster=cluster_key(snapshot),
            code=finding.code,
            subject=finding.subject,
            verdict=finding.verdict,
            facts=accepted.facts(finding),
            hurt=accepted.hurt(finding, unfolded),
            says=finding.says,
            reason=wish.reason.strip(),
            who=by.who,
            at=now,
            until=now + wish.lasts if wish.lasts else None,
        )
        await self.load()
        older = tuple(kept.number for kept in self._kept if _is_same(kept.acceptance, acceptance))
        entry = _entry("accept", acceptance, by)
        kept = await asyncio.to_thread(self._store.keep, acceptance, entry, older)
        await self.load()
        return kept

    async def revoke(self, number: int, by: By) -> Kept | Refusal:
        """End an acceptance now. Raises StorageError."""
        await self.load()
        found = next((kept for kept in self._kept if kept.number == number), None)
        if found is None:
            return no_such_acceptance(number)
        entry = _entry("revoke", found.acceptance, by)
        await asyncio.to_thread(self._store.end, (number,), self._clock(), entry)
        await self.load()
        return found

    async def run(self, latest: Callable[[], Judged]) -> None:
        """Read again, and end what has come to its end, until cancelled."""
        while True:
            try:
                await self.load()
                await self.settle(latest())
            except StorageError as error:
                _log.warning("%s %s", error.says, error.fix)
            await asyncio.sleep(EVERY)

    async def settle(self, judged: Judged, grace: float = GRACE) -> tuple[Kept, ...]:
        """End what is over, and what has been about nothing for so many seconds. Raises StorageError."""
        now = asyncio.get_running_loop().time()
        over = accepted.lapsed(judged.snapshot, judged.health, [kept.acceptance for kept in self._kept])
        gone = [kept for kept in self._kept if kept.acceptance in over]
        self._gone = {kept.number: self._gone.get(kept.number, now) for kept in gone}
        ended = tuple(
            kept for kept in gone if kept.acceptance.until or now - self._gone[kept.number] >= grace
        )
        if ended:
            console = By("console", "")
            entries = [_entry("end", kept.acceptance, console) for kept in ended]
            numbers = tuple(kept.number for kept in ended)
            await asyncio.to_thread(self._store.end, numbers, self._clock(), *entries)
            await self.load()
        return ended


def no_such_acceptance(number: int) -> Refusal:
    """What is said of a number that nothing has."""
    return Refusal(
        f"No acceptance with number {number} is in force.",
        "mission-control accepted lists those that are, each with its number.",
    )


def _is_same(one: Acceptance, other: Acceptance) -> bool:
    return (one.cluster, one.key) == (other.cluster, other.key)


def _refusal(wish: Wish, finding: Finding | None) -> Refusal | None:
    if not wish.reason.strip():
        return Refusal("An accepted finding needs a reason.", "Say in a few words why it is expected.")
    if wish.lasts is not None and not timedelta() < wish.lasts <= LONGEST:
        return Refusal(
            "That is no time to accept a finding for.",
            f"Give between a second and {LONGEST.days} days, or accept it until it changes.",
        )
    if finding is not None and not accepted.may_be_accepted(finding):
        return Refusal(
            f"{finding.code} cannot be accepted: what is not seen is not known to be as expected.",
            "Grant the right that it names, or look only into the namespaces that may be read.",
        )
    return None


def _no_such_finding(wish: Wish) -> Refusal:
    about = wish.subject
    where = f" in {about.namespace}" if about.namespace else ""
    return Refusal(
        f"There is no finding {wish.code} about {about.kind} {about.name}{where} now.",
        "mission-control health lists the findings that there are.",
    )


def _entry(what: str, acceptance: Acceptance, by: By) -> Entry:
    until = acceptance.until.isoformat(timespec="seconds") if acceptance.until else "it changes"
    return Entry(
        who=by.who,
        action=f"finding.{what}",
        subject=acceptance.key,
        origin=by.origin,
        detail=f"{acceptance.reason} (until {until}; it said: {acceptance.says})",
    )
