"""Runs the cleaner on a file, apart from the service: without its secrets, its memory and its time."""

import asyncio
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from services.tips.evidence.kinds import Family
from shared.errors import Invalid, Unavailable

_CHECKOUT = Path(__file__).resolve().parents[3]
_SECONDS = 90
_AT_ONCE = 2
_MOST_BYTES = 400 * 1024 * 1024
_REFUSED = 3

WHY: Final[Mapping[str, str]] = {
    "unreadable": "Không đọc được tệp này; có thể tệp bị hỏng. Hãy gửi bản khác. "
    "This file cannot be read; it may be damaged. Please send another copy.",
    "too_large_inside": "Tệp mở ra quá lớn. Hãy gửi bản nhỏ hơn hoặc ít trang hơn. "
    "This file is too large once opened. Please send a smaller one, or fewer pages.",
    "protected": "Tệp có mật khẩu nên không xóa được thông tin về người gửi. Hãy gửi bản không có mật khẩu. "
    "This file has a password, so what it tells of you cannot be removed. Please send it without one.",
    "nothing_inside": "Tệp không có nội dung. Hãy kiểm tra và gửi lại. "
    "There is nothing in this file. Please check it and send it again.",
}


@dataclass
class Cleaner:
    """At most two files at once; others wait their turn."""

    turns: asyncio.Semaphore

    @staticmethod
    def make() -> "Cleaner":
        return Cleaner(asyncio.Semaphore(_AT_ONCE))

    async def clean(self, family: Family, source: IO[bytes], target: IO[bytes]) -> str:
        """Write the copy of `source` to `target` and return its media type.

        Raises Invalid `file_not_clean` in words for its sender; Unavailable when it takes too long.
        """
        async with self.turns:
            source.seek(0)
            program = (sys.executable, "-m", "services.tips.evidence.cleaner", family.value, str(_MOST_BYTES))
            process = await asyncio.create_subprocess_exec(
                *program,
                stdin=source,
                stdout=target,
                stderr=asyncio.subprocess.PIPE,
                cwd=_CHECKOUT,
                env={"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"},
            )
            try:
                async with asyncio.timeout(_SECONDS):
                    _, told = await process.communicate()
            except TimeoutError:
                raise Unavailable("The file takes too long to be made safe.", retry_after=60) from None
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        if process.returncode == 0:
            return told.decode()
        # A program that its limits ended says nothing: what it read was made to be too much.
        why = told.decode(errors="replace") if process.returncode == _REFUSED else "too_large_inside"
        raise Invalid(WHY.get(why, WHY["unreadable"]), code="file_not_clean")
