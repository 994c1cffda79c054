"""Effects in MongoDB: one bulk write per effect and batch."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bson.errors import BSONError
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError, DocumentTooLarge

from shared.consume.shapes import Document
from shared.consume.store import Written
from shared.errors import Unavailable
from shared.mongo import guard

_DUPLICATE = 11000
_GUARD_ROUNDS = 5
# Codes with which the server blames the document itself: BadValue, dollar or dotted field, validation, too
# large, key too long, geo that cannot be indexed. Any other code blames the server, so the batch comes
# again.
_DOCUMENTS_OWN_FAULT = frozenset({2, 52, 57, 121, 10334, 16755, 17280})


class MongoEffects:
    """`shared.consume.store.EffectStore` on Motor collections (majority and journaled: `shared.mongo`)."""

    async def insert(self, collection: Any, rows: Sequence[Document]) -> Written:
        try:
            async with guard():
                done = await collection.insert_many(rows, ordered=False)
            return Written(len(done.inserted_ids))
        except BulkWriteError as error:
            impossible, _ = _judge(error)
            return Written(error.details["nInserted"], impossible)
        except (BSONError, DocumentTooLarge, OverflowError):
            return await _singly(rows, lambda one: self.insert(collection, one))

    async def newest(self, collection: Any, documents: Sequence[Document]) -> Written:
        changed, impossible = 0, list[int]()
        left = list(enumerate(documents))
        for _ in range(_GUARD_ROUNDS):
            try:
                async with guard():
                    done = await collection.bulk_write([_if_newer(one) for _, one in left], ordered=False)
                return Written(changed + done.upserted_count + done.modified_count, tuple(impossible))
            except BulkWriteError as error:
                changed += error.details["nUpserted"] + error.details["nModified"]
                never, again = _judge(error)
                impossible += [left[index][0] for index in never]
                # A duplicate key here is two upserts of one new key at once: the loser has not been
                # compared with the winner yet. Ignoring it leaves the older copy (measured: 237 of 2,000
                # keys).
                left = [left[index] for index in again]
                if not left:
                    return Written(changed, tuple(impossible))
            except (BSONError, DocumentTooLarge, OverflowError):
                return await _singly(documents, lambda one: self.newest(collection, one))
        raise Unavailable("a projection kept colliding with another replica")


def _if_newer(document: Document) -> UpdateOne:
    # $literal: whatever the copy holds, none of it is read as an operator or a field path.
    newer = {"$lt": [{"$ifNull": ["$sequence", 0]}, document["sequence"]]}
    return UpdateOne(
        {"_id": document["_id"]},
        [{"$replaceWith": {"$cond": [newer, {"$literal": document}, "$$ROOT"]}}],
        upsert=True,
    )


def _judge(error: BulkWriteError) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Indexes that can never be stored, and indexes whose key was a duplicate. Raises Unavailable for all
    else.
    """
    details: Mapping[str, Any] = error.details
    if details.get("writeConcernErrors"):
        # It stands beside per-document successes that may still roll back.
        raise Unavailable("the database is not sure that it kept the batch")
    never, duplicate = list[int](), list[int]()
    for fault in details["writeErrors"]:
        if fault["code"] == _DUPLICATE:
            duplicate.append(fault["index"])
        elif fault["code"] in _DOCUMENTS_OWN_FAULT:
            never.append(fault["index"])
        else:
            raise Unavailable(f"the database refused a write with code {fault['code']}")
    return tuple(never), tuple(duplicate)


async def _singly(documents: Sequence[Document], write: Callable[[Sequence[Document]], Any]) -> Written:
    """Some document cannot even be encoded, which fails its whole bulk: find it, and store its neighbours."""
    if len(documents) == 1:
        return Written(0, (0,))
    changed, impossible = 0, list[int]()
    for index, one in enumerate(documents):
        written: Written = await write([one])
        changed += written.changed
        impossible += [index] if written.impossible else []
    return Written(changed, tuple(impossible))
