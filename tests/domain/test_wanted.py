"""Which kubelets are worth asking: those of nodes that answer and carry a running pod with a claim."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from mission_control.domain.objects import Node, Object, Pod
from mission_control.domain.snapshot import snapshot_of
from mission_control.domain.wanted import Kubelet, kubelets

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def node(name: str, ready: str = "True", address: str = "10.0.0.7") -> Object:
    tree = {
        "metadata": {"name": name},
        "status": {
            "conditions": [{"type": "Ready", "status": ready}],
            "addresses": [{"type": "Hostname", "address": name}, {"type": "InternalIP", "address": address}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
        },
    }
    return msgspec.convert(tree, Node)


def pod(name: str, where: str, phase: str = "Running", *, claims: bool = True) -> Object:
    volume: dict[str, Any] = {"name": "data"} | (
        {"persistentVolumeClaim": {"claimName": "data"}} if claims else {"configMap": {"name": "x"}}
    )
    tree = {
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"nodeName": where, "volumes": [volume]},
        "status": {"phase": phase},
    }
    return msgspec.convert(tree, Pod)


def test_only_nodes_that_answer_and_carry_a_claim_are_asked() -> None:
    found = [
        *(node("a"), node("b"), node("c", "Unknown"), node("d"), node("e", address="fd00::7")),
        pod("one", "a"),
        pod("two", "b", claims=False),
        pod("three", "c"),
        pod("four", "d", "Pending"),
        pod("five", "e"),
        pod("six", "unseen"),
    ]
    assert kubelets(snapshot_of(found, NOW)) == (
        Kubelet("a", "10.0.0.7:10250"),
        Kubelet("e", "[fd00::7]:10250"),
        Kubelet("unseen"),
    )
