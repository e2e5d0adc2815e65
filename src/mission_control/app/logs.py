"""Logs for the command line: a picture of pods and what makes them, and a session over it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime

import msgspec

from mission_control.app.watching import end, now, target
from mission_control.cluster.cache import LivePicture
from mission_control.cluster.connection import connect
from mission_control.domain.installations import WORKLOADS
from mission_control.domain.kinds import kinds_with
from mission_control.domain.objects import Pod, ReplicaSet
from mission_control.domain.snapshot import Snapshot
from mission_control.products.catalog import products
from mission_control.services.logs.logs import Logs
from mission_control.services.logs.query import LogQuery
from mission_control.services.logs.session import Batch
from mission_control.settings import Settings, SettingsError

_SHAPES = (Pod, ReplicaSet, *WORKLOADS)


class Seen(msgspec.Struct, frozen=True):
    """The picture with its number."""

    snapshot: Snapshot
    version: int


async def read_logs(
    settings: Settings, wait: float, query: Callable[[datetime], LogQuery], tell: Callable[[Batch], None]
) -> None:
    """Tell what was written, and with `follow` what is, until cancelled. Raises ClusterError, SettingsError.

    `query` is given the cluster's time.
    """
    connection = await connect(target(settings))
    async with contextlib.AsyncExitStack() as ending:
        ending.push_async_callback(connection.aclose)
        kinds = tuple(kind for kind in kinds_with(products()) if kind.shape in _SHAPES)
        picture = LivePicture(connection, settings.namespaces or None, now, kinds=kinds)
        ending.push_async_callback(end, asyncio.ensure_future(picture.run()))
        await picture.wait_complete(wait)
        logs = Logs(
            lambda: connection,
            lambda: Seen(picture.snapshot(), picture.version),
            picture.wait,
            products(),
            now,
        )
        ending.push_async_callback(end, asyncio.ensure_future(logs.run()))
        wanted = query(now() + connection.skew)
        found = logs.catalog().choose(wanted.selection)
        if not found.sources:
            raise SettingsError(
                "No container of this cluster is meant.", "`mission-control top pods` lists the pods."
            )
        async with contextlib.aclosing(logs.session(wanted).batches()) as batches:
            async for batch in batches:
                tell(batch)
