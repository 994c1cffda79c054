"""A served application as a real process: the drain, bodies over the limit, callers who dawdle, its log."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local.ports import free_ports
from tests.support.tokens import Issuer
from tests.support.waiting import eventually, in_time


@dataclass
class Served:
    process: asyncio.subprocess.Process
    port: int
    output: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.output.read_text().splitlines()]


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    (port,) = free_ports(1)
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.getcwd(),
        "PORT": str(port),
        "MONGO_URL": "mongodb://127.0.0.1/",
        "MONGO_DATABASE": "demo",
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
        "AUTH_JWKS_FILE": str(Issuer().write_jwks(tmp_path)),
        "BODY_LIMIT": "65536",
        "BODY_SECONDS": "1",
        "DRAIN_SECONDS": "0.7",
        "GRACEFUL_SECONDS": "5",
    }
    output = tmp_path / "output"
    with output.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.support.web_process", env=environment, stdout=file, stderr=file
        )
    try:
        yield await _ready(Served(process, port, output))
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _ready(served: Served) -> Served:
    async def answers() -> bool:
        assert served.process.returncode is None, served.output.read_text()
        try:
            async with httpx.AsyncClient() as client:
                return (await client.get(served.url + "/healthz")).status_code == 200
        except httpx.TransportError:
            return False

    await eventually(answers, within=20)
    return served


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_told_to_stop_it_says_so_at_once_and_finishes_what_it_began(
    served: Served, number: signal.Signals
) -> None:
    async with httpx.AsyncClient(base_url=served.url) as client:
        slow = asyncio.create_task(client.get("/things/slow/2"))
        await eventually(lambda: _in_flight(served.port) > 0)
        served.process.send_signal(number)

        async def draining() -> bool:
            answer = await client.get("/readyz")
            return answer.status_code == 503 and answer.json()["status"] == "draining"

        await eventually(draining, within=0.5)
        assert (await slow).json() == {"finished": True}
    assert await in_time(served.process.wait(), 5) == 0


def _in_flight(port: int) -> int:
    """Established connections to `port`, read from the kernel's table."""
    wanted = f":{port:04X}"
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return sum(row[1].endswith(wanted) and row[3] == "01" for row in rows)


async def test_a_second_signal_ends_the_drain_early(served: Served) -> None:
    served.process.send_signal(signal.SIGTERM)
    served.process.send_signal(signal.SIGINT)
    assert await in_time(served.process.wait(), 5) == 0


HEAD = b"POST /things HTTP/1.1\r\nHost: demo\r\nContent-Type: application/json\r\n"


async def test_a_chunked_body_is_refused_as_soon_as_it_passes_the_limit(served: Served) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    writer.write(3 * (b"8000\r\n" + b" " * 0x8000 + b"\r\n"))
    assert b" 413 " in await in_time(reader.readline(), 5)
    assert b"payload_too_large" in await in_time(reader.readuntil(b"}"), 5)

    async def goes_on() -> None:
        while True:
            writer.write(b"8000\r\n" + b" " * 0x8000 + b"\r\n")
            await writer.drain()

    with pytest.raises(ConnectionError):
        await in_time(goes_on(), 10)
    writer.close()


async def test_a_large_body_sent_in_one_go_still_gets_its_answer(served: Served) -> None:
    async with httpx.AsyncClient(base_url=served.url) as client:
        for _ in range(5):
            answer = await client.post(
                "/things", content=b" " * 4_000_000, headers={"Content-Type": "application/json"}
            )
            assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")


async def test_a_caller_who_asks_first_is_refused_before_the_body(served: Served) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write(HEAD + b"Content-Length: 99999999\r\nExpect: 100-continue\r\n\r\n")
    assert b" 413 " in await in_time(reader.readline(), 5)
    assert (await in_time(reader.read(), 1)).endswith(b"}")
    writer.close()


async def test_a_caller_who_dawdles_over_a_body_keeps_nobody_waiting_and_is_sent_away(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.port)) as dawdler:
        dawdler.sendall(HEAD + b"Content-Length: 50\r\n\r\n{")
        async with httpx.AsyncClient(base_url=served.url, timeout=2) as client:
            for _ in range(5):
                assert (await client.get("/things/ids/mine")).status_code == 200
        answer = await asyncio.to_thread(dawdler.recv, 1000)
        assert answer.startswith(b"HTTP/1.1 408 ")


async def test_its_output_is_json_lines_without_addresses(served: Served) -> None:
    async with httpx.AsyncClient(base_url=served.url, headers={"User-Agent": "agent-of-a"}) as client:
        await client.get("/things/errors/none-of-these", params={"code": "AB12"})
        await client.get("/healthz")
    with socket.create_connection(("127.0.0.1", served.port)) as rude:
        rude.sendall(b"\x00\x01 rubbish\r\n\r\n")
        rude.recv(1000)
    served.process.send_signal(signal.SIGTERM)
    await served.process.wait()
    requests = [line for line in served.lines() if line["logger"] == "liengia.access"]
    assert [(line["route"], line["status"]) for line in requests] == [("/things/errors/{name}", 500)]
    text = served.output.read_text()
    assert not any(planted in text for planted in ("agent-of-a", "AB12", "none-of-these", "127.0.0.1"))


async def test_a_port_in_use_ends_the_process_with_a_fault(served: Served, tmp_path: Path) -> None:
    environment = {**os.environ, "PORT": str(served.port), "MONGO_URL": "mongodb://127.0.0.1/"}
    environment |= {"MONGO_DATABASE": "demo", "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"}
    environment |= {"AUTH_JWKS_FILE": str(tmp_path / "jwks.json"), "PYTHONPATH": os.getcwd()}
    second = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.support.web_process",
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await in_time(second.communicate(), 20)
    assert second.returncode not in (0, None)
    assert "address already in use" in output.decode().lower()
