"""Jobs that failed, migrations above all, and schedules that were missed.

A Job that is still allowed to try again is not a fault, and neither is one that a later Job of the same role
has made good. What a Job means and what to do when it fails is in the product pack.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from mission_control.domain.health.kubelet import one_line
from mission_control.domain.health.scene import Scene, aware, from_event, from_field, subject
from mission_control.domain.health.schedules import missed_run
from mission_control.domain.health.sighting import Sighting
from mission_control.domain.objects import Condition, CronJob, Job, Pod, condition
from mission_control.domain.places import Place
from mission_control.domain.verdict import Evidence, Verdict

_REASONS = {
    "BackoffLimitExceeded": "it was tried as often as it may be",
    "DeadlineExceeded": "it ran longer than it may",
    "PodFailurePolicy": "its pod failed in a way that is not tried again",
}
MISSED = timedelta(hours=1)


def job_sightings(scene: Scene) -> Iterator[Sighting]:
    """Jobs that ended in failure, and CronJobs whose last Job did or that missed their time."""
    jobs: dict[str, list[Job]] = {}
    for job in scene.snapshot.all(Job):
        owner = job.metadata.controller
        if owner is not None and owner.kind == "CronJob":
            jobs.setdefault(owner.uid, []).append(job)
            continue
        failed = _failure(job)
        if failed is not None and not _is_test(job):
            place = scene.places.workload("Job", job.namespace, job.name)
            if not _is_made_good(scene, job, place):
                yield _failed(scene, job, place, failed)
    for cron in scene.snapshot.all(CronJob):
        yield from _missed(scene, cron, jobs.get(cron.uid, []))


def _failure(job: Job) -> Condition | None:
    found = condition(job.status.conditions, "Failed")
    return found if found and found.is_true else None


def _is_test(job: Job) -> bool:
    """Whether the Job only ever runs when somebody asks for a test of the release."""
    return job.metadata.annotations.hook.strip() in ("test", "test-success", "test-failure")


def _is_made_good(scene: Scene, job: Job, place: Place) -> bool:
    """Whether a later Job of the same role and installation has succeeded."""
    if place.role is None or place.installation is None:
        return False
    began = job.status.start_time or job.metadata.creation_timestamp
    for other in scene.snapshot.within(Job, job.namespace):
        there = scene.places.workload("Job", other.namespace, other.name)
        if (
            other.name == job.name
            or there.role is not place.role
            or there.installation is not place.installation
        ):
            continue
        ended = other.status.completion_time
        if ended and began and aware(ended) > aware(began):
            return True
    return False


def _failed(scene: Scene, job: Job, place: Place, failed: Condition) -> Sighting:
    role = place.role
    migration = role is not None and role.migration
    why = _REASONS.get(failed.reason, one_line(failed.message or failed.reason or "no reason is given"))
    what = "The migration" if migration else "Job"
    pods = sorted(scene.snapshot.owned_by(Pod, job.uid), key=_started, reverse=True)
    container, ended = _end(pods[:1])
    advice = (
        role.advice if role and role.advice else "Read the log of its pod, mend what it names, run it again."
    )
    return Sighting(
        "migration-failed" if migration else "job-failed",
        subject(job),
        place,
        f"{what} {job.name} failed: {why}{ended}.",
        " ".join(advice.split()),
        f"kubectl logs job/{job.name} -n {job.namespace}",
        _shown(scene, job, failed),
        failed.last_transition_time,
        verdict=Verdict.DEGRADED if role and role.hook_failure == "degraded" else None,
        pods=tuple(pod.name for pod in pods[:2]),
        container=container,
    )


def _started(pod: Pod) -> float:
    moment = pod.status.start_time or pod.metadata.creation_timestamp
    return aware(moment).timestamp() if moment else 0.0


def _end(pods: list[Pod]) -> tuple[str, str]:
    """The container that failed last, and how it ended as the end of a sentence."""
    for pod in pods:
        for status in (*pod.status.init_container_statuses, *pod.status.container_statuses):
            ended = status.state.terminated or status.last_state.terminated
            if ended and ended.exit_code:
                memory = ", killed for memory" if ended.reason == "OOMKilled" else ""
                return (
                    status.name,
                    f", its container {status.name} ended with exit code {ended.exit_code}{memory}",
                )
    return "", ""


def _shown(scene: Scene, job: Job, failed: Condition) -> tuple[Evidence, ...]:
    field = from_field(job, f"Failed: {failed.reason}", one_line(failed.message))
    events = scene.events(job, "BackoffLimitExceeded", "DeadlineExceeded", "FailedCreate", within=MISSED)
    return (field, *map(from_event, events[:1]))


def _missed(scene: Scene, cron: CronJob, jobs: list[Job]) -> Iterator[Sighting]:
    if cron.spec.suspend:
        return
    place = scene.places.workload("CronJob", cron.namespace, cron.name)
    ended = [job for job in jobs if job.status.completion_time or _failure(job)]
    last = max(ended, key=_ended, default=None)
    failed = _failure(last) if last else None
    events = scene.events(
        cron, "MissSchedule", "TooManyMissedTimes", "FailedNeedsStart", "InvalidSchedule", within=MISSED
    )
    missed = missed_run(cron, scene.now)
    if last is not None and failed is not None:
        says = (
            f"The last Job of {cron.name}, {last.name}, failed: {one_line(failed.message or failed.reason)}."
        )
        fix = "Read the log of its pod and mend what it names; the next run then clears this."
        shown: tuple[Evidence, ...] = (
            from_field(last, f"Failed: {failed.reason}", one_line(failed.message)),
        )
    elif events:
        says = f"{cron.name} missed its time: {one_line(events[0].message)}."
        fix = (
            "Look whether the cluster was stopped or too busy, and at startingDeadlineSeconds of the CronJob."
        )
        shown = (from_event(events[0]),)
    elif missed is not None and not any(job.status.active for job in jobs):
        says = f"{cron.name} should have run at {missed.isoformat()} and has not."
        fix = "Look whether the cluster was stopped, and whether a quota or a policy refuses its Job."
        shown = (from_field(cron, f"spec.schedule: {cron.spec.schedule}", _last_run(cron)),)
    else:
        return
    command = f"kubectl describe cronjob {cron.name} -n {cron.namespace}"
    since = failed.last_transition_time if failed else events[0].last_seen if events else missed
    yield Sighting("cron-missed", subject(cron), place, says, fix, command, shown, since)


def _last_run(cron: CronJob) -> str:
    last = cron.status.last_schedule_time
    return f"last run at {last.isoformat()}" if last else ""


def _ended(job: Job) -> float:
    failed = _failure(job)
    moment = job.status.completion_time or (failed.last_transition_time if failed else None)
    return aware(moment).timestamp() if moment else 0.0
