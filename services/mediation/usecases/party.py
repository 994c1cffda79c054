"""What a party may do with the code of theirs, and how a reporter joins. Nobody needs an account for it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from services.mediation.domain import consent, followups, talks
from services.mediation.domain.deadlines import next_due
from services.mediation.domain.state import Case
from services.mediation.usecases import identifiers, people
from services.mediation.usecases.bench import Bench
from services.mediation.usecases.handling import marked, must_be_a_repeat
from services.mediation.usecases.people import Person
from shared.contracts.case_vocabulary import CaseState
from shared.decision import Decision
from shared.errors import Conflict, NotFound
from shared.identifiers import Origin, seed_of
from shared.join_code import join_hash
from shared.outbox import Cause, Loaded

STATE_WORDS: dict[CaseState, tuple[str, str]] = {
    CaseState.REQUESTED: (
        "Yêu cầu hòa giải đã được tiếp nhận, tổ hòa giải đang xem xét.",
        "The request has been received; the team is looking at it.",
    ),
    CaseState.AWAITING_ADVICE: (
        "Tổ hòa giải đang xin ý kiến xem vụ việc có thuộc phạm vi hòa giải không.",
        "The team is asking for advice whether this can be mediated.",
    ),
    CaseState.CONSENT_PENDING: (
        "Tổ hòa giải đang hỏi ý kiến các bên. Bạn có quyền đồng ý hoặc từ chối.",
        "The team is asking everyone concerned. You may agree or refuse.",
    ),
    CaseState.ACCEPTED: (
        "Các bên đã đồng ý, đang chọn hòa giải viên.",
        "Everyone has agreed; a mediator is being chosen.",
    ),
    CaseState.ASSIGNED: (
        "Đã có hòa giải viên. Bạn có quyền đề nghị thay hòa giải viên.",
        "There is a mediator. You may object to them.",
    ),
    CaseState.IN_SESSION: ("Đang hòa giải.", "Talks are under way."),
    CaseState.FOLLOWING_UP: (
        "Các bên đã thỏa thuận; tổ hòa giải đang theo dõi việc thực hiện.",
        "There is an agreement; the team looks whether it is kept.",
    ),
    CaseState.CLOSED: ("Vụ việc hòa giải đã kết thúc.", "The mediation has ended."),
    CaseState.ERASED: ("Nội dung vụ việc đã được xóa.", "What the case held has been erased."),
}
_PARTY = "party"


async def join(
    bench: Bench, *, code: str, person: Person, key: str | None, traceparent: str | None
) -> tuple[str, str]:
    """The reporter of a referred tip comes with the code of their mailbox, once; the key of the first time
    again gives the same answer: the case and the party's code.

    Raises Invalid, NotFound `join_code_unknown` also for a code that was used, Conflict
    `idempotency_mismatch`.
    """
    wanted = join_hash(code)
    # A party who has joined is found by the mark: the case no longer waits for the code then.
    mark = identifiers.mark(bench.secret, f"join/{wanted}", seed_of(Origin("anonymous", key=key)))
    party_code = identifiers.party_code(bench.secret, mark)
    repeated = await bench.lookup.by_party(identifiers.code_mark(bench.secret, party_code))
    found = repeated or await bench.lookup.by_join_hash(wanted)
    if len(found) != 1:
        raise _unknown_code()
    (case_id,) = found

    def decide(case: Case, now: datetime) -> Decision[Case]:
        if (first := marked(case, mark)) is not None:
            must_be_a_repeat(bench, case_id, case, first, person)
            return Decision(case, next_due=next_due(case, bench.rules_of(case)))
        if case.join_hash != wanted:
            raise _unknown_code()  # somebody was quicker
        added = people.party(bench, case_id, case.key, 0, person, mark)
        return consent.join(case, added, rules=bench.rules_of(case))

    await bench.cases.update(case_id, decide, Cause(_PARTY, traceparent))
    return case_id, party_code


def _unknown_code() -> NotFound:
    return NotFound("This join code is not known, or was used.", code="join_code_unknown")


async def view(bench: Bench, said: str) -> dict[str, Any]:
    """What a party sees: the state in plain words, meetings, the agreement; never the others' contacts."""
    loaded, party = await people.by_code(bench, said)
    return _view(bench, loaded, party.number)


def _view(bench: Bench, loaded: Loaded[Case], number: int) -> dict[str, Any]:
    case = loaded.state
    me = next((one for one in case.parties if one.number == number), None)
    vi, en = STATE_WORDS[case.status]
    return {
        "state": case.status,
        "state_text": {"vi": vi, "en": en},
        "dispute_type": case.dispute_type,
        "area": case.area,
        "requested_at": case.requested_at,
        "party": number,
        "agreed_at": me and me.agreed_at,
        "start_by": case.start_by,
        "sessions": [
            {
                "number": one.number,
                "held_at": one.held_at,
                "place": bench.open(loaded.id, case.key, f"session/{one.number}/place", one.place),
            }
            for one in case.sessions
        ],
        "terms": [
            {
                "number": one.number,
                "text": bench.open(loaded.id, case.key, f"term/{one.number}", one.text),
                "mine": number in one.owners,
                "due": one.due,
                "judgement": one.judgement,
            }
            for one in case.terms
        ],
        "rating": me and me.rating,
    }


async def answer(bench: Bench, said: str, *, agrees: bool, traceparent: str | None) -> dict[str, Any]:
    """Agree to the talks, or refuse them."""
    decide = consent.agree if agrees else consent.refuse
    return await _do(
        bench,
        said,
        traceparent,
        lambda case, now, me: decide(case, me, by=_PARTY, rules=bench.rules_of(case), now=now),
    )


async def object_to_mediator(bench: Bench, said: str, *, traceparent: str | None) -> dict[str, Any]:
    """The party does not want the mediator who is assigned. Raises Conflict `no_mediator` without one."""

    def decide(case: Case, now: datetime, me: int) -> Decision[Case]:
        if case.mediator is None:
            raise Conflict("nobody is assigned whom you could object to", code="no_mediator")
        return talks.object_to(case, case.mediator, number=me, by=_PARTY, rules=bench.rules_of(case))

    return await _do(bench, said, traceparent, decide)


async def withdraw(bench: Bench, said: str, *, traceparent: str | None) -> dict[str, Any]:
    return await _do(
        bench,
        said,
        traceparent,
        lambda case, now, me: consent.withdraw(case, me, by=_PARTY, rules=bench.rules_of(case), now=now),
    )


async def rate(bench: Bench, said: str, *, rating: int, traceparent: str | None) -> dict[str, Any]:
    return await _do(
        bench,
        said,
        traceparent,
        lambda case, now, me: followups.rate(case, me, rating, rules=bench.rules_of(case)),
    )


async def _do(
    bench: Bench,
    said: str,
    traceparent: str | None,
    decide: Callable[[Case, datetime, int], Decision[Case]],
) -> dict[str, Any]:
    loaded, party = await people.by_code(bench, said)
    after = await bench.cases.update(
        loaded.id,
        lambda case, now: decide(case, now, party.number),
        Cause(f"{_PARTY}:{party.number}", traceparent),
    )
    return _view(bench, after, party.number)
