"""A replay sends a range again under the same ids; reading Kafka again sends nothing twice."""

from datetime import timedelta
from functools import partial
from typing import Any

from tests.component.notifications.conftest import Service
from tests.component.notifications.test_webhooks import attempted, has, ids, tips
from tests.support.receiver import receiving
from tests.support.waiting import eventually


async def done(service: Service, webhook: str, count: int) -> bool:
    replay = (await service.webhook(webhook))["replay"]
    return replay is not None and (replay["done"], replay["count"]) == (True, count)


async def test_a_time_is_sent_again_under_the_same_ids_and_numbers(service: Service) -> None:
    async with receiving() as receiver:
        made = await service.register(receiver.url)
        await service.bench.deliver(tips(service, 1))
        await eventually(partial(has, receiver, *ids(1)), within=10)
        service.bench.clock.ahead += timedelta(minutes=10)
        begin = service.bench.clock.now()
        await service.bench.deliver(tips(service, 2, 3))
        await eventually(partial(has, receiver, *ids(2, 3)), within=10)
        service.bench.clock.ahead += timedelta(minutes=10)
        await service.bench.deliver(tips(service, 4))
        await eventually(partial(has, receiver, *ids(4)), within=10)
        first = {post.event["id"]: post for post in receiver.posts}
        receiver.posts.clear()
        span = {"from": begin.isoformat(), "to": (begin + timedelta(minutes=5)).isoformat()}
        asked = await service.call(made["id"], "replay", span)
        assert asked.status_code == 202, asked.text
        await eventually(partial(done, service, made["id"], 2), within=10)
        await eventually(partial(has, receiver, *ids(2, 3)), within=10)
    for post in receiver.posts:
        before = first[post.event["id"]]
        assert (post.id, post.body) == (before.id, before.body)
    assert sorted(receiver.events()) == ids(2, 3)


async def test_what_was_missed_while_disabled_is_had_by_a_replay(service: Service) -> None:
    async with receiving() as receiver:
        made = await service.register(receiver.url)
        await service.bench.deliver(tips(service, 1))
        await eventually(partial(has, receiver, *ids(1)), within=10)
        await service.call(made["id"], "disable")
        service.bench.clock.ahead += timedelta(hours=1)
        missed = service.bench.clock.now()
        await service.bench.deliver(tips(service, 2))
        await service.bench.deliver(tips(service, 9, area="99/99002"))
        service.bench.clock.ahead += timedelta(hours=1)
        await service.call(made["id"], "enable")
        await service.bench.deliver(tips(service, 3))
        await eventually(partial(has, receiver, *ids(3)), within=10)
        assert receiver.events() == ids(1, 3)
        asked = await service.call(made["id"], "replay", {"from": missed.isoformat()})
        assert asked.status_code == 202
        await eventually(partial(done, service, made["id"], 2), within=10)
        await eventually(partial(has, receiver, *ids(2)), within=10)
    numbers = {post.event["id"]: post.event["deliverynumber"] for post in receiver.posts}
    assert numbers == dict(zip(ids(1, 3, 2), (1, 2, 3), strict=True))


async def test_a_cursor_of_the_stream_names_where_to_begin(service: Service) -> None:
    async with receiving() as receiver:
        made = await service.register(receiver.url)
        await service.bench.deliver(tips(service, 1))
        cursor = (await service.bench.told("begin"))[-1].cursor
        await service.bench.deliver(tips(service, 2))
        await eventually(partial(has, receiver, *ids(1, 2)), within=10)
        receiver.posts.clear()
        assert (await service.call(made["id"], "replay", {"after": cursor})).status_code == 202
        await eventually(partial(done, service, made["id"], 1), within=10)
        await eventually(partial(has, receiver, *ids(2)), within=10)
        assert receiver.events() == ids(2)


async def test_the_same_key_asks_once_and_a_second_replay_waits_for_the_first(service: Service) -> None:
    async with receiving() as receiver:
        made = await service.register(receiver.url)
        await service.bench.deliver(tips(service, 1))
        await eventually(partial(has, receiver, *ids(1)), within=10)
        key: dict[str, Any] = {"headers": {"Idempotency-Key": "again-1"}}
        first = await service.call(made["id"], "replay", {"after": "begin"}, **key)
        again = await service.call(made["id"], "replay", {"after": "begin"}, **key)
        assert (first.status_code, again.status_code) == (202, 202)
        assert first.json()["id"] == again.json()["id"]
        other = await service.call(made["id"], "replay", {"from": "2026-01-01T00:00:00Z"}, **key)
        assert (other.status_code, other.json()["code"]) == (409, "idempotency_mismatch")
        second = await service.call(made["id"], "replay", {"after": "begin"})
        assert (second.status_code, second.json()["code"]) == (409, "replay_running")
        await eventually(partial(done, service, made["id"], 1), within=10)
        await eventually(lambda: len(receiver.posts) == 2, within=10)
        assert (await service.call(made["id"], "replay", {"after": "begin"})).status_code == 202
        await eventually(lambda: len(receiver.posts) == 3, within=10)
    assert len(set(receiver.ids())) == 1


async def test_reading_the_topics_again_sends_nothing_twice(service: Service) -> None:
    """The log emptied and filled anew, at the same places and at those of a new cluster."""
    old = tips(service, 1)
    await service.bench.deliver(old)
    service.bench.clock.ahead += timedelta(minutes=10)
    async with receiving() as receiver:
        made = await service.register(receiver.url)
        new = tips(service, 2, 3)
        await service.bench.deliver(new)
        await eventually(lambda: len(receiver.posts) == 2, within=10)
        for cluster in ("cluster-1", "cluster-2"):
            await service.bench.database["log"].delete_many({})
            await service.bench.database["logs"].delete_many({})
            service.bench.clock.ahead += timedelta(minutes=10)
            await service.bench.deliver([*old, *new], cluster=cluster, offset=0)
        await service.bench.deliver(tips(service, 4))
        await eventually(lambda: has(receiver, *ids(4)), within=10)
        assert sorted(receiver.events()) == sorted(ids(2, 3, 4))
        assert sorted(post.event["deliverynumber"] for post in receiver.posts) == [1, 2, 3]
        await eventually(partial(attempted, service, made["id"], 3), within=10)
        assert len(receiver.posts) == 3
