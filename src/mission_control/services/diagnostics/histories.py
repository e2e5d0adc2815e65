"""Records Helm's history: values and manifests with their secrets masked, and what changed between revisions.

Two revisions are compared after masking: equal secrets have equal masks, so a changed password shows as a
changed mask and nothing more. Manifests are taken apart, so that Secrets in them are masked as Secrets.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from functools import partial
from typing import Any

import msgspec
import yaml

from mission_control.cluster.connection import Connection
from mission_control.cluster.errors import ClusterError, Forbidden, Unreachable
from mission_control.cluster.histories import Whole, revisions
from mission_control.domain.bundle import layout
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.wanted import release_namespaces
from mission_control.services.diagnostics.gathering import Gathering, beside

MOST = 5
"""Revisions of a release that are recorded."""
_MOST_DIFF_LINES = 20_000
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class Texts(msgspec.Struct, frozen=True):
    """A revision as masked text."""

    number: int
    values: str
    manifest: str


async def record_histories(connection: Connection, snapshot: Snapshot, gathering: Gathering) -> None:
    """Record the releases of every namespace where records may be read. Raises Unreachable."""
    refused = {entry.namespace: entry for entry in snapshot.readings.blind if entry.kind == "Release"}
    for namespace in release_namespaces(snapshot):
        if namespace in refused:
            told = refused[namespace]
            gathering.missing(f"Helm's history in {namespace}", told.reason, told.would_need)
            continue
        try:
            await _one_namespace(connection, namespace, gathering)
        except Unreachable:
            raise
        except Forbidden as error:
            gathering.missing(f"Helm's history in {namespace}", error.says, "list, get secrets")
        except ClusterError as error:
            gathering.missing(f"Helm's history in {namespace}", error.says)


async def _one_namespace(connection: Connection, namespace: str, gathering: Gathering) -> None:
    newer: dict[str, Texts] = {}
    async for whole in revisions(connection, namespace, MOST):
        folder = f"helm/{layout.part(namespace)}/{layout.part(whole.name)}"
        texts = await beside(partial(_masked, whole, gathering))
        await gathering.put(f"{folder}/revision-{whole.version}.json", _head(whole), "helm")
        await gathering.put_text(f"{folder}/revision-{whole.version}-values.yaml", texts.values.encode())
        await gathering.put_text(f"{folder}/revision-{whole.version}-manifest.yaml", texts.manifest.encode())
        if whole.name in newer:
            name = f"{folder}/changes-{texts.number}-to-{newer[whole.name].number}.diff"
            diff = await beside(partial(_difference, texts, newer[whole.name]))
            await gathering.put_text(name, diff.encode() or b"No difference.\n")
        newer[whole.name] = texts


def _head(whole: Whole) -> dict[str, Any]:
    info = msgspec.to_builtins(whole.info)
    return {"name": whole.name, "revision": whole.version, "info": info} | {
        "chart": whole.chart.metadata if whole.chart else None
    }


def _masked(whole: Whole, gathering: Gathering) -> Texts:
    values = gathering.tree(whole.config or {}, "values")
    return Texts(whole.version, _yaml(values), "---\n".join(_documents(whole.manifest or "", gathering)))


def _documents(manifest: str, gathering: Gathering) -> Iterator[str]:
    """Each object of a manifest, masked; what is no YAML is masked as text."""
    try:
        for tree in yaml.load_all(manifest, Loader=_LOADER):
            if tree is not None:
                yield _yaml(gathering.tree(tree, "manifest"))
    except (yaml.YAMLError, RecursionError, ValueError):
        yield gathering.text(manifest)


def _yaml(tree: Any) -> str:
    return str(yaml.dump(tree, Dumper=_DUMPER, sort_keys=False, allow_unicode=True, width=100))


def _difference(old: Texts, new: Texts) -> str:
    return "".join(_changes(old, new))


def _changes(old: Texts, new: Texts) -> Iterator[str]:
    for what, before, after in (
        ("values", old.values, new.values),
        ("manifest", old.manifest, new.manifest),
    ):
        first, second = before.splitlines(keepends=True), after.splitlines(keepends=True)
        if len(first) + len(second) > _MOST_DIFF_LINES:
            yield f"The {what} are too long to compare here.\n"
            continue
        names = (f"{what} of revision {old.number}", f"{what} of revision {new.number}")
        yield from difflib.unified_diff(first, second, *names)
