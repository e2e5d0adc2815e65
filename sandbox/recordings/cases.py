"""The ways of failing: one file each, ordinary manifests under a head of `# key: value` lines.

`says` is a sentence, `code` the cause that must be found (`none`: nothing may be) and `finds` words that the
finding must say. Each `until` is a state that must have come before the objects are recorded. Once the pods
are ready, `stop: kubelet` stops that process of the node and `delete: yes` deletes the pods. `judged` is how
many seconds after the recording the judgement is to be made, for causes that need time.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SandboxError

FOLDER = Path(__file__).resolve().parent / "cases"
LATER = 30
"""Seconds between a recording and its judgement when a case does not say: a little after the last event."""


@dataclass(frozen=True)
class Case:
    """One way of failing, and how it is known that it has come."""

    name: str
    says: str
    code: str
    until: tuple[str, ...]
    manifest: str
    deletes: bool
    stops: str
    finds: str
    judged: int


def find(names: list[str]) -> list[Case]:
    """The named cases, or all."""
    there = {path.stem: path for path in sorted(FOLDER.glob("*.yaml"))}
    unknown = [name for name in names if name not in there]
    if unknown:
        raise SandboxError(f"there is no case {unknown[0]}; there are {', '.join(there)}")
    found = [read(there[name]) for name in names or there]
    return sorted(found, key=lambda case: case.stops)  # those that stop the node are the last


def read(path: Path) -> Case:
    """The case in a file."""
    text = path.read_text()
    head: dict[str, list[str]] = {}
    for line in text.splitlines():
        if not line.startswith("# "):
            break
        key, _, value = line.removeprefix("# ").partition(": ")
        head.setdefault(key, []).append(value)
    try:
        says, code, until = head["says"][0], head["code"][0], tuple(head["until"])
    except KeyError as error:
        raise SandboxError(f"{path.name} has no line `# {error.args[0]}: …` in its head") from error
    finds = head.get("finds", [""])[0]
    stops = head.get("stop", [""])[0]
    later = int(head.get("judged", [str(LATER)])[0])
    return Case(path.stem, says, code, until, text, "delete" in head, stops, finds, later)
