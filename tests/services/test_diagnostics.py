"""Making a bundle: what is in it, what is said not to be, and what becomes of it when something fails."""

from __future__ import annotations

import resource
from pathlib import Path

import msgspec
import pytest

from mission_control.archive.checking import check
from mission_control.archive.reading import Archive, open_archive, read
from mission_control.archive.signing import Signer
from mission_control.domain.bundle.parts import Ledger, Limits, Wish
from mission_control.domain.kinds import KINDS
from mission_control.domain.objects import Pod
from mission_control.domain.report import report
from mission_control.domain.snapshot import Sight
from mission_control.services.diagnostics.jobs import Bundles, Deed, Refused
from mission_control.services.diagnostics.shelf import Job, Keep
from mission_control.services.recorded import RecordedObjects, Recording, open_recording
from tests.fakes.recorded import AT, KEY, ME, FakeCluster, with_a_broken_pod

ALL_LOGS = Wish(all_logs=True)


async def made(cluster: FakeCluster, folder: Path, wish: Wish = ALL_LOGS, seconds: float = 20.0) -> Archive:
    bundles = cluster.bundles(folder, [], source=cluster.source(seconds=seconds))
    job = await begun(bundles, wish)
    ended = await bundles.finished()
    assert ended is not None
    assert ended.state == "done", ended.says
    path = bundles.path(job.id)
    assert path is not None
    return open_archive(path)


async def begun(bundles: Bundles, wish: Wish = ALL_LOGS) -> Job:
    job = await bundles.start(wish, ME)
    assert isinstance(job, Job), job
    return job


def opened(folder: Path) -> Recording:
    return open_recording(next(folder.glob("*.zip")), (), AT)


def names(folder: Path, pattern: str = "*") -> list[str]:
    return sorted(path.name for path in folder.glob(pattern))


def ledger(archive: Archive) -> Ledger:
    return msgspec.json.decode(read(archive, "not-collected.json"), type=Ledger)


def missing(archive: Archive) -> str:
    return " | ".join(f"{e.what}: {e.reason} {e.needs}" for e in ledger(archive).not_collected)


async def test_a_bundle_opens_again_with_the_findings_that_it_tells(tmp_path: Path) -> None:
    await made(with_a_broken_pod(), tmp_path)
    recording = opened(tmp_path)
    assert [finding.code for finding in recording.health.findings] == ["image-pull"]
    told = msgspec.json.decode(read(recording.archive, "findings.json"))
    again = msgspec.json.decode(msgspec.json.encode(report(recording.health)))
    assert again["findings"] == told["findings"]


async def test_a_bundle_is_whole_and_signed_by_its_install(tmp_path: Path) -> None:
    result = check(await made(with_a_broken_pod(), tmp_path), Signer(KEY).public_key)
    assert (result.is_whole, result.is_ours, result.problems) == (True, True, ())


async def test_a_secret_is_masked_alike_wherever_it_stands(tmp_path: Path) -> None:
    archive = await made(with_a_broken_pod(), tmp_path)
    contents = {name: read(archive, name) for name in archive.names}
    assert not [name for name, text in contents.items() if b"Tr0ub4dor" in text or b"hunter2" in text]
    log = contents["cluster-resources/pods/logs/shop/db/main.log"]
    mask = log.split(b"password=")[1].split(b"\n")[0]
    assert mask.startswith(b"MASKED.")
    assert mask in contents["cluster-resources/pods/shop.json"]
    assert b"MASKED." in contents["console/settings.json"]


async def test_an_object_of_a_bundle_is_found_by_its_name(tmp_path: Path) -> None:
    await made(with_a_broken_pod(), tmp_path)
    recording = opened(tmp_path)
    tree = msgspec.json.decode(RecordedObjects(recording).fetch("Pod", "shop", "db"))
    assert tree["metadata"]["name"] == "db"
    assert (tree["kind"], tree["apiVersion"]) == ("Pod", "v1")


async def test_what_is_not_asked_for_or_never_read_is_said_beforehand(tmp_path: Path) -> None:
    cluster = with_a_broken_pod()
    cluster.refused.add("get pods/log")
    archive = await made(cluster, tmp_path, Wish("quick"))
    assert "Secrets: They are never read" in missing(archive)
    assert "Logs: It may not be read. get pods/log" in missing(archive)
    assert "Descriptions: It was not asked for (preset quick)." in missing(archive)


async def test_a_right_that_is_taken_away_meanwhile_is_said_and_judged_as_unseen(tmp_path: Path) -> None:
    cluster = with_a_broken_pod()
    cluster.denied.add(("list", "pods", None))
    assert "list pods" in missing(await made(cluster, tmp_path))
    snapshot = opened(tmp_path).snapshot
    assert not snapshot.sees(Pod)


async def test_a_part_that_hangs_is_left_after_its_time(tmp_path: Path) -> None:
    cluster = with_a_broken_pod()
    cluster.hanging = ("/log",)
    archive = await made(cluster, tmp_path, seconds=0.5)
    assert "The rest of Logs: It took longer than 0.5 s." in missing(archive)
    assert check(archive).is_whole


@pytest.mark.parametrize("lasts", [3, 12, 40])
async def test_an_api_server_that_goes_away_leaves_a_valid_bundle(tmp_path: Path, lasts: int) -> None:
    cluster = with_a_broken_pod()
    cluster.lasts = lasts
    archive = await made(cluster, tmp_path)
    assert check(archive).is_whole
    assert "Nothing listens at fake." in missing(archive)
    assert opened(tmp_path).manifest is not None


