"""What changed reaches everybody who listens, and a slow listener costs nothing but a reload."""

from __future__ import annotations

import asyncio

from mission_control.services.topics import Message, Topics


async def test_a_message_reaches_those_who_listen_to_its_topic() -> None:
    topics = Topics()
    with topics.subscribe("health") as one, topics.subscribe("health", "pods") as two:
        topics.publish("pods", "p")
        topics.publish("health", "h")
        assert await one.next() == Message("health", "h")
        assert [await two.next(), await two.next()] == [Message("pods", "p"), Message("health", "h")]


async def test_a_listener_that_waits_is_woken() -> None:
    topics = Topics()
    with topics.subscribe("health") as listener:
        waiting = asyncio.create_task(listener.next())
        await asyncio.sleep(0)
        topics.publish("health", "now")
        assert await waiting == Message("health", "now")


async def test_a_listener_that_is_too_slow_is_told_once_to_load_anew() -> None:
    topics = Topics(most_waiting=3)
    with topics.subscribe("health") as slow:
        for number in range(10):
            topics.publish("health", str(number))
        assert await slow.next() == Message("health", is_reload=True)
        topics.publish("health", "after")
        assert await slow.next() == Message("health", "after")


async def test_a_slow_listener_does_not_slow_the_others() -> None:
    topics = Topics(most_waiting=2)
    with topics.subscribe("health") as slow, topics.subscribe("health") as quick:
        seen = []
        for number in range(5):
            topics.publish("health", str(number))
            seen.append((await quick.next()).body)
        assert seen == ["0", "1", "2", "3", "4"]
        assert (await slow.next()).is_reload


async def test_who_no_longer_listens_is_forgotten() -> None:
    topics = Topics()
    with topics.subscribe("health"):
        assert topics.listeners("health") == 1
    assert topics.listeners("health") == 0
    topics.publish("health", "to nobody")
