"""Writes recorded objects as YAML that a person can read and a test can load.

Left out is what no judgement may depend on: managed fields, values of ConfigMaps, the numbers of this very
machine, the images on its disk. Secrets are not recorded at all. The sandbox's own folder is written as
`/var/lib/sandbox`, wherever it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sandbox.api import Obj

PLACE = "/var/lib/sandbox"
OF_THE_MACHINE = ("machineID", "systemUUID", "bootID", "kernelVersion")
PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./_-")
WORDS = ("true", "false", "null", "yes", "no", "on", "off", "y", "n", "inf", "nan")


def plain(item: Obj) -> Obj:
    """An object without what is not recorded."""
    kept = {key: value for key, value in item.items() if key not in ("data", "binaryData")}
    kept["metadata"] = {k: v for k, v in item["metadata"].items() if k != "managedFields"}
    if item["kind"] == "Node":
        status = {key: value for key, value in item["status"].items() if key != "images"}
        status["nodeInfo"] = {k: v for k, v in status["nodeInfo"].items() if k not in OF_THE_MACHINE}
        kept["status"] = status
    return kept


def document(head: Sequence[str], told: Mapping[str, object], home: Path) -> str:
    """A whole file: comment lines, then one mapping."""
    lines = [*(f"# {line}" for line in head), *_lines(told, "")]
    return "\n".join(lines).replace(str(home), PLACE) + "\n"


def _lines(value: Mapping[str, object], indent: str) -> Iterator[str]:
    for key, entry in value.items():
        if isinstance(entry, Mapping) and entry:
            yield f"{indent}{_scalar(key)}:"
            yield from _lines(entry, f"{indent}  ")
        elif isinstance(entry, list) and entry:
            yield f"{indent}{_scalar(key)}:"
            for each in entry:
                yield from _entry(each, indent)
        else:
            yield f"{indent}{_scalar(key)}: {_scalar(entry)}"


def _entry(each: object, indent: str) -> Iterator[str]:
    if isinstance(each, Mapping) and each:
        inner = list(_lines(each, f"{indent}  "))
        yield f"{indent}- {inner[0].strip()}"
        yield from inner[1:]
    else:
        yield f"{indent}- {_scalar(each)}"


def _scalar(value: object) -> str:
    """A scalar; quoted wherever YAML could take a text for something else."""
    text = value if isinstance(value, str) else ""
    if text[:1].isalpha() and PLAIN.issuperset(text) and text.lower() not in WORDS:
        return text
    return "".join(map(_visible, json.dumps(value, ensure_ascii=False)))


def _visible(character: str) -> str:
    return character if character.isprintable() else f"\\U{ord(character):08x}"
