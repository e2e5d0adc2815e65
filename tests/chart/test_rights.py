"""The roles that the chart renders, for every combination of its switches, against the permission source."""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

import pytest

from charts.rights import PAGE, RIGHTS, chart_file, page
from mission_control.access.features import FEATURES, Feature, Reach, rights
from mission_control.access.permissions import TABLE
from tests.chart.rendering import RELEASE, SPACE, Obj, refusal, render, render_many

READING = {"get", "list", "watch"}
NAMED = "shop"
SECRET = "shop-tls"  # noqa: S105  # its name
BY_KEY = {feature.key: feature for feature in FEATURES}
CHOSEN: tuple[tuple[str, ...], ...] = ((), ("a", "b"))
NEVER_STRICT = {"releases", "secrets", "diagnostics.nodeProxy", "diagnostics.serviceProxy"}

ALONE_IN_THE_CLUSTER = {"diagnostics.nodeStats", "diagnostics.nodeProxy", "tokenReviews"}

Granted = set[tuple[str, str, str, str, str]]
"""Namespace ("" for a ClusterRole), verb, group, resource, name ("" for all)."""


class Case(NamedTuple):
    """One combination: the switches that are on, the namespaces, and what else is chosen."""

    on: frozenset[str]
    namespaces: tuple[str, ...]
    wide: bool
    cluster: bool
    strict: bool = False

    def values(self) -> Obj:
        diagnostics = {key: f"diagnostics.{key}" in self.on for key in keys_of("diagnostics.")}
        rbac: Obj = {key: key in self.on for key in ("tokenReviews", "observe", "logs", "metrics")}
        rbac |= {"namespaces": list(self.namespaces), "clusterWide": self.wide, "clusterReads": self.cluster}
        rbac |= {"strictReadOnly": self.strict, "diagnostics": diagnostics}
        rbac["releases"] = {"namespaces": [NAMED] if "releases" in self.on else []}
        rbac["secrets"] = [{"namespace": NAMED, "names": [SECRET]}] if "secrets" in self.on else []
        return {"rbac": rbac}

    def expected(self) -> Granted:
        """What the source says that this combination gives."""
        return {right for key in self.on for right in self._of(BY_KEY[key])}

    def _of(self, feature: Feature) -> Granted:
        chosen = [""] if self.wide else list(self.namespaces or (SPACE,))
        places = [NAMED] if feature.reach is Reach.NAMED else chosen
        name = SECRET if feature.by_name else ""
        within = [rule for rule in feature.rules if not rule.cluster]
        found = {(place, *right, name) for place in places for right in rights(within)}
        if self.cluster or feature.key.startswith(("diagnostics.", "tokenReviews")):
            found |= {("", *right, "") for right in rights(r for r in feature.rules if r.cluster)}
        return found


def keys_of(prefix: str) -> list[str]:
    return [feature.key.removeprefix(prefix) for feature in FEATURES if feature.key.startswith(prefix)]


def every_case() -> dict[str, Case]:
    found: list[Case] = []
    switches = list(BY_KEY)
    for states in itertools.product([False, True], repeat=len(switches)):
        on = frozenset(key for key, is_on in zip(switches, states, strict=True) if is_on)
        for names, wide, cluster in itertools.product(CHOSEN, [False, True], [False, True]):
            found.append(Case(on, names, wide, cluster))
            if not on & NEVER_STRICT:
                found.append(Case(on, names, wide, cluster, strict=True))
    return {f"c{number}": case for number, case in enumerate(found)}


def granted(objects: list[Obj]) -> Granted:
    """What the rendered roles give the console's account; a role that nobody is bound to gives nothing."""
    bound = {
        (each["roleRef"]["kind"], each["metadata"].get("namespace", ""), each["roleRef"]["name"])
        for each in objects
        if each["kind"].endswith("Binding")
    }
    return {
        (where, verb, group, resource, name)
        for each in objects
        if each["kind"] in ("Role", "ClusterRole")
        for where in [each["metadata"].get("namespace", "")]
        if (each["kind"], where, each["metadata"]["name"]) in bound
        for rule in each["rules"]
        for verb in rule["verbs"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for name in rule.get("resourceNames", [""])
    }


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Case, list[Obj]]]:
    cases = every_case()
    values = {key: case.values() for key, case in cases.items()}
    found = render_many(tmp_path_factory.mktemp("rights"), values)
    return {key: (case, found[key]) for key, case in cases.items()}


