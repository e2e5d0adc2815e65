"""One sandbox: starts it, mends it, ends it. The rest of the package gives this module its facts and its hands.

A sandbox is a directory. Everything it has – processes, ports, a route – is written down there before it is needed, so `down`
leaves nothing behind whatever happened in between.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from sandbox import certificates, control_plane, locks, network, places, processes, record, simulation
from sandbox.api import Api
from sandbox.build import Programs, build
from sandbox.errors import ApiError, PortTaken, SandboxError, StartError
from sandbox.progress import Say, aloud, duration
from sandbox.record import Ports, Record

OWN = ("kubeconfig", "kwok.yaml", "pki", "etcd", "logs", "podlogs", f".{record.FILE}", record.FILE, "lock")
"""Everything a sandbox puts into its directory; `down` removes these and nothing else."""
ATTEMPTS = 3
POLL = 0.05
TAIL = 12

Command = Callable[[Record, Path], tuple[str, ...]]


class Sandbox:
    """A Kubernetes control plane in a directory. `up()` and `down()` may be called in any state."""

    def __init__(self, directory: Path | None = None, say: Say = aloud, programs: Programs | None = None) -> None:
        self.home = (directory or places.default_directory()).absolute()
        self.say = say
        self.programs = programs or Programs()
        self.kubeconfig = self.home / "kubeconfig"

    @property
    def record(self) -> Record | None:
        """What is written down about this sandbox; None when it does not exist."""
        return record.load(self.home)

    @cached_property
    def api(self) -> Api:
        """A connection to its API server."""
        return Api(self.existing().ports.apiserver, self.home / "pki")

    @property
    def env(self) -> dict[str, str]:
        """An environment in which kubectl and helm are the sandbox's own and speak to it."""
        path = f"{self.programs.bin}{os.pathsep}{os.environ.get('PATH', '')}"
        return {**os.environ, "KUBECONFIG": str(self.kubeconfig), "PATH": path}

    def existing(self) -> Record:
        """The record of a sandbox that must be there."""
        found = self.record
        if found is None:
            raise SandboxError(f"there is no sandbox in {self.home}. Start one: python -m sandbox up")
        return found

    def run(self, *command: str, stdin: str | None = None) -> str:
        """Runs one of the sandbox's own programs (kubectl, helm) against it; its output."""
        argv = [str(self.programs.path(command[0])), *command[1:]]
        done = subprocess.run(argv, env=self.env, input=stdin, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SandboxError(f"{' '.join(command[:3])} failed: {done.stderr.strip()[-800:]}")
        return done.stdout

    # --- up ---------------------------------------------------------------------------------------------------
    def up(self, *, bare: bool = False, stages: Sequence[Path] = ()) -> None:
        """Brings the sandbox up. One that runs is left alone, one that is half dead is mended, and what is not built is built."""
        build(self.programs, self.say)
        wanted = [str(path.absolute()) for path in stages]
        for path in wanted:
            if not Path(path).is_file():
                raise SandboxError(f"--stages {path}: there is no such file")
        self._check_directory()
        with locks.held(self.home / "lock", f"another command works on the sandbox in {self.home}", self.say):
            found = self.record
            if found and found.is_whole:
                if (found.bare, found.stages) != (bare, wanted):
                    raise SandboxError("a sandbox with other options runs here. End it first: python -m sandbox down")
                if self._runs_or_is_mended(found):
                    return
            if found:
                self._remove(found)
            self._start_fresh(bare, wanted)

    def _check_directory(self) -> None:
        strangers = [p.name for p in self.home.iterdir() if p.name not in OWN] if self.home.is_dir() else []
        if strangers:
            raise SandboxError(f"{self.home} holds other things ({', '.join(sorted(strangers)[:3])}). Name an empty directory with --dir.")

    def _runs_or_is_mended(self, found: Record) -> bool:
        dead = found.dead()
        if not dead and self.api.is_ready():
            self.say(f"the sandbox is running already: export KUBECONFIG={self.kubeconfig}")
            return True
        self.say(f"mending the sandbox: {', '.join(dead) or 'the API server'} not running")
        try:
            self._mend(found, dead)
        except (StartError, ApiError) as error:
            self.say(f"it could not be mended, so it starts anew: {error}")
            return False
        self.say("the sandbox is whole again")
        return True

    def _mend(self, found: Record, dead: list[str]) -> None:
        network.restore_route(found.ranges)
        for process in [p for p in found.processes if p.name in dead]:
            self._start(found, process.name, process.argv)
        self._wait(found, "the API server to answer", self.api.is_ready)
        if "kwok" in dead:
            # kwok would wait until the leases of its former self end
            self.api.delete("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases")
        self._wait(found, "its nodes to be ready", lambda: not simulation.unready_nodes(self.api), 60)

    def _start_fresh(self, bare: bool, stages: list[str]) -> None:  # noqa: FBT001 (a private step of up)
        began = time.monotonic()
        for attempt in range(1, ATTEMPTS + 1):
            self.__dict__.pop("api", None)
            fresh = self._prepare(bare, stages)
            try:
                self._bring_up(fresh)
                break
            except PortTaken:
                self._remove(fresh)
                if attempt == ATTEMPTS:
                    raise
                self.say("somebody else took one of the ports; trying others")
            except SandboxError:
                processes.stop(fresh.processes)  # the logs stay for the person; the next up or down clears them
                network.release_ranges(fresh.ranges)
                raise
            except BaseException:
                self._remove(fresh)
                raise
        self.say(f"the sandbox is up after {duration(time.monotonic() - began)}: export KUBECONFIG={self.kubeconfig}")

    def _prepare(self, bare: bool, stages: list[str]) -> Record:  # noqa: FBT001
        for name in ("logs", "podlogs"):
            (self.home / name).mkdir(parents=True, exist_ok=True)
        machine = network.machine_address()
        *local, metrics = (*network.free_ports(6), network.free_ports(1, machine or "127.0.0.1")[0])
        ranges, note = network.claim_ranges()
        if note:
            self.say(note)
        fresh = Record(Ports(*local, metrics), ranges, machine, bare, stages, str(self.programs.bin))
        fresh.save(self.home)
        return fresh

    def _bring_up(self, fresh: Record) -> None:
        pki, kustomize = self.home / "pki", self.programs.extras("kwok")
        certificates.make(pki, certificates.identities(fresh.ranges.first_service, fresh.machine))
        control_plane.write_kubeconfig(self.kubeconfig, "admin", fresh, self.home)
        for identity in ("controller-manager", "scheduler"):
            control_plane.write_kubeconfig(pki / f"{identity}.kubeconfig", identity, fresh, self.home)
        more = [Path(stage) for stage in fresh.stages]
        (self.home / "kwok.yaml").write_text(simulation.configuration(kustomize, more, bare=fresh.bare))
        self._launch(fresh, "etcd", control_plane.etcd)
        self._launch(fresh, "kube-apiserver", control_plane.apiserver)
        self._wait(fresh, "the API server to answer", self.api.is_ready)
        simulation.define_log_kinds(self.api, kustomize)
        self._launch(fresh, "kube-controller-manager", control_plane.controller_manager)
        self._launch(fresh, "kube-scheduler", control_plane.scheduler)
        self._wait(fresh, "the kinds Logs and ClusterLogs", lambda: simulation.log_kinds_are_served(self.api))
        if not fresh.bare:
            simulation.add_nodes(self.api, [f"node-{i}" for i in range(1, simulation.NODES + 1)])
        self._launch(fresh, "kwok", control_plane.kwok)
        if not fresh.bare:
            self._furnish(fresh)
        account = "/api/v1/namespaces/default/serviceaccounts/default"
        self._wait(fresh, "service accounts", lambda: self.api.find(account) is not None)
        fresh.is_whole = True
        fresh.save(self.home)

    def _furnish(self, fresh: Record) -> None:
        if fresh.machine:
            self._launch(fresh, "metrics-server", control_plane.metrics_server)
            simulation.register_metrics(self.api, fresh.machine, fresh.ports.metrics)
        else:
            self.say("note: no network, so no metrics-server (it needs an address that is not loopback)")
        platform = simulation.platform(fresh.ranges.dns_service)
        self.run("kubectl", "apply", "--server-side", "-f", "-", stdin=platform)
        self._wait(fresh, "six nodes to be ready", lambda: not simulation.unready_nodes(self.api))
        dns = "/apis/apps/v1/namespaces/kube-system/deployments/coredns"
        self._wait(fresh, "cluster DNS", lambda: self.api.get(dns)["status"].get("readyReplicas", 0) > 1)

    def _launch(self, fresh: Record, name: str, command: Command) -> None:
        self._start(fresh, name, command(fresh, self.home))

    def _start(self, found: Record, name: str, argv: tuple[str, ...]) -> None:
        found.remember(processes.start(name, argv, self.home / "logs" / f"{name}.log"), self.home)

    def _wait(self, found: Record, what: str, holds: Callable[[], bool], patience: float = 40) -> None:
        end = time.monotonic() + patience
        while not _holds(holds):
            for process in found.processes:
                if not process.is_alive():
                    raise _failure(process)
            if time.monotonic() > end:
                raise StartError(f"waited {patience:.0f} s for {what}; see the logs in {self.home / 'logs'}")
            time.sleep(POLL)

    # --- down and status --------------------------------------------------------------------------------------
    def down(self) -> None:
        """Ends every process of this sandbox and removes its directory and route. Nothing there is no error."""
        if not self.home.is_dir():
            self.say(f"there is no sandbox in {self.home}")
            return
        with locks.held(self.home / "lock", f"another command works on the sandbox in {self.home}", self.say):
            found = self.record
            if found:
                self._remove(found)
            self._sweep()
        self.say("the sandbox is down" if found else f"there is no sandbox in {self.home}")

    def _remove(self, found: Record) -> None:
        if "api" in self.__dict__:
            self.api.close()
            del self.__dict__["api"]
        processes.stop(found.processes)
        network.release_ranges(found.ranges)
        for name in OWN:
            if name != "lock":  # it is held
                _remove(self.home / name)

    def _sweep(self) -> None:
        _remove(self.home / "lock")
        if self.home.is_dir() and not any(self.home.iterdir()):
            self.home.rmdir()

    def status(self) -> dict[str, Any]:
        """What runs, where, and whether it answers; plain data, for `status -o json`."""
        found = self.record
        if found is None:
            return {"state": "absent", "directory": str(self.home)}
        dead = found.dead()
        nodes = None
        if not dead and self.api.is_ready():
            nodes = {"total": len(self.api.items("/api/v1/nodes")), "unready": len(simulation.unready_nodes(self.api))}
        return {
            "state": "running" if found.is_whole and nodes else "half-dead",
            "directory": str(self.home),
            "kubeconfig": str(self.kubeconfig),
            "server": f"https://127.0.0.1:{found.ports.apiserver}",
            "bin": found.bin,
            "bare": found.bare,
            "nodes": nodes,
            "processes": [{"name": p.name, "pid": p.pid, "alive": p.name not in dead, "log": p.log} for p in found.processes],
        }


def _holds(condition: Callable[[], bool]) -> bool:
    try:
        return condition()
    except ApiError:
        return False  # not yet: a server that starts refuses for a moment what it will answer


def _failure(process: processes.Process) -> StartError:
    lines = Path(process.log).read_text(errors="replace").splitlines() if Path(process.log).exists() else []
    tail = "\n  ".join(line[:300] for line in lines[-TAIL:])
    text = f"{process.name} ended by itself. Its last lines:\n  {tail}\nThe whole log is {process.log}."
    return (PortTaken if any("address already in use" in line for line in lines[-TAIL:]) else StartError)(text)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
