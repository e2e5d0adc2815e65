"""`account`: who may sign in, from where the console's own state is; also the way back in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mission_control.cli.flags import Output
from mission_control.cli.running import Refused, run

if TYPE_CHECKING:
    from mission_control.domain.rights import RoleAt

account = typer.Typer(
    help="List, create, change and delete the accounts that may sign in.",
    no_args_is_help=True,
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="The name of the account.")]
Roles = Annotated[
    list[str],
    typer.Option(
        "--role",
        metavar="ROLE[@NAMESPACE]",
        help="viewer, operator or admin; viewer@shop in one namespace only.",
    ),
]
PasswordFile = Annotated[
    Path | None,
    typer.Option(
        "--password-file",
        metavar="FILE",
        help="Take the password from a file, - for a pipe. Else one is made.",
    ),
]


@account.command("list")
def list_accounts(context: typer.Context, output: Output = "text") -> None:
    """List the accounts with their roles."""
    from mission_control import app  # noqa: PLC0415  # the database takes its time
    from mission_control.app import accounts  # noqa: PLC0415
    from mission_control.terminal import accounts as text  # noqa: PLC0415
    from mission_control.terminal import screen  # noqa: PLC0415

    found = run(accounts.accounts(context.obj))
    lines = tuple(text.Line(e.name, e.roles, e.made, e.changed, e.must_change) for e in found)
    screen.tell(text.AccountList(app.now(), lines), output, text.page)


@account.command()
def create(context: typer.Context, name: Name, role: Roles, password_file: PasswordFile = None) -> None:
    """Make an account. Its password is told once, and has to be changed at the first sign-in."""
    from mission_control.app import accounts  # noqa: PLC0415  # as above

    password, is_made = _password(password_file)
    outcome = run(accounts.create_account(context.obj, name, password, _roles(role)))
    _say(outcome, f"There is an account {name} now.", password if is_made else "")


@account.command("reset-password")
def reset_password(context: typer.Context, name: Name, password_file: PasswordFile = None) -> None:
    """Give an account another password and end all its sessions; the way back in for an administrator."""
    from mission_control.app import accounts  # noqa: PLC0415  # as above

    password, is_made = _password(password_file)
    outcome = run(accounts.reset_password(context.obj, name, password))
    _say(outcome, f"The password of {name} was changed and its sessions ended.", password if is_made else "")


@account.command()
def roles(context: typer.Context, name: Name, role: Roles) -> None:
    """Give an account these roles instead of those that it has."""
    from mission_control.app import accounts  # noqa: PLC0415  # as above
    from mission_control.domain.rights import told  # noqa: PLC0415

    wanted = _roles(role)
    _say(run(accounts.set_roles(context.obj, name, wanted)), f"{name} is {told(wanted)} now.")


@account.command()
def delete(context: typer.Context, name: Name) -> None:
    """Forget an account and end all its sessions."""
    from mission_control.app import accounts  # noqa: PLC0415  # as above

    _say(run(accounts.delete_account(context.obj, name)), f"There is no account {name} any more.")


def _password(file: Path | None) -> tuple[str, bool]:
    """The password of a file, or one that is made; whether it was made."""
    from mission_control.access.passwords import generate  # noqa: PLC0415  # not for `--help`

    if file is None:
        return generate(), True
    try:
        return (sys.stdin.read() if str(file) == "-" else file.read_text()).strip(), False
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(
            f"The password cannot be read from {file}: {error}.", "Check its name and rights."
        ) from error


def _roles(given: list[str]) -> tuple[RoleAt, ...]:
    from mission_control.domain.rights import role_at  # noqa: PLC0415  # as above

    found = {text: role_at(text) for text in given}
    for text, role in found.items():
        if role is None:
            raise typer.BadParameter(
                f"{text!r} is no role. Write viewer, operator or admin, or viewer@shop for the namespace "
                "shop; an admin is one everywhere."
            )
    return tuple(sorted({role for role in found.values() if role is not None}))


def _say(outcome: object, done: str, password: str = "") -> None:
    from mission_control.services.accepted import Refusal  # noqa: PLC0415  # as above
    from mission_control.terminal import screen  # noqa: PLC0415

    if isinstance(outcome, Refusal):
        raise Refused(outcome.says, outcome.fix)
    if password:
        screen.say_password(str(getattr(outcome, "name", "")), password, (done, "It is not shown again."))
    else:
        screen.say(done)
