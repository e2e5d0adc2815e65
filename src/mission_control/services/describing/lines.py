"""The lines of a description, and safe ways into an object's tree, where anything may be absent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

Tree = dict[str, Any]
NONE = "none"


class Line(msgspec.Struct, frozen=True):
    """A fact with its label, so many steps inside; without a label it goes on with the fact before it."""

    label: str
    text: str = ""
    depth: int = 0


Lines = Iterator[Line]


def under(lines: Iterable[Line], steps: int = 1) -> Lines:
    """The same lines, further inside."""
    for line in lines:
        yield msgspec.structs.replace(line, depth=line.depth + steps)


def one(label: str, value: object, depth: int = 0) -> Line:
    """A fact of a plain value."""
    return Line(label, plain(value), depth)


def many(label: str, values: Iterable[object], depth: int = 0) -> Lines:
    """A fact with a line for each of its values; "none" without any."""
    texts = [plain(value) for value in values] or [NONE]
    yield Line(label, texts[0], depth)
    for text in texts[1:]:
        yield Line("", text, depth)


def block(label: str, lines: Iterable[Line], depth: int = 0) -> Lines:
    """A label with facts inside it; "none" without any."""
    inside = list(lines)
    yield Line(label, "" if inside else NONE, depth)
    yield from under(inside, depth + 1)


def some(label: str, value: object, depth: int = 0) -> Lines:
    """A fact that is only told where there is one."""
    if value not in (None, "", [], {}):
        yield one(label, value, depth)


def plain(value: object) -> str:
    """A value as text: true and false, lists by commas, "none" where there is nothing."""
    if value is None or value in ("", []):
        return NONE
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(plain(entry) for entry in value)
    return str(value)


def at(tree: Any, *path: str, default: Any = None) -> Any:
    """What stands at a path; the default where any step is absent."""
    for step in path:
        if not isinstance(tree, dict) or tree.get(step) is None:
            return default
        tree = tree[step]
    return tree


def listed(tree: Any, *path: str) -> list[Any]:
    """The list at a path; empty where there is none."""
    found = at(tree, *path, default=[])
    return found if isinstance(found, list) else []


def pairs(tree: Any, *path: str, sign: str = "=") -> list[str]:
    """A mapping as "key=value", by key."""
    found = at(tree, *path, default={})
    return [f"{key}{sign}{plain(value)}" for key, value in sorted(found.items())] if found else []


def moment(text: str | None) -> str:
    """A time of the API in one form: 2026-11-21 08:00:00 UTC."""
    if not text:
        return NONE
    try:
        return f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    except ValueError:
        return text


def selector(tree: Any, *path: str) -> str:
    """A label selector as kubectl takes it: "app=web,tier in (a,b)"."""
    found = at(tree, *path, default={})
    parts = pairs(found, "matchLabels")
    for entry in listed(found, "matchExpressions"):
        values = ",".join(map(str, listed(entry, "values")))
        verb = {"In": "in", "NotIn": "notin"}.get(entry.get("operator", ""))
        key = entry.get("key", "")
        absent = f"!{key}" if entry.get("operator") == "DoesNotExist" else key
        parts.append(f"{key} {verb} ({values})" if verb else absent)
    return ",".join(parts) or NONE
