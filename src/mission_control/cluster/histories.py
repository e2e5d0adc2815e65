"""Helm's records whole, with values and manifest, for bundles, which mask them before they are kept.

Only where the "releases" right was given. Everywhere else of a record only names and states are decoded
(`cluster/records`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec

from mission_control.cluster import secrets
from mission_control.cluster.connection import Connection
from mission_control.cluster.records import NotARecord, unpacked
from mission_control.cluster.releases import RecordSecret, by_labels


class Info(msgspec.Struct, frozen=True):
    """How a revision stands."""

    status: str = ""
    description: str | None = ""
    first_deployed: str | None = ""
    last_deployed: str | None = ""


class Chart(msgspec.Struct, frozen=True):
    """The chart's own words, without its templates and default values."""

    metadata: dict[str, Any] | None = None


class Whole(msgspec.Struct, frozen=True):
    """A record with what was asked of the chart and what came out."""

    name: str = ""
    namespace: str = ""
    version: int = 0
    info: Info = Info()
    chart: Chart | None = None
    config: dict[str, Any] | None = None
    manifest: str | None = ""


async def revisions(connection: Connection, namespace: str, most: int) -> AsyncIterator[Whole]:
    """The newest revisions of each release in a namespace, newest first. Raises a ClusterError."""
    metas = await secrets.records(connection, namespace)
    taken: dict[str, int] = {}
    for meta in sorted(metas, key=lambda meta: -by_labels(meta).revision):
        name = meta.labels.get("name", "")
        taken[name] = taken.get(name, 0) + 1
        if taken[name] > most:
            continue
        secret = await secrets.read(connection, meta.namespace, meta.name, RecordSecret)
        try:
            yield msgspec.json.decode(unpacked(secret.data.release if secret.data else ""), type=Whole)
        except (NotARecord, msgspec.MsgspecError, RecursionError):
            continue
