"""Who may see and touch a tip. One place, used by every officer's call."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from services.tips.tip.domain.state import Tip
from services.tips.tip.usecases.bench import Bench
from shared.auth import Principal
from shared.decision import Decision
from shared.errors import NotFound
from shared.outbox import Cause, Loaded

INSPECTORATE = "inspectorate"
READ = "tips:read"
HANDLE = "tips:handle"
SUPERVISE = "tips:supervise"
REQUEST_IDENTITY = "identity:request"
APPROVE_IDENTITY = "identity:approve"

Decide = Callable[[Tip, datetime], Decision[Tip]]


@dataclass(frozen=True, slots=True)
class Command:
    """An officer's call on one tip. `if_version` is the version it insists on."""

    tip_id: str
    caller: Principal
    if_version: int | None = None
    traceparent: str | None = None

    @property
    def cause(self) -> Cause:
        return Cause(self.caller.name, self.traceparent)


def require_access(tip: Tip, caller: Principal, scope: str) -> None:
    """Raise NotFound for a tip about an officer unless the caller is the inspectorate: it must not show
    that it exists.

    Otherwise raise Forbidden without the scope, or outside the caller's areas.
    """
    if tip.restricted and not caller.has(INSPECTORATE):
        raise unknown()
    caller.require(scope, tip.area)


async def open_tip(bench: Bench, command: Command, scope: str) -> Loaded[Tip]:
    """The tip of the command, if its caller may see it. Raises Forbidden, NotFound, Unavailable."""
    command.caller.require(scope)
    loaded = await load(bench, command.tip_id)
    require_access(loaded.state, command.caller, scope)
    return loaded


async def carry_out(
    bench: Bench, command: Command, decide: Decide, *, scope: str = HANDLE, erase_history: bool = False
) -> Loaded[Tip]:
    """Run one decision on a tip its caller may touch; `erase_history` drops what the history says with it.

    Access is judged before the version is compared, so that If-Match betrays nothing, and again on what is
    written. Raises Forbidden, NotFound, VersionMismatch, Unavailable and whatever the decision refuses.
    """
    await open_tip(bench, command, scope)

    def guarded(tip: Tip, now: datetime) -> Decision[Tip]:
        require_access(tip, command.caller, scope)
        return decide(tip, now)

    return await bench.outbox.update(
        command.tip_id,
        guarded,
        command.cause,
        if_version=command.if_version,
        erase_history=erase_history,
    )


async def load(bench: Bench, tip_id: str) -> Loaded[Tip]:
    try:
        return await bench.outbox.get(tip_id)
    except NotFound:
        raise unknown() from None


def unknown() -> NotFound:
    """The one answer for a tip that does not exist and for one that may not be seen."""
    return NotFound("There is no such tip.")
