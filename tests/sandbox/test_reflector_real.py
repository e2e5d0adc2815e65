"""The picture of a real API server: restarted under it, rights taken and given back, one namespace alone."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mission_control.cluster.cache import LivePicture
from mission_control.cluster.connection import Connection, Target, connect
from mission_control.cluster.reflector import Patience
from mission_control.domain.objects import ConfigMap, Deployment, Node, Pod
from mission_control.domain.snapshot import Snapshot
from sandbox import processes
from sandbox.build import Programs
from sandbox.cluster import Sandbox
from sandbox.progress import silent
from tests.fakes.kept import fresh_objects, held_objects, pictured

pytestmark = pytest.mark.sandbox

QUICK = Patience(least=0.2, grace=0.5, refused=1.0, lasting=(2, 3))
WITHIN = 40.0


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A control plane of its own, because these tests end its API server."""
    if not Programs().are_complete() and not os.environ.get("CI"):
        pytest.skip("the programs are not built: python -m sandbox build")
    made = Sandbox(tmp_path_factory.mktemp("reflector") / "home", silent)
    made.up(bare=True)
    made.run("kubectl", "create", "namespace", "shop")
    made.run("kubectl", "-n", "shop", "create", "deployment", "web", "--image=shop/web:1", "--replicas=3")
    yield made
    made.down()


@pytest.fixture
def account(cluster: Sandbox, tmp_path: Path, request: pytest.FixtureRequest) -> Target:
    """A service account without any right; its kubeconfig names the namespace shop."""
    name = f"account-{abs(hash(request.node.name)) % 10_000}"
    cluster.run("kubectl", "-n", "shop", "create", "serviceaccount", name)
    token = cluster.run("kubectl", "-n", "shop", "create", "token", name).strip()
    config = json.loads(cluster.run("kubectl", "config", "view", "--raw", "--flatten", "-o", "json"))
    entry = {"cluster": config["clusters"][0]["name"], "user": name, "namespace": "shop"}
    config |= {"users": [{"name": name, "user": {"token": token}}], "current-context": name}
    config["contexts"] = [{"name": name, "context": entry}]
    path = tmp_path / "kubeconfig"
    path.write_text(json.dumps(config))
    return Target(str(path), name)


async def comes_true(picture: LivePicture, claim: Callable[[Snapshot], object]) -> Snapshot:
    """The first snapshot for which the claim holds."""
    async with asyncio.timeout(WITHIN):
        while not claim(picture.snapshot()):
            await picture.wait(picture.version)
    return picture.snapshot()


async def equals_a_fresh_list(
    picture: LivePicture, connection: Connection, namespaces: tuple[str, ...] | None = None
) -> bool:
    """Whether the picture comes to hold exactly what a list made at that moment holds."""

    try:
        async with asyncio.timeout(WITHIN):
            while held_objects(picture) != await fresh_objects(connection, namespaces):
                pass  # events still arrive; the list itself takes its time
    except TimeoutError:
        return False
    return True


def states(snapshot: Snapshot) -> set[str]:
    return {sight.state for sight in snapshot.sights}


async def test_an_api_server_that_restarts_is_followed_again(cluster: Sandbox) -> None:
    connection = await connect(Target(str(cluster.kubeconfig)), {})
    async with pictured(connection, patience=QUICK) as picture:
        await comes_true(picture, lambda seen: seen.is_complete and len(seen.within(Pod, "shop")) == 3)
        server = next(p for p in cluster.existing().processes if p.name == "kube-apiserver")
        await asyncio.to_thread(processes.stop, [server])
        await comes_true(picture, lambda seen: "stale" in states(seen))
        assert len(picture.snapshot().within(Pod, "shop")) == 3
        await asyncio.to_thread(cluster.up, bare=True)
        cluster.run("kubectl", "-n", "shop", "create", "configmap", "after")
        cluster.run("kubectl", "-n", "shop", "scale", "deployment", "web", "--replicas=5")
        await comes_true(picture, lambda seen: seen.get(ConfigMap, "shop", "after"))
        await comes_true(picture, lambda seen: len(seen.within(Pod, "shop")) == 5)
        await comes_true(picture, lambda seen: states(seen) == {"live", "absent"})
        assert await equals_a_fresh_list(picture, connection)
    await connection.aclose()


async def test_rights_that_are_taken_away_and_given_back(cluster: Sandbox, account: Target) -> None:
    bind = ("create", "clusterrolebinding", "all", "--clusterrole=cluster-admin")
    who = f"--serviceaccount=shop:{account.context}"
    cluster.run("kubectl", *bind, who)
    connection = await connect(account, {})
    async with pictured(connection, patience=QUICK) as picture:
        before = await comes_true(picture, lambda seen: seen.is_complete)
        assert before.sees(Deployment, "shop")
        cluster.run("kubectl", "delete", "clusterrolebinding", "all")
        refused = await comes_true(picture, lambda seen: states(seen) <= {"refused", "absent"})
        assert not any(len(shelf) for shelf in refused.shelves.values())
        needs = {sight.needs for sight in refused.sights if sight.kind.kind == "Deployment"}
        assert needs == {"list deployments.apps"}
        cluster.run("kubectl", *bind, who)
        await comes_true(picture, lambda seen: states(seen) == {"live", "absent"})
        assert picture.snapshot().cluster.namespaces is None
        assert await equals_a_fresh_list(picture, connection)
    cluster.run("kubectl", "delete", "clusterrolebinding", "all")
    await connection.aclose()


async def test_an_account_of_one_namespace_sees_all_of_it(cluster: Sandbox, account: Target) -> None:
    who = f"--serviceaccount=shop:{account.context}"
    cluster.run("kubectl", "-n", "shop", "create", "rolebinding", "reads", "--clusterrole=view", who)
    connection = await connect(account, {})
    async with pictured(connection, patience=QUICK) as picture:
        seen = await comes_true(picture, lambda seen: seen.is_complete and seen.within(Pod, "shop"))
        assert seen.cluster.namespaces == ("shop",)
        assert seen.sees(Deployment, "shop")
        assert not seen.sees(Node)
        assert {pod.namespace for pod in seen.all(Pod)} == {"shop"}
        cluster.run("kubectl", "-n", "shop", "create", "configmap", "live")
        await comes_true(picture, lambda seen: seen.get(ConfigMap, "shop", "live"))
        assert await equals_a_fresh_list(picture, connection)
    await connection.aclose()
