from __future__ import annotations

import pytest
import yaml

from mission_control.access.permissions import TABLE, Permission, role_for
from mission_control.domain.kinds import KINDS, kinds_with
from mission_control.products.catalog import products


def test_every_permission_has_a_line_in_the_table() -> None:
    assert set(TABLE) == set(Permission)


def test_no_permission_reads_secrets_or_writes_anything() -> None:
    rules = [rule for rules in TABLE.values() for rule in rules]
    assert not [rule for rule in rules if "secrets" in rule.resources or "*" in rule.resources]
    assert {verb for rule in rules for verb in rule.verbs} == {"get", "list", "watch"}


def test_health_may_watch_every_kind_of_the_picture() -> None:
    watched = {
        (rule.group, name)
        for rule in TABLE[Permission.VIEW_HEALTH]
        if "watch" in rule.verbs
        for name in rule.resources
    }
    assert watched == {(kind.group, kind.plural) for kind in kinds_with(products())}
    assert len(watched) > len(KINDS)


def test_a_role_without_namespaces_is_one_for_the_cluster() -> None:
    role = yaml.safe_load(role_for(Permission.VIEW_LOGS))
    assert role["kind"] == "ClusterRole"
    assert {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]} in role["rules"]


def test_a_role_for_namespaces_is_one_in_each_and_grants_nothing_beyond() -> None:
    roles = list(yaml.safe_load_all(role_for(Permission.VIEW_HEALTH, ["shop", "stage"])))
    assert [(role["kind"], role["metadata"]["namespace"]) for role in roles] == [
        ("Role", "shop"),
        ("Role", "stage"),
    ]
    granted = {name for role in roles for rule in role["rules"] for name in rule["resources"]}
    assert "pods" in granted
    assert not granted & {kind.plural for kind in KINDS if not kind.namespaced}


@pytest.mark.parametrize("permission", [Permission.PUBLIC, Permission.VIEW_CONSOLE, Permission.ACCEPT])
def test_what_reads_nothing_of_the_cluster_needs_no_role(permission: Permission) -> None:
    assert role_for(permission) == ""
