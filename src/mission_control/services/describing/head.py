"""What many kinds have in common: labels, annotations, owner, pods."""

from __future__ import annotations

from collections.abc import Collection

from mission_control.domain.objects import Pod
from mission_control.domain.snapshot import Snapshot
from mission_control.services.describing.lines import Line, Lines, Tree, at, listed, many, pairs

_NOISE = "kubectl.kubernetes.io/last-applied-configuration"


def labels(tree: Tree) -> Lines:
    """The labels, one a line."""
    yield from many("Labels", pairs(tree, "metadata", "labels"))


def annotated(tree: Tree, sign: str = ": ") -> Lines:
    """The annotations, one a line, without the copy of the object that `kubectl apply` leaves."""
    found = at(tree, "metadata", "annotations", default={})
    kept = {key: value for key, value in found.items() if key != _NOISE}
    yield from many("Annotations", pairs(kept, sign=sign))


def controlled(tree: Tree) -> Lines:
    """What controls the object, if anything does."""
    for owner in listed(tree, "metadata", "ownerReferences"):
        if owner.get("controller"):
            yield Line("Controlled By", f"{owner.get('kind')}/{owner.get('name')}")


def owned_pods(tree: Tree, snapshot: Snapshot) -> Collection[Pod]:
    """The pods that the object controls."""
    return snapshot.owned_by(Pod, str(at(tree, "metadata", "uid", default="")))
