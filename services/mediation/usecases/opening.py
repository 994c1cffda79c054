"""Cases begin: by a tip's referral, by request, on the spot. A repeat finds the case it made."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.mediation.domain import opening as domain
from services.mediation.domain import recalling
from services.mediation.domain.opening import Request
from services.mediation.domain.rules import LIMITS
from services.mediation.domain.state import Case, Party
from services.mediation.usecases import identifiers, people
from services.mediation.usecases.access import HANDLE, HEAD
from services.mediation.usecases.bench import Bench
from services.mediation.usecases.candidates import serving
from services.mediation.usecases.people import Person
from shared.auth import Principal
from shared.clock import to_milliseconds
from shared.contracts.case_vocabulary import CaseState, MediationGround
from shared.contracts.tips import TipReferredToMediation
from shared.contracts.vocabulary import DisputeType
from shared.decision import Decision
from shared.errors import Conflict, Fault, Forbidden, Invalid
from shared.events import Event
from shared.identifiers import Origin, derived_id, seed_of
from shared.outbox import Cause, Loaded


@dataclass(frozen=True, slots=True)
class NewCase:
    """What somebody asks for. `began_at` and `team_id` go with `on_the_spot` alone."""

    area: str
    dispute_type: DisputeType
    ground: MediationGround
    people: Sequence[Person] = ()
    began_at: datetime | None = None
    team_id: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """The case, and the code of each party in order: told here and nowhere else."""

    loaded: Loaded[Case]
    codes: tuple[str, ...]


async def open_by_referral(bench: Bench, event: Event) -> None:
    """`tip.referred_to_mediation` → requested, at the time of the referral, whenever it is read. Redelivered,
    replayed or read by two replicas at once it finds the one case of this referral."""
    referred = TipReferredToMediation.read(event.data)
    case_id = identifiers.case_of_referral(bench.secret, event)
    asked = Request(
        area=referred.area,
        dispute_type=referred.dispute_type,
        ground=MediationGround.REFERRAL,
        key=bench.sealer.new_key(case_id),
        category=referred.category,
        tip_id=event.subject,
        referral=referred.referral,
        join_hash=referred.join_hash,
    )
    seen = None if event.sequence is None else (event.subject, event.sequence)
    cause = Cause(f"event:{event.type}", event.traceparent, seen)
    loaded, created = await bench.cases.create(case_id, domain.request(asked, bench.rules, event.time), cause)
    if not created and loaded.state.category is None:
        # Recalled from its own events, which came first.
        await bench.cases.update(case_id, _completed(bench, referred), cause)


def _completed(bench: Bench, referred: TipReferredToMediation) -> Callable[[Case, datetime], Decision[Case]]:
    return lambda case, now: recalling.complete(
        case, referred.category, referred.join_hash, bench.rules_of(case)
    )


async def open_by_request(
    bench: Bench, caller: Principal, asked: NewCase, *, key: str | None, traceparent: str | None
) -> Opened:
    """`POST /cases`. Raises Forbidden, Invalid, Conflict `idempotency_mismatch`, Unavailable."""
    if not caller.has(HEAD):
        caller.require(HANDLE, asked.area)
    elif not caller.covers(asked.area):
        raise Forbidden("This area is not among yours.")
    origin = Origin(caller.name, key=key)
    seed = seed_of(origin)
    case_id = derived_id("case", bench.secret, seed)
    wrapped = bench.sealer.new_key(case_id)
    now = bench.now()
    marks = [identifiers.mark(bench.secret, case_id, seed, place) for place in range(len(asked.people))]
    agreed = asked.began_at if asked.ground is MediationGround.ON_THE_SPOT else None
    parties = tuple(
        people.party(bench, case_id, wrapped, place + 1, person, marks[place], agreed)
        for place, person in enumerate(asked.people)
    )
    decision = await _decide(bench, caller, asked, case_id, wrapped, parties, now)
    loaded, created = await bench.cases.create(case_id, decision, Cause(caller.name, traceparent))
    if not created:
        _must_be_a_repeat(bench, loaded, asked, seed)
    return Opened(loaded, tuple(identifiers.party_code(bench.secret, mark) for mark in marks))


async def _decide(
    bench: Bench,
    caller: Principal,
    asked: NewCase,
    case_id: str,
    wrapped: str,
    parties: tuple[Party, ...],
    now: datetime,
) -> Decision[Case]:
    request = Request(asked.area, asked.dispute_type, asked.ground, wrapped, parties)
    if asked.ground is not MediationGround.ON_THE_SPOT:
        return domain.request(request, bench.rules, now)
    if asked.began_at is None or asked.team_id is None:
        faults = tuple(
            Fault(f"/{name}", "goes with on_the_spot")
            for name, value in (("began_at", asked.began_at), ("team_id", asked.team_id))
            if value is None
        )
        raise Invalid("the mediation on the spot cannot be recorded", faults)
    names = [person.name for person in asked.people]
    mediator = await serving(bench, caller, asked.team_id, case_id=case_id, area=asked.area, names=names)
    return domain.on_the_spot(request, mediator, began_at=asked.began_at, rulebook=bench.rules, now=now)


def _must_be_a_repeat(bench: Bench, loaded: Loaded[Case], asked: NewCase, seed: bytes) -> None:
    """Held against what the case itself keeps: a fingerprint of people would outlive their erasure."""
    case = loaded.state
    if case.status is CaseState.ERASED:
        return
    began, team_id = None, None
    if case.ground is MediationGround.ON_THE_SPOT:
        began, team_id = case.accepted_at, (case.mediator or "").partition("/")[0]
    # Parties who came later have marks of their own.
    marks = {identifiers.mark(bench.secret, loaded.id, seed, place).hex() for place in range(LIMITS.parties)}
    first = [people.opened(bench, loaded.id, case, one) for one in case.parties if one.mark in marks]
    if (case.area, case.dispute_type, case.ground, began, team_id, first) != (
        asked.area,
        asked.dispute_type,
        asked.ground,
        asked.began_at and to_milliseconds(asked.began_at),
        asked.team_id,
        list(asked.people),
    ):
        raise Conflict("This key was used with another body.", code="idempotency_mismatch")
