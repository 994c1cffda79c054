"""The categories as data: complete, and of one mind with the rules and the words used elsewhere."""

from collections.abc import Iterator

import pytest

from services.tips.categories import Incomplete, catalogue, read
from services.tips.tip.rulebook import tip_rules
from shared import rules
from shared.contracts.vocabulary import Category
from shared.words import CATEGORIES

CATALOGUE = catalogue()
PEOPLE_FIRST = {Category.DOMESTIC_VIOLENCE, Category.ASSAULT, Category.MISSING_PERSON, Category.CHILD_ABUSE}


def group(*categories: str, more: str = "") -> str:
    kind = "{{name: {}, hint: {{vi: a, en: b}}, public: false, mediable: true, call: [], questions: []{}}}"
    listed = ", ".join(kind.format(name, more) for name in categories)
    return f"{{order: 1, group: {{vi: a, en: b}}, categories: [{listed}]}}"


def test_every_category_of_the_vocabulary_is_offered_once_under_its_name() -> None:
    offered = [kind.name for one in CATALOGUE.groups for kind in one.categories]
    assert sorted(offered) == sorted(Category)
    assert set(Category) <= CATEGORIES.keys()


def test_what_the_rules_never_let_be_mediated_is_marked_so() -> None:
    marked = {name for name, kind in CATALOGUE.kinds.items() if not kind.mediable}
    for profile in rules.load().profiles:
        assert marked == tip_rules(profile).never_mediable


def test_where_people_may_be_in_danger_whom_to_call_stands_first() -> None:
    assert all(CATALOGUE.kinds[name].call for name in PEOPLE_FIRST)
    assert "114" in CATALOGUE.kinds[Category.FIRE_HAZARD].call


def test_what_may_name_a_victim_or_an_officer_is_never_public() -> None:
    public = {name for name, kind in CATALOGUE.kinds.items() if kind.public}
    assert public.isdisjoint(
        PEOPLE_FIRST | {Category.OFFICER_MISCONDUCT, Category.DRUGS, Category.TRAFFICKING}
    )


def test_a_suspicion_without_an_act_is_no_category() -> None:
    assert "suspicious_person" in CATALOGUE.turned_back
    assert CATALOGUE.turned_back.keys().isdisjoint(set(Category))


def faulty() -> Iterator[tuple[dict[str, str], str]]:
    yield {"a.yaml": group("noise")}, "category theft_burglary is missing"
    yield {"a.yaml": group(*Category, "noise")}, "category noise stands there twice"
    yield {"a.yaml": group(*Category).replace("order", "ordre", 1)}, "a.yaml"
    yield {"a.yaml": "{order: ["}, "a.yaml"
    twice = "{name: who, ask: {vi: a, en: b}}"
    asked = group(*Category).replace("questions: []", f"questions: [{twice}, {twice}]", 1)
    yield {"a.yaml": asked}, "question of theft_burglary who stands there twice"
    yield {"a.yaml": group("speech")}, "a.yaml"


@pytest.mark.parametrize(("sources", "told"), list(faulty()))
def test_data_that_do_not_hold_together_are_refused_with_file_and_fault(
    sources: dict[str, str], told: str
) -> None:
    with pytest.raises(Incomplete, match=told):
        read(sources)
