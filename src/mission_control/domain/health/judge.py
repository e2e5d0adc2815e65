"""The judgement itself: rules over a scene, causes joined, roots found, components added up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from mission_control.domain.health.autoscaling import autoscaler_sightings
from mission_control.domain.health.belongings import belonging_sightings
from mission_control.domain.health.causes import join
from mission_control.domain.health.certificates import certificate_sightings
from mission_control.domain.health.changes import with_changes
from mission_control.domain.health.claims import claim_sightings
from mission_control.domain.health.creation import refused_creations
from mission_control.domain.health.custom import custom_sightings
from mission_control.domain.health.dependencies import read_logs
from mission_control.domain.health.filling import filling_sightings
from mission_control.domain.health.ingresses import ingress_sightings
from mission_control.domain.health.jobs import job_sightings
from mission_control.domain.health.nodes import node_sightings
from mission_control.domain.health.pods import pod_sightings
from mission_control.domain.health.policies import policy_sightings
from mission_control.domain.health.releases import release_sightings
from mission_control.domain.health.rollup import roll_up
from mission_control.domain.health.roots import trace
from mission_control.domain.health.routes import route_sightings
from mission_control.domain.health.scene import Scene
from mission_control.domain.health.services import service_sightings
from mission_control.domain.health.sight import blind_spots, sight_sightings
from mission_control.domain.health.sighting import Sighting
from mission_control.domain.health.workloads import workload_sightings
from mission_control.domain.logtail import LogTail
from mission_control.domain.product import Product
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.verdict import Health

RULES: tuple[Callable[[Scene], Iterable[Sighting]], ...] = (
    pod_sightings,
    refused_creations,
    workload_sightings,
    job_sightings,
    claim_sightings,
    filling_sightings,
    service_sightings,
    ingress_sightings,
    route_sightings,
    certificate_sightings,
    policy_sightings,
    autoscaler_sightings,
    belonging_sightings,
    custom_sightings,
    release_sightings,
    node_sightings,
    sight_sightings,
)


def judge(snapshot: Snapshot, products: Iterable[Product], tails: Iterable[LogTail] = ()) -> Health:
    """Judge a whole picture; `snapshot.taken_at` is now. It never raises for what a cluster may contain."""
    scene = Scene(snapshot, products, tails)
    findings = with_changes(scene, trace(join(scene, read_logs(scene, _seen(scene)))))
    return roll_up(scene, findings, blind_spots(scene))


def _seen(scene: Scene) -> Iterator[Sighting]:
    for rule in RULES:
        yield from rule(scene)
