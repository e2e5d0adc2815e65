"""Rights taken away one by one, in the cluster and in one namespace: what is left is right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mission_control.app.watching import look
from mission_control.domain.kinds import KINDS, Kind
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.verdict import Health, Verdict
from mission_control.settings import Settings
from sandbox.cluster import Sandbox
from sandbox.progress import silent
from sandbox.sample import NAMESPACE, Sample

pytestmark = pytest.mark.sandbox

SERVED = [kind for kind in KINDS if not kind.optional]
NAMESPACED = [kind for kind in SERVED if kind.namespaced]
READ = ["get", "list", "watch"]
Tree = dict[str, Any]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox with the sample, and an account for each right that is missing."""
    made = Sandbox(tmp_path_factory.mktemp("rights") / "home", silent)
    made.up()
    try:
        Sample(made).install()
        items = [tree for lack in (None, *SERVED) for tree in granted("ClusterRole", lack)]
        items += [tree for lack in (None, *NAMESPACED) for tree in granted("Role", lack)]
        made.run(
            "kubectl",
            "apply",
            "-f",
            "-",
            stdin=json.dumps({"kind": "List", "apiVersion": "v1", "items": items}),
        )
        yield made
    finally:
        made.down()


def user(role: str, lack: Kind | None) -> str:
    return f"{role.lower()}-without-{lack.plural if lack else 'nothing'}"


def granted(role: str, lack: Kind | None) -> list[Tree]:
    """A role that may read every kind but one, and the account that has it."""
    kinds = SERVED if role == "ClusterRole" else NAMESPACED
    rules = [{"apiGroups": [k.group], "resources": [k.plural], "verbs": READ} for k in kinds if k is not lack]
    rules.append({"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]})
    name = user(role, lack)
    meta = {"name": name} | ({"namespace": NAMESPACE} if role == "Role" else {})
    api = {"apiVersion": "rbac.authorization.k8s.io/v1", "metadata": meta}
    ref = {"apiGroup": "rbac.authorization.k8s.io", "kind": role, "name": name}
    who = [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": name}]
    return [
        {**api, "kind": role, "rules": rules},
        {**api, "kind": f"{role}Binding", "roleRef": ref, "subjects": who},
    ]


async def seen(cluster: Sandbox, folder: Path, account: str) -> tuple[Snapshot, Health]:
    """What somebody sees who acts as the account."""
    config = json.loads(cluster.run("kubectl", "config", "view", "--raw", "--flatten", "-o", "json"))
    config["users"][0]["user"]["as"] = account
    config["contexts"][0]["context"]["namespace"] = NAMESPACE
    path = folder / "kubeconfig"
    path.write_text(json.dumps(config))
    found = await look(Settings(kubeconfig=str(path)), 20, lambda _, health: health)
    return found.judged.snapshot, found.judged.health


def told(health: Health) -> str:
    return f"{health.verdict.value}: {[f.says for f in health.findings]} {health.blind}"


def check_missing(snapshot: Snapshot, health: Health, lack: Kind) -> None:
    """The kind is named with its verb; it makes the verdict unknown only when a verdict needs it."""
    blind = [entry for entry in health.blind if entry.kind == lack.kind]
    assert blind, told(health)
    assert all("list" in entry.would_need and lack.plural in entry.would_need for entry in blind), blind
    assert not snapshot.all(lack.shape)
    codes = {finding.code for finding in health.findings}
    if lack.essential:
        assert health.verdict is Verdict.UNKNOWN, told(health)
        assert codes == {"not-allowed"}, told(health)
        assert all(lack.resource in f.says for f in health.findings), told(health)
    else:
        assert health.verdict is Verdict.HEALTHY, told(health)
        assert not codes, told(health)


def refused(snapshot: Snapshot) -> set[str]:
    return {sight.kind.kind for sight in snapshot.sights if sight.state != "live" and not sight.kind.optional}


@pytest.mark.parametrize("lack", SERVED, ids=lambda kind: kind.plural)
async def test_without_one_right_in_the_cluster_the_rest_is_seen(
    cluster: Sandbox, tmp_path: Path, lack: Kind
) -> None:
    snapshot, health = await seen(cluster, tmp_path, user("ClusterRole", lack))
    check_missing(snapshot, health, lack)
    assert refused(snapshot) == {lack.kind}


@pytest.mark.parametrize("lack", NAMESPACED, ids=lambda kind: kind.plural)
async def test_without_one_right_in_the_only_namespace_the_rest_is_seen(
    cluster: Sandbox, tmp_path: Path, lack: Kind
) -> None:
    snapshot, health = await seen(cluster, tmp_path, user("Role", lack))
    check_missing(snapshot, health, lack)
    assert refused(snapshot) == {lack.kind, *(kind.kind for kind in SERVED if not kind.namespaced)}


@pytest.mark.parametrize("role", ["ClusterRole", "Role"])
async def test_healthy_pods_are_healthy_and_what_was_not_looked_at_is_listed(
    cluster: Sandbox, tmp_path: Path, role: str
) -> None:
    snapshot, health = await seen(cluster, tmp_path, user(role, None))
    assert health.verdict is Verdict.HEALTHY, told(health)
    assert [i.key for i in health.installations] == [f"{NAMESPACE}/{NAMESPACE}"]
    beyond = {kind.kind for kind in SERVED if not kind.namespaced} if role == "Role" else set()
    assert {entry.kind for entry in health.blind} == {*beyond, "Release", "VolumeUse"}
    assert refused(snapshot) == beyond
    needs = {entry.kind: entry.would_need for entry in health.blind}
    assert needs["Release"] == "list, get secrets"
