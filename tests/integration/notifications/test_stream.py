"""GET /feeds/stream of running replicas: exact resume anywhere, nothing hidden shown, nobody holds it up."""

import asyncio
import socket
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.support.sse import Listener, listening
from tests.support.system import System
from tests.support.tip_events import publish, tip_event, tip_id
from tests.support.waiting import eventually, in_time

WARD = "99/99001/tdp-4"


def received(first: int, count: int) -> list[str]:
    return [f"{tip_id(number)}:1" for number in range(first, first + count)]


async def send(system: System, first: int, count: int, **options: Any) -> None:
    events = [tip_event("received", tip=number, **options) for number in range(first, first + count)]
    await publish(system.kafka.bootstrap, events)


async def test_a_stream_cut_off_again_and_again_is_resumed_on_the_other_replica_without_gap_or_repeat(
    system: System,
) -> None:
    count, listener = 300, Listener()
    headers = system.bearer("events:read")
    one, other = (replica.url for replica in system.of("notifications"))
    async with listening(listener, one, headers):
        pass
    sending = asyncio.create_task(send(system, 1000, count))
    turns = 0
    while len(listener.events) < count and turns < 60:
        enough, turns = min(count, len(listener.events) + 20), turns + 1
        async with listening(listener, (one, other)[turns % 2], headers):
            await eventually(partial(listener.has, enough), within=30)
    await sending
    assert sorted(listener.ids()) == sorted(received(1000, count))
    assert listener.numbers() == list(range(1, count + 1))
    assert turns > 3, "it was cut off in the middle"
    assert set(listener.names) == {"liengia.tip.received.v1"}


async def test_a_replica_killed_in_mid_stream_costs_its_reader_nothing(system: System) -> None:
    doomed = system.start("notifications")
    await asyncio.to_thread(doomed.wait_until_ready)
    listener, headers = Listener(), system.bearer("events:read")
    reading = asyncio.create_task(listener.listen(doomed.url, headers))
    await in_time(listener.opened.wait(), 20)
    sending = asyncio.create_task(send(system, 2000, 200))
    await eventually(lambda: len(listener.events) >= 30, within=30)
    await asyncio.to_thread(doomed.child.kill)
    await asyncio.gather(reading, return_exceptions=True)
    async with listening(listener, system.of("notifications")[0].url, headers):
        await eventually(lambda: len(listener.events) >= 200, within=40)
    await sending
    assert sorted(listener.ids()) == sorted(received(2000, 200))
    assert listener.numbers() == list(range(1, 201))


async def test_hidden_events_are_never_shown_and_leave_no_trace(system: System) -> None:
    url = system.of("notifications")[0].url
    plain, inspector, elsewhere = Listener(), Listener(), Listener()
    ward = ("99/99001",)
    async with (
        listening(plain, url, system.bearer("events:read", areas=ward)),
        listening(inspector, url, system.bearer("events:read", "inspectorate", areas=ward)),
        listening(elsewhere, url, system.bearer("events:read", areas=("98",))),
    ):
        await send(system, 3000, 1, area=WARD)
        await send(system, 3001, 3, area=WARD, category="officer_misconduct", restricted=True)
        await send(system, 3010, 1, area=WARD)
        await eventually(lambda: len(inspector.events) == 5, within=20)
        await eventually(lambda: len(plain.events) == 2, within=20)
    assert sorted(plain.ids()) == received(3000, 1) + received(3010, 1)
    assert plain.numbers() == [1, 2]
    assert elsewhere.events == []


async def test_a_type_filter_leaves_the_rest_out(system: System) -> None:
    listener = Listener()
    url, headers = system.of("notifications")[0].url, system.bearer("events:read", areas=("97",))
    async with listening(listener, url, headers, type="liengia.tip.resolved.v1"):
        area = "97/97001"
        await publish(
            system.kafka.bootstrap,
            [
                tip_event(what, tip=3500, sequence=n, area=area)
                for n, what in enumerate(("received", "resolved"), 1)
            ],
        )
        await eventually(lambda: listener.events, within=20)
    assert listener.names == ["liengia.tip.resolved.v1"]


async def test_everything_kept_is_told_from_the_beginning(system: System) -> None:
    await send(system, 4000, 5, area="96/96001")
    listener = Listener()
    url, headers = system.of("notifications")[1].url, system.bearer("events:read", areas=("96",))
    async with listening(listener, url, headers, after="begin"):
        await eventually(lambda: sorted(listener.ids()) == sorted(received(4000, 5)), within=20)


async def test_a_reader_that_takes_nothing_from_its_socket_holds_nobody_up(system: System) -> None:
    replica = system.of("notifications")[0]
    stuck = socket.create_connection(("127.0.0.1", urlsplit(replica.url).port or 0))
    stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    token = system.bearer("events:read")["Authorization"]
    stuck.sendall(
        f"GET /feeds/stream?after=begin HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\n\r\n".encode()
    )
    await asyncio.to_thread(stuck.recv, 1)
    listener = Listener()
    async with listening(listener, replica.url, system.bearer("events:read", areas=("95",))):
        await send(system, 5000, 500, area="95/95001")
        await eventually(partial(listener.has, 500), within=30)
    stuck.close()


async def test_streams_beyond_the_limit_are_refused_and_their_places_come_back(system: System) -> None:
    url, headers = system.of("notifications")[1].url, system.bearer("events:read")

    async def open_streams() -> int:
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
            status = (await client.get("/readyz")).json()["streams"]
        return int(status["open"])

    async def free() -> bool:
        return await open_streams() == 0

    await eventually(free, within=20)
    async with asyncio.TaskGroup() as tasks:
        readers = [Listener() for _ in range(6)]
        reading = [tasks.create_task(reader.listen(url, headers)) for reader in readers]
        await asyncio.gather(*(in_time(reader.opened.wait(), 20) for reader in readers))
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
            refused = await client.get("/feeds/stream", headers=headers)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "30")
        for task in reading:
            task.cancel()
    await eventually(free, within=20)


async def test_a_stream_ends_in_time_when_the_service_is_told_to_stop(system: System) -> None:
    leaving = system.start("notifications")
    await asyncio.to_thread(leaving.wait_until_ready)
    listener = Listener()
    reading = asyncio.create_task(listener.listen(leaving.url, system.bearer("events:read")))
    await in_time(listener.opened.wait(), 20)
    await asyncio.to_thread(leaving.child.stop, 8.0)
    await in_time(reading, 5)
    assert listener.ended
    assert leaving.child.exit_code() == 0
