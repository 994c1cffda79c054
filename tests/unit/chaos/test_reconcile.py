"""The checker is checked: whatever is planted in a sound world is found, where it is and for what it is."""

from dataclasses import replace

import pytest

from tests.chaos.evidence import Evidence, Post, Stored
from tests.chaos.findings import findings_of
from tests.chaos.reconcile import problems, repeats_kafka, repeats_raw
from tests.unit.chaos.planting import (
    CASES,
    NOTICES,
    REFERRED,
    SIGNALS,
    STEPS,
    TIPS,
    Change,
    another,
    dropped,
    figure,
    gone,
    journal_without,
    numbers,
    posts,
    public,
    published,
    put,
    stored,
    swapped,
    told,
    world,
)

LOSSES: dict[str, tuple[Change, str]] = {
    "an accepted tip is not in the database": (gone("tip_a"), "tip tip_a was accepted and is not stored"),
    "an accepted case is not in the database": (gone("case_r"), "case case_r was accepted"),
    "an acknowledged submission became no tip": (gone("tip_k"), "submission ce-1"),
    "a tip was stored as somebody else's": (stored("tip_a", mark="m9"), "as another one"),
    "an accepted transition left no trace": (
        stored("tip_b", done=("received", "classified", "resolved")),
        "assign of tip_b was accepted and is not in its history",
    ),
    "an event is still waiting": (stored("tip_b", pending=(4,)), "still has the events [4]"),
    "the first event is not on Kafka": (dropped(TIPS, 0), "tips.tip.v1 lacks the events [1] of tip_a"),
    "the last event is not on Kafka": (dropped(TIPS, 3), "tips.tip.v1 lacks the events [4] of tip_a"),
    "an event in the middle is not on Kafka": (dropped(CASES, 1), "lacks the events [2] of case_d"),
    "an alert is not on Kafka": (dropped(NOTICES, 0), "notifications.notice.v1 lacks"),
    "a figure is not on Kafka": (dropped(SIGNALS, 0), "analytics.signal.v1 lacks"),
    "Kafka tells of what was rolled back": (
        published(TIPS, lambda all: [*all, *told("tip_x", "tip", ("received",))]),
        "tells of tip_x, which is not stored",
    ),
    "Kafka tells more than was stored": (
        stored("tip_a", sequence=3),
        "has the events [4] of tip_a, whose last is 3",
    ),
    "the journal lacks an event": (journal_without("tips", "tip_a:2"), "the journal lacks tip_a:2"),
    "the journal skips a number": (
        lambda world: replace(world, gaps=["the numbers 7 to 7 of tips's lane 3"]),
        "the journal lacks the numbers 7 to 7",
    ),
    "the log has a gap": (numbers("logged", "tip_a", [1, 2, 4]), "the log lacks the events [3] of tip_a"),
    "the log knows nothing of one": (numbers("logged", "figure_1", []), "the log lacks the events [1]"),
    "analytics has a gap": (numbers("counted", "case_d", [1, 3]), "analytics lacks the events [2] of case_d"),
    "the log tells of what is not stored": (numbers("logged", "tip_x", [1]), "tells of tip_x"),
    "the public feed lacks an alert": (public("figure_1:1"), "the public feed lacks alert_1:1"),
    "a receiver did not get an event": (posts(lambda all: all[1:]), "portal did not get tip_a:1"),
    "a referral has no case": (gone("case_d"), "its case case_d is not there"),
    "the end of the talks did not reach the tip": (
        stored("tip_d", done=REFERRED[:3]),
        "was to be ['resolved', 'replied'], its history goes on with []",
    ),
    "an indicator counts too few": (figure("tip.received", 3), "the figure tip.received is 3, and 4"),
    "an indicator counts nothing": (figure("mediation.successful", None), "mediation.successful is None"),
}


DUPLICATES: dict[str, tuple[Change, str]] = {
    "one report is two tips": (
        another("tip_2", Stored(TIPS, 0, (), mark="m1")),
        "the report of m1 is stored as 2 tips",
    ),
    "one submission is two tips": (
        another("tip_2", Stored(TIPS, 0, (), mark="m3")),
        "the report of m3 is stored as 2 tips",
    ),
    "one request is two cases": (another("case_2", Stored(CASES, 0)), "2 of case are stored, 1 were asked"),
    "one alert is two": (another("alert_2", Stored(NOTICES, 0)), "2 of alert are stored"),
    "a transition was carried out twice": (
        stored("tip_a", done=(*STEPS, "classified")),
        "tip_a was classified 2 times and asked once",
    ),
    "the log has an event twice": (
        numbers("logged", "tip_a", [1, 2, 2, 3, 4]),
        "the log has tip_a:2 2 times",
    ),
    "analytics has an event twice": (numbers("counted", "tip_a", [1, 1, 2, 3, 4]), "analytics has tip_a:1"),
    "the public feed has what nobody told": (
        public("alert_1:1", "figure_1:1", "alert_1:2"),
        "the public feed has alert_1:2",
    ),
    "a receiver got an event under two ids": (
        posts(lambda all: [*all, Post("msg-other", "tip_a:1")]),
        "portal got tip_a:1 under 2 webhook-ids",
    ),
    "a receiver got two events under one id": (
        posts(lambda all: [*all, Post("msg-tip_a:1", "tip_a:2")]),
        "portal got under msg-tip_a:1 2 events",
    ),
    "a referral has two cases": (
        another("case_2", Stored(CASES, 0, tip="tip_d")),
        "tip_d was referred once and has 2 cases",
    ),
    "the end of the talks came twice": (
        stored("tip_d", done=(*REFERRED, "resolved", "replied")),
        "tip_d was to be ['resolved', 'replied'], its history goes on with",
    ),
    "an indicator counts too many": (figure("alert.issued", 2), "the figure alert.issued is 2, and 1"),
}


