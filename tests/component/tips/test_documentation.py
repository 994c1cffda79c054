"""The OpenAPI document tells what every call answers, and the answers are what it tells."""

from datetime import timedelta

from pydantic import BaseModel

from services.tips.clocks.api import ClockList
from services.tips.dialogue.api import PostedMessage
from services.tips.intake.api import AcceptedReport, SubmissionKeys
from services.tips.reading.api import History, TipInFull, TipList
from services.tips.reporter.api import ReportersTip
from services.tips.tip.api import TipSummary
from tests.component.tips.conftest import Desk


async def test_every_answer_has_a_schema(desk: Desk) -> None:
    document = (await desk.http.get("/openapi.json")).json()
    plain = {"/healthz", "/readyz", "/metrics"}
    bare = [
        f"{method} {path}"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        for status, answer in operation["responses"].items()
        if status.startswith("2") and path not in plain
        if not all(kind.get("schema") for kind in answer.get("content", {"none": {}}).values())
    ]
    assert bare == []


async def test_what_officers_and_reporters_are_answered_is_what_is_documented(desk: Desk) -> None:
    made = await desk.received(
        reporter={"phone": "0912345678"},
        place={"text": "hẻm 45", "lat": 21.03, "lon": 105.84},
        attachments=[{"kind": "photo", "sha256": "9b1c" * 16, "bytes": 100}],
    )
    tip, receipt = made["id"], {"Authorization": f"Receipt {made['receipt_code']}"}
    _holds(AcceptedReport, made)
    _holds(PostedMessage, (await desk.call(tip, "messages", {"text": "Lúc nào?"})).json())
    until = (desk.clock.now() + timedelta(days=40)).date().isoformat()
    extension = {"clock": "decide", "ground": "complex", "until": until, "reason": "Nhiều nhân chứng."}
    for name, body in (
        ("extend", extension),
        ("classify", {"classification": "crime_report"}),
        ("handover", {"authority": "investigation_agency", "note": "Hồ sơ kèm theo."}),
        ("reply", {"text": "Đã chuyển cơ quan điều tra."}),
    ):
        _holds(TipSummary, (await desk.call(tip, name, body)).json())
    officer = desk.officer()
    for path, shape in (
        ("/tips", TipList),
        (f"/tips/{tip}", TipInFull),
        (f"/tips/{tip}/timeline", History),
        (f"/tips/{tip}/clocks", ClockList),
        ("/.well-known/jwks.json", SubmissionKeys),
    ):
        _holds(shape, (await desk.http.get(path, headers=officer)).json())
    _holds(ReportersTip, (await desk.http.get("/reporter/tip", headers=receipt)).json())
    rated = await desk.http.post("/reporter/rating", json={"rating": 4}, headers=receipt)
    _holds(ReportersTip, rated.json())


async def test_what_a_reporter_is_answered_during_mediation_is_what_is_documented(desk: Desk) -> None:
    made = await desk.received(category="noise")
    await desk.walk(made["id"], ("classify", {"classification": "dispute", "dispute_type": "noise"}))
    questions = ("state_or_public_interest", "must_be_prosecuted", "must_be_sanctioned", "barred_by_law")
    body = {"scope": dict.fromkeys(questions, False), "reporter_is_party": False}
    referred = await desk.call(made["id"], "refer-to-mediation", body)
    _holds(TipSummary, referred.json())
    receipt = {"Authorization": f"Receipt {made['receipt_code']}"}
    seen = ReportersTip.model_validate((await desk.http.get("/reporter/tip", headers=receipt)).json())
    assert seen.mediation is not None


def _holds(shape: type[BaseModel], answer: object) -> None:
    """Raises when a member is missing or not documented."""
    shape.model_validate(answer)
