"""Jobs and CronJobs, in the order in which `kubectl describe` tells it."""

from __future__ import annotations

from datetime import datetime

from mission_control.domain.snapshot import Snapshot
from mission_control.services.describing.head import annotated, controlled, labels
from mission_control.services.describing.lines import (
    Lines,
    Tree,
    at,
    listed,
    many,
    moment,
    one,
    plain,
    selector,
    some,
)
from mission_control.services.describing.pods import template

_UNSET = "<unset>"


def job(tree: Tree, _: Snapshot) -> Lines:
    """A Job and how far it is."""
    spec, status = at(tree, "spec", default={}), at(tree, "status", default={})
    yield one("Selector", selector(spec, "selector"))
    yield from labels(tree)
    yield from annotated(tree)
    yield from controlled(tree)
    yield one("Parallelism", spec.get("parallelism"))
    yield one("Completions", spec.get("completions", _UNSET))
    yield from some("Completion Mode", spec.get("completionMode"))
    if "suspend" in spec:
        yield one("Suspend", spec["suspend"])
    yield from some("Backoff Limit", spec.get("backoffLimit"))
    yield from some("TTL Seconds After Finished", spec.get("ttlSecondsAfterFinished"))
    begun, ended = status.get("startTime"), status.get("completionTime")
    if begun:
        yield one("Start Time", moment(begun))
    if ended:
        yield one("Completed At", moment(ended))
    if begun and ended:
        lasted = datetime.fromisoformat(ended) - datetime.fromisoformat(begun)
        yield one("Duration", f"{int(lasted.total_seconds())}s")
    deadline = spec.get("activeDeadlineSeconds")
    yield from some("Active Deadline Seconds", f"{deadline}s" if deadline is not None else None)
    active = f"{status.get('active', 0)} Active ({status.get('ready', 0)} Ready)"
    yield one(
        "Pods Statuses",
        f"{active} / {status.get('succeeded', 0)} Succeeded / {status.get('failed', 0)} Failed",
    )
    yield from template(tree, "spec", "template")


def cron_job(tree: Tree, _: Snapshot) -> Lines:
    """A CronJob, and the Job that it makes."""
    spec, made = at(tree, "spec", default={}), at(tree, "spec", "jobTemplate", "spec", default={})
    yield from labels(tree)
    yield from annotated(tree)
    zone = f" ({spec['timeZone']})" if spec.get("timeZone") else ""
    yield one("Schedule", f"{spec.get('schedule', '')}{zone}")
    yield one("Concurrency Policy", spec.get("concurrencyPolicy"))
    yield one("Suspend", bool(spec.get("suspend")))
    yield one("Successful Job History Limit", spec.get("successfulJobsHistoryLimit", _UNSET))
    yield one("Failed Job History Limit", spec.get("failedJobsHistoryLimit", _UNSET))
    deadline = spec.get("startingDeadlineSeconds")
    yield one("Starting Deadline Seconds", f"{deadline}s" if deadline is not None else _UNSET)
    yield one("Selector", selector(made, "selector") if made.get("selector") else _UNSET)
    yield one("Parallelism", made.get("parallelism", _UNSET))
    yield one("Completions", made.get("completions", _UNSET))
    yield from template(tree, "spec", "jobTemplate", "spec", "template")
    last = at(tree, "status", "lastScheduleTime")
    yield one("Last Schedule Time", moment(last) if last else _UNSET)
    yield from many("Active Jobs", (plain(entry.get("name")) for entry in listed(tree, "status", "active")))
