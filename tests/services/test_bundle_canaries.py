"""Sixty secrets in every kind of place: none of them in the archive in any dress, equal ones look equal."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest

from mission_control.archive.reading import Archive, open_archive, read
from mission_control.domain.bundle.parts import Wish
from tests.fakes.apiserver import Obj
from tests.fakes.recorded import ME, FakeCluster, with_a_broken_pod

SECRETS = tuple(f"Cq7{hashlib.sha256(b'%d' % n).hexdigest()[:21]}" for n in range(60))
MASK = re.compile(rb"MASKED\.[a-z][a-z0-9-]*\.[0-9a-f]{10}")


def dresses(secret: str) -> tuple[bytes, ...]:
    """How a secret may look: plain, in base64 at any alignment, in hexadecimal, in a URL, turned round."""
    plain = secret.encode()
    shifted = [base64.b64encode(b"x" * shift + plain)[4:-4] for shift in range(3)]
    return (plain, *shifted, plain.hex().encode(), quote(secret).encode(), plain[::-1])


def log_lines(given: list[str]) -> bytes:
    """Lines as programs write them, each with a secret."""
    forms = (
        'level=info msg="connected" password={0}',
        '{{"event":"login","api_key":"{0}"}}',
        "connecting to postgresql://shop:{0}@db:5432/shop",
        "GET /v1 Authorization: Bearer {0}",
        "export CLIENT_SECRET='{0}'",
        "  licenseKey: {0}",
        "--token {0} --verbose",
        "curl -u admin:{0} http://db",
    )
    return "".join(forms[n % len(forms)].format(secret) + "\n" for n, secret in enumerate(given)).encode()


def planted() -> FakeCluster:
    """The cluster with the canaries: fourteen in objects, sixteen in events, thirty in logs."""
    cluster = with_a_broken_pod()
    env = [{"name": f"PART_{n}_PASSWORD", "value": secret} for n, secret in enumerate(SECRETS[:5])]
    applied = json.dumps({"kind": "Secret", "data": {"a": base64.b64encode(SECRETS[5].encode()).decode()}})
    spec: Obj = {
        "containers": [
            {
                "name": "main",
                "image": "shop:9",
                "env": env,
                "args": ["--db-password", SECRETS[6], f"--api-key={SECRETS[7]}"],
                "command": ["sh", "-c", f"PGPASSWORD={SECRETS[8]} psql"],
            }
        ]
    }
    cluster.put(
        "pods",
        "shop",
        "canary",
        metadata={
            "creationTimestamp": "2026-11-29T11:00:00Z",
            "annotations": {
                "kubectl.kubernetes.io/last-applied-configuration": applied,
                "shop/client-secret": SECRETS[9],
            },
        },
        spec=spec,
        status={"phase": "Running", "message": f"mounted with token={SECRETS[10]}"},
    )
    template = {"template": {"spec": spec}}
    cluster.put("deployments", "shop", "canary", spec=template | {"replicas": 0})
    cluster.put(
        "ingresses", "shop", "canary", metadata={"annotations": {"auth-url": f"https://u:{SECRETS[11]}@sso"}}
    )
    cluster.put("configmaps", "shop", "canary", data={"a.env": f"X={SECRETS[12]}", "raw": SECRETS[13]})
    for n, line in enumerate(log_lines(list(SECRETS[14:30])).decode().splitlines()):
        cluster.put(
            "events",
            "shop",
            f"canary.{n}",
            message=line,
            reason="Failed",
            type="Warning",
            involvedObject={"kind": "Pod", "namespace": "shop", "name": "canary"},
            lastTimestamp="2026-11-29T11:59:00Z",
        )
    cluster.logs["shop", "db", "main"] = log_lines([*SECRETS[30:], SECRETS[0], SECRETS[30]])
    return cluster


@pytest.fixture
async def archive(tmp_path: Path) -> Archive:
    bundles = planted().bundles(tmp_path, [])
    await bundles.start(Wish(all_logs=True), ME)
    job = await bundles.finished()
    assert job is not None
    path = bundles.path(job.id)
    assert path is not None
    return open_archive(path)


async def test_no_canary_is_in_the_archive_in_any_dress(archive: Archive) -> None:
    whole = {name: read(archive, name) for name in archive.names}
    found = [
        (name, secret)
        for name, content in whole.items()
        for secret in SECRETS
        if any(dress in content for dress in dresses(secret))
    ]
    assert not found


async def test_a_mask_stands_where_each_canary_was(archive: Archive) -> None:
    log = read(archive, "cluster-resources/pods/logs/shop/db/main.log").splitlines()
    assert len(log) == 32
    assert all(MASK.search(line) for line in log)
    events = json.loads(read(archive, "cluster-resources/events/shop.json"))["items"]
    assert len(events) == 16
    assert all(MASK.search(event["message"].encode()) for event in events)
    pod = read(archive, "cluster-resources/pods/shop.json")
    assert len(MASK.findall(pod)) >= 11


async def test_equal_secrets_have_equal_masks_across_files(archive: Archive) -> None:
    log = read(archive, "cluster-resources/pods/logs/shop/db/main.log").splitlines()
    first, again = (MASK.findall(line)[-1] for line in (log[0], log[31]))
    assert first == again
    pod = json.loads(read(archive, "cluster-resources/pods/shop.json"))["items"]
    env = next(p for p in pod if p["metadata"]["name"] == "canary")["spec"]["containers"][0]["env"]
    assert env[0]["value"].rpartition(".")[2] == MASK.findall(log[30])[-1].decode().rpartition(".")[2]


async def test_the_account_of_masks_names_rules_and_places_and_no_value(archive: Archive) -> None:
    told = json.loads(read(archive, "redactions.json"))
    assert told["masked"] >= len(SECRETS) - 2
    places = {entry["place"] for entry in told["by_place"]}
    assert "Pod.spec.containers[].env[].value" in places
    assert "cluster-resources/pods/logs/shop/db/main.log" in places
