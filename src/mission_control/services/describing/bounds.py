"""What bounds others: autoscalers, disruption budgets, quotas, limit ranges; and accounts and namespaces."""

from __future__ import annotations

from mission_control.domain.objects import LimitRange, ResourceQuota
from mission_control.domain.snapshot import Snapshot
from mission_control.services.describing.head import annotated, labels
from mission_control.services.describing.lines import (
    Line,
    Lines,
    Tree,
    at,
    block,
    listed,
    many,
    moment,
    one,
    plain,
    selector,
    some,
)

_UNKNOWN = "<unknown>"
_BOUNDS = (
    ("Min", "min"),
    ("Max", "max"),
    ("Default Request", "defaultRequest"),
    ("Default Limit", "default"),
    ("Max Limit/Request Ratio", "maxLimitRequestRatio"),
)


def autoscaler(tree: Tree, _: Snapshot) -> Lines:
    """A HorizontalPodAutoscaler: its target and how far each metric is from it."""
    spec, status = at(tree, "spec", default={}), at(tree, "status", default={})
    target = at(spec, "scaleTargetRef", default={})
    yield from labels(tree)
    yield from annotated(tree)
    yield one("CreationTimestamp", moment(at(tree, "metadata", "creationTimestamp")))
    yield one("Reference", f"{target.get('kind')}/{target.get('name')}")
    yield Line("Metrics", "current / target")
    current = listed(status, "currentMetrics")
    for place, metric in enumerate(listed(spec, "metrics")):
        yield from _metric(metric, current[place] if place < len(current) else {})
    yield one("Min replicas", spec.get("minReplicas", "<unset>"))
    yield one("Max replicas", spec.get("maxReplicas"))
    counts = f"{status.get('currentReplicas', 0)} current / {status.get('desiredReplicas', 0)} desired"
    yield one(f"{target.get('kind')} pods", counts)
    if listed(status, "conditions"):
        yield Line("Conditions")
        for entry in status["conditions"]:
            words = [str(entry.get(key)) for key in ("status", "reason", "message") if entry.get(key)]
            yield Line(str(entry.get("type")), "  ".join(words), 1)


def _metric(metric: Tree, current: Tree) -> Lines:
    kind = str(metric.get("type", ""))
    field = kind[:1].lower() + kind[1:]
    wanted, now = at(metric, field, default={}), at(current, field, "current", default={})
    name = wanted.get("name") or at(wanted, "metric", "name", default="")
    target = at(wanted, "target", default={})
    if target.get("averageUtilization") is not None:
        seen = now.get("averageUtilization")
        used = f"{seen}% ({now.get('averageValue')})" if seen is not None else _UNKNOWN
        yield Line(
            f"resource {name} on pods (as a percentage of request)",
            f"{used} / {target['averageUtilization']}%",
            1,
        )
        return
    key = "averageValue" if "averageValue" in target else "value"
    yield Line(f"{kind.lower()} {name}", f"{now.get(key, _UNKNOWN)} / {target.get(key)}", 1)


def budget(tree: Tree, _: Snapshot) -> Lines:
    """A PodDisruptionBudget and what it allows now."""
    spec, status = at(tree, "spec", default={}), at(tree, "status", default={})
    yield from some("Min available", spec.get("minAvailable"))
    yield from some("Max unavailable", spec.get("maxUnavailable"))
    yield one("Selector", selector(spec, "selector"))
    yield Line("Status")
    for label, key in (
        ("Allowed disruptions", "disruptionsAllowed"),
        ("Current", "currentHealthy"),
        ("Desired", "desiredHealthy"),
        ("Total", "expectedPods"),
    ):
        yield one(label, status.get(key, 0), 1)


def quota(tree: Tree, _: Snapshot) -> Lines:
    """A ResourceQuota: used of what is allowed."""
    yield from some("Scopes", listed(tree, "spec", "scopes"))
    used = at(tree, "status", "used", default={})
    hard = at(tree, "status", "hard", default={}) or at(tree, "spec", "hard", default={})
    yield Line("Resource", "used / hard")
    for name in sorted(hard):
        yield Line(name, f"{used.get(name, '0')} / {hard[name]}", 1)


def limit_range(tree: Tree, _: Snapshot) -> Lines:
    """A LimitRange: bounds and defaults for each type and resource."""
    yield Line("Type")
    for limit in listed(tree, "spec", "limits"):
        yield Line(str(limit.get("type")), "", 1)
        resources = {name for _, key in _BOUNDS for name in at(limit, key, default={})}
        for name in sorted(resources):
            told = [
                f"{label} {limit[key][name]}" for label, key in _BOUNDS if name in at(limit, key, default={})
            ]
            yield Line(name, ", ".join(told), 2)


def account(tree: Tree, _: Snapshot) -> Lines:
    """A ServiceAccount: what it may pull and mount, by name."""
    yield from labels(tree)
    yield from annotated(tree)
    names = [str(entry.get("name")) for entry in listed(tree, "imagePullSecrets")]
    yield from many("Image pull secrets", names)
    names = [str(entry.get("name")) for entry in listed(tree, "secrets")]
    yield from many("Mountable secrets", names)


def namespace(tree: Tree, snapshot: Snapshot) -> Lines:
    """A Namespace, with the quotas and limits in it."""
    yield from labels(tree)
    yield from annotated(tree)
    yield one("Status", at(tree, "status", "phase"))
    name = str(at(tree, "metadata", "name"))
    yield from many("Resource quotas", sorted(entry.name for entry in snapshot.within(ResourceQuota, name)))
    yield from many("Limit ranges", sorted(entry.name for entry in snapshot.within(LimitRange, name)))


def anything(tree: Tree, _: Snapshot) -> Lines:
    """An object of a kind without a description of its own: everything in it, as it is nested."""
    yield from labels(tree)
    yield from annotated(tree)
    for key, value in tree.items():
        if key not in ("apiVersion", "kind", "metadata"):
            yield from _nested(key, value)


def _nested(label: str, value: object) -> Lines:
    if isinstance(value, dict):
        yield from block(label, (line for key, inner in value.items() for line in _nested(key, inner)))
    elif isinstance(value, list) and any(isinstance(entry, dict | list) for entry in value):
        inner = (line for place, entry in enumerate(value, 1) for line in _nested(str(place), entry))
        yield from block(label, inner)
    else:
        yield Line(label, plain(value))
