"""The attested figures of `reported_statistics.csv`, each with its quote and qualifier."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from deploy.local.demo.doors import Doors
from deploy.local.demo.telling import step, told

_FILE = Path(__file__).with_name("reported_statistics.csv")
_LEGACY_CODE = re.compile(r"\(legacy (\d+)\)")
_LEGACY_PLACES = {"TP Móng Cái, Quảng Ninh (legacy city)": "legacy/mong-cai"}


def load(doors: Doors) -> None:
    """Report every row; the row's own id is the idempotency key, so that a second demo adds nothing."""
    step("What wards published themselves: attested, kept apart from counts", "POST analytics /statistics")
    writer = doors.token("demo-statistics", "statistics:write", "*")
    rows = list(read())
    shown: dict[str, str] = {}
    for reference, body in rows:
        headers = {**writer, "Idempotency-Key": f"demo-{reference}"}
        answer = doors.call("POST", "analytics", "/statistics", headers, body=body)
        shown.setdefault(body["qualifier"], f"{body['indicator']}: {answer['words']['vi']} ({body['place']})")
    told("analytics", f"{len(rows)} figures reported; one of each qualifier:")
    for qualifier, words in shown.items():
        told("", f"{qualifier:18} {words}")


def read() -> Iterator[tuple[str, dict[str, Any]]]:
    """The row's id and the body of `POST /statistics`."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            number = float(row["value"]) if row["value"] else None
            optional = {"quote": row["quote"], "note": row["note"], "reference": row["fact_id"]}
            yield (
                row["fact_id"],
                {
                    "indicator": row["indicator"],
                    "value": int(number) if number is not None and number.is_integer() else number,
                    "unit": row["unit"],
                    "qualifier": row["qualifier"],
                    "period": f"{row['period_start']}/{row['period_end']}",
                    "area": _area(row["place"]),
                    "place": row["place"],
                    **{name: value for name, value in optional.items() if value},
                },
            )


def _area(place: str) -> str:
    if code := _LEGACY_CODE.search(place):
        return f"legacy/{code[1]}"
    return _LEGACY_PLACES[place]
