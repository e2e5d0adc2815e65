"""Root and effect: which finding explains which other, by the product's own dependencies.

Only edges that the pack calls required count, and only when what is needed has a finding that stops it. A
chain of needs ends at one root; a circle is cut where it closes, so that there always is a root.
"""

from __future__ import annotations

import msgspec

from mission_control.domain.health.causes import Knot
from mission_control.domain.health.codes import code_named
from mission_control.domain.installations import Installation
from mission_control.domain.verdict import Finding, Verdict

_ROLES = ("job-failed", "migration-failed", "schema-dirty")
_STARTS = (
    "crash-loop",
    "readiness-failing",
    "init-failed",
    "liveness-killing",
    "rollout-stuck",
    "replicas-short",
)


def trace(knots: list[Knot]) -> list[Finding]:
    """The findings, each either a root or the effect of one."""
    parents: dict[int, int] = {}
    stops = _stopping(knots)
    keys = {knot.finding.key: n for n, knot in enumerate(knots) if knot.finding.root}
    for n, knot in enumerate(knots):
        if not knot.finding.root and knot.finding.effect_of in keys:
            parents[n] = keys[knot.finding.effect_of or ""]
    for n, knot in enumerate(knots):
        parent = _explanation(n, knots, stops) if knot.finding.root else None
        if parent is not None and _top(parent, parents) != n:
            parents[n] = parent
    return [_placed(knots, n, _top(n, parents)) for n in range(len(knots))]


def _top(n: int, parents: dict[int, int]) -> int:
    seen = {n}
    while n in parents and parents[n] not in seen:
        n = parents[n]
        seen.add(n)
    return n


def _placed(knots: list[Knot], n: int, top: int) -> Finding:
    finding = knots[n].finding
    if n == top:
        return msgspec.structs.replace(finding, root=True, effect_of=None)
    return msgspec.structs.replace(finding, root=False, effect_of=knots[top].finding.key)


def _stopping(knots: list[Knot]) -> dict[tuple[str, str], int]:
    """Which knot stops a component: broken, and of a kind that others feel."""
    found: dict[tuple[str, str], int] = {}
    for n, knot in enumerate(knots):
        finding = knot.finding
        if finding.verdict is not Verdict.BROKEN or not code_named(finding.code).stops:
            continue
        if finding.installation and finding.component and not (knot.place.role and finding.code in _ROLES):
            key = (finding.installation, finding.component)
            if key not in found or (finding.root and not knots[found[key]].finding.root):
                found[key] = n
    return found


def _explanation(n: int, knots: list[Knot], stops: dict[tuple[str, str], int]) -> int | None:
    """What explains a finding: the fault of its own Job's pods, its schema, the name service, or a need."""
    knot = knots[n]
    finding, installation = knot.finding, knot.place.installation
    if finding.code == "disruption-blocked" and installation and finding.component:
        return stops.get((installation.key, finding.component))
    if not code_named(finding.code).explained:
        return None
    for m, other in enumerate(knots):
        if m != n and _explains(other, knot):
            return m
    if installation is None:
        return None
    stopped = (stops.get((installation.key, need)) for need in _needs(installation, knot))
    return next((m for m in stopped if m is not None and m != n), None)


def _explains(other: Knot, knot: Knot) -> bool:
    """Whether one finding explains another without any dependency between components."""
    if other.finding.installation != knot.finding.installation:
        return other.finding.code == "dns-failing"
    if other.finding.code == "dns-failing":
        return True
    if knot.finding.code in ("job-failed", "migration-failed", "cron-missed"):
        same = bool(other.workloads & knot.workloads)
        return same and other.finding.code not in (*_ROLES, "cron-missed")
    failed_migration = (
        other.finding.code in ("migration-failed", "schema-dirty") and other.place.role is not None
    )
    return failed_migration and knot.finding.code in _STARTS and other.place.component == knot.place.component


def _needs(installation: Installation, knot: Knot) -> list[str]:
    """The components that this one needs, the accused first, then by importance."""
    component = knot.finding.component
    role = knot.place.role
    needs = {
        edge.target
        for edge in installation.product.dependencies
        if edge.source == component and edge.required
    }
    needs |= set(role.needs) if role else set()
    ordered = sorted(needs, key=installation.rank)
    return [knot.target, *ordered] if knot.target and knot.target != component else ordered
