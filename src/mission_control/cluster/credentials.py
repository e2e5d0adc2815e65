"""Who asks: a token, a token file that is rotated, a password, or a plugin that is run for a credential.

Plugins are asked in the form client.authentication.k8s.io/v1 (and v1beta1), may answer with a token or a
client certificate, and are asked again when what they gave runs out or is refused. A plugin never gets the
terminal: a console that serves many people has nobody to type.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import ssl
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path

import httpx2
import msgspec

from mission_control.cluster import certificates
from mission_control.cluster.errors import ConfigProblem, without_tokens
from mission_control.cluster.kubeconfig import Access, Exec
from mission_control.cluster.own_secrets import learn_key, learn_token, learn_user

PLUGIN_SECONDS = 60.0
_EARLY = timedelta(seconds=10)
_NOT_FOUND = 127
_PLUGIN_GROUP = "client.authentication.k8s.io/"
_PLUGIN_FORMS = (f"{_PLUGIN_GROUP}v1", f"{_PLUGIN_GROUP}v1beta1", f"{_PLUGIN_GROUP}v1alpha1")


class TokenFile(httpx2.Auth):
    """A token in a file, which the kubelet rotates: read for every request (a page-cache read of 1 kB)."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def async_auth_flow(
        self, request: httpx2.Request
    ) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        """Adds the token as it is now."""
        try:
            token = self._path.read_text().strip()
        except OSError as error:
            raise ConfigProblem(
                f"The token file {self._path} cannot be read: {error.strerror}.", "Mount it, or log in again."
            ) from error
        learn_token("token file", token)
        request.headers["Authorization"] = f"Bearer {token}"
        yield request


class Bearer(httpx2.Auth):
    """A token from the kubeconfig. `again` reads it anew: whoever logs in again writes a new one there."""

    def __init__(self, token: str, again: Callable[[], str | None] = lambda: None) -> None:
        self._token, self._again = token, again

    async def async_auth_flow(
        self, request: httpx2.Request
    ) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        """Adds the token; when it is refused, the one that the kubeconfig has by now."""
        used = self._token
        request.headers["Authorization"] = f"Bearer {used}"
        response = yield request
        if response.status_code != HTTPStatus.UNAUTHORIZED:
            return
        if self._token == used:
            self._token = self._again() or used
            learn_token("newer token", self._token)
        if self._token != used:
            request.headers["Authorization"] = f"Bearer {self._token}"
            yield request


class Credential(msgspec.Struct, frozen=True, rename="camel"):
    """What a plugin gives (ExecCredentialStatus)."""

    token: str | None = None
    client_certificate_data: str | None = None
    client_key_data: str | None = None
    expiration_timestamp: datetime | None = None


class ExecCredential(msgspec.Struct, frozen=True):
    """What a plugin prints."""

    status: Credential | None = None


