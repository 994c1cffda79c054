"""`python -m deploy.local.restore FOLDER`: a backup into empty databases, every document and index checked.

Stop every service first, and give them an empty Kafka afterwards (docs/operators.md): the relays then send
again what their journals hold, and consumers drop what they have.
"""

import hashlib
import itertools
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import bson
from bson import json_util
from bson.raw_bson import RawBSONDocument
from pymongo.errors import PyMongoError
from pymongo.write_concern import WriteConcern

from deploy.local.backup import MANIFEST, Client, administrator, wishes

_BATCH = 1000
_GIVEN_BY_MONGODB = ("v", "key", "name", "ns")


class CannotRestore(Exception):
    """With a sentence for a person."""


def restore(client: Client, folder: Path) -> int:
    """Put the backup in `folder` into the databases it names, which must be empty; returns how many documents
    it holds. Nothing is written unless every file is as it was. Raises CannotRestore."""
    try:
        manifest = json_util.loads((folder / MANIFEST).read_text())
    except OSError as error:
        raise CannotRestore(f"{folder} is no backup: {error}") from error
    for place, told in manifest["files"].items():
        if _digest(folder / f"{place}.bson") != told["sha256"]:
            raise CannotRestore(f"{place} is not what was backed up: take another backup.")
    try:
        for database in sorted({place.split("/")[0] for place in manifest["files"]}):
            for name in client[database].list_collection_names():
                if client[database][name].find_one({}) is not None:
                    raise CannotRestore(f"{database} is not empty ({name}): restore into an empty MongoDB.")
        return sum(_collection(client, folder, place, told) for place, told in manifest["files"].items())
    except PyMongoError as error:
        raise CannotRestore(f"the databases could not be filled: {error}") from error


def _collection(client: Client, folder: Path, place: str, told: dict[str, Any]) -> int:
    database, name = place.split("/")
    durable = WriteConcern(w="majority", j=True)
    collection = client[database].get_collection(name, write_concern=durable)
    documents = _documents(folder / f"{place}.bson")
    while batch := list(itertools.islice(documents, _BATCH)):
        collection.insert_many(batch, ordered=False)
    found = collection.count_documents({})
    if found != told["count"]:
        raise CannotRestore(f"{place} has {found} of {told['count']} documents.")
    # After the count: an index that lets documents expire begins at once on what is past its time by now.
    for index in told["indexes"]:
        if index["name"] != "_id_":
            options = {key: value for key, value in index.items() if key not in _GIVEN_BY_MONGODB}
            collection.create_index(list(index["key"].items()), name=index["name"], **options)
    return int(found)


def _documents(file: Path) -> Iterator[RawBSONDocument]:
    options = bson.codec_options.CodecOptions(document_class=RawBSONDocument)
    with file.open("rb") as opened:
        yield from bson.decode_file_iter(opened, options)


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def main(arguments: Sequence[str]) -> int:
    wanted = wishes("restore", __doc__, "the folder of the backup", arguments)
    try:
        with administrator(wanted.url) as client:
            count = restore(client, wanted.folder)
    except CannotRestore as failure:
        print(failure, file=sys.stderr)
        return 1
    print(f"{count} documents of {wanted.folder} are in place")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
