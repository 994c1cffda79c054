"""Who reported is seen with a reason, by two people, for a limited time; the reporter is told."""

from datetime import timedelta
from typing import Any

import httpx

from tests.component.tips.conftest import Desk, fresh_key

WHO = {"name": "Trần Thị Bảo Mật", "phone": "0912345678"}
WHY = {
    "purpose": "investigation",
    "legal_basis": "criminal_procedure",
    "reason": "Cần lấy lời khai nhân chứng.",
}


def asking(desk: Desk, sub: str = "officer-1", *scopes: str) -> Any:
    return desk.officer("identity:request", *scopes, sub=sub)


def approving(desk: Desk, sub: str = "officer-2") -> Any:
    return desk.officer("identity:approve", sub=sub)


async def named(desk: Desk, **changes: Any) -> tuple[str, dict[str, str]]:
    made = await desk.received(reporter=WHO, **changes)
    return made["id"], {"Authorization": f"Receipt {made['receipt_code']}"}


async def ask(desk: Desk, tip: str, **options: Any) -> httpx.Response:
    by = options.pop("by", None) or asking(desk)
    return await desk.call(tip, "identity-requests", {**WHY, **options.pop("body", {})}, by=by, **options)


async def approve(desk: Desk, tip: str, number: int = 1, **options: Any) -> httpx.Response:
    by = options.pop("by", None) or approving(desk)
    return await desk.call(tip, f"identity-requests/{number}/approve", by=by)


async def look(desk: Desk, tip: str, number: int = 1, by: Any = None) -> httpx.Response:
    return await desk.http.get(f"/tips/{tip}/identity-requests/{number}/identity", headers=by or asking(desk))


async def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_two_officers_open_an_identity_and_the_reporter_is_told(desk: Desk) -> None:
    tip, code = await named(desk)
    asked = await ask(desk, tip)
    assert (asked.status_code, asked.json()["state"]) == (201, "pending")
    assert await refusal(await look(desk, tip)) == (409, "not_open")
    pending = await desk.http.get(f"/tips/{tip}/identity-requests", headers=approving(desk))
    assert pending.json()["items"][0]["reason"] == WHY["reason"]
    approved = (await approve(desk, tip)).json()
    assert (approved["state"], approved["approved_by"]) == ("open", "officer-2")
    seen = await look(desk, tip)
    assert seen.json() == {"reporter": WHO, "expires_at": approved["expires_at"]}
    assert seen.headers["Cache-Control"] == "no-store"
    told = (await desk.http.get("/reporter/tip", headers=code)).json()["identity"]
    assert (told["mode"], told["kept"], len(told["looks"])) == ("protected", True, 1)
    assert "điều tra" in told["looks"][0]["why"]["vi"]
    assert "officer-" not in str(told)


async def test_every_look_is_an_entry_of_the_history_and_an_event_that_names_nobody(desk: Desk) -> None:
    tip, _ = await named(desk)
    await ask(desk, tip)
    expires = (await approve(desk, tip)).json()["expires_at"]
    await look(desk, tip)
    await look(desk, tip)
    history = (await desk.http.get(f"/tips/{tip}/timeline", headers=desk.officer())).json()["items"]
    assert [(entry["what"], entry["actor"]) for entry in history[1:]] == [
        ("identity_requested", "officer:officer-1"),
        ("identity_approved", "officer:officer-2"),
        ("identity_accessed", "officer:officer-1"),
        ("identity_accessed", "officer:officer-1"),
    ]
    told = [event for event in await desk.events(tip) if event["type"] == "liengia.identity.accessed.v1"]
    assert [(event["data"]["purpose"], event["data"]["expires_at"]) for event in told] == [
        ("investigation", expires)
    ] * 2
    assert not {"by", "reason", "legal_basis", "reporter"} & told[0]["data"].keys()


async def test_nobody_approves_a_request_of_their_own(desk: Desk) -> None:
    tip, _ = await named(desk)
    both = asking(desk, "officer-1", "identity:approve")
    await ask(desk, tip, by=both)
    assert await refusal(await approve(desk, tip, by=both)) == (403, "author_cannot_approve")
    assert await refusal(await look(desk, tip, by=both)) == (409, "not_open")


async def test_only_who_asked_may_look(desk: Desk) -> None:
    tip, _ = await named(desk)
    await ask(desk, tip)
    await approve(desk, tip)
    for by, code in (
        (asking(desk, "officer-3"), "another_viewer"),
        (asking(desk, "officer-2", "identity:approve"), "another_viewer"),
        (approving(desk), "forbidden"),
        (desk.officer(), "forbidden"),
        (desk.officer("identity:request", areas=("01",)), "forbidden"),
    ):
        assert await refusal(await look(desk, tip, by=by)) == (403, code)


