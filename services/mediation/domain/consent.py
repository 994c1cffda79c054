"""Who takes part, and whether they want to: parties, attempts to reach them, consents."""

from dataclasses import replace
from datetime import datetime

from services.mediation.domain.decided import ended, told
from services.mediation.domain.opening import LEAST_PARTIES
from services.mediation.domain.rules import LIMITS, MediationRules
from services.mediation.domain.state import Case, EndReason, Party
from services.mediation.domain.table import Call, enter, refusal
from shared.contracts.case_vocabulary import CaseState
from shared.decision import Decision, Happened
from shared.errors import Conflict, Fault, Invalid


def add_party(case: Case, party: Party, *, by: str, rules: MediationRules) -> Decision[Case]:
    """Before everybody has agreed; no event: parties are never counted outside."""
    enter(Call.parties, case.status)
    return _with(case, party, "party_added", by, rules)


def join(case: Case, party: Party, *, rules: MediationRules) -> Decision[Case]:
    """The reporter of the tip comes with the join code, once."""
    enter(Call.joining, case.status)
    if case.join_hash is None:
        raise Conflict("this join code has been used", code="join_code_used")
    return _with(replace(case, join_hash=None), replace(party, reporter=True), "joined", "party", rules)


def attempt(case: Case, number: int, *, by: str, rules: MediationRules, now: datetime) -> Decision[Case]:
    """An attempt to reach a party. After the last one that the rules ask for, `tick` ends the case when no
    answer comes."""
    enter(Call.attempts, case.status)
    party = party_of(case, number)
    if party.agreed_at is not None:
        raise refusal(Call.attempts, case.status, "this party has agreed already")
    if party.attempts >= LIMITS.attempts:
        raise refusal(Call.attempts, case.status, f"a party is tried at most {LIMITS.attempts} times")
    tried = replace(party, attempts=party.attempts + 1, last_attempt_at=now)
    after = with_party(case, tried)
    return told(after, "attempted", rules, kept={"party": number, "attempt": tried.attempts, "by": by})


def agree(case: Case, number: int, *, by: str, rules: MediationRules, now: datetime) -> Decision[Case]:
    """consent_pending → accepted once every party (at least two) has agreed: `mediation.accepted`."""
    enter(Call.consents, case.status)
    party = party_of(case, number)
    if party.agreed_at is not None:
        raise refusal(Call.consents, case.status, "this party has agreed already")
    after = with_party(case, replace(party, agreed_at=now))
    kept = {"party": number, "agreed": True, "by": by}
    everybody = all(one.agreed_at is not None for one in after.parties)
    if not everybody or len(after.parties) < LEAST_PARTIES:
        return told(after, "consent", rules, kept=kept)
    accepted = replace(after, status=CaseState.ACCEPTED, accepted_at=now)
    return told(accepted, "consent", rules, Happened("mediation.accepted"), kept=kept)


def refuse(case: Case, number: int, *, by: str, rules: MediationRules, now: datetime) -> Decision[Case]:
    """consent_pending → closed: one party does not want to, so there is nothing to mediate."""
    enter(Call.refuse, case.status)
    party_of(case, number)
    after, happened = ended(case, EndReason.REFUSED, rules, now)
    return told(after, "consent", rules, *happened, kept={"party": number, "agreed": False, "by": by})


def withdraw(
    case: Case, number: int | None, *, by: str, rules: MediationRules, now: datetime
) -> Decision[Case]:
    """Any state before the outcome → closed. `number` is the party who withdraws, None the mediator."""
    enter(Call.withdraw, case.status)
    if number is not None:
        party_of(case, number)
    after, happened = ended(case, EndReason.WITHDRAWN, rules, now)
    return told(after, "withdrawn", rules, *happened, kept={"party": number, "by": by})


def party_of(case: Case, number: int, pointer: str = "/party") -> Party:
    """Raises `Invalid` at `pointer`, where the body named the party."""
    for party in case.parties:
        if party.number == number:
            return party
    raise Invalid("there is no such party", (Fault(pointer, "is no party of this case"),))


def with_party(case: Case, changed: Party) -> Case:
    parties = tuple(changed if one.number == changed.number else one for one in case.parties)
    return replace(case, parties=parties)


def _with(case: Case, party: Party, what: str, by: str, rules: MediationRules) -> Decision[Case]:
    if len(case.parties) >= LIMITS.parties:
        raise Invalid("the case has no room", (Fault("", f"at most {LIMITS.parties} parties"),))
    added = replace(party, number=len(case.parties) + 1)
    after = replace(case, parties=(*case.parties, added))
    return told(after, what, rules, kept={"party": added.number, "by": by})
