"""`python -m deploy.local.backup FOLDER`: every database of the platform at one and the same moment.

The databases are read in one snapshot session, so that they agree with each other although the services go on
writing: a case refers to no tip that is not there. What was acknowledged before the backup began is in it;
what is accepted afterwards is not. Each collection is a file of BSON documents in order of `_id`, and
`manifest.json` holds the moment, indexes, counts and SHA-256 of every file. Together with the secrets it
opens everything: those are backed up apart from it (docs/operators.md).
"""

import argparse
import hashlib
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import bson
from bson import json_util
from bson.raw_bson import RawBSONDocument
from bson.timestamp import Timestamp
from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.errors import PyMongoError

from deploy.local.mongo_users import MongoUsers
from deploy.local.places import SECRETS
from deploy.local.private import write_private
from deploy.local.services import port_from, services

MANIFEST = "manifest.json"
DEFAULT_PORT = 27017
_BATCH = 1000

Client = MongoClient[Any]


class CannotBackUp(Exception):
    """With a sentence for a person."""


def back_up(client: Client, folder: Path, databases: Sequence[str]) -> dict[str, Any]:
    """Write `databases` into `folder`, which must be new; returns the manifest. Raises CannotBackUp."""
    if folder.exists():
        raise CannotBackUp(f"{folder} is there already: a backup is written once, into a folder of its own.")
    began = datetime.now(UTC)
    files: dict[str, Any] = {}
    try:
        with client.start_session(snapshot=True) as moment:
            for database in databases:
                for name in sorted(client[database].list_collection_names(filter={"type": "collection"})):
                    if not name.startswith("system."):
                        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                        files[f"{database}/{name}"] = _collection(client, moment, folder, database, name)
            taken: Timestamp = getattr(moment, "_snapshot_time")  # noqa: B009 - no public name in 4.20
    except PyMongoError as error:
        raise CannotBackUp(f"the databases could not be read at one moment: {error}") from error
    manifest = {
        "began": began.isoformat(),
        "moment": taken.as_datetime().isoformat(),
        "ended": datetime.now(UTC).isoformat(),
        "files": files,
    }
    write_private(folder / MANIFEST, json_util.dumps(manifest, indent=1) + "\n")
    return manifest


def _collection(
    client: Client, moment: ClientSession, folder: Path, database: str, name: str
) -> dict[str, Any]:
    place, digest, count = folder / database / f"{name}.bson", hashlib.sha256(), 0
    write_private(place, "")
    with place.open("wb") as file:
        for raw in _documents(client, moment, database, name):
            file.write(raw)
            digest.update(raw)
            count += 1
        os.fsync(file.fileno())
    indexes = [dict(one) for one in client[database][name].list_indexes()]
    return {"count": count, "sha256": digest.hexdigest(), "indexes": indexes}


def _documents(client: Client, moment: ClientSession, database: str, name: str) -> Iterator[bytes]:
    options = bson.codec_options.CodecOptions(document_class=RawBSONDocument)
    collection = client[database].get_collection(name, codec_options=options)
    for document in collection.find({}, sort=[("_id", 1)], batch_size=_BATCH, session=moment):
        yield document.raw


def administrator(url: str | None) -> Client:
    """The given MongoDB, else that of `make up` as its administrator."""
    if url:
        return MongoClient(url)
    port = port_from("LIENGIA_PORT_MONGO", DEFAULT_PORT)
    return MongoUsers([port], SECRETS / "mongo.json").as_root()


def wishes(name: str, about: str | None, folder: str, arguments: Sequence[str]) -> argparse.Namespace:
    """`folder` and `url` as `python -m deploy.local.<name>` was given them."""
    parser = argparse.ArgumentParser(prog=f"python -m deploy.local.{name}", description=about)
    parser.add_argument("folder", type=Path, help=folder)
    parser.add_argument("--url", default=os.environ.get("MONGO_URL"), help="of an administrator; MONGO_URL")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    wanted = wishes("backup", __doc__, "a new folder for this backup", arguments)
    try:
        with administrator(wanted.url) as client:
            manifest = back_up(client, wanted.folder, [service.name for service in services()])
    except CannotBackUp as failure:
        print(failure, file=sys.stderr)
        return 1
    count = sum(one["count"] for one in manifest["files"].values())
    print(f"{count} documents as they were at {manifest['moment']} are in {wanted.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
