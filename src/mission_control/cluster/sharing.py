"""Lets equal parts of objects be one part in memory.

The pods of one ReplicaSet repeat its labels, containers and probes; every condition repeats "True" and
"ContainersReady". Right after decoding, before anybody else holds the object, such parts are replaced by the
first equal one that was seen. Nothing that a reader can observe changes.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar, cast

import msgspec
from msgspec.structs import force_setattr

from mission_control.domain.objects import (
    Condition,
    ConfigMap,
    ContainerStatus,
    Event,
    Object,
    Pod,
    Workload,
)
from mission_control.domain.objects.meta import Traced

_MOST = 20_000
"""How many parts are remembered; beyond it all are forgotten, which costs memory and nothing else."""

Part = TypeVar("Part")


class Sharing:
    """Remembers parts by their content."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._labels: dict[tuple[tuple[str, str], ...], dict[str, str]] = {}
        self._parts: dict[tuple[type, bytes], object] = {}

    def share(self, item: Object) -> None:
        """Replaces parts of a freshly decoded object by equal ones that exist already."""
        if len(self._parts) + len(self._labels) + len(self._texts) > _MOST:
            self.__init__()  # type: ignore[misc]
        meta = item.metadata
        self._share_text(meta, "namespace")
        if meta.labels:
            force_setattr(meta, "labels", self._shared_labels(meta.labels))
        if meta.owner_references:
            force_setattr(meta, "owner_references", self._shared(meta.owner_references))
        if isinstance(meta, Traced) and meta.managed_fields:
            write = meta.last_write
            force_setattr(meta, "managed_fields", self._shared((write,)) if write else ())
        if isinstance(item, Pod):
            self._share_pod(item)
        elif isinstance(item, ConfigMap):
            force_setattr(item, "data", self._with_shared_keys(item.data))
        elif isinstance(item, Workload):
            force_setattr(item.spec, "template", self._shared(item.spec.template))
            force_setattr(item.spec, "selector", self._shared(item.spec.selector))
            self._share_conditions(item.status.conditions)
        elif isinstance(item, Event):
            for field in ("type", "reason", "message", "reporting_component"):
                self._share_text(item, field)
            force_setattr(item, "source", self._shared(item.source))

    def _share_pod(self, pod: Pod) -> None:
        spec, status = pod.spec, pod.status
        named = tuple(v for v in spec.volumes if v.persistent_volume_claim or v.config_map or v.secret)
        if len(named) != len(spec.volumes):
            # what remains refers to something; the name of a projected token volume is unique to each pod
            force_setattr(spec, "volumes", named)
        for field in ("containers", "init_containers", "volumes"):
            if value := getattr(spec, field):
                force_setattr(spec, field, self._shared(value))
        if spec.node_selector:
            force_setattr(spec, "node_selector", self._shared_labels(spec.node_selector))
        for field in ("node_name", "service_account_name", "priority_class_name", "restart_policy"):
            self._share_text(spec, field)
        for field in ("phase", "reason", "qos_class"):
            self._share_text(status, field)
        self._share_conditions(status.conditions)
        self._share_statuses(status.container_statuses)
        self._share_statuses(status.init_container_statuses)

    def _share_conditions(self, conditions: tuple[Condition, ...]) -> None:
        moments: dict[datetime, datetime] = {}
        for condition in conditions:
            for field in ("last_transition_time", "last_update_time"):
                moment = getattr(condition, field)
                if moment is not None:
                    force_setattr(condition, field, moments.setdefault(moment, moment))
            for field in ("type", "status", "reason", "message"):
                self._share_text(condition, field)

    def _share_statuses(self, statuses: tuple[ContainerStatus, ...]) -> None:
        for status in statuses:
            self._share_text(status, "name")
            self._share_text(status, "image")

    def _with_shared_keys(self, data: dict[str, str]) -> dict[str, str]:
        return {self._texts.setdefault(key, key): value for key, value in data.items()}

    def _share_text(self, part: msgspec.Struct, field: str) -> None:
        text = getattr(part, field)
        if text:
            force_setattr(part, field, self._texts.setdefault(text, text))

    def _shared_labels(self, labels: dict[str, str]) -> dict[str, str]:
        return self._labels.setdefault(tuple(labels.items()), labels)

    def _shared(self, part: Part) -> Part:
        key = (type(part), msgspec.json.encode(part))
        return cast("Part", self._parts.setdefault(key, part))
