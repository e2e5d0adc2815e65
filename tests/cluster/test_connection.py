"""Reaching a cluster, or being told in a sentence why not and what to do; never with a credential in it."""

from __future__ import annotations

import asyncio
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mission_control.cluster.connection import Target, connect
from mission_control.cluster.errors import (
    CertificateProblem,
    ClusterError,
    ConfigProblem,
    Unauthorised,
    Unreachable,
)
from tests.fakes.tls import Authority, encoded, serving

TOKEN = "s3cret-token-that-must-never-be-seen-in-any-message"  # noqa: S105 (made up)
Write = Callable[..., Target]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def pair(authority: Authority) -> tuple[Path, Path]:
    return authority.issue("server")


@pytest.fixture
def write(tmp_path: Path, authority: Authority) -> Write:
    def made(port: int, user: dict[str, Any] | None = None, **cluster: Any) -> Target:
        entry = {
            "server": f"https://127.0.0.1:{port}",
            "certificate-authority-data": authority.data,
            **cluster,
        }
        config = {
            "clusters": [{"name": "c", "cluster": entry}],
            "users": [{"name": "u", "user": user if user is not None else {"token": TOKEN}}],
            "contexts": [
                {"name": "shop-prod", "context": {"cluster": "c", "user": "u", "namespace": "shop"}}
            ],
            "current-context": "shop-prod",
        }
        path = tmp_path / "kubeconfig"
        path.write_text(json.dumps(config))
        return Target(str(path))

    return made


def plugin(tmp_path: Path, script: str, **more: Any) -> dict[str, Any]:
    path = tmp_path / "plugin"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    form = "client.authentication.k8s.io/v1"
    return {"exec": {"apiVersion": form, "command": "./plugin", "interactiveMode": "Never", **more}}


async def trouble(target: Target) -> ClusterError:
    with pytest.raises(ClusterError) as caught:
        await connect(target, {})
    assert TOKEN not in str(caught.value)
    assert caught.value.says
    assert caught.value.fix
    return caught.value


async def test_a_connection_knows_its_context_namespace_and_version(
    write: Write, pair: tuple[Path, Path]
) -> None:
    async with serving(pair) as port:
        connection = await connect(write(port), {})
        known = (connection.name, connection.namespace, connection.version, connection.server)
        await connection.aclose()
    assert known == ("shop-prod", "shop", "v1.34.4", f"https://127.0.0.1:{port}")


async def test_the_token_is_sent(write: Write, pair: tuple[Path, Path]) -> None:
    seen: list[str] = []

    def answer(headers: dict[str, str]) -> tuple[int, bytes]:
        seen.append(headers["authorization"])
        return 200, b"{}"

    async with serving(pair, answer) as port:
        await (await connect(write(port), {})).aclose()
    assert seen == [f"Bearer {TOKEN}"]


