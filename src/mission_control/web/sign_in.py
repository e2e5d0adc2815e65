"""The page to sign in on: no frame, nothing of the cluster, the same whatever was wrong."""

from __future__ import annotations

from datetime import timedelta

import msgspec
from litestar import Response

from mission_control.web.asker import whole_parts
from mission_control.web.asking import AnyRequest, own_address, theme_of
from mission_control.web.rendering import TEMPLATES
from mission_control.web.security import nonce_of
from mission_control.web.words import span


class SignInPage(msgspec.Struct, frozen=True):
    """What stands on it. `back`: where to go afterwards. `view`: by account, or by token of the cluster."""

    back: str = "/"
    view: str = "account"
    name: str = ""
    says: str = ""
    fix: str = ""
    wait: timedelta = timedelta()

    @property
    def waits(self) -> str:
        """How long to wait, in words."""
        return span(max(1, self.wait.total_seconds())) if self.wait else ""


def sign_in_page(request: AnyRequest, page: SignInPage, status: int) -> Response[bytes]:
    """The page as an answer."""
    page = msgspec.structs.replace(page, back=own_address(page.back))
    html = TEMPLATES.get_template("sign_in.html").render(
        page=page,
        theme=theme_of(request),
        nonce=nonce_of(request.scope),
        takes_tokens=whole_parts(request).gate.tokens is not None,
    )
    headers = {"retry-after": str(max(1, int(page.wait.total_seconds())))} if page.wait else {}
    return Response(html.encode(), status_code=status, media_type="text/html", headers=headers)
