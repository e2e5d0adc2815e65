"""What can go wrong with the console's own state, in words that say what to do.

`StorageError` is the only class: nobody handles a full disk otherwise than a broken file, they show both.
"""

from __future__ import annotations

_REASONS = (
    ("disk is full", "The disk is full", "Make room on the volume that holds it; nothing was changed."),
    ("no space left", "The disk is full", "Make room on the volume that holds it; nothing was changed."),
    ("disk i/o error", "The disk fails", "Look at the volume that holds it, and at its node."),
    (
        "readonly",
        "The file or its folder may only be read",
        "Give the account that runs the console the right to write there.",
    ),
    (
        "not a database",
        "The file is not a database",
        "Move it away and start again; the console then begins with an empty history.",
    ),
    (
        "malformed",
        "The file is damaged",
        "Restore it from a backup, or move it away and start again with an empty history.",
    ),
    (
        "unable to open",
        "The file cannot be opened",
        "Check that its folder exists and that the account that runs the console may write there.",
    ),
    (
        "locked",
        "Another process holds the file",
        "End the other Mission Control that uses this data folder, or set MC_DATA_DIR to another one.",
    ),
    (
        "append-only",
        "The audit takes new entries only",
        "Entries cannot be changed or removed, which is what an audit is for.",
    ),
)


_PASSING = ("locked", "append-only")
"""Troubles that are over by themselves, or that are none of the volume's."""


class StorageError(Exception):
    """The console's own state cannot be read or written. `says` what happened, `fix` what to do next."""

    def __init__(self, says: str, fix: str, *, is_lasting: bool = False) -> None:
        """`is_lasting`: it stays so until somebody mends it, unlike another process that holds the file."""
        super().__init__(says)
        self.says = says
        self.fix = fix
        self.is_lasting = is_lasting


def storage_error(where: str, error: Exception) -> StorageError:
    """The error of a database driver in the operator's words. `where` is shown: no password in it."""
    from sqlalchemy.exc import DBAPIError, NoSuchModuleError  # noqa: PLC0415  # `glance` must not wait for it

    if isinstance(error, NoSuchModuleError | ModuleNotFoundError):
        return StorageError(
            f"The console's own state at {where} needs a database driver that is not installed: {error}.",
            "Install the project with its extra `postgresql`, or unset MC_DATABASE_URL to use SQLite.",
        )
    told = str(error.orig if isinstance(error, DBAPIError) else error).strip()
    detail = told.partition("\n")[0]
    for words, says, fix in _REASONS:
        if words in detail.lower():
            lasting = words not in _PASSING
            return StorageError(
                f"{says}: the console's own state at {where} ({detail}).", fix, is_lasting=lasting
            )
    return StorageError(
        f"The console's own state at {where} does not work: {detail}.",
        "Check MC_DATABASE_URL and MC_DATA_DIR.",
    )
