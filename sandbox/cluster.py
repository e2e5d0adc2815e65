"""One sandbox: starts it, mends it, ends it. The other modules are its facts and its hands.

A sandbox is a directory. Its ports, its route and each of its processes are written down there, so `down`
leaves nothing behind whatever happened in between.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from sandbox import locks, network, places, processes, record, simulation
from sandbox.api import Api
from sandbox.build import Programs, build
from sandbox.errors import ApiError, PortTaken, SandboxError, StartError
from sandbox.parts import NODE_PARTS
from sandbox.progress import Say, aloud, duration
from sandbox.real import kernel, machine, node
from sandbox.real.plan import NAME
from sandbox.record import Record
from sandbox.start import Start, Wanted, prepare

LOCK = "lock"
OWN = (
    "kubeconfig",
    "kwok.yaml",
    "cache",
    "pki",
    "etcd",
    "logs",
    "podlogs",
    "node",
    "console",
    f".{record.FILE}",
    record.FILE,
)
"""Everything a sandbox puts into its directory besides its lock; `down` removes these and nothing else."""
ATTEMPTS = 3


class Sandbox:
    """A Kubernetes control plane in a directory. `up()` and `down()` may be called in any state."""

    def __init__(
        self, directory: Path | None = None, say: Say = aloud, programs: Programs | None = None
    ) -> None:
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
        """Its API server."""
        found = self.existing()
        return Api(found.ports.apiserver, self.home / "pki", found.host)

    @property
    def env(self) -> dict[str, str]:
        """An environment in which kubectl and helm are the sandbox's own and speak to it."""
        path = f"{self.programs.bin}{os.pathsep}{os.environ.get('PATH', '')}"
        cache = str(self.home / "cache")  # else kubectl and helm leave theirs in ~/.kube
        return {**os.environ, "KUBECONFIG": str(self.kubeconfig), "KUBECACHEDIR": cache, "PATH": path}

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

    def up(self, *, bare: bool = False, stages: Sequence[Path] = (), real_node: bool = False) -> None:
        """Brings the sandbox up: builds what is missing, leaves alone what runs, mends what is half dead."""
        wanted = Wanted(bare, tuple(str(path.absolute()) for path in stages), real_node)
        for path in wanted.stages:
            if not Path(path).is_file():
                raise SandboxError(f"--stages {path}: there is no such file")
        self._check_directory()
        if real_node:
            machine.check()
        build(self.programs, self.say)
        if real_node:
            build(Programs(self.programs.cache, NODE_PARTS), self.say)
        with self._lock():
            found = self.record
            if found and found.is_whole:
                if Wanted(found.bare, tuple(found.stages), found.real is not None) != wanted:
                    raise SandboxError(
                        "a sandbox with other options runs here. End it first: python -m sandbox down"
                    )
                if self._runs(found) or self._is_mended(found):
                    return
            if found:
                self._remove(found)
            if real_node:
                node.make_ready(self.say, self.home)
            self._start_anew(wanted)

    def down(self) -> None:
        """Ends all processes of this sandbox and removes its directory and route, if there are any."""
        found = None
        if self.home.is_dir():
            with self._lock():
                found = self.record
                if found:
                    self._remove(found)
                self._sweep()
        self.say("the sandbox is down" if found else f"there is no sandbox in {self.home}")

    def status(self) -> dict[str, Any]:
        """What runs, where, and whether it answers; plain data, for `status -o json`."""
        found = self.record
        if found is None:
            return {"state": "absent", "directory": str(self.home)}
        dead = found.dead()
        nodes = self._nodes() if not dead and self.api.is_ready() else None
        listed = [
            {"name": p.name, "pid": p.pid, "alive": p.name not in dead, "log": p.log} for p in found.processes
        ]
        return {
            "state": "running" if found.is_whole and nodes else "half-dead",
            "directory": str(self.home),
            "kubeconfig": str(self.kubeconfig),
            "server": f"https://{found.host}:{found.ports.apiserver}",
            "bin": found.bin,
            "bare": found.bare,
            "real_node": NAME if found.real else None,
            "nodes": nodes,
            "processes": listed,
        }

    def _nodes(self) -> dict[str, int]:
        total = len(self.api.items("/api/v1/nodes"))
        return {"total": total, "unready": len(simulation.unready_nodes(self.api))}

    def _lock(self) -> locks.Held:
        what = f"another command works on the sandbox in {self.home}"
        return locks.held(self.home / LOCK, what, self.say)

    def _check_directory(self) -> None:
        there = [path.name for path in self.home.iterdir()] if self.home.is_dir() else []
        strangers = sorted(set(there) - {*OWN, LOCK})
        if strangers:
            listed = ", ".join(strangers[:3])
            raise SandboxError(f"{self.home} holds other things ({listed}). Name an empty directory: --dir")

    def _runs(self, found: Record) -> bool:
        if found.dead() or not self.api.is_ready():
            return False
        self.say(f"the sandbox is running already: export KUBECONFIG={self.kubeconfig}")
        return True

    def _is_mended(self, found: Record) -> bool:
        dead = found.dead()
        self.say(f"mending the sandbox: {', '.join(dead) or 'the API server'} not running")
        try:
            Start(self.home, self.programs, self.say, found).mend(dead)
        except (StartError, ApiError) as error:
            self.say(f"it could not be mended, so it starts anew: {error}")
            return False
        self.say("the sandbox is whole again")
        return True

    def _start_anew(self, wanted: Wanted) -> None:
        began = time.monotonic()
        for attempt in range(1, ATTEMPTS + 1):
            fresh = prepare(self.home, self.programs, self.say, wanted)
            try:
                Start(self.home, self.programs, self.say, fresh).bring_up()
                break
            except PortTaken:
                self._remove(fresh)
                if attempt == ATTEMPTS:
                    raise
                self.say("somebody else took one of the ports; trying others")
            except SandboxError:
                self._end(fresh)  # the logs stay for the person; the next up or down clears them away
                raise
            except BaseException:
                self._remove(fresh)
                self._sweep()
                raise
        took = duration(time.monotonic() - began)
        self.say(f"the sandbox is up after {took}: export KUBECONFIG={self.kubeconfig}")

    def _end(self, found: Record) -> None:
        """Ends processes and route and writes that down: another sandbox may have that route next."""
        if found.real:
            node.end(found, self.home)
        processes.stop(found.processes)
        if found.real:
            node.give_back(found.real, self.home)
        network.release_ranges(found.ranges)
        found.processes, found.is_whole, found.real = [], False, None
        found.ranges = replace(found.ranges, is_routed=False)
        found.save(self.home)

    def _remove(self, found: Record) -> None:
        self.__dict__.pop("api", None)  # another start has another port and other certificates
        self._end(found)
        mounted = kernel.mounts_under(self.home)
        if mounted:
            raise SandboxError(f"{mounted[0]} is still mounted, so nothing in {self.home} was removed")
        for name in OWN:
            path = self.home / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    def _sweep(self) -> None:
        """Removes the lock, and the directory when nothing of anybody's is left in it."""
        (self.home / LOCK).unlink(missing_ok=True)
        if not any(self.home.iterdir()):
            self.home.rmdir()