REORDERINGS: dict[str, tuple[Change, str]] = {
    "two events changed places on Kafka": (
        swapped(TIPS, 1),
        "tips.tip.v1 has tip_a in the order [1, 3, 2, 4]",
    ),
    "two events of a case changed places": (swapped(CASES, 0), "has case_d in the order [2, 1, 3]"),
    "a repeat came before what it repeats": (
        published(TIPS, lambda all: [all[3], *all]),
        "has tip_a in the order [4, 1, 2, 3]",
    ),
    "the log has them in another order": (
        numbers("logged", "tip_b", [1, 2, 4, 3]),
        "the log has tip_b in the order [1, 2, 4, 3]",
    ),
}


def test_a_sound_world_has_no_problem() -> None:
    assert problems(world()) == []


@pytest.mark.parametrize("what", LOSSES)
def test_a_loss_is_found(what: str) -> None:
    _is_found(LOSSES[what], "lost")


@pytest.mark.parametrize("what", DUPLICATES)
def test_a_second_effect_is_found(what: str) -> None:
    _is_found(DUPLICATES[what], "duplicated")


@pytest.mark.parametrize("what", REORDERINGS)
def test_a_reordering_is_found(what: str) -> None:
    _is_found(REORDERINGS[what], "disordered")


def _is_found(planted: tuple[Change, str], kind: str) -> None:
    change, text = planted
    found = problems(change(world()))
    assert any(one.kind == kind and text in one.text for one in found), found


def test_repeats_that_are_known_by_their_id_are_counted_and_no_problem() -> None:
    evidence = world()
    again = published(TIPS, lambda all: [*all, all[1], all[1]])(evidence)
    again = posts(lambda all: [*all, all[0]])(again)
    assert problems(again) == []
    assert (repeats_raw(again), repeats_kafka(again)) == (1, 2)
    assert (repeats_raw(evidence), repeats_kafka(evidence)) == (0, 0)


def test_a_request_that_nobody_answered_may_or_may_not_be_stored() -> None:
    evidence = world()
    asked = replace(evidence, asked=put(evidence.asked, "case", 2))
    assert problems(asked) == []
    assert problems(another("case_2", Stored(CASES, 0))(asked)) == []


def test_a_receiver_is_owed_the_types_that_it_asked_for_and_no_others() -> None:
    wants = {"portal": frozenset({"liengia.alert.issued.v1"})}
    only_alerts = posts(lambda all: [one for one in all if one.event == "alert_1:1"])(world())
    assert problems(replace(only_alerts, wants=wants)) == []
    nothing = posts(lambda all: [])(world())
    assert [one.text for one in problems(replace(nothing, wants=wants))] == ["portal did not get alert_1:1"]


def test_findings_count_each_kind_and_leave_out_what_was_told_before() -> None:
    hurt = gone("tip_a")(swapped(CASES, 0)(figure("alert.issued", 2)(world())))
    found = problems(hurt)
    counted = findings_of(7, found, repeats_raw=1, repeats_kafka=2)
    assert (counted.duplicated, counted.disordered) == (1, 1)
    assert counted.lost == len(found) - 2
    assert not counted.clean
    told_before = findings_of(7, found, repeats_raw=0, repeats_kafka=0, known=[one.text for one in found])
    assert told_before.clean
    assert told_before.details == []


def test_twenty_thousand_accepted_are_reconciled_in_passing() -> None:
    many = {f"tip_{n}": Stored(TIPS, 4, STEPS, mark=f"n{n}") for n in range(5_000)}
    events = [one for id in many for one in told(id, "tip", STEPS)]
    four = {id: [1, 2, 3, 4] for id in many}
    evidence = Evidence(
        accepted=[
            *({"kind": "tip", "id": id, "mark": one.mark} for id, one in many.items()),
            *(
                {"kind": "transition", "id": id, "call": call}
                for id in many
                for call in ("classify", "assign", "resolve")
            ),
        ],
        stored=many,
        published={TIPS: events},
        journal={"tips": frozenset(one.id for one in events)},
        logged=four,
        counted=four,
        posted={"portal": [Post(f"msg-{one.id}", one.id) for one in events]},
    )
    assert problems(evidence) == []
