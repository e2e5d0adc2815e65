"""Bundles put together: the folder, the install's key, the audit, and the cluster or the live picture."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from mission_control import __version__
from mission_control.app.own_state import by_terminal, opened
from mission_control.app.watching import looking, now
from mission_control.archive.checking import Check, check
from mission_control.archive.reading import open_archive
from mission_control.archive.signing import Signer
from mission_control.domain.bundle.parts import Wish
from mission_control.domain.kinds import kinds_with
from mission_control.domain.redact import current
from mission_control.domain.verdict import Acceptance
from mission_control.products.catalog import products
from mission_control.services.contact import Contact
from mission_control.services.diagnostics.collecting import Source
from mission_control.services.diagnostics.jobs import Bundles, By, Deed, Reach, Refused
from mission_control.services.diagnostics.making import Maker
from mission_control.services.diagnostics.shelf import Job, Keep, Shelf
from mission_control.services.diagnostics.surroundings import Setting
from mission_control.settings import PREFIX, Settings

if TYPE_CHECKING:
    from mission_control.app.own_state import Opened

FOLDER = "bundles"


def shelf(settings: Settings) -> Shelf:
    """The folder of bundles."""
    keep = Keep(settings.bundle_days, settings.bundle_mib << 20)
    return Shelf(settings.state_dir / FOLDER, keep)


def told_settings(settings: Settings) -> tuple[Setting, ...]:
    """The settings as a bundle tells them; their secrets are masked on the way into it."""
    return tuple(
        Setting(PREFIX + name.upper(), ",".join(value) if isinstance(value, tuple) else str(value))
        for name, value in msgspec.structs.asdict(settings).items()
    )


def bundles_of(settings: Settings, state: Opened, reach: Reach) -> Bundles:
    """The bundles of an install whose state is open."""
    from mission_control.storage.audit import Entry  # noqa: PLC0415  # SQLAlchemy takes a second

    async def record(deed: Deed) -> None:
        what = f"bundle {deed.bundle}"
        entry = Entry(deed.by.who, f"{deed.action}-bundle", what, deed.result, deed.by.origin, deed.detail)
        await asyncio.to_thread(state.audit.record, entry)

    maker = Maker(__version__, state.identity.id, Signer(state.identity.key), current, products())
    return Bundles(shelf(settings), reach, maker, record, now)


@contextlib.asynccontextmanager
async def _by_a_look(
    settings: Settings, wait: float, accepted: Callable[[], tuple[Acceptance, ...]], state: Opened
) -> AsyncIterator[Source]:
    """What a command makes a bundle from: one look of its own."""
    async with looking(settings, wait, state.accepted.fold) as seen:
        yield Source(
            connection=seen.connection,
            picture=seen.judged.snapshot,
            health=seen.judged.health,
            usage=seen.usage,
            products=products(),
            kinds=kinds_with(products()),
            accepted=accepted(),
            clock=now,
            settings=told_settings(settings),
        )


@contextlib.asynccontextmanager
async def by_contact(settings: Settings, contact: Contact, state: Opened) -> AsyncIterator[Source]:
    """What the site makes a bundle from: the live picture and its connection. Raises ClusterError."""
    judged = contact.latest
    yield Source(
        connection=contact.connection(),
        picture=judged.snapshot,
        health=judged.health,
        usage=contact.latest_usage(),
        products=products(),
        kinds=kinds_with(products()),
        accepted=tuple(kept.acceptance for kept in state.accepted.in_force),
        clock=now,
        settings=told_settings(settings),
    )


async def create_bundle(
    settings: Settings, wait: float, wish: Wish, target: Path | None, tell: Callable[[Job], None]
) -> Job | Refused:
    """Make a bundle and wait for it; `tell` is called with each step. Raises StorageError, ClusterError."""
    async with opened(settings) as state:

        def accepted() -> tuple[Acceptance, ...]:
            return tuple(kept.acceptance for kept in state.accepted.in_force)

        bundles = bundles_of(settings, state, partial(_by_a_look, settings, wait, accepted, state))
        begun = await bundles.start(wish, _me())
        if isinstance(begun, Refused):
            return begun
        telling = asyncio.create_task(_tell(bundles, begun.id, tell))
        try:
            ended = await bundles.finished()
        except asyncio.CancelledError:
            await bundles.cancel(begun.id, _me())
            raise
        finally:
            telling.cancel()
            await bundles.tidy()
        path = bundles.path(begun.id)
        if target is not None and path is not None:
            await asyncio.to_thread(shutil.copyfile, path, target)
        return ended or begun


async def _tell(bundles: Bundles, name: str, tell: Callable[[Job], None]) -> None:
    version = 0
    while True:
        version = await bundles.wait(version)
        job = next((job for job in bundles.all() if job.id == name), None)
        if job is not None:
            tell(job)


def kept_bundles(settings: Settings) -> tuple[Job, ...]:
    """Every bundle that is kept, and every job."""
    return shelf(settings).jobs(now())


def bundle_path(settings: Settings, name: str) -> Path:
    """A bundle's archive by its id, or a path as it is."""
    kept = shelf(settings)
    is_name = "/" not in name and not Path(name).exists()
    return kept.archive(name) if is_name and kept.job(name, now()) is not None else Path(name)


async def verify_bundle(settings: Settings, name: str) -> Check:
    """Check an archive against its manifest and say who signed it. Raises ArchiveError, StorageError."""
    path = bundle_path(settings, name)
    async with opened(settings) as state:
        own = Signer(state.identity.key).public_key
    return await asyncio.to_thread(lambda: check(open_archive(path), own))


async def delete_bundle(settings: Settings, name: str) -> Job | Refused:
    """Delete a bundle. Raises StorageError."""
    async with opened(settings) as state:
        return await bundles_of(settings, state, _nowhere).delete(name, _me())


@contextlib.asynccontextmanager
async def _nowhere() -> AsyncIterator[Source]:
    raise RuntimeError("nothing is made here")
    yield  # makes it a generator


def _me() -> By:
    mine = by_terminal()
    return By(mine.who, mine.origin)
