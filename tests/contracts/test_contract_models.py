from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from shared.contracts import check, contract_for
from shared.contracts.analytics import StatisticReported
from shared.contracts.tips import TipReceived
from shared.contracts.vocabulary import Category

RECEIVED: dict[str, Any] = {
    "area": "99/99001/tdp-4",
    "state": "received",
    "category": "drugs",
    "received_at": "2026-09-14T12:10:00+07:00",
    "channel": "web",
    "identity_mode": "anonymous",
    "deadlines": {"report_up": "2026-09-14T17:10:00Z"},
}
REPORTED: dict[str, Any] = {
    "area": "99/99001",
    "state": "recorded",
    "indicator": "outreach.participants",
    "value": 15000,
    "unit": "attendance",
    "qualifier": "more_than",
    "origin": "attested",
    "period": "2026-Q3",
    "as_of": "2026-09-30T00:00:00Z",
}


def test_data_leaves_as_json_native_values_without_what_is_absent() -> None:
    data = TipReceived.model_validate(RECEIVED).to_data()
    assert data == {**RECEIVED, "received_at": "2026-09-14T05:10:00Z"}


def test_what_is_published_may_hold_no_unknown_field() -> None:
    with pytest.raises(ValidationError):
        check(TipReceived.TYPE, {**RECEIVED, "text": "somebody said"})


def test_a_reader_ignores_fields_it_does_not_know_at_every_depth() -> None:
    read = TipReceived.read({**RECEIVED, "added_later": {"any": 1}})
    assert read.category is Category.DRUGS
    assert read.received_at == datetime(2026, 9, 14, 5, 10, tzinfo=UTC)
    nested = StatisticReported.read({**REPORTED, "reporting": {"expected": 1, "received": 1, "late": 0}})
    assert nested.reporting is not None


def test_a_figure_nobody_reported_is_null_and_zero_is_zero() -> None:
    assert StatisticReported.model_validate({**REPORTED, "value": None}).to_data()["value"] is None
    assert StatisticReported.model_validate({**REPORTED, "value": 0}).to_data()["value"] == 0
    with pytest.raises(ValidationError):
        StatisticReported.model_validate({name: REPORTED[name] for name in REPORTED if name != "value"})


@pytest.mark.parametrize(
    "changes",
    [
        {"received_at": "2026-09-14T12:10:00"},
        {"received_at": 1789362600},
        {"received_at": "1789362600"},
        {"area": "99/99001/tdp 4"},
        {"category": "opinion"},
        {"state": "lost"},
        {"restricted": "everybody"},
        {"deadlines": {"a name with spaces": "2026-09-14T17:10:00Z"}},
        {"notify": ["nguyen.van.a@example.org"]},
    ],
)
def test_values_outside_the_contract_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TipReceived.read({**RECEIVED, **changes})


@pytest.mark.parametrize(
    "period", ["2026", "2026-Q3", "2026-09", "2026-W37", "2013-01-01/2023-08-11", "reporting_year"]
)
def test_every_way_to_write_a_period_is_accepted(period: str) -> None:
    assert StatisticReported.model_validate({**REPORTED, "period": period}).period == period


def test_an_unknown_type_has_no_contract() -> None:
    assert contract_for("liengia.tip.received.v2") is None
    with pytest.raises(LookupError):
        check("liengia.tip.received.v2", RECEIVED)
