"""The ring of kept lines: bounded, readable after a restart, and no worse than empty when the disk fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from mission_control.domain.logs.entries import Entry, Source
from mission_control.storage.logring import KeptSource, LogRing

SECOND = 1_000_000_000
WEB = KeptSource(Source("shop", "web-1", "app", "", "node-1", "web"), "shop/demo", 0, 0)
DB = KeptSource(Source("shop", "db-0", "db"), "shop/demo", 0, 0)


def made(folder: Path, most: int = 1 << 20, oldest: int = 3600 * SECOND, segment: int = 4096) -> LogRing:
    ring = LogRing(folder / "ring", most, oldest, segment)
    ring.load()
    return ring


def line(kept: KeptSource, at: int, text: str = "") -> tuple[KeptSource, Entry]:
    return kept, Entry(at * SECOND, kept.source.key, text or f"line {at}", "info")


def texts(ring: LogRing, kept: KeptSource, since: int = 0, until: int = 0) -> list[str]:
    return [one.text for batch in ring.read(kept.source.key, since * SECOND, until * SECOND) for one in batch]


def test_lines_are_read_back_by_container_and_range(tmp_path: Path) -> None:
    ring = made(tmp_path)
    ring.append([line(WEB, 1), line(DB, 2), line(WEB, 3)])
    assert texts(ring, WEB) == ["line 1", "line 3"]
    assert texts(ring, WEB, since=2) == ["line 3"]
    assert texts(ring, WEB, until=3) == ["line 1"]


def test_a_restart_finds_everything_also_what_was_being_written(tmp_path: Path) -> None:
    ring = made(tmp_path)
    for at in range(1, 300):
        ring.append([line(WEB, at, "x" * 50 + str(at))])
    again = made(tmp_path)
    assert len(texts(again, WEB)) == 299
    found = again.sources()[WEB.source.key]
    assert (found.installation, found.last) == ("shop/demo", 299 * SECOND)
    again.append([line(WEB, 300)])
    assert texts(again, WEB)[-1] == "line 300"


def test_the_oldest_go_when_it_is_too_large_or_too_old(tmp_path: Path) -> None:
    ring = made(tmp_path, most=20_000, segment=4096)
    for at in range(1, 3000):
        ring.append([line(WEB, at, f"{at * 7919 % 100_003}" * 12)])
    assert ring.size < 20_000 + 2 * 4096
    assert texts(ring, WEB)[-1]
    young = made(tmp_path / "b", oldest=10 * SECOND, segment=100)
    for at in (1, 2, 100):
        young.append([line(WEB, at, "z" * 200)])
    assert len(texts(young, WEB)) == 1


def test_a_damaged_or_deleted_segment_is_skipped(tmp_path: Path) -> None:
    ring = made(tmp_path, segment=100)
    for at in range(1, 4):
        ring.append([line(WEB, at, "y" * 200 + str(at))])
    packed = sorted((tmp_path / "ring").glob("*.z"))
    packed[0].write_bytes(b"no zlib")
    packed[1].unlink()
    assert len(texts(ring, WEB)) == 1


def test_a_folder_that_is_gone_is_an_os_error_and_comes_back(tmp_path: Path) -> None:
    ring = made(tmp_path)
    ring.append([line(WEB, 1)])
    for path in (tmp_path / "ring").iterdir():
        path.unlink()
    (tmp_path / "ring").rmdir()
    with pytest.raises(OSError, match="No such file"):
        ring.append([line(WEB, 2)])
    ring.load()
    ring.append([line(WEB, 3)])
    assert texts(ring, WEB) == ["line 3"]


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    ring = made(tmp_path, segment=10)
    ring.append([line(WEB, 1), line(WEB, 2)])
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "ring").iterdir())
