"""Helm releases that are stuck or failed, and hooks that failed where no Job is left to tell it.

Records are read only where that is allowed; what is not read is told as blind and nothing is guessed. An
operation that is under way has ten minutes, as long as something moves.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import msgspec

from mission_control.domain.health.kubelet import one_line
from mission_control.domain.health.manifests import manifest_sightings
from mission_control.domain.health.scene import Scene, days_hours
from mission_control.domain.health.sighting import Sighting
from mission_control.domain.health.workloads import is_short
from mission_control.domain.installations import Installation
from mission_control.domain.objects import Deployment, Job, Object, Rollout, StatefulSet, condition
from mission_control.domain.places import Place
from mission_control.domain.release import HookRun, Release, history, newest
from mission_control.domain.verdict import Evidence, Subject, Verdict, WorkloadRef

PATIENCE = timedelta(minutes=10)
GRACE = timedelta(seconds=60)
_TESTS = {"test", "test-success", "test-failure"}


def release_sightings(scene: Scene) -> Iterator[Sighting]:
    """Every fault of every release whose record was seen."""
    for release in newest(scene.snapshot.readings.releases):
        place = Place(installation_of(scene, release))
        if release.is_pending:
            yield _pending(scene, release, place)
        elif release.lacks and release.status in ("failed", "deployed"):
            yield _lacking(release, place)
        elif release.status == "failed":
            yield _failed(scene, release, place)
        if release.status != "uninstalled":
            yield from _hooks(scene, release)
        yield from manifest_sightings(scene, release)


def installation_of(scene: Scene, release: Release) -> Installation | None:
    """The installation that a release made; None when its product is not known."""
    return next((i for i in scene.installations if i.key == release.key), None)


def _sighting(code: str, release: Release, place: Place, says: str, fix: str) -> Sighting:
    field = f"revision {release.revision}: {release.status}"
    subject = Subject("Release", release.namespace, release.name)
    return Sighting(
        code,
        subject,
        place,
        says,
        fix,
        f"helm history {release.name} -n {release.namespace}",
        (Evidence("release", field, one_line(release.description, 300), subject),),
        release.at,
        nobody=True,
    )


def _pending(scene: Scene, release: Release, place: Place) -> Sighting:
    age = scene.age(release.at)
    verb = release.status.removeprefix("pending-")
    begun = f"began {days_hours(age)} ago" if age is not None else "has begun"
    young = age is not None and age < PATIENCE
    if young and (age < GRACE or _moves(scene, release)):  # type: ignore[operator]
        says = f"Helm's {verb} of {release.name} to revision {release.revision} {begun} and is under way."
        fix = "Wait until it has ended."
        verdict: Verdict | None = Verdict.PROGRESSING
    else:
        says = (
            f"Helm's {verb} of {release.name} to revision {release.revision} {begun} and has not ended, "
            "and nothing moves any more; Helm refuses every further change."
        )
        fix, verdict = _way_out(scene, release), None
    found = _sighting("release-pending", release, place, says, fix)
    return msgspec.structs.replace(found, verdict=verdict, waits=verdict is not None)


def _way_out(scene: Scene, release: Release) -> str:
    """How to make a pending release usable again."""
    older = history(scene.snapshot.readings.releases, release.key)
    last = next((r.revision for r in older if r.status in ("deployed", "superseded")), None)
    name = f"{release.name} -n {release.namespace}"
    first = "Make sure that no helm command still runs"
    if last is None:
        return f"{first}, then remove the half install with helm uninstall {name} and install it again."
    return f"{first}, then go back with helm rollback {release.name} {last} -n {release.namespace}."


def _moves(scene: Scene, release: Release) -> bool:
    """Whether anything of the release still changes: a roll-out, or a Job that runs."""
    for shape in (Deployment, StatefulSet, Rollout):
        for workload in scene.snapshot.within(shape, release.namespace):
            if _is_of(workload, release) and is_short(workload):
                return True
    jobs = scene.snapshot.within(Job, release.namespace)
    return any(job.status.active > 0 and (_is_of(job, release) or _is_hook(job, release)) for job in jobs)


def _is_of(item: Object, release: Release) -> bool:
    return item.metadata.annotations.release_name == release.name


def _is_hook(job: Job, release: Release) -> bool:
    """Helm puts no annotation of its own on hooks, but their names are in the record."""
    return bool(job.metadata.annotations.hook) and (
        not release.hooks or any(hook.name == job.name for hook in release.hooks)
    )


def _failed(scene: Scene, release: Release, place: Place) -> Sighting:
    reason = one_line(release.description, 240).rstrip(". ") or "Helm names no reason"
    fix = "Mend what Helm names and run the same command again, or go back with helm rollback."
    says = f"Revision {release.revision} of release {release.name} failed: {reason}."
    verdict = Verdict.DEGRADED if _serves(scene, place) else Verdict.BROKEN
    found = _sighting("release-failed", release, place, says, fix)
    return msgspec.structs.replace(found, verdict=verdict, waits=release.waited_in_vain)


def _serves(scene: Scene, place: Place) -> bool:
    """Whether any component of the installation has a ready replica."""
    members = place.installation.members if place.installation else ()
    return any(scene.serves(Place(place.installation, member.key)) for member in members)


def _lacking(release: Release, place: Place) -> Sighting:
    names = ", ".join(release.lacks[:5])
    what = "kinds" if len(release.lacks) > 1 else "a kind"
    says = f"Release {release.name} needs {what} that the cluster does not serve: {names}."
    fix = "Install the CustomResourceDefinitions (their operator's chart brings them), then upgrade again."
    found = _sighting("crd-missing", release, place, says, fix)
    return msgspec.structs.replace(
        found, command=f"kubectl api-resources --api-group={_group(release.lacks[0])}"
    )


def _group(kind: str) -> str:
    return kind.partition("/")[0]


def _hooks(scene: Scene, release: Release) -> Iterator[Sighting]:
    """Failed hooks that no Job in the cluster tells about any more."""
    installation = installation_of(scene, release)
    for hook in release.hooks:
        if hook.phase != "Failed" or set(hook.events) <= _TESTS or _is_told(scene, release, hook):
            continue
        role = installation.role_named(installation.suffix(hook.name)) if installation else None
        ref = WorkloadRef(hook.kind, release.namespace, hook.name)
        events = ", ".join(hook.events) or "unknown event"
        advice = " ".join(role.advice.split()) if role and role.advice else ""
        found = _sighting(
            "hook-failed",
            release,
            Place(installation, role.component if role else None, ref, role),
            f"The {events} hook {hook.name} of release {release.name} failed.",
            advice or "Run the same command again and read the log of the hook's pod while it runs.",
        )
        yield msgspec.structs.replace(
            found,
            subject=Subject(hook.kind, release.namespace, hook.name),
            verdict=Verdict.DEGRADED if role and role.hook_failure == "degraded" else None,
            evidence=(Evidence("release", f"hook {hook.name}: {hook.phase}", events),),
            since=hook.completed_at or release.at,
            nobody=False,
        )


def _is_told(scene: Scene, release: Release, hook: HookRun) -> bool:
    """Whether the hook's Job is there and says itself how it ended."""
    job = scene.snapshot.get(Job, release.namespace, hook.name) if hook.kind == "Job" else None
    if job is None:
        return False
    return any((found := condition(job.status.conditions, kind)) and found.is_true for kind in _ENDS)


_ENDS = ("Failed", "Complete")
