"""What is read beside the watches, on a real API server with the real helm: releases, hooks, custom kinds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mission_control.app.watching import look
from mission_control.domain.health.manifests import YOUNG
from mission_control.domain.health.scene import aware
from mission_control.domain.release import newest
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.verdict import Health
from mission_control.products.catalog import products
from mission_control.services.releases import releases
from mission_control.settings import Settings
from sandbox.cluster import Sandbox
from sandbox.errors import SandboxError
from sandbox.progress import silent
from sandbox.sample import NAMESPACE, RELEASE, Sample

pytestmark = pytest.mark.sandbox

HOOK = """
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-ask
  annotations: {"helm.sh/hook": pre-install, "helm.sh/hook-delete-policy": hook-failed}
spec:
  backoffLimit: 0
  activeDeadlineSeconds: 1
  template:
    spec:
      restartPolicy: Never
      nodeSelector: {nowhere: here}
      containers: [{name: ask, image: nobody/ask:1}]
"""
CHART = "apiVersion: v2\nname: tiny\nversion: 0.1.0\nappVersion: '7'\n"
CRD = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "certificates.cert-manager.io"},
    "spec": {
        "group": "cert-manager.io",
        "names": {"kind": "Certificate", "plural": "certificates", "singular": "certificate"},
        "scope": "Namespaced",
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
                },
            }
        ],
    },
}
FAILED = {
    "type": "Ready",
    "status": "False",
    "message": "no order",
    "lastTransitionTime": "2020-01-01T00:00:00Z",
}
CERTIFICATE = {
    "apiVersion": "cert-manager.io/v1",
    "kind": "Certificate",
    "metadata": {"name": "web", "namespace": NAMESPACE},
    "status": {"conditions": [FAILED]},
}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox with the sample."""
    made = Sandbox(tmp_path_factory.mktemp("readings") / "home", silent)
    made.up()
    try:
        Sample(made).install()
        yield made
    finally:
        made.down()


async def seen(cluster: Sandbox) -> tuple[Snapshot, Health]:
    found = await look(Settings(kubeconfig=str(cluster.kubeconfig)), 20, lambda _, health: health)
    return found.judged.snapshot, found.judged.health


def told(health: Health) -> list[tuple[str, str, bool]]:
    return [(f.code, f.subject.path, f.root) for f in health.findings]


async def test_a_release_of_the_real_helm_is_read_with_its_objects(cluster: Sandbox) -> None:
    snapshot, health = await seen(cluster)
    line = releases(snapshot, products()).lines[0]
    assert (line.key, line.status, line.chart, line.product) == (
        f"{NAMESPACE}/{RELEASE}",
        "deployed",
        RELEASE,
        RELEASE,
    )
    assert line.at is not None
    assert 0 <= (snapshot.taken_at - aware(line.at)).total_seconds() < 600
    release = newest(snapshot.readings.releases)[0]
    listed: str = cluster.run("helm", "get", "manifest", RELEASE, "-n", NAMESPACE)
    assert len(release.objects) == sum(text.startswith("kind: ") for text in listed.splitlines())
    assert not health.findings


async def test_a_hook_that_failed_and_was_removed_is_told_and_the_failed_release_follows(
    cluster: Sandbox, tmp_path: Path
) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text(CHART)
    (tmp_path / "templates" / "hook.yaml").write_text(HOOK)
    with pytest.raises(SandboxError, match="failed"):
        cluster.run("helm", "install", "tiny", str(tmp_path), "-n", NAMESPACE, "--timeout", "30s")
    snapshot, health = await seen(cluster)
    cluster.run("helm", "uninstall", "tiny", "-n", NAMESPACE, "--no-hooks")
    assert ("hook-failed", f"Job/{NAMESPACE}/tiny-ask", True) in told(health)
    line = releases(snapshot, products()).lines[0]
    assert (line.name, line.status, line.app_version) == ("tiny", "failed", "7")
    assert f"Release/{NAMESPACE}/tiny" in {path for code, path, _ in told(health) if code == "release-failed"}


async def test_a_deleted_service_of_the_release_is_missing(cluster: Sandbox) -> None:
    service = f"{RELEASE}-frontend"
    before: dict[str, Any] = json.loads(
        cluster.run("kubectl", "get", "service", service, "-n", NAMESPACE, "-o", "json")
    )
    cluster.run("kubectl", "delete", "service", service, "-n", NAMESPACE)
    for _ in range(40):  # nothing is missed of a release that is younger than the picture may be old
        snapshot, health = await seen(cluster)
        made = [release.at for release in snapshot.readings.releases if release.name == RELEASE]
        if made and made[0] is not None and snapshot.taken_at - aware(made[0]) > YOUNG:
            break
    for field in ("resourceVersion", "uid", "creationTimestamp"):
        before["metadata"].pop(field)
    cluster.run("kubectl", "create", "-f", "-", stdin=json.dumps(before))
    assert told(health) == [("object-missing", f"Service/{NAMESPACE}/{service}", True)]


async def test_a_custom_resource_that_a_pack_names_is_watched_once_it_is_served(cluster: Sandbox) -> None:
    cluster.run("kubectl", "apply", "-f", "-", stdin=json.dumps(CRD))
    cluster.run(
        "kubectl", "wait", "--for=condition=Established", "crd/certificates.cert-manager.io", "--timeout=20s"
    )
    cluster.run("kubectl", "create", "-f", "-", stdin=json.dumps(CERTIFICATE))
    _, health = await seen(cluster)
    assert told(health) == [("custom-resource-failing", f"Certificate/{NAMESPACE}/web", True)]
