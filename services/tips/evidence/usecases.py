"""Taking files in and showing them. A file is never whole in memory, and never outside its seal but in a
nameless scratch file while it is being taken in."""

import hashlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, Any, Protocol

from services.tips.evidence import domain
from services.tips.evidence.domain import Which
from services.tips.evidence.kinds import HEAD_BYTES, Family, kind_of, recognise
from services.tips.tip.domain import deadlines
from services.tips.tip.domain.rules import LIMITS
from services.tips.tip.domain.state import Evidence, StoredFile, Tip
from services.tips.tip.usecases.access import HANDLE, READ, SUPERVISE, Command, Decide, carry_out, open_tip
from services.tips.tip.usecases.bench import Bench
from shared.contracts.vocabulary import MessageAuthor
from shared.decision import Decision
from shared.errors import Conflict, Invalid, Refused, TooLarge
from shared.outbox import Cause, Loaded
from shared.sealing import DataKey

PIECE = 1024 * 1024
UNSUPPORTED = (
    "Chỉ nhận ảnh (JPEG, PNG, WebP), PDF, âm thanh và video (MP4, WebM, MP3, OGG, WAV). "
    "Hãy đổi sang một dạng này. "
    "Only pictures (JPEG, PNG, WebP), PDF, sound and film (MP4, WebM, MP3, OGG, WAV) are taken. "
    "Please convert it."
)


class Files(Protocol):
    """Sealed pieces by file and number. Every method raises Unavailable when the database is away."""

    async def begin(self, file: str, tip_id: str, now: datetime) -> None: ...

    async def put(self, file: str, number: int, sealed: bytes) -> None: ...

    async def get(self, file: str, number: int) -> bytes | None: ...

    async def drop(self, file: str) -> None: ...


class Cleans(Protocol):
    async def clean(self, family: Family, source: IO[bytes], target: IO[bytes]) -> str: ...


@dataclass(frozen=True, slots=True)
class Shelf:
    """What evidence needs beside the bench."""

    files: Files
    cleaner: Cleans


