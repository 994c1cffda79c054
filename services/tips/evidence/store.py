"""MongoDB for evidence: sealed pieces of files, and a sweep of those that no tip lists."""

from datetime import datetime, timedelta

from pymongo import ASCENDING, IndexModel

from services.tips.tip.store import COLLECTION
from shared.mongo import Collection, Database, guard

FILES, PIECES = "evidence_files", "evidence_pieces"
_YOUNG = timedelta(hours=1)
_A_SWEEP = 5_000


class EvidenceStore:
    """A file is begun before its first piece is stored, so that whatever is left of it can be found."""

    def __init__(self, database: Database) -> None:
        self._files: Collection = database[FILES]
        self._pieces: Collection = database[PIECES]
        self._tips: Collection = database[COLLECTION]

    async def prepare(self) -> None:
        """Create the index. Repeating it changes nothing."""
        async with guard():
            await self._files.create_indexes([IndexModel([("checked_at", ASCENDING)], name="checked")])

    async def begin(self, file: str, tip_id: str, now: datetime) -> None:
        async with guard():
            await self._files.insert_one({"_id": file, "tip": tip_id, "checked_at": now})

    async def put(self, file: str, number: int, sealed: bytes) -> None:
        async with guard():
            await self._pieces.insert_one({"_id": _place(file, number), "sealed": sealed})

    async def get(self, file: str, number: int) -> bytes | None:
        async with guard():
            found = await self._pieces.find_one({"_id": _place(file, number)})
        return None if found is None else bytes(found["sealed"])

    async def drop(self, file: str) -> None:
        """Pieces first: a file whose dropping is interrupted is still found by the next sweep."""
        async with guard():
            await self._pieces.delete_many({"_id": {"$gte": f"{file}/", "$lt": f"{file}0"}})
            await self._files.delete_one({"_id": file})

    async def sweep(self, now: datetime) -> int:
        """Drop files of more than an hour that their tip does not list: uploads that were broken off,
        evidence of erased
        tips, originals of reporters who withdrew their identity. Returns how many. It may stop anywhere.
        """
        dropped = 0
        async with guard():
            oldest = self._files.find({"checked_at": {"$lt": now - _YOUNG}}).sort("checked_at", 1)
            found = await oldest.limit(_A_SWEEP).to_list(_A_SWEEP)
        for document in found:
            if await self._is_listed(document["tip"], document["_id"]):
                async with guard():
                    await self._files.update_one({"_id": document["_id"]}, {"$set": {"checked_at": now}})
            else:
                await self.drop(document["_id"])
                dropped += 1
        return dropped

    async def _is_listed(self, tip: str, file: str) -> bool:
        named = [{"evidence.copy.id": file}, {"evidence.original.id": file}]
        async with guard():
            return await self._tips.find_one({"_id": tip, "$or": named}, {"_id": 1}) is not None


def _place(file: str, number: int) -> str:
    return f"{file}/{number:06d}"
