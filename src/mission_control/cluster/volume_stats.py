"""Asks kubelets how full the volumes of claims are, where somebody has allowed it, and says where nobody has.

There are two ways, and both are rights that a cluster's owner gives on purpose: through the API server
(`nodes/proxy`), or from the kubelet itself (`nodes/stats`, a smaller right, for a console that can reach the
nodes). Of the answer only volumes of claims are kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from mission_control.cluster.connection import Connection
from mission_control.cluster.errors import CertificateProblem, ClusterError, Forbidden, NotFound
from mission_control.cluster.permissions import Question, review
from mission_control.cluster.scope import segment
from mission_control.domain.filling import Level, VolumeUse, growth, remembered
from mission_control.domain.readings import Readings
from mission_control.domain.verdict import Blind
from mission_control.domain.wanted import Kubelet

AT_ONCE = 8
MOST = 100
"""How many kubelets are asked in one pass; those that were asked longest ago come first."""
FRESH = 55.0
"""Seconds until a kubelet is asked again; it measures its volumes once a minute."""
PATIENCE = 3.0
"""Seconds that a kubelet may take."""
RIGHTS_LAST = 300.0
KIND = "VolumeUse"
SHOWN = 3
_PROXY = Question("get", "", "nodes/proxy")
_STATS = Question("get", "", "nodes/stats")
_NEEDS = "get nodes/stats or nodes/proxy"
_REFUSED = "how full volumes are may not be asked of the kubelets, so a volume that fills up is not seen"


class ClaimRef(msgspec.Struct, frozen=True):
    """The claim of a volume."""

    name: str = ""
    namespace: str = ""


class VolumeStats(msgspec.Struct, frozen=True, rename="camel"):
    """One volume of a pod. Without a capacity nothing was measured."""

    time: datetime | None = None
    capacity_bytes: int | None = None
    available_bytes: int | None = None
    inodes: int | None = None
    inodes_free: int | None = None
    pvc_ref: ClaimRef | None = None


class PodStats(msgspec.Struct, frozen=True):
    """One pod."""

    volume: tuple[VolumeStats, ...] | None = ()


class Summary(msgspec.Struct, frozen=True):
    """What a kubelet says at /stats/summary."""

    pods: tuple[PodStats, ...] | None = ()


class VolumeReader:
    """How full volumes are, read again at each call of `read` where what is known is old."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._ways: tuple[bool, bool] = (False, False)
        self._ways_at: float | None = None
        self._asked: dict[str, float] = {}
        self._found: dict[str, tuple[VolumeUse, ...]] = {}
        self._silent: dict[str, str] = {}
        self._levels: dict[tuple[str, str], tuple[Level, ...]] = {}

    async def read(self, kubelets: Iterable[Kubelet]) -> Readings:
        """The volumes on these nodes. Without nodes nothing is asked, and nothing is blind."""
        nodes = {kubelet.node: kubelet for kubelet in kubelets}
        if not nodes:
            return Readings()
        try:
            through, straight = await self._allowed()
        except ClusterError as error:
            return Readings(blind=(Blind(KIND, "", error.says, _NEEDS),))
        if not (through or straight):
            return Readings(blind=(Blind(KIND, "", _REFUSED, _NEEDS),))
        now = asyncio.get_running_loop().time()
        self._forget_all_but(set(nodes))
        old = [name for name in nodes if now - self._asked.get(name, float("-inf")) >= FRESH]
        old.sort(key=lambda name: self._asked.get(name, float("-inf")))
        await asyncio.gather(*(self._one(nodes[name], now, through=through) for name in old[:MOST]))
        return Readings(
            volumes=tuple(sorted(self._once_each(), key=lambda use: (use.namespace, use.claim))),
            blind=tuple(self._blind()),
        )

    async def _allowed(self) -> tuple[bool, bool]:
        now = asyncio.get_running_loop().time()
        if self._ways_at is None or now - self._ways_at > RIGHTS_LAST:
            through, straight = await review(self._connection, (_PROXY, _STATS))
            self._ways, self._ways_at = (through.is_allowed, straight.is_allowed), now
        return self._ways

    def _forget_all_but(self, nodes: set[str]) -> None:
        for known in (self._asked, self._found, self._silent):
            for name in set(known) - nodes:
                del known[name]

    def _once_each(self) -> Iterable[VolumeUse]:
        """A claim that several nodes mount is told as it was measured last."""
        newest: dict[tuple[str, str], VolumeUse] = {}
        for use in (use for found in self._found.values() for use in found):
            held = newest.get((use.namespace, use.claim))
            if held is None or held.at < use.at:
                newest[use.namespace, use.claim] = use
        return newest.values()

    def _blind(self) -> Iterable[Blind]:
        """One line for each reason, with the first nodes that it is about."""
        for why in sorted(set(self._silent.values())):
            nodes = sorted(node for node, reason in self._silent.items() if reason == why)
            more = f" and {len(nodes) - SHOWN} more" if len(nodes) > SHOWN else ""
            where = f"node {', '.join(nodes[:SHOWN])}{more}"
            yield Blind(KIND, "", f"how full volumes are is not known: the kubelet of {where} {why}", "")

    async def _one(self, kubelet: Kubelet, now: float, *, through: bool) -> None:
        node = kubelet.node
        self._asked[node] = now
        try:
            async with self._gate, asyncio.timeout(PATIENCE):
                found = await self._summary(kubelet, through=through)
        except TimeoutError:
            self._silent[node] = "does not answer in time"
        except Forbidden:
            self._ways_at = None  # it was taken away, or the kubelet itself says no
            self._found.pop(node, None)
            self._silent[node] = "refuses to tell it"
        except (NotFound, msgspec.MsgspecError):
            self._silent[node] = "does not measure it"
        except CertificateProblem:
            self._silent[node] = "shows a certificate that the cluster's own authority has not signed"
        except ClusterError:
            self._silent[node] = "does not answer"
        else:
            self._silent.pop(node, None)
            self._found[node] = tuple(self._with_growth(use) for use in found)

    async def _summary(self, kubelet: Kubelet, *, through: bool) -> list[VolumeUse]:
        if through:
            path = f"/api/v1/nodes/{segment(kubelet.node)}/proxy/stats/summary"
            body = await self._connection.get_json(path)
        else:
            body = await self._connection.get_from(kubelet.address, "/stats/summary")
        summary = msgspec.json.decode(body, type=Summary)
        volumes = [volume for pod in summary.pods or () for volume in pod.volume or ()]
        return [use for volume in volumes if (use := _use(kubelet.node, volume)) is not None]

    def _with_growth(self, use: VolumeUse) -> VolumeUse:
        key = (use.namespace, use.claim)
        known = self._levels.get(key, ())
        if not known or known[-1].at < use.at:
            known = self._levels[key] = remembered(known, Level(use.at, use.used))
        return msgspec.structs.replace(use, growth=growth(known))


def _use(node: str, volume: VolumeStats) -> VolumeUse | None:
    claim = volume.pvc_ref
    if claim is None or not volume.capacity_bytes or volume.available_bytes is None:
        return None
    files = 0.0
    if volume.inodes and volume.inodes_free is not None:
        files = max(1 - volume.inodes_free / volume.inodes, 0.0)
    return VolumeUse(
        claim.namespace,
        claim.name,
        node,
        volume.time or datetime.now(UTC),
        float(volume.capacity_bytes),
        float(volume.available_bytes),
        files,
    )
