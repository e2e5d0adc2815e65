"""Claims that are not bound, lost, or stuck while they grow.

A claim that waits for its first consumer waits rightly: when that pod cannot be placed, the pod's own reason
is the fault. A claim that is only young is left alone for a minute, unless the cluster has already said no.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import msgspec

from mission_control.domain.health.provisioning import Unbound, why_unbound
from mission_control.domain.health.repairs import setting
from mission_control.domain.health.scene import Scene, from_event, from_field, subject, who
from mission_control.domain.health.scheduler import refusal
from mission_control.domain.health.sighting import Sighting
from mission_control.domain.objects import PersistentVolumeClaim, Pod, condition
from mission_control.domain.places import Place
from mission_control.domain.verdict import Verdict

RESIZING = timedelta(minutes=10)
_RESIZE = ("Resizing", "FileSystemResizePending", "ControllerResizeError", "NodeResizeError")
_FAILED = ("ControllerResizeError", "NodeResizeError")


def claim_sightings(scene: Scene) -> Iterator[Sighting]:
    """Every fault of every claim that the picture holds."""
    troubled = [claim for claim in scene.snapshot.all(PersistentVolumeClaim) if _is_suspect(claim)]
    users = users_of(scene, troubled) if troubled else {}
    for claim in troubled:
        pods = users.get((claim.namespace, claim.name), [])
        if claim.status.phase == "Lost":
            yield from _for_users(scene, claim, pods, _lost(scene, claim))
        elif claim.status.phase == "Pending":
            reason = why_unbound(scene, claim, pods_refused=_volume_reasons(pods))
            if reason is not None and (pods or reason.certain):
                yield from _for_users(scene, claim, pods, _unbound(scene, claim, reason))
        else:
            yield from _resizing(scene, claim, pods)


def _is_suspect(claim: PersistentVolumeClaim) -> bool:
    status = claim.status
    return status.phase != "Bound" or bool(status.conditions or status.allocated_resource_statuses)


def users_of(scene: Scene, claims: list[PersistentVolumeClaim]) -> dict[tuple[str, str], list[Pod]]:
    """The pods that use each of some claims and have not ended."""
    users: dict[tuple[str, str], list[Pod]] = {(c.namespace, c.name): [] for c in claims}
    for namespace in {claim.namespace for claim in claims}:
        for pod in scene.snapshot.within(Pod, namespace):
            if pod.status.phase in ("Succeeded", "Failed"):
                continue
            for volume in pod.spec.volumes:
                name = volume.persistent_volume_claim.claim_name if volume.persistent_volume_claim else ""
                if (namespace, name) in users:
                    users[namespace, name].append(pod)
    return users


def _volume_reasons(pods: list[Pod]) -> bool:
    """Whether the scheduler refuses one of the pods because of its volumes."""
    for pod in pods:
        placed = condition(pod.status.conditions, "PodScheduled")
        if placed and placed.status == "False" and refusal(placed.message).volumes:
            return True
    return False


def _for_users(
    scene: Scene, claim: PersistentVolumeClaim, pods: list[Pod], plain: Sighting
) -> Iterator[Sighting]:
    """The sighting once for each pod that uses the claim, or once without any."""
    lead, _, rest = plain.says.partition(": ")
    for pod in pods:
        place = scene.places.pod(pod)
        says = f"{who(place, pod)} cannot start: its {rest}" if rest else lead
        yield msgspec.structs.replace(plain, place=place, says=says, pods=(pod.name,))
    if not pods:
        yield msgspec.structs.replace(plain, place=scene.places.part(claim), verdict=Verdict.DEGRADED)


def _lost(scene: Scene, claim: PersistentVolumeClaim) -> Sighting:
    volume = claim.spec.volume_name or "its volume"
    return Sighting(
        "volume-lost",
        subject(claim),
        Place(),
        f"{claim.name}: claim {claim.name} has lost its volume: {volume} does not exist any more.",
        f"Bring volume {volume} back with its data, or restore a backup into a new claim of the same name.",
        describe(claim),
        (from_field(claim, "status.phase: Lost"), *map(from_event, scene.events(claim)[:1])),
        claim.metadata.creation_timestamp,
    )


def _unbound(scene: Scene, claim: PersistentVolumeClaim, reason: Unbound) -> Sighting:
    path = setting(scene.places.part(claim), "storage_values")
    other = f", or set {path} to one of: {', '.join(reason.choices)}" if path and reason.choices else ""
    return Sighting(
        "volume-unbound",
        subject(claim),
        Place(),
        f"{claim.name}: claim {claim.name} {reason.says}.",
        f"{reason.fix}{other}.",
        describe(claim),
        reason.evidence,
        reason.since or claim.metadata.creation_timestamp,
    )


def _resizing(scene: Scene, claim: PersistentVolumeClaim, pods: list[Pod]) -> Iterator[Sighting]:
    infeasible = [
        key for key, value in claim.status.allocated_resource_statuses.items() if "Infeasible" in value
    ]
    for entry in claim.status.conditions:
        late = scene.older(entry.last_transition_time, RESIZING)
        if (
            not entry.is_true
            or entry.type not in _RESIZE
            or not (late or entry.type in _FAILED or infeasible)
        ):
            continue
        waits = entry.type == "FileSystemResizePending"
        why = (
            "waits for a restart of its pod" if waits else f"does not finish ({entry.message or entry.type})"
        )
        place = scene.places.pod(pods[0]) if pods else scene.places.part(claim)
        fix = (
            "Restart the pod that uses it."
            if waits
            else "Look at the storage driver's resizer and its message."
        )
        yield Sighting(
            "volume-resize-stuck",
            subject(claim),
            place,
            f"The growth of claim {claim.name} {why}.",
            fix,
            describe(claim),
            (from_field(claim, f"status.conditions: {entry.type} is True", entry.message),),
            entry.last_transition_time,
            pods=tuple(pod.name for pod in pods),
        )
        return


def describe(claim: PersistentVolumeClaim) -> str:
    """The command that shows a claim."""
    return f"kubectl describe pvc {claim.name} -n {claim.namespace}"