async def test_a_rotated_token_file_is_read_again(
    write: Write, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    seen: list[str] = []

    def answer(headers: dict[str, str]) -> tuple[int, bytes]:
        seen.append(headers["authorization"])
        return 200, b"{}"

    (tmp_path / "token").write_text("one\n")
    async with serving(pair, answer) as port:
        connection = await connect(write(port, {"tokenFile": "token"}), {})
        (tmp_path / "token").write_text("two\n")
        await connection.get_json("/version")
        await connection.aclose()
    assert seen == ["Bearer one", "Bearer two"]


async def test_a_token_that_is_refused_is_looked_for_anew_in_the_kubeconfig(
    write: Write, pair: tuple[Path, Path]
) -> None:
    seen: list[str] = []
    good = f"Bearer {TOKEN}"

    def answer(headers: dict[str, str]) -> tuple[int, bytes]:
        seen.append(headers["authorization"])
        return (200, b"{}") if seen[-1] == good else (401, b"{}")

    async with serving(pair, answer) as port:
        target = write(port)
        connection = await connect(target, {})
        good = "Bearer another"
        write(port, {"token": "another"})
        await connection.get_json("/version")
        await connection.get_json("/version")
        await connection.aclose()
    assert seen == [f"Bearer {TOKEN}", f"Bearer {TOKEN}", "Bearer another", "Bearer another"]


async def test_nothing_that_listens_is_unreachable(write: Write) -> None:
    async with serving(None) as port:
        pass
    error = await trouble(write(port))
    assert isinstance(error, Unreachable)
    assert error.says == f"Nothing listens at 127.0.0.1:{port}."
    assert "shop-prod" in error.fix


async def test_a_name_that_does_not_resolve_is_told(write: Write) -> None:
    error = await trouble(write(1, server="https://no-such-cluster.invalid:6443"))
    assert isinstance(error, Unreachable)
    assert "no-such-cluster.invalid" in error.says


async def test_an_expired_server_certificate_is_told(write: Write, authority: Authority) -> None:
    async with serving(authority.issue("old", days=-1)) as port:
        error = await trouble(write(port))
    assert isinstance(error, CertificateProblem)
    assert "has expired" in error.says


async def test_an_unknown_authority_is_told(write: Write, pair: tuple[Path, Path], tmp_path: Path) -> None:
    other = Authority(tmp_path / "other")
    async with serving(pair) as port:
        error = await trouble(write(port, **{"certificate-authority-data": other.data}))
    assert isinstance(error, CertificateProblem)
    assert "unknown authority" in error.says
    assert "certificate-authority-data" in error.fix


async def test_a_certificate_for_another_name_is_told_and_tls_server_name_mends_it(
    write: Write, authority: Authority
) -> None:
    async with serving(authority.issue("named", "DNS:cluster.shop.example")) as port:
        error = await trouble(write(port))
        connection = await connect(write(port, **{"tls-server-name": "cluster.shop.example"}), {})
        await connection.aclose()
    assert isinstance(error, CertificateProblem)
    assert "127.0.0.1" in error.says


async def test_a_client_certificate_is_presented(
    write: Write, authority: Authority, pair: tuple[Path, Path]
) -> None:
    certificate, key = authority.issue("someone")
    user = {"client-certificate-data": encoded(certificate), "client-key-data": encoded(key)}
    async with serving(pair, authority=authority.folder / "ca.crt") as port:
        connection = await connect(write(port, user), {})
        await connection.aclose()
    assert connection.version == "v1.34.4"


async def test_an_expired_client_certificate_is_told_with_its_date(
    write: Write, authority: Authority, pair: tuple[Path, Path]
) -> None:
    certificate, key = authority.issue("late", days=-1)
    user = {"client-certificate": str(certificate), "client-key": str(key)}
    async with serving(pair, lambda _: (401, b"{}")) as port:
        error = await trouble(write(port, user))
    assert isinstance(error, Unauthorised)
    assert "client certificate of the context 'shop-prod' expired on 20" in error.says


async def test_a_refused_login_is_told(write: Write, pair: tuple[Path, Path]) -> None:
    async with serving(pair, lambda _: (401, b'{"kind":"Status","message":"Unauthorized"}')) as port:
        error = await trouble(write(port))
    assert isinstance(error, Unauthorised)
    assert "log in again" in error.fix


async def test_what_answers_and_is_no_api_server_is_told(write: Write, pair: tuple[Path, Path]) -> None:
    async with serving(pair, lambda _: (200, b"<html>welcome</html>")) as port:
        error = await trouble(write(port))
    assert "no Kubernetes API server" in error.says


async def test_a_server_without_tls_behind_https_is_told(write: Write) -> None:
    async with serving(None) as port:
        error = await trouble(write(port))
    assert isinstance(error, Unreachable)
    assert "https" in error.fix


async def test_a_plugin_gives_a_token(write: Write, pair: tuple[Path, Path], tmp_path: Path) -> None:
    seen: list[str] = []

    def answer(headers: dict[str, str]) -> tuple[int, bytes]:
        seen.append(headers["authorization"])
        return (401 if len(seen) == 1 else 200), b"{}"

    said = '{"kind":"ExecCredential","status":{"token":"from-plugin-%s"}}'
    script = f"echo run >> runs; printf '{said}' $(wc -l < runs)"
    user = plugin(tmp_path, f"cd {tmp_path}; {script}")
    async with serving(pair, answer) as port:
        await (await connect(write(port, user), {})).aclose()
    assert seen == ["Bearer from-plugin-1", "Bearer from-plugin-2"]


async def test_a_plugin_gives_a_client_certificate(
    write: Write, authority: Authority, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    certificate, key = authority.issue("by-plugin")
    status = {"clientCertificateData": certificate.read_text(), "clientKeyData": key.read_text()}
    (tmp_path / "said.json").write_text(json.dumps({"kind": "ExecCredential", "status": status}))
    async with serving(pair, authority=authority.folder / "ca.crt") as port:
        connection = await connect(write(port, plugin(tmp_path, f"cat {tmp_path}/said.json")), {})
        await connection.aclose()
    assert connection.version == "v1.34.4"


async def test_a_plugin_that_is_not_installed_is_named(write: Write) -> None:
    user = {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "kubelogin-of-old"}}
    error = await trouble(write(1, user))
    assert isinstance(error, ConfigProblem)
    assert "kubelogin-of-old, which is not installed" in error.says


async def test_a_plugin_that_fails_is_told_without_what_it_may_have_printed(
    write: Write, tmp_path: Path
) -> None:
    error = await trouble(write(1, plugin(tmp_path, f"echo 'no session, token {TOKEN}' >&2; exit 3")))
    assert isinstance(error, ConfigProblem)
    assert "no session" in error.says


async def test_many_requests_at_once_run_the_plugin_once(
    write: Write, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    said = '{"kind":"ExecCredential","status":{"token":"t"}}'
    user = plugin(tmp_path, f"echo run >> {tmp_path}/runs; printf '{said}'")
    async with serving(pair) as port:
        connection = await connect(write(port, user), {})
        await asyncio.gather(*(connection.get_json("/version") for _ in range(5)))
        await connection.aclose()
    assert (tmp_path / "runs").read_text().count("run") == 1


async def test_the_server_is_not_reached_through_a_proxy_on_this_machine(
    write: Write, pair: tuple[Path, Path]
) -> None:
    async with serving(pair) as port:
        target = write(port)
        connection = await connect(target, {**os.environ, "HTTPS_PROXY": "http://127.0.0.1:1"})
        await connection.aclose()
    assert connection.version


async def test_a_proxy_that_is_away_is_told(write: Write) -> None:
    error = await trouble(
        write(443, server="https://10.1.2.3", **{"proxy-url": "http://me:secret@127.0.0.1:1"})
    )
    assert isinstance(error, Unreachable)
    assert error.says == "10.1.2.3 cannot be reached through the proxy 127.0.0.1."


@pytest.mark.parametrize(
    "server", ["nonsense", "foo://bar", "https://", "https://127.0.0.1:99999", "https://[::1"]
)
async def test_a_server_that_is_no_address_is_told(write: Write, server: str) -> None:
    error = await trouble(write(1, server=server))
    assert isinstance(error, ConfigProblem)
    assert repr(server) in error.says
