"""The command line of every program of the control plane. Facts about flags; nothing is started here."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from sandbox.record import Record

CLIENT_LIMITS = ("--kube-api-qps=2000", "--kube-api-burst=4000")
"""The default limits (20 to 50 a second) make 5,000 pods take minutes."""
LEASE_SECONDS = 40
REAL_ADMISSION = (
    "--enable-admission-plugins=NodeRestriction,PodNodeSelector,PodTolerationRestriction",
    "--kubelet-preferred-address-types=InternalIP",
)
"""With a real node: it may change only itself, and a namespace can send all its pods there."""


def etcd(record: Record, home: Path) -> tuple[str, ...]:
    """Without fsync: a sandbox's data need not survive a power cut."""
    client, peer = f"http://127.0.0.1:{record.ports.etcd}", f"http://127.0.0.1:{record.ports.etcd_peer}"
    return (
        f"{record.bin}/etcd",
        f"--data-dir={home / 'etcd'}",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}",
        "--unsafe-no-fsync",
        "--log-level=warn",
    )


def apiserver(record: Record, home: Path) -> tuple[str, ...]:
    """Aggregated routing: what runs beside the cluster is reached by endpoints, not by service addresses."""
    pki = home / "pki"
    # without a network there is no address the endpoint of the service `kubernetes` may have
    own = (
        (f"--advertise-address={record.machine}",)
        if record.machine
        else ("--advertise-address=192.0.2.1", "--endpoint-reconciler-type=none")
    )
    return (
        f"{record.bin}/kube-apiserver",
        f"--etcd-servers=http://127.0.0.1:{record.ports.etcd}",
        f"--bind-address={record.host}",
        f"--secure-port={record.ports.apiserver}",
        *own,
        f"--service-cluster-ip-range={record.ranges.services}",
        "--allow-privileged=true",
        "--authorization-mode=Node,RBAC",
        *(REAL_ADMISSION if record.real else ()),
        f"--client-ca-file={pki / 'ca.crt'}",
        f"--tls-cert-file={pki / 'apiserver.crt'}",
        f"--tls-private-key-file={pki / 'apiserver.key'}",
        f"--service-account-key-file={pki / 'sa.pub'}",
        f"--service-account-signing-key-file={pki / 'sa.key'}",
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        f"--kubelet-client-certificate={pki / 'admin.crt'}",
        f"--kubelet-client-key={pki / 'admin.key'}",
        f"--requestheader-client-ca-file={pki / 'ca.crt'}",
        "--requestheader-allowed-names=front-proxy",
        "--requestheader-username-headers=X-Remote-User",
        "--requestheader-group-headers=X-Remote-Group",
        "--requestheader-extra-headers-prefix=X-Remote-Extra-",
        f"--proxy-client-cert-file={pki / 'front-proxy.crt'}",
        f"--proxy-client-key-file={pki / 'front-proxy.key'}",
        "--enable-aggregator-routing=true",
        "--max-requests-inflight=3000",
        "--max-mutating-requests-inflight=1500",
    )


def controller_manager(record: Record, home: Path) -> tuple[str, ...]:
    """All controllers, each with an account of its own, as in a real cluster."""
    pki, kubeconfig = home / "pki", home / "pki" / "controller-manager.kubeconfig"
    return (
        f"{record.bin}/kube-controller-manager",
        f"--kubeconfig={kubeconfig}",
        f"--authentication-kubeconfig={kubeconfig}",
        f"--authorization-kubeconfig={kubeconfig}",
        f"--service-account-private-key-file={pki / 'sa.key'}",
        f"--root-ca-file={pki / 'ca.crt'}",
        f"--cluster-signing-cert-file={pki / 'ca.crt'}",
        f"--cluster-signing-key-file={pki / 'ca.key'}",
        "--use-service-account-credentials=true",
        "--leader-elect=false",
        "--bind-address=127.0.0.1",
        f"--secure-port={record.ports.controller_manager}",
        "--concurrent-deployment-syncs=20",
        "--concurrent-replicaset-syncs=40",
        "--concurrent-endpoint-syncs=20",
        *CLIENT_LIMITS,
    )


def scheduler(record: Record, home: Path) -> tuple[str, ...]:
    """The default profile."""
    kubeconfig = home / "pki" / "scheduler.kubeconfig"
    return (
        f"{record.bin}/kube-scheduler",
        f"--kubeconfig={kubeconfig}",
        f"--authentication-kubeconfig={kubeconfig}",
        f"--authorization-kubeconfig={kubeconfig}",
        "--leader-elect=false",
        "--bind-address=127.0.0.1",
        f"--secure-port={record.ports.scheduler}",
        *CLIENT_LIMITS,
    )


def kwok(record: Record, home: Path) -> tuple[str, ...]:
    """Nodes and pods, and the kubelet's port that answers for logs and usage."""
    return (
        f"{record.bin}/kwok",
        f"--kubeconfig={home / 'kubeconfig'}",
        f"--config={home / 'kwok.yaml'}",
        "--enable-crds=Logs,ClusterLogs",
        "--manage-nodes-with-label-selector=type=kwok",
        f"--cidr={record.ranges.pods}",
        "--node-ip=127.0.0.1",
        "--node-name=localhost",
        f"--node-port={record.ports.kwok}",
        f"--server-address=127.0.0.1:{record.ports.kwok}",
        f"--tls-cert-file={home / 'pki' / 'node.crt'}",
        f"--tls-private-key-file={home / 'pki' / 'node.key'}",
        f"--node-lease-duration-seconds={LEASE_SECONDS}",
    )


def metrics_server(record: Record, home: Path) -> tuple[str, ...]:
    """On the machine's own address: an EndpointSlice refuses a loopback address."""
    kubeconfig = home / "kubeconfig"
    return (
        f"{record.bin}/metrics-server",
        f"--kubeconfig={kubeconfig}",
        f"--authentication-kubeconfig={kubeconfig}",
        f"--authorization-kubeconfig={kubeconfig}",
        "--kubelet-use-node-status-port",
        "--kubelet-preferred-address-types=InternalIP",
        "--kubelet-insecure-tls",
        "--metric-resolution=10s",
        "--kubelet-request-timeout=5s",
        f"--tls-cert-file={home / 'pki' / 'node.crt'}",
        f"--tls-private-key-file={home / 'pki' / 'node.key'}",
        f"--bind-address={record.machine}",
        f"--secure-port={record.ports.metrics}",
    )


def write_kubeconfig(path: Path, identity: str, record: Record, home: Path) -> None:
    """A kubeconfig for one identity, with everything inside, so that it works wherever it is copied."""
    pki = home / "pki"
    name = "mission-control-sandbox"
    cluster = {
        "server": f"https://{record.host}:{record.ports.apiserver}",
        "certificate-authority-data": _inline(pki / "ca.crt"),
    }
    user = {
        "client-certificate-data": _inline(pki / f"{identity}.crt"),
        "client-key-data": _inline(pki / f"{identity}.key"),
    }
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": cluster}],
        "users": [{"name": identity, "user": user}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": identity}}],
        "current-context": name,
    }
    path.touch(mode=0o600)
    path.write_text(json.dumps(config, indent=1) + "\n")


def _inline(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()
