"""Teams and their mediators. Names are sealed under the team's key and opened for heads alone."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from services.mediation.domain import team as domain
from services.mediation.domain.team import Interest, Mediator, Relation, Team
from services.mediation.usecases import identifiers
from services.mediation.usecases.access import HANDLE, HEAD, READ, require_some_scope
from services.mediation.usecases.bench import Bench
from shared.auth import EVERYWHERE, Principal
from shared.decision import Decision
from shared.errors import Conflict, NotFound
from shared.identifiers import Origin, derived_id, fingerprint, refuse_another_body, seed_of
from shared.outbox import Cause, Loaded

INTEREST = "interest"  # the sealed field


@dataclass(frozen=True, slots=True)
class NewMediator:
    """`subject` is the subject of the mediator's token; `elected_share` their share of the votes."""

    subject: str
    name: str
    woman: bool
    minority: bool
    elected_share: float
    interests: Sequence["NewInterest"] = ()


@dataclass(frozen=True, slots=True)
class NewInterest:
    relation: Relation
    person: str | None = None
    case_id: str | None = None


async def found(
    bench: Bench,
    caller: Principal,
    *,
    area: str,
    name: str,
    minority_area: bool,
    key: str | None,
    traceparent: str | None,
) -> Loaded[Team]:
    """`POST /teams`. Raises Forbidden, Conflict `idempotency_mismatch`, Unavailable."""
    caller.require(HEAD, area)
    team_id = derived_id("team", bench.secret, seed_of(Origin(caller.name, key=key)))
    team = Team(area, name, bench.sealer.new_key(team_id), minority_area)
    loaded, created = await bench.teams.create(team_id, domain.found(team), Cause(caller.name, traceparent))
    first = loaded.state
    if not created and (first.area, first.name, first.minority_area) != (area, name, minority_area):
        raise Conflict("This key was used with another body.", code="idempotency_mismatch")
    return loaded


async def add_mediator(
    bench: Bench,
    caller: Principal,
    team_id: str,
    wanted: NewMediator,
    *,
    key: str | None,
    if_version: int | None,
    traceparent: str | None,
) -> Loaded[Team]:
    """`POST /teams/{id}/mediators`; the same key again adds nobody."""
    loaded = await _of_head(bench, caller, team_id)
    mark = identifiers.mark(bench.secret, team_id, seed_of(Origin(caller.name, key=key))).hex()
    body = fingerprint(bench.secret, asdict(wanted))
    wrapped = loaded.state.key
    mediator = Mediator(
        number=0,
        subject=wanted.subject,
        name=bench.sealer.seal(wrapped, team_id, _name(wanted.subject), wanted.name),
        woman=wanted.woman,
        minority=wanted.minority,
        mark=mark,
        body=body,
        elected_share=wanted.elected_share,
        interests=tuple(_sealed(bench, team_id, wrapped, one) for one in wanted.interests),
    )

    def decide(team: Team, now: datetime) -> Decision[Team]:
        caller.require(HEAD, team.area)
        if (first := next((one for one in team.mediators if one.mark == mark), None)) is not None:
            refuse_another_body(first.body, body)
            return Decision(team)
        return domain.add_mediator(team, mediator, by=caller.id, rules=bench.rules.on(now))

    # A repeat names the version that its first arrival has already changed.
    repeated = any(one.mark == mark for one in loaded.state.mediators)
    return await bench.teams.update(
        team_id, decide, Cause(caller.name, traceparent), if_version=None if repeated else if_version
    )


async def declare(
    bench: Bench,
    caller: Principal,
    team_id: str,
    number: int,
    interest: NewInterest,
    *,
    if_version: int | None,
    traceparent: str | None,
) -> Loaded[Team]:
    """An interest that a mediator declares, or that the head writes down for them."""
    loaded = await _get(bench, team_id)
    sealed = _sealed(bench, team_id, loaded.state.key, interest)

    def decide(team: Team, now: datetime) -> Decision[Team]:
        mediator = next((one for one in team.mediators if one.number == number), None)
        own = mediator is not None and caller.has(HANDLE) and mediator.subject == caller.id
        if not own:
            caller.require(HEAD, team.area)
        return domain.declare(team, number, sealed, by=caller.id)

    return await bench.teams.update(team_id, decide, Cause(caller.name, traceparent), if_version=if_version)


async def listed(
    bench: Bench, caller: Principal, *, after: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """Teams of the caller's areas, and the id after which the next page begins."""
    require_some_scope(caller)
    within = None if EVERYWHERE in caller.areas else caller.areas
    found = await bench.lookup.teams(within, after, limit + 1)
    page = found[:limit]
    more = page[-1].id if len(found) > limit else None
    return [view(bench, caller, one.id, one.version, one.team) for one in page], more


async def one(bench: Bench, caller: Principal, team_id: str) -> tuple[dict[str, Any], int]:
    require_some_scope(caller)
    loaded = await _get(bench, team_id)
    scope = next(scope for scope in (HEAD, HANDLE, READ) if caller.has(scope))
    caller.require(scope, loaded.state.area)
    return view(bench, caller, team_id, loaded.version, loaded.state), loaded.version


def view(bench: Bench, caller: Principal, team_id: str, version: int, team: Team) -> dict[str, Any]:
    """A team. Names, subjects and interests only for its head; what it lacks by today's rules for all."""
    head = caller.has(HEAD) and caller.covers(team.area)
    return {
        "id": team_id,
        "version": version,
        "area": team.area,
        "name": team.name,
        "minority_area": team.minority_area,
        "lacks": list(domain.missing(team, bench.rules.on(bench.now()))),
        "mediators": [_mediator(bench, team_id, team, one, head) for one in team.mediators],
    }


def _mediator(bench: Bench, team_id: str, team: Team, one: Mediator, head: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {"number": one.number, "woman": one.woman, "minority": one.minority}
    if head:
        name = bench.open(team_id, team.key, _name(one.subject), one.name)
        shown |= {"name": name, "subject": one.subject, "interests": len(one.interests)}
    return shown


def _sealed(bench: Bench, team_id: str, wrapped: str, interest: NewInterest) -> Interest:
    return Interest(
        interest.relation, bench.seal(team_id, wrapped, INTEREST, interest.person), interest.case_id
    )


def _name(subject: str) -> str:
    return f"name/{subject}"


async def _get(bench: Bench, team_id: str) -> Loaded[Team]:
    try:
        return await bench.teams.get(team_id)
    except NotFound:
        raise NotFound("There is no such team.") from None


async def _of_head(bench: Bench, caller: Principal, team_id: str) -> Loaded[Team]:
    caller.require(HEAD)
    loaded = await _get(bench, team_id)
    caller.require(HEAD, loaded.state.area)
    return loaded
