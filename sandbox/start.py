"""Starts the processes of one sandbox in their order, and waits for each to be of use to the next.

It starts and waits; whether a start is wanted, and what happens when it fails, is `cluster`'s to decide.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sandbox import certificates, control_plane, network, podlogs, processes, simulation
from sandbox.api import Api
from sandbox.build import Programs
from sandbox.errors import PortTaken, StartError
from sandbox.parts import NODE_PARTS
from sandbox.progress import Say
from sandbox.real import images, names, node, runtime, settings
from sandbox.real.plan import NAME
from sandbox.record import Ports, Record
from sandbox.waiting import until

TAIL = 12
LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"

Command = Callable[[Record, Path], tuple[str, ...]]


@dataclass(frozen=True)
class Wanted:
    """What kind of sandbox somebody asked for."""

    bare: bool = False
    stages: tuple[str, ...] = ()
    real: bool = False


def prepare(home: Path, programs: Programs, say: Say, wanted: Wanted) -> Record:
    """Chooses ports and addresses for a new sandbox and writes them down, before anything is started."""
    for name in ("logs", "podlogs"):
        (home / name).mkdir(parents=True, exist_ok=True)
    machine = network.machine_address()
    names = ("etcd", "etcd_peer", "apiserver", "controller_manager", "scheduler", "kwok")
    local = dict(zip(names, network.free_ports(len(names)), strict=True))
    ports = Ports(**local, metrics=network.free_ports(1, machine or "127.0.0.1")[0])
    ranges, note = network.claim_ranges()
    if note:
        say(note)
    made = Record(ports, ranges, machine, wanted.bare, list(wanted.stages), str(programs.bin))
    made.save(home)
    if wanted.real:
        made.real = node.plan(ranges)
        made.machine, made.node_bin = made.real.address, str(Programs(programs.cache, NODE_PARTS).bin)
        made.save(home)
    return made


class Start:
    """One start, or one repair, of the sandbox whose record is given."""

    def __init__(self, home: Path, programs: Programs, say: Say, found: Record) -> None:
        self.home = home
        self.kustomize = programs.extras("kwok")
        self.kubectl = programs.path("kubectl")
        self.say = say
        self.found = found

    @cached_property
    def api(self) -> Api:
        """The API server that is being started; its certificates must be there."""
        return Api(self.found.ports.apiserver, self.home / "pki", self.found.host)

    def bring_up(self) -> None:
        """Everything from certificates to ready nodes."""
        self._write_files()
        loading = self._begin_node() if self.found.real else None
        try:
            self._bring_up_control_plane()
            if loading:
                self._finish_node(loading)
        finally:
            if loading:
                loading.abandon()
        self.found.is_whole = True
        self.found.save(self.home)

    def _bring_up_control_plane(self) -> None:
        self._launch("etcd", control_plane.etcd)
        self._launch("kube-apiserver", control_plane.apiserver)
        self._wait("the API server to answer", self.api.is_ready)
        simulation.define_log_kinds(self.api, self.kustomize)
        self._launch("kube-controller-manager", control_plane.controller_manager)
        self._launch("kube-scheduler", control_plane.scheduler)
        self._wait("the kinds Logs and ClusterLogs", lambda: simulation.log_kinds_are_served(self.api))
        if not self.found.bare:
            simulation.add_nodes(self.api, [f"node-{i}" for i in range(1, simulation.NODES + 1)])
        self._launch("kwok", control_plane.kwok)
        if self.found.real:
            self._launch("kubelet", settings.kubelet)
            self._launch("kube-proxy", settings.kube_proxy)
            self._launch("names", names.command)
        if not self.found.bare:
            self._furnish()
        account = "/api/v1/namespaces/default/serviceaccounts/default"
        self._wait("service accounts", lambda: self.api.find(account) is not None)

    def _begin_node(self) -> runtime.Loading:
        """Starts containerd and lets it import images while the control plane starts."""
        self._launch("containerd", settings.containerd)
        self._wait("containerd to answer", lambda: runtime.answers(self.home))
        return runtime.Loading(self.home, images.archives())

    def _finish_node(self, loading: runtime.Loading) -> None:
        loading.finish()
        self._wait("the real node to be ready", lambda: node.is_ready(self.api))

    def mend(self, dead: list[str]) -> None:
        """Starts the processes that ended, with the command lines they had."""
        network.restore_route(self.found.ranges)
        if self.found.real:
            node.lay_out(self.found.real, self.found, self.home)
        for process in [p for p in self.found.processes if p.name in dead]:
            self._start(process.name, process.argv)
        self._wait("the API server to answer", self.api.is_ready)
        plan = self.found.real
        if plan:
            self._wait("kubelet and containerd to answer", lambda: node.answers(plan, self.home))
        if "kwok" in dead:
            # kwok would wait until the leases of its former self end
            self.api.delete(LEASES)
        self._wait("its nodes to be ready", lambda: not simulation.unready_nodes(self.api), 60)

    def _write_files(self) -> None:
        found, pki = self.found, self.home / "pki"
        name = NAME if found.real else ""
        certificates.make(pki, certificates.identities(found.ranges.first_service, found.machine, name))
        control_plane.write_kubeconfig(self.home / "kubeconfig", "admin", found, self.home)
        if found.real:
            node.lay_out(found.real, found, self.home)
        real = ("kubelet", "kube-proxy") if found.real else ()
        for identity in ("controller-manager", "scheduler", *real):
            control_plane.write_kubeconfig(pki / f"{identity}.kubeconfig", identity, found, self.home)
        more = [Path(stage) for stage in found.stages]
        text = simulation.configuration(self.kustomize, more, bare=found.bare)
        (self.home / "kwok.yaml").write_text(text)

    def _furnish(self) -> None:
        found = self.found
        if found.machine:
            self._launch("metrics-server", control_plane.metrics_server)
            simulation.register_metrics(self.api, found.machine, found.ports.metrics)
        else:
            self.say("note: no network, so no metrics-server (it needs an address that is not loopback)")
        podlogs.serve(self.api, self.home / "podlogs")
        self._apply(simulation.platform(found.ranges.dns_service))
        self._wait("the nodes to be ready", lambda: not simulation.unready_nodes(self.api))
        dns = "/apis/apps/v1/namespaces/kube-system/deployments/coredns"
        self._wait("cluster DNS", lambda: self.api.get(dns)["status"].get("readyReplicas", 0) > 1)

    def _apply(self, manifest: str) -> None:
        mine = (f"--kubeconfig={self.home / 'kubeconfig'}", f"--cache-dir={self.home / 'cache'}")
        command = [str(self.kubectl), *mine, "apply", "--server-side", "-f", "-"]
        done = subprocess.run(command, input=manifest, capture_output=True, text=True, check=False)
        if done.returncode:
            raise StartError(f"storage and cluster DNS could not be set up: {done.stderr.strip()[-600:]}")

    def _launch(self, name: str, command: Command) -> None:
        self._start(name, command(self.found, self.home))

    def _start(self, name: str, argv: tuple[str, ...]) -> None:
        self.found.remember(processes.start(name, argv, self.home / "logs" / f"{name}.log"), self.home)

    def _wait(self, what: str, holds: Callable[[], bool], patience: float = 40) -> None:
        def holds_or_fails() -> bool:
            dead = next((process for process in self.found.processes if not process.is_alive()), None)
            if dead:
                raise _failure(dead)
            return holds()

        if not until(holds_or_fails, patience):
            raise StartError(f"waited {patience:.0f} s for {what}; see the logs in {self.home / 'logs'}")


def _failure(process: processes.Process) -> StartError:
    log = Path(process.log)
    lines = log.read_text(errors="replace").splitlines()[-TAIL:] if log.exists() else []
    tail = "\n  ".join(line[:300] for line in lines)
    text = f"{process.name} ended by itself. Its last lines:\n  {tail}\nThe whole log is {process.log}."
    if any("address already in use" in line for line in lines):
        return PortTaken(text)
    return StartError(text)
