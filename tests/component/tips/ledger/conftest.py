"""What tests of the ledger need: a way to let a time slot pass, and to ask the log as a stranger would."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.tips.ledger.domain.merkle import leaf_hash
from services.tips.ledger.domain.notes import Checkpoint
from services.tips.ledger.keys import SigningKey
from services.tips.ledger.store import LedgerStore
from shared.mongo import connect
from tests.component.outbox.probe import counters
from tests.component.tips.conftest import Desk
from tests.component.tips.ledger.growing import KEY, Watch, World
from tests.support.stack import FreshDatabase
from tests.support.waiting import eventually


@dataclass
class Stranger:
    """Somebody with the log's public key and a browser."""

    desk: Desk

    @property
    def key(self) -> SigningKey:
        return SigningKey.parse(self.desk.settings.tips_ledger_key.get_secret_value())

    async def checkpoint(self) -> Checkpoint:
        answer = await self.desk.http.get("/ledger/checkpoint")
        assert answer.status_code == 200, answer.text
        return self.key.verifier.open(answer.text)

    async def size(self) -> int:
        answer = await self.desk.http.get("/ledger/checkpoint")
        return 0 if answer.status_code == 404 else (await self.checkpoint()).size

    async def next_checkpoint(self) -> Checkpoint:
        """Lets one time slot pass."""
        before = await self.size()
        self.desk.clock.ahead += timedelta(seconds=self.desk.settings.tips_ledger_seconds)

        async def grown() -> bool:
            return await self.size() > before

        await eventually(grown, within=20)
        return await self.checkpoint()

    async def entries(self) -> list[bytes]:
        """Every entry that the newest checkpoint covers, from the bundles."""
        size, found = (await self.checkpoint()).size, list[bytes]()
        for number, width in tiles_of(size):
            bundle = await self.tile(f"entries/{name(number)}", width)
            while bundle:
                length = int.from_bytes(bundle[:2], "big")
                found.append(bundle[2 : 2 + length])
                bundle = bundle[2 + length :]
        assert len(found) == size
        return found

    async def leaf_hashes(self) -> list[bytes]:
        size, found = (await self.checkpoint()).size, b""
        for number, width in tiles_of(size):
            found += await self.tile(f"0/{name(number)}", width)
        return [found[at : at + 32] for at in range(0, len(found), 32)]

    async def tile(self, path: str, width: int) -> bytes:
        answer = await self.desk.http.get(f"/ledger/tile/{path}" + ("" if width == 256 else f".p/{width}"))
        assert answer.status_code == 200, answer.text
        return answer.content

    async def receipt(self, code: str) -> dict[str, Any]:
        answer = await self.desk.http.get("/reporter/proof", headers={"Authorization": f"Receipt {code}"})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def tiles_of(size: int) -> list[tuple[int, int]]:
    """Number and width of each tile of the lowest level."""
    full, rest = divmod(size, 256)
    return [(number, 256) for number in range(full)] + ([(full, rest)] if rest else [])


def name(number: int) -> str:
    return f"{number:03}" if number < 1000 else f"x{number // 1000:03}/{number % 1000:03}"


def decoded(proof: Sequence[str]) -> list[bytes]:
    return [base64.b64decode(one) for one in proof]


def hashed(entry: str) -> bytes:
    return leaf_hash(bytes.fromhex(entry))


@pytest.fixture
def stranger(desk: Desk) -> Stranger:
    return Stranger(desk)


@pytest.fixture
async def world(fresh_database: FreshDatabase, tmp_path: Path) -> Any:
    database = connect(fresh_database.url, fresh_database.name)
    watch = Watch()
    outbox = counters(database, watch)
    await outbox.prepare()
    await outbox.history.prepare()
    await LedgerStore(database, KEY.name).prepare()
    await outbox.open()
    yield World(database, outbox, tmp_path, watch)
    await outbox.close()
    database.client.close()
