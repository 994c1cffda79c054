"""A log does not go on from an old database, an empty one, or one that somebody changed."""

from typing import Any

import pytest

from services.tips.ledger.keys import SigningKey
from services.tips.ledger.usecases.appending import append, examine
from shared.errors import Conflict
from shared.mongo import Database
from tests.component.tips.ledger.growing import KEY, World, signed


async def snapshot(database: Database) -> dict[str, list[dict[str, Any]]]:
    names = ("ledger_heads", "ledger_batches")
    return {name: await database[name].find({}).to_list(None) for name in names}


async def restore(database: Database, kept: dict[str, list[dict[str, Any]]]) -> None:
    for name, documents in kept.items():
        await database[name].delete_many({})
        if documents:
            await database[name].insert_many(documents)


@pytest.mark.parametrize("witness", ["a", "b"], ids=["its signer", "a replica that only watched"])
async def test_an_old_backup_is_noticed_and_nothing_more_is_signed_over_it(
    world: World, witness: str
) -> None:
    await signed(world.replica("a"))
    backup = await snapshot(world.database)
    await world.write(2)
    for _ in range(2):
        world.next_slot()
        await signed(world.replica("a"))
        await examine(world.replica("b"))
    await restore(world.database, backup)
    world.next_slot()
    for _ in range(2):
        with pytest.raises(Conflict) as refused:
            await append(world.replica(witness))
        assert refused.value.code == "ledger_set_back"
    assert await snapshot(world.database) == backup


async def test_an_empty_database_under_a_name_that_has_signed_is_refused(world: World) -> None:
    await signed(world.replica())
    await restore(world.database, {"ledger_heads": [], "ledger_batches": []})
    with pytest.raises(Conflict, match="already signed"):
        await append(world.replica())


@pytest.mark.parametrize("change", ["another tree", "another's signature"])
async def test_a_log_that_somebody_changed_is_refused(world: World, change: str) -> None:
    await signed(world.replica())
    world.next_slot()
    head = await signed(world.replica())
    if change == "another tree":
        await world.database["ledger_batches"].update_one(
            {"_id.n": 1}, {"$set": {"completed": [bytes(32), bytes(32)]}}
        )
    else:
        forged = SigningKey.fresh(KEY.name).sign(head.size, bytes(32))
        await world.database["ledger_heads"].update_one({"_id": KEY.name}, {"$set": {"checkpoint": forged}})
    world.next_slot()
    with pytest.raises(Conflict):
        await append(world.replica("b" if change == "another's signature" else "a"))
