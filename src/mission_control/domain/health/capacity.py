"""How much room nodes have, and on which a pod would fit after what.

Only requests count, as for the scheduler. The answer is advice beside a finding: where nodes or other pods
cannot be seen there is none.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from mission_control.domain.objects import Node, Pod
from mission_control.domain.quantity import bytes_text, quantity, short
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.verdict import Evidence, Subject

_BYTES = ("memory", "ephemeral-storage")
_SHOWN = 3


class Room(msgspec.Struct, frozen=True):
    """What is missing and where, as sentences."""

    says: str = ""
    fix: str = ""
    evidence: tuple[Evidence, ...] = ()


def room(snapshot: Snapshot, pod: Pod, resources: tuple[str, ...]) -> Room:
    """What a pod asks for, and how far the best nodes are from giving it."""
    asked = {name: requested(pod, name) for name in resources if name != "pods"}
    asked = {name: amount for name, amount in asked.items() if amount}
    if not asked:
        return Room()
    says = "It asks for " + " and ".join(f"{_amount(name, n)} {name}" for name, n in asked.items()) + "."
    nodes = [node for node in snapshot.all(Node) if not node.spec.unschedulable]
    gaps = sorted((_gap(snapshot, node, asked) for node in nodes), key=lambda gap: gap.worst)
    if not gaps:
        return Room(says)
    nearest = gaps[0]
    fix = f"It would fit on {nearest.node} after {nearest.text} are freed there." if nearest.possible else ""
    if not nearest.possible:
        fix = "No node is large enough, even when it is empty."
    shown = tuple(
        Evidence("field", f"{gap.node}: {gap.text} too little", gap.note, Subject("Node", "", gap.node))
        for gap in gaps[:_SHOWN]
    )
    return Room(says, fix, shown)


class Gap(msgspec.Struct, frozen=True):
    """What one node lacks: `worst` as a share of what is asked; `possible` when the empty node would do."""

    node: str
    worst: float
    text: str
    note: str
    possible: bool


def _gap(snapshot: Snapshot, node: Node, asked: dict[str, float]) -> Gap:
    lacks: dict[str, float] = {}
    notes: list[str] = []
    possible = True
    for name, amount in asked.items():
        total = quantity(node.status.allocatable.get(name)) or 0.0
        taken = sum(requested(other, name) for other in _running(snapshot, node))
        lacks[name] = max(0.0, amount - (total - taken))
        notes.append(f"{_amount(name, taken)} of {_amount(name, total)} {name} are requested")
        possible = possible and total >= amount
    worst = max(lacks[name] / asked[name] for name in asked) if possible else float("inf")
    text = " and ".join(f"{_amount(name, lack)} {name}" for name, lack in lacks.items() if lack) or "nothing"
    return Gap(node.name, worst, text, "; ".join(notes), possible)


def _running(snapshot: Snapshot, node: Node) -> Iterable[Pod]:
    return (pod for pod in snapshot.pods_on(node.name) if pod.status.phase not in ("Succeeded", "Failed"))


def requested(pod: Pod, resource: str) -> float:
    """What a pod requests of a resource: its containers together, or its largest init container."""
    serving = sum(quantity(c.resources.requests.get(resource)) or 0.0 for c in pod.spec.containers)
    starting = (quantity(c.resources.requests.get(resource)) or 0.0 for c in pod.spec.init_containers)
    return max([serving, *starting])


def _amount(resource: str, number: float) -> str:
    return (
        bytes_text(number)
        if resource in _BYTES
        else f"{short(number)} cores"
        if resource == "cpu"
        else short(number)
    )
