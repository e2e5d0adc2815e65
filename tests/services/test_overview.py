"""Home as a function: worst first, capacity, namespaces, and what is outside."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from mission_control.cluster.errors import Unreachable
from mission_control.domain.health import judge
from mission_control.domain.usage import Gauge, Usage, UsageIndex, together
from mission_control.domain.verdict import Verdict
from mission_control.products.catalog import products
from mission_control.services.diagnosis import causes, diagnosis
from mission_control.services.freshness import freshness
from mission_control.services.overview import Home, home
from mission_control.services.roles import grant, rights
from mission_control.services.sightless import sightless
from mission_control.services.usage import UsageWatch
from tests.web.stage import loading, picture, refusing, usage_of
from tests.web.story import NOW, trees

ALL = products()


def shown(*, broken: bool) -> Home:
    snapshot = picture(trees(broken=broken))
    return home(snapshot, judge(snapshot, ALL), UsageIndex(usage_of(snapshot)))


def test_capacity_sums_nodes_requests_and_use() -> None:
    page = shown(broken=False)
    assert page.capacity is not None
    assert page.capacity.cpu.limit == 24
    assert page.capacity.cpu.requested == pytest.approx(9.05)
    assert page.capacity.cpu.used == pytest.approx(4.2)
    assert page.capacity.pods == Gauge(used=13, limit=330)


def test_namespaces_count_ready_pods() -> None:
    lines = {line.namespace: (line.ready, line.pods) for line in shown(broken=True).lines}
    assert lines == {"batch": (0, 1), "langsmith": (5, 12)}


def test_what_is_outside_stands_apart_and_is_no_installation() -> None:
    page = shown(broken=True)
    assert [finding.subject.name for finding in page.outside.roots] == ["nightly-report-0"]
    assert [line.title for line in page.installations] == ["LangSmith"]


def test_without_nodes_there_is_no_capacity() -> None:
    found = [tree for tree in trees(broken=False) if tree["kind"] != "Node"]
    snapshot = picture(found, refusing("Node"))
    assert home(snapshot, judge(snapshot, ALL), UsageIndex(Usage())).capacity is None


def test_there_is_no_verdict_before_the_picture_is_complete() -> None:
    snapshot = picture(trees(broken=True), loading(3))
    page = home(snapshot, judge(snapshot, ALL), UsageIndex(Usage()))
    assert page.verdict is None
    assert page.installations == ()


def test_roots_carry_their_effects_and_lost_effects_come_last() -> None:
    snapshot = picture(trees(broken=True))
    found = [entry for entry in judge(snapshot, ALL).findings if entry.installation]
    whole = causes(found)
    assert [(cause.finding.code, len(cause.effects)) for cause in whole] == [("volume-unbound", 3)]
    orphans = causes([entry for entry in found if not entry.root])
    assert {cause.elsewhere for cause in orphans} == {whole[0].finding.key}


def test_an_installation_that_there_is_not_has_no_page() -> None:
    snapshot = picture(trees(broken=False))
    assert diagnosis(snapshot, judge(snapshot, ALL), "no/such") is None


def test_a_healthy_installation_has_components_and_no_cause() -> None:
    snapshot = picture(trees(broken=False))
    page = diagnosis(snapshot, judge(snapshot, ALL), "langsmith/demo")
    assert page is not None
    assert page.installation is not None
    assert page.installation.verdict is Verdict.HEALTHY
    assert (page.causes, page.healthy, page.components) == ((), 9, 9)


def test_freshness_counts_kinds_and_names_what_it_waits_for() -> None:
    seen = freshness(picture([], loading(26)))
    assert (seen.state, seen.known, seen.total, seen.waiting) == ("loading", 26, 27, ("HTTPRoute",))


def test_a_grant_lets_the_kind_be_listed_and_watched() -> None:
    made = grant("Event", "batch", "list, watch events", "system:serviceaccount:mc:console")
    assert made.verbs == ("get", "list", "watch")
    assert "kind: Role\n" in made.role
    assert "verbs: [get, list, watch]" in made.role
    assert "namespace: mc" in made.role
    assert made.can_i == ("kubectl auth can-i get events -n batch --as system:serviceaccount:mc:console",)


def test_the_account_is_read_from_the_refusal_when_it_is_not_known() -> None:
    said = 'events is forbidden: User "system:serviceaccount:mc:viewer" cannot list resource "events"'
    sights = [msgspec.structs.replace(sight, reason=said) for sight in refusing("Event")]
    snapshot = picture([], sights)
    page = sightless(snapshot, judge(snapshot, ALL), "Event", "", "")
    assert page.grant.account == "system:serviceaccount:mc:viewer"
    assert "namespace: mc" in page.grant.role


def test_secrets_are_never_asked_for() -> None:
    assert grant("Secret", "batch", "get secrets", "").role == ""


def test_rights_know_groups_and_subresources() -> None:
    assert rights("PodMetrics", "list pods.metrics.k8s.io") == (("list",), "pods", "metrics.k8s.io")
    assert rights("Logs", "get pods/log") == (("get",), "pods/log", "")
    assert rights("Deployment", "") == (("get", "list", "watch"), "deployments", "apps")


def test_a_sum_without_every_limit_has_none() -> None:
    assert together([Gauge(1, 1, 2), Gauge(None, 1, None)]) == Gauge(1, 2, None)


async def test_use_is_read_again_and_a_failure_keeps_the_last_reading() -> None:
    answers: list[Usage | Exception] = [Usage(at=NOW), Unreachable("gone"), Usage(refused="no metrics")]
    read = asyncio.Event()

    async def answer() -> Usage:
        found = answers.pop(0)
        if not answers:
            read.set()
        if isinstance(found, Exception):
            raise found
        return found

    watch = UsageWatch(answer, every=0)
    running = asyncio.ensure_future(watch.run())
    await read.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert watch.latest.refused == "no metrics"
