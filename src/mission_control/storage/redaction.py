"""The operator's own rules of redaction. Each change is written together with its entry in the audit."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from mission_control.domain.redact import CustomRule
from mission_control.storage import schema
from mission_control.storage.audit import Audit, Entry
from mission_control.storage.database import Database

_RULES = schema.redaction_rules


class RuleStore:
    """The rules of one database."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._database = database
        self._audit = audit

    def rules(self) -> tuple[CustomRule, ...]:
        """All of them, by name. Raises StorageError."""
        with self._database.reading() as connection:
            found = connection.execute(sa.select(_RULES.c.rule).order_by(_RULES.c.name))
            return tuple(msgspec.json.decode(row.rule, type=CustomRule) for row in found)

    def put(self, rule: CustomRule, entry: Entry) -> None:
        """Keep a rule, in place of one of the same name. Raises StorageError."""
        with self._audit.changing(entry) as connection:
            connection.execute(_RULES.delete().where(_RULES.c.name == rule.name))
            text = msgspec.json.encode(rule).decode()
            connection.execute(_RULES.insert().values(name=rule.name, rule=text))

    def remove(self, name: str, entry: Entry) -> None:
        """Remove the rule of this name. Raises StorageError."""
        with self._audit.changing(entry) as connection:
            connection.execute(_RULES.delete().where(_RULES.c.name == name))
