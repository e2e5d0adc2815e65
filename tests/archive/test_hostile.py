"""Archives that nobody of us has made: refused or contained, and never followed."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import pytest

from mission_control.archive import reading
from mission_control.archive.checking import check
from mission_control.archive.errors import ArchiveError, Changed, Hostile, Unreadable
from mission_control.archive.reading import open_archive, read
from mission_control.domain.bundle.parts import Wish
from mission_control.services.previews import preview
from mission_control.services.recorded import open_recording
from tests.fakes.recorded import AT, ME, with_a_broken_pod


def zipped(path: Path, *files: tuple[str, bytes], mode: int = 0) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (mode or stat.S_IFREG | 0o600) << 16
            archive.writestr(info, content)
    return path


async def bundle(folder: Path) -> Path:
    bundles = with_a_broken_pod().bundles(folder, [])
    await bundles.start(Wish(all_logs=True), ME)
    job = await bundles.finished()
    assert job is not None
    path = bundles.path(job.id)
    assert path is not None
    return path


def rewritten(path: Path, target: Path, **wanted: bytes | None) -> Path:
    """The bundle with some files changed, added or (None) left out."""
    with zipfile.ZipFile(path) as old:
        files = {name: old.read(name) for name in old.namelist()}
    files |= {name: content for name, content in wanted.items() if content is not None}
    return zipped(target, *((n, c) for n, c in files.items() if wanted.get(n, b"") is not None))


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "/etc/passwd", "a/../../b", "C:/windows/x", "a\\..\\b", "a//b", "./a", "a\nb"],
)
def test_a_name_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Hostile):
        open_archive(zipped(tmp_path / "x.zip", (name, b"x")))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO])
def test_links_and_devices_are_refused(tmp_path: Path, kind: int) -> None:
    with pytest.raises(Hostile):
        open_archive(zipped(tmp_path / "x.zip", ("a", b"/etc/passwd"), mode=kind | 0o777))


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    with pytest.raises(Hostile, match="bomb"):
        open_archive(zipped(tmp_path / "x.zip", ("cluster-resources/pods/a.json", bytes(80 << 20))))


def test_an_archive_worth_ten_gigabytes_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", ("a", b"small"))
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02")
    content[at + 24 : at + 28] = (0xFFFFFFF0).to_bytes(4, "little")  # it says 4 GiB each
    path.write_bytes(content)
    with pytest.raises(Hostile):
        open_archive(path)


def test_the_same_name_twice_is_refused(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a", b"one")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a", b"two")
    (tmp_path / "x.zip").write_bytes(made.getvalue())
    with pytest.raises(Hostile, match="twice"):
        open_archive(tmp_path / "x.zip")


@pytest.mark.parametrize("keep", [0, 3, 40, -30])
def test_a_cut_archive_is_no_archive(tmp_path: Path, keep: int) -> None:
    path = zipped(tmp_path / "x.zip", ("a", b"content of a file"))
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ArchiveError):
        open_recording(path, (), AT)


def test_a_folder_s_links_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text("kind: Pod\napiVersion: v1\nmetadata: {name: secret}\n")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.yaml").symlink_to(secret)
    with pytest.raises(Unreadable, match="no object"):
        open_recording(folder, (), AT)


async def test_a_changed_file_is_refused_and_named(tmp_path: Path) -> None:
    path = await bundle(tmp_path / "kept")
    changed = rewritten(path, tmp_path / "c.zip", **{"cluster-resources/pods/shop.json": b'{"items":[]}'})
    with pytest.raises(Changed, match=r"pods/shop\.json"):
        open_recording(changed, (), AT)
    assert check(open_archive(changed)).problems == ("cluster-resources/pods/shop.json was changed.",)


async def test_an_added_file_a_missing_file_and_a_forged_manifest_are_told(tmp_path: Path) -> None:
    path = await bundle(tmp_path / "kept")
    added = rewritten(path, tmp_path / "a.zip", extra=b"x")
    assert "extra is not in the manifest." in check(open_archive(added)).problems
    without = rewritten(path, tmp_path / "m.zip", **{"index.html": None})
    assert "index.html is missing." in check(open_archive(without)).problems
    manifest = read(open_archive(path), "manifest.json").replace(b'"preset": "full"', b'"preset": "quick"')
    forged = check(open_archive(rewritten(path, tmp_path / "f.zip", **{"manifest.json": manifest})))
    assert forged.problems == ("Nobody vouches for the manifest: its signature is missing or wrong.",)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[" * 100_000, b'{"schema": 1}', b"\xff\xfe", b'{"sights": [[[]]]}'],
    ids=["empty", "cut", "deep", "other", "binary", "odd"],
)
@pytest.mark.parametrize(
    "name", ["mission-control/picture.json", "manifest.json", "cluster-resources/pods/a.json"]
)
def test_broken_json_is_a_sentence(tmp_path: Path, name: str, content: bytes) -> None:
    path = zipped(tmp_path / "x.zip", ("cluster-resources/nodes.json", b"{}"), (name, content))
    with pytest.raises(ArchiveError):
        open_recording(path, (), AT)


def test_yaml_aliases_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.yaml"
    path.write_text("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n")
    with pytest.raises(Hostile, match="aliases"):
        open_recording(path, (), AT)


async def test_markup_in_names_stays_text_in_the_page(tmp_path: Path) -> None:
    cluster = with_a_broken_pod()
    waiting = {"reason": "ImagePullBackOff", "message": "<img src=x onerror=alert(1)> not found"}
    cluster.put(
        "pods",
        "shop",
        "<script>alert(1)</script>",
        spec={"containers": [{"name": "a", "image": "<b>x</b>"}]},
        status={"phase": "Pending", "containerStatuses": [{"name": "a", "state": {"waiting": waiting}}]},
        metadata={"creationTimestamp": "2026-11-29T11:00:00Z"},
    )
    bundles = cluster.bundles(tmp_path, [])
    await bundles.start(Wish(all_logs=True), ME)
    job = await bundles.finished()
    assert job is not None
    path = bundles.path(job.id)
    assert path is not None
    page = read(open_archive(path), "index.html").decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert preview(path).manifest.verdict


def test_reading_stops_at_its_bound(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", ("a", b"x" * 5000))
    with pytest.raises(Unreadable, match="larger than"):
        reading.read(open_archive(path), "a", 1000)
