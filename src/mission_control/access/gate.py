"""The way in, and who somebody is afterwards: one-time addresses, accounts, tokens of the cluster.

Whoever comes in gets a new session, so that an id from before is worth nothing. An entrance is told in the
audit before the session opens. What is wrong with a try is not told to whoever tries: a name that does not
exist and a wrong password give the same answer. Other doors (an identity provider, tokens of programs) would
open a session here in the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from mission_control.access.accounts import Accounts
from mission_control.access.cluster_tokens import ClusterTokens, TokenRefused
from mission_control.access.passwords import MOST
from mission_control.access.roles import OWNER, Door, Person, rights_of
from mission_control.access.sessions import Session, Sessions, hash_of
from mission_control.access.tickets import Tickets
from mission_control.access.tries import Tries
from mission_control.cluster.errors import ClusterError
from mission_control.domain.redact import KnownValue, forget, learn
from mission_control.services.entrance import Entrance

WRONG = "wrong name or password"
_LONGEST_TOKEN = 16_384


class Caller(msgspec.Struct, frozen=True):
    """From where somebody asks: the address, and what the browser calls itself."""

    origin: str
    browser: str = ""


class Turned(msgspec.Struct, frozen=True):
    """Nobody came in: what to say, what to do, and how long to wait before the next try."""

    says: str
    fix: str = ""
    wait: timedelta = timedelta()


class Admitted(msgspec.Struct, frozen=True):
    """Somebody came in: the id of the new session, for the browser and nobody else."""

    session_id: str

    def __repr__(self) -> str:
        return "Admitted()"


class Gate:
    """The doors of one console. Without `accounts` there is only the one-time door."""

    def __init__(
        self,
        entrance: Entrance,
        clock: Callable[[], datetime],
        *,
        sessions: Sessions | None = None,
        tickets: Tickets | None = None,
        accounts: Accounts | None = None,
        tokens: ClusterTokens | None = None,
    ) -> None:
        self.sessions = sessions or Sessions(None, clock)
        self.tickets = tickets or Tickets()
        self.accounts, self.tokens = accounts, tokens
        self.entrance = entrance
        self._tries = Tries(clock)
        self.sessions.when_gone = self._forget_token

    async def with_ticket(self, ticket: str, caller: Caller) -> Admitted | None:
        """Spend the ticket of a printed address. None when it is not one of ours or was spent before."""
        if self.accounts is not None or not self.tickets.spend(ticket):
            await self.entrance.was_refused(caller.origin)
            return None
        return await self._open(self.entrance.who, "one-time", caller)

    async def with_password(self, name: str, password: str, caller: Caller) -> Admitted | Turned:
        """Come in with an account. Raises StorageError."""
        if self.accounts is None:
            return Turned("This console has no accounts.")
        name = name.strip().lower()[:MOST]
        wait = self._tries.wait(name, caller.origin)
        if wait:
            await self._refused(caller)
            return Turned("Too many tries.", "Wait a moment before the next one.", wait)
        account = await self.accounts.proven(name, password)
        if account is None:
            self._tries.failed(name)
            await self._refused(caller)
            return Turned("The name or the password is wrong.", "After some wrong ones the account waits.")
        self._tries.fine(name)
        return await self._open(account.name, "account", caller)

    async def with_token(self, token: str, caller: Caller) -> Admitted | Turned:
        """Come in with a token of the cluster, which the cluster itself proves."""
        token = token.strip().removeprefix("Bearer ").strip()
        if self.tokens is None:
            return Turned("This console takes no tokens of the cluster.")
        wait = self._tries.wait("", caller.origin)
        if wait:
            await self._refused(caller)
            return Turned("Too many tries.", "Wait a moment before the next one.", wait)
        if not token.isascii() or not 0 < len(token) <= _LONGEST_TOKEN or any(c.isspace() for c in token):
            await self._refused(caller)
            return Turned("This is no token.", "kubectl create token NAME makes one for a service account.")
        learn(_source(token), [KnownValue(token, "cluster token")])
        try:
            person = await self.tokens.person(token, again=True)
        except TokenRefused as no:
            forget(_source(token))
            await self._refused(caller)
            return Turned(no.says, no.fix)
        except ClusterError as trouble:
            forget(_source(token))
            return Turned(f"The token could not be proven. {trouble.says}", trouble.fix)
        return await self._open(person.name, "token", caller, token)

    async def person(self, session: Session) -> Person | None:
        """Who a session stands for now; None when that is nobody any more."""
        return await self._of_token(session) if session.door == "token" else self.known_person(session)

    def known_person(self, session: Session) -> Person | None:
        """The same as far as it is known without asking the cluster."""
        if session.door == "one-time":
            return Person(session.who, "one-time", OWNER)
        if session.door == "token":
            return self.tokens.known(session.token) if self.tokens else None
        account = self.accounts.named(session.who) if self.accounts else None
        if account is None or account.changed > session.began:
            return None
        return Person(account.name, "account", rights_of(account.roles), account.must_change)

    async def _of_token(self, session: Session) -> Person | None:
        if self.tokens is None:
            return None
        try:
            return await self.tokens.person(session.token)
        except TokenRefused:
            await self.sessions.end(session.hash)
            return None

    async def proven_again(self, name: str, password: str, caller: Caller) -> bool:
        """Whether somebody who is in knows the password of the account; tries count as at the door."""
        if self.accounts is None or self._tries.wait(name, caller.origin):
            return False
        is_good = await self.accounts.proven(name, password) is not None
        if is_good:
            self._tries.fine(name)
        else:
            self._tries.failed(name)
            await self._refused(caller)
        return is_good

    async def sign_out(self, session: Session, caller: Caller) -> None:
        """End a session of one's own. Raises StorageError."""
        await self.entrance.went(caller.origin, session.who)
        await self.sessions.end(session.hash)

    def _forget_token(self, session: Session) -> None:
        """The token of a session that is gone need not be searched for any more."""
        if session.token and all(entry.token != session.token for entry in self.sessions.all):
            forget(_source(session.token))

    async def _open(self, who: str, door: Door, caller: Caller, token: str = "") -> Admitted:
        await self.entrance.came_in(caller.origin, who, "" if door == "one-time" else f"with {door}")
        return Admitted(await self.sessions.begin(who, door, caller.origin, caller.browser, token))

    async def _refused(self, caller: Caller) -> None:
        await self.entrance.was_refused(caller.origin, WRONG, "wrong names, passwords or tokens, or too many")


def _source(token: str) -> str:
    """The name under which redaction knows a token."""
    return f"token of session {hash_of(token)[:16]}"
