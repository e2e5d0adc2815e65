"""A real node from its plan to its end, in the order in which nothing stays behind.

The end comes in the order pods, kubelet, containers, containerd, machine: a kubelet that is stopped before
its pods leaves shims, name spaces and mounts that nobody owns any more.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path

from sandbox import network, processes
from sandbox.api import Api
from sandbox.errors import ApiError, NoRealNode
from sandbox.network import Ranges
from sandbox.progress import Say
from sandbox.real import images, kernel, machine, runtime, settings, traces
from sandbox.real.plan import NAME, NodePorts, Plan
from sandbox.record import Record
from sandbox.waiting import until

LONGEST_SOCKET = 107  # bytes of a path, by the kernel's sockaddr_un
GRACE = 1
PATIENCE = 12.0
DECIDERS = ("kube-controller-manager", "kube-scheduler")
"""They would make new pods in the place of those that go."""


def make_ready(say: Say, home: Path) -> None:
    """Checks the machine, installs what it lacks and packs the images, before a start is begun."""
    machine.check()
    check_path(home)
    machine.check_no_other()
    machine.equip(say, machine.FOR_NODE)
    images.make(say)


def check_path(home: Path) -> None:
    """Refuses a directory in which the kubelet could not listen."""
    if (over := len(os.fsencode(settings.longest_socket(home))) - LONGEST_SOCKET) > 0:
        raise NoRealNode(
            f"the path {home} is too long by {over} bytes for the kubelet's sockets; "
            "name a shorter one: --dir"
        )


def plan(ranges: Ranges) -> Plan:
    """Decides names and ports, and notes down the machine as it is."""
    if not ranges.is_routed:
        raise NoRealNode(
            "no range of addresses could be kept from leaving the machine (ip route add unreachable …), "
            "so a real node does not start"
        )
    ports = NodePorts(*network.free_ports(4))
    return Plan(ranges.number, ports, str(machine.plugins()), kernel.sysctls(), traces.strangers())


def lay_out(plan: Plan, found: Record, home: Path) -> None:
    """Everything the node's processes need from the machine: address, cgroup, files."""
    kernel.lay_bridge(plan, found.ranges)
    kernel.make_cgroup(plan)
    settings.write(plan, found, home)


def is_ready(api: Api) -> bool:
    """Whether the node is registered and ready for pods."""
    node = api.find(f"/api/v1/nodes/{NAME}")
    conditions = node.get("status", {}).get("conditions", []) if node else []
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


def answers(plan: Plan, home: Path) -> bool:
    """Whether kubelet and containerd listen; the API shows a dead node as ready for another minute."""
    try:
        with socket.create_connection((plan.address, plan.ports.kubelet), timeout=1):
            return runtime.answers(home)
    except OSError:
        return False


def end(found: Record, home: Path) -> None:
    """Ends pods, kubelet and containerd, whatever state they are in."""
    _stop(found, *DECIDERS)
    if {"kubelet", "containerd", "kube-apiserver"} <= {p.name for p in found.processes if p.is_alive()}:
        _delete_pods(found, home)
    _stop(found, "kubelet", "kube-proxy")
    runtime.remove_containers(home)
    _stop(found, "containerd")
    runtime.kill_shims(home)


def give_back(plan: Plan, home: Path) -> None:
    """Takes back every change of the machine, when no process of the sandbox needs its address any more."""
    kernel.remove_cgroup(plan)
    kernel.unmount_under(settings.folder(home))
    kernel.remove_packet_rules()
    kernel.remove_bridge(plan)
    kernel.restore_sysctls(plan.sysctls)
    traces.remove(plan, settings.folder(home))


def _stop(found: Record, *names: str) -> None:
    processes.stop([process for process in found.processes if process.name in names])


def _delete_pods(found: Record, home: Path) -> None:
    api = Api(found.ports.apiserver, home / "pki", found.host)
    try:
        for pod in api.items(f"/api/v1/pods?fieldSelector=spec.nodeName%3D{NAME}"):
            meta = pod["metadata"]
            path = f"/api/v1/namespaces/{meta['namespace']}/pods/{meta['name']}"
            api.delete(path, {"gracePeriodSeconds": GRACE})
    except ApiError:
        return  # it does not answer any more; what is left is killed below
    until(lambda: not runtime.listed(home, "tasks"), PATIENCE, 0.1)
