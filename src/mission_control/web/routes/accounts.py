"""Accounts and sessions: one's own for everybody, all of them for an administrator.

Every change is told in the audit by what makes it. A password that is made here is shown once, in the answer
to the form that asked for it, and nowhere again.
"""

from __future__ import annotations

from typing import Any

from litestar import Request, get, post
from litestar.datastructures import State
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from mission_control.access import passwords
from mission_control.access.accounts import Accounts
from mission_control.access.gate import Admitted
from mission_control.access.permissions import Permission
from mission_control.domain.rights import RoleAt, role_at
from mission_control.services.accepted import Refusal
from mission_control.web.accounts import Access, access
from mission_control.web.asker import Asker, Parts, asker_of, by, caller_of, tell_once
from mission_control.web.errors import NotDone
from mission_control.web.made import Made, OwnPassword
from mission_control.web.parts import SiteParts
from mission_control.web.routes.session import let_in

AnyRequest = Request[Any, Any, State]
Form = URLEncodedBody[dict[str, str]]
_OWN = {"permission": Permission.OWN_ACCOUNT}
_ALL = {"permission": Permission.MANAGE_ACCESS}
_BACK = "/settings/access"


@get(
    ["/settings/access", "/settings/access.json"],
    opt={"permission": Permission.OWN_ACCOUNT, "template": "settings/access.html"},
    summary="Who may come in and who is in: one's own sessions, or everybody's to an administrator",
    sync_to_thread=False,
)
def access_settings(request: AnyRequest, parts: Parts) -> Access:
    """Accounts, roles and sessions, as far as they are this person's to see."""
    return access(parts, _asker(request))


@get("/account/password", opt=_OWN | {"template": "settings/password.html"}, include_in_schema=False)
async def own_password_form(request: AnyRequest, parts: Parts) -> OwnPassword:
    """The form to change one's own password."""
    _own_account(request, parts)
    return OwnPassword(parts.clock(), _asker(request).person.must_change, passwords.LEAST)


@post("/account/password", opt=_OWN, include_in_schema=False)
async def change_own_password(request: AnyRequest, parts: Parts, data: Form) -> Redirect:
    """Change one's own password: all sessions end, and this browser gets a new one."""
    accounts, me = _own_account(request, parts), _asker(request).person.name
    if data.get("new", "") != data.get("again", ""):
        raise NotDone("The new password was not the same both times.", "Go back and type it again.")
    caller = caller_of(request)
    proven = await parts.gate.proven_again(me, data.get("old", ""), caller)
    if not proven:
        raise NotDone("The present password is wrong.", "Go back and type it again.")
    _done(await accounts.set_password(me, data.get("new", ""), by(request)))
    await parts.gate.sessions.end_all_of(me)
    session_id = await parts.gate.sessions.begin(me, "account", caller.origin, caller.browser)
    return await let_in(request, Admitted(session_id), _BACK)


@post("/sessions/{key:str}/end", opt=_OWN, include_in_schema=False)
async def end_session(request: AnyRequest, parts: Parts, key: FromPath[str]) -> Redirect:
    """End a session: one's own, or anybody's for an administrator. One that is not seen is not there."""
    asker, sessions = _asker(request), parts.gate.sessions
    manages = asker.person.may(Permission.MANAGE_ACCESS)
    own = (asker.person.name, asker.person.door)
    found = next(
        (s for s in sessions.all if s.key == key and (manages or (s.who, s.door) == own)),
        None,
    )
    if found is None:
        raise NotDone("There is no such session.", "It may have ended already.")
    detail = f"a session of {found.who} from {found.origin}"
    await parts.gate.entrance.went(caller_of(request).origin, asker.person.name, detail)
    await sessions.end(found.hash)
    return Redirect(_BACK, status_code=303)


@post("/accounts", opt=_ALL | {"template": "settings/made.html"}, include_in_schema=False, status_code=200)
async def create_account(request: AnyRequest, parts: Parts, data: Form) -> Made:
    """Make an account with a password that is shown once."""
    accounts, password = _accounts(parts), passwords.generate()
    name = data.get("name", "").strip().lower()
    _done(await accounts.create(name, password, _roles(data), by(request)))
    return Made(parts.clock(), name, tell_once(request, password), is_new=True)


@post(
    "/accounts/{name:str}/password",
    opt=_ALL | {"template": "settings/made.html"},
    include_in_schema=False,
    status_code=200,
)
async def reset_password(request: AnyRequest, parts: Parts, name: FromPath[str]) -> Made:
    """Give somebody another password, which is shown once; all sessions of the account end."""
    accounts, password = _accounts(parts), passwords.generate()
    _done(await accounts.set_password(name, password, by(request), must_change=True))
    await parts.gate.sessions.load()
    return Made(parts.clock(), name, tell_once(request, password), is_new=False)


@post("/accounts/{name:str}/roles", opt=_ALL, include_in_schema=False)
async def change_roles(request: AnyRequest, parts: Parts, name: FromPath[str], data: Form) -> Redirect:
    """Give somebody these roles instead of those before, from the next request on."""
    _done(await _accounts(parts).set_roles(name, _roles(data), by(request)))
    return Redirect(_BACK, status_code=303)


@post("/accounts/{name:str}/delete", opt=_ALL, include_in_schema=False)
async def delete_account(request: AnyRequest, parts: Parts, name: FromPath[str], data: Form) -> Redirect:
    """Forget an account, when its name was typed as well; all its sessions end."""
    if data.get("typed", "").strip() != name:
        raise NotDone(f"{name} was not deleted: its name was not typed.", "Go back and type it.")
    _done(await _accounts(parts).delete(name, by(request)))
    await parts.gate.sessions.load()
    return Redirect(_BACK, status_code=303)


def _asker(request: AnyRequest) -> Asker:
    asker = asker_of(request)
    if asker is None:
        raise LookupError("a page is asked for by nobody")
    return asker


def _accounts(parts: SiteParts) -> Accounts:
    if parts.gate.accounts is None:
        raise NotDone("This console has no accounts.", "Start it with MC_SIGN_IN=accounts to have them.")
    return parts.gate.accounts


def _own_account(request: AnyRequest, parts: SiteParts) -> Accounts:
    if _asker(request).person.door != "account":
        raise NotDone("You did not come in with an account, so there is no password to change.", "")
    return _accounts(parts)


def _roles(data: dict[str, str]) -> tuple[RoleAt, ...]:
    """The roles of a form: one, in the namespaces that are named, or everywhere when none is."""
    name = data.get("role", "")
    places = data.get("places", "").replace(",", " ").split() or ["*"]
    found = tuple(role_at(f"{name}@{place}") for place in places)
    good = tuple(sorted({role for role in found if role is not None}))
    if len(good) != len(set(places)):
        raise NotDone(
            "That is no role: an admin is one everywhere, and a namespace is written as in Kubernetes.",
            "Go back and mend it.",
        )
    return good


def _done(outcome: object) -> None:
    if isinstance(outcome, Refusal):
        raise NotDone(outcome.says, outcome.fix)
