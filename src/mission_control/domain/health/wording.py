"""The sentences about a whole installation: what is wrong, worst first."""

from __future__ import annotations

from collections.abc import Iterable

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
    count = f"{well} of {len(components)} are healthy."
    roots = [f for f in findings if f.root]
    if not roots:
        return headline(verdict, (), components)
    titles = {component.key: component.title for component in components}
    clauses = [_clause(root, findings, titles) for root in roots[:_SHOWN]]
    return " ".join([*clauses, count])


def _clause(root: Finding, findings: list[Finding], titles: dict[str, str]) -> str:
    name = titles.get(root.component or "", root.component or f"{root.subject.kind} {root.subject.name}")
    does = _PHRASES.get(root.code, "is degraded" if root.verdict is Verdict.DEGRADED else "does not work")
    if root.component and root.verdict is Verdict.DEGRADED and root.code in _CANNOT_START:
        does = "cannot start all of its pods"
    effects = {f.component for f in findings if f.effect_of == root.key and f.component} - {root.component}
    if not effects:
        return f"{name} {does}."
    one = len(effects) == 1
    who = "1 component that needs it fails" if one else f"the {len(effects)} components that need it fail"
    return f"{name} {does}, and {who} with it."
