"""Every page in every state: it answers, its JSON twin is the same struct, and cluster text stays text."""

from __future__ import annotations

import html
import json
import re

import msgspec
import pytest
import yaml

from mission_control.domain.usage import UsageIndex
from mission_control.services.overview import home
from mission_control.services.roles import role_for_all
from tests.web.stage import loading, parts_of, picture, refusing, signed_in, silent
from tests.web.story import Tree, ago, meta, pod_tree, trees
from tests.web.surroundings import whole

POD = "/objects/Pod/langsmith/demo-langsmith-backend-7c9d8b6f5-x2k0q"
PAGES = (
    "/",
    "/health/langsmith/demo",
    "/health/outside",
    "/workloads",
    "/workloads?kind=deployments&sort=-memory&only=wrong&namespace=langsmith&q=back",
    "/workloads?kind=cronjobs",
    "/workloads?installation=none",
    "/workloads?installation=langsmith/demo&kind=deployments",
    "/search",
    "/search?q=postgres+pod",
    "/search/results?q=back",
    "/nodes",
    "/events",
    "/events?namespace=langsmith&type=Warning&kind=Pod&within=15m&q=back&sort=-times",
    "/events?about=Pod/langsmith/demo-langsmith-queue-7c9d8b6f5-x2k0q",
    "/network",
    "/network?view=services&sort=ready&only=wrong",
    "/network?view=policies&namespace=langsmith&q=frontend",
    "/storage",
    "/storage?view=volumes&sort=-size&only=wrong",
    "/storage?view=classes",
    "/nodes?sort=-memory&only=wrong&q=node-1",
    POD,
    f"{POD}?tab=events",
    f"{POD}?tab=yaml",
    "/objects/Deployment/langsmith/demo-langsmith-backend",
    "/objects/PersistentVolumeClaim/langsmith/data-demo-langsmith-postgres-0",
    "/objects/StorageClass/-/standard",
    "/objects/Node/-/node-1",
    "/access/Event?namespace=batch",
    "/access",
)
TWINS = (
    "/.json",
    "/home.json",
    "/health/langsmith/demo.json",
    "/health/outside.json",
    "/workloads.json",
    "/nodes.json",
    "/search.json",
    "/events.json",
    "/network.json",
    "/storage.json",
    f"{POD}.json",
    "/access/Event.json",
    "/access.json",
)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("broken", [True, False], ids=["broken", "well"])
def test_every_page_answers(path: str, broken: bool) -> None:  # noqa: FBT001 -- pytest gives it by name
    found = whole(broken=broken)
    with signed_in(parts_of(picture(found), found)) as client:
        answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert ('<main id="main"' in answer.text) is not path.startswith("/search/results")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_without_any_object(path: str) -> None:
    with signed_in(parts_of(picture([]))) as client:
        assert client.get(path).status_code in (200, 404)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_before_anything_was_seen(path: str) -> None:
    with signed_in(parts_of(picture([], loading(0)))) as client:
        assert client.get(path).status_code in (200, 403)


@pytest.mark.parametrize("path", TWINS)
def test_every_page_has_a_json_twin(path: str) -> None:
    found = trees(broken=True)
    with signed_in(parts_of(picture(found), found)) as client:
        by_name = client.get(path)
        plain = "/" if path in ("/.json", "/home.json") else path.removesuffix(".json")
        by_header = client.get(plain, headers={"accept": "application/json"})
    assert by_name.headers["content-type"] == "application/json"
    assert by_name.json() == by_header.json()
    assert by_name.json()["freshness"]["state"] == "live"


def test_the_json_twin_is_the_struct_of_the_page() -> None:
    found = trees(broken=True)
    parts = parts_of(picture(found), found)
    judged = parts.judgements.latest
    with signed_in(parts) as client:
        twin = client.get("/home.json").json()
    page = home(judged.snapshot, judged.health, UsageIndex(parts.usage.latest))
    assert twin == json.loads(msgspec.json.encode(page))


def test_home_says_what_is_wrong_and_where_without_a_click() -> None:
    found = trees(broken=True)
    with signed_in(parts_of(picture(found), found)) as client:
        text = html.unescape(client.get("/").text)
    assert "LangSmith is broken" in text
    assert (
        "its claim data-demo-langsmith-postgres-0 asks for storage class fast-ssd, which does not exist"
        in text
    )


def test_health_folds_effects_under_their_root() -> None:
    found = trees(broken=True)
    with signed_in(parts_of(picture(found), found)) as client:
        text = client.get("/health/langsmith/demo").text
    assert text.count("Root cause") == 1
    assert re.search(r"<b>3 effects</b>.*crash-loop.*crash-loop.*crash-loop", text, re.DOTALL)


def test_a_healthy_installation_says_what_was_looked_at() -> None:
    found = trees(broken=False)
    with signed_in(parts_of(picture(found), found)) as client:
        text = client.get("/health/langsmith/demo").text
    assert "LangSmith is healthy" in text
    assert "What was looked at" in text


@pytest.mark.parametrize("path", ["/", "/health/langsmith/demo", "/workloads"])
def test_no_verdict_is_given_while_the_picture_is_loading(path: str) -> None:
    found = trees(broken=True)
    with signed_in(parts_of(picture(found, loading(14)), found)) as client:
        text = client.get(path).text
    assert "Loading, 14 of 27 kinds" in text
    if path != "/workloads":
        assert "broken" not in text.lower()


