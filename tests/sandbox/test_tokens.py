"""Tokens of the cluster on a real API server: it says who somebody is, and its RBAC decides what is seen."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from sandbox.cluster import Sandbox
from sandbox.progress import silent
from sandbox.waiting import until

pytestmark = pytest.mark.sandbox

A, B = "apricot", "banana"
PASSWORD = "four words in a row"  # noqa: S105 -- of this test
PEOPLE = {
    "viewer": ("view", A),
    "operator": ("edit", A),
    "reader": ("view", None),
    "chief": ("cluster-admin", None),
}
Tree = dict[str, object]


def trees() -> list[Tree]:
    """Two namespaces with a pod and a ConfigMap each, and an account of the cluster for each person."""
    found: list[Tree] = []
    for name in (A, B):
        found.append({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        where = {"namespace": name}
        found.append({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "runner", **where}})
        pod = {
            "serviceAccountName": "runner",
            "containers": [{"name": "main", "image": "example.invalid/none:1"}],
        }
        found.append(
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"{name}-pod", **where}, "spec": pod}
        )
    api = "rbac.authorization.k8s.io/v1"
    for person, (role, place) in PEOPLE.items():
        found.append(
            {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": person, "namespace": A}}
        )
        kind = "RoleBinding" if place else "ClusterRoleBinding"
        meta = {"name": f"test-{person}"} | ({"namespace": place} if place else {})
        ref = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role}
        who = [{"kind": "ServiceAccount", "name": person, "namespace": A}]
        found.append({"apiVersion": api, "kind": kind, "metadata": meta, "roleRef": ref, "subjects": who})
    found.append(
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "nobody", "namespace": A}}
    )
    return found


@pytest.fixture(scope="module")
def cluster(short_folder: Path) -> Iterator[Sandbox]:
    made = Sandbox(short_folder / "tokens", silent)
    made.up()
    try:
        body = json.dumps({"kind": "List", "apiVersion": "v1", "items": trees()})
        made.run("kubectl", "apply", "-f", "-", stdin=body)
        yield made
    finally:
        made.down()


@pytest.fixture(scope="module")
def console(cluster: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a console with accounts, as a process of its own."""
    folder = tmp_path_factory.mktemp("console")
    (folder / "password").write_text(PASSWORD)
    env = {
        **os.environ,
        **cluster.env,
        "MC_SIGN_IN": "accounts",
        "MC_ADMIN_PASSWORD_FILE": str(folder / "password"),
        "MC_DATA_DIR": str(folder / "state"),
    }
    command = [sys.executable, "-m", "mission_control", "serve", "--port", "0"]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://\S+", process.stdout.readline())
            assert found is not None
            with browser(found[0]) as admin:
                sign_in(admin, name="admin", password=PASSWORD)
                assert until(lambda: admin.get("/home.json").json()["freshness"]["state"] == "live", 60)
            yield found[0]
        finally:
            process.terminate()


def browser(address: str) -> httpx2.Client:
    return httpx2.Client(base_url=address, headers={"origin": address, "accept": "text/html"}, timeout=30)


def sign_in(client: httpx2.Client, **form: str) -> httpx2.Response:
    return client.post("/sign-in", data=form)


def token_of(cluster: Sandbox, person: str) -> str:
    return cluster.run("kubectl", "-n", A, "create", "token", person).strip()


@pytest.fixture
def client(console: str) -> Iterator[httpx2.Client]:
    with browser(console) as made:
        yield made


def with_token(client: httpx2.Client, cluster: Sandbox, person: str) -> str:
    token = token_of(cluster, person)
    answer = sign_in(client, view="token", token=token)
    assert answer.status_code == 303, answer.text
    return token


def namespaces(client: httpx2.Client) -> set[str]:
    rows = client.get("/workloads.json").json()["rows"]
    return {row["namespace"] for row in rows if row["namespace"] in (A, B)}


def test_a_token_shows_what_the_cluster_lets_its_bearer_list(client: httpx2.Client, cluster: Sandbox) -> None:
    with_token(client, cluster, "viewer")
    assert namespaces(client) == {A}
    for path in ("/", "/workloads", "/search?q=pod", "/events", "/settings/access", "/home.json"):
        assert B not in client.get(path).text
    access = client.get("/settings/access.json").json()
    assert access["says"] == f"viewer in {A}"
    assert client.get(f"/objects/Pod/{B}/{B}-pod").status_code == 404


def test_a_role_of_the_whole_cluster_shows_all_namespaces_and_no_secret_of_helm(
    client: httpx2.Client, cluster: Sandbox
) -> None:
    with_token(client, cluster, "reader")
    assert namespaces(client) == {A, B}
    assert client.get("/settings/access.json").json()["says"] == "viewer"


def test_who_may_change_deployments_is_operator_there(client: httpx2.Client, cluster: Sandbox) -> None:
    with_token(client, cluster, "operator")
    assert client.get("/settings/access.json").json()["says"] == f"operator in {A}"


def test_the_administrator_of_the_cluster_is_one_here(client: httpx2.Client, cluster: Sandbox) -> None:
    with_token(client, cluster, "chief")
    found = client.get("/settings/access.json").json()
    assert found["says"] == "admin"
    assert [entry["name"] for entry in found["accounts"]] == ["admin"]


def test_yaml_is_fetched_with_the_token_itself(client: httpx2.Client, cluster: Sandbox) -> None:
    token = with_token(client, cluster, "viewer")
    page = client.get(f"/objects/Pod/{A}/{A}-pod?tab=yaml")
    assert "example.invalid/none:1" in page.text
    assert token not in page.text


@pytest.mark.parametrize("token", ["made-up", "a.b.c", "x" * 20_000, "two words"])
def test_a_token_of_nobody_opens_nothing(client: httpx2.Client, token: str) -> None:
    answer = sign_in(client, view="token", token=token)
    assert answer.status_code == 401
    assert token[:50] not in re.sub(r"<nav.*?</nav>", "", answer.text)
    assert client.get("/workloads").status_code == 401


def test_a_bearer_without_rights_is_told_so(client: httpx2.Client, cluster: Sandbox) -> None:
    answer = sign_in(client, view="token", token=token_of(cluster, "nobody"))
    assert answer.status_code == 401
    assert f"system:serviceaccount:{A}:nobody, who may not list pods" in answer.text


def test_the_token_is_nowhere_in_the_console_s_own_state(
    client: httpx2.Client, cluster: Sandbox, console: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    token = with_token(client, cluster, "viewer")
    assert console
    folder = next(tmp_path_factory.getbasetemp().glob("console*/state"))
    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert token.encode() not in kept
    assert token.rpartition(".")[2].encode() not in kept


def test_signing_out_ends_it(client: httpx2.Client, cluster: Sandbox) -> None:
    with_token(client, cluster, "viewer")
    seal = re.search(r'name="seal" value="([0-9a-f]{64})"', client.get("/").text)
    assert seal is not None
    before = dict(client.cookies)
    assert client.post("/sign-out", data={"seal": seal[1]}).status_code == 303
    client.cookies.update(before)
    assert client.get("/").status_code == 401
