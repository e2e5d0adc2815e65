"""One object as text: what was found about it, its facts in the order of `kubectl describe`, its events."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec
from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mission_control.domain.kinds import Kind
from mission_control.services.describing import Line
from mission_control.services.rows import Row
from mission_control.services.things import Thing
from mission_control.terminal.drawing import ABSENT, age, cores, filled, mark, sizes, table
from mission_control.terminal.health import MARKS

_STEP = 2


class Told(msgspec.Struct, frozen=True):
    """An object with its description; `refused` says why there is none."""

    at: datetime
    thing: Thing
    description: tuple[Line, ...]
    refused: str = ""


class Listed(msgspec.Struct, frozen=True):
    """The objects of a kind. `sees`: whether all of them may be seen."""

    at: datetime
    kind: str
    plural: str
    sees: bool
    rows: tuple[Row, ...]


def page(told: Told) -> RenderableType:
    """The object: findings first, because they are why somebody looks."""
    return Group(*_findings(told), *_described(told), *_use(told), *_events(told))


def _findings(told: Told) -> Iterator[RenderableType]:
    thing = told.thing
    if thing.verdict is not None:
        sign, colour = MARKS[thing.verdict]
        state = f"  {thing.state}" if thing.state else ""
        where = f"  {thing.place.title}, {thing.place.component}" if thing.place else ""
        yield Text.assemble((f"{sign} {thing.verdict.value}", colour), state, (where, "dim"))
    for finding in (*thing.findings, *((thing.root,) if thing.root else ())):
        lines: list[RenderableType] = [Text(f"{finding.code}: {finding.says}")]
        if finding.fix:
            lines.append(Text(f"fix: {finding.fix}"))
        yield Padding(Group(*lines), (0, 0, 0, _STEP), expand=False)
    if thing.verdict is not None:
        yield ""


def _described(told: Told) -> Iterator[RenderableType]:
    """Each run of facts of one depth with its values in one column, as `kubectl` sets them."""
    if told.refused:
        yield Text(told.refused)
    block: list[Line] = []
    for line in told.description:
        if block and line.depth != block[0].depth:
            yield _block(block)
            block = []
        block.append(line)
    if block:
        yield _block(block)


def _block(lines: list[Line]) -> RenderableType:
    if not any(line.label for line in lines):
        text = Text("\n".join(line.text for line in lines), overflow="fold")
        return Padding(text, (0, 0, 0, lines[0].depth * _STEP), expand=False)
    grid = Table.grid(padding=(0, _STEP))
    width = max(cell_len(line.label) + 1 for line in lines)
    grid.add_column(no_wrap=True, min_width=width)
    grid.add_column(overflow="fold")
    for line in lines:
        grid.add_row(Text(f"{line.label}:" if line.label else "", style="bold"), Text(line.text))
    return Padding(grid, (0, 0, 0, lines[0].depth * _STEP), expand=False)


def _use(told: Told) -> Iterator[RenderableType]:
    """What is used now, which `kubectl describe` does not know."""
    thing = told.thing
    if thing.cpu.used is None and thing.memory.used is None:
        return
    made = table("", ">USED", ">ASKED", ">LIMIT", ">PART")
    yield Text("Usage:", style="bold")
    rows = [["cpu", *cores(thing.cpu)], ["memory", *sizes(thing.memory)]]
    yield Padding(filled(made, rows), (0, 0, 0, _STEP), expand=False)


def _events(told: Told) -> Iterator[RenderableType]:
    events = told.thing.events
    if not told.thing.sees_events:
        yield Text.assemble(("Events:", "bold"), "  may not be read")
    elif not events:
        yield Text.assemble(("Events:", "bold"), "  none")
    else:
        yield Text("Events:", style="bold")
        made = table("TYPE", "REASON", "LAST", ">TIMES", "FROM", "MESSAGE", folds="MESSAGE")
        rows = (
            [e.type, e.reason, age(e.last, told.at), str(e.times), e.reporter or ABSENT, e.message]
            for e in events
        )
        yield Padding(filled(made, rows), (0, 0, 0, _STEP), expand=False)


def listing(found: Listed) -> RenderableType:
    """The objects of a kind, one a line."""
    notes = [] if found.sees else [Text("Not all of them may be seen.", style="dim")]
    if not found.rows:
        return Group(Text(f"No {found.plural}."), *notes)
    made = table("", "NAMESPACE", "NAME", "STATE", ">READY", ">RESTARTS", ">AGE")
    return Group(filled(made, (_row(found, row) for row in found.rows)), *notes)


def _row(found: Listed, row: Row) -> list[str | Text]:
    ready = f"{row.ready}/{row.wanted}" if row.ready is not None and row.wanted is not None else ABSENT
    restarts = str(row.restarts) if row.restarts is not None else ABSENT
    return [
        mark(row.verdict),
        row.namespace or ABSENT,
        row.name,
        row.state or ABSENT,
        ready,
        restarts,
        age(row.created, found.at),
    ]


class KindLine(msgspec.Struct, frozen=True):
    """A kind that the console reads, by all its names."""

    kind: str
    plural: str
    short: str
    group: str
    namespaced: bool


class KindList(msgspec.Struct, frozen=True):
    """All kinds that the console reads."""

    kinds: tuple[KindLine, ...]


def kinds(found: KindList) -> RenderableType:
    """The kinds as a table."""
    made = table("KIND", "NAME", "SHORT", "GROUP", "NAMESPACED")
    rows = (
        [
            line.kind,
            line.plural,
            line.short or ABSENT,
            line.group or ABSENT,
            "yes" if line.namespaced else "no",
        ]
        for line in found.kinds
    )
    return filled(made, rows)


def kind_list(known: tuple[Kind, ...], short: dict[str, str]) -> KindList:
    """The list of these kinds with their short names."""
    names = {kind: name for name, kind in short.items()}
    return KindList(
        tuple(KindLine(k.kind, k.plural, names.get(k.kind, ""), k.group, k.namespaced) for k in known)
    )
