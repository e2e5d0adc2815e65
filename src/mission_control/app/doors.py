"""The ways in that the settings ask for: by a printed address, or with accounts and tokens of the cluster."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from mission_control.app.own_state import Opened, account
from mission_control.app.watching import now
from mission_control.services.entrance import Entrance, SignIn
from mission_control.settings import Settings
from mission_control.storage.errors import StorageError

if TYPE_CHECKING:
    from mission_control.access.accounts import Accounts
    from mission_control.access.gate import Gate

_log = logging.getLogger(__name__)
ADMIN = "admin"
EVERY = 3.0
"""Seconds between two readings of the accounts: the command line changes them too."""


class Doors(NamedTuple):
    """The gate, what keeps it going, and the administrator's password when it was made at this start."""

    gate: Gate
    background: tuple[Callable[[], Coroutine[Any, Any, object]], ...] = ()
    made: str = ""


async def open_doors(settings: Settings, state: Opened, me: str, token: str) -> Doors:
    """Put the doors together over the console's own state. Raises StorageError."""
    from mission_control.access.gate import Gate  # noqa: PLC0415  # with the state, which takes its time
    from mission_control.access.sessions import Limits, Sessions  # noqa: PLC0415  # as above
    from mission_control.access.tickets import Tickets  # noqa: PLC0415  # as above
    from mission_control.storage.audit import Entry  # noqa: PLC0415  # as above
    from mission_control.storage.sessions import SessionStore  # noqa: PLC0415  # as above

    async def record(sign_in: SignIn) -> None:
        entry = Entry(sign_in.who, sign_in.action, me, sign_in.result, sign_in.origin, sign_in.detail)
        await asyncio.to_thread(state.audit.record, entry)

    entrance = Entrance(record, now, account())
    limits = Limits(timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours))
    if settings.sign_in == "one-time":
        sessions = Sessions(None, now, limits)
        return Doors(Gate(entrance, now, sessions=sessions, tickets=Tickets(token)))
    sessions = Sessions(SessionStore(state.database), now, limits)
    accounts, made = await _accounts(settings, state)
    await sessions.load()
    gate = Gate(entrance, now, sessions=sessions, accounts=accounts)

    async def follow() -> None:
        """Read the accounts again and again, until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                await accounts.load()
            except StorageError as error:
                _log.warning("%s %s", error.says, error.fix)

    return Doors(gate, (sessions.run, follow), made)


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
