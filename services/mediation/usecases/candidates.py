"""Who may mediate a case: a mediator of a team that is complete and near enough, and what ties them to it."""

from collections.abc import Sequence

from services.mediation.domain import team as domain
from services.mediation.domain.rules import MediationRules
from services.mediation.domain.state import Case
from services.mediation.domain.team import Candidate, Interest, Mediator, Team
from services.mediation.usecases import people
from services.mediation.usecases.bench import Bench
from services.mediation.usecases.teams import INTEREST
from shared.areas import area_covers
from shared.auth import Principal
from shared.errors import Fault, Invalid, NotFound
from shared.folding import fold


async def candidate(bench: Bench, case_id: str, case: Case, team_id: str, number: int) -> Candidate:
    """A mediator of a complete team of the case's area, and whether something ties them to the case.

    Raises `Invalid` for a team or a mediator that cannot serve, Conflict `team_incomplete`.
    """
    team = await _able(bench, team_id, case.area, bench.rules_of(case))
    mediator = next((one for one in team.mediators if one.number == number), None)
    if mediator is None:
        raise _cannot_serve("/mediator", "is no mediator of this team")
    opened = (people.opened(bench, case_id, case, one) for one in case.parties)
    return _candidate(bench, team_id, team, mediator, case_id, [one.name for one in opened if one])


async def serving(
    bench: Bench, caller: Principal, team_id: str, *, case_id: str, area: str, names: Sequence[str]
) -> Candidate:
    """The caller as a mediator of the team, and whether something ties them to the parties of these `names`.

    Raises as `candidate` does.
    """
    team = await _able(bench, team_id, area, bench.rules.on(bench.now()))
    mediator = next((one for one in team.mediators if one.subject == caller.id), None)
    if mediator is None:
        raise _cannot_serve("/team_id", "you are no mediator of this team")
    return _candidate(bench, team_id, team, mediator, case_id, names)


async def _able(bench: Bench, team_id: str, area: str, rules: MediationRules) -> Team:
    try:
        team = (await bench.teams.get(team_id)).state
    except NotFound:
        raise _cannot_serve("/team_id", "is no team") from None
    if not area_covers(team.area, area):
        raise _cannot_serve("/team_id", "is a team of another area")
    domain.require_complete(team, rules)
    return team


def _cannot_serve(pointer: str, why: str) -> Invalid:
    return Invalid("This team cannot serve.", (Fault(pointer, why),))


def _candidate(
    bench: Bench, team_id: str, team: Team, mediator: Mediator, case_id: str, names: Sequence[str]
) -> Candidate:
    parties = {fold(name) for name in names}
    interested = any(
        interest.case_id == case_id or _person(bench, team_id, team, interest) in parties
        for interest in mediator.interests
    )
    return Candidate(f"{team_id}/{mediator.number}", mediator.subject, interested)


def _person(bench: Bench, team_id: str, team: Team, interest: Interest) -> str | None:
    """The folded name of the person somebody has an interest in."""
    name = bench.open(team_id, team.key, INTEREST, interest.person)
    return None if name is None else fold(name)
