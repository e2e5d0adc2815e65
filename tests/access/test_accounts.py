"""Accounts: made, changed, deleted, told in the audit, and never without an administrator."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mission_control.access import passwords
from mission_control.access.accounts import ADMIN_EVERYWHERE
from mission_control.access.first import ADMIN, first_account
from mission_control.domain.rights import Role, RoleAt, role_at, told
from mission_control.services.accepted import Refusal
from mission_control.storage.accounts import Account
from mission_control.storage.errors import StorageError
from tests.access.people import ADA, GOOD, OTHER, Book, book

VIEWER = (RoleAt("shop", "viewer"),)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Book]:
    with book(tmp_path / "state") as made:
        yield made


async def test_an_account_is_made_and_its_password_proves_it(here: Book) -> None:
    made = await here.accounts.create("bea", GOOD, VIEWER, ADA)
    assert isinstance(made, Account)
    assert (await here.accounts.proven("bea", GOOD)) == made
    assert await here.accounts.proven("bea", OTHER) is None
    assert await here.accounts.proven("nobody", GOOD) is None
    assert here.told() == [("ada", "account.create", "bea")]


async def test_what_is_kept_of_a_password_is_a_hash(here: Book) -> None:
    made = await here.accounts.create("bea", GOOD, VIEWER, ADA)
    assert isinstance(made, Account)
    assert made.password.startswith("$argon2id$")
    assert GOOD not in repr(made)
    assert made.password not in repr(made)


@pytest.mark.parametrize("name", ["", "Bea", "-bea", "bea smith", "../bea", "b" * 65, "<b>"])
async def test_a_name_is_plain(here: Book, name: str) -> None:
    assert isinstance(await here.accounts.create(name, GOOD, VIEWER, ADA), Refusal)
    assert here.told() == []


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaa", "bea and three words", "x" * 257])
async def test_a_weak_password_is_refused(here: Book, password: str) -> None:
    assert isinstance(await here.accounts.create("bea", password, VIEWER, ADA), Refusal)


async def test_a_name_is_taken_once(here: Book) -> None:
    await here.accounts.create("bea", GOOD, VIEWER, ADA)
    assert isinstance(await here.accounts.create("bea", OTHER, VIEWER, ADA), Refusal)


async def test_another_password_replaces_the_first(here: Book) -> None:
    await here.accounts.create("bea", GOOD, VIEWER, ADA)
    changed = await here.accounts.set_password("bea", OTHER, ADA)
    assert isinstance(changed, Account)
    assert not changed.must_change
    assert await here.accounts.proven("bea", GOOD) is None
    assert await here.accounts.proven("bea", OTHER) == changed
    assert here.told()[-1] == ("ada", "account.password", "bea")


async def test_the_last_administrator_stays_one(here: Book) -> None:
    await here.accounts.create("ann", GOOD, (ADMIN_EVERYWHERE,), ADA)
    assert isinstance(await here.accounts.delete("ann", ADA), Refusal)
    assert isinstance(await here.accounts.set_roles("ann", VIEWER, ADA), Refusal)
    await here.accounts.create("bob", GOOD, (ADMIN_EVERYWHERE,), ADA)
    assert isinstance(await here.accounts.delete("ann", ADA), Account)
    assert [account.name for account in here.accounts.all] == ["bob"]


async def test_the_first_account_is_made_once_and_its_password_told(here: Book) -> None:
    made = await first_account(here.accounts, "", here.desk)
    assert await here.accounts.proven(ADMIN, made)
    assert await first_account(here.accounts, "", here.desk) == ""


async def test_a_given_password_counts_until_it_is_changed_and_again_when_the_file_changes(
    here: Book, tmp_path: Path
) -> None:
    file = tmp_path / "password"
    file.write_text(f"{GOOD}\n")
    assert await first_account(here.accounts, str(file), here.desk) == ""
    assert await here.accounts.proven(ADMIN, GOOD)
    await here.accounts.set_password(ADMIN, OTHER, ADA)
    await first_account(here.accounts, str(file), here.desk)
    assert await here.accounts.proven(ADMIN, OTHER)
    file.write_text("a third password of words")
    await first_account(here.accounts, str(file), here.desk)
    assert await here.accounts.proven(ADMIN, "a third password of words")


async def test_a_file_without_a_password_is_told(here: Book, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be read"):
        await first_account(here.accounts, str(tmp_path / "none"), here.desk)
    (tmp_path / "empty").write_text("")
    with pytest.raises(StorageError, match="holds no password"):
        await first_account(here.accounts, str(tmp_path / "empty"), here.desk)


def test_generated_passwords_are_good_and_differ() -> None:
    made = {passwords.generate() for _ in range(50)}
    assert len(made) == 50
    assert not any(passwords.flaw(password, "admin") for password in made)


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("admin", RoleAt("*", "admin")),
        ("viewer@shop", RoleAt("shop", "viewer")),
        ("operator@*", RoleAt("*", "operator")),
        ("admin@shop", None),
        ("owner", None),
        ("viewer@", None),
        ("viewer@../shop", None),
    ],
)
def test_a_role_is_written_with_its_place(text: str, role: RoleAt | None) -> None:
    assert role_at(text) == role


def test_roles_are_told_from_most_to_least() -> None:
    found = [RoleAt("stage", "viewer"), RoleAt("shop", "operator")]
    assert told(found) == "operator in shop, viewer in stage"
    assert told([]) == "no role"
    assert Role.ADMIN.includes(Role.VIEWER)
    assert not Role.VIEWER.includes(Role.OPERATOR)
