"""What is counted of the way to the API server."""

from __future__ import annotations

import pytest

from mission_control.cluster.errors import ClusterError
from mission_control.cluster.traffic import Traffic, kind_of
from tests.fakes.apiserver import FakeApi


class Answer:
    """An answer of which so many bytes have come."""

    def __init__(self, size: int) -> None:
        self.num_bytes_downloaded = size


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("/api/v1/pods", "list"),
        ("/api/v1/namespaces/shop/pods", "list"),
        ("/api/v1/namespaces/shop/pods/web-0", "get"),
        ("/api/v1/namespaces/shop/pods/web-0/log", "log"),
        ("/api/v1/namespaces", "list"),
        ("/api/v1/namespaces/shop", "get"),
        ("/apis/apps/v1/namespaces/shop/deployments", "list"),
        ("/apis/apps/v1/namespaces/shop/deployments/web", "get"),
        ("/apis/storage.k8s.io/v1/storageclasses", "list"),
        ("/version", "get"),
    ],
)
def test_a_request_is_known_by_its_path(path: str, what: str) -> None:
    assert kind_of("GET", path, watches=False) == what


def test_a_watch_and_a_review_are_known_by_how_they_are_asked() -> None:
    assert kind_of("GET", "/api/v1/pods", watches=True) == "watch"
    assert (
        kind_of("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", watches=False) == "review"
    )


def test_an_open_watch_counts_with_what_has_come_so_far() -> None:
    traffic, watch, done = Traffic(), Answer(10), Answer(100)
    traffic.begins("watch", 200, watch)
    traffic.begins("list", 200, done)
    traffic.ends(done)
    traffic.failed("get")
    watch.num_bytes_downloaded = 30
    assert traffic.cost.watches == 1
    assert traffic.cost.received == 130
    assert traffic.cost.requests == {"get none": 1, "list 2xx": 1, "watch 2xx": 1}
    traffic.ends(watch)
    traffic.ends(watch)
    assert (traffic.cost.watches, traffic.cost.received) == (0, 130)


async def test_a_connection_counts_what_it_asks_for() -> None:
    api = FakeApi()
    connection = api.connection()
    await connection.get_json("/api/v1/pods")
    api.deny_everywhere()
    with pytest.raises(ClusterError):
        await connection.get_json("/api/v1/pods")
    await connection.aclose()
    cost = connection.traffic.cost
    assert cost.requests == {"list 2xx": 1, "list 4xx": 1}
    assert cost.watches == 0
