"""A reflector at work on a fake API server, and the claim by which each of its tests ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from mission_control.cluster import listing
from mission_control.cluster.cache import LivePicture
from mission_control.cluster.connection import Connection
from mission_control.cluster.decoding import Decoder, Key
from mission_control.cluster.reflector import Patience, Reflector, Surroundings
from mission_control.cluster.scope import Scope
from mission_control.cluster.sharing import Sharing
from mission_control.cluster.store import KindStore
from mission_control.domain.kinds import Kind, kind_named
from mission_control.domain.objects import Object
from mission_control.domain.snapshot import Sight
from tests.fakes.apiserver import FakeApi

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def clock() -> datetime:
    return NOW


def kind(name: str) -> Kind:
    found = kind_named(name)
    assert found is not None
    return found


class Kept:
    """One kind, kept."""

    def __init__(self, api: FakeApi, scope: Scope, patience: Patience) -> None:
        self.api, self.scope = api, scope
        self.sights: list[Sight] = []
        self.store = KindStore(scope.kind, lambda: None, self.sights.append)
        self.connection = api.connection()
        self._gate = asyncio.Semaphore(2)
        around = Surroundings(self.connection, clock, self._gate, patience, chance=lambda: 0.5)
        self.reflector = Reflector(scope, self.store, Decoder(scope.kind, Sharing()), around)

    @property
    def sight(self) -> Sight:
        return self.store.sight(self.scope.namespace)

    @property
    def states(self) -> list[str]:
        return [sight.state for sight in self.sights]

    @property
    def names(self) -> set[str]:
        return {name for _, name in self.store.shelf().items}

    async def equals_a_fresh_list(self) -> bool:
        """Whether the picture holds exactly what a list made now would hold."""
        decoder = Decoder(self.scope.kind, Sharing())
        found = await listing.fresh(self.connection, self.scope, decoder, self._gate)
        return dict(self.store.shelf().items) == found.items


@asynccontextmanager
async def kept(
    api: FakeApi, name: str = "Pod", patience: Patience | None = None, namespace: str | None = None
) -> AsyncIterator[Kept]:
    """A reflector that runs for as long as the block lasts."""
    made = Kept(api, Scope(kind(name), namespace), patience or Patience())
    task = asyncio.create_task(made.reflector.run())
    try:
        yield made
        assert not task.done(), "a reflector never ends by itself"
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await made.connection.aclose()


@asynccontextmanager
async def pictured(
    connection: Connection, namespaces: tuple[str, ...] | None = None, patience: Patience | None = None
) -> AsyncIterator[LivePicture]:
    """A live picture that is kept for as long as the block lasts."""
    picture = LivePicture(connection, namespaces, clock, patience=patience)
    task = asyncio.create_task(picture.run())
    try:
        yield picture
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def fresh_objects(
    connection: Connection, namespaces: tuple[str, ...] | None = None
) -> dict[type[Object], dict[Key, Object]]:
    """Everything that may be listed now, by shape."""
    picture = LivePicture(connection, namespaces, clock, follow=False)
    await picture.run()
    return held_objects(picture)


def held_objects(picture: LivePicture) -> dict[type[Object], dict[Key, Object]]:
    """Everything that the picture holds, by shape."""
    return {shape: dict(shelf.items) for shape, shelf in picture.snapshot().shelves.items()}
