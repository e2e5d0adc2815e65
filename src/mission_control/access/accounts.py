"""The accounts of people: made, changed, deleted, and asked for when somebody signs in.

Every change is told in the audit with who made it, in the same transaction. It refuses to leave a console
without an administrator, except to the command line, which is how a lost one is recovered.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import datetime

import msgspec

from mission_control.access import passwords
from mission_control.domain.rights import EVERYWHERE, Role, RoleAt, told
from mission_control.services.accepted import By, Refusal
from mission_control.storage.accounts import Account, AccountStore
from mission_control.storage.audit import Entry

_NAME = re.compile(r"[a-z0-9]([a-z0-9._@-]{0,62}[a-z0-9])?")
ADMIN_EVERYWHERE = RoleAt(EVERYWHERE, Role.ADMIN.value)


class Accounts:
    """The accounts, kept in memory and read again by `load`, because the command line changes them too."""

    def __init__(self, store: AccountStore, clock: Callable[[], datetime], desk: passwords.Desk) -> None:
        self._store, self._clock, self._desk = store, clock, desk
        self._kept: dict[str, Account] = {}

    async def load(self) -> None:
        """Read what is kept. Raises StorageError."""
        self._kept = {account.name: account for account in await asyncio.to_thread(self._store.all)}

    @property
    def all(self) -> tuple[Account, ...]:
        """Every account, by name."""
        return tuple(self._kept.values())

    def named(self, name: str) -> Account | None:
        """An account, or None."""
        return self._kept.get(name)

    async def proven(self, name: str, password: str) -> Account | None:
        """The account of a name when the password is its own; None, after the same time, when it is not."""
        account = self._kept.get(name)
        fits = await self._desk.fits(account.password if account else None, password)
        return account if fits else None

    async def create(self, name: str, password: str, roles: tuple[RoleAt, ...], by: By) -> Account | Refusal:
        """A new account. Its password is known to whoever made it, so the person has to change it."""
        refusal = self._unfit(name) or _bad(password, name) or _roleless(roles)
        if refusal:
            return refusal
        made = await self._made(name, password, roles, must_change=True)
        await self._keep(made, Entry(by.who, "account.create", name, origin=by.origin, detail=told(roles)))
        return made

    async def give(self, name: str, password: str, by: By) -> Account:
        """The administrator's account with the password that the installation gives."""
        made = await self._made(name, password, (ADMIN_EVERYWHERE,), must_change=False)
        made = msgspec.structs.replace(made, given=made.password)
        detail = "the administrator's password was given by the installation"
        entry = Entry(by.who, "account.password", name, origin=by.origin, detail=detail)
        await self._keep(made, entry, end_sessions=True)
        return made

    async def set_password(
        self, name: str, password: str, by: By, *, must_change: bool = False
    ) -> Account | Refusal:
        """Another password for an account; all its sessions end."""
        account = self._kept.get(name)
        if account is None:
            return _nobody(name)
        refusal = _bad(password, name)
        if refusal:
            return refusal
        changed = msgspec.structs.replace(
            account,
            password=await self._desk.hashed(password),
            changed=self._clock(),
            must_change=must_change,
        )
        await self._keep(
            changed, Entry(by.who, "account.password", name, origin=by.origin), end_sessions=True
        )
        return changed

    async def set_roles(
        self, name: str, roles: tuple[RoleAt, ...], by: By, *, may_leave_none: bool = False
    ) -> Account | Refusal:
        """Other roles for an account, from its next request on."""
        account = self._kept.get(name)
        if account is None:
            return _nobody(name)
        refusal = _roleless(roles) or (
            None if may_leave_none or ADMIN_EVERYWHERE in roles else self._last(name)
        )
        if refusal:
            return refusal
        changed = msgspec.structs.replace(account, roles=roles)
        detail = f"{told(roles)}; before: {told(account.roles)}"
        await self._keep(changed, Entry(by.who, "account.roles", name, origin=by.origin, detail=detail))
        return changed

    async def delete(self, name: str, by: By, *, may_leave_none: bool = False) -> Account | Refusal:
        """Forget an account; all its sessions end."""
        account = self._kept.get(name)
        if account is None:
            return _nobody(name)
        refusal = None if may_leave_none else self._last(name)
        if refusal:
            return refusal
        entry = Entry(by.who, "account.delete", name, origin=by.origin, detail=told(account.roles))
        await asyncio.to_thread(self._store.delete, name, entry)
        await self.load()
        return account

    async def _made(
        self, name: str, password: str, roles: tuple[RoleAt, ...], *, must_change: bool
    ) -> Account:
        now = self._clock()
        return Account(name, await self._desk.hashed(password), roles, now, now, must_change)

    async def _keep(self, account: Account, entry: Entry, *, end_sessions: bool = False) -> None:
        await asyncio.to_thread(self._store.put, account, entry, end_sessions=end_sessions)
        await self.load()

    def _unfit(self, name: str) -> Refusal | None:
        if not _NAME.fullmatch(name):
            return Refusal(
                f"{name[:64]!r} is no name of an account.",
                "Use lower case letters, digits, and . _ @ - between them, at most 64.",
            )
        if name in self._kept:
            return Refusal(
                f"There is an account {name} already.", "Choose another name, or reset its password."
            )
        return None

    def _last(self, name: str) -> Refusal | None:
        others = [entry for entry in self.all if entry.name != name and ADMIN_EVERYWHERE in entry.roles]
        account = self._kept[name]
        if others or ADMIN_EVERYWHERE not in account.roles:
            return None
        return Refusal(
            f"{name} is the last administrator.", "Make somebody else one before, so that somebody can."
        )


def _nobody(name: str) -> Refusal:
    return Refusal(
        f"There is no account {name[:64]}.", "mission-control account list tells those that there are."
    )


def _bad(password: str, name: str) -> Refusal | None:
    flaw = passwords.flaw(password, name)
    return Refusal(flaw, "Choose another one; a few words in a row are good.") if flaw else None


def _roleless(roles: tuple[RoleAt, ...]) -> Refusal | None:
    if roles:
        return None
    return Refusal(
        "An account needs a role.", "Give viewer, operator or admin, for a namespace or everywhere."
    )
