"""Containers that cannot start: image, configuration, runtime, init containers.

Nothing here waits for a grace: each of these states is the kubelet's own statement that a start has failed.
"""

from __future__ import annotations

from datetime import timedelta

import msgspec

from mission_control.domain.health.case import (
    Case,
    exit_text,
    from_ended,
    from_waiting,
    is_down,
)
from mission_control.domain.health.kubelet import (
    missing_object,
    one_line,
    pull_problem,
    registry_of,
)
from mission_control.domain.health.repairs import values_hint
from mission_control.domain.health.scene import Scene, from_event, from_field
from mission_control.domain.health.sighting import Sighting
from mission_control.domain.verdict import Subject

PULLING = (
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "ErrImageNeverPull",
    "ImageInspectError",
    "RegistryUnavailable",
)


NOT_STARTED = (
    "CreateContainerError",
    "RunContainerError",
    "StartError",
    "PostStartHookError",
    "ContainerCannotRun",
)


INIT_PATIENCE = timedelta(minutes=10)


PULL_FIXES = {
    "not-found": "Set an image that the registry has{hint}, or push {image} to it.",
    "unauthorised": "Give the pods an image pull secret that may read {image}, or correct the one they have.",
    "unreachable": "Let the nodes reach the registry (DNS, proxy, firewall), or use a mirror{hint}.",
    "limited": "Wait, sign in to the registry with a pull secret, or use a mirror{hint}.",
    "bad-name": "Correct the image's name{hint}.",
    "unknown": "Look at the message of the kubelet, and check name and registry of the image{hint}.",
}


def image_pull(scene: Scene, case: Case) -> Sighting | None:
    """An image that cannot be pulled: not found, refused, unreachable or misspelt (kubelet)."""
    reason, message = case.waits
    if reason not in PULLING:
        return None
    image = case.status.image or (case.container.image if case.container else "") or "its image"
    name = case.who
    hint = values_hint(case.place, "image_values")
    if reason == "ErrImageNeverPull":
        says = f"{name} cannot start: node {case.pod.spec.node_name} lacks image {image} and may not pull it."
        fix = f"Load the image onto the node, or set another pull policy{hint}."
        return case.sighting("image-never-present", says, fix, from_waiting(case))
    events = [e for e in scene.events(case.pod, "Failed", "InspectFailed") if "image" in e.message.lower()]
    text = " ".join([message, *(e.message for e in events[:2])])
    cause, clause = (
        ("bad-name", "it is no valid image name") if reason == "InvalidImageName" else pull_problem(text)
    )
    says = f"{name} cannot start: image {image} cannot be pulled, {clause}."
    found = case.sighting(
        "image-pull",
        says,
        PULL_FIXES[cause].format(image=image, hint=hint),
        from_waiting(case),
        *map(from_event, events[:1]),
    )
    shared = registry_of(image) if cause in ("unauthorised", "unreachable", "limited") else image
    return msgspec.structs.replace(found, cause=f"image-pull:{cause}:{shared}")


def config_missing(scene: Scene, case: Case) -> Sighting | None:
    """A Secret, a ConfigMap or a key that a container's environment needs and that does not exist."""
    reason, message = case.waits
    if reason != "CreateContainerConfigError":
        return None
    events = scene.events(case.pod, "Failed")
    missing = missing_object(message) or next(filter(None, (missing_object(e.message) for e in events)), None)
    if missing is None:
        says = f"{case.who} cannot start: its configuration is refused: {one_line(message)}."
        return case.sighting("config-missing", says, "Correct what the message names.", from_waiting(case))
    what = f"{missing.kind} {missing.name}"
    lack = f"key {missing.key} is not in {what}" if missing.key else f"{what} does not exist"
    add = f"Add key {missing.key} to {what}" if missing.key else f"Create {what}"
    found = case.sighting(
        "config-missing",
        f"{case.who} cannot start: {lack}.",
        f"{add} in namespace {case.pod.namespace}, or name another in the values{case.hint}. "
        "The pods start by themselves once it is there.",
        from_waiting(case),
        *map(from_event, events[:1]),
    )
    blamed = Subject(missing.kind, case.pod.namespace, missing.name)
    return msgspec.structs.replace(found, subject=blamed, cause=f"config-missing:{blamed.path}:{missing.key}")


def start_failed(scene: Scene, case: Case) -> Sighting | None:
    """A container that its runtime could not create or start."""
    reason, message = case.waits
    ended = case.ended
    if reason not in NOT_STARTED:
        started = ended is None or ended.reason not in NOT_STARTED
        if started or not is_down(case):
            return None
        reason, message = (ended.reason, ended.message or message) if ended else (reason, message)
    events = [e for e in scene.events(case.pod, "Failed") if e.message.startswith("Error")]
    message = message or (events[0].message if events else reason)
    says = f"{case.who} cannot start: container {case.status.name} is refused: {one_line(message)}."
    fix = f"Correct command, entry point, mounts or security context of the container{case.hint}."
    return case.sighting("start-failed", says, fix, from_waiting(case), *map(from_event, events[:1]))


def init_failed(scene: Scene, case: Case) -> Sighting | None:
    """An init container that fails again and again, or that never ends."""
    if not case.initial or case.status.ready:
        return None
    state, ended = case.status.state, case.ended
    name, container = case.who, case.status.name
    running = state.running.started_at if state.running else None
    if running is not None and scene.older(running, INIT_PATIENCE):
        says = f"{name} cannot start: init container {container} does not end."
        fix = (
            f"Read the log of init container {container}: it usually waits for something that does not come."
        )
        return case.sighting(
            "init-failed", says, fix, from_field(case.pod, f"state.running.startedAt: {running.isoformat()}")
        )
    if ended is None or ended.exit_code == 0 or not is_down(case):
        return None
    if case.status.restart_count == 0 and case.pod.spec.restart_policy != "Never":
        return None
    says = f"{name} cannot start: init container {container} fails with {exit_text(ended)}{case.restarts}."
    return case.sighting(
        "init-failed",
        says,
        f"Read the log of init container {container} and mend what it names.",
        from_ended(case, ended),
    )
