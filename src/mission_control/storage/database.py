"""Opening the console's own state: SQLite in a private folder, or PostgreSQL by URL, migrated before use.

Writing transactions take SQLite's write lock at once, so that two processes never find out halfway that they
both wanted it. Every failure leaves here as a `StorageError`.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import URL, make_url

from mission_control.storage.before import copy_before
from mission_control.storage.errors import StorageError, storage_error
from mission_control.storage.glance import FILE

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",  # readers never wait for a writer
    "PRAGMA synchronous = FULL",  # an audit entry that was confirmed survives a power cut
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 5000",  # milliseconds
    "PRAGMA trusted_schema = OFF",
)


class Database:
    """An opened and migrated database."""

    def __init__(self, engine: sa.Engine, where: str) -> None:
        """`where` names it in messages."""
        self._engine = engine
        self.where = where
        self.heard: Callable[[StorageError | None], None] = lambda _: None
        """Is told of every transaction that was written (None) or could not be."""

    @contextlib.contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that only reads. Raises StorageError."""
        with self._told(), self._engine.connect().execution_options(reads_only=True) as connection:
            yield connection

    @contextlib.contextmanager
    def writing(self, alone: str | None = None) -> Iterator[sa.Connection]:
        """A transaction, committed at its end; nobody else writes to the table `alone` in between."""
        try:
            with self._told(), self._engine.begin() as connection:
                if alone is not None and connection.dialect.name == "postgresql":
                    connection.execute(sa.text(f"LOCK TABLE {alone} IN EXCLUSIVE MODE"))
                yield connection
        except StorageError as error:
            self.heard(error)
            raise
        self.heard(None)

    def probe(self) -> None:
        """Write something that changes nothing, to find out whether writing works. Raises StorageError."""
        with self.writing() as connection:
            connection.exec_driver_sql("UPDATE identity SET created = created")

    def revision(self) -> str:
        """The schema that it has now. Raises StorageError."""
        with self.reading() as connection:
            return MigrationContext.configure(connection).get_current_revision() or ""

    def check(self) -> None:
        """Look through the whole file for damage (SQLite). Raises StorageError."""
        with self.reading() as connection:
            if connection.dialect.name != "sqlite":
                return
            told = [str(line) for line in connection.exec_driver_sql("PRAGMA quick_check(3)").scalars()]
        if told != ["ok"]:
            raise StorageError(
                f"The file is damaged: the console's own state at {self.where} ({told[0]}).",
                "Restore it with mission-control backup restore, or move it away and start with none.",
                is_lasting=True,
            )

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.SQLAlchemyError as error:
            raise storage_error(self.where, error) from error


def open_database(folder: Path, url: str = "") -> Database:
    """Open the database at the URL, or the SQLite file in the folder, and bring it up to date.

    The folder is made with rights for its owner only, and so is the file. Raises StorageError.
    """
    target = make_url(url) if url else URL.create("sqlite", database=str(folder / FILE))
    where = target.render_as_string(hide_password=True) if url else str(folder / FILE)
    try:
        engine = sa.create_engine(target)
        file = None
        if target.get_backend_name() == "sqlite" and target.database and ":" not in target.database[:6]:
            file = Path(target.database)
            _make_private(file)
        _prepare(engine)
        _migrate(engine, where, file)
    except (sa.exc.SQLAlchemyError, OSError, ModuleNotFoundError) as error:
        raise storage_error(where, error) from error
    return Database(engine, where)


def _make_private(file: Path) -> None:
    """Make the folder and the file, unreadable for others before anything is in it."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _prepare(engine: sa.Engine) -> None:
    if engine.dialect.name != "sqlite":
        return

    @sa.event.listens_for(engine, "connect")
    def set_pragmas(connection: sa.engine.interfaces.DBAPIConnection, _: object) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        for pragma in _PRAGMAS:
            connection.cursor().execute(pragma)

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        reads = connection.get_execution_options().get("reads_only", False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def known_revisions() -> frozenset[str]:
    """The schemas that this version can read, by their revisions."""
    scripts = ScriptDirectory.from_config(_config())
    return frozenset(script.revision for script in scripts.walk_revisions())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "mission_control.storage:migrations")
    return config


def _migrate(engine: sa.Engine, where: str, file: Path | None) -> None:
    """Run the packaged migrations that are missing, on a copied file; refuse what a newer version wrote."""
    config = _config()
    scripts = ScriptDirectory.from_config(config)
    known = {script.revision for script in scripts.walk_revisions()}
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(7703911)"))  # one replica migrates
        current = MigrationContext.configure(connection).get_current_revision()
        if current is not None and current not in known:
            raise StorageError(
                f"The console's own state at {where} was written by a newer version (revision {current}).",
                "Start that version again, or set MC_DATA_DIR to another folder.",
            )
        if current is not None and current != scripts.get_current_head() and file is not None:
            copy_before(file, current)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
