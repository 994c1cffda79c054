"""Answering 304 to who has the newest already: by entity tag, else by date (RFC 9110, 13.1.2 and 13.1.3)."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Annotated, Final

from fastapi import Depends, Header
from starlette.responses import Response

# A date has whole seconds, and what was stored may show a moment later: a younger date than this could hide
# what came within the same second, so none is given yet and none is believed.
SETTLED: Final = timedelta(seconds=10)
_TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e]*)"')


@dataclass(frozen=True, slots=True)
class Known:
    """What the caller has already."""

    tags: str | None
    since: str | None

    def is_fresh(self, tag: str, changed: datetime | None, now: datetime) -> bool:
        """Whether it is what `tag` names, or, when no tag was sent, not older than `changed`."""
        if self.tags is not None:
            return self.tags.strip() == "*" or f'"{tag}"' in (
                f'"{found}"' for found in _TAG.findall(self.tags)
            )
        if self.since is None or changed is None or now - changed < SETTLED:
            return False
        since = _moment(self.since)
        return since is not None and changed.replace(microsecond=0) <= since


async def known(
    tags: Annotated[str | None, Header(alias="If-None-Match", max_length=2048)] = None,
    since: Annotated[str | None, Header(alias="If-Modified-Since", max_length=64)] = None,
) -> Known:
    return Known(tags, since)


Have = Annotated[Known, Depends(known)]


def fresh_answer(
    body: bytes, media_type: str, have: Known, *, changed: datetime | None, now: datetime
) -> Response:
    """`body` with its validators, or 304 without it. `changed` is when the newest part of it came."""
    tag = hashlib.sha256(body).hexdigest()[:32]
    # A cache must not hand an answer that names no origin to a page of another one.
    headers: Mapping[str, str] = {"ETag": f'"{tag}"', "Cache-Control": "public, no-cache", "Vary": "Origin"}
    if changed is not None and now - changed >= SETTLED:
        headers = {**headers, "Last-Modified": format_datetime(changed.astimezone(UTC), usegmt=True)}
    if have.is_fresh(tag, changed, now):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def _moment(text: str) -> datetime | None:
    """An HTTP date; what cannot be read counts as not sent (section 13.1.3)."""
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