async def test_a_long_log_keeps_its_first_and_its_newest_lines(tmp_path: Path) -> None:
    cluster = with_a_broken_pod()
    lines = [b"line %07d %s" % (n, b"x" * 100) for n in range(30_000)]
    cluster.logs["shop", "db", "main"] = b"\n".join(lines) + b"\n"
    archive = await made(cluster, tmp_path)
    log = read(archive, "cluster-resources/pods/logs/shop/db/main.log").splitlines()
    assert (log[0], log[-1]) == (lines[0], lines[-1])
    assert sum(map(len, log)) < Limits().log_first_bytes + Limits().log_newest_bytes + 200
    assert any(line.startswith(b"... lines are left out") for line in log)
    assert [entry.what for entry in ledger(archive).limits] == ["Log of shop/db main"]


async def test_logs_end_where_the_size_that_was_asked_for_does(tmp_path: Path) -> None:
    archive = await made(with_a_broken_pod(), tmp_path, Wish(all_logs=True, most_bytes=1 << 20))
    assert "The size that was asked for is used up." in missing(archive)


async def test_namespaces_narrow_the_picture_and_it_says_so(tmp_path: Path) -> None:
    cluster = with_a_broken_pod()
    cluster.put("pods", "other", "else")
    archive = await made(cluster, tmp_path, Wish(namespaces=("shop",)))
    assert "cluster-resources/pods/other.json" not in archive.names
    snapshot = opened(tmp_path).snapshot
    assert snapshot.cluster.namespaces == ("shop",)
    assert snapshot.sees(Pod, "shop")
    assert not snapshot.sees(Pod, "other")


async def test_a_bundle_that_is_cancelled_leaves_a_word_and_no_archive(tmp_path: Path) -> None:
    deeds: list[Deed] = []
    cluster = with_a_broken_pod()
    cluster.hanging = ("/log",)
    bundles = cluster.bundles(tmp_path, deeds)
    job = await begun(bundles)
    while bundles.job(job.id).title != "Logs":  # type: ignore[union-attr]
        await bundles.wait(bundles.version)
    ended = await bundles.cancel(job.id, ME)
    assert isinstance(ended, Job)
    assert (ended.state, ended.says) == ("cancelled", "ada cancelled it. Nothing of it was kept.")
    assert names(tmp_path) == [f"{job.id}.json"]
    assert [(deed.action, deed.result) for deed in deeds] == [("make", "begun"), ("make", "cancelled")]


async def test_a_full_disk_leaves_a_word_and_no_archive(tmp_path: Path) -> None:
    bundles = with_a_broken_pod().bundles(tmp_path, [])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, before[1]))
    try:
        await begun(bundles)
        ended = await bundles.finished()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert ended is not None
    assert ended.state == "failed"
    assert "cannot be written" in ended.says
    assert ended.fix.startswith("Make room")
    assert not names(tmp_path, "*.zip*")


async def test_a_job_whose_process_was_killed_is_found_again_as_failed(tmp_path: Path) -> None:
    bundles = with_a_broken_pod().bundles(tmp_path, [])
    job, held = bundles._shelf.begin(ALL_LOGS, "ada", AT)
    (tmp_path / f"{job.id}.zip.part").write_bytes(b"half")
    assert bundles.all()[0].state == "running"
    held.release()  # as the kernel does for a killed process
    found = bundles.all()[0]
    assert (found.state, found.says) == (
        "failed",
        "The console ended before the bundle was whole. Nothing of it was kept.",
    )
    assert not names(tmp_path, "*.part")
    assert bundles.path(job.id) is None


async def test_only_one_bundle_is_made_at_a_time(tmp_path: Path) -> None:
    cluster = with_a_broken_pod()
    cluster.hanging = ("/log",)
    bundles = cluster.bundles(tmp_path, [])
    await begun(bundles)
    assert isinstance(await bundles.start(ALL_LOGS, ME), Refused)
    await bundles.aclose()


async def test_a_deleted_bundle_is_gone_and_the_audit_tells_who(tmp_path: Path) -> None:
    deeds: list[Deed] = []
    bundles = with_a_broken_pod().bundles(tmp_path, deeds)
    job = await begun(bundles)
    await bundles.finished()
    await bundles.delete(job.id, ME)
    assert bundles.all() == ()
    assert not names(tmp_path)
    assert (deeds[-1].by.who, deeds[-1].action, deeds[-1].bundle) == ("ada", "delete", job.id)


async def test_bundles_beyond_what_is_kept_are_removed_and_told(tmp_path: Path) -> None:
    deeds: list[Deed] = []
    bundles = with_a_broken_pod().bundles(tmp_path, deeds, keep=Keep(days=14, bytes=1))
    await begun(bundles)
    await bundles.finished()
    await bundles.tidy()
    assert bundles.all() == ()
    assert deeds[-1].detail == "past the age or size that is kept"


async def test_a_kind_that_was_refused_before_stays_refused(tmp_path: Path) -> None:
    cluster = with_a_broken_pod()
    sights = tuple(
        Sight(kind, "refused", reason="no", needs="list nodes")
        if kind.kind == "Node"
        else Sight(kind, "live")
        for kind in KINDS
        if not kind.optional
    )
    bundles = cluster.bundles(tmp_path, [], source=cluster.source(sights=sights))
    await begun(bundles)
    await bundles.finished()
    recording = opened(tmp_path)
    assert ("Node", "no") in {(entry.kind, entry.reason) for entry in recording.health.blind}
