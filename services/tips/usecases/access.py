"""Who may see and touch a tip. One place, used by every officer's call."""

from dataclasses import dataclass

from services.tips.domain.state import Tip
from services.tips.usecases.bench import Bench
from shared.auth import Principal
from shared.errors import NotFound
from shared.outbox import Cause, Loaded

INSPECTORATE = "inspectorate"


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


async def load(bench: Bench, tip_id: str) -> Loaded[Tip]:
    try:
        return await bench.outbox.get(tip_id)
    except NotFound:
        raise unknown() from None


def unknown() -> NotFound:
    """The one answer for a tip that does not exist and for one that may not be seen."""
    return NotFound("There is no such tip.")
