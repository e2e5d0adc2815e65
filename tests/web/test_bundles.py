"""The pages of bundles: made and watched, looked into, passed on in part or from the middle, deleted."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from mission_control.domain.bundle.manifest import Manifest
from mission_control.domain.bundle.parts import Ledger
from mission_control.services.diagnostics.jobs import Bundles, Deed
from tests.fakes.recorded import FakeCluster, with_a_broken_pod
from tests.web.stage import parts_of, picture, seal, signed_in
from tests.web.story import trees

OURS = {"origin": "http://127.0.0.1:8411"}
Client = TestClient[Litestar]


class Stage:
    """A site whose bundles are made of a cluster in memory."""

    def __init__(self, folder: Path) -> None:
        self.cluster: FakeCluster = with_a_broken_pod()
        self.deeds: list[Deed] = []
        self.bundles: Bundles = self.cluster.bundles(folder, self.deeds)
        found = trees(broken=True)
        self.parts = msgspec.structs.replace(parts_of(picture(found), found), bundles=self.bundles)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


@pytest.fixture
def client(stage: Stage) -> Iterator[Client]:
    with signed_in(stage.parts) as made:
        yield made


def post(client: Client, path: str, **form: str) -> str:
    answer = client.post(path, data=form | {"seal": seal(client)}, headers=OURS, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def made(client: Client, stage: Stage, **form: str) -> str:
    """The address of a bundle that is whole."""
    address = post(client, "/bundles", **({"preset": "full"} | form))

    async def finish() -> None:
        await stage.bundles.finished()

    with client.portal() as portal:
        portal.call(finish)
    return address


def test_the_form_tells_beforehand_what_will_not_be_in_it(client: Client, stage: Stage) -> None:
    stage.cluster.refused.add("get pods/log")
    page = client.get("/bundles").text
    assert "Secrets – They are never read" in page
    assert "Logs: needs <code>get pods/log</code>" in page


def test_a_bundle_is_made_and_its_inside_shown(client: Client, stage: Stage) -> None:
    address = made(client, stage)
    page = client.get(address).text
    assert "always in it" in page
    assert "Values of ConfigMaps" in page
    told = client.get(f"{address}.json").json()
    assert told["job"]["state"] == "done"
    assert told["inside"]["manifest"]["kubernetes"] == "v1.34.4"
    assert [(deed.action, deed.result) for deed in stage.deeds] == [("make", "begun"), ("make", "done")]


def test_a_bundle_in_the_making_shows_its_step_and_can_be_cancelled(client: Client, stage: Stage) -> None:
    stage.cluster.hanging = ("/log",)
    address = post(client, "/bundles", preset="full")

    async def until_it_hangs() -> None:
        while not any(job.title == "Logs" for job in stage.bundles.all()):
            await stage.bundles.wait(stage.bundles.version)

    with client.portal() as portal:
        portal.call(until_it_hangs)
    assert "step 2 of" in client.get(address).text
    post(client, f"{address}/cancel")
    assert "There is no archive." in client.get(address).text


def test_a_custom_bundle_holds_the_parts_that_were_ticked(client: Client, stage: Stage) -> None:
    address = made(client, stage, preset="custom", **{"part-logs": "on"})
    parts = {part["key"] for part in client.get(f"{address}.json").json()["inside"]["parts"]}
    assert parts == {"objects", "logs", "findings"}


def test_a_download_goes_on_where_it_broke_off(client: Client, stage: Stage) -> None:
    address = made(client, stage)
    whole = client.get(f"{address}/download")
    tag = whole.headers["etag"]
    assert whole.headers["accept-ranges"] == "bytes"
    rest = client.get(f"{address}/download", headers={"range": "bytes=1000-", "if-range": tag})
    assert rest.status_code == 206
    assert rest.headers["content-range"] == f"bytes 1000-{len(whole.content) - 1}/{len(whole.content)}"
    assert whole.content[:1000] + rest.content == whole.content
    last = client.get(f"{address}/download", headers={"range": "bytes=-10"})
    assert last.content == whole.content[-10:]
    changed = client.get(f"{address}/download", headers={"range": "bytes=10-", "if-range": '"other"'})
    assert (changed.status_code, changed.content) == (200, whole.content)
    beyond = client.get(f"{address}/download", headers={"range": "bytes=999999999-"})
    assert beyond.status_code == 416


def test_the_audit_tells_of_a_download_once(client: Client, stage: Stage) -> None:
    address = made(client, stage)
    client.get(f"{address}/download")
    client.get(f"{address}/download", headers={"range": "bytes=1000-"})
    assert [deed.action for deed in stage.deeds] == ["make", "make", "download"]


def test_what_was_unticked_is_not_in_the_archive_and_the_archive_says_so(
    client: Client, stage: Stage
) -> None:
    address = made(client, stage)
    answer = client.get(f"{address}/download?chosen=yes&keep=objects&keep=findings&keep=cluster")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert not [name for name in archive.namelist() if name.startswith("cluster-resources/pods/logs/")]
        manifest = msgspec.json.decode(archive.read("manifest.json"), type=Manifest)
        ledger = msgspec.json.decode(archive.read("not-collected.json"), type=Ledger)
        assert "manifest.sig" in archive.namelist()
    assert manifest.trimmed_from
    assert ("logs", "It was taken out before the bundle was passed on.") in {
        (entry.part, entry.reason) for entry in ledger.not_collected
    }
    assert stage.deeds[-1].detail.startswith("without ")


def test_a_deleted_bundle_is_gone(client: Client, stage: Stage) -> None:
    address = made(client, stage)
    assert post(client, f"{address}/delete") == "/bundles"
    assert client.get(address).status_code == 404
    assert stage.deeds[-1].action == "delete"


def test_a_site_on_a_recording_has_no_bundles_and_does_not_name_them(stage: Stage) -> None:
    with signed_in(msgspec.structs.replace(stage.parts, bundles=None)) as client:
        assert client.get("/bundles").status_code == 404
        assert "/bundles" not in client.get("/").text
    asyncio.run(stage.bundles.aclose())
