"""A new key-encryption key takes over everything, and the old one can then be destroyed."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from services.tips.config import TipsSettings
from services.tips.main import create, rewrap_keys
from services.tips.rewrapping.store import WrappedKeyStore
from services.tips.rewrapping.usecases import Wrapped, rewrap
from shared.errors import Unavailable
from shared.key_encryption import ring_of
from shared.sealing import Sealer
from tests.component.tips.conftest import Desk, MovableClock, open_door

OLD = "k1:" + "QUJD" * 10 + "QUI="
NEW = "k2:" + "REVG" * 10 + "REU="
WHO = {"name": "Trần Thị Bảo Mật"}


def under(settings: TipsSettings, ring: str) -> TipsSettings:
    return settings.model_copy(update={"tips_sealing_key": SecretStr(ring)})


async def read(desk: Desk, settings: TipsSettings, tip: str) -> Any:
    """The tip as a replica with these settings shows it, the identity with it."""
    async with open_door(create(settings, clock=MovableClock())) as http:
        seen = await http.get(f"/tips/{tip}", headers=desk.officer())
        asks, approves = desk.officer("identity:request"), desk.officer("identity:approve", sub="officer-2")
        why = {"purpose": "other", "legal_basis": "court_order", "reason": "x"}
        path = f"/tips/{tip}/identity-requests"
        number = (await http.post(path, json=why, headers=asks)).json()["number"]
        await http.post(f"{path}/{number}/approve", headers=approves)
        who = await http.get(f"{path}/{number}/identity", headers=asks)
        return seen.json()["text"], who.json()["reporter"]


async def test_everything_opens_under_the_new_key_alone(desk: Desk, settings: TipsSettings) -> None:
    tip = (await desk.received(text="Có người đốt rác.", reporter=WHO))["id"]
    version = (await desk.document(tip))["version"]
    done = await rewrap_keys(under(settings, f"{NEW},{OLD}"))
    assert (done.current, done.done, done.unreadable, done.left) == ("k2", 2, 0, 0)
    stored = await desk.document(tip)
    assert (stored["key"][:3], stored["identity_key"][:3], stored["version"]) == ("k2.", "k2.", version)
    assert await read(desk, under(settings, NEW), tip) == ("Có người đốt rác.", WHO)


async def test_what_was_erased_before_opens_in_no_old_copy_once_the_old_key_is_gone(
    desk: Desk, settings: TipsSettings
) -> None:
    tip = (await desk.received())["id"]
    copy = await desk.document(tip)
    for name, body in (
        ("classify", {"classification": "information"}),
        ("resolve", {}),
        ("reply", {"text": "Xong."}),
        ("close", {}),
        ("erase", {"asked": "in_writing"}),
    ):
        await desk.call(tip, name, body)
    await rewrap_keys(under(settings, f"{NEW},{OLD}"))
    assert (await desk.document(tip))["key"] == ""
    async with desk.database() as database:
        await database["tips"].replace_one({"_id": tip}, copy)
    async with open_door(create(under(settings, NEW), clock=MovableClock())) as http:
        assert (await http.get(f"/tips/{tip}", headers=desk.officer())).status_code == 500


class Stops(WrappedKeyStore):
    """The database goes away after two keys."""

    def __init__(self, database: Any) -> None:
        super().__init__(database)
        self.room = 2

    async def replace(self, key: Wrapped, wrapped: str) -> bool:
        if not self.room:
            raise Unavailable("The database is away.")
        self.room -= 1
        return await super().replace(key, wrapped)

    async def under_others(self, current: str) -> AsyncIterator[Wrapped]:
        async for key in super().under_others(current):
            yield key


async def test_stopped_halfway_it_goes_on_where_it_was(desk: Desk, settings: TipsSettings) -> None:
    for _ in range(5):
        await desk.received()
    both = under(settings, f"{NEW},{OLD}")
    async with desk.database() as database:
        with pytest.raises(Unavailable):
            await rewrap(Stops(database), Sealer(ring_of(both.tips_sealing_key)))
    done = await rewrap_keys(both)
    assert (done.done, done.left) == (3, 0)
    assert (await rewrap_keys(both)).done == 0


async def test_a_key_that_is_not_in_the_ring_is_counted_and_nothing_is_lost(
    desk: Desk, settings: TipsSettings
) -> None:
    tip = (await desk.received())["id"]
    before = (await desk.document(tip))["key"]
    done = await rewrap_keys(under(settings, NEW))
    assert (done.done, done.unreadable, done.left) == (0, 1, 1)
    assert (await desk.document(tip))["key"] == before


async def test_a_ring_may_lie_in_a_file(desk: Desk, settings: TipsSettings, tmp_path: Path) -> None:
    tip = (await desk.received(text="Có người đốt rác.", reporter=WHO))["id"]
    file = tmp_path / "keys"
    file.write_text(f"{NEW}\n{OLD}\n")
    assert (await read(desk, under(settings, f"file:{file}"), tip))[0] == "Có người đốt rác."
    assert (await rewrap_keys(under(settings, f"file:{file}"))).left == 0
