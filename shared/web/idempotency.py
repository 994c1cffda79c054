"""Reading the Idempotency-Key. What is derived from it stands in `shared.identifiers`."""

import re
import uuid
from typing import Annotated

from fastapi import Depends, Header

from shared.errors import Fault, Invalid
from shared.web.access import MaybeCaller

_KEY = re.compile(r"[\x21-\x7e]{1,128}")
_POINTER = "/header/Idempotency-Key"


async def idempotency_key(
    caller: MaybeCaller, value: Annotated[str | None, Header(alias="Idempotency-Key")] = None
) -> str | None:
    """The caller's key, 1 to 128 visible ASCII characters, or None.

    Anonymous callers share one name space, so theirs must be a random UUID (RFC 9562, version 4): a guessable
    key would hand one reporter's answer to another. Quotes around the key are taken
    off (the draft standard has a structured-field string).
    """
    if value is None:
        return None
    key = value[1:-1] if len(value) > 2 and value[0] == value[-1] == '"' else value
    if not _KEY.fullmatch(key):
        raise _fault("must be 1 to 128 visible ASCII characters")
    return key if caller is not None else _random_uuid(key)


def _random_uuid(key: str) -> str:
    try:
        parsed = uuid.UUID(key)
    except ValueError:
        raise _fault("without a token the key must be a random UUID") from None
    if parsed.version != 4 or parsed.variant != uuid.RFC_4122:
        raise _fault("without a token the key must be a random UUID (version 4)")
    return str(parsed)


def _fault(message: str) -> Invalid:
    return Invalid("The header Idempotency-Key has a fault.", (Fault(_POINTER, message),))


IdempotencyKey = Annotated[str | None, Depends(idempotency_key)]
