"""`python -m tests.performance.stock '<Stock as JSON>'`: fills a collection with copies of a real document.

A process of its own, with the database's own URL in MONGO_URL; prints how many it stored in its time. Not
through the write door: a million reports would take an hour.
"""

import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bson import json_util
from pymongo import MongoClient
from pymongo.write_concern import WriteConcern

_AT_ONCE = 2_000
_WARDS, _PLACES = 20, 5  # of which the officer's ward is one
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_BEGAN = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stock:
    """`pattern`: the document to copy (extended JSON). Numbers from `first` up to, not including, `end`;
    no more after `seconds`.
    """

    database: str
    collection: str
    pattern: str
    first: int
    end: int
    seconds: float


def _tip(pattern: dict[str, Any], number: int, chance: random.Random) -> dict[str, Any]:
    """A tip long closed: nothing pending, nothing due, received over two years, in one of 20 wards."""
    ward = f"99/{99_001 + number % _WARDS}"
    area = f"{ward}/tdp-{1 + number % _PLACES}"
    return {
        **pattern,
        "_id": "tip_" + "".join(chance.choices(_LETTERS, k=26)),
        "receipt_hash": f"{chance.getrandbits(256):064x}",
        "area": area,
        "within": ["99", ward, area],
        "received_at": _BEGAN + timedelta(seconds=chance.randrange(63_000_000)),
        "status": "closed",
        "lane": number % 16,
    }


def _bucket(pattern: dict[str, Any], number: int, _: random.Random) -> dict[str, Any]:
    """A day of a residential area of some other province: 100 days of 10,000 areas are a million."""
    place, day = divmod(number, 100)
    ward = f"{10 + place % 80:02}/{10_000 + place // 80:05}"
    area, span = f"{ward}/tdp-1", (_BEGAN + timedelta(days=day)).date().isoformat()
    return {**pattern, "_id": f"leaf|{area}|{span}|open", "area": area, "parent": ward, "span": span}


_COPIES: dict[str, Callable[[dict[str, Any], int, random.Random], dict[str, Any]]] = {
    "tips": _tip,
    "buckets": _bucket,
}


def copies(stock: Stock) -> Iterator[dict[str, Any]]:
    """Other ids for other numbers; what no closed document has is left out."""
    pattern = {
        name: value
        for name, value in json_util.loads(stock.pattern).items()
        if name not in ("pending", "waiting_since", "next_due", "print", "print_until")
    }
    chance = random.Random(stock.first)
    for number in range(stock.first, stock.end):
        yield _COPIES[stock.collection](pattern, number, chance)


def fill(stock: Stock, url: str) -> int:
    until = time.monotonic() + stock.seconds
    with MongoClient[dict[str, Any]](url) as client:
        found = client[stock.database].get_collection(stock.collection, write_concern=WriteConcern(w=1))
        batch: list[dict[str, Any]] = []
        stored = 0
        for document in copies(stock):
            batch.append(document)
            if len(batch) == _AT_ONCE or stored + len(batch) == stock.end - stock.first:
                found.insert_many(batch, ordered=False)
                stored, batch = stored + len(batch), []
                if time.monotonic() > until:
                    break
        return stored


if __name__ == "__main__":
    print(fill(Stock(**json.loads(sys.argv[1])), os.environ["MONGO_URL"]))
