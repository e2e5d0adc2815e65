"""`get` beside `kubectl describe` on a real control plane: the same facts in the same order, kind by kind."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.cluster import Sandbox

pytestmark = pytest.mark.sandbox

OBJECTS = Path(__file__).with_name("objects.yaml")
KINDS = {
    "Pod": ("langsmith", "langsmith-redis-0"),
    "Deployment": ("langsmith", "langsmith-backend"),
    "StatefulSet": ("langsmith", "langsmith-postgres"),
    "DaemonSet": ("langsmith", "agent"),
    "ReplicaSet": ("langsmith", ""),
    "Job": ("langsmith", "once"),
    "CronJob": ("langsmith", "nightly"),
    "Service": ("langsmith", "langsmith-frontend"),
    "Ingress": ("langsmith", "web"),
    "NetworkPolicy": ("langsmith", "web"),
    "PersistentVolumeClaim": ("langsmith", "data-langsmith-redis-0"),
    "PersistentVolume": ("", ""),
    "StorageClass": ("", "standard"),
    "HorizontalPodAutoscaler": ("langsmith", "web"),
    "PodDisruptionBudget": ("langsmith", "web"),
    "ResourceQuota": ("langsmith", "small"),
    "ServiceAccount": ("langsmith", "describe-me"),
    "Node": ("", "node-1"),
}
LABEL = re.compile(r"^( {0,6})([A-Za-z](?:[A-Za-z0-9/.-]| (?! ))*):(?: |$)")
NOT_OURS = {
    "Lease", "HolderIdentity", "AcquireTime", "RenewTime",  # another object, which the console does not read
    "Tokens",  # would need a right to list Secrets
    "Optional",  # stands at the end of its line
    "Host Ports", "Events",  # told apart below
}  # fmt: skip
EXPLAINED = re.compile(r"<[a-z]+>|\((?:a |bare |traffic |  current |<error).*")
"""What kubectl says beside a fact, in its own words."""
FACT = re.compile(r"[A-Za-z0-9][A-Za-z0-9./%:-]*")


@pytest.fixture(scope="module")
def cluster(sandbox_cluster: Sandbox) -> Iterator[Sandbox]:
    sandbox_cluster.run("kubectl", "apply", "-f", str(OBJECTS))
    ready = "jsonpath={.status.succeeded}=1"
    sandbox_cluster.run("kubectl", "wait", "job/once", "-n", "langsmith", f"--for={ready}", "--timeout=60s")
    yield sandbox_cluster
    sandbox_cluster.run("kubectl", "delete", "-f", str(OBJECTS), "--wait=false")


def named(cluster: Sandbox, kind: str) -> tuple[str, str]:
    """The object of the table, or the first of its kind."""
    namespace, name = KINDS[kind]
    if name:
        return namespace, name
    where = ["-n", namespace] if namespace else []
    return namespace, cluster.run("kubectl", "get", kind, *where, "-o", "name").split()[0].partition("/")[2]


def ours(cluster: Sandbox, folder: Path, *arguments: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MC_")}
    env = {**kept, "KUBECONFIG": str(cluster.kubeconfig), "MC_DATA_DIR": str(folder / "state")}
    command = [sys.executable, "-m", "mission_control", "get", *arguments]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def labels(text: str) -> list[str]:
    """The labels of a description from the top, without the values that go on below one."""
    found = []
    for line in text.partition("\nEvents:")[0].splitlines():
        match = LABEL.match(line)
        if match and match[2] not in NOT_OURS:
            found.append(match[2])
    return found


def in_order(wanted: list[str], told: list[str]) -> list[str]:
    """The wanted labels that are not told, or not after the one before them."""
    missing, place = [], 0
    for label in wanted:
        if label in told[place:]:
            place = told.index(label, place) + 1
        else:
            missing.append(label)
    return missing


@pytest.mark.parametrize("kind", KINDS)
def test_the_facts_of_kubectl_are_told_in_its_order(cluster: Sandbox, kind: str, tmp_path: Path) -> None:
    namespace, name = named(cluster, kind)
    where = ["-n", namespace] if namespace else []
    theirs = labels(cluster.run("kubectl", "describe", kind, name, *where))
    told = json.loads(ours(cluster, tmp_path, f"{kind.lower()}/{name}", *where, "-o", "json"))
    assert theirs[0] == "Name"
    assert len(theirs) > 1
    assert in_order(theirs, [line["label"] for line in told["description"]]) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_values_of_kubectl_are_told(cluster: Sandbox, kind: str, tmp_path: Path) -> None:
    """Each word of a fact that stands in one line; times are written in another form."""
    namespace, name = named(cluster, kind)
    where = ["-n", namespace] if namespace else []
    text = cluster.run("kubectl", "describe", kind, name, *where).partition("\nEvents:")[0]
    told = set(FACT.findall(ours(cluster, tmp_path, f"{kind.lower()}/{name}", *where)))
    absent = []
    for line in text.splitlines():
        match = LABEL.match(line)
        is_time = re.search(r"\d\d:\d\d:\d\d", line) is not None
        if match is None or is_time or match[2] in NOT_OURS:
            continue
        value = EXPLAINED.sub("", line[match.end() :])
        absent += [f"{match[2]}: {word}" for word in FACT.findall(value) if word.lower() not in lower(told)]
    assert absent == []


def lower(words: set[str]) -> set[str]:
    return {word.lower() for word in words}
