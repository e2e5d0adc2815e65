"""The one exit to the terminal: answers on standard output, errors on standard error, all of it redacted.

Nothing else in the package prints (an architecture test keeps it so). Structures are redacted before they are
drawn, because wrapped and coloured text can no longer be searched for secrets.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import msgspec

from mission_control.domain.redact import redact, redact_object

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

Shown = TypeVar("Shown", bound=msgspec.Struct)
Form = Literal["text", "json", "yaml"]
_PIPE_WIDTH = 120
_ENDLESS = 10_000
"""Width of a table in a pipe: a line a row, however long, so that other tools can take it apart."""


def _console(*, stderr: bool = False, piped: int = _PIPE_WIDTH) -> Console:
    from rich.console import Console  # noqa: PLC0415  # costs more than `version` may take

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else piped
    return Console(stderr=stderr, width=width, highlight=False, markup=False, emoji=False)


def redacted(value: Shown) -> Shown:
    """A structure of the same type without secrets."""
    return msgspec.convert(redact_object(_tree(value)), type(value))


def show(
    value: Shown, draw: Callable[[Shown], RenderableType], *, clear: bool = False, table: bool = False
) -> None:
    """Draw a structure on standard output, on an empty screen if `clear` and there is a screen."""
    console = _console(piped=_ENDLESS if table else _PIPE_WIDTH)
    if not console.is_terminal:
        with console.capture() as drawn:
            console.print(draw(redacted(value)))
        sys.stdout.write("".join(f"{line.rstrip()}\n" for line in drawn.get().splitlines()))
        sys.stdout.flush()
        return
    if clear:
        console.clear()
    console.print(draw(redacted(value)))


def tell(value: Shown, form: str, draw: Callable[[Shown], RenderableType], *, table: bool = False) -> None:
    """Draw a structure, or write it as the data that was asked for. In a pipe a `table` is not wrapped."""
    if form == "text":
        show(value, draw, table=table)
    else:
        show_tree(value, "yaml" if form == "yaml" else "json")


def show_tree(value: msgspec.Struct, form: Form, *, in_a_line: bool = False) -> None:
    """Write a structure as JSON or YAML; `in_a_line` makes JSON that can be read line by line."""
    tree = redact_object(_tree(value))
    if form == "yaml":
        import yaml  # noqa: PLC0415  # only who asks for YAML waits for it

        text = "---\n" * in_a_line + yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=110)
    else:
        line = msgspec.json.encode(tree)
        text = (line if in_a_line else msgspec.json.format(line, indent=2)).decode() + "\n"
    sys.stdout.write(text)
    sys.stdout.flush()


def say(text: str) -> None:
    """One plain line on standard output."""
    sys.stdout.write(redact(text) + "\n")
    sys.stdout.flush()


def pass_on(content: bytes) -> None:
    """Bytes that the engine has redacted, as they are: what is piped through must stay what it was."""
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def say_address(url: str, notes: tuple[str, ...] = ()) -> None:
    """The address to open, with its one-time token: the only secret that is printed, because asked for."""
    sys.stdout.write(f"{url}\n" + "".join(f"{redact(note)}\n" for note in notes))
    sys.stdout.flush()


def say_password(name: str, password: str, notes: tuple[str, ...] = ()) -> None:
    """The password that was made for an account, once, to whoever asked for it or starts the console."""
    sys.stdout.write(f"account:  {name}\npassword: {password}\n" + "".join(f"{redact(n)}\n" for n in notes))
    sys.stdout.flush()


def note(text: str) -> None:
    """One plain line on standard error, for who watches; never part of the answer."""
    sys.stderr.write(redact(text) + "\n")
    sys.stderr.flush()


def complain(says: str, fix: str = "") -> None:
    """What went wrong and what to do next, on standard error."""
    from rich.text import Text  # noqa: PLC0415  # as above

    console = _console(stderr=True)
    console.print(Text.assemble(("mission-control: ", "bold red"), redact(says)), soft_wrap=True)
    if fix:
        console.print(Text(redact(fix)), soft_wrap=True)


def _tree(value: msgspec.Struct) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))
