"""The operator's own rules of redaction: added, removed, and kept in step with the store.

Another process may change the rules, so they are read again every few seconds. Every change is told in the
audit, without what a rule hides: a literal may itself be the secret.
"""

from __future__ import annotations

import asyncio
import logging

from mission_control.domain.redact import CustomRule, Places, current, problems
from mission_control.services.accepted import By, Refusal
from mission_control.services.redacting import Redaction, Tried, described, put_in_force, told
from mission_control.storage.audit import Entry
from mission_control.storage.errors import StorageError
from mission_control.storage.redaction import RuleStore

EVERY = 5.0
"""Seconds between two readings of the rules."""
MOST_RULES = 200
_log = logging.getLogger(__name__)


class RedactionRules:
    """The rules in force, over a store. `key` is the install's, `places` are the packs'."""

    def __init__(self, store: RuleStore, key: bytes, places: Places) -> None:
        self._store, self._key, self._places = store, key, places
        self._rules: tuple[CustomRule, ...] | None = None
        self._wrong: dict[str, str] = {}

    async def load(self) -> None:
        """Read the rules and put them in force when they have changed. Raises StorageError."""
        rules = await asyncio.to_thread(self._store.rules)
        if rules != self._rules:
            self._rules = rules
            self._wrong = await asyncio.to_thread(put_in_force, self._key, self._places, rules)

    async def run(self) -> None:
        """Compile what the first page would wait for, then keep in step with the store, until cancelled."""
        await asyncio.to_thread(lambda: current().compile())
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.load()
            except StorageError as error:
                _log.warning("%s %s", error.says, error.fix)

    async def add(self, rule: CustomRule, by: By) -> Refusal | None:
        """Keep a rule, in place of one of the same name. Raises StorageError."""
        if found := problems(rule):
            return Refusal(" ".join(found), "Nothing was changed. Mend the rule and send it again.")
        if len(self._rules or ()) >= MOST_RULES:
            return Refusal(f"There are {MOST_RULES} rules, the most there can be.", "Remove one first.")
        entry = Entry(by.who, "redaction.add", rule.name, origin=by.origin, detail=told(rule))
        await asyncio.to_thread(self._store.put, rule, entry)
        await self.load()
        return None

    async def remove(self, name: str, by: By) -> Refusal | None:
        """Remove a rule; what it hid is shown again. Raises StorageError."""
        found = next((rule for rule in self._rules or () if rule.name == name), None)
        if found is None:
            return Refusal(f"There is no redaction rule {name!r}.", "It may have been removed already.")
        entry = Entry(by.who, "redaction.remove", name, origin=by.origin, detail=told(found))
        await asyncio.to_thread(self._store.remove, name, entry)
        await self.load()
        return None

    def in_words(self, tried: Tried | None = None) -> Redaction:
        """The rules, what they did, and what was tried."""
        return described(self._rules or (), self._wrong, tried, is_kept=True)
