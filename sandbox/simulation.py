"""Nodes and pods without a kubelet: what kwok simulates, and the furniture around it."""

from __future__ import annotations

from pathlib import Path

from sandbox.api import Api, Obj
from sandbox.parts import PARTS
from sandbox.places import MANIFESTS, STAGES

NODES = 6
ROOM = {"cpu": "32", "memory": "128Gi", "pods": "110", "ephemeral-storage": "200Gi"}
CRDS = ("logs", "clusterlogs")
IDLE = {
    "'node.CumulativeUsage(\"cpu\")'": "'node.CumulativeUsage(\"cpu\") + node.SinceSecond() * 0.18'",
    "'node.Usage(\"memory\")'": "'node.Usage(\"memory\") + 1400000000.0'",
}
"""A node uses something of its own; metrics-server leaves out a node that uses nothing at all."""
STANDARD = (
    "stage/node/fast/node-initialize.yaml",
    "stage/node/heartbeat-with-lease/node-heartbeat-with-lease.yaml",
    "stage/pod/fast/pod-ready.yaml",
    "stage/pod/fast/pod-complete.yaml",
    "stage/pod/fast/pod-delete.yaml",
    "metrics/usage/usage-from-annotation.yaml",
    "metrics/resource/metrics-resource.yaml",
)


def configuration(kustomize: Path, more: list[Path], *, bare: bool) -> str:
    """The configuration of kwok: its own stages and usage rules, ours, and those of whoever starts it."""
    ours = [STAGES / "hold.yaml"] if bare else [STAGES / "hold.yaml", STAGES / "volume.yaml"]
    files = [*(kustomize / name for name in STANDARD), *ours, *more]
    text = "".join(f"---\n{file.read_text().strip()}\n" for file in files)
    for of_pods, of_a_node in IDLE.items():
        text = text.replace(of_pods, of_a_node)
    return text


def define_log_kinds(api: Api, kustomize: Path) -> None:
    """Applies kwok's definitions of Logs and ClusterLogs: kwok waits for them."""
    for plural in CRDS:
        text = (kustomize / "crd" / "bases" / f"kwok.x-k8s.io_{plural}.yaml").read_bytes()
        api.apply(f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{plural}.kwok.x-k8s.io", text)


def log_kinds_are_served(api: Api) -> bool:
    """Whether the API server answers for both kinds."""
    return all(api.find(f"/apis/kwok.x-k8s.io/v1alpha1/{plural}") is not None for plural in CRDS)


def node(name: str, number: int, pods: int = 110) -> Obj:
    """A node as a kubelet would register it: labelled for kwok, spread over three zones."""
    room = {**ROOM, "pods": str(pods)}
    version = next(part.version for part in PARTS if part.name == "kube-apiserver")
    about = {
        "kubeletVersion": version,
        "osImage": "simulated by kwok",
        "operatingSystem": "linux",
        "architecture": "amd64",
    }
    usage = f"/metrics/nodes/{name}/metrics/resource"
    labels = {
        "type": "kwok",
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "topology.kubernetes.io/zone": f"zone-{number % 3}",
    }
    annotations = {"kwok.x-k8s.io/node": "fake", "metrics.k8s.io/resource-metrics-path": usage}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "annotations": annotations, "labels": labels},
        "status": {"capacity": room, "allocatable": room, "nodeInfo": about},
    }


def add_nodes(api: Api, names: list[str], pods: int = 110) -> None:
    """Registers the nodes that are not there yet."""
    there = {item["metadata"]["name"] for item in api.items("/api/v1/nodes")}
    for number, name in enumerate(names, start=1):
        if name not in there:
            api.create("/api/v1/nodes", node(name, number, pods))


def unready_nodes(api: Api) -> list[str]:
    """The names of nodes that are not Ready."""
    return [n["metadata"]["name"] for n in api.items("/api/v1/nodes") if not _is_ready(n)]


def _is_ready(item: Obj) -> bool:
    conditions = item.get("status", {}).get("conditions", [])
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


def platform(dns_address: str) -> str:
    """The manifest of storage and cluster DNS."""
    return (MANIFESTS / "platform.yaml").read_text().replace("DNS_ADDRESS", dns_address)


def register_metrics(api: Api, machine: str, port: int) -> None:
    """Makes the API server ask the metrics-server on this machine for metrics.k8s.io."""
    name, space = "metrics-server", "kube-system"
    api.apply(
        f"/api/v1/namespaces/{space}/services/{name}",
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": name, "namespace": space},
            "spec": {"ports": [{"name": "https", "port": 443, "targetPort": port}]},
        },
    )
    api.apply(
        f"/apis/discovery.k8s.io/v1/namespaces/{space}/endpointslices/{name}",
        {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "addressType": "IPv4",
            "metadata": {"name": name, "namespace": space, "labels": {"kubernetes.io/service-name": name}},
            "ports": [{"name": "https", "port": port, "protocol": "TCP"}],
            "endpoints": [{"addresses": [machine], "conditions": {"ready": True}}],
        },
    )
    api.apply(
        "/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io",
        {
            "apiVersion": "apiregistration.k8s.io/v1",
            "kind": "APIService",
            "metadata": {"name": "v1beta1.metrics.k8s.io"},
            "spec": {
                "group": "metrics.k8s.io",
                "version": "v1beta1",
                "groupPriorityMinimum": 100,
                "versionPriority": 100,
                "insecureSkipTLSVerify": True,
                "service": {"name": name, "namespace": space},
            },
        },
    )
