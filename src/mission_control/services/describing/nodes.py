"""A node: what it is, what it can give, and what its pods ask of it, in the order of `kubectl describe`."""

from __future__ import annotations

from mission_control.domain.objects import Pod
from mission_control.domain.quantity import bytes_text, short
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.usage import Gauge, Usage, UsageIndex, together
from mission_control.services.capacity import ENDED, number
from mission_control.services.describing.head import annotated, labels
from mission_control.services.describing.lines import (
    Line,
    Lines,
    Tree,
    at,
    block,
    listed,
    many,
    moment,
    one,
    some,
)
from mission_control.services.rows import pod_gauges

_ROLE = "node-role.kubernetes.io/"
_INFO = (
    ("Machine ID", "machineID"),
    ("System UUID", "systemUUID"),
    ("Boot ID", "bootID"),
    ("Kernel Version", "kernelVersion"),
    ("OS Image", "osImage"),
    ("Operating System", "operatingSystem"),
    ("Architecture", "architecture"),
    ("Container Runtime Version", "containerRuntimeVersion"),
    ("Kubelet Version", "kubeletVersion"),
    ("Kube-Proxy Version", "kubeProxyVersion"),
)
_UNMEASURED = UsageIndex(Usage())


def node(tree: Tree, snapshot: Snapshot) -> Lines:
    """A node."""
    spec, status = at(tree, "spec", default={}), at(tree, "status", default={})
    roles = [
        key.removeprefix(_ROLE) for key in at(tree, "metadata", "labels", default={}) if key.startswith(_ROLE)
    ]
    yield one("Roles", ",".join(sorted(roles)))
    yield from labels(tree)
    yield from annotated(tree)
    yield one("CreationTimestamp", moment(at(tree, "metadata", "creationTimestamp")))
    yield from many("Taints", map(_taint, listed(spec, "taints")))
    yield one("Unschedulable", bool(spec.get("unschedulable")))
    yield Line("Conditions")
    for entry in listed(status, "conditions"):
        words = [str(entry.get(key)) for key in ("status", "reason", "message") if entry.get(key)]
        since = f"since {moment(entry.get('lastTransitionTime'))}"
        yield Line(str(entry.get("type")), "  ".join([*words, since]), 1)
    yield Line("Addresses")
    for entry in listed(status, "addresses"):
        yield one(str(entry.get("type")), entry.get("address"), 1)
    for label in ("Capacity", "Allocatable"):
        found = at(status, label.lower(), default={})
        yield from block(label, (one(key, found[key]) for key in sorted(found)))
    info = at(status, "nodeInfo", default={})
    yield from block("System Info", (Line(label, str(info.get(key, ""))) for label, key in _INFO))
    yield from some("PodCIDR", spec.get("podCIDR"))
    yield from some("ProviderID", spec.get("providerID"))
    yield from _tenants(str(at(tree, "metadata", "name")), at(status, "allocatable", default={}), snapshot)


def _taint(taint: Tree) -> str:
    value = f"={taint['value']}" if taint.get("value") else ""
    return f"{taint.get('key')}{value}:{taint.get('effect')}"


def _tenants(name: str, able: Tree, snapshot: Snapshot) -> Lines:
    """The pods that run there, and the sum of what they ask for."""
    if not snapshot.sees(Pod):
        yield Line("Non-terminated Pods", "not seen")
        return
    pods = [pod for pod in snapshot.pods_on(name) if pod.status.phase not in ENDED]
    pods.sort(key=lambda pod: (pod.namespace, pod.name))
    yield Line("Non-terminated Pods", f"{len(pods)} in total")
    gauges = [pod_gauges(pod, _UNMEASURED) for pod in pods]
    for pod, (cpu, memory) in zip(pods, gauges, strict=True):
        yield Line(
            f"{pod.namespace}/{pod.name}", f"cpu {_asked(cpu, short)}, memory {_asked(memory, bytes_text)}", 1
        )
    yield Line("Allocated resources")
    for label, key, place, text in (("cpu", "cpu", 0, short), ("memory", "memory", 1, bytes_text)):
        total = together([pair[place] for pair in gauges])
        limit = number(able.get(key))
        share = f" ({total.requested / limit:.0%} of what it can give)" if total.requested and limit else ""
        yield Line(label, f"{_asked(total, text)}{share}", 1)


def _asked(gauge: Gauge, text: object) -> str:
    """Requests and limits in words; no limit is said."""
    words = text if callable(text) else str
    asked = words(gauge.requested) if gauge.requested is not None else "nothing"
    limit = f"limit {words(gauge.limit)}" if gauge.limit is not None else "no limit"
    return f"asks for {asked}, {limit}"
