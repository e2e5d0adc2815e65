"""Accounts for the command line: the way back in for whoever may run commands where the state is."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from mission_control.app.own_state import by_terminal, opened
from mission_control.app.watching import now
from mission_control.domain.rights import RoleAt
from mission_control.settings import Settings

if TYPE_CHECKING:
    from mission_control.access.accounts import Accounts
    from mission_control.services.accepted import Refusal
    from mission_control.storage.accounts import Account


class AccountLine(msgspec.Struct, frozen=True):
    """An account as it is listed, without its password."""

    name: str
    roles: tuple[str, ...]
    made: datetime
    changed: datetime
    must_change: bool


async def accounts(settings: Settings) -> tuple[AccountLine, ...]:
    """Every account. Raises StorageError."""
    async with _accounts(settings) as found:
        return tuple(map(_line, found.all))


async def create_account(
    settings: Settings, name: str, password: str, roles: tuple[RoleAt, ...]
) -> AccountLine | Refusal:
    """Make an account. Raises StorageError."""
    async with _accounts(settings) as found:
        return _told(await found.create(name, password, roles, by_terminal()))


async def reset_password(settings: Settings, name: str, password: str) -> AccountLine | Refusal:
    """Give an account another password, which its person has to change. Raises StorageError."""
    async with _accounts(settings) as found:
        return _told(await found.set_password(name, password, by_terminal(), must_change=True))


async def set_roles(settings: Settings, name: str, roles: tuple[RoleAt, ...]) -> AccountLine | Refusal:
    """Give an account these roles instead of those that it has. Raises StorageError."""
    async with _accounts(settings) as found:
        return _told(await found.set_roles(name, roles, by_terminal(), may_leave_none=True))


async def delete_account(settings: Settings, name: str) -> AccountLine | Refusal:
    """Forget an account. Raises StorageError."""
    async with _accounts(settings) as found:
        return _told(await found.delete(name, by_terminal(), may_leave_none=True))


@contextlib.asynccontextmanager
async def _accounts(settings: Settings) -> AsyncIterator[Accounts]:
    from mission_control.access.accounts import Accounts  # noqa: PLC0415  # SQLAlchemy takes a second
    from mission_control.access.passwords import Desk  # noqa: PLC0415  # as above
    from mission_control.storage.accounts import AccountStore  # noqa: PLC0415  # as above

    async with opened(settings) as state:
        found = Accounts(AccountStore(state.database, state.audit), now, Desk())
        await found.load()
        yield found


def _told(outcome: Account | Refusal) -> AccountLine | Refusal:
    from mission_control.services.accepted import Refusal  # noqa: PLC0415  # as above

    return outcome if isinstance(outcome, Refusal) else _line(outcome)


def _line(account: Account) -> AccountLine:
    roles = tuple(map(str, account.roles))
    return AccountLine(account.name, roles, account.made, account.changed, account.must_change)
