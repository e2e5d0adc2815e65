"""Under which address a browser finds the console, and by which names it may ask for it.

A console that listens on every address of its machine ("0.0.0.0") is found under none of that name by others,
so the machine's own addresses and its name stand for it. Nothing is sent to find them.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator

_NOWHERE = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}  # addresses of documentation


def is_any(host: str) -> bool:
    """Whether it means every address of the machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_unspecified
    except ValueError:
        return host == ""


def own_hosts(host: str) -> tuple[str, ...]:
    """The names and addresses of this machine by which others may ask, the best to tell first."""
    if not is_any(host):
        return (host,)
    found = [*_outgoing(), socket.gethostname(), *_by_name()]
    return tuple(dict.fromkeys(name for name in found if name and not _is_loopback(name)))


def address(host: str, port: int) -> str:
    """The address to open."""
    name = next(iter(own_hosts(host)), "127.0.0.1")
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _outgoing() -> Iterator[str]:
    """The address from which this machine would reach another; connecting a datagram socket sends nothing."""
    for family, elsewhere in _NOWHERE.items():
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as tried:
                tried.connect((elsewhere, 9))
                yield tried.getsockname()[0]
        except OSError:
            continue  # no way out by this family


def _by_name() -> list[str]:
    try:
        found = socket.getaddrinfo(socket.gethostname(), None, type=socket.SOCK_DGRAM)
    except OSError:
        return []
    return [str(entry[4][0]) for entry in found]


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
