"""What the team does with a case. Texts are sealed here, under the case's own key, before a decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.mediation.domain import consent, followups, talks
from services.mediation.domain.deadlines import next_due
from services.mediation.domain.opening import decide_scope
from services.mediation.domain.state import Case, ChosenBy, Judgement, Session, Term
from services.mediation.usecases import candidates, identifiers, people
from services.mediation.usecases.access import Command, Role, open_case, require_role, roles_in
from services.mediation.usecases.bench import Bench
from services.mediation.usecases.people import Person
from services.mediation.usecases.repeats import Decide, Once, once
from shared.contracts.case_vocabulary import ScopeDecision, ScopeGround
from shared.contracts.vocabulary import Authority
from shared.decision import Decision
from shared.errors import Conflict, Fault, Invalid
from shared.identifiers import Origin, seed_of
from shared.outbox import Loaded


@dataclass(frozen=True, slots=True)
class NewTerm:
    text: str
    owners: tuple[int, ...]
    due: date | None


async def carry_out(
    bench: Bench,
    command: Command,
    decide: Decide,
    *roles: Role,
    if_version: bool = True,
    unless: Once | None = None,
) -> Loaded[Case]:
    """Run one decision on a case its caller may touch, not again when a first call is remembered (`unless`).

    Access is judged before the version is compared, so that If-Match betrays nothing, and again on what is
    written. Raises Forbidden, NotFound, VersionMismatch, Unavailable and whatever the decision refuses.
    """
    loaded, _ = await open_case(bench, command, *roles)
    judged = decide if unless is None else unless.wrap(bench, decide)

    def guarded(case: Case, now: datetime) -> Decision[Case]:
        require_role(case, command.caller, *roles)
        return judged(case, now)

    # A repeat names the version that its first arrival has already changed.
    repeated = unless is not None and unless.first(loaded.state) is not None
    wanted = command.if_version if if_version and not repeated else None
    return await bench.cases.update(command.case_id, guarded, command.cause, if_version=wanted)


async def check_scope(
    bench: Bench,
    command: Command,
    *,
    decision: ScopeDecision,
    ground: ScopeGround | None,
    next_body: Authority | None,
) -> Loaded[Case]:
    return await carry_out(
        bench,
        command,
        lambda case, now: decide_scope(
            case, decision, ground=ground, next_body=next_body, rules=bench.rules_of(case), now=now
        ),
        Role.HEAD,
    )


async def add_party(
    bench: Bench, command: Command, person: Person, *, key: str | None
) -> tuple[Loaded[Case], int, str]:
    """The case, the party's number, and the party's code: the same for every repeat of the key."""
    seed = seed_of(Origin(command.caller.name, key=key))
    mark = identifiers.mark(bench.secret, command.case_id, seed)
    loaded, _ = await open_case(bench, command, Role.HEAD)

    def decide(case: Case, now: datetime) -> Decision[Case]:
        if (first := marked(case, mark)) is not None:
            must_be_a_repeat(bench, command.case_id, case, first, person)
            return Decision(case, next_due=next_due(case, bench.rules_of(case)))
        added = people.party(bench, command.case_id, case.key, 0, person, mark)
        return consent.add_party(case, added, by=command.caller.id, rules=bench.rules_of(case))

    # A repeat names the version that its first arrival has already changed.
    first_time = marked(loaded.state, mark) is None
    after = await carry_out(bench, command, decide, Role.HEAD, if_version=first_time)
    return after, marked(after.state, mark) or 0, identifiers.party_code(bench.secret, mark)


def must_be_a_repeat(bench: Bench, case_id: str, case: Case, number: int, person: Person) -> None:
    """Raises Conflict `idempotency_mismatch` when the party of this mark is somebody else."""
    if people.opened(bench, case_id, case, consent.party_of(case, number)) != person:
        raise Conflict("This key was used with another body.", code="idempotency_mismatch")


def marked(case: Case, mark: bytes) -> int | None:
    """The number of the party that this mark added."""
    return next((party.number for party in case.parties if party.mark == mark.hex()), None)


async def attempt(bench: Bench, command: Command, *, party: int, key: str | None) -> Loaded[Case]:
    return await carry_out(
        bench,
        command,
        lambda case, now: consent.attempt(
            case, party, by=command.caller.id, rules=bench.rules_of(case), now=now
        ),
        Role.HEAD,
        unless=once(bench, command, "attempts", key, {"party": party}),
    )


async def record_consent(bench: Bench, command: Command, *, party: int, agrees: bool) -> Loaded[Case]:
    """What a party said to the team."""
    decide = consent.agree if agrees else consent.refuse
    return await carry_out(
        bench,
        command,
        lambda case, now: decide(case, party, by=command.caller.id, rules=bench.rules_of(case), now=now),
        Role.HEAD,
    )


async def assign(
    bench: Bench, command: Command, *, team_id: str, mediator: int, chosen_by: ChosenBy
) -> Loaded[Case]:
    """Raises Conflict `mediator_conflict_of_interest`, `mediator_objected_to`, `team_incomplete`."""
    loaded, _ = await open_case(bench, command, Role.HEAD)
    candidate = await candidates.candidate(bench, command.case_id, loaded.state, team_id, mediator)

    def decide(case: Case, now: datetime) -> Decision[Case]:
        return talks.assign(
            case,
            candidate,
            chosen_by=chosen_by,
            by=command.caller.id,
            rules=bench.rules_of(case),
            now=now,
        )

    return await carry_out(bench, command, decide, Role.HEAD)


async def object_to(
    bench: Bench, command: Command, *, party: int, team_id: str, mediator: int
) -> Loaded[Case]:
    """A party's objection, told to the head."""
    loaded, _ = await open_case(bench, command, Role.HEAD)
    objected = await candidates.candidate(bench, command.case_id, loaded.state, team_id, mediator)
    return await carry_out(
        bench,
        command,
        lambda case, now: talks.object_to(
            case,
            objected.mediator,
            number=party,
            by=command.caller.id,
            rules=bench.rules_of(case),
        ),
        Role.HEAD,
    )


