"""A flood is slowed down at the pages; who shares the address computes or waits, and gets through."""

import base64
import html
import json
import logging
import re
from datetime import timedelta

import bson
import httpx
import pytest
from altcha import v1

from services.tips.config import TipsSettings
from tests.component.tips.conftest import Desk
from tests.component.tips.pages import code_on, filled, hidden, send
from tests.component.tips.test_track_page import look

FREE = 2
ADDRESS = "203.0.113.77"  # what the tests' client calls from


@pytest.fixture
def settings(settings: TipsSettings) -> TipsSettings:
    changed = {"tips_report_area": "99/99001", "tips_free_per_address": FREE, "tips_proxies": 1}
    return settings.model_copy(update=changed)


def solved(page: str) -> str:
    """What a page's script would send: the number that the challenge is the hash of."""
    found = re.search(r'data-proof="([^"]+)"', page)
    assert found is not None
    told = json.loads(html.unescape(found[1]))
    solution = v1.solve_challenge(told["challenge"], told["salt"], "SHA-256", told["maxnumber"])
    assert solution is not None
    told = {**told, "number": solution.number}
    return base64.b64encode(json.dumps(told).encode()).decode()


async def flooded(desk: Desk) -> httpx.Response:
    """The share of this address is used up; the answer to one report more."""
    for _ in range(FREE):
        code_on(await send(desk.http, await filled(desk.http)))
    refused = await send(desk.http, await filled(desk.http, text="Nhà bên cháy."))
    assert refused.status_code == 429
    return refused


async def again(desk: Desk, refused: httpx.Response, **more: str) -> httpx.Response:
    typed = await filled(desk.http, text="Nhà bên cháy.", token=hidden(refused.text, "token"))
    return await send(desk.http, {**typed, "wait": hidden(refused.text, "wait"), **more})


async def test_whoever_computes_gets_through_once(desk: Desk) -> None:
    refused = await flooded(desk)
    assert "Nhà bên cháy." in refused.text
    solution = solved(refused.text)
    assert code_on(await again(desk, refused, altcha=solution))
    other = await filled(desk.http, text="Một tin khác.")
    assert (await send(desk.http, {**other, "altcha": solution})).status_code == 429


async def test_without_script_whoever_waits_gets_through_once(desk: Desk) -> None:
    refused = await flooded(desk)
    assert "đợi 30 giây" in refused.text
    early = await again(desk, refused)
    assert early.status_code == 429
    assert hidden(early.text, "wait") == hidden(refused.text, "wait")
    desk.clock.ahead = timedelta(seconds=31)
    assert code_on(await again(desk, refused))
    other = await filled(desk.http, text="Một tin khác.")
    assert (await send(desk.http, {**other, "wait": hidden(refused.text, "wait")})).status_code == 429


async def test_waits_are_given_out_one_after_the_other(desk: Desk) -> None:
    await flooded(desk)
    second = await send(desk.http, await filled(desk.http))
    assert re.search("đợi (59|60) giây", second.text)


async def test_another_address_and_a_later_time_are_not_held_back(desk: Desk) -> None:
    await flooded(desk)
    typed = await filled(desk.http)
    elsewhere = await desk.http.post(
        "/report", data=typed, headers={"X-Forwarded-For": "6.6.6.6, 198.51.100.9"}
    )
    assert code_on(elsewhere)
    forged = await desk.http.post("/report", data=await filled(desk.http), headers={"X-Forwarded-For": ""})
    assert forged.status_code == 429
    desk.clock.ahead = timedelta(minutes=11)
    assert code_on(await send(desk.http, await filled(desk.http)))


@pytest.mark.parametrize(
    "proof",
    ["nonsense", base64.b64encode(b"[1]").decode(), base64.b64encode(b'{"algorithm": 1}').decode()],
)
async def test_a_proof_of_ones_own_making_opens_nothing(desk: Desk, proof: str) -> None:
    refused = await flooded(desk)
    assert (await again(desk, refused, altcha=proof, wait="k1.AAAA~1.BBBB")).status_code == 429


async def test_guessing_codes_is_slowed_down_but_locks_no_reporter_out(desk: Desk) -> None:
    received = await desk.received()
    for _ in range(FREE):
        assert (await look(desk, "re khu mat")).status_code == 422
    right, wrong = await look(desk, received["receipt_code"]), await look(desk, "re khu mat")
    assert (right.status_code, wrong.status_code) == (429, 429)
    assert "Tin của bạn đã được tiếp nhận" not in right.text
    opened = await look(desk, received["receipt_code"], altcha=solved(right.text))
    assert "Tin của bạn đã được tiếp nhận" in opened.text
    # The page that is open goes on without being asked again.
    ticket = hidden(opened.text, "ticket")
    assert (await desk.http.post("/track", data={"ticket": ticket})).status_code == 200


async def test_no_address_is_stored_or_logged(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await flooded(desk)
    async with desk.database() as database:
        stored = [
            bson.encode(document)
            for name in await database.list_collection_names()
            async for document in database[name].find()
        ]
    assert ADDRESS.encode() not in b"".join(stored)
    assert ADDRESS not in "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
