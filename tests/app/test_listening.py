"""A real socket: who is slow is hung up on, who says too much is refused, and others are served meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn

from mission_control.app.listening import LARGEST_HEAD, PatientProtocol, config


class Hasty(PatientProtocol):
    """The same with less patience."""

    patience = 0.2


async def site(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Reads the whole body and says how long it was."""
    if scope["type"] != "http":
        return
    size, more = 0, True
    while more:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False) and message["type"] != "http.disconnect"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": str(size).encode()})


class Quiet(uvicorn.Server):
    """A server that leaves signals to the tests."""

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield


@pytest.fixture
async def port() -> AsyncIterator[int]:
    made = config(site, 1)
    made.http = Hasty
    made.lifespan = "off"
    server = Quiet(made)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        running = asyncio.ensure_future(server.serve(sockets=[listening]))
        yield listening.getsockname()[1]
        server.should_exit = True
        await running


async def said(port: int, *parts: bytes) -> bytes:
    """Send parts, then read until the other side ends it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        async with asyncio.timeout(10):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


LAST = b"connection: close\r\n\r\n"


async def test_a_request_is_answered(port: int) -> None:
    answer = await said(port, b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n" + LAST + b"abc")
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"\r\n3\r\n" in answer


@pytest.mark.parametrize(
    "part",
    [
        b"",
        b"GET / HT",
        b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: ",
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab",
    ],
    ids=["nothing", "half a line", "half a head", "half a body", "half a chunk"],
)
async def test_whoever_does_not_go_on_is_hung_up_on(port: int, part: bytes) -> None:
    answer = await said(port, part)
    assert b"200" not in answer


async def test_hundred_slow_ones_keep_nobody_else_waiting(port: int) -> None:
    slow = [asyncio.ensure_future(said(port, b"GET / HTTP/1.1\r\nhost: x\r\nx: ")) for _ in range(100)]
    answer = await said(port, b"GET / HTTP/1.1\r\nhost: x\r\n" + LAST)
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"200" not in b"".join(await asyncio.gather(*slow))


async def test_a_head_that_never_ends_is_refused(port: int) -> None:
    head = b"GET / HTTP/1.1\r\nhost: x\r\n" + b"".join(b"x-%d: y\r\n" % n for n in range(LARGEST_HEAD))
    answer = await said(port, head)
    assert not answer.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "head",
    [
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ncontent-length: 30\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ntransfer-encoding: identity\r\n\r\nabc",
        b"GET / HTTP/1.1\r\nhost: x\r\nbad header: y\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"NONSENSE\r\n\r\n",
    ],
    ids=["two lengths", "unknown coding", "space in a name", "no host", "no request"],
)
async def test_a_request_that_can_be_read_in_two_ways_is_refused(port: int, head: bytes) -> None:
    assert not (await said(port, head)).startswith(b"HTTP/1.1 200")
