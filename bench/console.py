"""A console that serves, as a process of its own: its address, what it costs, and clients for it."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import msgspec

from bench.measuring import environment

_TICKS = os.sysconf("SC_CLK_TCK")
_LINE = re.compile(r"^http://\S+")
_PATIENCE = 120.0
_MIB = 1024


class Console:
    """A running `serve`. `way_in` opens it once; `enter` spends it for this process' own requests."""

    def __init__(self, pid: int, way_in: str) -> None:
        self.pid, self.way_in = pid, way_in
        self.address = way_in.partition("/enter")[0]
        self._jar = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))

    def enter(self) -> None:
        """Comes in with the one-time token."""
        self.get("/enter?" + self.way_in.partition("?")[2])

    @property
    def cookie(self) -> str:
        """The session, as a Cookie header says it."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._jar)

    def get(self, path: str, *, inside: bool = False) -> bytes:
        """A page, or only its inside as an open tab asks for it."""
        headers = {"Accept": "text/html"} | ({"hx-request": "true"} if inside else {})
        request = urllib.request.Request(self.address + path, headers=headers)  # noqa: S310 (this machine)
        with self._opener.open(request, timeout=_PATIENCE) as answer:
            body: bytes = answer.read()
            return body

    def state(self) -> str:
        """How well the console sees the cluster, in a word such as "loading" or "live"."""
        found = msgspec.json.decode(self.get("/home.json"))
        return str(found["freshness"]["state"])

    def wait(self) -> float:
        """Waits until the picture is whole; how many seconds that took."""
        began = time.monotonic()
        while self.state() != "live":
            if time.monotonic() - began > _PATIENCE:
                raise SystemExit("the console did not see the whole cluster in time")
            time.sleep(0.2)
        return time.monotonic() - began

    @property
    def memory(self) -> tuple[float, float]:
        """MiB that the process holds now, and the most it ever held."""
        text = Path(f"/proc/{self.pid}/status").read_text()
        found = dict(re.findall(r"^(VmRSS|VmHWM):\s+(\d+)", text, re.MULTILINE))
        return int(found["VmRSS"]) / _MIB, int(found["VmHWM"]) / _MIB

    @property
    def cpu(self) -> float:
        """Seconds of processor time so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS


@contextmanager
def serving(kubeconfig: Path | None = None, more: Mapping[str, str] | None = None) -> Iterator[Console]:
    """A console on that cluster (of KUBECONFIG when none is named), for as long as the block lasts."""
    with TemporaryDirectory(prefix="mission-control-bench-") as folder:
        given = {"MC_DATA_DIR": folder} | dict(more or {})
        if kubeconfig:
            given["KUBECONFIG"] = str(kubeconfig)
        command = [sys.executable, "-m", "mission_control", "serve", "--port", "0", "--no-open"]
        with subprocess.Popen(
            command, env=environment(given), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            try:
                assert process.stdout is not None  # noqa: S101 (it was asked for)
                said: list[str] = []
                found = next((m for line in process.stdout if (m := _heard(line, said))), None)
                if found is None:
                    raise SystemExit(f"the console did not start: {''.join(said)[-1000:]}")
                threading.Thread(target=process.stdout.read, daemon=True).start()  # or it would wait
                yield Console(process.pid, found[0])
            finally:
                process.terminate()


def _heard(line: str, said: list[str]) -> re.Match[str] | None:
    said.append(line)
    return _LINE.search(line)


class Streams:
    """Live streams that are read and thrown away, in a thread of their own. `heard` counts what came."""

    def __init__(self, console: Console, count: int) -> None:
        self.heard = 0
        self._console, self._count = console, count
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()

    async def _run(self) -> None:
        await asyncio.gather(*(self._read() for _ in range(self._count)), return_exceptions=True)

    async def _read(self) -> None:
        place = urlsplit(self._console.address)
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        head = f"GET /live HTTP/1.1\r\nHost: {place.netloc}\r\nCookie: {self._console.cookie}\r\n\r\n"
        writer.write(head.encode())
        async for line in reader:
            self.heard += line.startswith(b"event: changed")
