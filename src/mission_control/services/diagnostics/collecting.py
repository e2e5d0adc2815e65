"""Makes one bundle: part after part, each within its time, and an account of all that is not in it.

Whatever goes wrong on the way (a right that is taken away, a part that hangs, an API server that is gone) is
a line of the account, and the bundle is whole without it. Only a disk that takes nothing more ends it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import msgspec

from mission_control.cluster import logs
from mission_control.cluster.connection import Connection
from mission_control.cluster.errors import ClusterError, Unreachable
from mission_control.cluster.permissions import Question, review
from mission_control.domain.bundle import layout
from mission_control.domain.bundle.parts import PARTS, Need, NotCollected, Part, Plan, Wish, plan
from mission_control.domain.bundle.picture import RecordedPicture, recorded, restored
from mission_control.domain.health import suspects
from mission_control.domain.kinds import Kind
from mission_control.domain.logtail import LogTail
from mission_control.domain.objects import Event
from mission_control.domain.product import Product
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.usage import Usage
from mission_control.domain.verdict import Acceptance, Health
from mission_control.services.diagnostics import surroundings
from mission_control.services.diagnostics.endpoints import record_endpoints
from mission_control.services.diagnostics.gathering import Gathering
from mission_control.services.diagnostics.histories import record_histories
from mission_control.services.diagnostics.logs import LogRecorder, wanted_logs
from mission_control.services.diagnostics.objects import ObjectRecorder
from mission_control.services.diagnostics.surroundings import Setting
from mission_control.services.recorded import judged_as_recorded

_TAILS_SECONDS = 10.0


class Source(msgspec.Struct, frozen=True):
    """What a bundle is made from. `picture`: the live one, which says how well each kind is seen.

    `seconds_of` may shorten a part's time.
    """

    connection: Connection
    picture: Snapshot
    health: Health
    usage: Usage
    products: tuple[Product, ...]
    kinds: tuple[Kind, ...]
    accepted: tuple[Acceptance, ...]
    clock: Callable[[], datetime]
    settings: tuple[Setting, ...] = ()
    seconds_of: Callable[[Part], float] = lambda part: part.seconds


class Collected(msgspec.Struct, frozen=True):
    """What the collected files come to."""

    snapshot: Snapshot
    health: Health


async def planned(connection: Connection, wish: Wish, namespaces: tuple[str, ...]) -> Plan:
    """What a wish comes to with the rights that the console has now; a right somewhere counts as one."""
    needs = tuple(dict.fromkeys(need for part in PARTS for need in part.needs))
    questions = [Question(n.verb, n.group, n.resource, ns) for n in needs for ns in ("", *namespaces)]
    try:
        answers = await review(connection, questions)
    except ClusterError as error:
        left = NotCollected("console", "Rights", error.says)
        made = plan(wish, ())
        return msgspec.structs.replace(made, not_collected=(*made.not_collected, left))
    allowed = {Need(a.question.verb, a.question.resource, a.question.group) for a in answers if a.is_allowed}
    return plan(wish, set(needs) - allowed)


class Collector:
    """Collects the parts of a plan from a source into a gathering."""

    def __init__(
        self, source: Source, plan: Plan, gathering: Gathering, begins: Callable[[Part], None]
    ) -> None:
        self._source, self._plan, self._gathering, self._begins = source, plan, gathering, begins
        self._wish = plan.wish
        homes = {entry.namespace for entry in source.health.installations if self._is_wanted(entry.key)}
        self._closely = frozenset(homes | set(plan.wish.namespaces))
        since = source.clock() - plan.wish.since if plan.wish.since else None
        self._objects = ObjectRecorder(source.connection, gathering, since, self._closely)
        self._snapshot = source.picture
        self._health = source.health
        self._tails: tuple[LogTail, ...] = ()
        self._is_gone = False

    async def collect(self) -> Collected:
        """Everything of the plan but the account itself, in order. Raises Unwritable."""
        self._gathering.account(*self._plan.not_collected)
        works: dict[str, Callable[[], Awaitable[None]]] = {
            "objects": self._record_objects,
            "logs": self._record_logs,
            "describe": self._record_descriptions,
            "cluster": lambda: surroundings.record_cluster(self._source.connection, self._gathering),
            "releases": lambda: record_histories(self._source.connection, self._snapshot, self._gathering),
            "metrics": lambda: surroundings.record_usage(self._source.usage, self._gathering),
            "topology": lambda: surroundings.record_topology(self._snapshot, self._health, self._gathering),
            "endpoints": lambda: record_endpoints(
                self._source.connection, self._source.products, self._health, self._snapshot, self._gathering
            ),
            "console": self._record_console,
        }
        chosen = {part.key for part in self._plan.parts}
        for part in PARTS:
            if part.key in chosen and part.key in works:
                await self._within_its_time(part, works[part.key])
                if part.key == "objects":
                    await self._look()
        return Collected(self._snapshot, self._health)

    async def _within_its_time(self, part: Part, work: Callable[[], Awaitable[None]]) -> None:
        self._begins(part)
        self._gathering.part = part.key
        if self._is_gone and part.key not in ("metrics", "topology", "describe"):
            self._gathering.missing(part.title, "The API server did not answer any more.")
            return
        seconds = self._source.seconds_of(part)
        try:
            async with asyncio.timeout(seconds):
                await work()
        except TimeoutError:
            self._gathering.missing(f"The rest of {part.title}", f"It took longer than {seconds:g} s.")
        except Unreachable as error:
            self._is_gone = True
            self._gathering.missing(f"The rest of {part.title}", error.says)
        except ClusterError as error:
            self._gathering.missing(f"The rest of {part.title}", error.says)

    async def _record_objects(self) -> None:
        sights = list(self._source.picture.sights)
        has_events = any(part.key == "events" for part in self._plan.parts)
        done = 0
        try:
            for sight in sights:
                if sight.kind.shape is Event and not has_events:
                    self._objects.leave_out(sight, "Events were left out of this bundle.")
                else:
                    self._gathering.part = "events" if sight.kind.shape is Event else "objects"
                    await self._objects.record(sight, self._wish.namespaces)
                done += 1
        finally:
            for sight in sights[done:]:
                self._objects.give_up(sight, "It was not recorded: the API server did not answer in time.")

    async def _look(self) -> None:
        """Judge what was recorded: as it is, then with the logs of what is suspected."""
        self._gathering.part = "objects"
        self._judge()
        asked = suspects(self._snapshot, self._health)
        tails: list[LogTail] = []
        try:
            async with asyncio.timeout(_TAILS_SECONDS):
                tails.extend([await logs.tail(self._source.connection, request) for request in asked])
        except TimeoutError:
            self._gathering.missing("The ends of some suspects' logs", "They took too long.")
        self._tails = tuple(tails)
        picture = self._judge()
        await self._gathering.put_safe(layout.PICTURE, msgspec.json.encode(picture))
        if self._objects.kept.left_out:
            self._gathering.limited(
                "Descriptions", f"{self._objects.kept.left_out} objects are not described."
            )

    def _judge(self) -> RecordedPicture:
        """Judge exactly what will be opened again: redacted, and through its recorded form."""
        source = self._source
        facts = source.picture.cluster
        within = self._wish.namespaces or facts.namespaces
        snapshot = msgspec.structs.replace(
            source.picture,
            cluster=msgspec.structs.replace(facts, namespaces=within),
            taken_at=source.clock() + source.connection.skew,
            shelves={},
            sights=tuple(self._objects.sights),
        )
        tree = msgspec.to_builtins(recorded(snapshot, self._tails, source.accepted))
        picture = msgspec.convert(self._gathering.strings(tree, "picture"), RecordedPicture)
        self._snapshot = restored(picture, self._objects.objects, source.kinds)
        self._health = judged_as_recorded(picture, self._snapshot, source.products)
        return picture

    async def _record_logs(self) -> None:
        recorder = LogRecorder(self._source.connection, self._gathering, self._wish.since)
        closely = () if self._wish.is_quick else self._closely
        wanted = wanted_logs(self._snapshot, self._health, closely, everything=self._wish.all_logs)
        await recorder.record(wanted)

    async def _record_descriptions(self) -> None:
        await surroundings.record_descriptions(self._objects.kept, self._snapshot, self._gathering)

    async def _record_console(self) -> None:
        source = self._source
        questions = tuple(
            Question("list", kind.group, kind.plural, namespace)
            for kind in source.kinds
            for namespace in ("", *sorted(self._closely))
            if kind.namespaced or not namespace
        )
        await surroundings.record_console(source.connection, self._gathering, source.settings, questions)

    def _is_wanted(self, installation: str) -> bool:
        return not self._wish.installations or installation in self._wish.installations
