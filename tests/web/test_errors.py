"""One shape for all that goes wrong, and never a trace in anybody's face."""

from __future__ import annotations

import msgspec
import pytest

from mission_control.cluster.errors import Unreachable
from mission_control.domain.usage import Usage
from tests.web.stage import parts_of, picture, signed_in
from tests.web.story import trees


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/nowhere", 404, "There is no page at /nowhere."),
        ("/objects/Pod/langsmith/gone", 404, "There is no Pod gone in langsmith."),
        ("/objects/Secret/langsmith/any", 404, "The console does not read objects of kind Secret."),
        ("/health/no/such", 404, "There is no installation no/such in this cluster."),
        ("/workloads?page=many", 400, "The address is not one that this page understands."),
        ("/causes/no-such-code", 404, "There is no page about no-such-code."),
    ],
)
def test_a_problem_is_told_alike_as_page_and_as_json(path: str, status: int, says: str) -> None:
    with signed_in(parts_of(picture(trees(broken=False)))) as client:
        page = client.get(path)
        twin = client.get(path, headers={"accept": "application/json"})
    assert page.status_code == twin.status_code == status
    assert says in page.text
    assert twin.json()["problem"]["says"] == says
    assert set(twin.json()["problem"]) == {"status", "says", "fix", "grant"}


def test_a_failure_of_ours_shows_no_trace() -> None:
    class Failing:
        @property
        def latest(self) -> Usage:
            raise RuntimeError("inner words")

    parts = parts_of(picture([]))
    broken = msgspec.structs.replace(parts, usage=Failing())
    with signed_in(broken) as client:
        answer = client.get("/workloads")
    assert answer.status_code == 500
    assert "The console failed to make this page." in answer.text
    assert "inner words" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("name", "says"), [("forbidden", "does not let the console get"), ("other", "not exist any more")]
)
def test_a_manifest_that_cannot_be_fetched_says_why(name: str, says: str) -> None:
    found = trees(broken=False)
    found[0]["metadata"]["name"] = name
    with signed_in(parts_of(picture(found), [])) as client:
        answer = client.get(f"/objects/StatefulSet/langsmith/{name}?tab=yaml")
    assert answer.status_code == 200
    assert says in answer.text


def test_a_cluster_that_does_not_answer_is_told_on_the_page_of_the_object() -> None:
    async def unreachable(*_: str) -> bytes:
        raise Unreachable("The API server does not answer.", "Look at the network.")

    found = trees(broken=False)
    parts = parts_of(picture(found), found)
    cut = msgspec.structs.replace(parts, fetch=unreachable)
    with signed_in(cut) as client:
        answer = client.get("/objects/Node/-/node-1?tab=yaml")
    assert "The API server does not answer." in answer.text
