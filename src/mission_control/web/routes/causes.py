"""The documentation of a cause code: what it means, how it was recognised, how to repair and how to check."""

from __future__ import annotations

from litestar import get
from litestar.params import FromPath

from mission_control.access.permissions import Permission
from mission_control.web.causes import CauseText, cause_text
from mission_control.web.errors import NoSuchPage


@get(
    "/causes/{code:str}",
    opt={"permission": Permission.VIEW_CONSOLE, "template": "causes/page.html"},
    summary="The documentation of a cause code; append .json for JSON",
    sync_to_thread=False,
)
def cause_page(code: FromPath[str]) -> CauseText:
    """What a cause code means and how to repair what it names."""
    found = cause_text(code.removesuffix(".json"))
    if found is None:
        raise NoSuchPage(f"There is no page about {code}.", "Health shows every finding with its own repair.")
    return found
