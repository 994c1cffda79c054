"""ETag and If-Match (RFC 9110, sections 8.8.3 and 13.1.1). An entity tag is an aggregate's version, `"7"`."""

import re
from typing import Annotated

from fastapi import Depends, Header

from shared.errors import Fault, Invalid, VersionMismatch

_TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e]*)"')


def etag(version: int) -> str:
    return f'"{version}"'


async def if_match(
    value: Annotated[str | None, Header(alias="If-Match", max_length=200)] = None,
) -> int | None:
    """The version a write insists on, or None for any (no header, or `*`).

    `W/` is tolerated. A tag we never gave out matches nothing: `VersionMismatch`. Anything else: `Invalid`.
    """
    if value is None or value.strip() == "*":
        return None
    found = _TAG.fullmatch(value.strip())
    if found is None:
        raise Invalid(
            "The header If-Match has a fault.",
            (Fault("/header/If-Match", 'must be one tag such as "7", or *'),),
        )
    tag = found.group(1)
    if not (tag.isascii() and tag.isdigit() and len(tag) < 16):
        raise VersionMismatch("If-Match names a version that never was.")
    return int(tag)


IfMatch = Annotated[int | None, Depends(if_match)]
