"""How a value may look when it has leaked: written independently of the engine that hides it."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterable, Mapping
from urllib.parse import quote, quote_plus

from tests.canaries.canaries import Canary

LEAST = 12
"""Characters of a value that give it away when they stand alone."""


def dresses(value: str) -> set[str]:
    """The value in every dress that something on its way may have put on it, and its two halves."""
    data = value.encode()
    found = {
        value,
        quote(value),
        quote(value, safe=""),
        quote_plus(value),
        html.escape(value),
        repr(value)[1:-1],
    }
    found |= {json.dumps(value)[1:-1], json.dumps(json.dumps(value))[3:-3], value[::-1]}
    found |= {data.hex(), data.hex().upper()}
    for text in (data, base64.b64encode(data)):
        for before in range(3):
            whole = base64.b64encode(b"\0" * before + text).decode()
            core = whole[(before * 8 + 5) // 6 : (before + len(text)) * 8 // 6]
            found |= {core, core.replace("+", "-").replace("/", "_")}
    if len(value) >= 2 * LEAST:
        found |= {value[:LEAST], value[-LEAST:], value[len(value) // 2 :][:LEAST]} - {_prefix(value)}
    return {dress for dress in found if len(dress) >= min(len(value), LEAST)}


def _prefix(value: str) -> str:
    """What a value begins with because of its kind, which gives nothing away."""
    return value[:LEAST] if value.startswith("eyJhbGciOiJ") else ""


def found_in(captured: Mapping[str, str], canaries: Iterable[Canary]) -> list[str]:
    """Which canary stands where, in which dress: nothing, if all is well. Line ends do not hide one."""
    looked = [(canary, dress) for canary in canaries for dress in sorted(dresses(canary.value))]
    leaks = []
    for name, text in captured.items():
        bare = "".join(text.split())
        for canary, dress in looked:
            if dress in text or "".join(dress.split()) in bare:
                leaks.append(f"{canary.place} {canary.name} as {dress[:6]}… in {name}")
    return leaks
