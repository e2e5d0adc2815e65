"""What all invented objects have: names that are the same in each run, times, metadata, field managers."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

Obj = dict[str, Any]
MADE_AT = datetime.now(UTC).replace(microsecond=0) - timedelta(days=20)
VERSION = 1_000_000
"""The version of the cluster at which everything was listed."""


def moment(hours: float = 0) -> str:
    """So many hours after the cluster was made, as the API server writes it."""
    return (MADE_AT + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def digest(*parts: object, length: int = 10) -> str:
    """A name's random-looking end, the same in every run."""
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()[:length]


def uid(*parts: object) -> str:
    """A uid, the same in every run."""
    return str(uuid.UUID(digest(*parts, length=32)))


def owner(kind: str, name: str, whose: str, group: str = "apps/v1") -> Obj:
    """A controller's reference."""
    return {
        "apiVersion": group,
        "kind": kind,
        "name": name,
        "uid": whose,
        "controller": True,
        "blockOwnerDeletion": True,
    }


def fields(tree: Any) -> Any:
    """A tree as the set of its fields, the form in which managedFields tell who owns what (FieldsV1)."""
    if isinstance(tree, dict):
        return {f"f:{key}": fields(value) for key, value in tree.items()}
    if isinstance(tree, list) and tree and isinstance(tree[0], dict):
        return {_key(entry): {".": {}} | fields(entry) for entry in tree}
    return {}


def _key(entry: Obj) -> str:
    by = next((name for name in ("name", "type", "containerPort", "port", "uid") if name in entry), "")
    value = entry.get(by, 0)
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return f'k:{{"{by}":{text}}}'


def made(
    kind: str,
    namespace: str,
    name: str,
    parts: Obj,
    managers: Sequence[tuple[str, tuple[str, ...]]],
    **meta: Any,
) -> Obj:
    """A whole object. `managers`: who owns which of its top-level fields."""
    metadata: Obj = {
        "name": name,
        **({"namespace": namespace} if namespace else {}),
        "uid": uid(kind, namespace, name),
        "resourceVersion": str(VERSION - int(digest(kind, namespace, name, length=5), 16) % 900_000),
        "creationTimestamp": moment(),
        **meta,
    }
    worn = {key: metadata[key] for key in ("labels", "annotations", "ownerReferences") if key in metadata}
    metadata["managedFields"] = [
        {
            "manager": manager,
            "operation": "Update",
            "apiVersion": "v1",
            "time": moment(n),
            "fieldsType": "FieldsV1",
            "fieldsV1": fields(
                ({"metadata": worn} if not n else {}) | {key: parts[key] for key in owned if key in parts}
            ),
            **({"subresource": "status"} if owned == ("status",) else {}),
        }
        for n, (manager, owned) in enumerate(managers)
    ]
    return {"metadata": metadata, **parts}


BY_CONTROLLER = (("kube-controller-manager", ("spec",)), ("kube-controller-manager", ("status",)))
BY_HELM = (("helm", ("spec",)), ("kube-controller-manager", ("status",)))
BY_KUBELET = (("kube-controller-manager", ("spec",)), ("kubelet", ("status",)))
