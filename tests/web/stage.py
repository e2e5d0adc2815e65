"""The parts of a site over a cluster in memory: judgements, usage, objects by name; fakes with few methods.

Health and installations are found in the objects by the real engines and the real packs.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

import msgspec
from litestar import Litestar
from litestar.testing import TestClient

from mission_control.access.gate import Gate
from mission_control.access.sessions import seal_of
from mission_control.cluster.errors import Forbidden, NotFound
from mission_control.cluster.traffic import Traffic
from mission_control.domain import objects
from mission_control.domain.health import judge
from mission_control.domain.kinds import KINDS, kind_named
from mission_control.domain.objects import Object
from mission_control.domain.snapshot import ClusterFacts, Sight, Snapshot, snapshot_of
from mission_control.domain.usage import ContainerUsage, NodeUsage, PodUsage, Usage
from mission_control.domain.verdict import Health
from mission_control.products.catalog import products
from mission_control.services.entrance import Entrance, nobody
from mission_control.services.own_health import SelfWatch
from mission_control.services.requests import Answers
from mission_control.web.parts import SiteParts
from mission_control.web.site import create_site
from tests.web.logging import with_logs
from tests.web.story import NOW, Tree


def decoded(found: Iterable[Tree]) -> list[Object]:
    """The trees as the picture holds them."""
    out: list[Object] = []
    for tree in found:
        kind = kind_named(tree["kind"])
        assert kind is not None, tree["kind"]
        plain = {key: value for key, value in tree.items() if key != "kind"}
        out.append(msgspec.convert(plain, kind.shape, strict=False))
    return out


def picture(
    found: Iterable[Tree], sights: Iterable[Sight] | None = None, taken_at: datetime = NOW
) -> Snapshot:
    """A picture of the trees, of a cluster with a name."""
    made = snapshot_of(decoded(found), taken_at, sights)
    return msgspec.structs.replace(made, cluster=ClusterFacts("prod-eu-1", "v1.34.4"))


def usage_of(snapshot: Snapshot) -> Usage:
    """Believable figures: each pod uses a third of what it asks for, one is near its memory limit."""
    pods = []
    for pod in snapshot.all(objects.Pod):
        if pod.status.phase == "Running":
            memory = 3.7 * 2**30 if "clickhouse" in pod.name else 0.6 * 2**30
            used = tuple(ContainerUsage(entry.name, 0.31, memory) for entry in pod.spec.containers)
            pods.append(PodUsage(pod.namespace, pod.name, used))
    nodes = tuple(NodeUsage(node.name, 1.4, 9.5 * 2**30) for node in snapshot.all(objects.Node))
    return Usage(tuple(pods), nodes, NOW - timedelta(seconds=8))


def refusing(*kinds: str, namespace: str | None = None) -> tuple[Sight, ...]:
    """All kinds seen live but these, which the server refuses."""
    return tuple(
        Sight(
            kind,
            "refused" if kind.kind in kinds else "live",
            namespace if kind.kind in kinds else None,
            reason="the server answered 403" if kind.kind in kinds else "",
            needs=f"list, watch {kind.resource}" if kind.kind in kinds else "",
        )
        for kind in KINDS
    )


def loading(known: int) -> tuple[Sight, ...]:
    """So many kinds have answered."""
    return tuple(Sight(kind, "live" if place < known else "loading") for place, kind in enumerate(KINDS))


Fold = Callable[[Snapshot, Health], Health]


class Told(msgspec.Struct, frozen=True):
    """A judgement of the story."""

    snapshot: Snapshot
    health: Health
    version: int


class Judgements:
    """What the site listens to; `tell` is the next judgement."""

    def judged(self, part: Snapshot, may_read_logs: Callable[[str], bool]) -> Health:  # noqa: ARG002
        return self._fold(part, judge(part, products()))

    def __init__(self, snapshot: Snapshot, fold: Fold = lambda _, health: health) -> None:
        self._news = asyncio.Condition()
        self._fold = fold
        self.latest = Told(snapshot, fold(snapshot, judge(snapshot, products())), 1)

    async def wait(self, after: int) -> int:
        async with self._news:
            await self._news.wait_for(lambda: self.latest.version > after)
        return self.latest.version

    async def tell(self, snapshot: Snapshot) -> None:
        async with self._news:
            health = self._fold(snapshot, judge(snapshot, products()))
            self.latest = Told(snapshot, health, self.latest.version + 1)
            self._news.notify_all()


class Measured:
    """What was measured last."""

    def __init__(self, usage: Usage) -> None:
        self.latest = usage


class Shop:
    """Objects by name, as the API server would hand them over now."""

    def __init__(self, found: Iterable[Tree]) -> None:
        self._trees = list(found)

    async def __call__(self, kind: str, namespace: str, name: str) -> bytes:
        if name == "forbidden":
            raise Forbidden(
                f"The API server does not let the console get {kind} {name}.", "get", kind, namespace
            )
        for tree in self._trees:
            about = tree["metadata"]
            if (tree["kind"], about.get("namespace", ""), about["name"]) == (kind, namespace, name):
                return msgspec.json.encode({"apiVersion": "v1", **tree})
        raise NotFound(f"There is no {kind} {name}.", "")


def parts_of(snapshot: Snapshot, found: Iterable[Tree] = (), usage: Usage | None = None) -> SiteParts:
    """The parts of a site over a picture."""
    made = SiteParts(
        judgements=Judgements(snapshot),
        usage=Measured(usage if usage is not None else usage_of(snapshot)),
        fetch=Shop(found),
        gate=Gate(Entrance(nobody, lambda: NOW, "ada"), lambda: NOW),
        clock=lambda: NOW,
        own_health=SelfWatch(lambda: NOW, Traffic(), Answers()),
        products=products(),
        account="system:serviceaccount:mission-control:mission-control",
    )
    return with_logs(made)


@contextlib.contextmanager
def signed_in(parts: SiteParts) -> Iterator[TestClient[Litestar]]:
    """A browser that came in through the door."""
    with TestClient(
        create_site(parts), base_url="http://127.0.0.1:8411", raise_server_exceptions=False
    ) as client:
        client.headers["accept"] = "text/html"
        entered = client.get("/enter", params={"token": parts.gate.tickets.token}, follow_redirects=False)
        assert entered.status_code == 303
        yield client


def silent(reason: str) -> tuple[Sight, ...]:
    """No watch has been heard of for a while."""
    return tuple(Sight(kind, "stale", reason=reason, since=NOW - timedelta(seconds=48)) for kind in KINDS)


def seal(client: TestClient[Litestar]) -> str:
    """What the forms of this browser's session carry."""
    return seal_of(client.cookies["mc_session_8411"])
