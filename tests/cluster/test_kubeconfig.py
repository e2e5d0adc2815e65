"""Kubeconfigs are read as kubectl reads them, and what is wrong with one is said with what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from mission_control.cluster.errors import ConfigProblem
from mission_control.cluster.kubeconfig import Access, Target, choose

ONE = """
current-context: prod
clusters: [{name: c1, cluster: {server: "https://one:6443", certificate-authority: ca.crt, proxy-url: null}}]
users: [{name: u1, user: {token: first}}]
contexts:
- {name: prod, context: {cluster: c1, user: u1, namespace: shop}}
- {name: lost, context: {cluster: nowhere, user: u1}}
- {name: anonymous, context: {cluster: c1}}
"""
TWO = """
current-context: stage
clusters: [{name: c2, cluster: {server: "https://two:6443"}}, {name: c1, cluster: {server: "https://not-this"}}]
users: [{name: u2, user: {client-certificate: me.crt, client-key: /keys/me.key}}]
contexts: [{name: stage, context: {cluster: c2, user: u2}}]
preferences: {}
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "config").write_text(ONE)
    (tmp_path / "b" / "config").write_text(TWO)
    return tmp_path / "a" / "config", tmp_path / "b" / "config"


def chosen(path: Path, context: str | None = None) -> Access:
    return choose(Target(str(path), context), {})


def problem(target: Target, env: dict[str, str] | None = None) -> ConfigProblem:
    with pytest.raises(ConfigProblem) as caught:
        choose(target, env or {"HOME": "/nowhere"})
    return caught.value


def test_the_current_context_is_chosen_and_paths_are_relative_to_their_file(files: tuple[Path, Path]) -> None:
    access = chosen(files[0])
    assert (access.name, access.namespace, access.user.token) == ("prod", "shop", "first")
    assert access.cluster.certificate_authority == str(files[0].parent / "ca.crt")


def test_of_several_files_the_first_word_counts(files: tuple[Path, Path]) -> None:
    access = choose(Target(None, None), {"KUBECONFIG": f"{files[0]}:/nowhere/config:{files[1]}"})
    assert (access.name, access.cluster.server) == ("prod", "https://one:6443")


def test_a_context_of_the_second_file_has_its_paths_beside_that_file(files: tuple[Path, Path]) -> None:
    access = choose(Target(f"{files[0]}:{files[1]}", "stage"), {})
    assert access.cluster.server == "https://two:6443"
    assert access.user.client_certificate == str(files[1].parent / "me.crt")
    assert access.user.client_key == "/keys/me.key"
    assert access.namespace == "default"


def test_a_context_without_a_user_is_nobody(files: tuple[Path, Path]) -> None:
    assert chosen(files[0], "anonymous").user.token is None


def test_a_wrong_context_is_told_with_those_that_exist(files: tuple[Path, Path]) -> None:
    error = problem(Target(str(files[0]), "production"))
    assert "no context 'production'" in error.says
    assert error.fix == "Choose one with --context: anonymous, lost, prod."


def test_a_context_whose_cluster_is_missing_is_told(files: tuple[Path, Path]) -> None:
    assert "names the cluster 'nowhere'" in problem(Target(str(files[0]), "lost")).says


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    error = problem(Target(str(tmp_path / "gone")))
    assert error.says == f"There is no kubeconfig at {tmp_path}/gone."
    assert "--kubeconfig" in error.fix


@pytest.mark.parametrize("text", ["", "{}", "contexts: null"])
def test_an_empty_file_has_no_contexts(tmp_path: Path, text: str) -> None:
    (tmp_path / "config").write_text(text)
    assert "No context is chosen" in problem(Target(str(tmp_path / "config"))).says


@pytest.mark.parametrize("text", ["a: [", "- list", "clusters: 5", "users: [{name: u, user: {token: [1]}}]"])
def test_a_file_that_cannot_be_understood_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "config").write_text(text)
    assert "cannot be understood" in problem(Target(str(tmp_path / "config"))).says


def test_the_file_at_home_is_used_when_none_is_named(tmp_path: Path) -> None:
    (tmp_path / ".kube").mkdir()
    (tmp_path / ".kube" / "config").write_text(ONE)
    assert choose(Target(), {"HOME": str(tmp_path), "KUBERNETES_SERVICE_HOST": "10.0.0.1"}).name == "prod"


def test_inside_a_cluster_the_service_account_is_used(tmp_path: Path) -> None:
    for name, text in (("token", "t"), ("ca.crt", "pem"), ("namespace", "console\n")):
        (tmp_path / name).write_text(text)
    env = {"HOME": str(tmp_path), "KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "6443"}
    access = choose(Target(), env, tmp_path)
    assert access.cluster.server == "https://[fd00::1]:6443"
    assert (access.namespace, access.user.token_file) == ("console", str(tmp_path / "token"))


def test_a_pod_without_a_token_is_told_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigProblem, match="automountServiceAccountToken"):
        choose(Target(), {"HOME": str(tmp_path), "KUBERNETES_SERVICE_HOST": "10.0.0.1"}, tmp_path)
