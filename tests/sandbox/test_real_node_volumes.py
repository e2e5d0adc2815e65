"""How full a volume is, as a real kubelet measured it: through the API server, from itself, not at all."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mission_control.app.watching import look
from mission_control.domain.verdict import Health, Verdict
from mission_control.settings import Settings
from sandbox.build import Programs
from sandbox.cluster import Sandbox
from sandbox.errors import NoRealNode
from sandbox.parts import NODE_PARTS
from sandbox.progress import silent
from sandbox.real.plan import NAME, ROLE
from sandbox.waiting import until
from tests.sandbox.test_real_node import where_possible

IN_CI = bool(os.environ.get("CI"))
pytestmark = [pytest.mark.sandbox, where_possible]
SPACE = "filling"
SIZE = 40  # MiB of the volume, a file system of its own
Tree = dict[str, Any]


@pytest.fixture(scope="module")
def node(short_folder: Path) -> Iterator[Sandbox]:
    """A real node with a small local volume, 90 % of which a pod has filled."""
    if not (Programs().are_complete() and Programs(parts=NODE_PARTS).are_complete()) and not IN_CI:
        pytest.skip("the programs are not built: python -m sandbox build --real-node")
    made, disk = Sandbox(short_folder / "vol", silent), short_folder / "disk"
    disk.mkdir()
    size = f"size={SIZE}m,mode=1777"
    if subprocess.run(["mount", "-t", "tmpfs", "-o", size, "mc-disk", disk], check=False).returncode:
        pytest.skip("this machine lets nobody mount a file system")
    try:
        made.up(real_node=True)
        made.run("kubectl", "create", "namespace", SPACE)
        made.run("kubectl", "apply", "-f", "-", stdin=json.dumps(listed(*volume(disk), pod(), *account())))
        made.run("kubectl", "wait", "-n", SPACE, "pod/db", "--for=condition=Ready", "--timeout=40s")
        yield made
    except NoRealNode as error:
        pytest.skip(str(error))
    finally:
        made.down()
        subprocess.run(["umount", disk], check=False)


def listed(*items: Tree) -> Tree:
    return {"apiVersion": "v1", "kind": "List", "items": items}


def volume(disk: Path) -> tuple[Tree, ...]:
    size, modes = {"storage": f"{SIZE}Mi"}, ["ReadWriteOnce"]
    term = {"key": "kubernetes.io/hostname", "operator": "In", "values": [NAME]}
    affinity = {"required": {"nodeSelectorTerms": [{"matchExpressions": [term]}]}}
    held = {
        "capacity": size,
        "accessModes": modes,
        "storageClassName": "by-hand",
        "local": {"path": str(disk)},
        "nodeAffinity": affinity,
    }
    asked = {"accessModes": modes, "storageClassName": "by-hand", "resources": {"requests": size}}
    claim = {"name": "data", "namespace": SPACE}
    return (
        {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "disk"}, "spec": held},
        {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": claim, "spec": asked},
    )


def pod() -> Tree:
    fill = f"head -c {SIZE * 9 // 10}m /dev/zero > /data/file; exec sleep infinity"
    container = {
        "name": "main",
        "image": "localhost/tools:1",
        "command": ["sh", "-c", fill],
        "volumeMounts": [{"name": "data", "mountPath": "/data"}],
    }
    spec = {
        "containers": [container],
        "nodeSelector": {ROLE: "real"},
        "tolerations": [{"key": ROLE, "operator": "Exists"}],
        "terminationGracePeriodSeconds": 1,
        "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}],
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "db", "namespace": SPACE}, "spec": spec}


def account() -> tuple[Tree, ...]:
    """An account that may see everything and ask kubelets for their measurements, and one that may not."""
    api = {"apiVersion": "rbac.authorization.k8s.io/v1"}
    found: list[Tree] = []
    nodes: Tree = {"apiGroups": [""], "resources": ["nodes"], "verbs": ["get", "list", "watch"]}
    roles = {"measures": [{**nodes, "resources": ["nodes", "nodes/stats"]}], "sees": [nodes]}
    for name, rules in roles.items():
        meta = {"name": name, "namespace": SPACE}
        who = {"kind": "ServiceAccount", **meta}
        found.append({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta})
        found.append({**api, "kind": "ClusterRole", "metadata": {"name": f"more-{name}"}, "rules": rules})
        for role in ("view", f"more-{name}"):
            ref = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role}
            meta = {"name": f"{name}-{role}"}
            found.append(
                {**api, "kind": "ClusterRoleBinding", "metadata": meta, "roleRef": ref, "subjects": [who]}
            )
    return tuple(found)


async def judged(node: Sandbox, folder: Path, account: str = "") -> Health:
    """What somebody is told who acts as a service account; the administrator without one."""
    config = json.loads(node.run("kubectl", "config", "view", "--raw", "--flatten", "-o", "json"))
    if account:
        token = node.run("kubectl", "create", "token", account, "-n", SPACE).strip()
        config["users"][0]["user"] = {"token": token}
    path = folder / "kubeconfig"
    path.write_text(json.dumps(config))
    return (await look(Settings(kubeconfig=str(path)), 20, lambda _, health: health)).judged.health


def fullness(health: Health) -> list[tuple[Verdict, str]]:
    return [(f.verdict, f.subject.path) for f in health.findings if f.code == "volume-nearly-full"]


EXPECTED = [(Verdict.DEGRADED, f"PersistentVolumeClaim/{SPACE}/data")]


def is_measured(node: Sandbox) -> bool:
    """The kubelet looks at its volumes once a minute."""
    summary = node.api.get(f"/api/v1/nodes/{NAME}/proxy/stats/summary")
    volumes = [v for p in summary["pods"] for v in p.get("volume", []) if v.get("pvcRef")]
    return bool(volumes) and volumes[0]["availableBytes"] < volumes[0]["capacityBytes"] / 5


async def test_a_volume_that_is_nearly_full_is_found_by_either_way_and_blind_without_one(
    node: Sandbox, tmp_path: Path
) -> None:
    assert until(lambda: is_measured(node), 90)
    assert fullness(await judged(node, tmp_path)) == EXPECTED
    assert fullness(await judged(node, tmp_path, "measures")) == EXPECTED
    health = await judged(node, tmp_path, "sees")
    assert not fullness(health)
    assert "get nodes/stats or nodes/proxy" in [entry.would_need for entry in health.blind]
