"""What can go wrong with an archive, each as a sentence with the next step."""

# ruff: noqa: N818 -- an error is named as a person says it
from __future__ import annotations


class ArchiveError(Exception):
    """An archive that cannot be read or written. `says`: what happened; `fix`: what to do next."""

    def __init__(self, says: str, fix: str = "") -> None:
        super().__init__(f"{says} {fix}".strip())
        self.says = says
        self.fix = fix


class Unwritable(ArchiveError):
    """The archive could not be written; nothing of it is left."""


class Unreadable(ArchiveError):
    """No recording, or one that breaks off."""


class Hostile(ArchiveError):
    """The archive is made in a way that ours never are: it is not looked into any further."""


class Changed(ArchiveError):
    """A file is not what the manifest says."""
