"""A backup is one moment of all databases, comes back whole, and says when it cannot."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from deploy.local.backup import CannotBackUp, back_up
from deploy.local.mongod import RunningMongo
from deploy.local.restore import CannotRestore, restore

DATABASES = ("tips", "analytics")


def test_a_backup_under_writes_is_one_moment_and_comes_back_with_ids_hashes_and_indexes(
    private_mongo: Callable[[], RunningMongo], tmp_path: Path
) -> None:
    busy, empty = private_mongo(), private_mongo()
    done = threading.Event()
    with (
        MongoClient[dict[str, Any]](busy.admin_url) as full,
        MongoClient[dict[str, Any]](empty.admin_url) as other,
    ):
        full.tips.tips.create_index("lane", name="lane", partialFilterExpression={"lane": {"$exists": True}})

        def pair(number: int) -> None:
            """A tip, and then what another service makes of it."""
            full.tips.tips.insert_one({"_id": number, "lane": number % 16, "text": "x" * 500})
            full.analytics.facts.insert_one({"_id": number})

        def write() -> None:
            number = 2000
            while not done.is_set():
                pair(number)
                number += 1

        for number in range(200):
            pair(number)
        writer = threading.Thread(target=write)
        writer.start()
        try:
            first = back_up(full, tmp_path / "backup", DATABASES)
        finally:
            done.set()
            writer.join()
        assert restore(other, tmp_path / "backup") == sum(one["count"] for one in first["files"].values())
        tips = {one["_id"] for one in other.tips.tips.find({}, {"_id": 1})}
        facts = {one["_id"] for one in other.analytics.facts.find({}, {"_id": 1})}
        assert set(range(200)) <= facts <= tips
        assert len(tips) - len(facts) <= 1
        assert "lane" in other.tips.tips.index_information()
        again = back_up(other, tmp_path / "again", DATABASES)
        assert {k: v["sha256"] for k, v in again["files"].items()} == {
            k: v["sha256"] for k, v in first["files"].items()
        }
        with pytest.raises(CannotRestore, match="is not empty"):
            restore(other, tmp_path / "backup")
        with pytest.raises(CannotBackUp, match="there already"):
            back_up(full, tmp_path / "backup", DATABASES)
        (tmp_path / "again" / "tips" / "tips.bson").write_bytes(b"")
        with pytest.raises(CannotRestore, match="not what was backed up"):
            restore(other, tmp_path / "again")
