"""The sandbox's own small client of the API server: JSON over TLS, with the admin certificate.

It exists so that starting and furnishing a cluster needs no process per request (kubectl takes a tenth of a
second each). It knows no kinds and keeps nothing; whoever calls it names the path.
"""

from __future__ import annotations

import http.client
import json
import ssl
from pathlib import Path
from typing import Any

from sandbox.errors import ApiError

Obj = dict[str, Any]
APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"
GONE = 404
CONFLICT = 409
REFUSED = 400
TIMEOUT = 60


class Api:
    """The API server on this machine. Each request has a connection of its own: nothing to close."""

    def __init__(self, port: int, pki: Path, host: str = "127.0.0.1") -> None:
        self._port, self._host = port, host
        self._tls = ssl.create_default_context(cafile=str(pki / "ca.crt"))
        self._tls.load_cert_chain(pki / "admin.crt", pki / "admin.key")

    def is_ready(self) -> bool:
        """Whether /readyz answers 200. The body is no help: a failing one contains the word ok as well."""
        try:
            return self._send("GET", "/readyz", None, "application/json")[0] == http.client.OK
        except (OSError, http.client.HTTPException):
            return False

    def get(self, path: str) -> Obj:
        """The object or list at `path`."""
        return self._asked("GET", path, None, "application/json")

    def find(self, path: str) -> Obj | None:
        """The object at `path`, or None when there is none."""
        try:
            return self.get(path)
        except ApiError as error:
            if error.status == GONE:
                return None
            raise

    def items(self, path: str) -> list[Obj]:
        """The items of the list at `path`."""
        return list(self.get(path).get("items") or [])

    def create(self, path: str, body: Obj) -> Obj:
        """Posts an object to a collection."""
        return self._asked("POST", path, body, "application/json")

    def apply(self, path: str, body: Obj | bytes) -> Obj:
        """Applies an object (or YAML text) server-side; takes fields over from others."""
        return self._asked("PATCH", f"{path}?fieldManager=sandbox&force=true", body, APPLY)

    def merge(self, path: str, body: Obj) -> Obj:
        """Merges a patch into the object at `path`."""
        return self._asked("PATCH", path, body, MERGE)

    def delete(self, path: str, options: Obj | None = None) -> None:
        """Deletes the object or collection at `path`; nothing there is no error."""
        try:
            self._asked("DELETE", path, options, "application/json")
        except ApiError as error:
            if error.status != GONE:
                raise

    def _asked(self, verb: str, path: str, body: Obj | bytes | None, kind: str) -> Obj:
        try:
            status, answer = self._send(verb, path, body, kind)
        except (OSError, http.client.HTTPException) as error:
            message = (
                f"the API server on port {self._port} did not answer ({error}); try: python -m sandbox up"
            )
            raise ApiError(0, message) from error
        told: Obj = (
            json.loads(answer) if answer[:1] == b"{" else {"message": answer.decode(errors="replace")[:400]}
        )
        if status >= REFUSED:
            raise ApiError(status, f"{verb} {path.partition('?')[0]}: {told.get('message', status)}")
        return told

    def _send(self, verb: str, path: str, body: Obj | bytes | None, kind: str) -> tuple[int, bytes]:
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        connection = http.client.HTTPSConnection(self._host, self._port, context=self._tls, timeout=TIMEOUT)
        try:
            connection.request(verb, path, data, {"Content-Type": kind, "Accept": "application/json"})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()
