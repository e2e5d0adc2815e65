"""The composition root: with which key, places, rules and known values every exit redacts."""

from __future__ import annotations

from pathlib import Path

import pytest

from mission_control.app.own_state import opened
from mission_control.app.redacting import redact_for_a_command
from mission_control.domain.redact import CustomRule, redact, redact_object
from mission_control.services.accepted import By
from mission_control.settings import Settings

ASSIGNED = "password=Zx81-and-then-some"
UNKNOWN = "0000000000"
PLACE = {"config": {"apiKeySalt": "plain words that show nothing"}}


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    return Settings(data_dir=str(tmp_path))


async def test_whoever_opens_the_state_redacts_with_the_key_of_the_install(own: Settings) -> None:
    async with opened(own):
        first = redact(ASSIGNED)
    async with opened(own):
        assert redact(ASSIGNED) == first
    assert UNKNOWN not in first


async def test_a_command_redacts_with_the_same_key_without_opening_the_state(own: Settings) -> None:
    async with opened(own):
        served = redact(ASSIGNED)
    redact_for_a_command(own)
    assert redact(ASSIGNED) == served


def test_a_command_without_any_state_redacts_without_fingerprints(own: Settings) -> None:
    redact_for_a_command(own)
    assert redact(ASSIGNED) == f"password=MASKED.secret.{UNKNOWN}"


def test_the_places_of_the_packs_are_in_force(own: Settings) -> None:
    redact_for_a_command(own)
    assert "plain words" not in str(redact_object(PLACE))


def test_the_password_of_the_database_is_known(tmp_path: Path) -> None:
    redact_for_a_command(Settings(data_dir=str(tmp_path), database_url="postgresql://mc:Quiet7-Lamp@db/mc"))
    assert "Quiet7-Lamp" not in redact("the word Quiet7-Lamp alone")


async def test_rules_of_the_operator_are_in_force_for_who_serves_and_for_commands(own: Settings) -> None:
    async with opened(own) as state:
        assert await state.redaction.add(CustomRule("codename", literal="Bluebird"), By("ada", "")) is None
        assert "Bluebird" not in redact("project Bluebird")
        (entry, *_) = state.audit.entries()
        assert (entry.entry.who, entry.entry.action, entry.entry.subject) == (
            "ada",
            "redaction.add",
            "codename",
        )
        assert "Bluebird" not in str(entry)
    redact_for_a_command(own)
    assert "Bluebird" not in redact("project Bluebird")


async def test_a_rule_that_is_removed_hides_nothing_more(own: Settings) -> None:
    async with opened(own) as state:
        await state.redaction.add(CustomRule("codename", literal="Bluebird"), By("ada", ""))
        assert await state.redaction.remove("codename", By("ada", "")) is None
        assert redact("project Bluebird") == "project Bluebird"
        assert await state.redaction.remove("codename", By("ada", "")) is not None


async def test_a_rule_that_would_hide_everything_is_refused_and_not_kept(own: Settings) -> None:
    async with opened(own) as state:
        refusal = await state.redaction.add(CustomRule("all", expression=".+"), By("ada", ""))
        assert refusal is not None
        assert "everything" in refusal.says
    async with opened(own) as state:
        assert state.redaction.in_words().own == ()
