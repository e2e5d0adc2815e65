"""Ports and addresses: free ports, the machine's own address, and a range for pods that leads nowhere.

Simulated pods have addresses that nobody answers. A packet to one of them would leave by the machine's
uplink, so root adds an `unreachable` route for the range; each sandbox has a range and a route of its own
and takes the route away again.
"""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass

FIRST, LAST = 100, 198


@dataclass(frozen=True)
class Ranges:
    """Addresses of one sandbox: `whole` covers pods and services; `is_routed` when it has a route."""

    number: int
    is_routed: bool = False

    @property
    def whole(self) -> str:
        """Everything that must lead nowhere."""
        return f"10.{self.number}.0.0/15"

    @property
    def pods(self) -> str:
        """The addresses of pods."""
        return f"10.{self.number}.0.0/16"

    @property
    def services(self) -> str:
        """The addresses of services."""
        return f"10.{self.number + 1}.0.0/20"

    @property
    def first_service(self) -> str:
        """The address of the service `kubernetes`."""
        return f"10.{self.number + 1}.0.1"

    @property
    def dns_service(self) -> str:
        """The address of cluster DNS."""
        return f"10.{self.number + 1}.0.10"


def free_ports(count: int, address: str = "127.0.0.1") -> list[int]:
    """Ports that nobody listens on now; all different."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for s in sockets:
            s.bind((address, 0))
        return [int(s.getsockname()[1]) for s in sockets]


def machine_address() -> str | None:
    """The machine's own address, not loopback; None without any network. Sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        address = str(probe.getsockname()[0])
    return None if ipaddress.ip_address(address).is_loopback else address


def claim_ranges() -> tuple[Ranges, str]:
    """A range that this machine does not use, and a note for a person when it has no route (else empty)."""
    used = _used()
    candidates = [n for n in range(FIRST, LAST, 2) if not any(_network(n).overlaps(u) for u in used)]
    if not candidates:
        candidates = [FIRST]
    if os.geteuid() != 0:
        chosen = candidates[os.getpid() % len(candidates)]
        return Ranges(chosen), _note(chosen, "only root can add the route")
    if not shutil.which("ip"):
        return Ranges(candidates[0]), _note(candidates[0], "the command `ip` is missing")
    for number in candidates:
        # `add` fails where a route exists, so two sandboxes that start at once never share one
        if _ip("route", "add", "unreachable", Ranges(number).whole):
            return Ranges(number, is_routed=True), ""
    return Ranges(candidates[0]), _note(candidates[0], "the route could not be added")


def release_ranges(ranges: Ranges) -> None:
    """Takes away the route, if this sandbox added it."""
    if ranges.is_routed:
        _ip("route", "del", "unreachable", ranges.whole)


def restore_route(ranges: Ranges) -> None:
    """Adds the route again, which a reboot has removed."""
    if ranges.is_routed:
        _ip("route", "replace", "unreachable", ranges.whole)


def _note(number: int, reason: str) -> str:
    advice = f"As root: ip route replace unreachable {Ranges(number).whole}"
    return f"note: addresses of pods are not blocked ({reason}); nothing here dials them. {advice}"


def _network(number: int) -> ipaddress.IPv4Network:
    return ipaddress.IPv4Network(Ranges(number).whole)


def _used() -> list[ipaddress.IPv4Network]:
    if not shutil.which("ip"):
        return []
    told = subprocess.run(
        ["ip", "-4", "route", "show", "table", "all"], capture_output=True, text=True, check=False
    )
    found = []
    for line in told.stdout.splitlines():
        for word in line.split():
            try:
                network = ipaddress.IPv4Network(word)
            except ValueError:
                continue
            if network.prefixlen > 0:
                found.append(network)
    return found


def _ip(*arguments: str) -> bool:
    return subprocess.run(["ip", *arguments], capture_output=True, check=False).returncode == 0
