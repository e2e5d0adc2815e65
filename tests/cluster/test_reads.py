"""Logs, usage, single objects and permissions: what is refused or absent is an answer, not a crash."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from mission_control.cluster import logs, metrics, objects, permissions
from mission_control.cluster.connection import Connection
from mission_control.cluster.errors import Forbidden, NotFound, Unreachable
from mission_control.cluster.permissions import Question
from mission_control.cluster.troubles import Place
from mission_control.domain.logtail import LogRequest
from tests.fakes.apiserver import status

Handler = Callable[[httpx2.Request], httpx2.Response]
REQUEST = LogRequest("shop", "web-1", "web", previous=True)


def connection(handler: Handler) -> Connection:
    client = httpx2.AsyncClient(base_url="http://fake", transport=httpx2.MockTransport(handler))
    return Connection(client, Place("http://fake", "fake"), "shop")


def always(response: httpx2.Response) -> Connection:
    return connection(lambda _: response)


async def test_the_tail_of_a_log_is_asked_for_in_lines_and_bytes() -> None:
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(200, content=b"one\ntwo \xff\n")

    tail = await logs.tail(connection(answer), REQUEST, lines=7, limit_bytes=900)
    assert tail.lines == ("one", "two \ufffd")
    assert asked[0].url.path == "/api/v1/namespaces/shop/pods/web-1/log"
    wanted = {"container": "web", "tailLines": "7", "limitBytes": "900", "previous": "true"}
    assert dict(asked[0].url.params) == wanted


async def test_a_log_that_may_not_be_read_says_which_right_is_missing() -> None:
    tail = await logs.tail(always(status(403, "Forbidden", "no")), REQUEST)
    assert tail.lines == ()
    assert tail.refused == "Its log may not be read: get pods/log in namespace shop."


async def test_a_container_without_a_log_says_what_the_server_says() -> None:
    tail = await logs.tail(always(status(400, "BadRequest", "previous container not found")), REQUEST)
    assert tail.refused == "previous container not found"


async def test_a_name_that_leads_elsewhere_is_not_asked_for() -> None:
    tail = await logs.tail(always(httpx2.Response(500)), LogRequest("shop", "../../secrets", "web"))
    assert "is not a name" in tail.refused


def _metrics(request: httpx2.Request) -> httpx2.Response:
    if request.url.path.endswith("/nodes"):
        return status(403, "Forbidden", "no")
    usage = {"cpu": "250m", "memory": "64Mi"}
    item = {"metadata": {"name": "web-1", "namespace": "shop"}, "timestamp": "2026-03-01T12:00:00Z"}
    return httpx2.Response(200, json={"items": [{**item, "containers": [{"name": "web", "usage": usage}]}]})


async def test_usage_is_in_cores_and_bytes_and_without_nodes_when_these_are_refused() -> None:
    usage = await metrics.usage(connection(_metrics), None)
    assert [(pod.pod, pod.cpu, pod.memory) for pod in usage.pods] == [("web-1", 0.25, 64 * 2**20)]
    assert usage.nodes == ()
    assert usage.at is not None
    assert (usage.at.year, usage.refused) == (2026, "")


async def test_usage_refused_everywhere_is_read_in_the_contexts_namespace() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        narrow = "/namespaces/shop/" in request.url.path
        return _metrics(request) if narrow else status(403, "Forbidden", "no")

    assert (await metrics.usage(connection(answer), None)).pods[0].namespace == "shop"


@pytest.mark.parametrize(
    ("code", "word"), [(404, "not installed"), (503, "does not answer"), (403, "list pods.metrics.k8s.io")]
)
async def test_a_cluster_without_metrics_says_why(code: int, word: str) -> None:
    usage = await metrics.usage(always(status(code, "X", "x")), ("shop",))
    assert word in usage.refused
    assert (usage.pods, usage.at) == ((), None)


async def test_a_server_that_is_away_is_an_error_of_usage() -> None:
    def down(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("down", request=request)

    with pytest.raises(Unreachable):
        await metrics.usage(connection(down), None)


async def test_one_object_is_fetched_as_it_is_and_a_config_map_without_its_values() -> None:
    asked: list[tuple[str, str]] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append((request.url.path, request.headers["Accept"]))
        return httpx2.Response(200, content=b"{}")

    for kind, name in (("Deployment", "web"), ("Node", "n1"), ("ConfigMap", "c")):
        assert await objects.fetch(connection(answer), kind, "shop", name) == b"{}"
    assert [path for path, _ in asked] == [
        "/apis/apps/v1/namespaces/shop/deployments/web",
        "/api/v1/nodes/n1",
        "/api/v1/namespaces/shop/configmaps/c",
    ]
    assert [accept for _, accept in asked][:2] == ["application/json"] * 2
    assert "PartialObjectMetadata" in asked[2][1]


async def test_a_secret_is_never_fetched() -> None:
    never = connection(lambda _: pytest.fail("it was asked for"))
    with pytest.raises(Forbidden):
        await objects.fetch(never, "Secret", "shop", "keys")
    for kind, namespace, name in (
        ("Pod", "shop", "../secrets/keys"),
        ("Pod", "a/secrets", "x"),
        ("Pod", "", "x"),
    ):
        with pytest.raises(NotFound):
            await objects.fetch(never, kind, namespace, name)


async def test_an_object_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound, match="pods web not found"):
        await objects.fetch(always(status(404, "NotFound", "pods web not found")), "Pod", "shop", "web")


async def test_permissions_are_answered_in_the_order_of_the_questions() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        spec: dict[str, Any] = json.loads(request.content)["spec"]["resourceAttributes"]
        allowed = spec == {"verb": "get", "resource": "pods", "subresource": "log", "namespace": "shop"}
        return httpx2.Response(201, json={"status": {"allowed": allowed}})

    questions = (Question("list", "apps", "deployments"), Question("get", "", "pods/log", "shop"))
    answers = await permissions.review(connection(answer), questions)
    assert [(entry.question, entry.is_allowed) for entry in answers] == [
        (questions[0], False),
        (questions[1], True),
    ]
