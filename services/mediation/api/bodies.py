"""The bodies of the calls. Unknown members are refused, so that no typing error passes unnoticed."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from services.mediation.domain.rules import LIMITS
from services.mediation.domain.state import ChosenBy, Judgement
from services.mediation.domain.team import Relation
from services.mediation.usecases.handling import NewTerm
from services.mediation.usecases.opening import NewCase
from services.mediation.usecases.people import Person
from services.mediation.usecases.teams import NewInterest, NewMediator
from shared.areas import WARD_OR_BELOW_PATTERN
from shared.contracts.base import Moment, Shape
from shared.contracts.base import Rating as Points
from shared.contracts.case_vocabulary import MediationGround, ScopeDecision, ScopeGround
from shared.contracts.tip_submission import OneLine, Text
from shared.contracts.vocabulary import Authority, DisputeType
from shared.errors import Fault, Invalid

WardOrBelow = Annotated[str, Field(pattern=WARD_OR_BELOW_PATTERN, examples=["99/99001/tdp-2"])]
Name = Annotated[str, Field(min_length=1, max_length=200), Text, OneLine]
Words = Annotated[str, Field(min_length=1, max_length=LIMITS.text), Text]
Short = Annotated[str, Field(min_length=1, max_length=500), Text]
Phone = Annotated[str, Field(pattern=r"^\+?[0-9][0-9 .()-]{2,23}$")]
PartyNumber = Annotated[int, Field(strict=True, ge=1, le=LIMITS.parties)]
TeamId = Annotated[str, Field(pattern=r"^team_[a-z2-7]{26}$")]
CaseId = Annotated[str, Field(pattern=r"^case_[a-z2-7]{26}$")]
Code = Annotated[str, Field(min_length=1, max_length=80)]
OpenedByHand = Literal[
    MediationGround.PARTY_REQUEST,
    MediationGround.MEDIATOR_INITIATIVE,
    MediationGround.AGENCY_PROPOSAL,
    MediationGround.ON_THE_SPOT,
]


class Nothing(Shape):
    """`{}`: the call itself says it all."""


class NewParty(Shape):
    """Sealed on arrival. `statement` is what the party wants the team to know."""

    name: Name
    phone: Phone | None = None
    address: Short | None = None
    statement: Words | None = None

    def person(self) -> Person:
        return Person(self.name, self.phone, self.address, self.statement)


class FirstParty(NewParty):
    """`consents` is asked of everybody when the mediation happened on the spot."""

    consents: bool = False


class OpenCase(Shape):
    """`began_at`, `team_id` and everybody's consent go with `on_the_spot`."""

    area: WardOrBelow
    dispute_type: DisputeType
    ground: OpenedByHand
    parties: Annotated[tuple[FirstParty, ...], Field(max_length=LIMITS.parties)] = ()
    began_at: Moment | None = None
    team_id: TeamId | None = None

    def new(self) -> NewCase:
        """Raises Invalid for what does not go together."""
        spot = self.ground is MediationGround.ON_THE_SPOT
        faults = [
            Fault(f"/{name}", "goes with on_the_spot, and only there")
            for name, given in (("began_at", self.began_at), ("team_id", self.team_id))
            if spot != (given is not None)
        ]
        why = "must be true on the spot" if spot else "goes with on_the_spot alone"
        faults += [
            Fault(f"/parties/{place}/consents", why)
            for place, party in enumerate(self.parties)
            if party.consents != spot
        ]
        if faults:
            raise Invalid("The case cannot be opened like this.", tuple(faults))
        people = tuple(party.person() for party in self.parties)
        return NewCase(self.area, self.dispute_type, self.ground, people, self.began_at, self.team_id)


class ScopeCheck(Shape):
    """`ground` and `next_body` (where the parties are sent) go with `out`."""

    decision: ScopeDecision
    ground: ScopeGround | None = None
    next_body: Authority | None = None


class Attempt(Shape):
    party: PartyNumber


class Consent(Shape):
    party: PartyNumber
    agrees: bool


class Assignment(Shape):
    team_id: TeamId
    mediator: Annotated[int, Field(strict=True, ge=1, le=LIMITS.mediators)]
    chosen_by: ChosenBy = ChosenBy.TEAM_HEAD


class Objection(Shape):
    party: PartyNumber
    team_id: TeamId
    mediator: Annotated[int, Field(strict=True, ge=1, le=LIMITS.mediators)]


class HeldSession(Shape):
    """`stopped`: there was violence or coercion, and the talks ended there."""

    held_at: Moment
    attended: Annotated[tuple[PartyNumber, ...], Field(min_length=1, max_length=LIMITS.parties)]
    place: Short | None = None
    note: Words | None = None
    stopped: bool = False


class NewAgreementTerm(Shape):
    text: Words
    owners: Annotated[tuple[PartyNumber, ...], Field(min_length=1, max_length=LIMITS.parties)]
    due: date | None = None


class Outcome(Shape):
    """`terms` belong to a successful outcome and to nothing else."""

    outcome: Literal["successful", "unsuccessful"]
    terms: Annotated[tuple[NewAgreementTerm, ...], Field(max_length=LIMITS.terms)] = ()

    def agreement(self) -> tuple[NewTerm, ...] | None:
        """Raises Invalid for terms without success, and for success without terms."""
        if (self.outcome == "successful") != bool(self.terms):
            fault = Fault("/terms", "belong to a successful outcome, and to nothing else")
            raise Invalid("The outcome is not clear.", (fault,))
        if self.outcome == "unsuccessful":
            return None
        return tuple(NewTerm(term.text, term.owners, term.due) for term in self.terms)


class Withdrawal(Shape):
    """`party` is who withdraws; without it the mediator does."""

    party: PartyNumber | None = None


class JudgedTerm(Shape):
    term: Annotated[int, Field(strict=True, ge=1, le=LIMITS.terms)]
    judgement: Judgement


class FollowUp(Shape):
    """Empty when the look that was due found nothing to judge yet."""

    terms: Annotated[tuple[JudgedTerm, ...], Field(max_length=LIMITS.terms)] = ()


class NewTeam(Shape):
    """`minority_area`: the rules ask for a mediator of a minority here."""

    area: WardOrBelow
    name: Name
    minority_area: bool = False


class DeclaredInterest(Shape):
    """A person by name, or a case."""

    relation: Relation
    person: Name | None = None
    case_id: CaseId | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.person is None) == (self.case_id is None):
            raise ValueError("names a person or a case_id")
        return self

    def new(self) -> NewInterest:
        return NewInterest(self.relation, self.person, self.case_id)


class ElectedMediator(Shape):
    """`subject` is the subject of the mediator's token, `elected_share` their share of the votes."""

    subject: Annotated[str, Field(min_length=1, max_length=255, pattern=r"^\S+$")]
    name: Name
    woman: bool
    minority: bool = False
    elected_share: Annotated[float, Field(ge=0, le=1)]
    interests: Annotated[tuple[DeclaredInterest, ...], Field(max_length=LIMITS.interests)] = ()

    def new(self) -> NewMediator:
        interests = tuple(one.new() for one in self.interests)
        return NewMediator(self.subject, self.name, self.woman, self.minority, self.elected_share, interests)


class Join(NewParty):
    """`code` is the join code of the reporter's mailbox; the rest is what the reporter chooses to bring."""

    code: Code


class Answer(Shape):
    agrees: bool


class Rating(Shape):
    """1 (bad) to 5 (good)."""

    rating: Points
