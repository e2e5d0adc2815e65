"""One shape for everything that goes wrong, as a page and as JSON: what happened, and what to do next.

A trace never reaches a browser; it goes to the log with the address at which it happened.
"""

# ruff: noqa: N818 -- an error is named as a person says it

from __future__ import annotations

import logging

import msgspec
from litestar import Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

from mission_control.access.roles import LEAST
from mission_control.cluster.errors import ClusterError
from mission_control.services.requests import REQUEST
from mission_control.services.roles import Grant
from mission_control.storage.errors import StorageError
from mission_control.web.asker import dressed, is_known, whole_parts
from mission_control.web.asking import AnyRequest, address_of, theme_of, wants_fragment, wants_json
from mission_control.web.rendering import TEMPLATES, as_html, as_json
from mission_control.web.security import (
    ForeignForm,
    MustChange,
    NotSignedIn,
    NotYours,
    SiteError,
    TooMuch,
    WrongHost,
    WrongOrigin,
)
from mission_control.web.sign_in import SignInPage, sign_in_page

_LOG = logging.getLogger(__name__)
_NOT_FOUND, _BAD_METHOD, _SERVER, _MISDIRECTED = 404, 405, 500, 421


class Problem(msgspec.Struct, frozen=True):
    """What went wrong: the HTTP status, what happened, what to do next; the grant when a right is missing."""

    status: int
    says: str
    fix: str = ""
    grant: Grant | None = None

    @property
    def is_inside(self) -> bool:
        """Whether it may stand in the frame of the pages: never under a name that is not ours."""
        return self.status != _MISDIRECTED


class NoSuchPage(SiteError):
    """There is nothing at this address. `says` what, `fix` where to go instead."""

    def __init__(self, says: str, fix: str = "") -> None:
        super().__init__(says)
        self.says, self.fix = says, fix


class NotDone(SiteError):
    """What a form asked for was not done. `says` why, `fix` what to do next."""

    def __init__(self, says: str, fix: str) -> None:
        super().__init__(says)
        self.says, self.fix = says, fix


class Refused(SiteError):
    """The cluster does not let the console see this."""

    def __init__(self, says: str, grant: Grant) -> None:
        super().__init__(says)
        self.says, self.grant = says, grant


def answer(request: AnyRequest, problem: Problem) -> Response[bytes]:
    """A problem in the form that the browser asked for."""
    if wants_json(request):
        return Response(
            as_json({"problem": problem}), status_code=problem.status, media_type="application/json"
        )
    html = _framed(request, problem) if problem.is_inside and is_known(request) else ""
    html = html or TEMPLATES.get_template("outside.html").render(page=problem, theme=theme_of(request))
    return Response(dressed(request, html.encode()), status_code=problem.status, media_type="text/html")


def _framed(request: AnyRequest, problem: Problem) -> str:
    """The problem inside the frame; nothing when the frame itself fails, so that no page is blank."""
    try:
        return as_html(request, "problem.html", problem).html
    except Exception as failure:  # noqa: BLE001 -- whatever it is, the reader gets the problem without the frame
        _LOG.error("%s: the frame failed", request.scope["path"], exc_info=failure)
        return ""


def _not_signed_in(request: AnyRequest, _: NotSignedIn) -> Response[bytes]:
    """Ask for the token. A link from another site comes without our strict cookie: let it come again."""
    is_navigation = request.headers.get("sec-fetch-mode") == "navigate"
    if is_navigation and request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        html = TEMPLATES.get_template("again.html").render()
        return Response(html.encode(), status_code=200, media_type="text/html")
    says = "This browser is not signed in to the console."
    if whole_parts(request).gate.accounts is None:
        fix = "Open the address that `mission-control serve` printed; it holds a token that is good once."
        return answer(request, Problem(401, says, fix))
    if wants_json(request) or wants_fragment(request):
        return answer(request, Problem(401, says, "Sign in at /sign-in, and ask again with its cookie."))
    back = address_of(request) if request.method == "GET" else "/"
    return sign_in_page(request, SignInPage(back=back), 401)


