"""Bulk writes in MongoDB: what is one document's fault, and what two replicas at once may not break."""

import asyncio
from collections.abc import Iterator

import pytest

from shared.consume.mongo_store import MongoEffects
from shared.mongo import Database, Document, connect
from tests.support.stack import FreshDatabase


@pytest.fixture
def database(fresh_database: FreshDatabase) -> Iterator[Database]:
    made = connect(fresh_database.url, fresh_database.name)
    yield made
    made.client.close()


async def test_a_row_that_cannot_be_encoded_costs_its_neighbours_nothing(database: Database) -> None:
    rows: list[Document] = [{"_id": "a"}, {"_id": "b", "n": 2**80}, {"_id": "c"}]
    written = await MongoEffects().insert(database["facts"], rows)
    assert (written.changed, written.impossible) == (2, (1,))
    assert await database["facts"].distinct("_id") == ["a", "c"]


async def test_a_row_the_database_refuses_costs_its_neighbours_nothing(database: Database) -> None:
    await database.create_collection("facts", validator={"n": {"$type": "int"}})
    rows: list[Document] = [
        {"_id": "a", "n": 1},
        {"_id": "b", "n": "many"},
        {"_id": "a", "n": 1},
        {"_id": "c", "n": 2},
    ]
    written = await MongoEffects().insert(database["facts"], rows)
    assert (written.changed, written.impossible) == (2, (1,))


async def test_many_replicas_at_once_leave_the_newest_of_every_key(database: Database) -> None:
    """With duplicate keys ignored this leaves older copies behind."""
    keys, replicas = 300, 6

    async def one(number: int) -> None:
        copies = [{"_id": f"k{key}", "sequence": number, "by": number} for key in range(keys)]
        await MongoEffects().newest(database["copies"], copies)

    await asyncio.gather(*(one(number) for number in range(1, replicas + 1)))
    assert await database["copies"].count_documents({"sequence": replicas, "by": replicas}) == keys


async def test_text_that_looks_like_an_operator_is_stored_as_text(database: Database) -> None:
    copy = {"_id": "k", "sequence": 1, "text": "$sequence", "nested": {"text": "$$ROOT"}}
    await MongoEffects().newest(database["copies"], [copy])
    assert await database["copies"].find_one({"_id": "k"}) == copy
