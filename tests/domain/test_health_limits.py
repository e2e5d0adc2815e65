"""The judgement at its limits: absurd objects, huge objects, many objects. It never raises and is quick."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mission_control.domain.health import judge, suspects
from mission_control.domain.kinds import KINDS, kind_of
from mission_control.domain.objects import Object, Pod
from mission_control.domain.report import report
from mission_control.domain.snapshot import Sight, snapshot_of
from mission_control.domain.verdict import Verdict
from tests.domain.casebook import NOW, cases, decoded, picture, pod, shop, tails, trees_of

SHOP = shop()
CASES = dict(cases())
TREES = [tree for case in CASES.values() for tree in trees_of(case)]
ODD: tuple[Any, ...] = (
    "", "<b>x</b>", "x" * 3000, "0/3 nodes are available: ", "-1", "NaN", "[", None, 0, -1, 2**31, True, [],
    "2026-01-01T00:00:00", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(range(len(TREES))), min_size=1, max_size=12), st.data())
def test_it_never_raises_whatever_the_fields_hold(chosen: list[int], data: st.DataObject) -> None:
    objects: list[Object] = []
    for n in chosen:
        tree = spoilt(TREES[n], data)
        try:
            objects.append(decoded(tree))
        except msgspec.ValidationError:
            continue
    snapshot = snapshot_of(objects, NOW)
    health = judge(snapshot, (SHOP,))
    suspects(snapshot, health)
    assert msgspec.json.encode(report(health))


def spoilt(tree: Any, data: st.DataObject) -> Any:
    """The object with one or two of its fields replaced by something odd, or taken away."""
    copy = msgspec.json.decode(msgspec.json.encode(tree))
    for _ in range(data.draw(st.integers(0, 2))):
        node: Any = copy
        while True:
            steps = list(node) if isinstance(node, dict) else list(range(len(node)))
            if not steps:
                break
            step = data.draw(st.sampled_from(steps))
            inner = node[step]
            if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
                if node is not copy or step != "kind":
                    node[step] = data.draw(st.sampled_from(ODD))
                break
            node = inner
    return copy


def test_five_thousand_conditions_are_borne() -> None:
    entries = [{"type": f"T{n}", "status": "False", "message": "m" * 50} for n in range(5000)]
    sick = pod("api", waiting={"reason": "CrashLoopBackOff"}, status={"conditions": entries})
    assert judge(snapshot_of([decoded(sick_aged(sick))], NOW), (SHOP,)).findings[0].code == "crash-loop"


def sick_aged(tree: Any) -> Any:
    tree["metadata"]["creationTimestamp"] = None
    tree["status"]["startTime"] = None
    return {**tree, "metadata": {k: v for k, v in tree["metadata"].items() if v is not None}}


def test_times_without_a_zone_and_in_the_future_are_borne() -> None:
    for moment in ("2026-01-01T11:00:00", "2030-01-01T00:00:00Z"):
        state = {"waiting": {"reason": "CrashLoopBackOff"}, "last": {"exitCode": 1, "finishedAt": moment}}
        health = judge(picture({"objects": [{"pod": {"of": "api", **state}}]}), (SHOP,))
        assert [finding.code for finding in health.findings] == ["crash-loop"]


def test_an_empty_cluster_is_healthy_and_silent() -> None:
    health = judge(snapshot_of([], NOW), (SHOP,))
    assert (health.verdict, health.findings, health.blind) == (Verdict.HEALTHY, (), ())


def many(count: int) -> list[Object]:
    """That many healthy pods in installations of a hundred each."""
    found: list[Object] = []
    for batch in range(count // 100):
        whole = picture({"healthy": ["api"]})
        for shape in whole.shelves:
            found += [_moved(item, f"ns-{batch}") for item in whole.all(shape) if not isinstance(item, Pod)]
        one = next(iter(whole.all(Pod)))
        found += [_moved(one, f"ns-{batch}", f"-{n}") for n in range(100)]
    return found


def _moved(item: Object, namespace: str, more: str = "") -> Object:
    change = msgspec.structs.replace
    return change(item, metadata=change(item.metadata, namespace=namespace, name=item.name + more))


def test_five_thousand_healthy_pods_are_judged_in_a_quarter_of_a_second() -> None:
    snapshot = snapshot_of(many(5000), NOW)
    began = time.process_time()
    health = judge(snapshot, (SHOP,))
    assert health.verdict is Verdict.HEALTHY
    assert len(health.installations) == 50
    assert timedelta(seconds=time.process_time() - began) < timedelta(seconds=0.25)


def test_two_thousand_sick_workloads_are_judged_in_half_a_second() -> None:
    crash = {"name": "c", "restartCount": 5, "state": {"waiting": {"reason": "CrashLoopBackOff"}}}
    status = {"status": {"phase": "Running", "containerStatuses": [crash]}}
    sick = decoded({"kind": "Pod", "metadata": {"name": "p"}, **status})
    snapshot = snapshot_of([_moved(sick, "shop", f"-{n}") for n in range(2000)], NOW)
    began = time.process_time()
    assert len(judge(snapshot, (SHOP,)).findings) == 2000
    assert timedelta(seconds=time.process_time() - began) < timedelta(seconds=0.5)


def test_the_same_picture_gives_the_same_health() -> None:
    for name, case in CASES.items():
        one, other = (judge(picture(case), (SHOP,), tails(case)) for _ in range(2))
        assert one == other, name


def test_what_could_not_be_read_of_a_kind_is_listed_although_the_rest_is_seen() -> None:
    flawed = Sight(kind_of(Pod), "live", reason="1 pod cannot be read: shop/odd.")
    sights = [flawed, *(Sight(kind, "live") for kind in KINDS if kind.shape is not Pod)]
    health = judge(snapshot_of([], NOW, sights), ())
    assert [(b.kind, b.reason, b.would_need) for b in health.blind] == [("Pod", flawed.reason, "")]
