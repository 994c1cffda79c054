"""Who may see and touch a case. One place, used by every call of the team.

- `mediation:head`: a team's head, every case of their area;
- `mediation:handle`: a mediator, only the cases assigned to them;
- `mediation:read`: the summary alone, which is what the police have: no party, session, term or reason.
"""

from dataclasses import dataclass
from enum import Enum

from services.mediation.domain.state import Case
from services.mediation.usecases.bench import Bench
from shared.auth import Principal
from shared.errors import Forbidden, NotFound
from shared.outbox import Cause, Loaded

HEAD, HANDLE, READ = "mediation:head", "mediation:handle", "mediation:read"


class Role(Enum):
    """What a caller is to a case."""

    HEAD = "head"
    MEDIATOR = "mediator"
    READER = "reader"


@dataclass(frozen=True, slots=True)
class Command:
    """A call of the team on one case. `if_version` is the version it insists on."""

    case_id: str
    caller: Principal
    if_version: int | None = None
    traceparent: str | None = None

    @property
    def cause(self) -> Cause:
        return Cause(self.caller.name, self.traceparent)


def role_in(case: Case, caller: Principal) -> Role:
    """Raises Forbidden outside the caller's areas or without a scope, NotFound for a case that is none of a
    mediator's: it must not show that it exists."""
    if caller.has(HEAD) and caller.covers(case.area):
        return Role.HEAD
    if caller.has(HANDLE) and case.mediator_subject == caller.id:
        return Role.MEDIATOR
    if caller.has(READ):
        caller.require(READ, case.area)
        return Role.READER
    if caller.has(HANDLE):
        raise unknown()
    caller.require(HEAD, case.area)
    return Role.HEAD


async def open_case(bench: Bench, command: Command, *roles: Role) -> tuple[Loaded[Case], Role]:
    """The case of the command and what its caller is to it. Raises Forbidden for a role not among `roles`,
    NotFound, Unavailable."""
    require_some_scope(command.caller)
    try:
        loaded = await bench.cases.get(command.case_id)
    except NotFound:
        raise unknown() from None
    return loaded, require_role(loaded.state, command.caller, *roles)


def require_role(case: Case, caller: Principal, *roles: Role) -> Role:
    role = role_in(case, caller)
    if role not in roles:
        who = " or ".join(sorted(one.value for one in roles))
        raise Forbidden(f"This is for the case's {who}.")
    return role


def require_some_scope(caller: Principal) -> None:
    if not any(caller.has(scope) for scope in (HEAD, HANDLE, READ)):
        raise Forbidden(f"This call needs the scope {READ}, {HANDLE} or {HEAD}.")


def unknown() -> NotFound:
    """The one answer for a case that does not exist and for one that may not be seen."""
    return NotFound("There is no such case.")
