from __future__ import annotations

import pytest

from mission_control.domain.kinds import KINDS
from mission_control.services.facts import Link
from mission_control.services.naming import SHORT, Unclear, kind_meant, object_meant
from tests.web.stage import picture, refusing
from tests.web.story import NAMESPACE, trees

SEEN = picture(trees(broken=False))
NODE = kind_meant("node")
CLAIM = kind_meant("pvc")


@pytest.mark.parametrize(
    ("text", "kind"),
    [("po", "Pod"), ("Pods", "Pod"), ("deployment", "Deployment"), ("deployments.apps", "Deployment")],
)
def test_a_kind_goes_by_any_of_its_names(text: str, kind: str) -> None:
    found = kind_meant(text)
    assert not isinstance(found, Unclear)
    assert found.kind == kind


def test_every_short_name_is_one_of_a_kind() -> None:
    assert set(SHORT.values()) <= {kind.kind for kind in KINDS}
    assert not set(SHORT) & {kind.plural for kind in KINDS}


def test_a_slip_is_told_with_what_is_near() -> None:
    found = kind_meant("deploymnets")
    assert isinstance(found, Unclear)
    assert "deployments" in found.fix


@pytest.mark.parametrize("text", ["secret", "Secrets"])
def test_secrets_are_refused(text: str) -> None:
    found = kind_meant(text)
    assert isinstance(found, Unclear)
    assert "never reads Secrets" in found.says


def test_an_object_is_found_without_its_namespace() -> None:
    assert not isinstance(NODE, Unclear)
    assert not isinstance(CLAIM, Unclear)
    name = "data-demo-langsmith-postgres-0"
    assert object_meant(SEEN, NODE, "node-1") == Link("Node", "", "node-1")
    assert object_meant(SEEN, CLAIM, name) == Link("PersistentVolumeClaim", NAMESPACE, name)


def test_a_name_in_two_namespaces_asks_which() -> None:
    assert not isinstance(CLAIM, Unclear)
    twin = {"kind": "PersistentVolumeClaim", "metadata": {"namespace": "b", "name": "data"}}
    other = {"kind": "PersistentVolumeClaim", "metadata": {"namespace": "a", "name": "data"}}
    snapshot = picture([twin, other])
    found = object_meant(snapshot, CLAIM, "data")
    assert isinstance(found, Unclear)
    assert "in a, b" in found.says
    assert object_meant(snapshot, CLAIM, "data", ("b",)) == Link("PersistentVolumeClaim", "b", "data")


def test_a_name_that_is_not_there_is_told_with_what_is_near() -> None:
    assert not isinstance(NODE, Unclear)
    found = object_meant(SEEN, NODE, "nod-1")
    assert isinstance(found, Unclear)
    assert (found.says, "node-1" in found.fix) == ("There is no Node nod-1.", True)


def test_a_kind_that_may_not_be_seen_is_not_said_to_be_absent() -> None:
    assert not isinstance(NODE, Unclear)
    found = object_meant(picture(trees(broken=False), refusing("Node")), NODE, "gone")
    assert isinstance(found, Unclear)
    assert "cannot be seen" in found.says
    assert "list" in found.fix
