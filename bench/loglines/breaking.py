"""A way to the API server that breaks: `python -m bench.loglines.breaking PORT TARGET EVERY`.

Passes bytes on, and cuts every connection in the middle each so many seconds. Prints its port.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys

CHUNK = 1 << 16


async def serve(target: int, every: float) -> None:
    """Pass on until killed."""
    open_now: set[asyncio.StreamWriter] = set()

    async def passing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, way = await asyncio.open_connection("127.0.0.1", target)
        open_now.update((writer, way))
        await asyncio.gather(_pass(reader, way), _pass(there, writer))
        open_now.difference_update((writer, way))

    server = await asyncio.start_server(passing, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    while True:
        await asyncio.sleep(every)
        for writer in list(open_now):
            writer.transport.abort()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while part := await reader.read(CHUNK):
            writer.write(part)
            await writer.drain()
    with contextlib.suppress(OSError, RuntimeError):
        writer.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
