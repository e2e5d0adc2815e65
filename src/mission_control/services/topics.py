"""Hands what changed to whoever listens, without waiting for anybody.

A listener has a bounded queue. One that is too slow loses its queue and is told to load everything anew once,
so that a sleeping browser tab costs nothing and never sees a picture with holes in it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

MOST_WAITING = 64


class Message(msgspec.Struct, frozen=True):
    """Something on a topic. `is_reload`: messages were lost, what is shown must be loaded anew."""

    topic: str
    body: str = ""
    is_reload: bool = False


class Subscription:
    """One listener's queue."""

    def __init__(self, topics: frozenset[str], most: int) -> None:
        self.topics = topics
        self._most = most
        self._waiting: deque[Message] = deque()
        self._arrived = asyncio.Event()

    def offer(self, message: Message) -> None:
        """Puts a message into the queue; into a full one "reload", in place of all that waited."""
        if len(self._waiting) >= self._most:
            self._waiting.clear()
            message = Message(message.topic, is_reload=True)
        if not (self._waiting and self._waiting[0].is_reload):
            self._waiting.append(message)
        self._arrived.set()

    async def next(self) -> Message:
        """The oldest message, as soon as there is one. After a reload the queue begins empty."""
        while not self._waiting:
            self._arrived.clear()
            await self._arrived.wait()
        return self._waiting.popleft()


class Topics:
    """All listeners of the process."""

    def __init__(self, most_waiting: int = MOST_WAITING) -> None:
        self._most = most_waiting
        self._listening: list[Subscription] = []

    @contextmanager
    def subscribe(self, *topics: str) -> Iterator[Subscription]:
        """Listens to these topics for as long as the block lasts."""
        subscription = Subscription(frozenset(topics), self._most)
        self._listening.append(subscription)
        try:
            yield subscription
        finally:
            self._listening.remove(subscription)

    def publish(self, topic: str, body: str = "") -> None:
        """Gives a message to everybody who listens to the topic; never waits."""
        for subscription in self._listening:
            if topic in subscription.topics:
                subscription.offer(Message(topic, body))

    def listeners(self, topic: str) -> int:
        """How many listen, so that nobody renders what nobody sees."""
        return sum(topic in subscription.topics for subscription in self._listening)
