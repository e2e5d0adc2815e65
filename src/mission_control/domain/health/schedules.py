"""Whether a CronJob has missed its time, told from its schedule and the last time that it ran.

The controller catches a missed run up unless a deadline forbids it, and says nothing when it does not run at
all. Nothing is claimed where the schedule cannot be read or its time zone is not sure.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from mission_control.domain.health.scene import aware
from mission_control.domain.objects import CronJob

GRACE = timedelta(minutes=5)
_MACROS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}


def missed_run(cron: CronJob, now: datetime) -> datetime | None:
    """The run that should have begun and has not; None when there is none, or when that is not sure.

    With a deadline for starting, one missed run is passed over rightly, so that two must be missing.
    """
    last = cron.status.last_schedule_time
    zone = _zone(cron)
    if last is None or zone is None or cron.spec.suspend:
        return None
    coming = _following(_schedule(cron), aware(last).astimezone(zone), str(zone))
    if coming is None:
        return None
    first, second = coming
    decisive = first if cron.spec.starting_deadline_seconds is None else second
    return first if decisive + GRACE <= now else None


@lru_cache(maxsize=4096)
def _following(schedule: str, last: datetime, _zone: str) -> tuple[datetime, datetime] | None:
    """The two runs after the last one; None when that is no run of the schedule.

    The zone is named too, because equal moments of two zones are equal keys.
    """
    try:
        if next(CronSim(schedule, last - timedelta(minutes=1))) != last.replace(second=0, microsecond=0):
            return None  # the controller reckons in another time zone, or the schedule was changed since
        coming = CronSim(schedule, last)
        return next(coming), next(coming)
    except (CronSimError, StopIteration):
        return None


def _schedule(cron: CronJob) -> str:
    return _MACROS.get(cron.spec.schedule.strip(), cron.spec.schedule.strip())


def _zone(cron: CronJob) -> tzinfo | None:
    if not cron.spec.time_zone:
        return UTC
    try:
        return ZoneInfo(cron.spec.time_zone)
    except (OSError, ValueError, LookupError):
        return None
