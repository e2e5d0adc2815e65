"""Serving the site: the port first, then its address, then all that takes longer, and an end in order.

The address is told as soon as the port is bound and the kubeconfig makes sense; a browser that is quicker
than the rest waits for it in the queue of the port.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import signal
import socket
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from mission_control.app import addresses
from mission_control.app.chronicling import chronicle
from mission_control.app.doors import ADMIN, open_doors
from mission_control.app.keeping import Kept, kept
from mission_control.app.watching import now, reach, target
from mission_control.cluster.connection import connect
from mission_control.cluster.errors import ClusterError, ConfigProblem
from mission_control.domain.redact import learn
from mission_control.products.catalog import products
from mission_control.services.contact import Contact
from mission_control.services.entrance import Entrance, nobody
from mission_control.services.health import HealthWatch
from mission_control.services.logs.logs import Logs
from mission_control.services.replay import Replay
from mission_control.services.requests import Answers
from mission_control.settings import Settings, SettingsError

if TYPE_CHECKING:
    from litestar import Litestar

    from mission_control.access.gate import Gate
    from mission_control.services.accepted import Acceptances, By
    from mission_control.services.chronicle import Chronicle
    from mission_control.services.diagnostics.jobs import Bundles
    from mission_control.services.redaction_rules import RedactionRules

_log = logging.getLogger(__name__)
_KNOCK_SECONDS = (
    0.4  # a wrong configuration is found in less; a cluster that is slower tells itself on a page
)
_STOP_AFTER = 3  # seconds that open requests have to end when the console stops


async def serve(
    settings: Settings, announce: Callable[[str], None], tell: Callable[[str, str], None] = lambda *_: None
) -> None:
    """Serve the site until told to stop; `announce` is given the address to open, with its one-time token.

    `tell` is given the name and the password of an account that is made at this start.
    """
    with contextlib.closing(_listen(settings)) as listening:
        told = Told()
        knocking = asyncio.ensure_future(_knock(settings))
        await asyncio.wait((knocking,), timeout=_KNOCK_SECONDS)
        if knocking.done():
            knocking.result()
        token, address = secrets.token_urlsafe(32), _address(settings, listening)
        learn("one-time token", [token])
        announce(address if settings.sign_in == "accounts" else f"{address}/enter?token={token}")
        await asyncio.to_thread(_load)
        await knocking
        if not told.to_stop:
            await _served(settings, listening, told, Telling(token, tell))


async def serve_recording(
    settings: Settings, load: Callable[[], Replay], announce: Callable[[str], None]
) -> None:
    """Serve a recording, read-only, until told to stop. Raises ArchiveError before anything is announced."""
    with contextlib.closing(_listen(settings)) as listening:
        told = Told()
        replay, _ = await asyncio.gather(asyncio.to_thread(load), asyncio.to_thread(_load_site))
        site, token = build(settings, replay)
        learn("one-time token", [token])
        announce(f"{_address(settings, listening)}/enter?token={token}")
        await _run(site, listening, told, Answers())


class Told:
    """Whether somebody told the console to stop, with Ctrl-C or SIGTERM; the second time means at once."""

    def __init__(self) -> None:
        self.to_stop = self.at_once = False
        self._listeners: list[Callable[[], None]] = []
        for told in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(told, self._stop)

    def tell(self, listener: Callable[[], None]) -> None:
        """Call this whenever somebody tells."""
        self._listeners.append(listener)

    def _stop(self) -> None:
        self.at_once, self.to_stop = self.to_stop, True
        for listener in self._listeners:
            listener()


class Telling(NamedTuple):
    """What the printed address holds, and how a password is told that is made at this start."""

    ticket: str
    tell: Callable[[str, str], None]


def _load() -> None:
    """Import what takes long while the loop still listens to signals."""
    import mission_control.services.accepted  # noqa: PLC0415
    import mission_control.storage.database  # noqa: F401, PLC0415

    _load_site()


def _load_site() -> None:
    """The part of it that a site without a state of its own needs too."""
    import uvicorn  # noqa: F401, PLC0415

    import mission_control.web.site  # noqa: F401, PLC0415


async def _knock(settings: Settings) -> None:
    """Find out whether the configuration is wrong: no page can mend that, unlike a silent cluster."""
    try:
        async with asyncio.timeout(_KNOCK_SECONDS * 5):
            await (await connect(target(settings))).aclose()
    except ConfigProblem:
        raise
    except (ClusterError, TimeoutError):
        _log.debug("the cluster does not answer yet; the page says so and the console goes on trying")


async def _served(settings: Settings, listening: socket.socket, told: Told, telling: Telling) -> None:
    """Serve with the console's own state open."""
    from mission_control.app.bundles import bundles_of, by_contact  # noqa: PLC0415  # as below
    from mission_control.storage.audit import Entry  # noqa: PLC0415  # SQLAlchemy takes a second

    async with kept(settings) as own:
        state = own.state
        me = state.identity.id
        awake = partial(_judge_what_changed, state.accepted)
        history = chronicle(settings, state)
        reaching = partial(reach, settings, state.accepted.fold, awake, history, own.traffic)
        contact = Contact(reaching, products(), now)
        doors = await open_doors(settings, state, own.record, telling.ticket, contact.bearer)
        if doors.made:
            telling.tell(ADMIN, doors.made)
        bundles = bundles_of(settings, state, partial(by_contact, settings, contact, state))

        async def note(by: By, action: str, subject: str, detail: str) -> None:
            await own.record.note(Entry(by.who, action, subject, origin=by.origin, detail=detail))

        inside = Inside(
            doors.gate, state.accepted, doors.background, state.redaction, history, bundles, own, note
        )
        site, _ = build(settings, contact, inside)
        address = _address(settings, listening)
        await own.record.note(Entry("console", "start", subject=me, origin=address))
        await _run(site, listening, told, own.watch.answers)
        await own.record.note(Entry("console", "stop", subject=me, origin=address))


