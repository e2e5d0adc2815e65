"""What is accepted, as a command sees it: read for each judgement, and counted where it cannot be read."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from mission_control import app
from mission_control.app.own_state import opened
from mission_control.domain.health import judge
from mission_control.domain.verdict import Subject, Verdict
from mission_control.products.catalog import products
from mission_control.services.accepted import Acceptances, By, Wish
from mission_control.services.health import Judged
from mission_control.settings import Settings
from mission_control.storage import glance
from mission_control.storage.accepted import Kept
from tests.web.stage import picture
from tests.web.story import trees

CLAIM = Subject("PersistentVolumeClaim", "langsmith", "data-demo-langsmith-postgres-0")
ADA = By("ada", "here")


def judged(*, broken: bool) -> Judged:
    snapshot = picture(trees(broken=broken))
    return Judged(snapshot, judge(snapshot, products()), 1)


FAULTY, WELL = judged(broken=True), judged(broken=False)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=str(tmp_path / "state"))


@asynccontextmanager
async def accepting(settings: Settings) -> AsyncIterator[Acceptances]:
    """A state with one acceptance in it."""
    wish = Wish("volume-unbound", CLAIM, "the night")
    async with opened(settings) as state:
        kept = await state.accepted.accept(FAULTY.snapshot, FAULTY.health, wish, ADA)
        assert isinstance(kept, Kept)
        yield state.accepted


async def test_without_a_state_every_finding_counts_and_none_is_made(settings: Settings) -> None:
    fold = await app.folding(settings)
    assert fold(FAULTY.snapshot, FAULTY.health) == FAULTY.health
    assert not settings.state_dir.exists()


async def test_what_is_accepted_meanwhile_is_seen_at_the_next_judgement(settings: Settings) -> None:
    fold = await app.folding(settings)
    async with accepting(settings) as acceptances:
        folded = fold(FAULTY.snapshot, FAULTY.health)
        await acceptances.revoke(1, ADA)
    assert folded.verdict is Verdict.HEALTHY
    assert fold(FAULTY.snapshot, FAULTY.health) == FAULTY.health


async def test_a_state_that_cannot_be_read_is_told_and_everything_counts(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.state_dir.mkdir()
    (settings.state_dir / glance.FILE).write_bytes(b"no database" * 100)
    fold = await app.folding(settings)
    with caplog.at_level(logging.WARNING):
        assert fold(FAULTY.snapshot, FAULTY.health) == FAULTY.health
    assert "cannot be read" in caplog.text


async def test_a_look_at_a_fault_that_is_gone_ends_its_acceptance(settings: Settings) -> None:
    async with accepting(settings):
        pass
    await app.end_what_is_gone(settings, WELL)
    assert glance.acceptances(settings.state_dir) == ()


async def test_a_look_at_a_fault_that_is_still_there_keeps_its_acceptance(settings: Settings) -> None:
    async with accepting(settings):
        pass
    fold = await app.folding(settings)
    folded = Judged(FAULTY.snapshot, fold(FAULTY.snapshot, FAULTY.health), 1)
    await app.end_what_is_gone(settings, folded)
    assert len(glance.acceptances(settings.state_dir)) == 1
