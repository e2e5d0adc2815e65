"""The words of a judgement: verdicts, findings and their evidence, and the health that they add up to.

The vocabulary is a public contract (`docs/causes/`, `docs/schemas/health-1.json`). This module only names
things; how a finding comes about is `domain/health`, how findings add up is `domain/health/rollup`.
"""

from __future__ import annotations

import enum
from datetime import datetime

import msgspec


class Verdict(enum.Enum):
    """From best to worst; the order decides what a sum of findings is worth."""

    HEALTHY = "healthy"
    PROGRESSING = "progressing"
    UNKNOWN = "unknown"
    DEGRADED = "degraded"
    BROKEN = "broken"

    @property
    def weight(self) -> int:
        """Its place in the order: 0 is best."""
        return _ORDER.index(self)


_ORDER = tuple(Verdict)


def worst(verdicts: list[Verdict]) -> Verdict:
    """The worst of some verdicts; healthy when there are none."""
    return max(verdicts, key=lambda verdict: verdict.weight, default=Verdict.HEALTHY)


class Subject(msgspec.Struct, frozen=True):
    """The object that a finding is about. `namespace` is empty for cluster-wide objects."""

    kind: str
    namespace: str
    name: str

    @property
    def path(self) -> str:
        """Kind, namespace and name as one text, unique within a cluster."""
        return f"{self.kind}/{self.namespace}/{self.name}"


class Evidence(msgspec.Struct, frozen=True):
    """One thing that was seen: an event, a field, a log line. `note`: when, how often, on what."""

    source: str = msgspec.field(name="from")
    text: str = ""
    note: str = ""
    subject: Subject | None = None


class Change(msgspec.Struct, frozen=True):
    """Something that changed shortly before a fault began. `by`: who did it, or why, where that is known."""

    at: datetime
    text: str
    subject: Subject
    by: str = ""


class Finding(msgspec.Struct, frozen=True):
    """One fault, with its cause code, its place, what was seen and what to do.

    `root` is True when nothing else that was found explains it; else `effect_of` is the `key` of its root.
    `installation` is "namespace/release" or None for workloads outside any. `command` shows the same in a
    terminal. `pods` counts the pods it hurts. `affects` names further components of the same cause.
    `changes`, of roots: what changed in the ten minutes before, newest first.
    """

    code: str
    verdict: Verdict
    subject: Subject
    says: str
    fix: str = ""
    component: str | None = None
    installation: str | None = None
    root: bool = True
    effect_of: str | None = None
    evidence: tuple[Evidence, ...] = ()
    since: datetime | None = None
    command: str = ""
    pods: int = 0
    affects: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def key(self) -> str:
        """Its identity across judgements: code and subject."""
        return f"{self.code}:{self.subject.path}"


class Blind(msgspec.Struct, frozen=True):
    """Something that was not looked at, why, and which right would change that."""

    kind: str
    namespace: str
    reason: str
    would_need: str


class WorkloadRef(msgspec.Struct, frozen=True):
    """A workload of a component."""

    kind: str
    namespace: str
    name: str


class ComponentHealth(msgspec.Struct, frozen=True):
    """A component as the Health page lists it. `ready` and `wanted` count pods; None when not seen.

    `needs` are the keys of the components it depends on.
    """

    key: str
    title: str
    group: str
    verdict: Verdict
    ready: int | None
    wanted: int | None
    vital: bool = False
    impact: str = ""
    workloads: tuple[WorkloadRef, ...] = ()
    needs: tuple[str, ...] = ()


class InstallationHealth(msgspec.Struct, frozen=True):
    """An installation: its verdict, its headline (the roots) and its components, most important first.

    `product` is the key of the pack, `title` its name; `off` the components that this installation has not.
    """

    product: str
    title: str
    namespace: str
    release: str
    chart: str
    app_version: str
    verdict: Verdict
    headline: str
    components: tuple[ComponentHealth, ...]
    groups: tuple[tuple[str, str], ...] = ()
    off: tuple[str, ...] = ()
    since: datetime | None = None
    summary: str = ""

    @property
    def key(self) -> str:
        """Its name in findings: namespace and release with a slash between."""
        return f"{self.namespace}/{self.release}"


class Acceptance(msgspec.Struct, frozen=True):
    """Somebody's word that a finding is expected: why, by whom, until when (None: until it changes).

    `verdict`, `facts` and `hurt` are how it looked then (`domain/accepted`); `says` is its sentence then.
    `cluster` tells clusters apart that share the console's own state.
    """

    cluster: str
    code: str
    subject: Subject
    verdict: Verdict
    facts: str
    hurt: tuple[str, ...]
    says: str
    reason: str
    who: str
    at: datetime
    until: datetime | None = None

    @property
    def key(self) -> str:
        """The key of the finding that it is about."""
        return f"{self.code}:{self.subject.path}"


class Accepted(msgspec.Struct, frozen=True):
    """A finding that is expected, with the effects that it explains. Neither counts for any verdict."""

    finding: Finding
    effects: tuple[Finding, ...]
    acceptance: Acceptance


class Health(msgspec.Struct, frozen=True):
    """The judgement of a whole picture. `verdict` counts installations only, without what was accepted."""

    cluster: str
    at: datetime
    verdict: Verdict
    installations: tuple[InstallationHealth, ...] = ()
    findings: tuple[Finding, ...] = ()
    blind: tuple[Blind, ...] = ()
    accepted: tuple[Accepted, ...] = ()
