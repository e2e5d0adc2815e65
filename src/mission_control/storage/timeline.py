"""The timeline in the console's own state: entries by identity, each text redacted before it is written.

An entry that is told again replaces nothing but what is newer about it: its time, its count, its words. What
is too old or too much is taken out, the oldest first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, cast

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from mission_control.domain.redact import redact
from mission_control.domain.timeline.entry import Clock, Entry, What, kept_identity
from mission_control.domain.timeline.known import Known
from mission_control.domain.timeline.wanted import MADE, MAKERS, Wanted
from mission_control.domain.verdict import Subject, Verdict
from mission_control.storage import schema
from mission_control.storage.database import Database
from mission_control.storage.errors import StorageError

_T = schema.timeline
_K = schema.timeline_known
_ROW_BYTES = 330
"""What a row costs beside its texts: its numbers, its key and its place in two indexes (measured)."""
_AT_ONCE = 400
_MIB = 1 << 20


class Bar(NamedTuple):
    """How many entries there are in one slice of time, and how many of them are bad."""

    place: int
    entries: int
    bad: int


class TimelineStore:
    """The entries of one database, of all clusters that it was used with."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._file = Path(database.where) if "://" not in database.where else None
        self._inode = self._seen()

    def write(self, cluster: str, entries: Iterable[Entry]) -> None:
        """Add entries, or what is newer of those that are there. Raises StorageError."""
        rows = [_row(cluster, entry) for entry in entries]
        with self._writing() as connection:
            for start in range(0, len(rows), _AT_ONCE):
                connection.execute(self._upsert(connection), rows[start : start + _AT_ONCE])

    @staticmethod
    def _upsert(connection: sa.Connection) -> Any:
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        made: Any = insert(_T)
        new = made.excluded
        is_newer = sa.or_(new.at > _T.c.at, new.times > _T.c.times)
        first = sa.case((new.first < _T.c.first, new.first), else_=sa.func.coalesce(_T.c.first, new.first))
        taken = {
            name: getattr(new, name)
            for name in ("at", "times", "text", "author", "is_bad", "reason", "fields")
        }
        return made.on_conflict_do_update(
            index_elements=["key"],
            set_={**taken, "first": first},
            where=sa.and_(is_newer, _T.c.clock == "cluster"),
        )

    def entries(self, cluster: str, wanted: Wanted, most: int) -> tuple[Entry, ...]:
        """The newest entries that are wanted, newest first, at most so many. Raises StorageError."""
        chosen = (
            sa.select(*_T.c).where(*_where(cluster, wanted)).order_by(_T.c.at.desc(), _T.c.key).limit(most)
        )
        with self._reading() as connection:
            found = [_entry(row) for row in connection.execute(chosen)]
        return tuple(entry for entry in found if wanted.fits(entry))

    def bars(self, cluster: str, wanted: Wanted, begin: datetime, slice_: timedelta) -> tuple[Bar, ...]:
        """How many are wanted in each slice of time from `begin`; empty ones are left out."""
        size = max(1, int(slice_.total_seconds() * 1000))
        place = ((_T.c.at - _millis(begin)) / size).label("place")
        bad = sa.func.sum(sa.case((_T.c.is_bad, 1), else_=0))
        chosen = sa.select(place, sa.func.count(), bad).where(*_where(cluster, wanted)).group_by("place")
        with self._reading() as connection:
            return tuple(Bar(int(row[0]), row[1], row[2]) for row in connection.execute(chosen))

    def verdicts(self, cluster: str) -> dict[tuple[str, str], Verdict]:
        """The verdict told last of each installation and component. Raises StorageError."""
        wanted = sa.select(_T.c.installation, _T.c.component, _T.c.reason).where(
            _T.c.cluster == cluster, _T.c.what == "verdict"
        )
        with self._reading() as connection:
            rows = connection.execute(wanted.order_by(_T.c.at)).all()
        return {(row[0] or "", row[1] or ""): Verdict(row[2]) for row in rows}

    def oldest(self, cluster: str) -> datetime | None:
        """The time of the oldest entry."""
        with self._reading() as connection:
            found = connection.execute(
                sa.select(sa.func.min(_T.c.at)).where(_T.c.cluster == cluster)
            ).scalar()
        return _moment(found) if found is not None else None

    def known(self, cluster: str) -> dict[Subject, Known]:
        """What was last seen of the objects of a cluster. Raises StorageError."""
        wanted = sa.select(_K.c.known).where(_K.c.cluster == cluster)
        with self._reading() as connection:
            found = [msgspec.json.decode(text, type=Known) for (text,) in connection.execute(wanted)]
        return {entry.subject: entry for entry in found}

    def know(self, cluster: str, known: Sequence[Known], gone: Sequence[Subject] = ()) -> None:
        """Remember what was seen of objects, and forget those that are gone. Raises StorageError."""
        rows = [
            {
                "key": kept_identity(cluster, entry.subject.path),
                "cluster": cluster,
                "known": msgspec.json.encode(entry).decode(),
            }
            for entry in known
        ]
        with self._writing() as connection:
            insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            made: Any = insert(_K)
            kept = made.on_conflict_do_update(index_elements=["key"], set_={"known": made.excluded.known})
            for start in range(0, len(rows), _AT_ONCE):
                connection.execute(kept, rows[start : start + _AT_ONCE])
            for about in gone:
                connection.execute(_K.delete().where(_K.c.key == kept_identity(cluster, about.path)))

    def trim(self, now: datetime, days: float, mebibytes: float) -> int:
        """Take out what is older or more; how many entries that were. Raises StorageError."""
        with self._writing() as connection:
            old = connection.execute(_T.delete().where(_T.c.at < _millis(now - timedelta(days=days))))
            count, size = connection.execute(_size()).one()
            over = (size or 0) - mebibytes * _MIB
            if over <= 0 or not count:
                return int(old.rowcount)
            many = min(count, int(count * over / size) + 1)
            last = sa.select(_T.c.at).order_by(_T.c.at).offset(many - 1).limit(1).scalar_subquery()
            more = connection.execute(_T.delete().where(_T.c.at <= last))
            return int(old.rowcount + more.rowcount)

    def size(self) -> tuple[int, int]:
        """How many entries there are, and about how many bytes they take. Raises StorageError."""
        with self._reading() as connection:
            count, size = connection.execute(_size()).one()
        return int(count), int(size or 0)

    def _reading(self) -> Any:
        self._must_be_there()
        return self._database.reading()

    def _writing(self) -> Any:
        self._must_be_there()
        return self._database.writing()

    def _seen(self) -> int | None:
        try:
            return self._file.stat().st_ino if self._file is not None else None
        except OSError:
            return None

    def _must_be_there(self) -> None:
        """A file that somebody removed still takes writes, which nobody will ever read."""
        if self._file is not None and self._seen() != self._inode:
            raise StorageError(
                f"The file of the console's own state, {self._file}, was removed or replaced.",
                "Start the console again: it makes a new one.",
            )


