"""Claims, volumes and classes, in the order in which `kubectl describe` tells it."""

from __future__ import annotations

from mission_control.domain.objects import Pod
from mission_control.domain.quantity import bytes_text
from mission_control.domain.snapshot import Snapshot
from mission_control.services.describing.containers import behind
from mission_control.services.describing.head import annotated, labels
from mission_control.services.describing.lines import (
    Line,
    Lines,
    Tree,
    at,
    listed,
    many,
    one,
    pairs,
    some,
    under,
)

_SHORT = {
    "ReadWriteOnce": "RWO",
    "ReadOnlyMany": "ROX",
    "ReadWriteMany": "RWX",
    "ReadWriteOncePod": "RWOP",
}
_DEFAULT = "storageclass.kubernetes.io/is-default-class"
_COMMON = {
    "accessModes",
    "capacity",
    "claimRef",
    "mountOptions",
    "nodeAffinity",
    "persistentVolumeReclaimPolicy",
    "storageClassName",
    "volumeMode",
}


def claim(tree: Tree, snapshot: Snapshot) -> Lines:
    """A PersistentVolumeClaim, with the pods that use it."""
    spec, status = at(tree, "spec", default={}), at(tree, "status", default={})
    yield Line("StorageClass", str(spec.get("storageClassName", "")))
    yield one("Status", status.get("phase"))
    yield Line("Volume", str(spec.get("volumeName", "")))
    yield from labels(tree)
    yield from annotated(tree)
    yield one("Finalizers", listed(tree, "metadata", "finalizers"))
    yield Line("Capacity", str(at(status, "capacity", "storage", default="")))
    name, namespace = str(at(tree, "metadata", "name")), str(at(tree, "metadata", "namespace"))
    use = snapshot.readings.volume(namespace, name)
    if use is not None:
        yield Line("Used", f"{bytes_text(use.used)} of {bytes_text(use.capacity)} ({int(use.share * 100)} %)")
    yield Line("Access Modes", _modes(listed(status, "accessModes")))
    yield one("VolumeMode", spec.get("volumeMode"))
    users = [
        pod.name
        for pod in snapshot.within(Pod, namespace)
        if any(
            v.persistent_volume_claim and v.persistent_volume_claim.claim_name == name
            for v in pod.spec.volumes
        )
    ]
    yield from many("Used By", sorted(users))
    if listed(status, "conditions"):
        yield Line("Conditions")
        for entry in status["conditions"]:
            words = [str(entry.get(key)) for key in ("status", "reason", "message") if entry.get(key)]
            yield Line(str(entry.get("type")), "  ".join(words), 1)


def volume(tree: Tree, _: Snapshot) -> Lines:
    """A PersistentVolume and what is behind it."""
    spec, status = at(tree, "spec", default={}), at(tree, "status", default={})
    yield from labels(tree)
    yield from annotated(tree)
    yield one("Finalizers", listed(tree, "metadata", "finalizers"))
    yield Line("StorageClass", str(spec.get("storageClassName", "")))
    yield one("Status", status.get("phase"))
    owner = spec.get("claimRef")
    yield Line("Claim", f"{owner.get('namespace')}/{owner.get('name')}" if owner else "")
    yield one("Reclaim Policy", spec.get("persistentVolumeReclaimPolicy"))
    yield Line("Access Modes", _modes(listed(spec, "accessModes")))
    yield from some("VolumeMode", spec.get("volumeMode"))
    yield one("Capacity", at(spec, "capacity", "storage"))
    yield from many(
        "Node Affinity", map(_term, listed(spec, "nodeAffinity", "required", "nodeSelectorTerms"))
    )
    yield Line("Message", str(status.get("message", "")))
    yield Line("Source")
    kind = next((key for key in spec if key not in _COMMON), "")
    if kind:
        yield from under(behind(kind, spec[kind]))


def storage_class(tree: Tree, _: Snapshot) -> Lines:
    """A StorageClass."""
    is_default = str(at(tree, "metadata", "annotations", _DEFAULT, default="")) == "true"
    yield one("IsDefaultClass", "Yes" if is_default else "No")
    yield from annotated(tree, sign="=")
    yield one("Provisioner", tree.get("provisioner"))
    yield one("Parameters", ",".join(pairs(tree, "parameters")))
    yield one("AllowVolumeExpansion", tree.get("allowVolumeExpansion", "<unset>"))
    yield one("MountOptions", listed(tree, "mountOptions"))
    yield one("ReclaimPolicy", tree.get("reclaimPolicy"))
    yield one("VolumeBindingMode", tree.get("volumeBindingMode"))


def _modes(modes: list[str]) -> str:
    return ",".join(_SHORT.get(mode, mode) for mode in modes)


def _term(term: Tree) -> str:
    parts = [
        f"{entry.get('key')} {str(entry.get('operator', '')).lower()} [{', '.join(listed(entry, 'values'))}]"
        for entry in listed(term, "matchExpressions")
    ]
    return ", ".join(parts)