class Plugin(httpx2.Auth):
    """A credential plugin, run when nothing valid is at hand; many requests at once run it only once."""

    def __init__(self, access: Access, plugin: Exec, context: ssl.SSLContext) -> None:
        self._access, self._plugin, self._context = access, plugin, context
        self._lock = asyncio.Lock()
        self._held: Credential | None = None

    async def async_auth_flow(
        self, request: httpx2.Request
    ) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        """Adds the plugin's token; runs it again when the answer is 401."""
        used = await self.credential()
        self._sign(request, used)
        response = yield request
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            self._sign(request, await self.credential(refused=used))
            yield request

    def _sign(self, request: httpx2.Request, credential: Credential) -> None:
        if credential.token:
            request.headers["Authorization"] = f"Bearer {credential.token}"

    async def credential(self, refused: Credential | None = None) -> Credential:
        """A valid credential that is not the `refused` one; ConfigProblem when the plugin gives none."""
        async with self._lock:
            held = self._held
            if held is None or held is refused or _is_over(held):
                held = await self._fresh()
                learn_token("plugin", held.token)
                learn_key((held.client_key_data or "").encode())
                if held.client_certificate_data and held.client_key_data:
                    pair = (held.client_certificate_data.encode(), held.client_key_data.encode())
                    certificates.present(self._context, certificates.ClientCertificate(*pair))
                self._held = held
            return held

    async def _fresh(self) -> Credential:
        output = await self._run(_command(self._access, self._plugin))
        try:
            status = msgspec.json.decode(output, type=ExecCredential).status
        except msgspec.MsgspecError:
            status = None
        if status is None or not (status.token or status.client_certificate_data):
            raise ConfigProblem(
                f"The plugin {self._plugin.command} gave no credential.",
                "Log in with it by hand, then try again.",
            )
        return status

    async def _run(self, command: str) -> bytes:
        plugin = self._plugin
        env = {**os.environ, **{variable.name: variable.value for variable in plugin.env or ()}}
        env["KUBERNETES_EXEC_INFO"] = _info(self._access, plugin)
        process = await asyncio.create_subprocess_exec(
            command,
            *(plugin.args or ()),
            env=env,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(PLUGIN_SECONDS):
                output, said = await process.communicate()
        except TimeoutError as error:
            raise ConfigProblem(
                f"The plugin {plugin.command} did not answer within {PLUGIN_SECONDS:.0f} seconds.",
                "Run it by hand to see what it waits for.",
            ) from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            told = without_tokens(said.decode(errors="replace")) or f"exit status {process.returncode}"
            hint = plugin.install_hint if process.returncode == _NOT_FOUND else ""
            raise ConfigProblem(
                f"The plugin {plugin.command} failed: {told}",
                hint or "Log in with it by hand, then try again.",
            )
        return output


def _is_over(credential: Credential) -> bool:
    until = credential.expiration_timestamp
    return until is not None and datetime.now(UTC) >= until - _EARLY


def _command(access: Access, plugin: Exec) -> str:
    """Where the plugin's program is: on PATH, or beside the kubeconfig when its name is a path."""
    if plugin.api_version not in _PLUGIN_FORMS:
        raise ConfigProblem(
            f"The plugin {plugin.command} speaks {plugin.api_version or 'no version'}, unknown here.",
            f"Set its apiVersion to {_PLUGIN_FORMS[0]}.",
        )
    if os.sep in plugin.command:
        path = access.folder / plugin.command
        found = str(path) if os.access(path, os.X_OK) else None
    else:
        found = shutil.which(plugin.command)
    if found is None:
        raise ConfigProblem(
            f"The context {access.name!r} logs in with {plugin.command}, which is not installed here.",
            without_tokens(plugin.install_hint or "")
            or f"Install {plugin.command}, or choose another context.",
        )
    return found


def _info(access: Access, plugin: Exec) -> str:
    """KUBERNETES_EXEC_INFO: the form of the answer, that nobody can type, the cluster if wanted."""
    spec: dict[str, object] = {"interactive": False}
    if plugin.provide_cluster_info:
        cluster = {
            "server": access.cluster.server,
            "tls-server-name": access.cluster.tls_server_name,
            "insecure-skip-tls-verify": access.cluster.insecure_skip_tls_verify,
            "certificate-authority-data": access.cluster.certificate_authority_data,
            "proxy-url": access.cluster.proxy_url,
        }
        spec["cluster"] = {key: value for key, value in cluster.items() if value}
    info = {"kind": "ExecCredential", "apiVersion": plugin.api_version, "spec": spec}
    return msgspec.json.encode(info).decode()


def _newer_token(again: Callable[[], Access] | None) -> Callable[[], str | None]:
    """Reads the token anew; None when the configuration cannot be read now, as while it is being written."""

    def read() -> str | None:
        try:
            return again().user.token if again else None
        except ConfigProblem:
            return None

    return read


def credentials(
    access: Access, context: ssl.SSLContext, again: Callable[[], Access] | None = None
) -> httpx2.Auth | None:
    """How requests say who asks; None when the client certificate says it (or nobody does).

    `again` reads the configuration anew, for a token that was replaced.
    """
    user = access.user
    learn_user(user)
    if user.token_file:
        return TokenFile(Path(user.token_file))
    if user.token:
        return Bearer(user.token, _newer_token(again))
    if user.exec:
        return Plugin(access, user.exec, context)
    if user.username:
        return httpx2.BasicAuth(user.username, user.password or "")
    if user.auth_provider:
        token = (user.auth_provider.config or {}).get("id-token")
        if not token:
            raise ConfigProblem(
                f"The context {access.name!r} logs in by the auth-provider {user.auth_provider.name!r}, "
                "which Kubernetes no longer has.",
                "Write the kubeconfig anew with your provider's tool; it will name a plugin.",
            )
        return Bearer(token)
    return None
