"""Links do to a connection what their mode says, and are whole again afterwards."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from tests.support.links import Link, Links, Mode
from tests.support.waiting import eventually, in_time

PATIENCE = 0.3


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    heard.append(b"")
    while line := await reader.readline():
        heard[-1] += line
        writer.write(line)
    writer.close()


heard: list[bytes] = []


@pytest.fixture
async def link() -> AsyncIterator[tuple[Links, Link]]:
    """A link to something that says everything back."""
    heard.clear()
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    links = Links()
    try:
        yield links, await asyncio.to_thread(links.link, server.sockets[0].getsockname()[1])
    finally:
        await asyncio.to_thread(links.close)
        server.close()


async def said(link: Link, word: bytes = b"hello\n", within: float = 5.0) -> bytes:
    """What comes back on a new connection; empty when it is closed, `silence` when nothing comes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
    try:
        with suppress(ConnectionError):
            writer.write(word)
            return await in_time(reader.readline(), within)
        return b""
    except TimeoutError:
        return b"silence"
    finally:
        writer.transport.abort()


async def test_a_cut_link_resets_what_is_open_and_closes_what_comes(link: tuple[Links, Link]) -> None:
    links, one = link
    assert await said(one) == b"hello\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", one.port)
    await eventually(lambda: len(heard) == 2)
    await asyncio.to_thread(links.turn, one, "cut")
    with suppress(ConnectionError):
        assert await in_time(reader.read(), 5) == b""
    writer.transport.abort()
    assert await said(one) == b""
    await asyncio.to_thread(links.turn, one, "pass")
    assert await said(one) == b"hello\n"


@pytest.mark.parametrize(("mode", "arrives"), [("black hole", False), ("half open", True)])
async def test_a_black_hole_swallows_both_ways_and_a_half_open_link_one(
    link: tuple[Links, Link], mode: Mode, arrives: bool
) -> None:
    links, one = link
    await asyncio.to_thread(links.turn, one, mode)
    assert await said(one, b"gone\n", within=PATIENCE) == b"silence"
    assert (b"gone\n" in heard) is arrives
    await asyncio.to_thread(links.turn, one, "pass")
    assert await said(one) == b"hello\n"


async def test_a_slow_link_delays_and_loses_nothing(link: tuple[Links, Link]) -> None:
    links, one = link
    await asyncio.to_thread(links.turn, one, "slow")
    began = asyncio.get_running_loop().time()
    assert await said(one) == b"hello\n"
    assert asyncio.get_running_loop().time() - began >= 2 * one.slowness.delay
