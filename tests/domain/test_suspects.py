"""Whose logs are read: few, the most telling, and of nobody who is well."""

from __future__ import annotations

from typing import Any

from mission_control.domain.health import judge, suspects
from mission_control.domain.logtail import LogRequest
from tests.domain.casebook import picture, shop

SHOP = shop()
CRASH: dict[str, Any] = {"waiting": {"reason": "CrashLoopBackOff"}, "last": {"exitCode": 1}, "restarts": 6}


def asked(*objects: dict[str, Any], healthy: tuple[str, ...] = ("cache",)) -> tuple[LogRequest, ...]:
    snapshot = picture({"healthy": healthy, "objects": list(objects)})
    return suspects(snapshot, judge(snapshot, (SHOP,)))


def test_nobody_is_suspect_while_all_is_well() -> None:
    assert asked(healthy=("store", "api")) == ()


def test_a_crash_is_read_in_the_log_before_its_last_restart() -> None:
    (request,) = asked({"pod": {"of": "api", **CRASH}})
    assert request == LogRequest("shop", "prod-shop-api-5d8f7c9b6-0", "main", previous=True)


def test_a_pod_that_runs_and_is_not_ready_is_read_as_it_runs() -> None:
    (request,) = asked({"pod": {"of": "api", "running": {"startedAt": "-1h"}, "since": "-10m"}})
    assert not request.previous


def test_a_failed_job_is_read_through_its_pod() -> None:
    failed = {"conditions": [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}]}
    ended = {"terminated": {"exitCode": 1}, "status": {"phase": "Failed"}}
    (request,) = asked({"workload": {"of": "migrate", "status": failed}}, {"pod": {"of": "migrate", **ended}})
    assert request.pod.startswith("prod-shop-migrate")


def test_two_pods_of_a_workload_are_enough() -> None:
    assert len(asked(*({"pod": {"of": "api", "n": n, **CRASH}} for n in range(5)))) == 2


def test_a_missing_image_has_no_log() -> None:
    assert (
        asked({"pod": {"of": "api", "waiting": {"reason": "ImagePullBackOff", "message": "not found"}}}) == ()
    )


def lone(n: int) -> dict[str, Any]:
    state = {"state": {"waiting": CRASH["waiting"]}, "lastState": {"terminated": CRASH["last"]}}
    crash = {"name": "c", "restartCount": 5, **state}
    status = {"phase": "Running", "containerStatuses": [crash]}
    return {"kind": "Pod", "metadata": {"name": f"lone-{n}"}, "status": status}


def test_roots_come_before_effects_and_the_number_is_bounded() -> None:
    crashing = [{"pod": {"of": "web", **CRASH}}, {"pod": {"of": "api", **CRASH}}]
    snapshot = picture({"objects": [*crashing, *map(lone, range(40))]})
    found = suspects(snapshot, judge(snapshot, (SHOP,)))
    assert [request.pod.split("-")[2] for request in found[:2]] == ["api", "web"]
    assert len(found) == 20
