"""Records the sample installation as the console sees it, for tests that put faults on a picture.

    python -m tests.domain.record_sample

Brings up a sandbox of its own, installs the sample, and writes `sample.jsonl` beside this file: the moment in
the first line, then one object a line, cut to the fields that the picture reads.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from mission_control.domain.kinds import KINDS, Kind
from mission_control.domain.objects import Object
from sandbox.cluster import Sandbox
from sandbox.sample import NAMESPACE, Sample

FILE = Path(__file__).parent / "sample.jsonl"
WITHIN = (NAMESPACE, "kube-system")
LEFT_OUT = ("Event",)
"""Events tell the installation's own youth, which no test needs."""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="record-sample-") as folder:
        sandbox = Sandbox(Path(folder) / "sandbox")
        try:
            sandbox.up()
            Sample(sandbox).install()
            lines = [msgspec.json.encode({"at": datetime.now(UTC)}), *recorded(sandbox)]
        finally:
            sandbox.down()
    FILE.write_bytes(b"\n".join(lines) + b"\n")
    print(f"{FILE.name}: {len(lines) - 1} objects, {FILE.stat().st_size // 1000} kB")  # noqa: T201


def recorded(sandbox: Sandbox) -> Iterator[bytes]:
    for kind in KINDS:
        if kind.optional or kind.kind in LEFT_OUT:
            continue
        for item in listed(sandbox, kind):
            tree = msgspec.to_builtins(item)
            tree["metadata"].pop("resourceVersion", None)
            yield msgspec.json.encode({"kind": kind.kind, **tree}, order="sorted")


def listed(sandbox: Sandbox, kind: Kind) -> list[Object]:
    base = f"/apis/{kind.api_version}" if kind.group else f"/api/{kind.version}"
    paths = [f"{base}/namespaces/{name}/{kind.plural}" for name in WITHIN] if kind.namespaced else [
        f"{base}/{kind.plural}"
    ]  # fmt: skip
    found = [tree for path in paths for tree in sandbox.api.items(path)]
    items = [msgspec.convert(tree, kind.shape, strict=False) for tree in found]
    return sorted(items, key=lambda item: (item.namespace, item.name))


if __name__ == "__main__":
    main()
