"""The outbox's histories in memory, over the documents that `MemoryAggregates` keeps."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import bson

from shared.outbox.documents import CODEC
from shared.outbox.history import Unlogged


class MemoryHistory:
    def __init__(self, documents: dict[str, bytes]) -> None:
        self._documents = documents

    async def prepare(self, *, anew: bool = False) -> None:
        for document in self._all():
            untouched = "logged" not in document and "unlogged_since" not in document
            if document["timeline"] and (anew or untouched):
                document |= {"logged": 0, "unlogged_since": document["timeline"][0]["time"]}
                self._documents[document["_id"]] = bson.encode(document)

    async def unlogged(self, limit: int) -> Sequence[Unlogged]:
        await asyncio.sleep(0)
        names = ("number", "time", "what", "hash")
        return [
            Unlogged(
                one["_id"],
                [{name: entry[name] for name in names} for entry in one["timeline"][one.get("logged", 0) :]],
            )
            for one in self._waiting()[:limit]
        ]

    async def logged(self, upto: Mapping[str, int]) -> None:
        await asyncio.sleep(0)
        for document in self._waiting():
            if document["_id"] not in upto:
                continue
            document["logged"] = max(document.get("logged", 0), upto[document["_id"]])
            left = document["timeline"][document["logged"] :]
            if left:
                document["unlogged_since"] = left[0]["time"]
            else:
                del document["unlogged_since"]
            self._documents[document["_id"]] = bson.encode(document)

    async def oldest(self) -> datetime | None:
        await asyncio.sleep(0)
        return min((one["unlogged_since"] for one in self._waiting()), default=None)

    def _all(self) -> list[dict[str, Any]]:
        return [bson.decode(document, CODEC) for document in self._documents.values()]

    def _waiting(self) -> list[dict[str, Any]]:
        found = [one for one in self._all() if "unlogged_since" in one]
        return sorted(found, key=lambda one: one["unlogged_since"])
