"""Mediation teams: who is in them, what they declared, and whether they are made up as the rules ask."""

from dataclasses import dataclass, replace
from enum import StrEnum

from services.mediation.domain.rules import LIMITS, MediationRules
from shared.decision import Decision, Noted
from shared.errors import Conflict, Fault, Invalid, NotFound

CONFLICT = "mediator_conflict_of_interest"


class Relation(StrEnum):
    """What ties a mediator to somebody or to a case."""

    RELATIVE = "relative"
    NEIGHBOUR = "neighbour"
    FRIEND = "friend"
    BUSINESS = "business"
    DISPUTE = "dispute"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Interest:
    """One declared interest: in a person (`person` is a sealed name) or in a case, never in both."""

    relation: Relation
    person: str | None = None
    case_id: str | None = None


@dataclass(frozen=True, slots=True)
class Mediator:
    """`number` counts 1, 2, 3 … in the team; `subject` is the subject of their token; `name` is sealed.

    `elected_share` is their share of the households' votes, above 0 and at most 1; `mark` and
    `body` (keyed, of the call that added them) tell a repeat.
    """

    number: int
    subject: str
    name: str
    woman: bool
    minority: bool
    mark: str
    body: str
    elected_share: float
    interests: tuple[Interest, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mediator, `<team id>/<number>`, of a team that is made up as the rules ask. `interested`: they
    declared something that ties them to the case or to somebody in it."""

    mediator: str
    subject: str
    interested: bool


@dataclass(frozen=True, slots=True)
class Team:
    """The mediators of an area. `minority_area`: the rules ask for a mediator of a minority here.

    `status` never changes: a team has no state machine.
    """

    area: str
    name: str
    key: str
    minority_area: bool = False
    mediators: tuple[Mediator, ...] = ()
    status: str = "active"


def found(team: Team) -> Decision[Team]:
    return Decision(team, noted=(Noted("founded"),))


def add_mediator(team: Team, mediator: Mediator, *, by: str, rules: MediationRules) -> Decision[Team]:
    """The rules say how large a share of the votes it takes.

    Raises `Invalid`, `Conflict(code="already_member")`.
    """
    if not rules.election_share < mediator.elected_share <= 1:
        message = f"must be above {rules.election_share}: mediators are elected by the residential area"
        raise Invalid("this mediator is not elected", (Fault("/elected_share", message),))
    if any(one.subject == mediator.subject for one in team.mediators):
        raise Conflict("this person is a mediator of the team already", code="already_member")
    if len(team.mediators) >= LIMITS.mediators:
        raise Invalid("the team has no room", (Fault("", f"at most {LIMITS.mediators} mediators"),))
    added = replace(mediator, number=len(team.mediators) + 1)
    after = replace(team, mediators=(*team.mediators, added))
    return Decision(after, noted=(Noted("mediator_added", {"mediator": added.number, "by": by}),))


def declare(team: Team, number: int, interest: Interest, *, by: str) -> Decision[Team]:
    """One more interest of a mediator. Raises `Invalid`, NotFound."""
    mediator = mediator_of(team, number)
    if (interest.person is None) == (interest.case_id is None):
        raise Invalid("the interest is not complete", (Fault("", "names a person or a case_id"),))
    if len(mediator.interests) >= LIMITS.interests:
        raise Invalid("there is no room", (Fault("", f"at most {LIMITS.interests} interests"),))
    declared = replace(mediator, interests=(*mediator.interests, interest))
    mediators = tuple(declared if one.number == number else one for one in team.mediators)
    noted = Noted("interest_declared", {"mediator": number, "by": by})
    return Decision(replace(team, mediators=mediators), noted=(noted,))


def missing(team: Team, rules: MediationRules) -> tuple[str, ...]:
    """What the team lacks of what the rules ask (rules.yaml, mediation.team), in words; empty for none."""
    lacks = []
    if (short := rules.min_members - len(team.mediators)) > 0:
        lacks.append(f"{short} more mediators (at least {rules.min_members})")
    if (short := rules.min_women - sum(one.woman for one in team.mediators)) > 0:
        lacks.append(f"{short} more women (at least {rules.min_women})")
    if rules.minority_when_flagged and team.minority_area and not any(one.minority for one in team.mediators):
        lacks.append("a mediator of a minority (the area is flagged)")
    return tuple(lacks)


def require_complete(team: Team, rules: MediationRules) -> None:
    """Raises `Conflict(code="team_incomplete")`, naming what is missing and the profile that asks for it."""
    if lacks := missing(team, rules):
        raise Conflict(
            f"the team may not mediate yet (rule {rules.profile}): it lacks {', '.join(lacks)}",
            code="team_incomplete",
        )


def require_impartial(candidate: Candidate) -> None:
    """Raises `Conflict(code="mediator_conflict_of_interest")`."""
    if candidate.interested:
        raise Conflict("this mediator has an interest in the case: choose another", code=CONFLICT)


def mediator_of(team: Team, number: int) -> Mediator:
    for mediator in team.mediators:
        if mediator.number == number:
            return mediator
    raise NotFound("There is no such mediator in this team.")
