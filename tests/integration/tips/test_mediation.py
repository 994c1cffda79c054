"""How mediation ends comes back over Kafka: the loop is closed once, in order, or waits where one sees it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from shared.join_code import join_hash
from tests.integration.tips.ward import (
    NOWHERE,
    Ward,
    a_case,
)
from tests.support.system import Replica, System
from tests.support.waiting import eventually_sync

pytestmark = pytest.mark.timeout(480)


@pytest.fixture
def ward(system: System, tips: Replica) -> Ward:
    return Ward(system, tips)


def test_a_settlement_resolves_and_answers_the_tip_once_however_often_it_is_told(ward: Ward) -> None:
    tip, case = ward.dispute(), a_case()
    ward.accepted(tip["id"], case=case, sequence=3)
    ward.concluded(tip["id"], case=case, times=3)
    ward.concluded(tip["id"], "ended", case=case, sequence=5)  # older than what was seen: no second thought
    ward.concluded(None, case=a_case(), referral=None)  # parties who came by themselves
    ward.all_before_is_read()
    assert ward.history(tip["id"]) == [
        "received",
        "classified",
        "referred_to_mediation",
        "resolved",
        "replied",
    ]
    seen = ward.read(tip["id"])
    assert (seen["status"], seen["outcome"], seen["mediation_outcome"]) == (
        "replied",
        "resolved",
        "successful",
    )
    told = ward.mailbox(tip)
    assert told["mediation"] is None
    assert told["reply"].startswith("Các bên đã hòa giải thành")
    assert "settled in neighbourhood mediation" in told["reply"]
    assert told["may_contest_until"] is not None
    assert {clock["clock"]: clock["state"] for clock in told["clocks"]} == {
        "report_up": "met",
        "handover": "met",
        "decide": "met",
        "reply": "met",
        "appeal_window": "running",
    }


def test_what_leaves_names_the_referral_and_neither_the_reply_nor_the_code(ward: Ward) -> None:
    tip, case = ward.dispute(), a_case()
    code = ward.mailbox(tip)["mediation"]["join_code"]
    ward.concluded(tip["id"], case=case)
    feed: list[dict[str, Any]] = []

    def replied() -> bool:
        headers = ward.system.bearer("events:read")
        answer = httpx.get(ward.tips.url + "/events?limit=500", headers=headers, timeout=10, trust_env=False)
        feed[:] = [event for event in answer.json()["items"] if event["subject"] == tip["id"]]
        return len(feed) == 5

    eventually_sync(replied, within=30)
    assert [event["type"].split(".")[2] for event in feed] == [
        "received",
        "classified",
        "referred_to_mediation",
        "resolved",
        "replied",
    ]
    assert feed[2]["data"]["join_hash"] == join_hash(code)
    assert feed[3]["data"]["referral"] == 1
    with ward.system.databases() as client:
        stored = str(client["tips"]["tips"].find_one({"_id": tip["id"]}))
    for place in (json.dumps(feed, ensure_ascii=False), stored, ward.tips.log()):
        assert code not in place
        assert "hòa giải thành" not in place


@pytest.mark.parametrize("outcome", ["ended", "out_of_scope"])
def test_any_other_end_returns_the_tip_and_it_may_be_referred_again(ward: Ward, outcome: str) -> None:
    tip, first, second = ward.dispute(), a_case(), a_case()
    earlier = ward.mailbox(tip)["mediation"]["join_code"]
    ward.concluded(tip["id"], outcome, case=first, times=2)
    eventually_sync(lambda: ward.status(tip["id"]) == "classified", within=30)
    assert ward.mailbox(tip)["mediation"] is None
    assert ward.read(tip["id"])["mediation_outcome"] == outcome
    ward.refer(tip["id"])
    assert ward.mailbox(tip)["mediation"]["join_code"] != earlier
    ward.concluded(tip["id"], case=first, sequence=9)  # about the first referral, which is over
    ward.concluded(tip["id"], case=a_case(), referral=1)
    ward.all_before_is_read()
    assert (ward.status(tip["id"]), ward.refusals(tip["id"])) == ("referred", ["older_referral"] * 2)
    ward.concluded(tip["id"], case=second, referral=2)
    eventually_sync(lambda: ward.status(tip["id"]) == "replied", within=30)
    ward.concluded(tip["id"], "ended", case=a_case(), referral=2)
    ward.all_before_is_read()
    assert (ward.status(tip["id"]), ward.refusals(tip["id"])[2:]) == ("replied", ["illegal_transition"])


def test_a_conclusion_that_comes_before_its_referral_waits_with_its_followers(ward: Ward) -> None:
    early, case = ward.dispute(referred=False), a_case()
    ward.concluded(early["id"], "ended", case=case, sequence=6)
    ward.concluded(early["id"], case=case, sequence=7)
    ward.all_before_is_read()  # other keys go on
    assert ward.history(early["id"]) == ["received", "classified"]
    (line,) = [line for line in ward.replay("parked", "list").splitlines() if line.endswith(case)]
    assert "referral_not_yet" in line
    assert line.split()[2] == "1", "one event waits behind the head"
    ward.refer(early["id"])
    eventually_sync(lambda: bool(ward.refusals(early["id"])), within=60)
    assert ward.history(early["id"])[2:] == ["referred_to_mediation", "returned", "refused"]
    assert ward.status(early["id"]) == "classified"
    assert case not in ward.replay_of("parked", "list").stdout


def test_an_operator_sees_a_conclusion_for_a_tip_that_is_not_here_and_skips_it(ward: Ward) -> None:
    case = a_case()
    ward.concluded(NOWHERE, case=case)
    eventually_sync(lambda: case in ward.replay_of("parked", "list").stdout, within=60)
    assert "tip_not_yet" in ward.replay("parked", "list")
    ward.replay("parked", "skip", "--key", case)
    eventually_sync(lambda: "skipped" in ward.dead_letters(), within=60)
    eventually_sync(lambda: case not in ward.replay_of("parked", "list").stdout, within=60)


def test_a_broken_conclusion_is_a_dead_letter_again_after_its_replay_and_never_a_report(ward: Ward) -> None:
    def rejected() -> int:
        with ward.system.databases() as client:
            return client["tips"]["rejected_submissions"].count_documents({})

    before, reports = ward.dead_letters().count("schema"), rejected()
    ward.concluded(NOWHERE, case=a_case(), referral=None)
    eventually_sync(lambda: ward.dead_letters().count("schema") == before + 1, within=60)
    assert "1 sent" in ward.replay("send", "--reason", "schema")
    eventually_sync(lambda: ward.dead_letters().count("schema") == before + 2, within=60)
    assert rejected() == reports


def test_a_clock_that_ran_out_during_mediation_is_told_and_the_settlement_still_counts(ward: Ward) -> None:
    """Nothing pauses for mediation: the officer's list shows what is due, referred or not."""
    tip = ward.dispute()
    with ward.system.databases() as client:
        tips = client["tips"]["tips"]
        past = datetime.now(UTC) - timedelta(days=1)
        decide = {"clocks.$[decide].due": past, "clocks.$[decide].warned_at": past, "next_due": past}
        tips.update_one({"_id": tip["id"]}, {"$set": decide}, array_filters=[{"decide.name": "decide"}])
    eventually_sync(lambda: "deadline_breached" in ward.history(tip["id"]), within=30)
    assert ward.read(tip["id"])["overdue"] is True
    ward.concluded(tip["id"], case=a_case())
    eventually_sync(lambda: ward.status(tip["id"]) == "replied", within=30)
    (decided,) = [clock for clock in ward.read(tip["id"], "/clocks")["items"] if clock["clock"] == "decide"]
    assert (decided["state"], decided["met_by"]) == ("breached", "settled-by-mediation")
