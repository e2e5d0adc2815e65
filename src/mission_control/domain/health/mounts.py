"""Pods that wait for their volumes: a missing Secret or ConfigMap, an attach or mount that fails.

A single failed mount is ordinary while a volume moves from one node to another; it counts once it was
repeated or has lasted a minute. A ConfigMap that is there by now is not missing, whatever an event says.
"""

from __future__ import annotations

from datetime import timedelta

import msgspec

from mission_control.domain.health.case import unready_since
from mission_control.domain.health.kubelet import (
    Missing,
    missing_item,
    missing_object,
    one_line,
    volume_named,
)
from mission_control.domain.health.repairs import values_hint
from mission_control.domain.health.scene import Scene, from_event, subject, who
from mission_control.domain.health.sighting import Sighting
from mission_control.domain.objects import ConfigMap, Event, PersistentVolumeClaim, Pod
from mission_control.domain.places import Place
from mission_control.domain.verdict import Subject

LASTING = timedelta(seconds=60)
REPEATED = 3
_WAITING = ("ContainerCreating", "PodInitializing", "")


def mount_failing(scene: Scene, pod: Pod, place: Place) -> Sighting | None:
    """What keeps the volumes of a pod that has a node from being mounted."""
    if not pod.spec.node_name or not _waits(pod):
        return None
    events = scene.events(pod, "FailedMount", "FailedAttachVolume", "FailedMapVolume")
    for event in events:
        missing = _lacking(pod, event.message)
        if missing and _is_gone(scene, pod, missing):
            return _missing(pod, place, missing, event)
    lasting = [e for e in events if e.times >= REPEATED or scene.older(e.first_seen, LASTING)]
    if not lasting or _lacking(pod, lasting[0].message):
        return None
    return _attach(scene, pod, place, lasting)


def _waits(pod: Pod) -> bool:
    statuses = (*pod.status.init_container_statuses, *pod.status.container_statuses)
    reasons = [s.state.waiting.reason for s in statuses if s.state.waiting]
    return not statuses or (bool(reasons) and all(reason in _WAITING for reason in reasons))


def _lacking(pod: Pod, message: str) -> Missing | None:
    """The object, or the key in it, whose absence a message complains of."""
    key, name = missing_item(message), volume_named(message)
    for volume in pod.spec.volumes if key else ():
        if volume.name == name and volume.config_map:
            return Missing("ConfigMap", volume.config_map.name, key)
        if volume.name == name and volume.secret:
            return Missing("Secret", volume.secret.secret_name, key)
    return missing_object(message)


def _is_gone(scene: Scene, pod: Pod, missing: Missing) -> bool:
    if missing.kind != "ConfigMap" or not scene.snapshot.sees(ConfigMap, pod.namespace):
        return True
    return bool(missing.key) or scene.snapshot.get(ConfigMap, pod.namespace, missing.name) is None


def _missing(pod: Pod, place: Place, missing: Missing, event: Event) -> Sighting:
    what = f"{missing.kind} {missing.name}"
    lack = f"key {missing.key} is not in {what}" if missing.key else f"{what} does not exist"
    blamed = Subject(missing.kind, pod.namespace, missing.name)
    return Sighting(
        "config-missing",
        blamed,
        place,
        f"{who(place, pod)} cannot start: {lack}, and a volume needs it.",
        f"Create it in namespace {pod.namespace}, or name another{values_hint(place, 'values')}. "
        "The pods start by themselves once it is there.",
        f"kubectl describe pod {pod.name} -n {pod.namespace}",
        (from_event(event),),
        unready_since(pod),
        f"config-missing:{blamed.path}:{missing.key}",
        pods=(pod.name,),
    )


def _attach(scene: Scene, pod: Pod, place: Place, events: list[Event]) -> Sighting:
    told = next((e for e in events if e.reason == "FailedAttachVolume"), events[0])
    volume = volume_named(told.message)
    claim = _claim(scene, pod, volume)
    blamed = subject(claim) if claim else (place.subject or subject(pod))
    what = f"claim {claim.name}" if claim else f"volume {volume}" if volume else "its volume"
    if "Multi-Attach" in told.message:
        why = f"{what} is still attached to another node"
        fix = (
            "Wait a few minutes for the detach. When the old node is gone for good, "
            "delete its pod with --force and then its VolumeAttachment."
        )
    else:
        why = f"{what} cannot be attached or mounted: {one_line(told.message, 160)}"
        fix = "Mend what the message names; look at the storage driver's pods on that node."
    found = Sighting(
        "volume-attach",
        blamed,
        place,
        f"{who(place, pod)} cannot start: {why}.",
        fix,
        f"kubectl describe pod {pod.name} -n {pod.namespace}",
        tuple(map(from_event, events[:2])),
        told.first_seen or unready_since(pod),
        pods=(pod.name,),
    )
    return msgspec.structs.replace(found, cause="" if claim else f"volume-attach:{volume or blamed.path}")


def _claim(scene: Scene, pod: Pod, volume: str) -> PersistentVolumeClaim | None:
    """The pod's claim that is bound to a volume, or its only claim."""
    names = [v.persistent_volume_claim.claim_name for v in pod.spec.volumes if v.persistent_volume_claim]
    claims = [scene.snapshot.get(PersistentVolumeClaim, pod.namespace, name) for name in names]
    known = [claim for claim in claims if claim is not None]
    bound = next((claim for claim in known if volume and claim.spec.volume_name == volume), None)
    return bound or (known[0] if len(known) == 1 else None)
