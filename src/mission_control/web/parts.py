"""What the site is built from, handed over by the composition root: nothing here is made or looked up.

Tests hand over fakes with the same few methods.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from functools import partial
from typing import Any

import msgspec

from mission_control.access.gate import Gate
from mission_control.access.roles import Person
from mission_control.domain.product import Product
from mission_control.domain.view import ALL, LOGS, View
from mission_control.services.accepted import Acceptances, By
from mission_control.services.audit import AuditRecord
from mission_control.services.chronicle import Chronicle
from mission_control.services.diagnostics.jobs import Bundles
from mission_control.services.logs.logs import Logs
from mission_control.services.own_health import SelfWatch
from mission_control.services.own_state import OwnState
from mission_control.services.redaction_rules import RedactionRules
from mission_control.services.replay import Replay
from mission_control.services.things import Fetch
from mission_control.services.views import UsageSource, ViewOf, Views, Whole

FetchAs = Callable[[str], Fetch]
Note = Callable[[By, str, str, str], Awaitable[None]]
"""Records who did what to which subject, with a detail, in the audit."""


class SiteParts(msgspec.Struct, frozen=True, kw_only=True):
    """The services that the routes need, and who may come in.

    `hosts`: the names, without port, under which the site answers; any other is a rebound DNS name.
    `account`: who the console is in the cluster, for the Role it asks for. `background`: what runs as long as
    the site does. `accepted` is what was accepted as expected and `redaction` the operator's rules, None
    where nothing is kept. `audit` is the record of all that, `own_state` what is wrong with the keeping of
    it, `own_health` how the console itself is. `products` are the packs that are known. `fetch_as` fetches an
    object with somebody's own token of the cluster. `views` are the judgements of those who see a part.
    `recorded`: what stands here was recorded, and nothing is live.
    `bundles` are made and kept here, None where none can be.
    `logs` reads logs, and `note` puts into the audit what is taken out of the console.
    """

    judgements: Whole | ViewOf
    usage: UsageSource
    fetch: Fetch
    gate: Gate
    clock: Callable[[], datetime]
    own_health: SelfWatch
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    account: str = ""
    background: tuple[Callable[[], Coroutine[Any, Any, object]], ...] = ()
    accepted: Acceptances | None = None
    redaction: RedactionRules | None = None
    audit: AuditRecord | None = None
    own_state: OwnState | None = None
    products: tuple[Product, ...] = ()
    chronicle: Chronicle | None = None
    view: View = ALL
    fetch_as: FetchAs | None = None
    views: Views | None = None
    recorded: Replay | None = None
    bundles: Bundles | None = None
    logs: Logs | None = None
    note: Note | None = None

    def seen_by(self, person: Person) -> SiteParts:
        """The parts as a person sees them. Whoever sees everything gets these."""
        view = person.rights.view
        fetch, account = self._fetch(person), person.name if person.door == "token" else self.account
        if view.is_all:
            return msgspec.structs.replace(self, fetch=fetch, account=account)
        assert self.views is not None  # noqa: S101 -- create_site puts them in
        judgements, usage = self.views.of(view)
        logs = self.logs and self.logs.seen_by(lambda: judgements.latest, partial(view.shows, LOGS))
        return msgspec.structs.replace(
            self,
            judgements=judgements,
            usage=usage,
            fetch=fetch,
            account=account,
            views=None,
            view=view,
            logs=logs,
        )

    def _fetch(self, person: Person) -> Fetch:
        """Objects by name: with the person's own token where there is one."""
        if person.door != "token":
            return self.fetch
        assert self.fetch_as is not None  # noqa: S101 -- who comes with a token comes to a cluster
        return self.fetch_as(person.token)


def stamp(parts: SiteParts) -> str:
    """What a page would show now, in a word: it changes with every judgement and every measurement."""
    measured = parts.usage.latest.at
    bundles = f".{parts.bundles.version}" if parts.bundles else ""
    return f"{parts.judgements.latest.version}.{int(measured.timestamp()) if measured else 0}{bundles}"
