"""The dresses every line of the corpus is put in: as it is, in JSON, in YAML, in a log, in a traceback."""

from __future__ import annotations

import json
from collections.abc import Callable

import yaml


def _log(text: str) -> str:
    return "".join(f"2026-11-21T04:05:50.123456Z ERROR [worker] {line}\n" for line in text.split("\n"))


def _traceback(text: str) -> str:
    first, _, rest = text.partition("\n")
    below = f"\n{rest}" if rest else ""
    return (
        "Traceback (most recent call last):\n"
        '  File "/app/worker/run.py", line 71, in start\n'
        "    raise Refused(reason)\n"
        f"worker.errors.Refused: {first}{below}\n"
    )


DRESSES: dict[str, Callable[[str], str]] = {
    "plain": lambda text: text,
    "JSON": lambda text: json.dumps({"level": "error", "message": text, "status": 500}),
    "YAML": lambda text: yaml.safe_dump({"status": {"phase": "Failed", "message": text}}, width=4096),
    "log": _log,
    "traceback": _traceback,
}
