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


def roles_in(case: Case, caller: Principal) -> tuple[Role, ...]:
    """Everything that the caller is to the case, the widest first: a head may mediate too, and then is both.

    Raises Forbidden outside the caller's areas, NotFound for a case that is none of a
    mediator's: it must not show that it exists.
    """
    covered = caller.covers(case.area)
    found = {
        Role.HEAD: caller.has(HEAD) and covered,
        Role.MEDIATOR: caller.has(HANDLE) and covered and case.mediator_subject == caller.id,
        Role.READER: caller.has(READ) and covered,
    }
    if roles := tuple(role for role, holds in found.items() if holds):
        return roles
    if caller.has(HANDLE) and not caller.has(READ):
        raise unknown()
    raise Forbidden("This area is not among yours.")


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
    for role in roles_in(case, caller):
        if role in roles:
            return role
    who = " or ".join(sorted(one.value for one in roles))
    raise Forbidden(f"This is for the case's {who}.")


def require_some_scope(caller: Principal) -> None:
    if not any(caller.has(scope) for scope in (HEAD, HANDLE, READ)):
        raise Forbidden(f"This call needs the scope {READ}, {HANDLE} or {HEAD}.")


def unknown() -> NotFound:
    """The one answer for a case that does not exist and for one that may not be seen."""
    return NotFound("There is no such case.")
