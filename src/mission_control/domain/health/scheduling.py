"""Pods that no node takes, by the scheduler's own account of every node.

A node can be refused for several reasons at once and names only the first, so the reasons are weighed: what
is missing on nodes that would fit otherwise says more than the taint of nodes that were never meant.
"""

from __future__ import annotations

from datetime import timedelta

import msgspec

from mission_control.domain.health.capacity import Room, room
from mission_control.domain.health.kubelet import one_line
from mission_control.domain.health.repairs import values_hint
from mission_control.domain.health.scene import Scene, from_event, from_field, subject, who
from mission_control.domain.health.scheduler import Refusal, refusal
from mission_control.domain.health.sighting import Sighting
from mission_control.domain.objects import Condition, Node, Pod, condition
from mission_control.domain.places import Place
from mission_control.domain.verdict import Evidence, Subject

GROWING = timedelta(minutes=10)
_CONTROL_PLANE = ("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master")


def unschedulable(scene: Scene, pod: Pod, place: Place) -> Sighting | None:
    """Why a pod has no node; None when that is the fault of its claims, which are judged on their own."""
    placed = condition(pod.status.conditions, "PodScheduled")
    if placed is None or placed.status != "False" or placed.reason not in ("Unschedulable", "SchedulerError"):
        return None
    if scene.events(pod, "TriggeredScaleUp", within=GROWING):
        return None
    reasons = refusal(placed.message)
    if reasons.volumes or reasons.missing_claim:
        return None
    code = _code(scene, pod, reasons)
    found = _SAYS[code](scene, pod, place, reasons)
    evidence = (_evidence(scene, pod, placed), *found.evidence)
    return msgspec.structs.replace(found, evidence=evidence, since=placed.last_transition_time)


def _code(scene: Scene, pod: Pod, reasons: Refusal) -> str:
    if reasons.short:
        return "no-capacity"
    if reasons.cordoned and reasons.cordoned + reasons.down >= _candidates(reasons):
        return "node-cordoned"
    if reasons.down and not reasons.unfit and not _meant(reasons):
        return "node-not-ready"
    if reasons.unfit and not (_meant(reasons) and _selects_a_tainted_node(scene, pod)):
        return "no-matching-node"
    if reasons.taints:
        return "taint"
    return "no-capacity" if reasons.nodes == 0 and not reasons.other else "no-matching-node"


def _candidates(reasons: Refusal) -> int:
    """How many nodes were not ruled out by selector or by a taint that keeps ordinary pods away."""
    return reasons.nodes - sum(reasons.unfit.values()) - sum(reasons.taints.values())


def _meant(reasons: Refusal) -> dict[str, int]:
    """Taints of nodes that were meant for ordinary pods at all."""
    return {taint: n for taint, n in reasons.taints.items() if not taint.startswith(_CONTROL_PLANE)}


def _selects_a_tainted_node(scene: Scene, pod: Pod) -> bool:
    """Whether the pod's own node selector means a node that keeps it away by a taint."""
    wanted = pod.spec.node_selector.items()
    return bool(wanted) and any(
        wanted <= node.labels.items() and node.spec.taints for node in scene.snapshot.all(Node)
    )


def _evidence(scene: Scene, pod: Pod, placed: Condition) -> Evidence:
    events = scene.events(pod, "FailedScheduling")
    return (
        from_event(events[0]) if events else from_field(pod, "PodScheduled: False", one_line(placed.message))
    )


def _sighting(code: str, pod: Pod, place: Place, says: str, fix: str) -> Sighting:
    command = f"kubectl describe pod {pod.name} -n {pod.namespace}"
    return Sighting(code, place.subject or subject(pod), place, says, fix, command, pods=(pod.name,))


def _no_capacity(scene: Scene, pod: Pod, place: Place, reasons: Refusal) -> Sighting:
    what = " and ".join(f"{resource} on {_nodes(count)}" for resource, count in reasons.short.items())
    lacks = f"there is too little {what}" if what else "there is no node to take it"
    fit = scene.once(
        ("room", place.workload), lambda: room(scene.snapshot, pod, tuple(reasons.short)), Room()
    )
    fix = f"Add a node, free room, or lower the requests{values_hint(place, 'resources_values')}."
    says = f"{who(place, pod)} cannot be placed: {lacks}."
    found = _sighting("no-capacity", pod, place, f"{says} {fit.says}".strip(), f"{fix} {fit.fix}".strip())
    return msgspec.structs.replace(found, evidence=fit.evidence)


def _no_match(scene: Scene, pod: Pod, place: Place, reasons: Refusal) -> Sighting:
    del scene
    why = "; ".join(f"{_nodes(count)}: {reason}" for reason, count in reasons.unfit.items())
    wants = ", ".join(f"{key}={value}" for key, value in pod.spec.node_selector.items())
    selector = f" It asks for nodes with {wants}." if wants else ""
    says = (
        f"{who(place, pod)} cannot be placed: no node matches ({one_line(why or reasons.other)}).{selector}"
    )
    fix = f"Label a node, or correct selector, affinity or spread{values_hint(place, 'values')}."
    return _sighting("no-matching-node", pod, place, says, fix)


def _taint(scene: Scene, pod: Pod, place: Place, reasons: Refusal) -> Sighting:
    del scene
    taints = ", ".join(f"{taint} on {_nodes(count)}" for taint, count in reasons.taints.items())
    says = f"{who(place, pod)} cannot be placed: it does not tolerate the taint {taints}."
    fix = f"Add a toleration{values_hint(place, 'values')}, or remove the taint from a node that may take it."
    return _sighting("taint", pod, place, says, fix)


def _cordoned(scene: Scene, pod: Pod, place: Place, reasons: Refusal) -> Sighting:
    del reasons
    nodes = sorted(node.name for node in scene.snapshot.all(Node) if node.spec.unschedulable)
    names = ", ".join(nodes[:5]) or "they"
    says = f"{who(place, pod)} cannot be placed: the nodes that fit are cordoned ({names})."
    found = _sighting("node-cordoned", pod, place, says, "Uncordon a node, or add one that takes pods.")
    if len(nodes) != 1:
        return found
    whole = f"Node {nodes[0]} is cordoned, and pods that fit nowhere else wait for it."
    return msgspec.structs.replace(found, subject=Subject("Node", "", nodes[0]), nobody=True, whole=whole)


def _not_ready(scene: Scene, pod: Pod, place: Place, reasons: Refusal) -> Sighting:
    names = sorted(scene.dead_nodes)
    says = (
        f"{who(place, pod)} cannot be placed: {_nodes(reasons.down)} not answering ({', '.join(names[:5])})."
    )
    found = _sighting("node-not-ready", pod, place, says, "Bring the nodes back, or add nodes.")
    if len(names) != 1:
        return found
    whole = f"Node {names[0]} does not answer, and pods that fit nowhere else wait for it."
    return msgspec.structs.replace(found, subject=Subject("Node", "", names[0]), nobody=True, whole=whole)


_SAYS = {
    "no-capacity": _no_capacity,
    "no-matching-node": _no_match,
    "taint": _taint,
    "node-cordoned": _cordoned,
    "node-not-ready": _not_ready,
}


def _nodes(count: int) -> str:
    return "1 node" if count == 1 else f"{count} nodes"