async def test_asking_and_approving_need_their_own_right(desk: Desk) -> None:
    tip, _ = await named(desk)
    assert await refusal(await ask(desk, tip, by=desk.officer())) == (403, "forbidden")
    await ask(desk, tip)
    assert await refusal(await approve(desk, tip, by=asking(desk, "officer-2"))) == (403, "forbidden")
    assert await refusal(await approve(desk, tip, 2)) == (404, "not_found")


async def test_an_open_identity_closes_after_a_day_and_may_be_asked_for_again(desk: Desk) -> None:
    tip, _ = await named(desk)
    await ask(desk, tip)
    assert await refusal(await ask(desk, tip, headers=fresh_key())) == (409, "already_requested")
    await approve(desk, tip)
    desk.clock.ahead = timedelta(hours=23, minutes=59)
    assert (await look(desk, tip)).status_code == 200
    desk.clock.ahead = timedelta(hours=24, minutes=1)
    assert await refusal(await look(desk, tip)) == (409, "not_open")
    assert (await ask(desk, tip)).json()["number"] == 2


async def test_a_request_that_nobody_approves_lapses(desk: Desk) -> None:
    tip, _ = await named(desk)
    await ask(desk, tip)
    desk.clock.ahead = timedelta(hours=73)
    assert await refusal(await approve(desk, tip)) == (409, "not_pending")


async def test_a_repeated_request_is_one_request(desk: Desk) -> None:
    tip, _ = await named(desk)
    key = fresh_key()
    first, again = [await ask(desk, tip, headers=key) for _ in range(2)]
    assert (first.status_code, first.json()) == (201, again.json())
    other = await ask(desk, tip, headers=key, body={"reason": "Lý do khác."})
    assert await refusal(other) == (409, "idempotency_mismatch")


async def test_an_anonymous_report_has_nothing_to_open(desk: Desk) -> None:
    tip = (await desk.received(identity_mode="anonymous"))["id"]
    assert await refusal(await ask(desk, tip)) == (409, "no_identity")


async def test_a_request_says_what_for_on_what_basis_and_why(desk: Desk) -> None:
    tip, _ = await named(desk)
    for name, wrong in (("purpose", "curiosity"), ("legal_basis", "habit"), ("reason", " ")):
        answer = await ask(desk, tip, body={name: wrong})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == f"/{name}"


async def test_a_withdrawn_identity_is_destroyed_and_what_was_seen_is_listed(desk: Desk) -> None:
    tip, code = await named(desk)
    await ask(desk, tip)
    await approve(desk, tip)
    await look(desk, tip)
    told = (await desk.http.post("/reporter/withdraw-identity", headers=code)).json()
    assert (told["identity"]["mode"], told["identity"]["kept"]) == ("anonymous", False)
    assert len(told["identity"]["looks"]) == 1
    assert await refusal(await look(desk, tip)) == (409, "no_identity")
    stored = await desk.document(tip)
    assert (stored.get("reporter"), stored.get("identity_key")) == (None, None)
    again = await desk.http.post("/reporter/withdraw-identity", headers=code)
    assert await refusal(again) == (409, "no_identity")
    assert told["status"] == "received"
    assert (await desk.http.get(f"/tips/{tip}", headers=desk.officer())).json()["identity"] == "none"


async def test_an_identity_opened_before_the_tip_turned_out_to_be_about_an_officer_is_hidden_from_the_ward(
    desk: Desk,
) -> None:
    tip, _ = await named(desk)
    await ask(desk, tip)
    await approve(desk, tip)
    about = {"classification": "crime_report", "category": "officer_misconduct"}
    assert (await desk.call(tip, "classify", about)).status_code == 200
    assert await refusal(await look(desk, tip)) == (404, "not_found")
    assert await refusal(await approve(desk, tip)) == (404, "not_found")


async def test_the_inspectorate_opens_an_identity_by_the_same_rule(desk: Desk) -> None:
    tip, _ = await named(desk, category="officer_misconduct")
    asks = asking(desk, "inspector-1", "inspectorate")
    approves = desk.officer("identity:approve", "inspectorate", sub="inspector-2")
    await ask(desk, tip, by=asks)
    assert await refusal(await approve(desk, tip)) == (404, "not_found")
    await approve(desk, tip, by=approves)
    assert (await look(desk, tip, by=asks)).json()["reporter"]["name"] == WHO["name"]
    assert all(event["data"]["restricted"] == "inspectorate" for event in await desk.events(tip))


async def test_the_reporters_other_words_stay_closed_to_the_vault(desk: Desk) -> None:
    """Neither right reads the tip."""
    tip, _ = await named(desk)
    for by in (asking(desk), approving(desk)):
        assert (await desk.http.get(f"/tips/{tip}", headers=by)).status_code == 403
