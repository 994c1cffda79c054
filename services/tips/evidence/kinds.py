"""What a file is, by its content; its name and what its sender calls it are never believed."""

from enum import StrEnum

import puremagic

from shared.contracts.vocabulary import AttachmentKind

HEAD_BYTES = 4096


class Family(StrEnum):
    """What can be cleaned, each in its own way (`cleaner.py`)."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    PDF = "pdf"
    MP4 = "mp4"
    MATROSKA = "matroska"
    MP3 = "mp3"
    OGG = "ogg"
    WAV = "wav"


_FAMILY = {
    "image/jpeg": Family.JPEG,
    "image/png": Family.PNG,
    "image/webp": Family.WEBP,
    "application/pdf": Family.PDF,
    "video/mp4": Family.MP4,
    "video/quicktime": Family.MP4,
    "audio/mp4": Family.MP4,
    "video/3gpp": Family.MP4,
    "video/webm": Family.MATROSKA,
    "video/x-matroska": Family.MATROSKA,
    "audio/mpeg": Family.MP3,
    "application/ogg": Family.OGG,
    "audio/ogg": Family.OGG,
    "audio/wave": Family.WAV,
    "audio/x-wav": Family.WAV,
}


def recognise(head: bytes) -> Family | None:
    """The family of a file that begins with `head` (at most `HEAD_BYTES`), None for what is not taken."""
    try:
        guesses = puremagic.magic_string(head[:HEAD_BYTES])
    except (puremagic.PureError, ValueError):
        return None
    return next((_FAMILY[guess.mime_type] for guess in guesses if guess.mime_type in _FAMILY), None)


def kind_of(media_type: str) -> AttachmentKind:
    """What people call it."""
    kinds = {"image": AttachmentKind.PHOTO, "video": AttachmentKind.VIDEO, "audio": AttachmentKind.AUDIO}
    return kinds.get(media_type.partition("/")[0], AttachmentKind.DOCUMENT)
