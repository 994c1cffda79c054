"""Webhooks of running replicas: sent once by two, and after a kill under the same id."""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx
from confluent_kafka.admin import AdminClient

from tests.support.receiver import Receiver, answers, hangs, receiving
from tests.support.system import System
from tests.support.tip_events import publish, tip_event, tip_id
from tests.support.waiting import eventually

TOKEN = "what-a-receiver-keeps-in-its-address"


async def register(system: System, receiver: Receiver, area: str) -> dict[str, Any]:
    headers = system.bearer("events:read", areas=(area,), subject=f"portal-{area}")
    async with httpx.AsyncClient(base_url=system.of("notifications")[0].url, trust_env=False) as client:
        answer = await client.post(
            "/webhooks", json={"url": f"{receiver.url}?token={TOKEN}"}, headers=headers
        )
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def send(system: System, first: int, count: int, area: str) -> set[str]:
    now = datetime.now(UTC)
    events = [tip_event("received", tip=number, area=area, at=now) for number in range(first, first + count)]
    await publish(system.kafka.bootstrap, events)
    return {f"{tip_id(number)}:1" for number in range(first, first + count)}


def has(receiver: Receiver, events: set[str]) -> bool:
    return events <= set(receiver.events())


async def waiting(system: System, made: dict[str, Any], area: str) -> int:
    headers = system.bearer("events:read", areas=(area,), subject=f"portal-{area}")
    async with httpx.AsyncClient(base_url=system.of("notifications")[1].url, trust_env=False) as client:
        answer = await client.get(f"/webhooks/{made['id']}", headers=headers)
    return int(answer.json()["waiting"])


async def test_two_replicas_send_every_event_once_and_signed(system: System) -> None:
    async with receiving() as receiver:
        made = await register(system, receiver, "94")
        events = await send(system, 6000, 200, "94/94001")
        await eventually(partial(has, receiver, events), within=40)

        async def all_ended() -> bool:
            return await waiting(system, made, "94") == 0

        await eventually(all_ended, within=20)
    assert Counter(receiver.events()) == Counter(dict.fromkeys(events, 1))
    assert len(set(receiver.ids())) == 200
    assert sorted(post.event["deliverynumber"] for post in receiver.posts) == list(range(1, 201))
    for post in receiver.posts:
        post.verify(made["secret"])
        assert post.path.endswith(f"?token={TOKEN}")
    for replica in system.of("notifications"):
        assert TOKEN not in replica.log()
        assert made["secret"] not in replica.log()


async def test_a_sender_killed_in_the_middle_repeats_only_under_the_same_id(system: System) -> None:
    doomed = system.of("notifications")[0]
    async with receiving(hangs) as receiver:
        made = await register(system, receiver, "93")
        events = await send(system, 7000, 8, "93/93001")
        await eventually(lambda: len(receiver.posts) >= 4, within=20)
        await asyncio.to_thread(doomed.child.kill)
        receiver.behaviour = answers(200)
        receiver.hang_up()
        end_claims(system)

        async def all_ended() -> bool:
            return has(receiver, events) and await waiting(system, made, "93") == 0

        await eventually(all_ended, within=60)
        await asyncio.to_thread(system.heal)
    assert set(receiver.events()) == events
    assert len(receiver.posts) > 8, "what was under way was sent again"
    assert len({(post.id, post.event["id"]) for post in receiver.posts}) == 8
    assert len(set(receiver.ids())) == 8


def end_claims(system: System) -> None:
    """As if a minute had gone by: what a dead sender had claimed is due."""
    with system.databases() as client:
        client["notifications"]["webhook_deliveries"].update_many(
            {"claim": {"$exists": True}, "state": "pending"}, {"$set": {"due": datetime.now(UTC)}}
        )


async def test_topics_read_again_from_the_start_send_nothing_twice(system: System) -> None:
    async with receiving() as receiver:
        made = await register(system, receiver, "92")
        events = await send(system, 8000, 20, "92/92001")
        await eventually(partial(has, receiver, events), within=30)
        for replica in system.of("notifications"):
            await asyncio.to_thread(replica.child.stop)
        with system.databases() as client:
            for name in ("log", "logs"):
                client["notifications"][name].delete_many({})
        admin = AdminClient({"bootstrap.servers": system.kafka.bootstrap})
        for done in admin.delete_consumer_groups(["notifications"]).values():
            await asyncio.to_thread(done.result)
        await asyncio.to_thread(system.heal)
        more = await send(system, 8100, 1, "92/92001")
        await eventually(partial(has, receiver, more), within=40)

        async def all_ended() -> bool:
            return await waiting(system, made, "92") == 0

        await eventually(all_ended, within=20)
        with system.databases() as client:
            again = client["notifications"]["log"].count_documents({"_id": {"$in": sorted(events)}})
    assert again == len(events), "the topics were read again"
    assert Counter(receiver.events()) == Counter(dict.fromkeys(events | more, 1))
