"""Kubelets are asked for the use of volumes only where that is allowed; what they cannot say is blind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from mission_control.cluster.connection import Connection
from mission_control.cluster.troubles import Place
from mission_control.cluster.volume_stats import FRESH, MOST, VolumeReader
from mission_control.domain.filling import Level, VolumeUse, growth, remembered
from mission_control.domain.wanted import Kubelet
from tests.fakes.apiserver import status
from tests.fakes.virtual import passes, virtually

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
GIB = 2**30


class Cluster:
    """Answers for kubelets through the API server and from themselves, and notes the addresses asked."""

    def __init__(self, *rights: str) -> None:
        self.rights = set(rights)
        self.asked: list[str] = []
        self.available = 2 * GIB
        self.at = NOW
        self.answers: dict[str, httpx2.Response] = {}

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("selfsubjectaccessreviews"):
            allowed = any(f'"{right}"' in request.content.decode() for right in self.rights)
            return httpx2.Response(201, json={"status": {"allowed": allowed}})
        self.asked.append(str(request.url))
        given = self.answers.get(str(request.url))
        return given or httpx2.Response(200, json=self.summary())

    def summary(self) -> dict[str, Any]:
        data = {
            "time": self.at.isoformat(),
            "capacityBytes": 10 * GIB,
            "availableBytes": self.available,
            "inodes": 100,
            "inodesFree": 60,
            "name": "data",
            "pvcRef": {"name": "data-0", "namespace": "shop"},
        }
        token = {"name": "kube-api-access", "capacityBytes": 100, "availableBytes": 0}
        unmeasured = {"name": "x", "pvcRef": {"name": "data-1", "namespace": "shop"}}
        return {"node": {"nodeName": "n1"}, "pods": [{"volume": [data, token, unmeasured]}, {"podRef": {}}]}

    def reader(self) -> VolumeReader:
        client = httpx2.AsyncClient(base_url="http://fake", transport=httpx2.MockTransport(self.answer))
        return VolumeReader(Connection(client, Place("http://fake", "fake"), "shop"))


NODE = (Kubelet("n1", "10.0.0.1:10250"),)
THROUGH = "http://fake/api/v1/nodes/n1/proxy/stats/summary"
STRAIGHT = "https://10.0.0.1:10250/stats/summary"


async def test_only_measured_volumes_of_claims_are_kept_with_bytes_and_files() -> None:
    cluster = Cluster("proxy", "stats")
    found = await cluster.reader().read(NODE)
    use = VolumeUse("shop", "data-0", "n1", NOW, 10.0 * GIB, 2.0 * GIB, files=0.4)
    assert (found.volumes, found.blind) == ((use,), ())
    assert (use.share, use.is_out_of_files, cluster.asked) == (0.8, False, [THROUGH])


async def test_with_the_smaller_right_the_kubelet_itself_is_asked() -> None:
    cluster = Cluster("stats")
    assert (await cluster.reader().read(NODE)).volumes
    assert cluster.asked == [STRAIGHT]


async def test_nobody_is_asked_directly_where_certificates_are_not_checked() -> None:
    cluster = Cluster("stats")
    reader = cluster.reader()
    reader._connection.may_ask_others = False
    assert "does not answer" in (await reader.read(NODE)).blind[0].reason
    assert cluster.asked == []


async def test_without_the_right_no_kubelet_is_asked_and_the_right_is_named() -> None:
    cluster = Cluster()
    found = await cluster.reader().read(NODE)
    assert [(b.kind, b.would_need) for b in found.blind] == [("VolumeUse", "get nodes/stats or nodes/proxy")]
    assert cluster.asked == []


async def test_where_no_claim_is_mounted_nothing_is_asked_and_nothing_is_blind() -> None:
    assert not (await Cluster().reader().read(())).blind


async def test_kubelets_that_do_not_tell_are_named_together() -> None:
    cluster = Cluster("proxy")
    reasons = {403: "refuses", 404: "does not measure", 503: "does not answer"}
    for code, words in reasons.items():
        nodes = tuple(Kubelet(f"n{n}") for n in range(5))
        refused = {
            f"http://fake/api/v1/nodes/{node.node}/proxy/stats/summary": status(code, "No", "no")
            for node in nodes
        }
        cluster.answers = refused
        found = await cluster.reader().read(nodes)
        assert len(found.blind) == 1
        assert "node n0, n1, n2 and 2 more" in found.blind[0].reason
        assert words in found.blind[0].reason


@virtually
async def test_a_kubelet_is_asked_again_only_after_a_minute_and_growth_is_known_after_an_hour() -> None:
    cluster = Cluster("proxy")
    reader = cluster.reader()
    assert (await reader.read(NODE)).volumes[0].growth is None
    await reader.read(NODE)
    assert len(cluster.asked) == 1
    for _ in range(7):
        await passes(FRESH)
        cluster.at += timedelta(minutes=10)
        cluster.available -= 600
        found = await reader.read(NODE)
    assert len(cluster.asked) == 8
    assert round(found.volumes[0].growth or 0, 6) == 1.0


@virtually
async def test_so_many_kubelets_are_asked_in_one_pass_and_the_others_in_the_next() -> None:
    cluster = Cluster("proxy")
    reader, nodes = cluster.reader(), tuple(Kubelet(f"n{n}") for n in range(MOST + 20))
    await reader.read(nodes)
    assert len(cluster.asked) == MOST
    await reader.read(nodes)
    assert len(set(cluster.asked)) == MOST + 20


def test_a_growth_needs_an_hour_and_what_was_freed_begins_anew() -> None:
    hours = [Level(NOW + timedelta(minutes=20 * n), 1000.0 + 1200 * n) for n in range(5)]
    assert growth(hours[:3]) is None
    assert growth(hours) == 1.0
    levels: tuple[Level, ...] = ()
    for level in hours:
        levels = remembered(levels, level)
    assert len(levels) == 5
    assert remembered(levels, Level(NOW + timedelta(minutes=90), 100.0))[0].used == 100.0
    crowded = remembered(levels, Level(hours[-1].at + timedelta(minutes=1), 6000.0))
    assert len(remembered(crowded, Level(hours[-1].at + timedelta(minutes=2), 6000.0))) == 6


def test_days_to_full_are_what_is_left_by_what_is_added() -> None:
    use = VolumeUse("shop", "data-0", "n1", NOW, 100.0, 86400.0 * 3, growth=1.0)
    assert use.days == 3.0
    assert VolumeUse("shop", "data-0", "n1", NOW, 100.0, 10.0, growth=-1.0).days is None
