"""What a person means by the name of a kind or an object: "deploy/web", "pods", "pvc data-0".

Kinds go by any name that `kubectl` takes. A name without a namespace is looked for in the whole picture; when
there are several, or none, the answer says which there are.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import msgspec

from mission_control.domain.kinds import KINDS, Kind
from mission_control.domain.snapshot import Snapshot
from mission_control.services.facts import Link

SHORT = {
    "cj": "CronJob",
    "cm": "ConfigMap",
    "deploy": "Deployment",
    "ds": "DaemonSet",
    "ev": "Event",
    "hpa": "HorizontalPodAutoscaler",
    "ing": "Ingress",
    "limits": "LimitRange",
    "netpol": "NetworkPolicy",
    "no": "Node",
    "ns": "Namespace",
    "pdb": "PodDisruptionBudget",
    "po": "Pod",
    "pv": "PersistentVolume",
    "pvc": "PersistentVolumeClaim",
    "quota": "ResourceQuota",
    "ro": "Rollout",
    "rs": "ReplicaSet",
    "sa": "ServiceAccount",
    "sc": "StorageClass",
    "so": "ScaledObject",
    "sts": "StatefulSet",
    "svc": "Service",
}


class Unclear(msgspec.Struct, frozen=True):
    """Why it is not clear what is meant, and what to write instead."""

    says: str
    fix: str


def kind_meant(text: str) -> Kind | Unclear:
    """The kind of a name, plural, resource or short name, in any case."""
    plain = text.strip().lower()
    wanted = SHORT.get(plain, "")
    for kind in KINDS:
        if wanted == kind.kind or plain in (kind.kind.lower(), kind.plural, kind.resource):
            return kind
    if plain.removesuffix("s") == "secret":
        return Unclear("The console never reads Secrets.", "Use kubectl with rights of your own.")
    known = [kind.plural for kind in KINDS]
    near = difflib.get_close_matches(plain, [*known, *SHORT], 3)
    hint = f"Did you mean {' or '.join(near)}?" if near else "mission-control kinds lists them all."
    return Unclear(f"The console does not read objects of a kind {text}.", hint)


def object_meant(snapshot: Snapshot, kind: Kind, name: str, namespaces: Sequence[str] = ()) -> Link | Unclear:
    """The object of this name; in one of the namespaces, or wherever there is just one."""
    everything = snapshot.all(kind.shape)
    within = [item for item in everything if not namespaces or item.namespace in ("", *namespaces)]
    found = sorted(item.namespace for item in within if item.name == name)
    if len(found) == 1:
        return Link(kind.kind, found[0], name)
    if found:
        return Unclear(
            f"There is a {kind.kind} {name} in {', '.join(found)}.", "Choose one with --namespace."
        )
    where = f" in {', '.join(namespaces)}" if namespaces else ""
    if not all(snapshot.sees(kind.shape, namespace) for namespace in namespaces or ("",)):
        return Unclear(
            f"{kind.kind} {name}{where} cannot be seen: {kind.plural} may not be read everywhere.",
            f"It would need: get, list, watch {kind.resource}. mission-control health says what is not seen.",
        )
    near = difflib.get_close_matches(name, sorted({item.name for item in within}), 3)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"mission-control get {kind.plural} lists them."
    return Unclear(f"There is no {kind.kind} {name}{where}.", hint)
