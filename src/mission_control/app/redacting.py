"""The engine behind every exit: with the install's key, the packs' places and the operator's rules.

A command reads key and rules by a glance at the own state; whoever serves has them from the open database.
"""

from __future__ import annotations

import logging

from mission_control.domain.redact import learn, secrets_in_text, spare
from mission_control.domain.snapshot import Snapshot
from mission_control.products.catalog import products
from mission_control.products.places import places_of
from mission_control.services.redacting import put_in_force
from mission_control.settings import Settings
from mission_control.storage import glance
from mission_control.storage.errors import StorageError

_log = logging.getLogger(__name__)


def learn_settings(settings: Settings) -> None:
    """The secrets among the settings."""
    learn("settings", secrets_in_text((settings.database_url,)))


def redact_for_a_command(settings: Settings) -> None:
    """Redact as the install does, as far as that is seen without opening its database."""
    learn_settings(settings)
    found = glance.Redaction()
    if not settings.database_url:
        try:
            found = glance.redaction(settings.state_dir)
        except StorageError as error:
            _log.warning("%s %s", error.says, error.fix)
    put_in_force(found.key, places_of(products()), found.rules)


def spare_names(snapshot: Snapshot) -> None:
    """Let the names of what there is stay readable."""
    spare(name for shelf in snapshot.shelves.values() for _, name in shelf.items)
