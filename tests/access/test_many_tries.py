"""Sign-in tries in masses: they are answered quickly, compared seldom, and told once a minute."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mission_control.access.gate import Admitted, Caller, Gate, Turned
from mission_control.access.passwords import Desk
from mission_control.services.entrance import Entrance, SignIn
from tests.access.people import ADA, CHEAP, GOOD, Book, book


class Counting(Desk):
    """Counts how many passwords were really compared."""

    def __init__(self) -> None:
        super().__init__(CHEAP)
        self.compared = 0

    async def fits(self, kept: str | None, password: str) -> bool:
        self.compared += 1
        return await super().fits(kept, password)


class Door:
    """A gate with one account, what it records, and how often it compares."""

    def __init__(self, kept: Book) -> None:
        self.lines: list[SignIn] = []
        self.desk = Counting()
        kept.accounts._desk = self.desk

        async def record(line: SignIn) -> None:
            self.lines.append(line)

        self.gate = Gate(Entrance(record, lambda: kept.now), lambda: kept.now, accounts=kept.accounts)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Book]:
    with book(tmp_path) as made:
        yield made


async def test_ten_thousand_tries_from_one_place_compare_a_handful(kept: Book) -> None:
    door = Door(kept)
    await kept.accounts.give("admin", GOOD, by=ADA)
    outcomes = [
        await door.gate.with_password("admin", f"guess {n}", Caller("10.0.0.9")) for n in range(10_000)
    ]
    assert not any(isinstance(outcome, Admitted) for outcome in outcomes)
    assert door.desk.compared <= 20
    assert len(door.lines) == 1


async def test_ten_thousand_places_guess_one_account_no_faster(kept: Book) -> None:
    door = Door(kept)
    await kept.accounts.give("admin", GOOD, by=ADA)
    for n in range(10_000):
        await door.gate.with_password("admin", f"guess {n}", Caller(f"10.0.{n // 250}.{n % 250}"))
    assert door.desk.compared == 5
    while_locked = await door.gate.with_password("admin", GOOD, Caller("10.9.9.9"))
    assert isinstance(while_locked, Turned)
