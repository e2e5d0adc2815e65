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
_WAITED_FOR = ("containers", "scheduling", "workloads", "storage", "dependencies", "nodes")
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
    clues = _clues(knots)
    keys = {knot.finding.key: n for n, knot in enumerate(knots) if knot.finding.root}
    for n, knot in enumerate(knots):
        if not knot.finding.root and knot.finding.effect_of in keys:
            parents[n] = keys[knot.finding.effect_of or ""]
    for n, knot in enumerate(knots):
        parent = _explanation(n, knots, clues) if knot.finding.root else None
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
    says, pods = knots[n].brief or finding.says, knots[n].pods
    return msgspec.structs.replace(
        finding, root=False, effect_of=knots[top].finding.key, says=says, pods=pods, affects=()
    )


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


class Clues(msgspec.Struct, frozen=True):
    """The knots that may explain others, by what they have in common with them.

    `stops`: by installation and component; `full`: those whose volume is full. `names`: failing name
    services. `schemas`: failed migrations by installation and component. `hurt`: everything by hurt workload.
    `ailing`: by installation what keeps its pods or Jobs from working, Jobs first.
    """

    stops: dict[tuple[str, str], int]
    full: dict[tuple[str | None, str | None], int]
    names: list[int]
    schemas: dict[tuple[str | None, str | None], int]
    hurt: dict[str, list[int]]
    ailing: dict[str, list[int]]


def _clues(knots: list[Knot]) -> Clues:
    hurt: dict[str, list[int]] = {}
    schemas: dict[tuple[str | None, str | None], int] = {}
    for n, knot in enumerate(knots):
        for workload in knot.workloads:
            hurt.setdefault(workload, []).append(n)
        if knot.finding.code in ("migration-failed", "schema-dirty") and knot.place.role is not None:
            schemas.setdefault((knot.finding.installation, knot.place.component), n)
    names = [n for n, knot in enumerate(knots) if knot.finding.code == "dns-failing"]
    full = {
        (knot.finding.installation, knot.finding.component): n
        for n, knot in enumerate(knots)
        if knot.finding.code == "volume-nearly-full" and knot.finding.verdict is Verdict.BROKEN
    }
    return Clues(_stopping(knots), full, names, schemas, hurt, _ailing(knots))


def _ailing(knots: list[Knot]) -> dict[str, list[int]]:
    """By installation, the roots so far that Helm would wait for: failed Jobs, then pods."""
    found: dict[str, list[int]] = {}
    for n, knot in enumerate(knots):
        group = code_named(knot.finding.code).group
        if knot.finding.root and knot.finding.installation and (
            group in _WAITED_FOR or knot.finding.code == "hook-failed"
        ):  # fmt: skip
            found.setdefault(knot.finding.installation, []).append(n)
    return {key: sorted(some, key=lambda n: _patience(knots[n])) for key, some in found.items()}


def _patience(knot: Knot) -> tuple[bool, int]:
    is_job = knot.place.role is not None or knot.finding.code in (*_ROLES, "hook-failed")
    return (not is_job, -knot.finding.verdict.weight)


def _explanation(n: int, knots: list[Knot], clues: Clues) -> int | None:
    """What explains a finding: the name service, its own Job's pods, its schema, or what it needs."""
    knot = knots[n]
    finding, installation = knot.finding, knot.place.installation
    if finding.code == "disruption-blocked" and installation and finding.component:
        return clues.stops.get((installation.key, finding.component))
    if finding.code == "dependency-full" and installation:
        full = [clues.full.get((installation.key, store)) for store in (knot.target, knot.place.component)]
        return next((m for m in full if m is not None), None)
    if not code_named(finding.code).explained:
        return None
    found = [*clues.names[:1], *_near(n, knots, clues)]
    if installation is not None:
        stopped = (clues.stops.get((installation.key, need)) for need in _needs(installation, knot))
        found += [m for m in stopped if m is not None]
    return next((m for m in found if m != n), None)


def _near(n: int, knots: list[Knot], clues: Clues) -> list[int]:
    """What explains a finding without any dependency between components."""
    knot = knots[n]
    if knot.waits:
        return clues.ailing.get(knot.finding.installation or "", [])
    if knot.finding.code in (*_ROLES, "cron-missed"):
        same = [m for workload in sorted(knot.workloads) for m in clues.hurt[workload]]
        return [m for m in same if knots[m].finding.code not in (*_ROLES, "cron-missed")]
    if knot.finding.code in _STARTS and knot.finding.installation is not None:
        own = (knot.finding.installation, knot.place.component)
        return [n for n in (clues.schemas.get(own), clues.full.get(own)) if n is not None]
    return []


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
