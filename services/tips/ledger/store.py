"""The log in MongoDB. `ledger_batches`: {_id: {log, n}, leaves, completed}, written once; `ledger_heads`: one
document for each log, exchanged by compare-and-set.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pymongo import ASCENDING
from pymongo.errors import BulkWriteError, DuplicateKeyError

from services.tips.ledger.domain import batches
from services.tips.ledger.domain.batches import HEIGHT, LEAVES, STEPS, Batch
from services.tips.ledger.domain.merkle import Node
from services.tips.ledger.usecases.bench import Head
from shared.errors import NotFound
from shared.mongo import Collection as MongoCollection
from shared.mongo import Database, guard

_DUPLICATE = 11000


class LedgerStore:
    """The log named `origin`. A log under another name is another log, beside it."""

    def __init__(self, database: Database, origin: str) -> None:
        self._origin = origin
        self._heads: MongoCollection = database["ledger_heads"]
        self._batches: MongoCollection = database["ledger_batches"]

    async def prepare(self) -> None:
        """Create the index by which a leaf is found. Random leaves are found like real ones: otherwise the
        answer would tell which are which."""
        await self._batches.create_index([("leaves", ASCENDING)], name="leaves")

    async def head(self) -> Head | None:
        async with guard():
            found = await self._heads.find_one({"_id": self._origin})
        if found is None:
            return None
        return Head(found["size"], found["checkpoint"], found["signed_at"])

    async def advance(self, before: Head | None, after: Head) -> bool:
        fields = {"size": after.size, "checkpoint": after.checkpoint, "signed_at": after.signed_at}
        async with guard():
            if before is None:
                try:
                    await self._heads.insert_one({"_id": self._origin, **fields})
                except DuplicateKeyError:
                    return False
                return True
            held = {"_id": self._origin, "size": before.size}
            return (await self._heads.update_one(held, {"$set": fields})).matched_count == 1

    async def add(self, grown: Sequence[Batch]) -> bool:
        if not grown:
            return True
        documents = [
            {"_id": self._id(batch.number), "leaves": batch.leaves, "completed": batch.completed}
            for batch in grown
        ]
        try:
            async with guard():
                await self._batches.insert_many(documents, ordered=True)
        except BulkWriteError as error:
            if (error.details or {})["writeErrors"][0]["code"] != _DUPLICATE:
                raise
            return False
        return True

    async def begun(self, first: int) -> Sequence[Batch]:
        found = await self._read(range(first, first + STEPS[-1]))
        there: list[Batch] = []
        while (number := first + len(there)) in found:
            document = found[number]
            there.append(Batch(number, tuple(document["leaves"]), tuple(document["completed"])))
        return there

    async def leaves(self, first: int, count: int) -> Sequence[bytes]:
        found = await self._read(range(first, first + count), "leaves")
        if len(found) != count:
            raise NotFound("The log does not reach so far.")
        return [leaf for number in range(first, first + count) for leaf in found[number]["leaves"]]

    async def find(self, leaves: Collection[bytes]) -> Mapping[bytes, int]:
        if not leaves:
            return {}
        wanted = list(leaves)
        async with guard():
            found = await self._batches.find(
                {"leaves": {"$in": wanted}, "_id.log": self._origin}, {"leaves": 1}
            ).to_list(len(wanted))
        places = {
            leaf: document["_id"]["n"] * LEAVES + place
            for document in found
            for place, leaf in enumerate(document["leaves"])
        }
        return {leaf: places[leaf] for leaf in wanted if leaf in places}

    async def hashes(self, wanted: Collection[Node]) -> Mapping[Node, bytes]:
        high = {node: batches.home(node) for node in wanted if node.level >= HEIGHT}
        low = {node: node.number >> HEIGHT - node.level for node in wanted if node.level < HEIGHT}
        completed = await self._read({number for number, _ in high.values()}, "completed")
        leaves = await self._read(set(low.values()), "leaves")
        trees = {number: batches.within(document["leaves"]) for number, document in leaves.items()}
        try:
            return {
                **{node: completed[number]["completed"][place] for node, (number, place) in high.items()},
                **{
                    node: trees[number][Node(node.level, node.number - (number << HEIGHT - node.level))]
                    for node, number in low.items()
                },
            }
        except KeyError:
            raise NotFound("The log does not reach so far.") from None

    async def _read(self, numbers: Collection[int], *fields: str) -> Mapping[int, Mapping[str, Any]]:
        if not numbers:
            return {}
        wanted = {"_id": {"$in": [self._id(number) for number in numbers]}}
        async with guard():
            found = await self._batches.find(wanted, dict.fromkeys(fields, 1) or None).to_list(len(numbers))
        return {document["_id"]["n"]: document for document in found}

    def _id(self, number: int) -> dict[str, Any]:
        return {"log": self._origin, "n": number}
