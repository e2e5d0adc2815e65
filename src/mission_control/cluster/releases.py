"""Reads Helm's release records where somebody has allowed it, and says where nobody has.

Records are polled: a watch would need a right that gives every value away as it changes. A poll asks for
metadata alone; of the records themselves only those are read that say something now: the newest of each
release, and what is pending, failed or in force. A record is read again only when it has changed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from mission_control.cluster import secrets
from mission_control.cluster.connection import Connection
from mission_control.cluster.errors import ClusterError, Forbidden
from mission_control.cluster.permissions import review
from mission_control.cluster.records import NotARecord, unpack
from mission_control.cluster.secrets import RecordMeta
from mission_control.cluster.served import Served
from mission_control.domain.readings import Readings
from mission_control.domain.redact import forget
from mission_control.domain.release import PENDING, Release
from mission_control.domain.verdict import Blind

AT_ONCE = 4
MOST_RECORDS = 60
"""How many records are read in one pass; the rest are known by their labels until the next."""
RIGHTS_LAST = 300.0
"""Seconds after which it is asked again whether the records of a namespace may be listed."""
_NEEDS = "list, get secrets"
_REASON = "Helm's release records may not be read, so a pending or failed release is not seen"


class Data(msgspec.Struct, frozen=True):
    """The one key of a record."""

    release: str = ""


class RecordSecret(msgspec.Struct, frozen=True):
    """A record's Secret."""

    data: Data | None = None


class ReleaseReader:
    """The releases of some namespaces, read again at each call of `read`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._served = Served(connection)
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._rights: dict[str, tuple[bool, float]] = {}
        self._read: dict[tuple[str, str], tuple[str, Release]] = {}

    async def read(self, namespaces: Iterable[str], judged: Iterable[str]) -> Readings:
        """What the records of the namespaces say. A refusal is told for the `judged` ones only."""
        asked = tuple(dict.fromkeys(namespaces))
        try:
            allowed = await self._allowed(asked)
        except ClusterError as error:
            if self._rights:
                raise  # what was read before is better than nothing
            return Readings(blind=tuple(Blind("Release", name, error.says, _NEEDS) for name in judged))
        found = await asyncio.gather(*(self._within(name) for name in asked if name in allowed))
        metas = [meta for part in found for meta in part.records]
        refused = {part.namespace: part.problem for part in found if part.problem}
        refused |= {name: _REASON for name in asked if name not in allowed}
        wanted = _telling(metas)[:MOST_RECORDS]
        here = set(map(_key, metas))
        for key in self._read.keys() - here:
            forget(_source(key))
        self._read = {key: held for key, held in self._read.items() if key in here}
        await asyncio.gather(*(self._one(meta) for meta in wanted))
        told = set(judged)
        return Readings(
            releases=tuple(self._release(meta) for meta in metas),
            blind=tuple(
                Blind("Release", name, reason, _NEEDS) for name, reason in refused.items() if name in told
            ),
        )

    async def _allowed(self, namespaces: tuple[str, ...]) -> set[str]:
        now = asyncio.get_running_loop().time()
        old = [n for n in namespaces if n not in self._rights or now - self._rights[n][1] > RIGHTS_LAST]
        for answer in await review(self._connection, map(secrets.listing_right, old)):
            self._rights[answer.question.namespace] = (answer.is_allowed, now)
        return {name for name in namespaces if self._rights[name][0]}

    async def _within(self, namespace: str) -> Found:
        async with self._gate:
            try:
                return Found(namespace, await secrets.records(self._connection, namespace))
            except Forbidden:
                self._rights.pop(namespace, None)
                return Found(namespace, problem=_REASON)
            except ClusterError as error:
                return Found(namespace, problem=error.says)

    async def _one(self, meta: RecordMeta) -> None:
        held = self._read.get(_key(meta))
        if held is not None and held[0] == meta.resource_version:
            return
        async with self._gate:
            try:
                secret = await secrets.read(self._connection, meta.namespace, meta.name, RecordSecret)
                text = secret.data.release if secret.data else ""
                release = await asyncio.to_thread(unpack, text, _source(_key(meta)))
            except (ClusterError, NotARecord):
                return  # its labels still say how it stands
        kinds = {(thing.api_version, thing.kind) for thing in release.objects}
        unserved = await self._served.lacking(kinds)
        release = msgspec.structs.replace(release, namespace=meta.namespace, unserved=unserved)
        self._read[_key(meta)] = (meta.resource_version, release)

    def _release(self, meta: RecordMeta) -> Release:
        held = self._read.get(_key(meta))
        if held is not None and held[0] == meta.resource_version:
            return held[1]
        return by_labels(meta)


class Found(msgspec.Struct, frozen=True):
    """The records of one namespace, or why there are none."""

    namespace: str
    records: tuple[RecordMeta, ...] = ()
    problem: str = ""


def by_labels(meta: RecordMeta) -> Release:
    """A revision as the labels of its record tell it."""
    labels = meta.labels
    changed = labels.get("modifiedAt") or labels.get("createdAt") or ""
    return Release(
        meta.namespace,
        labels.get("name", ""),
        int(labels["version"]) if labels.get("version", "").isdigit() else 0,
        labels.get("status", ""),
        datetime.fromtimestamp(int(changed), UTC) if changed.isdigit() and len(changed) < 12 else None,  # noqa: PLR2004 -- seconds
    )


def _key(meta: RecordMeta) -> tuple[str, str]:
    return (meta.namespace, meta.name)


def _source(key: tuple[str, str]) -> str:
    """What redaction knows the secrets of a record by."""
    return f"release record {'/'.join(key)}"


def _telling(metas: list[RecordMeta]) -> list[RecordMeta]:
    """The records worth reading: those that are not superseded, and the newest of each release."""
    last: dict[tuple[str, str], RecordMeta] = {}
    for meta in metas:
        key = (meta.namespace, meta.labels.get("name", ""))
        if key not in last or by_labels(last[key]).revision < by_labels(meta).revision:
            last[key] = meta
    states = (*PENDING, "failed", "deployed")
    rest = [meta for meta in metas if meta.labels.get("status") in states and meta not in last.values()]
    return [*last.values(), *sorted(rest, key=lambda meta: -by_labels(meta).revision)]
