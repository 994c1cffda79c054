"""Every error the platform raises on purpose, as one tree.

    LiengiaError
    ├── Refused                  the domain or a door said no; repeating the call changes nothing
    │   ├── Invalid              the input is malformed                     HTTP 422
    │   ├── Unauthorised         nobody proved who they are                 HTTP 401
    │   ├── Forbidden            proved, but not for this scope or area     HTTP 403
    │   ├── NotFound             no such thing, or not for this caller      HTTP 404
    │   ├── Conflict             lawful in itself, not now                  HTTP 409
    │   │   └── IllegalTransition    not in the state table                 HTTP 409
    │   ├── VersionMismatch      If-Match names an older version            HTTP 412
    │   ├── TooLarge             a body over its limit                      HTTP 413
    │   └── RateLimited          too many, come back later                  HTTP 429
    ├── Unavailable              a part we stand on is away; come back      HTTP 503, consumers redeliver
    ├── NotYet                   an event came before what it needs         consumers park it by key
    └── Poison                   a record that can never be processed       consumers dead-letter it

`shared.web.problems` maps the tree to HTTP once, `shared.consume` to acknowledge, park or dead-letter once.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of an input. `pointer` is a JSON Pointer (RFC 6901) such as `/place/lat`.

    `message` never repeats the value.
    """

    pointer: str
    message: str


def pointer(parts: Iterable[str | int]) -> str:
    """A JSON Pointer (RFC 6901) made of member names and places in lists."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


class LiengiaError(Exception):
    """Root. `code` is stable snake_case that integrators may branch on.

    `detail` is for people and holds no personal data.
    """

    code = "error"

    def __init__(self, detail: str, *, code: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        if code is not None:
            self.code = code


class Refused(LiengiaError):
    code = "refused"


class Invalid(Refused):
    code = "validation_failed"

    def __init__(self, detail: str, faults: tuple[Fault, ...] = (), *, code: str | None = None) -> None:
        super().__init__(detail, code=code)
        self.faults = faults


class Unauthorised(Refused):
    code = "unauthorised"


class Forbidden(Refused):
    code = "forbidden"


class NotFound(Refused):
    code = "not_found"


class Conflict(Refused):
    code = "conflict"


class IllegalTransition(Conflict):
    code = "illegal_transition"


class VersionMismatch(Refused):
    code = "version_mismatch"


class TooLarge(Refused):
    code = "payload_too_large"


class RateLimited(Refused):
    code = "rate_limited"


class Unavailable(LiengiaError):
    """`retry_after` in seconds."""

    code = "unavailable"

    def __init__(self, detail: str, *, retry_after: int = 2, code: str | None = None) -> None:
        super().__init__(detail, code=code)
        self.retry_after = retry_after


class NotYet(LiengiaError):
    code = "not_yet"


class Poison(LiengiaError):
    """`code` is why: `bad_headers`, `no_value`, `not_json`, `schema`, `unknown_major`."""

    code = "poison"
