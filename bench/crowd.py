"""Many people at once: sessions that open a page every ten seconds, live streams, thousands of pods.

    python -m bench.crowd                                200 sessions, 50 streams, 10 minutes
    python -m bench.crowd --sessions 40 --seconds 60     the same, small enough for every day

On the cluster of KUBECONFIG, such as a sandbox with 5,000 pods (`python -m sandbox scale 5000`). Goals: no
error, 99 of 100 pages within a second, memory that does not grow (less than a tenth from its first half to
its second). Status 1 when one is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import httpx2
import msgspec

from bench.console import Console, serving
from bench.measuring import load
from mission_control.access.sessions import Sessions
from mission_control.domain.rights import RoleAt
from mission_control.storage.accounts import Account, AccountStore
from mission_control.storage.audit import Audit, Entry
from mission_control.storage.database import open_database
from mission_control.storage.sessions import SessionStore

EVERY = 10.0  # seconds between two pages of a session
PAGES = (
    "/",
    "/health",
    "/workloads",
    "/workloads?only=wrong",
    "/nodes",
    "/events",
    "/network",
    "/storage",
    "/audit",
)
OF_ONE = 20  # sessions of one account
GOAL = 1.0  # seconds
GROWTH = 1.1


class Seen(msgspec.Struct):
    """What the crowd saw: seconds of each page, what went wrong, memory at moments."""

    took: list[float] = []
    wrong: list[str] = []
    memory: list[float] = []
    heard: int = 0


def now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


async def sign_in(folder: Path, count: int) -> list[str]:
    """So many sessions in a state of their own, put there as a sign-in would."""
    database = open_database(folder)
    sessions = Sessions(SessionStore(database), now)
    accounts = AccountStore(database, Audit(database, now))
    ids = []
    for number in range(count):
        name = f"person-{number // OF_ONE}"
        if number % OF_ONE == 0:
            account = Account(name, "no password", (RoleAt("*", "admin"),), now(), now())
            accounts.put(account, Entry("bench", "account.create", name))
        ids.append(await sessions.begin(name, "account", "127.0.0.1", "bench"))
    database.close()
    return ids


def cookie(console: Console, session: str) -> dict[str, str]:
    """The header that carries a session."""
    return {"cookie": f"mc_session_{urlsplit(console.address).port}={session}"}


async def person(client: httpx2.AsyncClient, headers: dict[str, str], seen: Seen, until: float) -> None:
    """Opens a page every ten seconds, beginning at some moment of the first."""
    await asyncio.sleep(random.uniform(0, EVERY))  # noqa: S311 (nothing secret)
    while time.monotonic() < until:
        path, began = random.choice(PAGES), time.monotonic()  # noqa: S311 (the same)
        try:
            answer = await client.get(path, headers=headers, follow_redirects=True)
            if answer.status_code != 200 or b"</html>" not in answer.content:  # noqa: PLR2004
                seen.wrong.append(f"{path} answered {answer.status_code}")
        except httpx2.HTTPError as error:
            seen.wrong.append(f"{path}: {type(error).__name__}")
        took = time.monotonic() - began
        seen.took.append(took)
        await asyncio.sleep(max(0.0, EVERY - took))


async def stream(client: httpx2.AsyncClient, headers: dict[str, str], seen: Seen, until: float) -> None:
    """Listens to the live stream."""
    try:
        async with client.stream("GET", "/live", headers=headers) as answer:
            async for line in answer.aiter_lines():
                seen.heard += line.startswith("event: ")
                if time.monotonic() > until:
                    return
        seen.wrong.append("a live stream ended")
    except httpx2.HTTPError as error:
        seen.wrong.append(f"a live stream: {type(error).__name__}")


async def crowd(console: Console, ids: list[str], streams: int, seconds: float) -> Seen:
    """Everybody at once."""
    seen, until = Seen(), time.monotonic() + seconds

    async def weigh() -> None:
        while True:
            seen.memory.append(console.memory[0])
            await asyncio.sleep(1)

    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx2.AsyncClient(
        base_url=console.address, timeout=60, limits=limits, trust_env=False
    ) as client:
        weighing = asyncio.ensure_future(weigh())
        people = [person(client, cookie(console, one), seen, until) for one in ids]
        listening = [stream(client, cookie(console, one), seen, until) for one in ids[:streams]]
        await asyncio.gather(*people, *listening)
        weighing.cancel()
        with suppress(asyncio.CancelledError):
            await weighing
    return seen


async def ready(console: Console, session: str) -> None:
    """Waits until the picture is whole."""
    async with httpx2.AsyncClient(base_url=console.address, timeout=60, trust_env=False) as client:
        while True:
            answer = await client.get("/home.json", headers=cookie(console, session))
            if answer.json()["freshness"]["state"] == "live":
                return
            await asyncio.sleep(0.5)


def judged(seen: Seen, cpu: float, seconds: float) -> bool:
    """Tells the figures; whether the goals are met."""
    took = sorted(seen.took)
    p99 = took[min(len(took) - 1, int(len(took) * 0.99))]
    half = len(seen.memory) // 2
    first, second = max(seen.memory[:half]), max(seen.memory[half:])
    print(f"pages: {len(took)}, {took[len(took) // 2] * 1000:.0f} ms median, {p99 * 1000:.0f} p99, "
          f"{took[-1] * 1000:.0f} worst; {len(seen.wrong)} wrong {sorted(set(seen.wrong))[:5]}")  # fmt: skip
    print(f"memory: at most {first:.0f} MiB in the first half, {second:.0f} in the second")
    print(f"processor: {100 * cpu / seconds:.0f} % of a core; the streams heard {seen.heard} events")
    return not seen.wrong and p99 <= GOAL and second <= first * GROWTH


def main() -> int:
    """Measures a crowd."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sessions", type=int, default=200)
    parser.add_argument("--streams", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=600)
    chosen = parser.parse_args()
    print(load())
    with TemporaryDirectory(prefix="mission-control-crowd-") as folder:
        ids = asyncio.run(sign_in(Path(folder), chosen.sessions))
        with serving(more={"MC_SIGN_IN": "accounts", "MC_DATA_DIR": folder}) as console:
            asyncio.run(ready(console, ids[0]))
            before = console.cpu
            seen = asyncio.run(crowd(console, ids, min(chosen.streams, len(ids)), chosen.seconds))
            met = judged(seen, console.cpu - before, chosen.seconds)
    print(load())
    print("every goal is met" if met else "a goal is missed")
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
