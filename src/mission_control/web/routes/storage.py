"""Storage: claims and who uses them, volumes and what became of their claims, classes."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from mission_control.access.permissions import Permission
from mission_control.services.claims import Storage, StorageQuery, storage
from mission_control.web.asker import Parts
from mission_control.web.routes.asked import ASK, Ask


@get(
    ["/storage", "/storage.json"],
    opt={"permission": Permission.VIEW_OBJECTS, "template": "storage/page.html"},
    summary="Claims and who uses them, volumes, storage classes",
    dependencies=ASK,
    sync_to_thread=False,
)
def storage_page(
    parts: Parts,
    ask: NamedDependency[Ask],
    view: Annotated[str, QueryParameter(description="claims, volumes or classes")] = "claims",
    namespace: FromQuery[str] = "",
) -> Storage:
    """The claims, volumes or classes that the address asks for."""
    judged = parts.judgements.latest
    query = StorageQuery(view, namespace, ask.text, ask.sort, ask.page, ask.wrong)
    return storage(judged.snapshot, judged.health, query)
