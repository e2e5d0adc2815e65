"""The console's own state for whoever needs it: opened whole to change something, glanced at to judge."""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import logging
import socket
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from mission_control.app.redacting import learn_settings
from mission_control.app.watching import look, now
from mission_control.domain.accepted import fold, lapsed
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.verdict import Acceptance, Health
from mission_control.products.catalog import products
from mission_control.products.places import places_of
from mission_control.services.health import Fold, Judged
from mission_control.settings import Settings
from mission_control.storage import glance
from mission_control.storage.errors import StorageError

if TYPE_CHECKING:
    from mission_control.services.accepted import Acceptances, By, Refusal, Wish
    from mission_control.services.redaction_rules import RedactionRules
    from mission_control.storage.accepted import Kept
    from mission_control.storage.audit import Audit, Recorded
    from mission_control.storage.database import Database
    from mission_control.storage.identity import Identity

_log = logging.getLogger(__name__)


class Opened(NamedTuple):
    """The console's own state, open."""

    database: Database
    audit: Audit
    accepted: Acceptances
    redaction: RedactionRules
    identity: Identity


@contextlib.asynccontextmanager
async def opened(settings: Settings, tell: Callable[[Recorded], None] | None = None) -> AsyncIterator[Opened]:
    """Open the state, for as long as the block lasts, with what is accepted read. Raises StorageError.

    From then on every exit redacts with the install's key and the operator's rules. `tell` hears each entry
    that the audit writes.
    """
    from mission_control.services.accepted import Acceptances  # noqa: PLC0415  # SQLAlchemy takes a second
    from mission_control.services.redaction_rules import RedactionRules  # noqa: PLC0415  # as above
    from mission_control.storage.accepted import AcceptedStore  # noqa: PLC0415  # as above
    from mission_control.storage.audit import Audit  # noqa: PLC0415  # as above
    from mission_control.storage.database import open_database  # noqa: PLC0415  # as above
    from mission_control.storage.identity import identity  # noqa: PLC0415  # as above
    from mission_control.storage.redaction import RuleStore  # noqa: PLC0415  # as above

    learn_settings(settings)
    database = await asyncio.to_thread(open_database, settings.state_dir, settings.database_url)
    try:
        audit = Audit(database, now, tell) if tell else Audit(database, now)
        me = await asyncio.to_thread(identity, database, now())
        redaction = RedactionRules(RuleStore(database, audit), me.key, places_of(products()))
        await redaction.load()
        accepted = Acceptances(AcceptedStore(database, audit), now)
        await accepted.load()
        yield Opened(database, audit, accepted, redaction, me)
    finally:
        database.close()


async def folding(settings: Settings) -> Fold:
    """Takes what is accepted out of each judgement; reads it anew for each. Where it cannot, all counts."""
    if settings.database_url:
        async with opened(settings) as state:
            return partial(_folded, tuple(kept.acceptance for kept in state.accepted.in_force))
    return partial(_glanced, settings)


def _folded(in_force: tuple[Acceptance, ...], snapshot: Snapshot, health: Health) -> Health:
    return fold(snapshot, health, in_force)


def _glanced(settings: Settings, snapshot: Snapshot, health: Health) -> Health:
    try:
        in_force = glance.acceptances(settings.state_dir)
    except StorageError as error:
        _log.warning("%s %s", error.says, error.fix)
        return health
    return fold(snapshot, health, in_force)


async def end_what_is_gone(settings: Settings, judged: Judged) -> None:
    """End the acceptances that were for as long as something stays as it is, once it does no more."""
    if settings.database_url:
        return  # replicas that serve see to it
    with contextlib.suppress(StorageError):  # told when it was folded
        if lapsed(judged.snapshot, judged.health, glance.acceptances(settings.state_dir)):
            async with opened(settings) as state:
                await state.accepted.settle(judged, grace=0)


async def accept(settings: Settings, wait: float, wish: Wish) -> Kept | Refusal:
    """Look, and accept a finding of what is seen. Raises ClusterError, StorageError."""
    async with opened(settings) as state:
        seen = await look(settings, wait, state.accepted.fold, with_logs=True)
        return await state.accepted.accept(seen.judged.snapshot, seen.judged.health, wish, by_terminal())


async def revoke(settings: Settings, number: int) -> Kept | Refusal:
    """End an acceptance now. Raises StorageError."""
    async with opened(settings) as state:
        return await state.accepted.revoke(number, by_terminal())


async def in_force(settings: Settings) -> tuple[Kept, ...]:
    """What is accepted in any cluster. Raises StorageError."""
    async with opened(settings) as state:
        return state.accepted.in_force


def by_terminal() -> By:
    """The account at this terminal."""
    from mission_control.services.accepted import By  # noqa: PLC0415  # as above

    return By(account(), f"command line on {socket.gethostname()}")


def account() -> str:
    """The account that runs the process, as the operating system knows it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without a line in /etc/passwd
        return "unknown"
