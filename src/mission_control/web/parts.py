"""What the site is built from, handed over by the composition root: nothing here is made or looked up.

Tests hand over fakes with the same few methods.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any, Protocol

import msgspec

from mission_control.domain.product import Product
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.usage import Usage
from mission_control.domain.verdict import Health
from mission_control.services.accepted import Acceptances
from mission_control.services.entrance import Entrance, nobody
from mission_control.services.redaction_rules import RedactionRules
from mission_control.services.things import Fetch
from mission_control.web.security import Door


class Judged(Protocol):
    """A picture, what was judged of it, and the number of this judgement."""

    @property
    def snapshot(self) -> Snapshot:
        """The picture."""

    @property
    def health(self) -> Health:
        """The judgement of it."""

    @property
    def version(self) -> int:
        """Its number; a later judgement has a higher one."""


class Judgements(Protocol):
    """The newest judgement, and a way to wait for the next."""

    @property
    def latest(self) -> Judged:
        """The newest judgement."""

    async def wait(self, after: int) -> int:
        """Return the newest version as soon as it is higher than `after`."""


class UsageSource(Protocol):
    """What was measured last."""

    @property
    def latest(self) -> Usage:
        """The newest reading."""


class SiteParts(msgspec.Struct, frozen=True, kw_only=True):
    """The services that the routes need, and who may come in.

    `hosts`: the names, without port, under which the site answers; any other is a rebound DNS name.
    `account`: who the console is in the cluster, for the Role it asks for. `background`: what runs as long as
    the site does. `entrance` records who comes in, `who` is whom a session stands for; `accepted` is what was
    accepted as expected and `redaction` the operator's rules, None where nothing can be kept. `products` are
    the packs that this console knows.
    """

    judgements: Judgements
    usage: UsageSource
    fetch: Fetch
    door: Door
    clock: Callable[[], datetime]
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    account: str = ""
    background: tuple[Callable[[], Coroutine[Any, Any, object]], ...] = ()
    entrance: Entrance = Entrance(nobody, lambda: datetime.now(UTC))
    accepted: Acceptances | None = None
    redaction: RedactionRules | None = None
    who: str = ""
    products: tuple[Product, ...] = ()


def stamp(parts: SiteParts) -> str:
    """What a page would show now, in a word: it changes with every judgement and every measurement."""
    measured = parts.usage.latest.at
    return f"{parts.judgements.latest.version}.{int(measured.timestamp()) if measured else 0}"
