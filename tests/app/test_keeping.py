"""The console's own state while it serves: damaged, full, restored, temporary. Reading goes on in each."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from mission_control.app.keeping import Kept, kept
from mission_control.app.records import create_backup, stage_backup
from mission_control.services import own_state
from mission_control.settings import Settings
from mission_control.storage.chain import Entry
from mission_control.storage.errors import StorageError
from mission_control.storage.glance import FILE

FULL = "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=str(tmp_path / "state"))


def troubles(own: Kept) -> dict[str, str]:
    return {trouble.kind: trouble.says for trouble in own.health.troubles}


async def actions(own: Kept) -> list[str]:
    return [entry.entry.action for entry in await asyncio.to_thread(own.state.audit.entries)]


async def test_a_state_that_is_well_has_nothing_to_tell(settings: Settings) -> None:
    async with kept(settings) as own:
        await own.record.note(Entry("ada", "sign-in"))
        assert troubles(own) == {}
        assert await actions(own) == ["sign-in"]


async def test_a_damaged_state_is_left_alone_and_the_console_works_on_an_empty_one(
    settings: Settings,
) -> None:
    settings.state_dir.mkdir(parents=True)
    (settings.state_dir / FILE).write_bytes(b"no database at all" * 500)
    async with kept(settings) as own:
        assert "cannot be used" in troubles(own)[own_state.DAMAGED]
        await own.record.note(Entry("ada", "sign-in"))
        assert await actions(own) == ["sign-in"]
    assert (settings.state_dir / FILE).read_bytes().startswith(b"no database at all")


async def test_the_state_of_a_newer_version_is_left_alone_too(settings: Settings) -> None:
    async with kept(settings) as own:
        with own.state.database.writing() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    async with kept(settings) as own:
        assert "newer version" in troubles(own)[own_state.DAMAGED]


async def test_a_full_volume_lets_people_in_and_changes_nothing(settings: Settings) -> None:
    async with kept(settings) as own:
        with own.state.database.writing() as connection:
            connection.exec_driver_sql(FULL)
        await own.record.note(Entry("ada", "sign-in"))
        await own.record.note(Entry("bob", "sign-in"))
        assert "The disk is full" in troubles(own)[own_state.WRITING]
        assert own.health.unkept == 2
        with pytest.raises(StorageError, match="disk is full"):
            await own.record.record(Entry("ada", "finding.accept"))
        with own.state.database.writing() as connection:
            connection.exec_driver_sql("DROP TRIGGER full")
        assert own_state.WRITING not in troubles(own)
        await own.record.note(Entry("ada", "sign-out"))
        assert await actions(own) == ["audit.gap", "sign-out"]


async def test_a_volume_that_is_nearly_full_and_one_that_can_be_written_again_are_noticed(
    settings: Settings,
) -> None:
    async with kept(settings) as own:
        own.health.tell(own_state.WRITING, "Nothing can be kept.", "Make room.")
        await own.health.look(own.state.database, lambda: 2**20)
        assert set(troubles(own)) == {own_state.ROOM}
        await own.health.look(own.state.database, lambda: 2**30)
        assert troubles(own) == {}


async def test_a_state_without_a_volume_is_told(settings: Settings) -> None:
    async with kept(Settings(data_dir=settings.data_dir, state_is_temporary=True)) as own:
        assert "lost with its pod" in troubles(own)[own_state.TEMPORARY]
        assert not own.health.troubles[0].grave


async def test_a_backup_laid_ready_is_restored_at_the_next_start(settings: Settings, tmp_path: Path) -> None:
    async with kept(settings) as own:
        await own.record.record(Entry("ada", "before"))
    await create_backup(settings, tmp_path / "copy.db")
    async with kept(settings) as own:
        await own.record.record(Entry("ada", "after"))
        await stage_backup(settings, tmp_path / "copy.db")
    async with kept(settings) as own:
        assert await actions(own) == ["backup.restore", "before"]
        assert troubles(own) == {}
