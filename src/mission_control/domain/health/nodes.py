"""Nodes in trouble that have pods of an installation on them.

A node that does not answer is told through the pods it hurts (`pods.py`); here are the troubles that a node
reports about itself while its pods still run.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from mission_control.domain.health.kubelet import one_line
from mission_control.domain.health.scene import Scene, from_field, subject
from mission_control.domain.health.sighting import Sighting
from mission_control.domain.installations import Installation
from mission_control.domain.objects import Condition, Node
from mission_control.domain.places import Place

_PRESSURE = {"MemoryPressure": "memory", "DiskPressure": "disk space", "PIDPressure": "process numbers"}


def node_sightings(scene: Scene) -> Iterator[Sighting]:
    """Pressure and missing network of nodes, once for each installation with pods there."""
    for node, entry in scene.snapshot.once((Node,), "nodes in trouble", partial(_troubles, scene)):
        if node.name not in scene.dead_nodes:
            yield from _trouble(scene, node, entry)


def _troubles(scene: Scene) -> list[tuple[Node, Condition]]:
    return [
        (node, entry)
        for node in scene.snapshot.all(Node)
        for entry in node.status.conditions
        if entry.is_true and (entry.type in _PRESSURE or entry.type == "NetworkUnavailable")
    ]


def _trouble(scene: Scene, node: Node, entry: Condition) -> Iterator[Sighting]:
    network = entry.type == "NetworkUnavailable"
    what = "has no network" if network else f"is short of {_PRESSURE[entry.type]}"
    fix = (
        "Look at the network plug-in's pod on that node."
        if network
        else "Free what is short on the node, or move pods away, before it evicts them."
    )
    for installation, pods in _tenants(scene, node):
        yield Sighting(
            "node-network" if network else "node-pressure",
            subject(node),
            Place(installation),
            f"Node {node.name} {what}; pods of {installation.release} on it: {len(pods)}.",
            fix,
            f"kubectl describe node {node.name}",
            (from_field(node, f"{entry.type}: True", one_line(entry.message)),),
            entry.last_transition_time,
            pods=tuple(pods),
            nobody=True,
        )


def _tenants(scene: Scene, node: Node) -> list[tuple[Installation, list[str]]]:
    found: dict[str, tuple[Installation, list[str]]] = {}
    for pod in scene.snapshot.pods_on(node.name):
        place = scene.places.pod(pod)
        if place.installation is not None and pod.status.phase not in ("Succeeded", "Failed"):
            found.setdefault(place.installation.key, (place.installation, []))[1].append(pod.name)
    return list(found.values())
