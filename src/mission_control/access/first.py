"""The first account: the administrator, with the password that the installation gives or one that is made.

A password in a file (a mounted Secret) counts as long as the file says something new: who changes the Secret
changes the password at the next start, and who changes the password in the console keeps it although the file
says the old one.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from mission_control.access import passwords
from mission_control.access.accounts import Accounts
from mission_control.services.accepted import By
from mission_control.storage.errors import StorageError

ADMIN = "admin"
_BY = By("console", "start")


async def first_account(accounts: Accounts, file: str, desk: passwords.Desk) -> str:
    """See to it that there is an administrator. The password, when it was made here and must be told once."""
    given = await asyncio.to_thread(_read, file) if file else ""
    if given:
        known = accounts.named(ADMIN)
        if known is None or not await desk.fits(known.given or None, given):
            await accounts.give(ADMIN, given, _BY)
        return ""
    if accounts.all:
        return ""
    made = passwords.generate()
    await accounts.give(ADMIN, made, _BY)
    return made


def _read(file: str) -> str:
    """The password in the file. Raises StorageError when there is none."""
    try:
        found = Path(file).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(
            f"The administrator's password cannot be read from {file}: {type(error).__name__}.",
            "Check MC_ADMIN_PASSWORD_FILE and the Secret that is mounted there.",
        ) from error
    if len(found) > passwords.MOST or not found:
        raise StorageError(
            f"{file} holds no password: it is empty or longer than {passwords.MOST} characters.",
            "Put the password into it, or unset MC_ADMIN_PASSWORD_FILE to have one made.",
        )
    return found
