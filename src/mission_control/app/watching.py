"""From settings to a live picture and its judgement: for one look, for following, for serving."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

import msgspec

from mission_control.app.redacting import redact_for_a_command, spare_names
from mission_control.cluster import logs, metrics, objects, reviews
from mission_control.cluster.cache import LivePicture
from mission_control.cluster.connection import Connection, Target, connect
from mission_control.cluster.errors import Forbidden, NotFound
from mission_control.cluster.personal import PersonalConnections
from mission_control.cluster.traffic import Traffic
from mission_control.domain.kinds import kinds_with
from mission_control.domain.objects import Namespace
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.usage import Usage
from mission_control.products.catalog import products
from mission_control.services.chronicle import Chronicle, NoticedPicture
from mission_control.services.contact import Reached
from mission_control.services.facts import Link
from mission_control.services.health import Fold, HealthWatch, Judged
from mission_control.services.own_rights import Bearer, own_rights
from mission_control.services.readings import PictureWithReadings, with_readings
from mission_control.services.usage import UsageWatch
from mission_control.settings import Settings, SettingsError

_SPARE_EVERY = 15.0  # seconds


def now() -> datetime:
    """The clock of the process."""
    return datetime.now(UTC)


def target(settings: Settings) -> Target:
    """The cluster that the settings mean."""
    return Target(settings.kubeconfig or None, settings.context or None)


@contextlib.asynccontextmanager
async def reach(
    settings: Settings,
    fold: Fold,
    awake: Callable[[HealthWatch], Awaitable[None]],
    chronicle: Chronicle,
    traffic: Traffic | None = None,
) -> AsyncIterator[Reached]:
    """Connect to the cluster and put the watches together. Raises ClusterError when it cannot be reached.

    `awake` runs beside them and may ask the judgement to look again. `chronicle` is shown what is judged;
    `traffic` counts what it costs.
    """
    connection = await connect(target(settings))
    personal = PersonalConnections(target(settings))
    connection.traffic = traffic or connection.traffic
    try:
        watches = _watches(connection, settings.namespaces or None, chronicle.after(fold), awake, chronicle)
        yield with_bearers(watches, connection, personal)
    finally:
        await personal.aclose()
        await connection.aclose()


def with_bearers(reached: Reached, connection: Connection, personal: PersonalConnections) -> Reached:
    """The same with a way to ask who has a token, and to read with it."""

    async def bearer(token: str) -> Bearer | None:
        own = await personal.of(token)
        name = await reviews.token_user(connection, own, token)
        if name is None:
            return None
        kinds = kinds_with(products())
        return Bearer(name, await own_rights(own, reached.health.latest.snapshot, kinds))

    async def fetch_as(token: str, kind: str, namespace: str, name: str) -> bytes:
        return await objects.fetch(await personal.of(token), kind, namespace, name)

    return msgspec.structs.replace(reached, bearer=bearer, fetch_as=fetch_as)


def _picture(
    connection: Connection, namespaces: tuple[str, ...] | None, *, follow: bool = True
) -> PictureWithReadings:
    """The picture of the kinds that the console and its packs know, with what is read beside it."""
    kinds = kinds_with(products())
    return with_readings(connection, LivePicture(connection, namespaces, now, follow=follow, kinds=kinds))


def _watches(
    connection: Connection,
    namespaces: tuple[str, ...] | None,
    fold: Fold,
    awake: Callable[[HealthWatch], Awaitable[None]],
    chronicle: Chronicle,
) -> Reached:
    picture = _picture(connection, namespaces)
    seen = NoticedPicture(picture, chronicle)
    health = HealthWatch(seen, products(), partial(logs.tail, connection), now, fold=fold)
    usage = UsageWatch(partial(metrics.usage, connection, namespaces))

    async def run() -> None:
        await together(picture.run, health.run, usage.run, partial(awake, health), partial(_spare, picture))

    return Reached(health, lambda: usage.latest, partial(objects.fetch, connection), run, connection)


async def _spare(picture: PictureWithReadings) -> None:
    """Keep the names of what there is readable, although a secret may be called the same."""
    version = 0
    while True:
        version = await picture.wait(version)
        spare_names(picture.snapshot())
        await asyncio.sleep(_SPARE_EVERY)


async def together(*works: Callable[[], Awaitable[None]]) -> None:
    """Run all of them until one fails or all are cancelled."""
    tasks = [asyncio.ensure_future(work()) for work in works]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Seen(msgspec.Struct, frozen=True):
    """One look at a cluster: the picture, its judgement, what was measured, one object's JSON.

    The last two only if they were asked for. `refused` says why the object could not be read.
    """

    judged: Judged
    usage: Usage
    raw: bytes = b""
    refused: str = ""


async def look(
    settings: Settings,
    wait: float,
    fold: Fold,
    *,
    with_logs: bool = False,
    with_usage: bool = False,
    wanted: Callable[[Snapshot], Link | None] = lambda _: None,
) -> Seen:
    """One look, at most `wait` seconds for the picture, and five more for the logs of suspects.

    `wanted` chooses the object to fetch when the picture is there.
    """
    redact_for_a_command(settings)
    connection = await connect(target(settings))
    async with contextlib.AsyncExitStack() as ending:
        ending.push_async_callback(connection.aclose)
        namespaces = settings.namespaces or None
        picture = _picture(connection, namespaces, follow=False)
        health = HealthWatch(picture, products(), partial(logs.tail, connection), now, fold=fold)
        measuring = asyncio.ensure_future(metrics.usage(connection, namespaces)) if with_usage else None
        if measuring is not None:
            ending.push_async_callback(end, measuring)
        judged = await _first(ending, picture, health, wait, with_logs=with_logs)
        spare_names(judged.snapshot)
        _check_namespaces(settings.namespaces, judged.snapshot)
        usage = await measuring if measuring is not None else Usage()
        link = wanted(judged.snapshot)
        if link is None:
            return Seen(judged, usage)
        try:
            raw = await objects.fetch(connection, link.kind, link.namespace, link.name)
        except (Forbidden, NotFound) as no:
            return Seen(judged, usage, refused=f"{no.says} {no.fix}".strip())
        return Seen(judged, usage, raw)


class Looking(NamedTuple):
    """A look that keeps its connection, for a bundle. That lists all objects anew, so here are none."""

    connection: Connection
    judged: Judged
    usage: Usage


@contextlib.asynccontextmanager
async def looking(settings: Settings, wait: float, fold: Fold) -> AsyncIterator[Looking]:
    """Look once, and stay connected as long as the block lasts. Raises ClusterError."""
    connection = await connect(target(settings))
    try:
        judged, usage = await _judged_once(connection, settings, wait, fold)
        gc.collect()  # the objects of this look, which would stand in memory beside those of the bundle
        yield Looking(connection, judged, usage)
    finally:
        await connection.aclose()


async def _judged_once(
    connection: Connection, settings: Settings, wait: float, fold: Fold
) -> tuple[Judged, Usage]:
    """The judgement of one look, its picture without objects, and what was measured."""
    async with contextlib.AsyncExitStack() as ending:
        namespaces = settings.namespaces or None
        picture = _picture(connection, namespaces, follow=False)
        health = HealthWatch(picture, products(), partial(logs.tail, connection), now, fold=fold)
        measuring = asyncio.ensure_future(metrics.usage(connection, namespaces))
        ending.push_async_callback(end, measuring)
        judged = await _first(ending, picture, health, wait, with_logs=False)
        spare_names(judged.snapshot)
        _check_namespaces(settings.namespaces, judged.snapshot)
        bare = msgspec.structs.replace(judged.snapshot, shelves={})
        return msgspec.structs.replace(judged, snapshot=bare), await measuring


async def follow_health(settings: Settings, wait: float, tell: Callable[[Judged], None], fold: Fold) -> None:
    """Tell the first judgement within `wait` seconds, then each that differs."""
    redact_for_a_command(settings)
    connection = await connect(target(settings))
    async with contextlib.AsyncExitStack() as ending:
        ending.push_async_callback(connection.aclose)
        picture = _picture(connection, settings.namespaces or None)
        health = HealthWatch(picture, products(), partial(logs.tail, connection), now, fold=fold)
        judged = await _first(ending, picture, health, wait, with_logs=True, follow=True)
        spare_names(judged.snapshot)
        _check_namespaces(settings.namespaces, judged.snapshot)
        tell(judged)
        version = judged.version
        while True:
            version = await health.wait(version)
            tell(health.latest)


async def _first(
    ending: contextlib.AsyncExitStack,
    picture: PictureWithReadings,
    health: HealthWatch,
    wait: float,
    *,
    with_logs: bool,
    follow: bool = False,
) -> Judged:
    """The first judgement of watches that run until `ending`; what ends them is raised, not waited out."""
    works = (picture.run, health.run) if follow else (picture.run,)
    running = asyncio.ensure_future(together(*works))
    ending.push_async_callback(end, running)
    asking = asyncio.ensure_future(health.judged(wait, with_logs=with_logs))
    ending.push_async_callback(end, asking)
    await asyncio.wait((asking, running), return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        running.result()
    return await asking


def _check_namespaces(names: tuple[str, ...], snapshot: Snapshot) -> None:
    """A namespace with a slip in its name has nothing wrong in it, which must not look like good news."""
    for name in names:
        if snapshot.sees(Namespace) and snapshot.get(Namespace, "", name) is None:
            raise SettingsError(
                f"There is no namespace {name} in cluster {snapshot.cluster.name}.",
                "kubectl get namespaces lists those that there are.",
            )


async def end(task: asyncio.Future[Any]) -> None:
    """Cancel a task and wait until it is over."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