@dataclass(frozen=True, slots=True)
class Sent:
    """A file on its way in: who sends it, and what tells a repeat of the call."""

    author: MessageAuthor
    pieces: AsyncIterator[bytes]
    mark: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A file on its way out; `pieces` come opened, one after the other."""

    media_type: str
    size: int
    version: int
    pieces: AsyncIterator[bytes]


async def add_by_officer(bench: Bench, shelf: Shelf, command: Command, sent: Sent) -> Evidence:
    loaded = await open_tip(bench, command, HANDLE)

    async def commit(decide: Decide) -> Loaded[Tip]:
        return await carry_out(bench, command, decide)

    return await add(bench, shelf, loaded, sent, commit)


async def add_by_reporter(
    bench: Bench, shelf: Shelf, loaded: Loaded[Tip], sent: Sent, cause: Cause
) -> Evidence:
    async def commit(decide: Decide) -> Loaded[Tip]:
        return await bench.outbox.update(loaded.id, decide, cause)

    return await add(bench, shelf, loaded, sent, commit)


class Commit(Protocol):
    async def __call__(self, decide: Decide, /) -> Loaded[Tip]: ...


async def add(bench: Bench, shelf: Shelf, loaded: Loaded[Tip], sent: Sent, commit: Commit) -> Evidence:
    """Take a file in, make its copy, store both sealed, and only then say in the tip that it is there.

    Raises TooLarge; Invalid `unsupported_file`, `file_not_clean`, `empty_file`; Conflict `too_many_files`,
    `idempotency_mismatch`; IllegalTransition; Unavailable, after which the same call may be repeated.
    """
    earlier = _marked(loaded.state, sent.mark)
    if earlier is None:
        domain.require_room(loaded.state, sent.author)
    with TemporaryFile() as came:
        digest = await _take_in(sent.pieces, came)
        if earlier is not None:
            return _same(bench, loaded, earlier, digest)
        fresh = await _sealed(bench, shelf, loaded, sent, came, digest)

    def decide(tip: Tip, now: datetime) -> Decision[Tip]:
        if _marked(tip, sent.mark) is not None:
            return Decision(tip, next_due=deadlines.next_due(tip))
        return domain.add(tip, replace(fresh, at=now))

    try:
        added = _marked((await commit(decide)).state, sent.mark)
    except Refused:
        for file in (fresh.copy, fresh.original):
            if file is not None:
                await shelf.files.drop(file.id)
        raise
    if added is None:
        raise Conflict("The file was not stored.")
    return added


async def _sealed(
    bench: Bench, shelf: Shelf, loaded: Loaded[Tip], sent: Sent, came: IO[bytes], digest: str
) -> Evidence:
    """What came and its copy, stored sealed: evidence that is in no tip yet."""
    came.seek(0)
    family = recognise(came.read(HEAD_BYTES))
    if family is None:
        raise Invalid(UNSUPPORTED, code="unsupported_file")
    key, now = bench.sealer.key(loaded.state.key, loaded.id), bench.now()
    with TemporaryFile() as copy:
        media_type = await shelf.cleaner.clean(family, came, copy)
        shown = await _store(shelf.files, loaded.id, key, copy, now)
    kept = None
    if domain.keeps_original(loaded.state, sent.author):
        kept = await _store(shelf.files, loaded.id, key, came, now)
    sealed = key.seal(_digest_field(shown), digest)
    return Evidence(0, sent.author, now, kind_of(media_type), media_type, sealed, shown, kept, sent.mark)


async def look(bench: Bench, shelf: Shelf, command: Command, *, number: int, which: Which) -> Seen:
    """A file for an officer; the original only for a supervisor. That it was seen is stored before it is
    shown.

    Raises Forbidden, NotFound, Unavailable, Conflict `history_full`.
    """
    loaded = await carry_out(
        bench,
        command,
        lambda tip, now: domain.look(tip, number, which),
        scope=READ if which == "copy" else SUPERVISE,
    )
    evidence, file = domain.find(loaded.state, number, which)
    media_type = evidence.media_type if which == "copy" else "application/octet-stream"
    key = bench.sealer.key(loaded.state.key, loaded.id)
    return Seen(media_type, file.size, loaded.version, _pieces(shelf.files, file, key))


async def custody(bench: Bench, command: Command, *, number: int) -> dict[str, Any]:
    """Who added a file and who looked at it, in order, with the SHA-256 of what came."""
    loaded = await open_tip(bench, command, READ)
    evidence, _ = domain.find(loaded.state, number)
    chain = [
        {"at": entry.time, "actor": entry.actor, "what": entry.what, "which": entry.payload.get("which")}
        for entry in loaded.timeline
        if entry.payload is not None and entry.payload.get("evidence") == number
    ]
    return {**shown(bench, loaded, evidence), "items": chain}


def shown(bench: Bench, loaded: Loaded[Tip], evidence: Evidence) -> dict[str, Any]:
    """What an officer is told of a file without looking at it."""
    return {
        "number": evidence.number,
        "author": evidence.author,
        "at": evidence.at,
        "kind": evidence.kind,
        "media_type": evidence.media_type,
        "size": evidence.copy.size,
        "sha256": bench.open(loaded.id, loaded.state, _digest_field(evidence.copy), evidence.sha256),
        "original_kept": evidence.original is not None,
    }


def _digest_field(copy: StoredFile) -> str:
    return f"evidence/{copy.id}/sha256"


def _piece_field(file: str, number: int) -> str:
    return f"evidence/{file}/{number}"


async def _take_in(pieces: AsyncIterator[bytes], came: IO[bytes]) -> str:
    """Writes what comes into a scratch file; returns its SHA-256 (hex)."""
    digest, size = hashlib.sha256(), 0
    async for piece in pieces:
        size += len(piece)
        if size > LIMITS.file_bytes:
            raise TooLarge(f"A file has at most {LIMITS.file_bytes // 1024 // 1024} MB.")
        digest.update(piece)
        came.write(piece)
    if size == 0:
        raise Invalid("Tệp trống. The file is empty.", code="empty_file")
    came.flush()
    return digest.hexdigest()


async def _store(files: Files, tip_id: str, key: DataKey, plain: IO[bytes], now: datetime) -> StoredFile:
    file, number, size = secrets.token_hex(16), 0, 0
    await files.begin(file, tip_id, now)
    plain.seek(0)
    while piece := plain.read(PIECE):
        await files.put(file, number, key.seal_bytes(_piece_field(file, number), piece))
        number, size = number + 1, size + len(piece)
    return StoredFile(file, size)


async def _pieces(files: Files, file: StoredFile, key: DataKey) -> AsyncIterator[bytes]:
    for number in range(-(-file.size // PIECE)):
        sealed = await files.get(file.id, number)
        if sealed is None:
            raise Conflict("The file was erased meanwhile.")
        yield key.open_bytes(_piece_field(file.id, number), sealed)


def _marked(tip: Tip, mark: str) -> Evidence | None:
    return next((one for one in tip.evidence if one.mark == mark), None)


def _same(bench: Bench, loaded: Loaded[Tip], earlier: Evidence, digest: str) -> Evidence:
    if bench.open(loaded.id, loaded.state, _digest_field(earlier.copy), earlier.sha256) != digest:
        raise Conflict("This key was used with another file.", code="idempotency_mismatch")
    return earlier
