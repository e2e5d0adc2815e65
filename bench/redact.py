"""How fast the redaction engine is: a mixed log, a quarter of its lines with a secret, on one core.

    python bench/redact.py                      our engine alone
    python bench/redact.py --peer PYTHON        beside detect-secrets; PYTHON is the interpreter of
                                                an environment in which it is installed, see docs/redaction.md

The log is generated: 16 MB of lines, no two alike, passed through the stream filter in chunks of 1 MiB
until at least 200 MB have gone through, with 200 known values. The peer gets the first part of the same
log, since it would need the better part of an hour for all of it. Time is processor time of one core, for
both, so that other work on the machine does not count. Exits with 1 when a figure misses its target.
"""

from __future__ import annotations

import argparse
import base64
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from mission_control.domain.redact import ByteStream, KnownValue, KnownValues, Ledger, Redactor

MEGABYTE = 1_000_000
CHUNK = 1 << 20
TARGET = 100.0  # MB/s
PEER_SIZE = 400_000
TARGET_GROWTH = 64.0  # MB of memory between the first and the last chunk
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
SERVICES = ("gateway", "worker", "ingest", "scheduler", "frontend", "auth")
PATHS = ("/api/v1/runs", "/api/v1/sessions", "/healthz", "/api/v1/datasets/upload", "/info", "/feedback")
RNG = random.Random(20)  # noqa: S311  repeatable, not secret


def word(length: int) -> str:
    """So many letters and digits."""
    return "".join(RNG.choices(LETTERS, k=length))


def digits(length: int) -> str:
    """So many hexadecimal digits."""
    return f"{RNG.getrandbits(4 * length):0{length}x}"


def moment() -> str:
    """A time of one day."""
    hour, minute, second = RNG.randrange(24), RNG.randrange(60), RNG.randrange(60)
    return f"2026-11-21T{hour:02}:{minute:02}:{second:02}.{RNG.randrange(10**6):06}Z"


def structured() -> str:
    """A line of a component that logs JSON."""
    return json.dumps({
        "level": "info", "ts": moment(), "logger": RNG.choice(SERVICES), "msg": "request handled",
        "path": RNG.choice(PATHS), "status": 200, "duration_ms": RNG.randrange(900), "trace_id": digits(32),
        "span_id": digits(16), "token_count": RNG.randrange(4000), "tenant": digits(8),
    })  # fmt: skip


def access() -> str:
    """A line of an access log."""
    return (
        f"{moment()} INFO  [{RNG.choice(SERVICES)}] 10.2.{RNG.randrange(255)}.{RNG.randrange(255)} - "
        f'"GET {RNG.choice(PATHS)}?limit={RNG.randrange(100)}&offset=0 HTTP/1.1" 200 {RNG.randrange(9000)} '
        f'"https://console.example.com/o/{digits(8)}" "python-httpx/0.27" {RNG.random():.3f}'
    )


def event() -> str:
    """A line of Kubernetes' own components."""
    return (
        f"I1121 04:05:50.{RNG.randrange(10**6):06}       1 event.go:389] Event occurred "
        f'object=apps/{word(8).lower()}-{digits(8)} kind="Pod" reason="Pulled" '
        f'message="Container image sha256:{digits(64)} already present"'
    )


def keyed() -> str:
    """A line of keys and values."""
    return (
        f"level=info ts={moment()} caller=compact.go:519 component={RNG.choice(SERVICES)} "
        f'msg="write block" ulid={word(26).upper()} duration={RNG.random():.6f}s '
        f"resource_version={RNG.randrange(10**9)}"
    )


def frame() -> str:
    """A line of a traceback."""
    package, module = word(6).lower(), word(9).lower()
    return f'  File "/app/lib/python3.11/site-packages/{package}/{module}.py", line {RNG.randrange(900)}'


def queued() -> str:
    """A line of a worker."""
    run = f"{digits(8)}-{digits(4)}-{digits(4)}-{digits(4)}-{digits(12)}"
    return (
        f"{moment()} DEBUG {RNG.choice(SERVICES)} run {run} queued, {RNG.randrange(90)} waiting, "
        f"usage prompt_tokens={RNG.randrange(900)}"
    )


def refused() -> str:
    """A line about a connection."""
    return (
        f"{moment()} WARN  retrying in {RNG.randrange(9)}s: connection to 10.4.{RNG.randrange(255)}.7:5432 "
        f"refused (attempt {RNG.randrange(9)} of 10)"
    )


