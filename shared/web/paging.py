"""Cursor pagination: `?limit=&cursor=`, answered by `{items, next_cursor}`.

A cursor is opaque and carries a check sum, not a signature: it names a place in a list and grants
nothing, since every page filters anew by what the caller may see.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

import orjson
from fastapi import Depends, Query
from pydantic import TypeAdapter, ValidationError

from shared.errors import Fault, Invalid

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
_SUM_BYTES = 6
Shape = TypeVar("Shape")


@dataclass(frozen=True, slots=True)
class Page:
    """What a list was asked for: at most `limit` items after `cursor` (None: from the start)."""

    limit: int
    cursor: str | None


async def page(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, Query(max_length=2048)] = None,
) -> Page:
    return Page(limit, cursor or None)


def write_cursor(position: Any) -> str:
    """An opaque text for a JSON-native position."""
    body = orjson.dumps(position)
    return urlsafe_b64encode(_sum(body) + body).rstrip(b"=").decode()


def read_cursor(cursor: str, shape: type[Shape], *, pointer: str = "/query/cursor") -> Shape:
    """The position in a cursor that `write_cursor` made; raises `Invalid` for anything else."""
    try:
        raw = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        if (
            raw[:_SUM_BYTES] != _sum(raw[_SUM_BYTES:])
            or write_cursor(orjson.loads(raw[_SUM_BYTES:])) != cursor
        ):
            raise ValueError("not one of ours")
        return TypeAdapter(shape).validate_json(raw[_SUM_BYTES:])
    except (ValueError, ValidationError):
        raise Invalid("The cursor has a fault.", (Fault(pointer, "is not a cursor of this list"),)) from None


def listed(items: Sequence[Any], next_position: Any | None) -> dict[str, Any]:
    """The body of a list; `next_position` is None on the last page."""
    return {
        "items": list(items),
        "next_cursor": None if next_position is None else write_cursor(next_position),
    }


def _sum(body: bytes) -> bytes:
    return hashlib.sha256(b"liengia cursor\0" + body).digest()[:_SUM_BYTES]


Paging = Annotated[Page, Depends(page)]