def _row(cluster: str, entry: Entry) -> dict[str, object]:
    about = entry.subject
    return {
        "key": kept_identity(cluster, entry.identity),
        "cluster": cluster,
        "at": _millis(entry.at),
        "first": _millis(entry.first) if entry.first else None,
        "clock": entry.clock,
        "what": entry.what,
        "kind": redact(about.kind),
        "namespace": redact(about.namespace),
        "name": redact(about.name),
        "installation": redact(entry.installation) if entry.installation else None,
        "component": redact(entry.component) if entry.component else None,
        "text": redact(entry.text),
        "author": redact(entry.by),
        "reason": redact(entry.reason),
        "fields": redact("\n".join(entry.keys)),
        "times": entry.times,
        "is_bad": entry.is_bad,
    }


def _entry(row: Any) -> Entry:
    return Entry(
        identity=row.key,
        at=_moment(row.at),
        what=cast("What", row.what),
        subject=Subject(row.kind, row.namespace, row.name),
        text=row.text,
        clock=cast("Clock", row.clock),
        by=row.author,
        times=row.times,
        first=_moment(row.first) if row.first is not None else None,
        is_bad=bool(row.is_bad),
        keys=tuple(row.fields.split("\n")) if row.fields else (),
        reason=row.reason,
        installation=row.installation,
        component=row.component,
    )


def _size() -> Any:
    texts = sum(
        (sa.func.length(_T.c[name]) for name in ("text", "name", "author", "fields")), start=sa.literal(0)
    )
    return sa.select(sa.func.count(), sa.func.sum(texts + _ROW_BYTES))


def _where(cluster: str, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    """A coarse choice that leaves out nothing that is wanted; `Wanted.fits` is the fine one."""
    found: list[sa.ColumnElement[bool]] = [_T.c.cluster == cluster]
    if wanted.begin is not None:
        found.append(_T.c.at >= _millis(wanted.begin))
    if wanted.end is not None:
        found.append(_T.c.at <= _millis(wanted.end))
    if wanted.whats:
        found.append(_T.c.what.in_(wanted.whats))
    if wanted.namespaces is not None:
        found.append(sa.or_(_T.c.namespace.in_(sorted(wanted.namespaces)), _T.c.kind == "Node"))
    if not wanted.view.is_all and not wanted.view.wide:
        found.append(_T.c.namespace.in_([name for name, _ in wanted.view.places]))
    if wanted.component:
        found.append(_T.c.component == wanted.component)
    if wanted.installation:
        found.append(sa.or_(_T.c.installation == wanted.installation, _T.c.what == "node"))
    if wanted.about is not None:
        found += _about(wanted.about)
    text = _T.c.text + " " + _T.c.kind + " " + _T.c.namespace + " " + _T.c.name + " " + _T.c.author
    text = text + " " + sa.func.coalesce(_T.c.component, "")
    found += [sa.func.lower(text).contains(word, autoescape=True) for word in wanted.words if word.isascii()]
    return found


def _about(about: Subject) -> list[sa.ColumnElement[bool]]:
    here = sa.and_(_T.c.kind == about.kind, _T.c.name == about.name)
    if about.kind in MAKERS:
        made = sa.and_(_T.c.kind.in_(MADE), _T.c.name.startswith(f"{about.name}-", autoescape=True))
        here = sa.or_(here, made)
    return [_T.c.namespace == about.namespace, here]


def _millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _moment(millis: int) -> datetime:
    return datetime.fromtimestamp(millis / 1000, UTC)
