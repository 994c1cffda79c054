"""MongoDB for rewrapping: the wrapped keys of tips, of their reporters, and of submissions that were not
taken in."""

import re
from collections.abc import AsyncIterator, Callable

from services.tips.intake.store import REJECTED
from services.tips.rewrapping.usecases import Wrapped
from services.tips.tip.store import COLLECTION
from services.tips.tip.usecases.bench import vault
from shared.mongo import Database, guard

_PLACES: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    (COLLECTION, "key", str),
    (COLLECTION, "identity_key", vault),
    (REJECTED, "key", str),
)


class WrappedKeyStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def under_others(self, current: str) -> AsyncIterator[Wrapped]:
        """Read by `_id`, page by page, so that a cursor need not live as long as the work takes."""
        for collection, field, name in _PLACES:
            after = ""
            while page := await self._page(collection, field, current, after):
                for id, wrapped in page:
                    yield Wrapped(collection, id, field, name(id), wrapped)
                after = page[-1][0]

    async def _page(self, collection: str, field: str, current: str, after: str) -> list[tuple[str, str]]:
        others = {"$type": "string", "$ne": "", "$not": re.compile(f"^{re.escape(current)}\\.")}
        async with guard():
            found = await (
                self._database[collection]
                .find({"_id": {"$gt": after}, field: others}, {field: 1})
                .sort("_id", 1)
                .limit(500)
                .to_list(500)
            )
        return [(document["_id"], document[field]) for document in found]

    async def replace(self, key: Wrapped, wrapped: str) -> bool:
        """Beside the write door on purpose: the data key stays the same, and no version moves. A tip that
        was erased meanwhile has no key any more, so that none comes back."""
        async with guard():
            done = await self._database[key.collection].update_one(
                {"_id": key.id, key.field: key.wrapped}, {"$set": {key.field: wrapped}}
            )
        return done.modified_count == 1
