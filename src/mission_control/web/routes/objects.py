"""The page of one object, of any kind that the picture holds."""

from __future__ import annotations

from typing import Literal

import msgspec
from litestar import get
from litestar.params import FromPath, FromQuery

from mission_control.access.permissions import Permission
from mission_control.domain.usage import UsageIndex
from mission_control.services.facts import Link
from mission_control.services.roles import grant
from mission_control.services.things import Missing, Thing, manifest, thing
from mission_control.web.asker import Parts
from mission_control.web.errors import NoSuchPage, Refused


@get(
    "/objects/{kind:str}/{namespace:str}/{name:str}",
    opt={"permission": Permission.VIEW_OBJECTS, "template": "objects/page.html"},
    summary='One object; "-" for no namespace; append .json for JSON; tab=yaml fetches its redacted YAML',
)
async def object_page(
    parts: Parts,
    kind: FromPath[str],
    namespace: FromPath[str],
    name: FromPath[str],
    tab: FromQuery[Literal["describe", "events", "yaml"]] = "describe",
) -> Thing:
    """An object: what state it is in, what was found about it, what it is made of and who owns it."""
    link = Link(kind, "" if namespace == "-" else namespace, name.removesuffix(".json"))
    judged = parts.judgements.latest
    found = thing(judged.snapshot, judged.health, UsageIndex(parts.usage.latest), link)
    if isinstance(found, Missing):
        raise _no_page(found, parts.account)
    if tab != "yaml":
        return found
    return msgspec.structs.replace(found, manifest=await manifest(parts.fetch, link))


def _no_page(missing: Missing, account: str) -> Exception:
    """Why there is no page, and what to do about it."""
    where = f" in {missing.namespace}" if missing.namespace else ""
    if not missing.is_known_kind:
        says = f"The console does not read objects of kind {missing.kind}."
        fix = "Secrets are never read. For other kinds, use kubectl."
        return NoSuchPage(says, fix)
    if not missing.may_see:
        says = f"{missing.kind} {missing.name}{where} cannot be seen by the console now."
        return Refused(says, grant(missing.kind, missing.namespace, "", account))
    says = f"There is no {missing.kind} {missing.name}{where}."
    return NoSuchPage(says, "It may have been replaced: Workloads lists what there is now.")
