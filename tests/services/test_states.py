"""The word that stands for a pod, as operators know it from kubectl."""

from __future__ import annotations

from typing import Any

import pytest

from mission_control.domain.objects import Pod
from mission_control.services.states import pod_state, ready_wanted
from tests.web.stage import decoded

Status = dict[str, Any]


def pod(status: Status, **more: Any) -> Pod:
    (made,) = decoded([{"kind": "Pod", "metadata": {"name": "p"}, "status": status, **more}])
    assert isinstance(made, Pod)
    return made


def container(state: Status, name: str = "main", **more: Any) -> Status:
    return {"name": name, "state": state, **more}


RUNS: Status = {"running": {}}


@pytest.mark.parametrize(
    ("status", "word"),
    [
        ({}, "Unknown"),
        ({"phase": "Pending"}, "Pending"),
        ({"phase": "Failed", "reason": "Evicted"}, "Evicted"),
        ({"phase": "Running", "containerStatuses": [container(RUNS, ready=True)]}, "Running"),
        ({"phase": "Running", "containerStatuses": [container(RUNS)]}, "Not ready"),
        ({"containerStatuses": [container({"waiting": {"reason": "ImagePullBackOff"}})]}, "ImagePullBackOff"),
        ({"containerStatuses": [container({"terminated": {"exitCode": 3}})]}, "Exit code 3"),
        ({"containerStatuses": [container({"terminated": {"signal": 9}})]}, "Signal 9"),
        ({"containerStatuses": [container({"terminated": {"reason": "Completed"}})]}, "Completed"),
    ],
)
def test_a_pod_has_the_word_of_kubectl(status: Status, word: str) -> None:
    assert pod_state(pod(status)) == word


def test_init_containers_are_counted_until_they_are_done() -> None:
    init = {"initContainers": [{"name": "a"}, {"name": "b"}]}
    done, waits = {"terminated": {"exitCode": 0}}, {"waiting": {"reason": "PodInitializing"}}
    status = {"initContainerStatuses": [container(done, "a"), container(waits, "b")]}
    assert pod_state(pod(status, spec=init)) == "Init:1/2"


def test_an_init_container_that_fails_is_named() -> None:
    init = {"initContainers": [{"name": "a"}]}
    status = {"initContainerStatuses": [container({"waiting": {"reason": "CrashLoopBackOff"}}, "a")]}
    assert pod_state(pod(status, spec=init)) == "Init:CrashLoopBackOff"


def test_a_sidecar_that_has_started_holds_nothing_up() -> None:
    spec = {"initContainers": [{"name": "s", "restartPolicy": "Always"}], "containers": [{"name": "main"}]}
    status = {
        "initContainerStatuses": [container(RUNS, "s", started=True, ready=True)],
        "containerStatuses": [container(RUNS, ready=True)],
    }
    made = pod(status, spec=spec)
    assert pod_state(made) == "Running"
    assert ready_wanted(made) == (2, 2)


def test_a_pod_that_is_being_deleted_is_terminating() -> None:
    made = pod({"phase": "Running"}, metadata={"name": "p", "deletionTimestamp": "2026-11-21T02:00:00Z"})
    assert pod_state(made) == "Terminating"
