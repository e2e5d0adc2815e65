"""Health: one installation, its components and what is wrong with them."""

from __future__ import annotations

from urllib.parse import quote

from litestar import get
from litestar.params import FromPath
from litestar.response import Redirect

from mission_control.access.permissions import Permission
from mission_control.services.diagnosis import Diagnosis, diagnosis, worst_key
from mission_control.storage.accepted import Kept
from mission_control.web.asker import Parts
from mission_control.web.errors import NoSuchPage
from mission_control.web.parts import SiteParts

_OPT = {"permission": Permission.VIEW_HEALTH, "template": "health/page.html"}


@get("/health", opt=_OPT, include_in_schema=False, sync_to_thread=False)
def worst_health_page(parts: Parts) -> Redirect:
    """The installation that needs a look first; what is outside when there is none."""
    key = worst_key(parts.judgements.latest.health)
    return Redirect(f"/health/{quote(key)}" if key else "/health/outside", status_code=303)


@get(
    ["/health/outside", "/health/outside.json"],
    opt=_OPT,
    summary="What is wrong outside any installation",
    sync_to_thread=False,
)
def outside_page(parts: Parts) -> Diagnosis:
    """The workloads that belong to no known installation."""
    judged = parts.judgements.latest
    found = diagnosis(judged.snapshot, judged.health, None, _kept(parts))
    assert found is not None  # noqa: S101 -- only a named installation can be missing
    return found


@get(
    "/health/{namespace:str}/{release:str}",
    opt=_OPT,
    summary="The health of one installation; append .json for JSON",
    sync_to_thread=False,
)
def health_page(parts: Parts, namespace: FromPath[str], release: FromPath[str]) -> Diagnosis:
    """The components of an installation and what is wrong with them."""
    judged = parts.judgements.latest
    key = f"{namespace}/{release.removesuffix('.json')}"
    found = diagnosis(judged.snapshot, judged.health, key, _kept(parts))
    if found is None:
        raise NoSuchPage(
            f"There is no installation {key} in this cluster.", "Home lists those that there are."
        )
    return found


def _kept(parts: SiteParts) -> tuple[Kept, ...]:
    """The acceptances in force; none where nothing can be accepted."""
    return parts.accepted.in_force if parts.accepted else ()
