"""Where what stands in a bundle. Objects and logs lie where Troubleshoot puts them and sbctl looks for them.

`cluster-resources/<kind>/<namespace>.json` holds a list; kinds of the whole cluster are one file. Everything
of our own lies beside it, with names that other tools pass over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from mission_control.domain.kinds import Kind

MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
NOT_COLLECTED = "not-collected.json"
REDACTIONS = "redactions.json"
FINDINGS = "findings.json"
SUMMARY = "SUMMARY.md"
PAGE = "index.html"
PICTURE = "mission-control/picture.json"
USAGE = "metrics/usage.json"
VERSION = "cluster-info/cluster_version.json"
OBJECTS = "cluster-resources"
GROUPS = f"{OBJECTS}/groups.json"
RESOURCES = f"{OBJECTS}/resources.json"
LOGS = f"{OBJECTS}/pods/logs"

_FOLDERS = {
    "persistentvolumeclaims": "pvcs",
    "persistentvolumes": "pvs",
    "storageclasses": "storage-classes",
    "ingresses": "ingress",
    "networkpolicies": "network-policy",
    "resourcequotas": "resource-quota",
    "customresourcedefinitions": "custom-resource-definitions",
    "clusterrolebindings": "clusterRoleBindings",
}
_ALSO = {
    "poddisruptionbudgets": ("pod-disruption-budgets",),
    "ingressclasses": ("ingress-classes",),
}
"""Names that Troubleshoot's own bundles use beside those that sbctl asks for."""
_UNSAFE = re.compile(r"[^A-Za-z0-9._:@+-]")


def folder(plural: str) -> str:
    """The folder or file name of a kind that every cluster serves."""
    return _FOLDERS.get(plural, plural)


def stem(kind: Kind) -> str:
    """The path of a kind's objects, without namespace and ending."""
    if kind.optional:
        return f"{OBJECTS}/custom-resources/{kind.plural}.{kind.group}"
    return f"{OBJECTS}/{folder(kind.plural)}"


def objects_path(kind: Kind, namespace: str, piece: int = 0) -> str:
    """The file of a kind's objects in a namespace, or of a kind of the whole cluster; `piece` counts on."""
    more = f".{piece}" if piece else ""
    inside = f"/{part(namespace)}{more}" if kind.namespaced else more
    return f"{stem(kind)}{inside}.json"


def log_path(namespace: str, pod: str, container: str, *, previous: bool) -> str:
    """The file of a container's log."""
    end = "-previous" if previous else ""
    return f"{LOGS}/{part(namespace)}/{part(pod)}/{part(container)}{end}.log"


def part(name: str) -> str:
    """A name as one step of a path, whatever is in it."""
    safe = _UNSAFE.sub("_", name)[:200]
    return safe if safe.strip(".") else "_"


def kinds_by_stem(kinds: Iterable[Kind]) -> dict[str, Kind]:
    """Which kind lies where, by all the names that bundles use."""
    found: dict[str, Kind] = {}
    for kind in kinds:
        found[stem(kind)] = kind
        for name in _ALSO.get(kind.plural, ()):
            found[f"{OBJECTS}/{name}"] = kind
    return found


def stem_of(path: str) -> str:
    """The part of a path that names its kind: "cluster-resources/pods/shop.json" is of the first two."""
    steps = path.removesuffix(".json").split("/")
    within = 3 if len(steps) > 2 and steps[1] == "custom-resources" else 2  # noqa: PLR2004 -- its own folder
    if len(steps) == within:  # a kind of the whole cluster, or a further piece of one
        return re.sub(r"\.\d+$", "", "/".join(steps))
    return "/".join(steps[:within])
