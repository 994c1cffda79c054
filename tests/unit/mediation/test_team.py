"""How a team is made up, as rules.yaml asks."""

from dataclasses import replace

import pytest

from services.mediation.domain import team as domain
from services.mediation.domain.rules import LIMITS
from services.mediation.domain.team import Interest, Mediator, Relation, Team
from shared.errors import Conflict, Invalid, NotFound
from tests.unit.mediation.building import HEAD, RULES
from tests.unit.mediation.test_beginnings import pointers


def mediator(number: int = 0, *, woman: bool = False, minority: bool = False, share: float = 0.9) -> Mediator:
    return Mediator(
        number, f"hgv-{number}", "sealed", woman, minority, f"mark-{number}", f"body-{number}", share
    )


def team(women: int, men: int, *, minority_area: bool = False, minorities: int = 0) -> Team:
    people = tuple(
        mediator(number, woman=number <= women, minority=number <= minorities)
        for number in range(1, women + men + 1)
    )
    return Team("99/99001", "Tổ hòa giải", "wrapped", minority_area, people)


@pytest.mark.parametrize(
    ("made", "lacks"),
    [
        (team(1, 2), []),
        (team(3, 0), []),
        (team(1, 1), ["1 more mediators (at least 3)"]),
        (team(0, 3), ["1 more women (at least 1)"]),
        (team(0, 0), ["3 more mediators (at least 3)", "1 more women (at least 1)"]),
        (team(1, 2, minority_area=True), ["a mediator of a minority (the area is flagged)"]),
        (team(1, 2, minority_area=True, minorities=1), []),
    ],
)
def test_a_team_has_three_mediators_one_a_woman_and_one_of_a_minority_where_the_area_is_flagged(
    made: Team, lacks: list[str]
) -> None:
    assert list(domain.missing(made, RULES)) == lacks
    if not lacks:
        domain.require_complete(made, RULES)
        return
    with pytest.raises(Conflict, match=RULES.profile) as refused:
        domain.require_complete(made, RULES)
    assert refused.value.code == "team_incomplete"


@pytest.mark.parametrize(("share", "elected"), [(0.5, False), (0.501, True), (1, True), (1.01, False)])
def test_a_mediator_is_elected_by_more_than_half_of_the_households(share: float, elected: bool) -> None:
    if elected:
        after = domain.add_mediator(team(0, 0), mediator(share=share), by=HEAD, rules=RULES)
        assert [one.number for one in after.state.mediators] == [1]
        assert after.happened == ()
    else:
        with pytest.raises(Invalid) as refused:
            domain.add_mediator(team(0, 0), mediator(share=share), by=HEAD, rules=RULES)
        assert pointers(refused) == ["/elected_share"]


def test_a_person_is_in_a_team_once_and_a_team_has_room_for_so_many() -> None:
    with pytest.raises(Conflict) as refused:
        domain.add_mediator(team(1, 0), mediator(1), by=HEAD, rules=RULES)
    assert refused.value.code == "already_member"
    with pytest.raises(Invalid, match="no room"):
        domain.add_mediator(team(0, LIMITS.mediators), mediator(), by=HEAD, rules=RULES)


@pytest.mark.parametrize(("person", "case_id"), [(None, None), ("sealed", "case_a")])
def test_an_interest_is_in_a_person_or_in_a_case(person: str | None, case_id: str | None) -> None:
    with pytest.raises(Invalid, match="not complete"):
        domain.declare(team(1, 0), 1, Interest(Relation.FRIEND, person, case_id), by="hgv-1")


def test_interests_are_added_to_those_of_the_one_who_declares_them() -> None:
    known = Interest(Relation.RELATIVE, person="sealed")
    case = Interest(Relation.DISPUTE, case_id="case_a")
    made = domain.declare(team(1, 2), 2, known, by="hgv-2").state
    made = domain.declare(made, 2, case, by="hgv-2").state
    assert [one.interests for one in made.mediators] == [(), (known, case), ()]
    with pytest.raises(NotFound):
        domain.declare(made, 4, known, by=HEAD)
    crowded = replace(made.mediators[0], interests=(known,) * LIMITS.interests)
    with pytest.raises(Invalid, match="no room"):
        domain.declare(replace(made, mediators=(crowded,)), 1, known, by=HEAD)
