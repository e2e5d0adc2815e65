"""The page of one object as a function: its findings, owners, pods, environment and redacted YAML."""

from __future__ import annotations

import msgspec
import pytest

from mission_control.domain.health import judge
from mission_control.domain.usage import UsageIndex
from mission_control.domain.verdict import Verdict
from mission_control.products.catalog import products
from mission_control.services.facts import Link
from mission_control.services.things import LONGEST, Missing, Thing, as_yaml, manifest, thing
from tests.web.stage import Shop, picture, refusing, usage_of
from tests.web.story import Tree, trees

ALL = products()
BACKEND = "demo-langsmith-backend-7c9d8b6f5-x2k0q"


def shown(kind: str, namespace: str, name: str, *, broken: bool = True) -> Thing:
    snapshot = picture(trees(broken=broken))
    page = thing(snapshot, judge(snapshot, ALL), UsageIndex(usage_of(snapshot)), Link(kind, namespace, name))
    assert isinstance(page, Thing)
    return page


def test_a_pod_in_a_crash_loop_names_the_root_of_its_fault() -> None:
    page = shown("Pod", "langsmith", BACKEND)
    assert page.verdict is Verdict.BROKEN
    assert page.state == "CrashLoopBackOff"
    assert page.root is not None
    assert page.root.code == "volume-unbound"


def test_a_pod_tells_how_its_container_ended_and_what_it_uses() -> None:
    part = shown("Pod", "langsmith", BACKEND).containers[0]
    assert part.last_end is not None
    assert (part.last_end.exit_code, part.last_end.seconds, part.restarts) == (1, 41, 7)
    assert (part.cpu.used, part.cpu.requested, part.cpu.limit) == (0.31, 1.0, 2.0)


def test_the_owners_of_a_pod_go_up_to_the_workload() -> None:
    owners = shown("Pod", "langsmith", BACKEND).owners
    assert [(owner.kind, owner.is_here) for owner in owners] == [("ReplicaSet", True), ("Deployment", True)]


def test_an_owner_that_cannot_be_seen_is_still_named() -> None:
    found = [tree for tree in trees(broken=False) if tree["kind"] != "StatefulSet"]
    snapshot = picture(found)
    link = Link("Pod", "langsmith", "demo-langsmith-redis-0")
    page = thing(snapshot, judge(snapshot, ALL), UsageIndex(usage_of(snapshot)), link)
    assert isinstance(page, Thing)
    assert [(owner.name, owner.is_here) for owner in page.owners] == [("demo-langsmith-redis", False)]


def test_the_environment_names_sources_and_never_a_secret_value() -> None:
    lines = {line.name: line for line in shown("Pod", "langsmith", BACKEND).environment}
    secret = lines["POSTGRES_DATABASE_URI"]
    assert (secret.source, secret.source_name, secret.key) == ("Secret", "demo-postgres", "connection_url")
    assert lines["LOG_LEVEL"].source == ""


def test_a_workload_lists_its_pods_and_a_claim_those_that_use_it() -> None:
    deployment = shown("Deployment", "langsmith", "demo-langsmith-platform-backend")
    claim = shown("PersistentVolumeClaim", "langsmith", "data-demo-langsmith-postgres-0")
    assert deployment.pods_total == 3
    assert [row.name for row in claim.pods] == ["demo-langsmith-postgres-0"]
    assert claim.place is not None
    assert claim.place.component == "postgres"


def test_a_node_says_what_it_gives_and_what_is_asked_of_it() -> None:
    node = shown("Node", "", "node-3", broken=False)
    assert node.pods_total == 13
    assert (node.cpu.used, node.cpu.limit) == (1.4, 8.0)
    assert node.cpu.requested == pytest.approx(9.05)


def test_what_is_wrong_among_conditions_comes_first() -> None:
    lines = shown("Pod", "langsmith", BACKEND).conditions
    assert [line.is_good for line in lines] == [False, False, True, True]


def test_commands_show_the_same_in_a_terminal() -> None:
    page = shown("Node", "", "node-1")
    assert page.describe == "kubectl describe node node-1"
    assert shown("Pod", "langsmith", BACKEND).get == f"kubectl get pod {BACKEND} -n langsmith -o yaml"


@pytest.mark.parametrize(
    ("link", "known", "may_see"),
    [
        (Link("Pod", "langsmith", "gone"), True, True),
        (Link("Event", "langsmith", "gone"), True, False),
        (Link("Secret", "langsmith", "any"), False, False),
    ],
)
def test_what_has_no_page_says_why(link: Link, known: bool, may_see: bool) -> None:  # noqa: FBT001 -- by name
    snapshot = picture([], refusing("Event"))
    page = thing(snapshot, judge(snapshot, ALL), UsageIndex(usage_of(snapshot)), link)
    assert isinstance(page, Missing)
    assert (page.is_known_kind, page.may_see) == (known, may_see)


def test_yaml_hides_secrets_and_the_field_managers() -> None:
    tree: Tree = {
        "kind": "Pod",
        "metadata": {"name": "p", "managedFields": [{"manager": "kubectl"}]},
        "spec": {"containers": [{"env": [{"name": "API_KEY", "value": "abcdef123456"}]}]},
    }
    text = as_yaml(tree)
    assert text.startswith("kind: Pod\nmetadata:\n  name: p\n")
    assert "managedFields" not in text
    assert "abcdef" not in text


async def test_a_secret_is_not_even_asked_for() -> None:
    async def never(*_: str) -> bytes:
        raise AssertionError("asked for a Secret")

    told = await manifest(never, Link("Secret", "langsmith", "any"))
    assert told.says == "The console does not read objects of kind Secret."


async def test_an_object_that_went_away_is_told() -> None:
    told = await manifest(Shop([]), Link("Pod", "langsmith", "gone"))
    assert "does not exist any more" in told.says


async def test_yaml_of_a_large_object_is_cut_at_a_line_and_says_how_much_is_left() -> None:
    lines = {f"key-{n}": "x" * 80 for n in range(10_000)}
    tree = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "big", "annotations": lines}}

    async def fetch(*_: str) -> bytes:
        return msgspec.json.encode(tree)

    found = await manifest(fetch, Link("Pod", "x", "big"))
    whole = as_yaml(tree)
    assert found.text.endswith("x\n")
    assert whole.startswith(found.text)
    assert LONGEST - 200 < len(found.text) <= LONGEST
    assert found.left_out == len(whole) - len(found.text)
    assert not found.is_bare


async def test_yaml_of_a_config_map_says_that_it_is_metadata_only() -> None:
    async def fetch(*_: str) -> bytes:
        return b'{"kind": "PartialObjectMetadata", "metadata": {"name": "settings"}}'

    assert (await manifest(fetch, Link("ConfigMap", "x", "settings"))).is_bare
