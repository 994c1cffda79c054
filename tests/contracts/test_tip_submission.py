from datetime import UTC, datetime
from typing import Any

import pytest

from shared.contracts.tip_submission import SealedTipSubmission, TipSubmission
from shared.contracts.vocabulary import IdentityMode
from shared.errors import Invalid

REPORT: dict[str, Any] = {
    "category": "theft_burglary",
    "text": "Mất xe Wave ở hẻm 45",
    "area": "99/99001/tdp-4",
    "channel": "zalo_oa",
}
FILE = {"kind": "photo", "sha256": "9b1c" * 16, "bytes": 100}


def faults(**changes: Any) -> list[str]:
    with pytest.raises(Invalid) as caught:
        TipSubmission.accept({**REPORT, **changes})
    return [fault.pointer for fault in caught.value.faults]


def test_a_short_report_is_enough_and_its_identity_is_protected() -> None:
    report = TipSubmission.accept(REPORT)
    assert report.identity_mode is IdentityMode.PROTECTED
    assert report.attachments == ()


def test_a_full_report_is_accepted() -> None:
    report = TipSubmission.accept(
        {
            **REPORT,
            "occurred_at": "2026-09-14T02:15:00+07:00",
            "occurred_precision": "approx",
            "place": {"text": "số 12 hẻm 45", "lat": 21.03, "lon": 105.84},
            "channel_msg_id": "zl-7f3a",
            "identity_mode": "open",
            "reporter": {
                "name": "Nguyễn Văn A",
                "phone": "0912 345 678",
                "email": "a@example.org",
                "zalo": "a",
            },
            "attachments": [FILE] * 10,
        }
    )
    assert report.occurred_at == datetime(2026, 9, 13, 19, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"text": ""}, "/text"),
        ({"text": " \n "}, "/text"),
        ({"text": "x" * 10_001}, "/text"),
        ({"text": "a\x00b"}, "/text"),
        ({"text": {"$gt": ""}}, "/text"),
        ({"category": "opinion"}, "/category"),
        ({"area": "99"}, "/area"),
        ({"area": "legacy/18841"}, "/area"),
        ({"occurred_at": "2026-09-14T05:10:00"}, "/occurred_at"),
        ({"occurred_at": "1700-09-14T05:10:00Z"}, "/occurred_at"),
        ({"occurred_at": 1}, "/occurred_at"),
        ({"place": {"text": "x", "lat": 90.1, "lon": 0}}, "/place/lat"),
        ({"place": {"text": "x", "lat": 1, "lon": 181}}, "/place/lon"),
        ({"place": {"text": "x", "lat": 1}}, "/place"),
        ({"place": {"text": "x", "lat": True, "lon": 1}}, "/place/lat"),
        ({"place": {"text": "x", "lat": 1, "lon": "1"}}, "/place/lon"),
        ({"attachments": [FILE] * 11}, "/attachments"),
        ({"attachments": [{**FILE, "bytes": 0}]}, "/attachments/0/bytes"),
        ({"reporter": {"phone": "call me"}}, "/reporter/phone"),
        ({"reporter": {"name": "x" * 201}}, "/reporter/name"),
        ({"identity_mode": "anonymous", "reporter": {"phone": "0912345678"}}, "/reporter"),
        ({"receipt_code": "A" * 20}, "/receipt_code"),
        ({"suspect": "x"}, "/suspect"),
    ],
)
def test_a_fault_is_named_by_its_pointer(changes: dict[str, Any], pointer: str) -> None:
    assert faults(**changes) == [pointer]


@pytest.mark.parametrize("raw", [None, [], "text", 5])
def test_what_is_no_object_is_refused(raw: object) -> None:
    with pytest.raises(Invalid):
        TipSubmission.accept(raw)


def test_a_refusal_never_repeats_what_was_sent() -> None:
    planted = "Nguyễn Văn A"
    with pytest.raises(Invalid) as caught:
        TipSubmission.accept(
            {"category": planted, "text": 5, "area": planted, "channel": planted, "occurred_at": planted,
             "identity_mode": planted, "reporter": {"phone": planted, "email": planted}, "place": planted}
        )  # fmt: skip
    assert planted not in str(caught.value.faults)


def test_text_is_composed_so_that_equal_words_are_equal() -> None:
    decomposed = "Ca\u0301 nha\u0302n"
    assert TipSubmission.accept({**REPORT, "text": decomposed}).text == "Cá nhân"


def test_only_a_sealed_report_carries_the_receipt_code_a_gateway_gave_out() -> None:
    report = SealedTipSubmission.accept({**REPORT, "receipt_code": "K7QF-93MD-2TXW-AAAA"})
    assert report.receipt_code == "K7QF-93MD-2TXW-AAAA"
