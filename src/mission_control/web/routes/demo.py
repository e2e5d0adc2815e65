"""From the recorded incident of the demo over to the real sandbox, once it runs."""

from __future__ import annotations

from litestar import get
from litestar.response import Redirect

from mission_control.access.permissions import Permission
from mission_control.web.asker import Parts
from mission_control.web.errors import NoSuchPage


@get("/demo/real", opt={"permission": Permission.VIEW_CONSOLE}, include_in_schema=False, sync_to_thread=False)
def switch_over(parts: Parts) -> Redirect:
    """The console on the real sandbox, by the one-time address that it printed."""
    address = parts.recorded.prepared.address if parts.recorded else ""
    if not address.startswith("http://127.0.0.1:"):
        raise NoSuchPage("Nothing real runs beside this recording.", "Start at Home.")
    return Redirect(address, status_code=303)
