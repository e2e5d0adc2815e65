"""The files and command lines of containerd, kubelet and kube-proxy. Facts only; nothing is started here.

Everything these programs keep goes into the folder `node` of the sandbox, as far as they let themselves be
told; what they put elsewhere all the same is known to `traces`.
"""

from __future__ import annotations

import json
from pathlib import Path

from sandbox.real.images import PAUSE
from sandbox.real.plan import KIND, NAME, ROLE, Plan
from sandbox.record import Record

FOLDER = "node"
CONTAINERD = """\
version = 2
root = "{node}/root"
state = "{node}/state"
disabled_plugins = [
  "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs",
  "io.containerd.internal.v1.opt",
]
[grpc]
  address = "{socket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{pause}"
  # without CAP_SYS_RESOURCE no process may become harder to kill, and every pod would fail
  restrict_oom_score_adj = true
  stream_server_address = "127.0.0.1"
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "{plugins}"
    conf_dir = "{node}/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
        Root = "{node}/runc"
"""


def folder(home: Path) -> Path:
    """Where a real node keeps its things."""
    return home / FOLDER


def socket(home: Path) -> Path:
    """Where containerd listens."""
    return folder(home) / "c.sock"


def longest_socket(home: Path) -> Path:
    """The longest path that a program of the node listens at.

    The kubelet makes this one under a random number of up to ten digits and then renames it.
    """
    return folder(home) / "kubelet" / "pod-resources" / ("9" * 10)


def write(plan: Plan, record: Record, home: Path) -> None:
    """Writes every configuration file of the node."""
    node, pki = folder(home), home / "pki"
    for name in ("cni", "podlogs", "kubelet", "volplugins"):
        (node / name).mkdir(parents=True, exist_ok=True)
    told = CONTAINERD.format(node=node, socket=socket(home), pause=PAUSE, plugins=plan.plugins)
    (node / "containerd.toml").write_text(told)
    services = record.ranges.services
    (node / "cni" / "10-sandbox.conflist").write_text(json.dumps(_network(plan, node, services)))
    (node / "resolv.conf").write_text(f"nameserver {plan.address}\n")
    (node / "kubelet.json").write_text(json.dumps(_kubelet(plan, home, pki), indent=1))


def containerd(_record: Record, home: Path) -> tuple[str, ...]:
    """The packaged program, never the packaged service."""
    return ("/usr/bin/containerd", "--config", str(folder(home) / "containerd.toml"), "--log-level", "warn")


def kubelet(record: Record, home: Path) -> tuple[str, ...]:
    """The real thing, registered with a taint so that only what asks for it comes."""
    node = folder(home)
    return (
        f"{record.node_bin}/kubelet",
        f"--config={node / 'kubelet.json'}",
        f"--kubeconfig={home / 'pki' / 'kubelet.kubeconfig'}",
        f"--hostname-override={NAME}",
        f"--node-ip={record.machine}",
        f"--node-labels={ROLE}={KIND}",
        f"--root-dir={node / 'kubelet'}",
        f"--cert-dir={home / 'pki'}",
        "--v=1",
    )


def kube_proxy(record: Record, home: Path) -> tuple[str, ...]:
    """Service addresses by iptables, without a change to what the machine does with its own connections."""
    plan = record.real
    return (
        f"{record.node_bin}/kube-proxy",
        f"--kubeconfig={home / 'pki' / 'kube-proxy.kubeconfig'}",
        f"--hostname-override={NAME}",
        "--proxy-mode=iptables",
        f"--cluster-cidr={plan.pods if plan else ''}",
        "--conntrack-max-per-core=0",
        "--conntrack-tcp-timeout-established=0",
        "--conntrack-tcp-timeout-close-wait=0",
        "--oom-score-adj=0",
        f"--healthz-bind-address=127.0.0.1:{plan.ports.proxy_health if plan else 0}",
        f"--metrics-bind-address=127.0.0.1:{plan.ports.proxy_metrics if plan else 0}",
        "--nodeport-addresses=primary",
        "--iptables-localhost-nodeports=false",
    )


def _network(plan: Plan, node: Path, services: str) -> dict[str, object]:
    """Pods get no default route, only one to the services: outside is unreachable at once."""
    addresses = {
        "type": "host-local",
        "dataDir": str(node / "ipam"),
        "ranges": [[{"subnet": plan.pods}]],
        "routes": [{"dst": services}],
    }
    bridge = {
        "type": "bridge",
        "bridge": plan.bridge,
        "isGateway": True,
        "ipMasq": False,
        "hairpinMode": True,
        "ipam": addresses,
    }
    return {"cniVersion": "0.4.0", "name": plan.network, "plugins": [bridge]}


def _kubelet(plan: Plan, home: Path, pki: Path) -> dict[str, object]:
    node = folder(home)
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": plan.address,
        "port": plan.ports.kubelet,
        "healthzBindAddress": "127.0.0.1",
        "healthzPort": plan.ports.kubelet_health,
        "readOnlyPort": 0,
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(pki / "ca.crt")},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": str(pki / "kubelet.crt"),
        "tlsPrivateKeyFile": str(pki / "kubelet.key"),
        "containerRuntimeEndpoint": f"unix://{socket(home)}",
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{plan.cgroup}",
        "cgroupsPerQOS": True,
        "enforceNodeAllocatable": ["pods"],
        "failSwapOn": False,
        "failCgroupV1": False,
        "oomScoreAdj": 0,
        "makeIPTablesUtilChains": False,
        "clusterDomain": "cluster.local",
        "clusterDNS": [plan.address],
        "resolvConf": str(node / "resolv.conf"),
        "podLogsDir": str(node / "podlogs"),
        "volumePluginDir": str(node / "volplugins"),
        "registerWithTaints": [{"key": ROLE, "value": KIND, "effect": "NoSchedule"}],
        "evictionHard": {"memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
        # no image may be collected: there is no registry to get it back from
        "imageGCHighThresholdPercent": 100,
        "imageGCLowThresholdPercent": 99,
        "maxPods": 60,
        "shutdownGracePeriod": "0s",
    }