@pytest.mark.parametrize("path", ["/", "/health/outside", "/workloads"])
def test_a_cluster_that_was_never_reached_is_said_and_nothing_else(path: str) -> None:
    with signed_in(parts_of(picture([], silent("Nothing listens at 127.0.0.1:1.")))) as client:
        text = client.get(path).text
    assert "Nothing listens at 127.0.0.1:1." in text
    assert "Silent for" in text
    assert "Show Role" not in text
    assert "No installation found" not in text


def test_a_cluster_that_went_silent_keeps_its_page_with_its_age() -> None:
    found = trees(broken=True)
    with signed_in(parts_of(picture(found, silent("The API server is gone.")), found)) as client:
        text = client.get("/").text
    assert "48 s old" in text
    assert "What is shown may be out of date" in text
    assert "LangSmith" in text


def test_what_may_not_be_seen_is_said_with_the_role_that_grants_it() -> None:
    found = trees(broken=False)
    with signed_in(parts_of(picture(found, refusing("Event")), found)) as client:
        front = client.get("/").text
        page = client.get("/access/Event").text
    assert "No access to Events" in front
    assert "The console may not get, list, watch events in all namespaces" in page
    assert "kind: ClusterRoleBinding" in page
    assert "name: mission-control" in page


def test_an_object_that_may_not_be_seen_is_refused_with_its_role() -> None:
    parts = parts_of(picture([], refusing("Pod")))
    with signed_in(parts) as client:
        answer = client.get("/objects/Pod/langsmith/some")
    assert answer.status_code == 403
    assert "resources: [pods]" in answer.text


def test_markup_in_names_and_messages_stays_text() -> None:
    evil = "<script>alert(1)</script>"
    event: Tree = {
        "kind": "Event",
        "metadata": meta("e1"),
        "involvedObject": {"kind": "Pod", "namespace": "langsmith", "name": evil},
        "type": "Warning",
        "reason": evil,
        "message": f'{evil}" onmouseover="x',
        "lastTimestamp": ago(seconds=3),
    }
    pod = pod_tree(evil, evil, ("ReplicaSet", evil), "1", "1Gi")
    with signed_in(parts_of(picture([pod, event]), [pod])) as client:
        pages = [
            client.get(path).text
            for path in ("/", "/workloads", "/objects/Pod/langsmith/%3Cscript%3Ealert(1)%3C%2Fscript%3E")
        ]
    assert "&lt;script&gt;" in pages[1]
    assert not [page for page in pages if "<script>alert" in page or 'onmouseover="x' in page]


def test_secrets_in_cluster_text_leave_neither_as_html_nor_as_json_nor_as_yaml() -> None:
    hidden = "hunter2hunter2"
    found = trees(broken=True)
    pod = next(
        tree for tree in found if tree["metadata"]["name"].startswith("demo-langsmith-backend-7c9d8b6f5-x2k0")
    )
    pod["status"]["containerStatuses"][0]["lastState"]["terminated"]["message"] = f"DB_PASSWORD={hidden}"
    pod["spec"]["containers"][0]["env"] = [{"name": "DB_PASSWORD", "value": hidden}]
    with signed_in(parts_of(picture(found), found)) as client:
        answers = [
            client.get(path).text for path in (POD, f"{POD}.json", f"{POD}?tab=yaml", f"{POD}.json?tab=yaml")
        ]
    assert all("MASKED." in answer for answer in answers)
    assert not [answer for answer in answers if hidden in answer]


def test_absurd_objects_have_a_page() -> None:
    many = [{"type": f"T{place}", "status": "False"} for place in range(5000)]
    bare: Tree = {"kind": "Pod", "metadata": {"name": "bare", "namespace": "x"}}
    odd: Tree = {
        "kind": "Deployment",
        "metadata": {"name": "odd", "namespace": "x"},
        "status": {"conditions": many},
    }
    with signed_in(parts_of(picture([bare, odd]))) as client:
        assert client.get("/objects/Pod/x/bare").status_code == 200
        page = client.get("/objects/Deployment/x/odd")
        assert client.get("/workloads").status_code == 200
    assert page.status_code == 200
    assert len(page.content) < 100_000


def test_the_description_of_the_api_names_the_twins() -> None:
    with signed_in(parts_of(picture([]))) as client:
        described = client.get("/api/openapi.json").json()
    assert described["info"]["title"] == "Mission Control"
    assert "/workloads" in described["paths"]
    assert "InstallationLine" in json.dumps(described)


def test_many_refusals_come_with_one_role_for_all_of_them() -> None:
    with signed_in(parts_of(picture([], refusing("Event", "Node", "StatefulSet", "DaemonSet")))) as client:
        front = client.get("/").text
        twin = client.get("/access.json").json()
    assert 'href="/access"' in front
    (role, binding) = list(yaml.safe_load_all(twin["role"]))
    granted = {(rule["apiGroups"][0], name) for rule in role["rules"] for name in rule["resources"]}
    assert granted == {("", "events"), ("", "nodes"), ("apps", "statefulsets"), ("apps", "daemonsets")}
    assert binding["roleRef"]["name"] == role["metadata"]["name"]


def test_refusals_of_namespaces_are_granted_there_and_secrets_never() -> None:
    text = role_for_all([("Pod", "a"), ("Pod", "b"), ("Event", "a"), ("Secret", "a"), ("Node", "")], "")
    roles = [entry for entry in yaml.safe_load_all(text) if entry["kind"].endswith("Role")]
    assert [(entry["kind"], entry["metadata"].get("namespace")) for entry in roles] == [
        ("ClusterRole", None),
        ("Role", "a"),
        ("Role", "b"),
    ]
    assert "secrets" not in text
