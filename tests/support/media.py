"""Small files as a telephone makes them, with planted remarks about their maker, and hostile ones."""

import io
import struct
import zlib
from fractions import Fraction
from typing import Any

import av
import pypdfium2
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from PIL.PngImagePlugin import PngInfo

PLANTED = "PLANTED-DEVICE"


def photo(format: str = "JPEG", size: tuple[int, int] = (64, 48)) -> bytes:
    """With camera, position and a comment."""
    exif = Image.Exif()
    exif[Base.Make] = PLANTED
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (10.0, 46.0, 17.3)
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSMapDatum] = PLANTED
    options: dict[str, Any] = {"exif": exif}
    if format == "JPEG":
        options["comment"] = PLANTED
    if format == "PNG":
        options["pnginfo"] = remarks()
    written = io.BytesIO()
    Image.effect_mandelbrot(size, (-2, -1, 1, 1), 20).convert("RGB").save(written, format, **options)
    return written.getvalue()


def large_photo() -> bytes:
    """Noise, which nothing makes smaller: about 2 MB."""
    written = io.BytesIO()
    Image.effect_noise((1400, 1400), 90).save(written, "PNG")
    return written.getvalue()


def remarks() -> PngInfo:
    told = PngInfo()
    told.add_text("Author", PLANTED)
    return told


def document(pages: int = 1) -> bytes:
    """Pages with an author, and a photo that has remarks of its own."""
    written = io.BytesIO()
    first, *others = [Image.open(io.BytesIO(photo())) for _ in range(pages)]
    first.save(written, "PDF", save_all=True, append_images=others, author=PLANTED, title=PLANTED)
    return written.getvalue()


def film(container: str = "mp4", codec: str = "libx264") -> bytes:
    written = io.BytesIO()
    with av.open(written, "w", format=container) as made:
        made.metadata.update({"title": PLANTED, "location": "+10.7712+106.7012/", "artist": PLANTED})
        stream: Any = made.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.metadata["handler_name"] = PLANTED
        for number in range(10):
            frame = av.VideoFrame(64, 48, "yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, 10)
            made.mux(stream.encode(frame))
        made.mux(stream.encode())
    return written.getvalue()


def sound(container: str = "mp3", codec: str = "libmp3lame") -> bytes:
    written = io.BytesIO()
    with av.open(written, "w", format=container) as made:
        made.metadata.update({"title": PLANTED, "artist": PLANTED})
        stream: Any = made.add_stream(codec, rate=48_000)
        stream.layout = "mono"
        size = stream.codec_context.frame_size or 1024
        for number in range(10):
            frame = av.AudioFrame(format=stream.codec_context.format.name, layout="mono", samples=size)
            frame.sample_rate, frame.pts = 48_000, number * size
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            made.mux(stream.encode(frame))
        made.mux(stream.encode())
    return written.getvalue()


def wave_header(size: int) -> bytes:
    """What `size` bytes of sound (16 bit, mono, 48 kHz) follow."""
    form = struct.pack("<HHIIHH", 1, 1, 48_000, 96_000, 2, 16)
    return (
        b"RIFF"
        + struct.pack("<I", size + 36)
        + b"WAVEfmt "
        + struct.pack("<I", 16)
        + form
        + (b"data" + struct.pack("<I", size))
    )


def picture_bomb(side: int = 50_000) -> bytes:
    """A PNG of a few kilobytes that says it is `side` pixels wide and high."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def long_document(pages: int = 300) -> bytes:
    written = io.BytesIO()
    made = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        made.new_page(100, 100)
    made.save(written)
    return written.getvalue()
