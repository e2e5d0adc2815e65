"""The ways in that the settings ask for: by a printed address, or with accounts and tokens of the cluster."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from mission_control.app.own_state import Opened, account
from mission_control.app.watching import now
from mission_control.services.entrance import Entrance, SignIn
from mission_control.settings import Settings
from mission_control.storage.errors import StorageError

if TYPE_CHECKING:
    from mission_control.access.accounts import Accounts
    from mission_control.access.gate import Gate
    from mission_control.access.roles import Person
    from mission_control.services.audit import AuditRecord
    from mission_control.services.own_rights import Bearer

_log = logging.getLogger(__name__)
ADMIN = "admin"
EVERY = 3.0
"""Seconds between two readings of the accounts: the command line changes them too."""


class Doors(NamedTuple):
    """The gate, what keeps it going, and the administrator's password when it was made at this start."""

    gate: Gate
    background: tuple[Callable[[], Coroutine[Any, Any, object]], ...] = ()
    made: str = ""


async def open_doors(
    settings: Settings,
    state: Opened,
    record: AuditRecord,
    token: str,
    bearer: Callable[[str], Awaitable[Bearer | None]],
) -> Doors:
    """Put the doors together over the console's own state. Raises StorageError.

    `token` opens the printed address; `bearer` asks the cluster who has a token of it.
    """
    from mission_control.access.cluster_tokens import ClusterTokens  # noqa: PLC0415  # SQLAlchemy takes a second
    from mission_control.access.gate import Gate  # noqa: PLC0415  # as above
    from mission_control.access.sessions import Limits, Sessions  # noqa: PLC0415  # as above
    from mission_control.access.tickets import Tickets  # noqa: PLC0415  # as above
    from mission_control.storage.audit import Entry  # noqa: PLC0415  # as above
    from mission_control.storage.sessions import SessionStore  # noqa: PLC0415  # as above

    async def note(sign_in: SignIn) -> None:
        """Coming in to read goes on when the volume is full: then the log alone has it."""
        me = state.identity.id
        entry = Entry(sign_in.who, sign_in.action, me, sign_in.result, sign_in.origin, sign_in.detail)
        await record.note(entry)

    entrance = Entrance(note, now, account())
    limits = Limits(timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours))
    if settings.sign_in == "one-time":
        sessions = Sessions(None, now, limits)
        return Doors(Gate(entrance, now, sessions=sessions, tickets=Tickets(token)))
    sessions = Sessions(SessionStore(state.database), now, limits)
    accounts, made = await _accounts(settings, state)
    await sessions.load()
    tokens = ClusterTokens(partial(_person, bearer), time.monotonic)
    gate = Gate(entrance, now, sessions=sessions, accounts=accounts, tokens=tokens)

    async def follow() -> None:
        """Read the accounts again and again, until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                await accounts.load()
            except StorageError as error:
                _log.warning("%s %s", error.says, error.fix)

    return Doors(gate, (sessions.run, follow), made)


async def _person(bearer: Callable[[str], Awaitable[Bearer | None]], token: str) -> Person:
    """The person who has a token. Raises TokenRefused, or ClusterError when nothing can be asked."""
    from mission_control.access.cluster_tokens import TokenRefused  # noqa: PLC0415  # as above
    from mission_control.access.roles import Person, Rights  # noqa: PLC0415  # as above

    found = await bearer(token)
    if found is None:
        raise TokenRefused(
            "The cluster does not know whose token this is.", "It may have run out: make another one."
        )
    if not found.rights.roles:
        raise TokenRefused(
            f"The cluster knows you as {found.name}, who may not list pods where this console looks.",
            "Ask for the ClusterRole view in a namespace, and sign in again.",
        )
    return Person(found.name, "token", Rights(found.rights.roles, found.rights.view), token=token)


async def _accounts(settings: Settings, state: Opened) -> tuple[Accounts, str]:
    """The accounts with their administrator, and the password of the latter when it was made just now."""
    from mission_control.access.accounts import Accounts  # noqa: PLC0415  # as above
    from mission_control.access.first import first_account  # noqa: PLC0415  # as above
    from mission_control.access.passwords import Desk  # noqa: PLC0415  # as above
    from mission_control.storage.accounts import AccountStore  # noqa: PLC0415  # as above

    desk = Desk()
    accounts = Accounts(AccountStore(state.database, state.audit), now, desk)
    await accounts.load()
    return accounts, await first_account(accounts, settings.admin_password_file, desk)
