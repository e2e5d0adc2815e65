"""The whole site on one screen: every address, every guard, every hook.

Built from parts that the composition root hands over. A route that declares no permission lets nobody in.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
from litestar import Litestar, Router
from litestar.config.compression import CompressionConfig
from litestar.datastructures import CacheControlHeader, State
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.static_files import create_static_files_router

import mission_control
from mission_control.access.permissions import Permission
from mission_control.services.views import ViewOf, Views
from mission_control.web import assets, errors, security
from mission_control.web.asker import PROVIDED
from mission_control.web.fragments import Fragments, recall
from mission_control.web.live import live
from mission_control.web.parts import SiteParts
from mission_control.web.rendering import Page
from mission_control.web.routes.accept import accept, revoke
from mission_control.web.routes.access import access_page, unread_page
from mission_control.web.routes.accounts import (
    access_settings,
    change_own_password,
    change_roles,
    create_account,
    delete_account,
    end_session,
    own_password_form,
    reset_password,
)
from mission_control.web.routes.audit import audit_page, export_audit, verify_audit
from mission_control.web.routes.bundles import (
    bundles_page,
    cancel_bundle,
    delete_bundle,
    download_bundle,
    make_bundle,
    one_bundle,
)
from mission_control.web.routes.causes import cause_page
from mission_control.web.routes.demo import switch_over
from mission_control.web.routes.events import events_page
from mission_control.web.routes.health import health_page, outside_page, worst_health_page
from mission_control.web.routes.home import home_page
from mission_control.web.routes.logs import logs_download, logs_page_route, logs_stream
from mission_control.web.routes.network import network_page
from mission_control.web.routes.nodes import nodes_page
from mission_control.web.routes.objects import object_page
from mission_control.web.routes.own_health import metrics, own_health_page, readiness, sign_of_life
from mission_control.web.routes.redaction import (
    add_redaction_rule,
    redaction_page,
    remove_redaction_rule,
    try_redaction,
)
from mission_control.web.routes.search import search_page, search_results
from mission_control.web.routes.session import (
    choose_theme,
    enter,
    sign_in,
    sign_in_form,
    sign_out,
)
from mission_control.web.routes.storage import storage_page
from mission_control.web.routes.timeline import timeline_page
from mission_control.web.routes.workloads import workloads_page

_LARGEST_BODY = 65_536
"""Bytes that a form may have; none of ours comes near."""
_ROUTES = [
    enter,  # /enter?token=…
    sign_of_life,  # /healthz
    sign_in_form,  # /sign-in
    sign_in,  # POST /sign-in
    sign_out,  # POST /sign-out
    readiness,  # /readyz
    metrics,  # /metrics
    choose_theme,  # POST /theme
    live,  # /live
    home_page,  # /
    worst_health_page,  # /health
    outside_page,  # /health/outside
    health_page,  # /health/{namespace}/{release}
    logs_page_route,  # /logs
    logs_stream,  # /logs/stream
    logs_download,  # /logs/download
    nodes_page,  # /nodes
    events_page,  # /events
    network_page,  # /network
    storage_page,  # /storage
    timeline_page,  # /timeline
    workloads_page,  # /workloads
    object_page,  # /objects/{kind}/{namespace}/{name}
    search_page,  # /search
    search_results,  # /search/results
    unread_page,  # /access
    access_page,  # /access/{kind}
    cause_page,  # /causes/{code}
    switch_over,  # /demo/real
    bundles_page,  # /bundles
    make_bundle,  # POST /bundles
    one_bundle,  # /bundles/{name}
    download_bundle,  # /bundles/{name}/download
    cancel_bundle,  # POST /bundles/{name}/cancel
    delete_bundle,  # POST /bundles/{name}/delete
    redaction_page,  # /settings/redaction
    try_redaction,  # POST /settings/redaction/try
    add_redaction_rule,  # POST /settings/redaction/rules
    remove_redaction_rule,  # POST /settings/redaction/rules/{name}/remove
    audit_page,  # /audit
    export_audit,  # /audit/export
    verify_audit,  # POST /audit/verify
    own_health_page,  # /settings/console
    accept,  # POST /accept
    revoke,  # POST /accepted/{number}/revoke
    access_settings,  # /settings/access
    own_password_form,  # /account/password
    change_own_password,  # POST /account/password
    end_session,  # POST /sessions/{key}/end
    create_account,  # POST /accounts
    reset_password,  # POST /accounts/{name}/password
    change_roles,  # POST /accounts/{name}/roles
    delete_account,  # POST /accounts/{name}/delete
]


def create_site(parts: SiteParts) -> Litestar:
    """The site, answering under `parts.hosts` for whoever came through `parts.gate`.

    Whoever serves it sets `state["closing"]` before it waits for open answers, so that live streams end.
    """
    if isinstance(parts.judgements, ViewOf):
        raise TypeError("a site is made over the whole picture")
    whole = msgspec.structs.replace(parts, views=Views(parts.judgements, parts.usage))
    return Litestar(
        [*_ROUTES, _static()],
        state=State({"parts": whole, "fragments": Fragments(), "closing": asyncio.Event()}),
        dependencies=PROVIDED,
        guards=[
            security.says_little,
            security.comes_to_us,
            security.comes_from_us,
            security.may_enter,
            security.carries_our_seal,
        ],
        request_max_body_size=_LARGEST_BODY,
        before_request=recall,
        before_send=[security.add_headers],
        exception_handlers=errors.HANDLERS,
        response_class=Page,
        openapi_config=_openapi(),
        compression_config=CompressionConfig(
            "gzip",
            gzip_compress_level=5,
            exclude=["^/live", "^/bundles/.*/download", "^/logs/stream", "^/logs/download"],
        ),
        lifespan=[_background(parts)],
        logging_config=None,
        debug=False,
    )


def _static() -> Router:
    """The files of the build and our own, which a browser may keep: their address changes with them."""
    return create_static_files_router(
        f"/static/{assets.version()}",
        [assets.STATIC],
        opt={"permission": Permission.PUBLIC},
        cache_control=CacheControlHeader(max_age=31536000, public=True, immutable=True),
    )


def _openapi() -> OpenAPIConfig:
    """The description of the JSON twins at /api/openapi.json, for who is signed in."""
    return OpenAPIConfig(
        title="Mission Control",
        version=mission_control.__version__,
        description="Every page of the console as JSON: append .json, or ask with Accept: application/json.",
        openapi_router=Router("/api", route_handlers=[], opt={"permission": Permission.VIEW_CONSOLE}),
        render_plugins=[JsonRenderPlugin()],
        use_handler_docstrings=True,
    )


def _background(parts: SiteParts):  # type: ignore[no-untyped-def]  # noqa: ANN202 -- Litestar's own shape
    @asynccontextmanager
    async def run(_: Litestar) -> AsyncIterator[None]:
        """Keep the picture, the judgement and the measurements going while the site answers."""
        tasks = [asyncio.create_task(start()) for start in parts.background]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(*tasks, return_exceptions=True)

    return run
