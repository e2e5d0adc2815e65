"""What schedulers, kubelets and API servers say in sentences, taken apart."""

from __future__ import annotations

import pytest

from mission_control.domain.health.admission import denial
from mission_control.domain.health.kubelet import missing_object, probe_failure, pull_problem
from mission_control.domain.health.scheduler import Refusal, refusal


@pytest.mark.parametrize(
    ("message", "reasons"),
    [
        (
            "0/5 nodes are available: 2 Insufficient cpu, 3 Insufficient memory. preemption: 0/5 nodes are",
            Refusal(nodes=5, short={"cpu": 2, "memory": 3}),
        ),
        (
            "0/4 nodes are available: 1 node(s) had untolerated taint {a: b, c}, 3 Too many pods.",
            Refusal(nodes=4, taints={"a=b, c": 1}, short={"pods": 3}),
        ),
        (
            "0/2 nodes are available: 1 had taint {node.kubernetes.io/not-ready: }, 1 were unschedulable",
            Refusal(nodes=2, down=1, cordoned=1),
        ),
        (
            "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found",
            Refusal(volumes={"unbound": 1}),
        ),
        ('persistentvolumeclaim "data-0" not found', Refusal(missing_claim="data-0")),
        ("no nodes available to schedule pods", Refusal()),
        ("something new", Refusal(other="something new")),
    ],
)
def test_a_schedulers_message_is_taken_apart(message: str, reasons: Refusal) -> None:
    assert refusal(message) == reasons


@pytest.mark.parametrize(
    ("message", "code", "name"),
    [
        ("pods is forbidden: failed quota: team: must specify limits.cpu for: main", "quota", "team"),
        (
            'violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)',
            "pod-security",
            "apps",
        ),
        ('serviceaccount "runner" not found', "service-account-missing", "runner"),
        ('failed calling webhook "w": Post "https://w.sys.svc:443/": EOF', "admission-unreachable", "w"),
        ('pods "x" is forbidden: no PriorityClass with name high was found', "admission-denied", ""),
    ],
)
def test_a_refusal_names_its_code_and_who_refused(message: str, code: str, name: str) -> None:
    found = denial(message, "apps")
    assert found is not None
    assert (found.code, found.name) == (code, name)


def test_what_is_no_refusal_is_none() -> None:
    assert denial('pods "x" already exists', "apps") is None
    assert denial("etcdserver: request timed out", "apps") is None


def test_a_quota_tells_each_resource_with_what_is_asked_used_and_allowed() -> None:
    asked = "requested: cpu=2,memory=1Gi, used: cpu=9,memory=7Gi, limited: cpu=10,memory=8Gi"
    found = denial(f"exceeded quota: team, {asked}", "a")
    assert found is not None
    assert found.amounts == (("cpu", "2", "9", "10"), ("memory", "1Gi", "7Gi", "8Gi"))


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        ("manifest unknown: manifest unknown", "not-found"),
        ("unexpected status: 401 Unauthorized", "unauthorised"),
        ("toomanyrequests: You have reached your pull rate limit", "limited"),
        ("dial tcp: lookup registry.example: no such host", "unreachable"),
        ("something new", "unknown"),
    ],
)
def test_a_failed_pull_has_one_of_five_causes(message: str, cause: str) -> None:
    assert pull_problem(message)[0] == cause


def test_a_missing_key_is_told_with_its_object() -> None:
    found = missing_object("couldn't find key url in Secret shop/credentials")
    assert found is not None
    assert (found.kind, found.name, found.key) == ("Secret", "credentials", "url")
    assert missing_object("all is well") is None


def test_a_probes_answer_is_what_follows_its_name() -> None:
    assert probe_failure("Startup probe failed: dial tcp: refused") == ("Startup", "dial tcp: refused")
    assert probe_failure("Back-off restarting failed container") is None
