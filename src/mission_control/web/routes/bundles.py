"""Diagnostics bundles: make one, watch it, look inside, take parts out, download it, delete it.

A bundle holds what the console sees, so all of this is for those who may see everything.
"""

from __future__ import annotations

from typing import Annotated, Any, cast

from litestar import Request, get, post
from litestar.datastructures import State
from litestar.params import FromPath, QueryParameter, URLEncodedBody
from litestar.response import Redirect, Stream

from mission_control.access.permissions import Permission
from mission_control.archive.errors import ArchiveError
from mission_control.domain.bundle.parts import PARTS, PresetName, Wish
from mission_control.services.diagnostics.jobs import Bundles, By, Refused
from mission_control.services.diagnostics.shelf import Job
from mission_control.web.asker import Parts, by
from mission_control.web.bundles import BundleList, BundlePage, bundle_list, bundle_page
from mission_control.web.downloads import download
from mission_control.web.errors import NoSuchPage, NotDone
from mission_control.web.parts import SiteParts

AnyRequest = Request[Any, Any, State]
Form = URLEncodedBody[dict[str, str]]
_OPT = {"permission": Permission.BUNDLES}
_LIST = "/bundles"


@get(
    [_LIST, f"{_LIST}.json"],
    opt=_OPT | {"template": "bundles/page.html"},
    summary="Diagnostics bundles that are kept, and what a new one would hold",
)
async def bundles_page(
    parts: Parts, preset: Annotated[str, QueryParameter(description="full, quick or custom")] = "full"
) -> BundleList:
    """The bundles, and the form to make one."""
    chosen = cast("PresetName", preset if preset in ("full", "quick", "custom") else "full")
    return await bundle_list(_bundles(parts), chosen, parts.clock())


@get(
    f"{_LIST}/{{name:str}}",
    opt=_OPT | {"template": "bundles/one.html"},
    summary="One bundle: how far it is, or what is inside; append .json for JSON",
)
async def one_bundle(parts: Parts, name: FromPath[str]) -> BundlePage:
    """A bundle in the making, or whole."""
    return await bundle_page(_bundles(parts), _job(parts, name.removesuffix(".json")), parts.clock())


@post(_LIST, opt=_OPT, include_in_schema=False)
async def make_bundle(request: AnyRequest, parts: Parts, data: Form) -> Redirect:
    """Begin a bundle in the background; its page shows how far it is."""
    preset = data.get("preset", "full")
    if preset not in ("full", "quick", "custom"):
        raise NotDone("The form did not say how much.", "Choose full, quick or custom.")
    ticked = tuple(part.key for part in PARTS if f"part-{part.key}" in data)
    wish = Wish(cast("PresetName", preset), ticked if preset == "custom" else ())
    started = await _bundles(parts).start(wish, _by(request))
    return Redirect(f"{_LIST}/{_done(started).id}", status_code=303)


@post(f"{_LIST}/{{name:str}}/cancel", opt=_OPT, include_in_schema=False)
async def cancel_bundle(request: AnyRequest, parts: Parts, name: FromPath[str], data: Form) -> Redirect:  # noqa: ARG001
    """End a bundle in the making."""
    _done(await _bundles(parts).cancel(name, _by(request)))
    return Redirect(f"{_LIST}/{name}", status_code=303)


@post(f"{_LIST}/{{name:str}}/delete", opt=_OPT, include_in_schema=False)
async def delete_bundle(request: AnyRequest, parts: Parts, name: FromPath[str], data: Form) -> Redirect:  # noqa: ARG001
    """Delete a bundle."""
    _done(await _bundles(parts).delete(name, _by(request)))
    return Redirect(_LIST, status_code=303)


@get(f"{_LIST}/{{name:str}}/download", opt=_OPT, include_in_schema=False)
async def download_bundle(request: AnyRequest, parts: Parts, name: FromPath[str]) -> Stream:
    """The archive, from where an earlier download broke off; without the parts that were unticked."""
    bundles, job = _bundles(parts), _job(parts, name)
    asked = request.query_params
    kept = set(asked.getall("keep", []))
    without = [part.key for part in PARTS if part.key not in kept] if "chosen" in asked else []
    try:
        again = not request.headers.get("range", "bytes=0-").startswith("bytes=0-")
        found = await bundles.to_pass_on(job.id, without, _by(request), again=again)
    except ArchiveError as error:
        raise NotDone(error.says, error.fix) from error
    if isinstance(found, Refused):
        raise NotDone(found.says, found.fix)
    wanted, unless = request.headers.get("range", ""), request.headers.get("if-range", "")
    return download(found.path, f"mission-control-{job.id}.zip", found.tag, wanted, unless)


def _bundles(parts: SiteParts) -> Bundles:
    if parts.bundles is None:
        raise NoSuchPage("This console makes no bundles: what it shows was recorded.", "Start at Home.")
    return parts.bundles


def _job(parts: SiteParts, name: str) -> Job:
    job = _bundles(parts).job(name)
    if job is None:
        raise NoSuchPage(f"There is no bundle {name}.", "It may have been deleted; see all bundles.")
    return job


def _by(request: AnyRequest) -> By:
    asks = by(request)
    return By(asks.who, asks.origin)


def _done(outcome: Job | Refused) -> Job:
    if isinstance(outcome, Refused):
        raise NotDone(outcome.says, outcome.fix)
    return outcome
