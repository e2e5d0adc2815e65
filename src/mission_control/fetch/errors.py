"""What can go wrong with a call out, in words that say what to do."""

from __future__ import annotations


class FetchError(Exception):
    """Something was not fetched. `says` why, `fix` what to do next."""

    def __init__(self, says: str, fix: str = "") -> None:
        super().__init__(says)
        self.says, self.fix = says, fix


class Refused(FetchError):  # noqa: N818 -- an error is named as a person says it
    """The rules do not let the console call that address."""
