"""A program of its own that reads one file that may be hostile and writes a copy without metadata.

`python -m services.tips.evidence.cleaner <family> <most bytes>`: the file is standard input, the copy
standard
output, both seekable. Status 0 and the media type of the copy on standard error, or 3 and why not. It
bounds its own
memory and time, and its parent gives it no secret: a parser that is taken over has nothing to tell.

Pictures are decoded and encoded again; the pages of a PDF become pictures of themselves, so that no script,
form,
hidden layer or picture's own metadata is left; sound and film keep their coded streams in a new container,
without tags, subtitles, attachments, data tracks and the encoder's remarks.
"""

import io
import resource
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import BinaryIO

import av
import pypdfium2
from av.bitstream import BitStreamFilterContext
from PIL import Image, ImageOps

REFUSED = 3
MOST_PIXELS = 60_000_000
MOST_PAGES = 200
_PAGE_PIXELS = 4_000_000
_MEMORY_BYTES = 1536 * 1024 * 1024
_CPU_SECONDS = 60
# Network abstraction units that hold remarks and not pictures (H.264: SEI; H.265: SEI before and after).
_REMARKS = {"h264": "filter_units=remove_types=6", "hevc": "filter_units=remove_types=39-40"}

Clean = Callable[[BinaryIO, BinaryIO], str]


class NotClean(Exception):
    """Why there is no copy: `unreadable`, `too_large_inside`, `protected` or `nothing_inside`."""


def picture(source: BinaryIO, target: BinaryIO, *, format: str) -> str:
    with Image.open(source, formats=[format]) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise NotClean("too_large_inside")
        upright = ImageOps.exif_transpose(opened)
        lossless = format == "PNG"
        plain = upright.convert("RGBA" if lossless and upright.has_transparency_data else "RGB")
    # Pixels alone are carried over: a saved image takes remarks along from the one it was read from.
    copy = Image.frombytes(plain.mode, plain.size, plain.tobytes())
    if lossless:
        copy.save(target, "PNG")
        return "image/png"
    copy.save(target, "JPEG", quality=90)
    return "image/jpeg"


def document(source: BinaryIO, target: BinaryIO) -> str:
    try:
        read = pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as fault:
        raise NotClean("protected" if "password" in str(fault).lower() else "unreadable") from None
    if len(read) > MOST_PAGES:
        raise NotClean("too_large_inside")
    if not len(read):
        raise NotClean("nothing_inside")
    copy = pypdfium2.PdfDocument.new()
    for page in read:
        width, height = page.get_size()
        scale = min(150 / 72, (_PAGE_PIXELS / max(width * height, 1)) ** 0.5)
        drawn = io.BytesIO()
        page.render(scale=scale).to_pil().convert("RGB").save(drawn, "JPEG", quality=85)
        image = pypdfium2.PdfImage.new(copy)
        image.load_jpeg(drawn, inline=True)
        image.set_matrix(pypdfium2.PdfMatrix().scale(width, height))
        written = copy.new_page(width, height)
        written.insert_obj(image)
        written.gen_content()
        page.close()
        written.close()
    copy.save(target)
    return "application/pdf"


def recording(source: BinaryIO, target: BinaryIO, *, read: str, write: str, sub: str) -> str:
    with (
        av.open(source, "r", format=read) as opened,
        av.open(target, "w", format=write, options={"fflags": "+bitexact"}) as copy,
    ):
        covers = av.stream.Disposition.attached_pic
        film = [one for one in opened.streams.video if not one.disposition & covers]
        kept = {one.index: copy.add_stream_from_template(one) for one in [*film, *opened.streams.audio]}
        if not kept:
            raise NotClean("nothing_inside")
        filters = {
            one.index: BitStreamFilterContext(_REMARKS[one.codec_context.name], one)
            for one in film
            if one.codec_context.name in _REMARKS
        }
        for packet in opened.demux([*film, *opened.streams.audio]):
            index = packet.stream.index
            if packet.dts is None:
                continue
            for plain in filters[index].filter(packet) if index in filters else [packet]:
                plain.stream = kept[index]
                copy.mux(plain)
    return f"{'video' if film else 'audio'}/{sub}"


WAYS: Mapping[str, Clean] = {
    "jpeg": partial(picture, format="JPEG"),
    "png": partial(picture, format="PNG"),
    "webp": partial(picture, format="WEBP"),
    "pdf": document,
    "mp4": partial(recording, read="mp4", write="mp4", sub="mp4"),
    "matroska": partial(recording, read="matroska", write="matroska", sub="x-matroska"),
    "mp3": partial(recording, read="mp3", write="mp3", sub="mpeg"),
    "ogg": partial(recording, read="ogg", write="ogg", sub="ogg"),
    "wav": partial(recording, read="wav", write="wav", sub="wav"),
}


def main(family: str, most_bytes: int) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    av.logging.set_level(av.logging.PANIC)
    try:
        with open(0, "rb", closefd=False) as source, open(1, "w+b", closefd=False) as target:
            media_type = WAYS[family](source, target)
    except NotClean as why:
        sys.stderr.write(str(why))
        return REFUSED
    except (MemoryError, Image.DecompressionBombError):
        sys.stderr.write("too_large_inside")
        return REFUSED
    except Exception:  # noqa: BLE001 - whatever a hostile file makes a parser raise, it is not clean
        sys.stderr.write("unreadable")
        return REFUSED
    sys.stderr.write(media_type)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
