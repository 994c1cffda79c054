"""Webhooks: what is sent, how it is signed, and what each kind of receiver leads to."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from prometheus_client import REGISTRY
from standardwebhooks.webhooks import WebhookVerificationError

from services.notifications.domain.attempts import JITTER, SCHEDULE
from shared.events import Event
from tests.component.notifications.conftest import Service
from tests.support.receiver import Behaviour, Receiver, answers, hangs, receiving, resets
from tests.support.tip_events import tip_event, tip_id
from tests.support.waiting import eventually

WARD = "99/99001/tdp-4"


def tips(service: Service, *numbers: int, area: str = WARD, **options: Any) -> list[Event]:
    now = service.bench.clock.now()
    return [tip_event("received", tip=number, area=area, at=now, **options) for number in numbers]


def ids(*numbers: int) -> list[str]:
    return [f"{tip_id(number)}:1" for number in numbers]


def counted(metric: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(metric, {"service": "notifications", **labels}) or 0.0


def has(receiver: Receiver, *events: str) -> bool:
    return set(events) <= set(receiver.events())


async def attempted(service: Service, webhook: str, count: int) -> bool:
    """Whether so many attempts are noted down."""
    return len(await service.attempts(webhook)) >= count


async def test_an_event_is_posted_once_as_a_signed_structured_cloudevent(service: Service) -> None:
    before = counted("liengia_webhook_attempts_total", outcome="delivered")
    async with receiving() as receiver:
        made = await service.register(receiver.url)
        assert made["secret"].startswith("whsec_")
        await service.bench.deliver(tips(service, 1))
        await eventually(lambda: receiver.posts, within=10)
        await service.bench.deliver(tips(service, 1, 2))
        await eventually(lambda: len(receiver.posts) == 2, within=10)
    first = receiver.posts[0]
    first.verify(made["secret"])
    assert first.headers["content-type"].startswith("application/cloudevents+json")
    assert (first.event["id"], first.event["type"]) == (ids(1)[0], "liengia.tip.received.v1")
    assert first.event["sequence"] == "1"
    assert [post.event["deliverynumber"] for post in receiver.posts] == [1, 2]
    assert receiver.events() == ids(1, 2)
    await eventually(lambda: counted("liengia_webhook_attempts_total", outcome="delivered") == before + 2)


async def test_what_came_before_a_webhook_was_made_is_not_sent(service: Service) -> None:
    await service.bench.deliver(tips(service, 1))
    async with receiving() as receiver:
        await service.register(receiver.url)
        await service.bench.deliver(tips(service, 2))
        await eventually(lambda: receiver.posts, within=10)
        assert receiver.events() == ids(2)


async def test_only_what_the_owner_may_see_is_sent(service: Service) -> None:
    async with receiving() as receiver, receiving() as inspector:
        await service.register(receiver.url, types=["liengia.tip.received.v1"])
        by = service.by("events:read", "inspectorate")
        await service.register(inspector.url, by=by, restricted=True)
        await service.bench.deliver(tips(service, 1))
        await service.bench.deliver(tips(service, 2, area="99/99002"))
        await service.bench.deliver(tips(service, 3, category="officer_misconduct", restricted=True))
        other = tip_event("resolved", tip=1, sequence=2, area=WARD, at=service.bench.clock.now())
        await service.bench.deliver([other])
        await service.bench.deliver(tips(service, 4))
        await eventually(lambda: len(inspector.posts) == 4, within=10)
        await eventually(lambda: len(receiver.posts) == 2, within=10)
    assert sorted(receiver.events()) == sorted(ids(1, 4))
    assert sorted(post.event["deliverynumber"] for post in receiver.posts) == [1, 2]
    assert sorted(inspector.events()) == sorted([*ids(1, 3, 4), other.id])


FAILING: tuple[tuple[Behaviour, int | None, str | None], ...] = (
    (answers(500), 500, None),
    (answers(301, Location="http://127.0.0.1:1/"), 301, None),
    (answers(404), 404, None),
    (resets, None, "broken"),
)


async def test_what_fails_is_tried_again_under_the_same_id_until_it_is_taken(service: Service) -> None:
    async with receiving() as receiver:
        made = await service.register(receiver.url)
        for number, (behaviour, status, fault) in enumerate(FAILING):
            receiver.behaviour = behaviour
            receiver.posts.clear()
            await service.bench.deliver(tips(service, number))
            await eventually(partial(attempted, service, made["id"], 2 * number + 1), within=10)
            receiver.behaviour = answers(204)
            service.bench.clock.ahead += timedelta(seconds=7)
            await eventually(partial(attempted, service, made["id"], 2 * number + 2), within=10)
            first, second = (await service.attempts(made["id"]))[-2:]
            assert (first["outcome"], first["status"], first["fault"]) == ("failed", status, fault)
            assert (second["outcome"], second["status"], second["attempt"]) == ("delivered", 204, 2)
            assert len(set(receiver.ids())) == 1
            assert receiver.events() == ids(number, number)
        assert (await service.webhook(made["id"]))["waiting"] == 0


async def test_a_receiver_that_is_gone_is_never_called_again(service: Service) -> None:
    before = counted("liengia_webhooks_disabled_total", reason="gone")
    async with receiving(answers(410)) as receiver:
        made = await service.register(receiver.url)
        await service.bench.deliver(tips(service, 1))

        async def disabled() -> bool:
            webhook = await service.webhook(made["id"])
            return (webhook["status"], webhook["reason"]) == ("disabled", "gone")

        await eventually(disabled, within=10)
        await service.bench.deliver(tips(service, 2))
        service.bench.clock.ahead += timedelta(hours=1)
        async with receiving() as other:
            await service.register(other.url)
            await service.bench.deliver(tips(service, 3))
            await eventually(lambda: other.posts, within=10)
        assert receiver.events() == ids(1)
        assert [one["outcome"] for one in await service.attempts(made["id"])] == ["gone"]
    await eventually(lambda: counted("liengia_webhooks_disabled_total", reason="gone") == before + 1)


async def test_a_schedule_that_is_at_its_end_ends_the_delivery(service: Service) -> None:
    async with receiving(answers(503)) as receiver:
        made = await service.register(receiver.url)
        await service.bench.deliver(tips(service, 1))
        for attempt, pause in enumerate((*SCHEDULE, timedelta()), 1):
            await eventually(partial(attempted, service, made["id"], attempt), within=10)
            service.bench.clock.ahead += pause * (1 + JITTER) + timedelta(seconds=1)
        webhook = await service.webhook(made["id"])
    assert len(receiver.posts) == 10
    assert webhook["waiting"] == 0


async def test_a_receiver_that_asks_to_be_left_alone_is_left_alone(service: Service) -> None:
    async with receiving(answers(429, Retry_After="3600")) as receiver:
        made = await service.register(receiver.url)
        await service.bench.deliver(tips(service, 1))
        await eventually(partial(attempted, service, made["id"], 1), within=10)
        receiver.behaviour = answers(200)
        service.bench.clock.ahead += timedelta(minutes=50)
        async with receiving() as other:
            await service.register(other.url, by=service.by(subject="other"))
            await service.bench.deliver(tips(service, 2))
            await eventually(lambda: other.posts, within=10)
        assert receiver.events() == ids(1)
        service.bench.clock.ahead += timedelta(minutes=11)
        await eventually(lambda: sorted(receiver.events()) == sorted([*ids(1), *ids(1, 2)]), within=10)


async def test_a_webhook_to_which_nothing_can_be_delivered_for_days_is_disabled(service: Service) -> None:
    async with receiving(answers(500)) as receiver:
        made = await service.register(receiver.url)
        for day in range(5):
            await service.bench.deliver(tips(service, day))
            await eventually(partial(has, receiver, *ids(day)), within=10)
            await eventually(partial(attempted, service, made["id"], len(receiver.posts)), within=10)
            assert (await service.webhook(made["id"]))["status"] == "enabled"
            service.bench.clock.ahead += timedelta(days=1, minutes=1)

        async def disabled() -> bool:
            webhook = await service.webhook(made["id"])
            return (webhook["status"], webhook["reason"]) == ("disabled", "failing")

        await eventually(disabled, within=10)
        assert (await service.webhook(made["id"]))["waiting"] == 0


async def test_one_that_got_through_meanwhile_keeps_its_webhook(service: Service) -> None:
    async with receiving(answers(500)) as receiver:
        made = await service.register(receiver.url)
        await service.bench.deliver(tips(service, 1))
        await eventually(partial(attempted, service, made["id"], 1), within=10)
        receiver.behaviour = answers(200)
        service.bench.clock.ahead += timedelta(days=3)
        await eventually(partial(attempted, service, made["id"], 2), within=10)
        receiver.behaviour = answers(500)
        service.bench.clock.ahead += timedelta(days=3)
        await service.bench.deliver(tips(service, 2))
        await eventually(partial(attempted, service, made["id"], 3), within=10)
        assert (await service.webhook(made["id"]))["status"] == "enabled"


async def test_a_receiver_that_hangs_delays_no_other(service: Service) -> None:
    async with receiving(hangs) as stuck, receiving() as receiver:
        await service.register(stuck.url)
        await service.register(receiver.url, by=service.by(subject="other"))
        await service.bench.deliver(tips(service, 100))
        await eventually(lambda: stuck.posts, within=10)
        await service.bench.deliver(tips(service, *range(40)))
        await eventually(partial(has, receiver, *ids(*range(40))), within=10)
        assert 0 < len(stuck.posts) <= 4, "and it has no more than its share under way"


async def test_during_a_rotation_both_secrets_verify_and_afterwards_the_new_one_alone(
    service: Service,
) -> None:
    async with receiving() as receiver:
        made = await service.register(receiver.url)
        answer = await service.call(made["id"], "rotate-secret")
        assert answer.status_code == 201
        fresh = answer.json()["secret"]
        await service.bench.deliver(tips(service, 1))
        await eventually(lambda: receiver.posts, within=10)
        for secret in (made["secret"], fresh):
            receiver.posts[0].verify(secret)
        await service.bench.database["webhooks"].update_one(
            {"_id": made["id"]}, {"$set": {"secrets.1.until": service.bench.clock.now()}}
        )
        await service.bench.deliver(tips(service, 2))
        await eventually(lambda: len(receiver.posts) == 2, within=10)
        receiver.posts[1].verify(fresh)
        with pytest.raises(WebhookVerificationError):
            receiver.posts[1].verify(made["secret"])