async def hold_session(
    bench: Bench,
    command: Command,
    *,
    held_at: datetime,
    attended: tuple[int, ...],
    place: str | None,
    note: str | None,
    stopped: bool,
    key: str | None,
) -> Loaded[Case]:
    def decide(case: Case, now: datetime) -> Decision[Case]:
        number = len(case.sessions) + 1
        session = Session(
            number=number,
            held_at=held_at,
            attended=attended,
            place=bench.seal(command.case_id, case.key, f"session/{number}/place", place),
            note=bench.seal(command.case_id, case.key, f"session/{number}/note", note),
            stopped=stopped,
        )
        return talks.hold_session(case, session, by=command.caller.id, rules=bench.rules_of(case), now=now)

    body = {"at": held_at, "attended": attended, "place": place, "note": note, "stopped": stopped}
    told = once(bench, command, "sessions", key, body)
    return await carry_out(bench, command, decide, Role.MEDIATOR, unless=told)


async def conclude(bench: Bench, command: Command, *, terms: Sequence[NewTerm] | None) -> Loaded[Case]:
    """`terms` of a successful outcome, None for an unsuccessful one."""

    def decide(case: Case, now: datetime) -> Decision[Case]:
        rules = bench.rules_of(case)
        if terms is None:
            return talks.fail(case, by=command.caller.id, rules=rules, now=now)
        sealed = tuple(
            Term(
                number,
                bench.seal(command.case_id, case.key, f"term/{number}", term.text) or "",
                term.owners,
                term.due,
            )
            for number, term in enumerate(terms, 1)
        )
        today = rules.calendar.day_of(now)
        return talks.succeed(case, sealed, today=today, by=command.caller.id, rules=rules, now=now)

    return await carry_out(bench, command, decide, Role.MEDIATOR)


async def withdraw(bench: Bench, command: Command, *, party: int | None) -> Loaded[Case]:
    """A party's withdrawal as told to the head or to the mediator, or (None) the mediator's own."""

    def decide(case: Case, now: datetime) -> Decision[Case]:
        if party is None and Role.MEDIATOR not in roles_in(case, command.caller):
            fault = Fault("/party", "must say who withdraws: only the mediator does without")
            raise Invalid("It is not clear who withdraws.", (fault,))
        return consent.withdraw(case, party, by=command.caller.id, rules=bench.rules_of(case), now=now)

    return await carry_out(bench, command, decide, Role.HEAD, Role.MEDIATOR)


async def follow_up(bench: Bench, command: Command, judged: Mapping[int, Judgement]) -> Loaded[Case]:
    return await carry_out(
        bench,
        command,
        lambda case, now: followups.judge(
            case, judged, by=command.caller.id, rules=bench.rules_of(case), now=now
        ),
        Role.MEDIATOR,
    )
