"""The page of one object: what state it is in, what was found about it, what it is made of and who owns it.

The page is made from the picture and therefore live; only the YAML is fetched, when somebody asks for it, and
passes redaction before it is text. Secrets are never fetched, not even by name.
"""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import msgspec
import yaml

from mission_control.cluster.errors import ClusterError, Forbidden, NotFound
from mission_control.domain.kinds import Kind, kind_named, kind_of
from mission_control.domain.objects import CronJob, DaemonSet, Job, Node, Object, PersistentVolumeClaim, Pod
from mission_control.domain.objects.meta import Condition
from mission_control.domain.objects.workloads import Workload
from mission_control.domain.redact import redact_object
from mission_control.domain.snapshot import Snapshot
from mission_control.domain.usage import Gauge, UsageIndex, together
from mission_control.domain.verdict import Acceptance, Finding, Health, Verdict
from mission_control.services.facts import Fact, Link, facts
from mission_control.services.freshness import Freshness, freshness
from mission_control.services.marks import Marks
from mission_control.services.parts import (
    MOST,
    ConditionLine,
    ContainerPart,
    EnvLine,
    EventLine,
    conditions,
    containers,
    environment,
    events,
)
from mission_control.services.rows import Row, node_gauges, pod_gauges, pods_of, row
from mission_control.services.states import ready_wanted, state_of
from mission_control.services.workloads import KINDS as LISTED

LONGEST = 256 * 1024
"""How many characters of YAML a page shows; an object may have 1.5 million."""
_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
Fetch = Callable[[str, str, str], Awaitable[bytes]]


class Owner(msgspec.Struct, frozen=True):
    """What controls an object; `is_here` when it can be seen and therefore has a page."""

    kind: str
    namespace: str
    name: str
    is_here: bool


class Place(msgspec.Struct, frozen=True):
    """The installation and component that an object belongs to."""

    installation: str
    title: str
    component: str


class Thing(msgspec.Struct, frozen=True):
    """The page of an object.

    `root` explains the first finding when that is an effect. `owners` go outwards. `pods` are those that it
    controls, carries or serves. `is_listed`: Workloads lists the kind.
    """

    freshness: Freshness
    kind: str
    plural: str
    namespace: str
    name: str
    verdict: Verdict | None
    state: str
    ready: int | None
    wanted: int | None
    findings: tuple[Finding, ...]
    root: Finding | None
    place: Place | None
    created: datetime | None
    deleted: datetime | None
    facts: tuple[Fact, ...]
    labels: tuple[tuple[str, str], ...]
    containers: tuple[ContainerPart, ...]
    cpu: Gauge
    memory: Gauge
    conditions: tuple[ConditionLine, ...]
    events: tuple[EventLine, ...]
    owners: tuple[Owner, ...]
    pods: tuple[Row, ...]
    pods_total: int
    environment: tuple[EnvLine, ...]
    measured_at: datetime | None
    describe: str
    get: str
    sees_events: bool = True
    is_listed: bool = False
    manifest: Manifest | None = None
    accepted: Acceptance | None = None


class Manifest(msgspec.Struct, frozen=True):
    """The object as the API server has it now, redacted. Without `text`, `says` why it could not be read.

    `left_out` counts the characters that follow `text`; `is_bare`: the console reads only its metadata.
    """

    text: str = ""
    says: str = ""
    fix: str = ""
    left_out: int = 0
    is_bare: bool = False


class Missing(msgspec.Struct, frozen=True):
    """There is no page: the picture does not hold the kind, may not see it, or has no object of that name."""

    kind: str
    namespace: str
    name: str
    is_known_kind: bool
    may_see: bool


def thing(
    snapshot: Snapshot, health: Health, usage: UsageIndex, link: Link, manifest: Manifest | None = None
) -> Thing | Missing:
    """The page of the object that a link names."""
    kind = kind_named(link.kind)
    item = snapshot.get(kind.shape, link.namespace, link.name) if kind else None
    if kind is None or item is None:
        may_see = kind is not None and snapshot.sees(kind.shape, link.namespace)
        return Missing(link.kind, link.namespace, link.name, kind is not None, may_see)
    marks = Marks(snapshot, health)
    pods = _pods(snapshot, item)
    seen = freshness(snapshot)
    found = marks.findings(item) if seen.allows_verdicts else ()
    cpu, memory = _gauges(snapshot, item, pods, usage)
    ready, wanted = ready_wanted(item)
    return Thing(
        freshness=seen,
        kind=kind.kind,
        plural=kind.plural,
        namespace=item.namespace,
        name=item.name,
        verdict=marks.verdict(item) if seen.allows_verdicts else None,
        state=state_of(item),
        ready=ready,
        wanted=wanted,
        findings=found,
        root=marks.root(found[0]) if found else None,
        place=_place(marks, item, pods, health),
        created=item.metadata.creation_timestamp,
        deleted=item.metadata.deletion_timestamp,
        facts=facts(item),
        labels=tuple(sorted(item.labels.items())),
        containers=containers(item, usage) if isinstance(item, Pod) else (),
        cpu=cpu,
        memory=memory,
        conditions=conditions(_conditions(item)),
        events=events(snapshot, kind.kind, item.namespace, item.name),
        owners=_owners(marks, item),
        pods=tuple(row(snapshot, pod, marks, usage) for pod in pods[:MOST]),
        pods_total=len(pods),
        environment=_environment(marks, item),
        measured_at=usage.usage.at,
        describe=_command("describe", kind, item),
        get=f"{_command('get', kind, item)} -o yaml",
        sees_events=snapshot.sees(kind_named("Event").shape, item.namespace),  # type: ignore[union-attr]
        is_listed=kind.kind in LISTED,
        manifest=manifest,
        accepted=marks.acceptance(item),
    )