async def _judge_what_changed(accepted: Acceptances, health: HealthWatch) -> None:
    """Let the judgement look again whenever something is accepted or revoked."""
    version = 0
    while True:
        version = await accepted.wait(version)
        health.judge_again()


async def _run(site: Litestar, listening: socket.socket, told: Told, answers: Answers) -> None:
    """Answer requests until told to stop."""
    import uvicorn  # noqa: PLC0415  # only who serves pays for it

    from mission_control.app.listening import config  # noqa: PLC0415  # as above
    from mission_control.web.observed import Observed  # noqa: PLC0415  # as above

    class Server(uvicorn.Server):
        """Leaves signals to us, instead of raising them again at its end."""

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            site.state["closing"].set()  # live streams end now instead of being cut after the patience
            await super().shutdown(sockets)

    server = Server(config(Observed(site, answers), _STOP_AFTER))

    def stop() -> None:
        server.should_exit, server.force_exit = True, told.at_once

    told.tell(stop)
    if not told.to_stop:
        await server.serve(sockets=[listening])


class Inside(NamedTuple):
    """What the site does with the console's own state, and who may come in."""

    gate: Gate
    accepted: Acceptances | None = None
    background: tuple[Callable[[], Coroutine[Any, Any, object]], ...] = ()
    redaction: RedactionRules | None = None
    chronicle: Chronicle | None = None
    bundles: Bundles | None = None
    own: Kept | None = None
    note: Callable[[By, str, str, str], Awaitable[None]] | None = None


def build(
    settings: Settings, contact: Contact | Replay, inside: Inside | None = None
) -> tuple[Litestar, str]:
    """The site over a cluster, and the one-time token that opens it; without `inside` it records nothing."""
    from mission_control.access.gate import Gate  # noqa: PLC0415
    from mission_control.cluster.traffic import Traffic  # noqa: PLC0415
    from mission_control.services.own_health import SelfWatch  # noqa: PLC0415
    from mission_control.web.parts import SiteParts  # noqa: PLC0415
    from mission_control.web.site import create_site  # noqa: PLC0415

    inside = inside or Inside(Gate(Entrance(nobody, now), now))
    hosts = ("127.0.0.1", "localhost", "[::1]", *settings.public_hosts)
    own = () if settings.is_local else addresses.own_hosts(settings.host)
    settling = (partial(inside.accepted.run, lambda: contact.latest),) if inside.accepted else ()
    tidying = (inside.bundles.run,) if inside.bundles else ()
    logs, keeping = _logs(settings, contact)
    in_step = (inside.redaction.run,) if inside.redaction else ()
    writing = (inside.chronicle.run,) if inside.chronicle else ()
    parts = SiteParts(
        judgements=contact,
        usage=contact.usage,
        fetch=contact.fetch,
        fetch_as=contact.fetch_as if isinstance(contact, Contact) else None,
        gate=inside.gate,
        clock=contact.clock if isinstance(contact, Replay) else now,
        hosts=(*hosts, *own),
        background=(
            contact.run,
            *keeping,
            *settling,
            *in_step,
            *writing,
            *tidying,
            *inside.background,
            *(inside.own.works if inside.own else ()),
        ),
        accepted=inside.accepted,
        redaction=inside.redaction,
        audit=inside.own.record if inside.own else None,
        own_state=inside.own.health if inside.own else None,
        own_health=inside.own.watch if inside.own else SelfWatch(now, Traffic(), Answers()),
        products=products(),
        recorded=contact if isinstance(contact, Replay) else None,
        chronicle=inside.chronicle,
        bundles=inside.bundles,
        logs=logs,
        note=inside.note,
    )
    return create_site(parts), inside.gate.tickets.token


def _logs(
    settings: Settings, contact: Contact | Replay
) -> tuple[Logs | None, tuple[Callable[[], Coroutine[Any, Any, object]], ...]]:
    """What reads logs, and what goes on beside it; nothing does where there is no cluster."""
    from mission_control.services.logs.keeping import Keeper  # noqa: PLC0415
    from mission_control.storage.logring import LogRing  # noqa: PLC0415

    if isinstance(contact, Replay):
        return None, ()
    logs = Logs(contact.connection, lambda: contact.latest, contact.wait, products(), now)
    if not settings.keep_logs_mib:
        return logs, (logs.run,)
    ring = LogRing(
        settings.state_dir / "logs", settings.keep_logs_mib << 20, settings.keep_logs_hours * 3600 * 10**9
    )

    def installations() -> tuple[str, ...]:
        return tuple(one.key for one in contact.latest.health.installations)

    keeper = Keeper(ring, logs.upstreams, logs.catalog, installations)
    logs.kept = keeper
    return logs, (logs.run, keeper.run)


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
    return addresses.address(settings.host, listening.getsockname()[1])
