"""A cluster in memory that also answers what a bundle asks (logs, versions, rights) and fails on the way."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx2

from mission_control.archive.signing import Signer
from mission_control.domain.health import judge
from mission_control.domain.kinds import KINDS
from mission_control.domain.product import Product
from mission_control.domain.redact import Redactor
from mission_control.domain.snapshot import ClusterFacts, Sight, Snapshot
from mission_control.domain.usage import Usage
from mission_control.services.diagnostics.collecting import Source
from mission_control.services.diagnostics.jobs import Bundles, By, Deed
from mission_control.services.diagnostics.making import Maker
from mission_control.services.diagnostics.shelf import Keep, Shelf
from mission_control.services.diagnostics.surroundings import Setting
from tests.fakes.apiserver import FakeApi, Obj, status

AT = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
KEY = b"k" * 32
ME = By("ada", "here")
_LOG = re.compile(r"/api/v1/namespaces/([^/]+)/pods/([^/]+)/log")


def clock() -> datetime:
    return AT


class FakeCluster(FakeApi):
    """`logs` by namespace, pod and container; `refused` are "verb resource" that reviews deny.

    What is asked under a path in `hanging` never gets an answer; after `lasts` requests nobody answers.
    """

    def __init__(self) -> None:
        super().__init__()
        self.logs: dict[tuple[str, str, str], bytes] = {}
        self.refused: set[str] = set()
        self.hanging: tuple[str, ...] = ()
        self.lasts: int | None = None
        self.served = 0

    async def answer(self, request: httpx2.Request) -> httpx2.Response:
        path = request.url.path
        self.served += 1
        if self.lasts is not None and self.served > self.lasts:
            self.is_down = True
        if any(part in path for part in self.hanging):
            await asyncio.get_running_loop().create_future()
        if not self.is_down:
            if path.endswith("/selfsubjectaccessreviews"):
                return self._review(json.loads(request.content))
            if found := _LOG.fullmatch(path):
                return self._log(found[1], found[2], dict(request.url.params))
            if path == "/version":
                return httpx2.Response(200, json={"gitVersion": "v1.34.4"})
            if path == "/apis":
                return httpx2.Response(200, json={"groups": []})
        return await super().answer(request)

    def _review(self, asked: Obj) -> httpx2.Response:
        wanted = asked["spec"]["resourceAttributes"]
        resource = "/".join(filter(None, (wanted["resource"], wanted.get("subresource"))))
        allowed = f"{wanted['verb']} {resource}" not in self.refused
        return httpx2.Response(201, json={"status": {"allowed": allowed}})

    def _log(self, namespace: str, pod: str, params: dict[str, str]) -> httpx2.Response:
        key = (namespace, pod, params["container"])
        if params.get("previous") or key not in self.logs:
            return status(400, "BadRequest", "previous terminated container not found")
        lines = self.logs[key].splitlines(keepends=True)
        if tail := params.get("tailLines"):
            lines = lines[-int(tail) :]
        most = int(params.get("limitBytes", "100000000"))
        return httpx2.Response(200, content=b"".join(lines)[:most])

    def source(self, *, sights: tuple[Sight, ...] | None = None, seconds: float = 20.0) -> Source:
        """What a bundle of this cluster is made from."""
        seen = tuple(Sight(kind, "live") for kind in KINDS if not kind.optional)
        snapshot = Snapshot(ClusterFacts("fake", "v1.34.4"), AT, {}, sights or seen)
        return Source(
            connection=self.connection(),
            picture=snapshot,
            health=judge(snapshot, ()),
            usage=Usage(refused="The cluster serves no metrics."),
            products=PRODUCTS,
            kinds=KINDS,
            accepted=(),
            clock=clock,
            settings=(Setting("MC_DATABASE_URL", "postgresql://mc:hunter2-long-password@db/mc"),),
            seconds_of=lambda _: seconds,
        )

    def bundles(
        self, folder: Path, deeds: list[Deed], *, keep: Keep | None = None, source: Source | None = None
    ) -> Bundles:
        """Bundles of this cluster in a folder, with what the audit was told."""
        made_from = source or self.source()

        @asynccontextmanager
        async def reach() -> AsyncIterator[Source]:
            yield made_from

        async def record(deed: Deed) -> None:
            deeds.append(deed)

        maker = Maker("0.1.0", "install", Signer(KEY), lambda: Redactor(KEY))
        return Bundles(Shelf(folder, keep or Keep()), reach, maker, record, clock)


PRODUCTS: tuple[Product, ...] = ()


def with_a_broken_pod() -> FakeCluster:
    """A cluster with one pod whose image is not found, and one that runs and logs."""
    cluster = FakeCluster()
    cluster.put("namespaces", "", "shop")
    waiting = {"reason": "ImagePullBackOff", "message": 'Back-off pulling image "shop:9": not found'}
    for name, state in (
        ("web", {"waiting": waiting}),
        ("db", {"running": {"startedAt": "2026-11-29T11:00:00Z"}}),
    ):
        cluster.put(
            "pods",
            "shop",
            name,
            metadata={"creationTimestamp": "2026-11-29T11:00:00Z"},
            spec={
                "containers": [
                    {
                        "name": "main",
                        "image": "shop:9",
                        "env": [{"name": "DB_PASSWORD", "value": "Tr0ub4dor-and-3"}],
                    }
                ]
            },
            status={
                "phase": "Running" if name == "db" else "Pending",
                "containerStatuses": [
                    {"name": "main", "image": "shop:9", "ready": name == "db", "state": state}
                ],
            },
        )
    cluster.logs["shop", "db", "main"] = b"ready\npassword=Tr0ub4dor-and-3\nlast line\n"
    return cluster
