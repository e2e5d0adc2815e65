"""Release records and certificates are read by name, where that is allowed, and nothing else of a Secret."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from mission_control.cluster.connection import Connection
from mission_control.cluster.releases import ReleaseReader
from mission_control.cluster.tls_secrets import CertificateReader, parsed
from mission_control.cluster.troubles import Place
from tests.cluster.test_records import RECORD, packed
from tests.fakes.apiserver import status

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
Tree = dict[str, Any]


class Cluster:
    """Answers for Secrets in one namespace, and notes what it was asked for."""

    def __init__(self, *, may_list: bool = True, may_get: bool = True) -> None:
        self.may_list, self.may_get = may_list, may_get
        self.secrets: dict[str, Tree] = {}
        self.asked: list[tuple[str, str]] = []

    def put(
        self, name: str, data: dict[str, str], version: str = "1", labels: dict[str, str] | None = None
    ) -> None:
        meta = {"name": name, "namespace": "shop", "resourceVersion": version, "labels": labels or {}}
        self.secrets[name] = {"metadata": meta, "data": data}

    def record(self, revision: int, state: str, **more: Any) -> None:
        record = {**RECORD, "version": revision, "info": {**RECORD["info"], "status": state}, **more}
        labels = {"owner": "helm", "name": "prod", "status": state, "version": str(revision)}
        name = f"sh.helm.release.v1.prod.v{revision}"
        self.put(name, {"release": packed(record)}, f"{revision}{state}", labels)

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        path, accept = request.url.path, request.headers["Accept"]
        self.asked.append((path, "metadata" if "PartialObjectMetadata" in accept else "all"))
        if path.endswith("selfsubjectaccessreviews"):
            return httpx2.Response(201, json={"status": {"allowed": self.may_list}})
        if path == "/apis/shop.example/v1":
            return httpx2.Response(200, json={"resources": [{"kind": "Till"}]})
        if not path.startswith("/api/v1/namespaces/shop/secrets"):
            return status(404, "NotFound", "no")
        name = path.removeprefix("/api/v1/namespaces/shop/secrets").strip("/")
        if not (self.may_get if name else self.may_list):
            return status(403, "Forbidden", "no")
        if name and name not in self.secrets:
            return status(404, "NotFound", "no")
        return httpx2.Response(200, json=self.shown(name, bare="PartialObjectMetadata" in accept))

    def shown(self, name: str, *, bare: bool) -> Tree:
        if name:
            found = self.secrets[name]
            return {"metadata": found["metadata"]} if bare else found
        return {"items": [{"metadata": found["metadata"]} for found in self.secrets.values()]}

    def connection(self) -> Connection:
        handler: Callable[[httpx2.Request], httpx2.Response] = self.answer
        client = httpx2.AsyncClient(base_url="http://fake", transport=httpx2.MockTransport(handler))
        return Connection(client, Place("http://fake", "fake"), "shop")


def certificate(*hosts: str, days: int = 90) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test authority")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(NOW - timedelta(days=10))
        .not_valid_after(NOW + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return base64.b64encode(made.public_bytes(serialization.Encoding.PEM)).decode()


async def test_releases_are_listed_by_metadata_and_only_telling_records_are_read() -> None:
    cluster = Cluster()
    cluster.record(1, "superseded")
    cluster.record(2, "deployed")
    cluster.record(3, "failed")
    found = await ReleaseReader(cluster.connection()).read(["shop"], ["shop"])
    assert [(r.revision, r.status, r.is_read) for r in found.releases] == [
        (1, "superseded", False),
        (2, "deployed", True),
        (3, "failed", True),
    ]
    assert ("/api/v1/namespaces/shop/secrets", "metadata") in cluster.asked
    assert ("/api/v1/namespaces/shop/secrets", "all") not in cluster.asked
    assert not [path for path, _ in cluster.asked if path.endswith(".v1")]


async def test_a_record_is_read_again_only_when_it_has_changed() -> None:
    cluster = Cluster()
    cluster.record(1, "pending-install")
    reader = ReleaseReader(cluster.connection())
    await reader.read(["shop"], ["shop"])
    cluster.asked.clear()
    await reader.read(["shop"], ["shop"])
    assert cluster.asked == [("/api/v1/namespaces/shop/secrets", "metadata")]
    cluster.record(1, "deployed")
    found = await reader.read(["shop"], ["shop"])
    assert [(r.status, r.is_read) for r in found.releases] == [("deployed", True)]


async def test_without_the_right_no_record_is_asked_for_and_the_right_is_named() -> None:
    cluster = Cluster(may_list=False)
    cluster.record(1, "deployed")
    found = await ReleaseReader(cluster.connection()).read(["shop", "other"], ["shop"])
    assert not found.releases
    assert [(b.kind, b.namespace, b.would_need) for b in found.blind] == [
        ("Release", "shop", "list, get secrets")
    ]
    assert not [path for path, _ in cluster.asked if "/secrets" in path]


async def test_a_server_that_does_not_tell_rights_makes_releases_blind() -> None:
    client = httpx2.AsyncClient(
        base_url="http://fake", transport=httpx2.MockTransport(lambda _: status(500, "InternalError", "no"))
    )
    silent = Connection(client, Place("http://fake", "fake"), "shop")
    found = await ReleaseReader(silent).read(["shop"], ["shop"])
    assert [(b.kind, b.namespace) for b in found.blind] == [("Release", "shop")]


async def test_records_that_may_be_listed_but_not_read_still_tell_their_state() -> None:
    cluster = Cluster(may_get=False)
    cluster.record(1, "failed")
    found = await ReleaseReader(cluster.connection()).read(["shop"], ["shop"])
    assert [(r.name, r.status, r.is_read) for r in found.releases] == [("prod", "failed", False)]


async def test_kinds_that_the_cluster_does_not_serve_are_found() -> None:
    cluster = Cluster()
    text = "apiVersion: shop.example/v1\nkind: {0}\nmetadata:\n  name: x\n"
    gone = "apiVersion: gone.example/v1\nkind: Lost\nmetadata:\n  name: x\n"
    cluster.record(1, "deployed", manifest="---\n".join([text.format("Till"), text.format("Shelf"), gone]))
    found = await ReleaseReader(cluster.connection()).read(["shop"], ["shop"])
    assert found.releases[0].unserved == ("gone.example/v1 Lost", "shop.example/v1 Shelf")


async def test_a_certificate_is_kept_without_its_key_and_read_once() -> None:
    cluster = Cluster()
    cluster.put("web-tls", {"tls.crt": certificate("shop.example", "*.eu.shop.example"), "tls.key": "a2V5"})
    reader = CertificateReader(cluster.connection())
    found = await reader.read([("shop", "web-tls")])
    assert await reader.read([("shop", "web-tls")]) == found
    assert [kind for path, kind in cluster.asked if path.endswith("web-tls")] == ["metadata", "all"]
    held = found.certificate("shop", "web-tls")
    assert held is not None
    assert held.hosts == ("shop.example", "*.eu.shop.example")
    assert held.not_after == NOW + timedelta(days=90)
    assert held.issuer == "CN=test authority"
    assert b"a2V5" not in msgspec.json.encode(found)


async def test_a_secret_that_may_not_be_read_is_blind_and_one_that_is_gone_is_told() -> None:
    refused = await CertificateReader(Cluster(may_get=False).connection()).read([("shop", "web-tls")])
    assert [(b.kind, b.namespace, b.would_need) for b in refused.blind] == [
        ("Certificate", "shop", "get secrets")
    ]
    gone = await CertificateReader(Cluster().connection()).read([("shop", "web-tls")])
    assert [c.exists for c in gone.certificates] == [False]


def test_what_is_no_certificate_is_a_problem_and_no_crash() -> None:
    texts = ["", "!", base64.b64encode(b"hello").decode(), base64.b64encode(b"-----BEGIN").decode()]
    assert all(parsed("shop", "x", text).problem for text in texts)


def test_a_wildcard_stands_for_one_label() -> None:
    held = parsed("shop", "x", certificate("shop.example", "*.eu.shop.example"))
    hosts = ["shop.example", "SHOP.example.", "a.eu.shop.example", "a.b.eu.shop.example", "eu.shop.example"]
    assert [held.covers(host) for host in hosts] == [True, True, True, False, False]
