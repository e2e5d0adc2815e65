"""The doors: who comes in, who waits, and which sessions last."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mission_control.access.accounts import ADMIN_EVERYWHERE
from mission_control.access.gate import Admitted, Caller, Gate, Turned
from mission_control.access.sessions import Limits, Sessions, hash_of, seal_of
from mission_control.domain.rights import RoleAt
from mission_control.services.entrance import Entrance, SignIn
from mission_control.storage.sessions import SessionStore
from tests.access.people import ADA, GOOD, OTHER, Book, book

HERE = Caller("10.0.0.1", "a browser")


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


class House:
    """A gate over a real database, and what was recorded."""

    def __init__(self, kept: Book) -> None:
        self.book, self.lines = kept, list[SignIn]()
        self.gate = self.make()

    def make(self) -> Gate:
        """Another gate over the same state, as after a restart."""

        async def record(line: SignIn) -> None:
            self.lines.append(line)

        entrance = Entrance(record, lambda: self.book.now)
        sessions = Sessions(SessionStore(self.book.database), lambda: self.book.now, Limits())
        return Gate(entrance, lambda: self.book.now, sessions=sessions, accounts=self.book.accounts)

    async def come(
        self, password: str = GOOD, name: str = "bea", origin: str = "10.0.0.1"
    ) -> Admitted | Turned:
        """One try to sign in."""
        return await self.gate.with_password(name, password, Caller(origin))

    async def id(self) -> str:
        """The id of a new session."""
        outcome = await self.come()
        assert isinstance(outcome, Admitted)
        return outcome.session_id


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Book]:
    with book(tmp_path) as made:
        yield made


@pytest.fixture
async def house(kept: Book) -> House:
    made = House(kept)
    await kept.accounts.create("bea", GOOD, (RoleAt("shop", "viewer"),), ADA)
    return made


async def test_an_account_opens_a_session_and_the_audit_knows(house: House) -> None:
    session = house.gate.sessions.find(await house.id())
    assert session is not None
    person = await house.gate.person(session)
    assert person is not None
    assert (person.name, person.rights.says) == ("bea", "viewer in shop")
    assert [(line.who, line.result) for line in house.lines] == [("bea", "done")]


async def test_nobody_comes_in_who_cannot_be_recorded(house: House) -> None:
    async def broken(_: SignIn) -> None:
        raise OSError("the disk is full")

    house.gate.entrance = Entrance(broken, lambda: house.book.now)
    with pytest.raises(OSError, match="full"):
        await house.come()
    assert house.gate.sessions.all == ()


async def test_wrong_passwords_lock_a_name_for_longer_and_longer(house: House) -> None:
    for _ in range(5):
        await house.come("wrong wrong wrong")
    locked = await house.come()
    assert isinstance(locked, Turned)
    assert timedelta() < locked.wait <= timedelta(minutes=1)
    house.book.now += timedelta(minutes=1)
    await house.come("wrong wrong wrong")
    again = await house.come()
    assert isinstance(again, Turned)
    assert again.wait > timedelta(minutes=1)


async def test_a_name_that_does_not_exist_is_answered_as_one_that_does(house: House) -> None:
    told = []
    for name in ("bea", "nobody"):
        outcomes = [await house.come("wrong wrong wrong", name, name) for _ in range(7)]
        told.append([(o.says, o.wait) for o in outcomes if isinstance(o, Turned)])
    assert told[0] == told[1]


async def test_the_right_password_forgets_the_wrong_ones(house: House) -> None:
    for _ in range(4):
        await house.come("wrong wrong wrong")
    assert isinstance(await house.come(), Admitted)
    for _ in range(4):
        await house.come("wrong wrong wrong")
    assert isinstance(await house.come(), Admitted)


async def test_a_session_of_an_account_outlives_a_restart(house: House) -> None:
    session_id = await house.id()
    again = house.make()
    await again.sessions.load()
    assert again.sessions.find(session_id) is not None


async def test_what_is_kept_of_a_session_is_not_its_id(house: House, tmp_path: Path) -> None:
    session_id = await house.id()
    assert session_id.encode() not in everything_in(tmp_path)
    assert SessionStore(house.book.database).all()[0].hash == hash_of(session_id)


async def test_a_session_that_is_not_used_ends(house: House) -> None:
    session_id = await house.id()
    house.book.now += timedelta(hours=8)
    assert house.gate.sessions.find(session_id) is None


async def test_a_session_that_is_used_ends_as_well_in_the_end(house: House) -> None:
    session_id = await house.id()
    for _ in range(7 * 4):
        found = house.gate.sessions.find(session_id)
        assert found is not None
        house.gate.sessions.use(found)
        house.book.now += timedelta(hours=6)
    assert house.gate.sessions.find(session_id) is None


async def test_its_use_is_known_after_a_restart(house: House) -> None:
    session_id = await house.id()
    house.book.now += timedelta(hours=7)
    found = house.gate.sessions.find(session_id)
    assert found is not None
    house.gate.sessions.use(found)
    await house.gate.sessions.load()
    house.book.now += timedelta(hours=7)
    again = house.make()
    await again.sessions.load()
    assert again.sessions.find(session_id) is not None


async def test_another_password_ends_all_sessions_of_the_account(house: House) -> None:
    session_id = await house.id()
    session = house.gate.sessions.find(session_id)
    assert session is not None
    house.book.now += timedelta(seconds=1)
    await house.book.accounts.set_password("bea", OTHER, ADA)
    assert await house.gate.person(session) is None
    await house.gate.sessions.load()
    assert house.gate.sessions.find(session_id) is None


async def test_other_roles_count_from_the_next_request(house: House) -> None:
    session = house.gate.sessions.find(await house.id())
    assert session is not None
    await house.book.accounts.set_roles("bea", (ADMIN_EVERYWHERE,), ADA)
    person = await house.gate.person(session)
    assert person is not None
    assert person.rights.view.is_all


async def test_a_deleted_account_is_nobody(house: House) -> None:
    session = house.gate.sessions.find(await house.id())
    assert session is not None
    await house.book.accounts.create("ann", GOOD, (ADMIN_EVERYWHERE,), ADA)
    await house.book.accounts.delete("bea", ADA)
    assert await house.gate.person(session) is None


async def test_one_person_holds_so_many_sessions_and_no_more(kept: Book) -> None:
    sessions = Sessions(None, lambda: kept.now)
    ids = []
    for _ in range(70):
        kept.now += timedelta(seconds=1)
        ids.append(await sessions.begin("ada", "one-time", "", ""))
    assert len(sessions.all) == 64
    assert sessions.find(ids[0]) is None
    assert sessions.find(ids[-1]) is not None


def test_each_session_has_a_seal_of_its_own() -> None:
    assert seal_of("one") != seal_of("other")
    assert "one" not in seal_of("one")


async def test_what_a_role_does_not_allow_is_told_once_a_minute(house: House) -> None:
    for _ in range(3):
        await house.gate.entrance.may_not("10.0.0.1", "bea", "manage-access")
    house.book.now += timedelta(minutes=1)
    await house.gate.entrance.may_not("10.0.0.1", "bea", "manage-access")
    assert [(line.action, line.result) for line in house.lines] == [("permission", "refused")] * 2
