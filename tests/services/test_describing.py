"""An object described: what is hidden, what may be absent, what comes from around it.

That the facts and their order are those of `kubectl describe` is proved beside the real one (`tests/cli`).
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mission_control.domain.kinds import KINDS
from mission_control.domain.objects import Pod
from mission_control.domain.redact import MASK
from mission_control.services.describing import Line, describe
from tests.web.stage import picture, refusing
from tests.web.story import NAMESPACE, Tree, trees

SEEN = picture(trees(broken=True))
POD = "demo-langsmith-backend-7c9d8b6f5-x2k0q"
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def described(kind: str, tree: Tree, snapshot: Any = SEEN) -> tuple[Line, ...]:
    return describe(json.dumps({"kind": kind, **tree}).encode(), kind, snapshot)


def value(lines: tuple[Line, ...], label: str) -> str:
    return next(line.text for line in lines if line.label == label)


def text(lines: tuple[Line, ...]) -> str:
    return "\n".join(f"{line.label} {line.text}" for line in lines)


def test_a_value_that_looks_like_a_secret_is_masked() -> None:
    env = [{"name": "DB_PASSWORD", "value": "hunter2"}, {"name": "DEPTH", "value": "1"}]
    spec = {"containers": [{"name": "c", "image": "a", "env": env}]}
    lines = described("Pod", {"metadata": {"name": "p"}, "spec": spec})
    assert value(lines, "DB_PASSWORD") == MASK
    assert value(lines, "DEPTH") == "1"


@pytest.mark.parametrize("kind", ["ConfigMap", "Secret"])
def test_the_content_of_a_map_is_not_told(kind: str) -> None:
    lines = described(kind, {"metadata": {"name": "m"}, "data": {"plain": "content"}})
    assert "content" not in text(lines)
    assert value(lines, "Name") == "m"


def test_a_reference_to_a_secret_names_it_and_its_key() -> None:
    source = {"secretKeyRef": {"name": "db", "key": "url"}}
    spec = {"containers": [{"name": "c", "env": [{"name": "DB_URL", "valueFrom": source}]}]}
    told = value(described("Pod", {"metadata": {"name": "p"}, "spec": spec}), "DB_URL")
    assert told == "the key 'url' in secret 'db'  Optional: false"


@pytest.mark.parametrize("kind", [kind.kind for kind in KINDS])
def test_an_object_with_nothing_in_it_is_described(kind: str) -> None:
    assert value(described(kind, {"metadata": {"name": "bare", "namespace": "a"}}), "Name") == "bare"


@given(st.sampled_from([kind.kind for kind in KINDS]), ANYTHING, ANYTHING)
def test_a_custom_shape_is_told_as_it_is_nested(kind: str, spec: object, status: object) -> None:
    """Kinds with a description of their own are shaped by the API server; all others may hold anything."""
    tree = {"metadata": {"name": "odd"}, "spec": {"inner": spec}, "status": {"inner": status}}
    assert value(described(f"Custom{kind}", tree), "Name") == "odd"


def test_pods_of_a_set_are_counted_by_phase_unless_they_are_hidden() -> None:
    sets = [tree for tree in trees(broken=True) if tree["kind"] == "StatefulSet"]
    redis = next(tree for tree in sets if tree["metadata"]["name"] == "demo-langsmith-redis")
    assert value(described("StatefulSet", redis), "Pods Status").startswith("1 Running / 0 Waiting")
    blind = picture(trees(broken=True), refusing("Pod"))
    assert value(described("StatefulSet", redis, blind), "Pods Status") == "not seen"


def test_the_pods_that_use_a_claim_are_named() -> None:
    name = "data-demo-langsmith-postgres-0"
    lines = described("PersistentVolumeClaim", {"metadata": {"name": name, "namespace": NAMESPACE}})
    assert value(lines, "Used By") == "demo-langsmith-postgres-0"


def test_a_node_tells_what_its_pods_ask_for() -> None:
    name = next(pod.spec.node_name for pod in SEEN.all(Pod) if pod.spec.node_name)
    lines = described("Node", {"metadata": {"name": name}, "status": {"allocatable": {"cpu": "16"}}})
    assert value(lines, "Non-terminated Pods").endswith("in total")
    assert "of what it can give" in value(lines[-2:], "cpu")


def test_an_ingress_names_the_service_that_is_not_there() -> None:
    backend = {"service": {"name": "gone", "port": {"number": 80}}}
    rules = [{"host": "a.example.com", "http": {"paths": [{"path": "/", "backend": backend}]}}]
    tree = {"metadata": {"name": "web", "namespace": NAMESPACE}, "spec": {"rules": rules}}
    assert value(described("Ingress", tree), "a.example.com/") == "gone:80 (no such Service)"


def test_the_copy_that_apply_leaves_is_left_out() -> None:
    noise = {"kubectl.kubernetes.io/last-applied-configuration": "{}", "team": "night"}
    lines = described("ServiceAccount", {"metadata": {"name": "a", "annotations": noise}})
    assert value(lines, "Annotations") == "team: night"