ORDINARY = (structured, access, event, keyed, frame, queued, refused)
SECRETS: tuple[tuple[str, Callable[[], str]], ...] = (
    ("password={}", lambda: word(18)),
    ('"password": "{}"', lambda: word(18)),
    ("url=postgresql://app:{}@db:5432/app?sslmode=disable", lambda: word(20)),
    ("Authorization: Bearer {}", lambda: word(40)),
    ("using key {}", lambda: "sk-" + word(44)),
    ("x-api-key: {}", lambda: "lsv2_pt_" + digits(32) + "_" + digits(10)),
    ("token={}", lambda: "eyJ" + word(33) + "." + word(80) + "." + word(43)),
    ("AWS_SECRET_ACCESS_KEY={}", lambda: word(40)),
    ("client_secret={}&grant_type=refresh", lambda: word(32)),
    ("--redis-password {}", lambda: word(16)),
    ('{{\\"api_key\\":\\"{}\\"}}', lambda: word(32)),
    ("key id {} was used", lambda: "AKIA" + word(16).upper()),
)


def make_log(size: int, known: list[str]) -> tuple[bytes, list[int]]:
    """Lines up to this size; every fourth has a secret, some of them known values in base64 or plain.

    Also where each of these lines begins.
    """
    lines: list[str] = []
    planted: list[int] = []
    written = 0
    while written < size:
        line = RNG.choice(ORDINARY)()
        if RNG.randrange(4) == 0:
            form, make = RNG.choice(SECRETS)
            secret = form.format(make())
            if RNG.randrange(10) == 0:
                value = RNG.choice(known)
                secret = value if RNG.randrange(2) else base64.b64encode(value.encode()).decode()
            line = (
                f"{moment()} ERROR {RNG.choice(SERVICES)} {secret}" if line[0] == "{" else f"{line} {secret}"
            )
            planted.append(written)
        lines.append(line)
        written += len(line) + 1
    return ("\n".join(lines) + "\n").encode(), planted


def memory() -> float:
    """The most memory this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def ours(log: bytes, known: list[str], amount: int) -> tuple[float, float, int]:
    """MB/s, growth of memory in MB, and how many values were masked."""
    redactor = Redactor(b"bench" * 6, known=KnownValues(KnownValue(value) for value in known))
    redactor.text("warm")
    ledger = Ledger()
    stream = ByteStream(redactor, ledger)
    done, before, began = 0, 0.0, time.process_time()
    while done < amount:
        for at in range(0, len(log), CHUNK):
            stream.feed(log[at : at + CHUNK])
        done += len(log)
        before = before or memory()
    stream.close()
    return done / MEGABYTE / (time.process_time() - began), memory() - before, ledger.total


PEER = """
import sys, time
from detect_secrets import SecretsCollection
from detect_secrets.settings import default_settings
began = time.process_time()
with default_settings():
    found = SecretsCollection()
    found.scan_file(sys.argv[1])
print(time.process_time() - began, sum(len(one) for one in found.data.values()))
"""


def peer(python: str, log: bytes) -> tuple[float, int]:
    """MB/s of detect-secrets over a file, and how many secrets it found."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "mixed.log")
        file.write_bytes(log)
        told = subprocess.run([python, "-c", PEER, str(file)], capture_output=True, text=True, check=True)
    seconds, found = told.stdout.split()
    return len(log) / MEGABYTE / float(seconds), int(found)


def main() -> int:
    """Measure, print, and say whether the targets are met."""
    options = argparse.ArgumentParser(description="How fast the redaction engine is.")
    options.add_argument("--megabytes", type=int, default=200)
    options.add_argument("--peer", metavar="PYTHON", help="an interpreter with detect-secrets")
    chosen = options.parse_args()
    known = [word(24) for _ in range(200)]
    log, planted = make_log(16 * MEGABYTE, known)
    rate, growth, masked = ours(log, known, chosen.megabytes * MEGABYTE)
    passes = -(-chosen.megabytes * MEGABYTE // len(log))
    share = 100 * masked / (len(planted) * passes)
    print(f"mission-control {rate:8.1f} MB/s  {share:5.1f} masks per 100 secrets, memory +{growth:.0f} MB")
    if chosen.peer:
        part = log[: log.rfind(b"\n", 0, PEER_SIZE) + 1]
        slow, found = peer(chosen.peer, part)
        share = 100 * found / sum(at < len(part) for at in planted)
        print(f"detect-secrets  {slow:8.2f} MB/s  {share:5.1f} found per 100, in the first {PEER_SIZE} bytes")
        print(f"ratio           {rate / slow:8.0f}")
    return 0 if rate >= TARGET and growth <= TARGET_GROWTH else 1


if __name__ == "__main__":
    sys.exit(main())
