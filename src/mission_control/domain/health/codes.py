"""The cause codes: a public contract. They never change meaning; new ones go to the end of their group.

Every code has a page in `docs/causes/`. Beside its group and verdict a code says how it takes part in the
search for the root: whether replicas that still serve soften it, whether something a component needs can
explain it, and whether others that need the component can be explained by it.
"""

from __future__ import annotations

import msgspec

from mission_control.domain.verdict import Verdict

_BROKEN, _DEGRADED, _UNKNOWN = Verdict.BROKEN, Verdict.DEGRADED, Verdict.UNKNOWN


class Code(msgspec.Struct, frozen=True):
    """A cause code.

    `softens`: degraded while the component still has ready replicas. `explained`: it may be the effect of a
    component that is needed and does not work. `stops`: with it a component does not work for others.
    `log`: the log of its pods may tell the cause.
    """

    code: str
    group: str
    verdict: Verdict
    softens: bool = False
    explained: bool = False
    stops: bool = False
    log: bool = False


def _pod(
    code: str, group: str, verdict: Verdict = _BROKEN, *, explained: bool = False, log: bool = False
) -> Code:
    """A code about pods: it stops the component, and replicas that serve soften it."""
    return Code(code, group, verdict, softens=True, explained=explained, stops=True, log=log)


CODES: tuple[Code, ...] = (
    _pod("image-pull", "containers"),
    _pod("image-never-present", "containers"),
    _pod("crash-loop", "containers", explained=True, log=True),
    _pod("out-of-memory", "containers"),
    _pod("start-failed", "containers"),
    _pod("config-missing", "containers"),
    _pod("init-failed", "containers", explained=True, log=True),
    _pod("readiness-failing", "containers", explained=True, log=True),
    _pod("liveness-killing", "containers", explained=True, log=True),
    Code("stuck-terminating", "containers", _DEGRADED),
    Code("evicted", "containers", _DEGRADED),
    _pod("no-capacity", "scheduling"),
    _pod("no-matching-node", "scheduling"),
    _pod("taint", "scheduling"),
    _pod("quota", "scheduling"),
    _pod("limit-range", "scheduling"),
    _pod("pod-security", "scheduling"),
    _pod("admission-denied", "scheduling"),
    _pod("admission-unreachable", "scheduling"),
    _pod("service-account-missing", "scheduling"),
    _pod("priority-preempted", "scheduling", _DEGRADED),
    _pod("rollout-stuck", "workloads", explained=True),
    _pod("replicas-short", "workloads", explained=True),
    Code("scaled-to-zero", "workloads", _BROKEN, stops=True),
    Code("job-failed", "workloads", _BROKEN, softens=True, explained=True, log=True),
    Code("migration-failed", "workloads", _BROKEN, softens=True, explained=True, log=True),
    Code("cron-missed", "workloads", _DEGRADED, explained=True),
    Code("autoscaler-at-limit", "workloads", _DEGRADED),
    Code("autoscaler-blind", "workloads", _DEGRADED),
    Code("scaledobject-failing", "workloads", _DEGRADED),
    Code("disruption-blocked", "workloads", _DEGRADED),
    _pod("volume-unbound", "storage"),
    _pod("volume-lost", "storage"),
    _pod("volume-attach", "storage"),
    Code("volume-nearly-full", "storage", _DEGRADED, stops=True),
    Code("volume-resize-stuck", "storage", _DEGRADED),
    Code("service-no-endpoints", "network", _BROKEN, stops=True),
    Code("service-port-mismatch", "network", _BROKEN, stops=True),
    Code("ingress-backend-missing", "network", _BROKEN),
    Code("ingress-class-missing", "network", _BROKEN),
    Code("ingress-no-address", "network", _DEGRADED),
    Code("route-rejected", "network", _BROKEN),
    Code("certificate-expired", "network", _BROKEN),
    Code("network-policy-blocks", "network", _BROKEN, stops=True),
    Code("dns-failing", "network", _BROKEN, stops=True),
    _pod("dependency-unreachable", "dependencies", explained=True, log=True),
    _pod("dependency-auth", "dependencies", log=True),
    _pod("dependency-full", "dependencies", log=True),
    _pod("schema-dirty", "dependencies", log=True),
    _pod("license-invalid", "dependencies", log=True),
    _pod("node-not-ready", "nodes"),
    Code("node-pressure", "nodes", _DEGRADED),
    Code("node-network", "nodes", _DEGRADED),
    Code("node-cordoned", "nodes", _DEGRADED),
    Code("release-pending", "releases", _BROKEN, explained=True),
    Code("release-failed", "releases", _BROKEN, softens=True, explained=True),
    Code("hook-failed", "releases", _BROKEN),
    Code("object-missing", "releases", _BROKEN, softens=True, stops=True),
    Code("drifted", "releases", _DEGRADED),
    Code("crd-missing", "releases", _BROKEN),
    Code("owner-conflict", "releases", _DEGRADED),
    Code("custom-resource-failing", "releases", _DEGRADED),
    Code("not-allowed", "sight", _UNKNOWN),
    Code("stale", "sight", _UNKNOWN),
)

_BY_NAME = {code.code: code for code in CODES}

# On one workload these only describe what follows from any other code.
FOLLOWS = ("rollout-stuck", "replicas-short")
# On one workload the first of these say only how it looks when one of the second says why.
LOOSE = ("crash-loop", "readiness-failing", "init-failed", "liveness-killing")
TELLING = (
    "out-of-memory",
    "start-failed",
    "dependency-unreachable",
    "dependency-auth",
    "dependency-full",
    "schema-dirty",
    "license-invalid",
)


def code_named(name: str) -> Code:
    """The entry of a code; KeyError for one that is no part of the contract."""
    return _BY_NAME[name]