async def manifest(fetch: Fetch, link: Link) -> Manifest:
    """The YAML of an object, fetched now and redacted; a refusal is told, not raised."""
    kind = kind_named(link.kind)
    if kind is None:
        return Manifest(says=f"The console does not read objects of kind {link.kind}.")
    try:
        raw = await fetch(link.kind, link.namespace, link.name)
    except Forbidden as no:
        return Manifest(says=no.says, fix=no.fix)
    except NotFound:
        return Manifest(says=f"{link.kind} {link.name} does not exist any more.", fix="Go back to Workloads.")
    except ClusterError as trouble:
        return Manifest(says=trouble.says, fix=trouble.fix)
    text = await asyncio.to_thread(_written, _shown(msgspec.json.decode(raw)))
    shown = text if len(text) <= LONGEST else text[: text.rfind("\n", 0, LONGEST) + 1] or text[:LONGEST]
    return Manifest(text=shown, left_out=len(text) - len(shown), is_bare=kind.metadata_only)


def as_yaml(tree: Any) -> str:
    """An object's tree as YAML in the order of `kubectl`, redacted and without the field managers' noise."""
    return _written(_shown(tree))


def _shown(tree: Any) -> Any:
    if isinstance(tree, dict) and isinstance(tree.get("metadata"), dict):
        kept = {key: value for key, value in tree["metadata"].items() if key != "managedFields"}
        order = {key: tree[key] for key in ("apiVersion", "kind") if key in tree}
        tree = order | tree | {"metadata": kept}
    return redact_object(tree)


def _written(shown: Any) -> str:
    return str(yaml.dump(shown, Dumper=_DUMPER, sort_keys=False, allow_unicode=True, width=100))


def _command(verb: str, kind: Kind, item: Object) -> str:
    """The kubectl command that shows the same."""
    within = f" -n {shlex.quote(item.namespace)}" if item.namespace else ""
    return f"kubectl {verb} {kind.kind.lower()} {shlex.quote(item.name)}{within}"


def _conditions(item: Object) -> tuple[Condition, ...]:
    found: tuple[Condition, ...] = getattr(getattr(item, "status", None), "conditions", ())
    return found


def _place(marks: Marks, item: Object, pods: tuple[Pod, ...], health: Health) -> Place | None:
    """Where an object belongs: by what controls it, by the pods that use a claim, or by its findings."""
    used_by = pods if isinstance(item, PersistentVolumeClaim) else ()
    home = next((found for found in map(marks.home, (item, *used_by)) if found), None)
    if home:
        return Place(home[0].key, home[0].title, home[1].title)
    finding = next((entry for entry in marks.findings(item) if entry.installation and entry.root), None)
    titles = {entry.key: entry.title for entry in health.installations}
    if finding is None or finding.installation is None or isinstance(item, Node):
        return None
    return Place(finding.installation, titles.get(finding.installation, ""), finding.component or "")


def _gauges(
    snapshot: Snapshot, item: Object, pods: tuple[Pod, ...], usage: UsageIndex
) -> tuple[Gauge, Gauge]:
    """Cpu and memory of a node against what it can give, or of all pods of a workload together."""
    if isinstance(item, Node):
        return node_gauges(item, pods, usage)
    pairs = [pod_gauges(pod, usage) for pod in pods_of(snapshot, item)]
    if not pairs:
        return Gauge(), Gauge()
    return together([cpu for cpu, _ in pairs]), together([memory for _, memory in pairs])


def _owners(marks: Marks, item: Object) -> tuple[Owner, ...]:
    """What controls the object as far as it can be seen, and the name of the first that cannot."""
    chain = marks.controllers(item)
    found = [Owner(kind_of(type(owner)).kind, owner.namespace, owner.name, is_here=True) for owner in chain]
    outermost = (chain[-1] if chain else item).metadata.controller
    if outermost is not None:
        found.append(Owner(outermost.kind, item.namespace, outermost.name, is_here=False))
    return tuple(found)


def _pods(snapshot: Snapshot, item: Object) -> tuple[Pod, ...]:
    """The pods that an object controls, carries (a node) or serves (a claim); none for a pod itself."""
    match item:
        case Pod():
            return ()
        case Node():
            found = tuple(snapshot.pods_on(item.name))
        case PersistentVolumeClaim():
            found = tuple(pod for pod in snapshot.within(Pod, item.namespace) if item.name in _claims(pod))
        case Workload() | DaemonSet() | Job() | CronJob():
            found = pods_of(snapshot, item)
        case _:
            return ()
    return tuple(sorted(found, key=lambda pod: (pod.namespace, pod.name)))


def _claims(pod: Pod) -> set[str]:
    claims = [volume.persistent_volume_claim for volume in pod.spec.volumes]
    return {claim.claim_name for claim in claims if claim}


def _environment(marks: Marks, item: Object) -> tuple[EnvLine, ...]:
    """The environment of the workload, or of the workload that made the pod."""
    for owner in (item, *marks.controllers(item)):
        if isinstance(owner, Workload | DaemonSet | Job):
            return environment(owner.spec.template)
    return ()
