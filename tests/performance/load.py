"""The load itself: connections on httptools, a closed or an open loop, and what came of each request."""

import asyncio
import json
import os
import time
from collections import Counter, deque
from collections.abc import Callable
from typing import cast
from uuid import uuid4

import httptools

from tests.performance.figures import percentile
from tests.performance.processes import cpu_seconds
from tests.performance.traffic import Outcome, Plan

_AFTER = 10.0  # how long answers may still come once nothing is sent any more


class Connection(asyncio.Protocol):
    """One keep-alive connection with at most one request under way."""

    def __init__(self, load: "Load") -> None:
        self._load = load
        self._parser = httptools.HttpResponseParser(self)
        self._answer = b""
        self.told_when = False
        self.due = 0.0
        self.busy = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._load.made(self)

    def ask(self, request: bytes, due: float) -> None:
        self.due, self.busy, self.told_when = due, True, False
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_header(self, name: bytes, value: bytes) -> None:
        self.told_when |= name.lower() == b"retry-after"

    def on_body(self, part: bytes) -> None:
        self._answer += part

    def on_message_complete(self) -> None:
        answer, self._answer, self.busy = self._answer, b"", False
        self._load.answered(self, self._parser.get_status_code(), answer)

    def connection_lost(self, error: Exception | None) -> None:
        self._load.gone(self)


class Load:
    """Sends by one plan and keeps what came of it. `on_accepted` gets the body of every answer 201."""

    def __init__(self, plan: Plan, on_accepted: Callable[[bytes], None] | None = None) -> None:
        self._plan, self._on_accepted = plan, on_accepted
        self._head, self._body = _request_of(plan.port)
        self._free: deque[Connection] = deque()
        self._late: deque[float] = deque()  # requests that are due and find no connection free
        self._complete = asyncio.Event()
        self._sending = True
        self._asked = self._lost = self._all_accepted = 0
        self._statuses: Counter[int] = Counter()
        self._latencies: list[float] = []
        self._refusals: list[float] = []
        self._unexplained = 0
        self._from, self._until = float("inf"), float("inf")
        self._silent = asyncio.Event()
        self._began = 0.0

    async def run(self) -> Outcome:
        plan, loop = self._plan, asyncio.get_running_loop()
        ports = [plan.port, *plan.more_ports]
        for number in range(plan.connections):
            await loop.create_connection(lambda: Connection(self), "127.0.0.1", ports[number % len(ports)])
        await self._complete.wait()
        began, self._began = time.perf_counter(), time.time()
        self._from, self._until = began + plan.warm, began + plan.warm + plan.seconds
        sending = asyncio.create_task(self._send(began))
        await asyncio.sleep(plan.warm)
        before, since = _cpu(plan.pids), time.perf_counter()
        await asyncio.sleep(max(0.0, self._until - time.perf_counter()))
        spent = {name: used - before[name] for name, used in _cpu(plan.pids).items()}
        window = time.perf_counter() - since
        self._sending = False
        await sending
        await self._wait_for_the_last()
        return self._outcome(window, spent)

    def made(self, connection: Connection) -> None:
        self._free.append(connection)
        if len(self._free) == self._plan.connections:
            self._complete.set()

    def answered(self, by: Connection, status: int, answer: bytes) -> None:
        now = time.perf_counter()
        self._asked -= 1
        self._all_accepted += status == 201
        if self._on_accepted is not None and status == 201:
            self._on_accepted(answer)
        # A closed loop counts what is answered in the window, an open one what was due in it.
        moment = now if self._plan.rate is None else by.due
        if self._from <= moment < self._until:
            self._statuses[status] += 1
            (self._latencies if status == 201 else self._refusals).append(now - by.due)
            self._unexplained += status != 201 and not by.told_when
        if self._late:
            self._ask(by, self._late.popleft())
        elif self._sending and self._plan.rate is None:
            self._ask(by, now)
        else:
            self._free.append(by)
        if not self._sending and self._asked == 0:
            self._silent.set()

    def gone(self, connection: Connection) -> None:
        if connection.busy:
            self._asked -= 1
            self._lost += 1
        else:
            self._free.remove(connection)
        if self._asked == 0:
            self._silent.set()

    async def _send(self, began: float) -> None:
        if self._plan.rate is None:
            while self._free:
                self._ask(self._free.popleft(), time.perf_counter())
            return
        number = 0
        while self._sending:
            while (due := began + number / self._plan.rate) <= min(time.perf_counter(), self._until):
                number += 1
                if self._free:
                    self._ask(self._free.popleft(), due)
                else:
                    self._late.append(due)
            await asyncio.sleep(max(0.0, due - time.perf_counter()))

    def _ask(self, connection: Connection, due: float) -> None:
        self._asked += 1
        connection.ask(self._head + str(uuid4()).encode() + self._body, due)

    async def _wait_for_the_last(self) -> None:
        if self._asked:
            self._silent.clear()
            try:
                async with asyncio.timeout(_AFTER):
                    await self._silent.wait()
            except TimeoutError:
                self._lost += self._asked
        self._lost += len(self._late)

    def _outcome(self, window: float, cpu: dict[str, float]) -> Outcome:
        ordered, refusals = sorted(self._latencies), sorted(self._refusals)
        accepted = self._statuses.pop(201, 0)
        return Outcome(
            began=self._began,
            accepted=accepted,
            all_accepted=self._all_accepted,
            refused={str(status): count for status, count in self._statuses.items()},
            lost=self._lost,
            window=window,
            p50=percentile(ordered, 0.5) * 1000,
            p99=percentile(ordered, 0.99) * 1000,
            refused_p50=percentile(refusals, 0.5) * 1000,
            refused_p99=percentile(refusals, 0.99) * 1000,
            unexplained=self._unexplained,
            cpu=cpu,
        )


def _request_of(port: int) -> tuple[bytes, bytes]:
    """What stands before and after the key."""
    body = json.dumps(
        {
            "category": "noise",
            "text": "Karaoke quá mười giờ đêm ở hẻm sau nhà văn hóa, hôm nay là lần thứ ba trong tuần.",
            "area": "99/99001/tdp-4",
            "channel": "web",
            "place": {"text": "Hẻm 12, sau nhà văn hóa tổ 4", "lat": 10.776, "lon": 106.701},
            "identity_mode": "protected",
            "reporter": {"name": "Nguyễn Thị Thử", "phone": "0900000000"},
        },
        ensure_ascii=False,
    ).encode()
    head = (
        f"POST /tips HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nIdempotency-Key: "
    )
    return head.encode(), b"\r\n\r\n" + body


def _cpu(pids: dict[str, int]) -> dict[str, float]:
    return {name: cpu_seconds(pid) for name, pid in {**pids, "client": os.getpid()}.items()}
