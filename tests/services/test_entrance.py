from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mission_control.services.entrance import Entrance, SignIn

START = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


class Book:
    """What was recorded, and a clock that is set by hand."""

    def __init__(self) -> None:
        self.now = START
        self.lines: list[SignIn] = []

    async def record(self, sign_in: SignIn) -> None:
        self.lines.append(sign_in)

    def entrance(self) -> Entrance:
        return Entrance(self.record, lambda: self.now, "ada")


async def test_whoever_comes_in_is_recorded() -> None:
    book = Book()
    await book.entrance().came_in("127.0.0.1")
    assert book.lines == [SignIn("ada", "127.0.0.1", "done")]


async def test_whoever_is_turned_away_is_recorded_once_a_minute_with_how_many_there_were() -> None:
    book = Book()
    entrance = book.entrance()
    for _ in range(5):
        await entrance.was_refused("127.0.0.1")
    book.now += timedelta(minutes=1)
    await entrance.was_refused("127.0.0.1")
    assert [(line.result, line.detail) for line in book.lines] == [
        ("refused", "the token was wrong or spent"),
        ("refused", "5 wrong or spent tokens"),
    ]
