"""The sentences about a whole installation: what is wrong, worst first."""

from __future__ import annotations

from collections.abc import Iterable

from mission_control.domain.health.codes import code_named
from mission_control.domain.verdict import ComponentHealth, Finding, Verdict

_CANNOT_START = [
    "image-pull",
    "image-never-present",
    "start-failed",
    "config-missing",
    "init-failed",
    "no-capacity",
    "no-matching-node",
    "taint",
    "quota",
    "limit-range",
    "pod-security",
    "admission-denied",
    "admission-unreachable",
    "service-account-missing",
    "volume-unbound",
    "volume-lost",
    "volume-attach",
    "node-cordoned",
]
_PHRASES = {
    "crash-loop": "crashes",
    "out-of-memory": "is killed for memory",
    "liveness-killing": "is restarted again and again",
    "readiness-failing": "is not ready",
    "scaled-to-zero": "is switched off",
    "service-no-endpoints": "cannot be reached",
    "service-port-mismatch": "cannot be reached",
    "network-policy-blocks": "cannot be reached",
    "migration-failed": "has a failed migration",
    "job-failed": "has a failed Job",
    "autoscaler-at-limit": "is at its limit",
    "node-not-ready": "does not answer",
} | dict.fromkeys(_CANNOT_START, "cannot start")
_SHOWN = 3


def headline(verdict: Verdict, roots: Iterable[Finding], components: tuple[ComponentHealth, ...]) -> str:
    """The roots, worst first; without any, what the verdict means."""
    said = list(dict.fromkeys(root.says for root in roots))
    if said:
        more = f" And {len(said) - _SHOWN} more." if len(said) > _SHOWN else ""
        return " ".join(said[:_SHOWN]) + more
    moving = [c for c in components if c.verdict is Verdict.PROGRESSING]
    if verdict is Verdict.PROGRESSING and moving:
        names = ", ".join(f"{c.title} {c.ready} of {c.wanted}" for c in moving[:_SHOWN])
        return f"A change is under way; ready so far: {names}."
    if verdict is Verdict.UNKNOWN:
        return "Its pods, workloads or endpoints cannot be looked at now."
    return f"Nothing is wrong. {len(components)} of {len(components)} components are healthy."


def summary(verdict: Verdict, findings: list[Finding], components: tuple[ComponentHealth, ...]) -> str:
    """One short sentence for each root, and how many components are healthy."""
    well = sum(component.verdict is Verdict.HEALTHY for component in components)
    count = f"{well} of {len(components)} are healthy." if len(components) > 1 else ""
    roots = [f for f in findings if f.root]
    if not roots:
        return headline(verdict, (), components)
    titles = {component.key: component.title for component in components}
    clauses = [_clause(root, findings, titles) for root in roots[:_SHOWN]]
    return " ".join([*clauses, count]).strip()


def _clause(root: Finding, findings: list[Finding], titles: dict[str, str]) -> str:
    if code_named(root.code).group == "sight":
        return root.says
    name = titles.get(root.component or "", root.component or f"{root.subject.kind} {root.subject.name}")
    does = _PHRASES.get(root.code, "is degraded" if root.verdict is Verdict.DEGRADED else "does not work")
    if root.component and root.verdict is Verdict.DEGRADED and root.code in _CANNOT_START:
        does = "cannot start all of its pods"
    return f"{name} {does}{_followers(root, findings)}."


def _followers(root: Finding, findings: list[Finding]) -> str:
    """How many components have the same cause, and how many fail because they need one that has."""
    effects = [
        f for f in findings if f.effect_of == root.key and f.component and f.component != root.component
    ]
    same = {f.component for f in effects if f.code == root.code}
    others = {f.component for f in effects} - same
    if root.component is None:
        count = len(same | others)
        return f", and {_components(count)} with it" if count else ""
    told = f", {len(same)} other{'s' if len(same) > 1 else ''} for the same reason" if same else ""
    if len(others) == 1:
        return f"{told}, and 1 component that needs it fails with it"
    return f"{told}, and the {len(others)} components that need it fail with it" if others else told


def _components(count: int) -> str:
    return "1 component fails" if count == 1 else f"{count} components fail"
