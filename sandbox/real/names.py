"""The cluster's names for real pods: a small DNS server on the bridge.

The sandbox's cluster DNS is simulated, and a simulated pod answers nobody. This server knows the services of
the cluster and nothing else: every other name does not exist, for pods have no way to it anyway.
"""

from __future__ import annotations

import socket
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path

from sandbox import record
from sandbox.api import Api, Obj
from sandbox.errors import ApiError
from sandbox.places import HERE
from sandbox.record import Record

PORT = 53
HEADLESS = "None"
DOMAIN = "svc.cluster.local"
HEADER = struct.Struct(">HHHHHH")
ANSWER = struct.Struct(">HHHIH")
POINTER = 0xC00C  # the question's name, which follows the header
ADDRESS, INTERNET = 1, 1
RESPONSE, RECURSION, NO_SUCH_NAME, BROKEN = 0x8480, 0x0100, 3, 2
TTL = 5
FRESH = 1.0
"""Seconds for which services are not asked for again."""
LONGEST = 512
START = """import sys; sys.path.insert(0, {root!r})
from sandbox.real.names import serve
serve({home!r})"""

Table = dict[str, list[str]]


def command(_record: Record, home: Path) -> tuple[str, ...]:
    """The server as a process of its own."""
    return (sys.executable, "-c", START.format(root=str(HERE.parent), home=str(home)))


def serve(home: str) -> None:
    """Answers until it is ended."""
    found = record.load(Path(home))
    if found is None or found.real is None:
        raise SystemExit(f"there is no real node in {home}")
    api = Api(found.ports.apiserver, Path(home) / "pki", found.host)
    names = Names(lambda: table(api))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((found.real.address, PORT))
        while True:
            query, asker = server.recvfrom(LONGEST)
            reply = answer(query, names.addresses)
            if reply:
                server.sendto(reply, asker)


class Names:
    """The addresses of names, asked for anew when they are older than a moment."""

    def __init__(self, ask: Callable[[], Table], now: Callable[[], float] = time.monotonic) -> None:
        self._ask, self._now, self._known, self._asked = ask, now, Table(), float("-inf")

    def addresses(self, name: str) -> list[str] | None:
        """The addresses of a name; None when there is no such name."""
        if self._now() - self._asked > FRESH:
            self._known, self._asked = self._ask(), self._now()
        return self._known.get(name.lower().rstrip("."))


def table(api: Api) -> Table:
    """The names of all services, and of the pods that a headless service names."""
    made: Table = {}
    for service in api.items("/api/v1/services"):
        meta, address = service["metadata"], service["spec"].get("clusterIP") or HEADLESS
        made[f"{meta['name']}.{meta['namespace']}.{DOMAIN}"] = [] if address == HEADLESS else [address]
    headless = {name for name, addresses in made.items() if not addresses}
    for entry in api.items("/apis/discovery.k8s.io/v1/endpointslices"):
        meta = entry["metadata"]
        service = meta.get("labels", {}).get("kubernetes.io/service-name", "")
        name = f"{service}.{meta['namespace']}.{DOMAIN}"
        if name in headless and entry["addressType"] == "IPv4":
            for endpoint in entry.get("endpoints") or []:
                _add(made, name, endpoint)
    return made


def _add(made: Table, name: str, endpoint: Obj) -> None:
    if endpoint.get("conditions", {}).get("ready"):
        made[name] += endpoint["addresses"]
        if endpoint.get("hostname"):
            made[f"{endpoint['hostname']}.{name}"] = endpoint["addresses"]


def answer(query: bytes, addresses: Callable[[str], list[str] | None]) -> bytes:
    """The reply to one question; empty for what is no question."""
    try:
        number, flags, questions, *_ = HEADER.unpack_from(query)
        name, end = _name(query, HEADER.size)
        kind = int.from_bytes(query[end : end + 2], "big")
    except (struct.error, IndexError, UnicodeDecodeError):
        return b""
    if questions != 1 or flags & 0x8000:
        return b""
    try:
        found = addresses(name)
        status = NO_SUCH_NAME if found is None else 0
    except ApiError:
        found, status = None, BROKEN
    told = [socket.inet_aton(address) for address in found or []] if kind == ADDRESS else []
    head = HEADER.pack(number, RESPONSE | flags & RECURSION | status, 1, len(told), 0, 0)
    records = (ANSWER.pack(POINTER, ADDRESS, INTERNET, TTL, len(raw)) + raw for raw in told)
    return head + query[HEADER.size : end + 4] + b"".join(records)


def _name(query: bytes, start: int) -> tuple[str, int]:
    """The name that begins at `start`, and where it ends."""
    labels, place = [], start
    while query[place]:
        size = query[place]
        labels.append(query[place + 1 : place + 1 + size].decode("ascii"))
        place += 1 + size
    return ".".join(labels), place + 1
