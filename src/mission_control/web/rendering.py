"""Where structs become pages and JSON: the one place where text leaves for a browser.

Whatever a template prints passes `redact` and then HTML escaping, without any template having to ask for it;
the JSON twin passes `redact_object`. Templates have no way around either.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import jinja2
import msgspec
from litestar import Response
from litestar.background_tasks import BackgroundTask, BackgroundTasks
from litestar.datastructures import Cookie
from litestar.response.base import ASGIResponse
from markupsafe import Markup

from mission_control.domain.quantity import bytes_text
from mission_control.domain.redact import redact, redact_object, version
from mission_control.web import addresses, assets, causes, fragments, masks, words
from mission_control.web.asker import Mark, asker_of, dressed, parts_of
from mission_control.web.asking import AnyRequest, address_of, theme_of, wants_fragment, wants_json
from mission_control.web.frame import Place, frame
from mission_control.web.security import nonce_of

T = TypeVar("T")
_CACHED_LENGTH = 200


@lru_cache(maxsize=16384)
def _cached(_version: int, text: str) -> str:
    return redact(text)


def _seam(value: object) -> object:
    """What every printed expression passes before it is escaped. Markup was printed by a macro already."""
    if value is None:
        return ""
    if isinstance(value, Markup | Mark | int | float):
        return value
    text = value if type(value) is str else str(value)
    return _cached(version(), text) if len(text) <= _CACHED_LENGTH else redact(text)


def _environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_seam,
    )
    made.filters |= {
        "mark": words.mark,
        "span": words.span,
        "since": words.since,
        "exact": words.exact,
        "machine": words.machine,
        "in_utc": addresses.in_utc,
        "figures": words.figures,
        "asked": words.asked,
        "moments": words.moments,
        "bytes": bytes_text,
        "count": words.count,
        "listed": words.listed,
        "matches": words.matches,
        "named_value": words.named_value,
        "plural": words.plural,
        "path": lambda text: quote(text, safe=""),
        "markdown": causes.as_markup,
    }
    made.globals |= {
        "zip": zip,
        "asset": assets.address,
        "by_key": lambda found: {entry.key: entry for entry in found},
        "object_address": addresses.object_address,
        "finding_address": addresses.finding_address,
        "has_page": addresses.has_page,
        "is_cluster_wide": addresses.is_cluster_wide,
        "health_address": addresses.health_address,
        "access_address": addresses.access_address,
        "logs_address": addresses.logs_address,
        "logs_query": addresses.logs_query,
        "logs_of": addresses.logs_of,
        "logs_of_finding": addresses.logs_of_finding,
        "rows_address": addresses.rows_address,
        "rows_path": addresses.rows_path,
        "timeline_address": addresses.timeline_address,
        "before_address": addresses.before_address,
        "export_address": addresses.export_address,
        "sort_address": addresses.sort_address,
        "sort_state": addresses.sort_state,
    }
    return made


TEMPLATES = _environment()


def as_json(content: object) -> bytes:
    """A struct as redacted JSON; what is bytes already is our own description of the API."""
    if isinstance(content, bytes):
        return content
    return msgspec.json.encode(redact_object(msgspec.to_builtins(content)))


def as_html(request: AnyRequest, template: str, page: object, chosen: str = "") -> masks.Shown:
    """A struct as a page, or as its inside when a fragment is asked for, with a chip for every mask."""
    asker = asker_of(request)
    assert asker is not None  # noqa: S101 -- a page is for somebody
    place = Place(address_of(request), chosen, theme_of(request), nonce_of(request.scope))
    around = frame(parts_of(request), asker.person, place)
    layout = "fragment.html" if wants_fragment(request) else "page.html"
    return masks.with_chips(TEMPLATES.get_template(template).render(page=page, frame=around, layout=layout))


def chosen_installation(page: object) -> str:
    """The key of the installation that a page is about; empty for all."""
    installation = getattr(page, "installation", None) or getattr(page, "place", None)
    if installation is not None:
        return str(getattr(installation, "key", "") or getattr(installation, "installation", ""))
    return "outside" if getattr(page, "is_outside", False) else ""


class Page(Response[T]):
    """What a route's struct becomes: its page, made with the route's template, or its JSON twin."""

    def to_asgi_response(
        self,
        app: Any,  # noqa: ARG002 -- the same
        request: AnyRequest,
        *,
        background: BackgroundTask | BackgroundTasks | None = None,
        cookies: Iterable[Cookie] | None = None,
        headers: dict[str, str] | None = None,
        is_head_response: bool = False,
        status_code: int | None = None,
        **_: Any,
    ) -> ASGIResponse:
        """Decide by what the browser asks for."""
        status = self.status_code or status_code or 200
        body, kind, kept = b"", "text/html", {"vary": "accept, hx-request"}
        template = request.route_handler.opt.get("template")
        if template is None or wants_json(request):
            body, kind = as_json(self.content), "application/json"
            kept = {**kept, "x-masked": str(masks.count(body))}
        else:
            shown = as_html(request, str(template), self.content, chosen_installation(self.content))
            body = shown.html.encode()
            if wants_fragment(request):
                status, body, kept = fragments.keep(request, body)
            else:
                body = dressed(request, body)
        return ASGIResponse(
            body=body,
            background=self.background or background,
            cookies=cookies or (),
            headers={**(headers or {}), **self.headers, **kept},
            is_head_response=is_head_response,
            media_type=kind,
            status_code=status,
        )