def test_without_its_opt_ins_the_chart_grants_what_the_permission_table_lists() -> None:
    wanted = {right for rules in TABLE.values() for right in rights(rules)}
    assert {r for feature in FEATURES if feature.is_on for r in rights(feature.rules)} == wanted


def test_every_switch_that_is_off_says_what_it_gives_away() -> None:
    assert not [feature.key for feature in FEATURES if bool(feature.danger) is feature.is_on]


def test_the_charts_rules_and_the_page_are_written_from_the_source() -> None:
    assert RIGHTS.read_text() == chart_file(), "run python -m charts.rights"
    assert page(PAGE.read_text()) == PAGE.read_text(), "run python -m charts.rights"


@pytest.mark.sandbox
def test_every_combination_of_switches_grants_what_the_source_says(
    rendered: dict[str, tuple[Case, list[Obj]]],
) -> None:
    assert len(rendered) > 2 ** len(FEATURES) * 4
    odd = {key: case for key, (case, objects) in rendered.items() if granted(objects) != case.expected()}
    assert not odd


@pytest.mark.sandbox
def test_no_combination_writes_or_takes_everything(rendered: dict[str, tuple[Case, list[Obj]]]) -> None:
    given = {right for _, objects in rendered.values() for right in granted(objects)}
    writing = {right[1:] for right in given if right[1] not in READING}
    assert writing == {("create", "authentication.k8s.io", "tokenreviews", "")}
    assert not [right for right in given if "*" in right]


@pytest.mark.sandbox
def test_no_combination_reads_secrets_but_where_and_as_it_was_asked(
    rendered: dict[str, tuple[Case, list[Obj]]],
) -> None:
    for case, objects in rendered.values():
        secrets = {right for right in granted(objects) if right[3] == "secrets"}
        allowed = {(NAMED, "get", "", "secrets", SECRET)} if "secrets" in case.on else set()
        if "releases" in case.on:
            allowed |= {(NAMED, verb, "", "secrets", "") for verb in ("get", "list")}
        assert secrets == allowed


@pytest.mark.sandbox
def test_strict_read_only_leaves_no_secret_and_no_proxy(rendered: dict[str, tuple[Case, list[Obj]]]) -> None:
    strict = [objects for case, objects in rendered.values() if case.strict]
    assert strict
    named = {right[3] for objects in strict for right in granted(objects)}
    assert not {name for name in named if "secrets" in name or "proxy" in name}


@pytest.mark.sandbox
def test_no_cluster_role_exists_unless_one_was_asked_for(
    rendered: dict[str, tuple[Case, list[Obj]]],
) -> None:
    for case, objects in rendered.values():
        asked = case.wide or case.cluster or case.on & ALONE_IN_THE_CLUSTER
        kinds = {each["kind"] for each in objects}
        assert asked or not kinds & {"ClusterRole", "ClusterRoleBinding"}


@pytest.mark.sandbox
def test_only_the_consoles_own_account_is_bound(rendered: dict[str, tuple[Case, list[Obj]]]) -> None:
    bindings = [(k, each) for k, (_, found) in rendered.items() for each in found if "subjects" in each]
    assert bindings
    for key, each in bindings:
        assert each["subjects"] == [{"kind": "ServiceAccount", "name": key, "namespace": SPACE}]


@pytest.mark.sandbox
@pytest.mark.parametrize("switch", sorted(NEVER_STRICT))
def test_strict_read_only_refuses_what_contradicts_it_by_name(switch: str) -> None:
    case = Case(frozenset([switch]), (), wide=False, cluster=False, strict=True)
    assert f"rbac.{switch}" in refusal(case.values())


@pytest.mark.sandbox
def test_without_rbac_the_chart_makes_no_role() -> None:
    values: dict[str, Any] = {**Case(frozenset(BY_KEY), (), wide=True, cluster=True).values()}
    values["rbac"]["create"] = False
    kinds = {each["kind"] for each in render(values)}
    assert not [kind for kind in kinds if "Role" in kind]


@pytest.mark.sandbox
def test_roles_of_two_releases_in_one_namespace_have_different_names() -> None:
    values = Case(frozenset(["observe"]), (NAMED,), wide=False, cluster=False).values()
    names = {each["metadata"]["name"] for each in render(values) if each["kind"] == "Role"}
    assert names == {f"{SPACE}-{RELEASE}-mission-control-observe"}
