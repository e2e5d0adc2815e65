"""A small TLS server on this machine that answers like an API server, and certificates to try it with."""

from __future__ import annotations

import asyncio
import base64
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
_TLS_HANDSHAKE = b"\x16"
Answer = Callable[[dict[str, str]], tuple[int, bytes]]


class Authority:
    """A certificate authority in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._run(
            "req", "-x509", *KEY, "-days", "10", "-subj", "/CN=ca", "-keyout", "ca.key", "-out", "ca.crt"
        )

    def issue(self, name: str, alternative: str = "IP:127.0.0.1", days: int = 5) -> tuple[Path, Path]:
        """A certificate and its key; negative `days` make one that has expired."""
        (self.folder / f"{name}.ext").write_text(f"subjectAltName={alternative}\n")
        self._run("req", *KEY, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        signed = ("-CA", "ca.crt", "-CAkey", "ca.key", "-set_serial", "2", "-extfile", f"{name}.ext")
        self._run("x509", "-req", "-days", str(days), *signed, "-in", f"{name}.csr", "-out", f"{name}.crt")
        return self.folder / f"{name}.crt", self.folder / f"{name}.key"

    @property
    def data(self) -> str:
        """The authority's certificate as a kubeconfig holds it."""
        return encoded(self.folder / "ca.crt")

    def _run(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)


def encoded(path: Path) -> str:
    """A file's content in base64."""
    return base64.b64encode(path.read_bytes()).decode()


def version(headers: dict[str, str]) -> tuple[int, bytes]:
    """Answers as /version does, whoever asks."""
    del headers
    return 200, b'{"gitVersion":"v1.34.4"}'


@asynccontextmanager
async def serving(
    pair: tuple[Path, Path] | None, answer: Answer = version, authority: Path | None = None
) -> AsyncIterator[int]:
    """The port of a server that answers every request; with an `authority` it wants client certificates."""
    context = None
    if pair:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*pair)
        if authority:
            context.load_verify_locations(authority)
            context.verify_mode = ssl.CERT_REQUIRED

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            first = await reader.readexactly(1)
            if first == _TLS_HANDSHAKE:
                writer.write(b"HTTP/1.0 400 Bad Request\r\n\r\nThis port does not speak https.")
                await writer.drain()
                return
            head = (first + await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in head[1:]) if k}
            code, body = answer(headers)
            writer.write(
                b"HTTP/1.1 %d X\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % (code, len(body))
            )
            writer.write(body)
            await writer.drain()
        except (asyncio.IncompleteReadError, OSError, ssl.SSLError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()
