"""Settings, redaction: the rules and what they did, a text to try them on, and rules of one's own.

What is tried is answered and forgotten: it is neither kept nor logged, and comes back redacted or not at all.
"""

from __future__ import annotations

from typing import Any

from litestar import Request, get, post
from litestar.datastructures import State
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from mission_control.access.permissions import Permission
from mission_control.domain.redact import CustomRule, problems
from mission_control.services.accepted import Refusal
from mission_control.services.redacting import LONGEST_TRY, Redaction, Tried, attempt, described
from mission_control.services.redaction_rules import RedactionRules
from mission_control.web.asker import Parts, by
from mission_control.web.errors import NotDone
from mission_control.web.parts import SiteParts

_PAGE = "/settings/redaction"
_MOST_BYTES = 4 * LONGEST_TRY
"""Of a form: letters beyond ASCII and signs take several bytes in it."""
_TEMPLATE = {"template": "settings/redaction.html"}
_VIEW = {"permission": Permission.VIEW_CONSOLE, **_TEMPLATE}
_MANAGE = {"permission": Permission.MANAGE_REDACTION}
_KINDS = ("literal", "expression", "path", "whole_file")
AnyRequest = Request[Any, Any, State]
Form = URLEncodedBody[dict[str, str]]


@get(
    [_PAGE, f"{_PAGE}.json"],
    opt=_VIEW,
    summary="How the console redacts: rules, how often each has masked something, rules of one's own",
    sync_to_thread=False,
)
def redaction_page(parts: Parts) -> Redaction:
    """The rules and what they did."""
    return _page(parts)


@post(f"{_PAGE}/try", opt=_VIEW, include_in_schema=False, status_code=200, request_max_body_size=_MOST_BYTES)
async def try_redaction(parts: Parts, data: Form) -> Redaction:
    """What the engine makes of the text in the form, with the rule in the form if there is one."""
    text = data.get("text", "")
    if not text.strip():
        raise NotDone("There is no text to try the rules on.", "Go back and paste some lines.")
    if len(text) > LONGEST_TRY:
        raise NotDone(
            f"The text is longer than {LONGEST_TRY >> 10} thousand characters.",
            "Paste a part of it, or run: mission-control redact FILE --report",
        )
    rule = _rule(data) if data.get("value") or data.get("kind") == "whole_file" else None
    if rule is not None and (found := problems(rule)):
        raise NotDone(" ".join(found), "Go back and mend the rule. Nothing was kept.")
    return _page(parts, attempt(text, rule))


@post(f"{_PAGE}/rules", opt=_MANAGE, include_in_schema=False, request_max_body_size=_MOST_BYTES)
async def add_redaction_rule(request: AnyRequest, parts: Parts, data: Form) -> Redirect:
    """Keep the rule in the form; it is in force at once, everywhere."""
    return _done(await _kept(parts).add(_rule(data), by(request)))


@post(f"{_PAGE}/rules/{{name:str}}/remove", opt=_MANAGE, include_in_schema=False)
async def remove_redaction_rule(request: AnyRequest, parts: Parts, name: FromPath[str]) -> Redirect:
    """Remove a rule; what it alone hid is shown again."""
    return _done(await _kept(parts).remove(name, by(request)))


def _page(parts: SiteParts, tried: Tried | None = None) -> Redaction:
    return parts.redaction.in_words(tried) if parts.redaction else described(tried=tried)


def _rule(data: dict[str, str]) -> CustomRule:
    kind, value = data.get("kind", ""), data.get("value", "")
    if kind not in _KINDS:
        raise NotDone("The form did not say what kind of rule it is.", f"It is one of {', '.join(_KINDS)}.")
    name, files = data.get("name", "").strip() or "untitled", data.get("files", "").strip() or None
    if kind == "whole_file":
        return CustomRule(name, whole_file=True, files=files)
    if kind == "literal":
        return CustomRule(name, literal=value, files=files)
    if kind == "expression":
        return CustomRule(name, expression=value, files=files)
    return CustomRule(name, path=value.strip(), files=files)


def _kept(parts: SiteParts) -> RedactionRules:
    if parts.redaction is None:
        raise NotDone("This console keeps no state of its own, so no rule can be kept.", "")
    return parts.redaction


def _done(refusal: Refusal | None) -> Redirect:
    if refusal is not None:
        raise NotDone(refusal.says, refusal.fix)
    return Redirect(_PAGE, status_code=303)