def _too_much(request: AnyRequest, failure: TooMuch) -> Response[bytes]:
    return answer(request, Problem(failure.status, failure.says, "Ask for less at once."))


def _must_change(request: AnyRequest, _: MustChange) -> Response[bytes]:
    says = "Choose a password of your own first."
    fix = "Whoever made this account or reset it knows the present one. Change it at /account/password."
    if wants_json(request) or wants_fragment(request):
        return answer(request, Problem(403, says, fix))
    return Response(b"", status_code=303, headers={"location": "/account/password"})


def _not_yours(request: AnyRequest, failure: NotYours) -> Response[bytes]:
    """What a person sees whose role does not allow it. It says nothing of what there is."""
    says = f"Your role does not allow this: it needs the permission {failure.permission.value}."
    least = LEAST[failure.permission].value
    where = f" in {failure.namespace}" if failure.namespace else ""
    fix = f"An administrator of this console can give you the role {least}{where}."
    return answer(request, Problem(403, says, fix))


def _wrong_host(request: AnyRequest, failure: WrongHost) -> Response[bytes]:
    says = f"The console does not answer under the name {failure}."
    return answer(request, Problem(421, says, "Use the address that `mission-control serve` printed."))


def _wrong_origin(request: AnyRequest, _: WrongOrigin) -> Response[bytes]:
    return answer(
        request, Problem(403, "This request came from another site.", "Use the console's own pages.")
    )


def _foreign_form(request: AnyRequest, _: ForeignForm) -> Response[bytes]:
    says = "This form is not one of your session, or it is older than your last sign-in."
    return answer(request, Problem(403, says, "Go back, reload the page, and send the form again."))


def _not_done(request: AnyRequest, failure: NotDone) -> Response[bytes]:
    return answer(request, Problem(422, failure.says, failure.fix))


def _no_state(request: AnyRequest, failure: StorageError) -> Response[bytes]:
    """The console's own state cannot be written; nothing was changed."""
    return answer(request, Problem(_SERVER, f"Nothing was changed. {failure.says}", failure.fix))


def _no_such_page(request: AnyRequest, failure: NoSuchPage) -> Response[bytes]:
    return answer(request, Problem(_NOT_FOUND, failure.says, failure.fix))


def _refused(request: AnyRequest, failure: Refused) -> Response[bytes]:
    return answer(request, Problem(403, failure.says, "", failure.grant))


def _cluster(request: AnyRequest, failure: ClusterError) -> Response[bytes]:
    return answer(request, Problem(502, failure.says, failure.fix))


def _http(request: AnyRequest, failure: HTTPException) -> Response[bytes]:
    """What the framework refuses: unknown addresses, wrong methods, parameters that do not parse."""
    if failure.status_code == _NOT_FOUND:
        says, fix = f"There is no page at {request.scope['path']}.", "Start at Home, or go back."
    elif failure.status_code == _BAD_METHOD:
        says, fix = f"{request.scope['path']} does not take {request.method}.", ""
    elif failure.status_code < _SERVER:
        says, fix = (
            "The address is not one that this page understands.",
            "Remove what follows the question mark.",
        )
    else:
        return _unexpected(request, failure)
    return answer(request, Problem(failure.status_code, says, fix))


def _unexpected(request: AnyRequest, failure: Exception) -> Response[bytes]:
    _LOG.error("%s %s failed", request.method, request.scope["path"], exc_info=failure)
    says = "The console failed to make this page."
    return answer(
        request,
        Problem(
            _SERVER,
            says,
            f"Its log says why, under request {REQUEST.get() or '…'}. Other pages may still work.",
        ),
    )


HANDLERS: ExceptionHandlersMap = {
    NotSignedIn: _not_signed_in,
    MustChange: _must_change,
    TooMuch: _too_much,
    NotYours: _not_yours,
    WrongHost: _wrong_host,
    WrongOrigin: _wrong_origin,
    ForeignForm: _foreign_form,
    NotDone: _not_done,
    StorageError: _no_state,
    NoSuchPage: _no_such_page,
    Refused: _refused,
    ClusterError: _cluster,
    HTTPException: _http,
    Exception: _unexpected,
}
