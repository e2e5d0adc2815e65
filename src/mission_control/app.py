"""The composition root: settings become a connection, a picture, a watch over health, and a site.

The only module that knows every layer, so that no other has to. What it makes it also ends, in reverse order,
however the end comes about. The web framework is imported only by whoever serves.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from mission_control.cluster import logs, metrics, objects
from mission_control.cluster.cache import LivePicture
from mission_control.cluster.connection import Connection, Target, connect
from mission_control.cluster.errors import ClusterError, ConfigProblem
from mission_control.domain.objects import Namespace
from mission_control.domain.snapshot import Snapshot
from mission_control.products.catalog import products
from mission_control.services.contact import Contact, Reached
from mission_control.services.health import HealthWatch, Judged
from mission_control.services.usage import UsageWatch
from mission_control.settings import Settings, SettingsError

if TYPE_CHECKING:
    from litestar import Litestar

_log = logging.getLogger(__name__)
_KNOCK_SECONDS = 3
_STOP_AFTER = 3  # seconds that open requests have to end when the console stops


def now() -> datetime:
    """The clock of the process."""
    return datetime.now(UTC)


def target(settings: Settings) -> Target:
    """The cluster that the settings mean."""
    return Target(settings.kubeconfig or None, settings.context or None)


@contextlib.asynccontextmanager
async def reach(settings: Settings) -> AsyncIterator[Reached]:
    """Connect to the cluster and put the watches together. Raises ClusterError when it cannot be reached."""
    connection = await connect(target(settings))
    try:
        yield _watches(connection, settings.namespaces or None)
    finally:
        await connection.aclose()


def _watches(connection: Connection, namespaces: tuple[str, ...] | None) -> Reached:
    picture = LivePicture(connection, namespaces, now)
    health = HealthWatch(picture, products(), partial(logs.tail, connection), now)
    usage = UsageWatch(partial(metrics.usage, connection, namespaces))

    async def run() -> None:
        await together(picture.run, health.run, usage.run)

    return Reached(health, lambda: usage.latest, partial(objects.fetch, connection), run)


async def together(*works: Callable[[], Awaitable[None]]) -> None:
    """Run all of them until one fails or all are cancelled."""
    tasks = [asyncio.ensure_future(work()) for work in works]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def follow_health(
    settings: Settings, wait: float, tell: Callable[[Judged], None], *, once: bool
) -> None:
    """Tell the first judgement within `wait` seconds, then, unless `once`, each that differs."""
    connection = await connect(target(settings))
    async with contextlib.AsyncExitStack() as ending:
        ending.push_async_callback(connection.aclose)
        picture = LivePicture(connection, settings.namespaces or None, now, follow=not once)
        health = HealthWatch(picture, products(), partial(logs.tail, connection), now)
        works = (picture.run,) if once else (picture.run, health.run)
        running = asyncio.ensure_future(together(*works))
        ending.push_async_callback(_end, running)
        asking = asyncio.ensure_future(health.judged(wait))
        ending.push_async_callback(_end, asking)
        await asyncio.wait((asking, running), return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()  # what ended the watches is told instead of a wait for nothing
        judged = await asking
        _check_namespaces(settings.namespaces, judged.snapshot)
        tell(judged)
        version = judged.version
        while not once:
            version = await health.wait(version)
            tell(health.latest)


def _check_namespaces(names: tuple[str, ...], snapshot: Snapshot) -> None:
    """A namespace with a slip in its name has nothing wrong in it, which must not look like good news."""
    for name in names:
        if snapshot.sees(Namespace) and snapshot.get(Namespace, "", name) is None:
            raise SettingsError(
                f"There is no namespace {name} in cluster {snapshot.cluster.name}.",
                "kubectl get namespaces lists those that there are.",
            )


async def _end(task: asyncio.Future[Any]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve the site until told to stop; `announce` is given the address to open, with its one-time token."""
    import uvicorn  # noqa: PLC0415  # only who serves pays for it

    from mission_control.storage.audit import Audit, Entry  # noqa: PLC0415
    from mission_control.storage.database import open_database  # noqa: PLC0415
    from mission_control.storage.identity import identity  # noqa: PLC0415

    await _knock(settings)
    listening = _listen(settings)
    database = open_database(settings.state_dir, settings.database_url)
    audit = Audit(database, now)
    me = await asyncio.to_thread(identity, database, now())
    contact = Contact(partial(reach, settings), products(), now)
    site, token = build(settings, contact)
    address = _address(settings, listening)

    class Server(uvicorn.Server):
        """Ends in order on Ctrl-C and SIGTERM, instead of raising them again as uvicorn does."""

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            loop = asyncio.get_running_loop()
            for told in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(told, self.handle_exit, told, None)
            yield

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                announce(f"{address}/enter?token={token}")

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            site.state["closing"].set()  # live streams end now instead of being cut after the patience
            await super().shutdown(sockets)

    config = uvicorn.Config(
        site, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=_STOP_AFTER
    )
    try:
        await asyncio.to_thread(audit.record, Entry("console", "start", subject=me.id, origin=address))
        await Server(config).serve(sockets=[listening])
        await asyncio.to_thread(audit.record, Entry("console", "stop", subject=me.id, origin=address))
    finally:
        listening.close()
        database.close()


async def _knock(settings: Settings) -> None:
    """Find out at once whether the configuration is wrong: no page can mend that, unlike a silent cluster."""
    try:
        async with asyncio.timeout(_KNOCK_SECONDS):
            await (await connect(target(settings))).aclose()
    except ConfigProblem:
        raise
    except (ClusterError, TimeoutError):
        _log.debug("the cluster does not answer yet; the page says so and the console goes on trying")


def build(settings: Settings, contact: Contact) -> tuple[Litestar, str]:
    """The site over a cluster, and the one-time token that opens it."""
    from mission_control.web.parts import SiteParts  # noqa: PLC0415
    from mission_control.web.security import Door  # noqa: PLC0415
    from mission_control.web.site import create_site  # noqa: PLC0415

    door = Door()
    hosts = ("127.0.0.1", "localhost", "[::1]", *settings.public_hosts)
    own = () if settings.is_local else (settings.host,)
    parts = SiteParts(
        judgements=contact,
        usage=contact.usage,
        fetch=contact.fetch,
        door=door,
        clock=now,
        hosts=(*hosts, *own),
        background=(contact.run,),
    )
    return create_site(parts), door.token


def _listen(settings: Settings) -> socket.socket:
    """The socket, bound before anything else is made, so that a taken port is found at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=128)
    except OSError as error:
        raise SettingsError(
            f"The console cannot listen on {settings.host} port {settings.port}: {error.strerror or error}.",
            "End what listens there, or choose another port with --port (0 takes a free one).",
        ) from error


def _address(settings: Settings, listening: socket.socket) -> str:
    port = listening.getsockname()[1]
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{port}"
