"""Loads the figures that real wards published (`reported_statistics.csv`) into analytics."""

import csv
import re
from pathlib import Path
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from deploy.local.demo.stage import DemoFailed, Json, Stage

FILE: Final = Path(__file__).with_name("reported_statistics.csv")
_AREAS: Final = {
    "Phường Kỳ Liên": "legacy/18841",
    "TP Móng Cái": "legacy/mong-cai",
    "Phường 5": "legacy/29248",
}
_RANGE: Final = re.compile(r"range (\d+)-(\d+)")


def load(stage: Stage) -> None:
    """One POST a row; loading twice changes nothing, since each row brings its own Idempotency-Key."""
    stage.tell(
        "Số liệu do địa phương công bố · figures that wards published, kept apart with their qualifier"
    )
    desk = stage.person("thống kê", "statistics:write", areas=("legacy",))
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for number, row in enumerate(rows, 1):
        answer = stage.send(
            desk,
            "/statistics",
            _body(row),
            service="analytics",
            key=str(uuid5(NAMESPACE_URL, row["fact_id"])),
        )
        words = answer["words"]["vi"]
        stage.console.print(f"    {number:>2}/{len(rows)}  {words:28} [dim]{row['quote']}[/]")


def _body(row: dict[str, str]) -> Json:
    place = row["place"]
    area = next((code for start, code in _AREAS.items() if place.startswith(start)), None)
    if area is None:
        raise DemoFailed(f"{FILE.name}: the place of {row['fact_id']} has no area key.")
    body: Json = {
        "indicator": row["indicator"],
        "value": float(row["value"]) if row["value"] else None,
        "unit": row["unit"],
        "qualifier": row["qualifier"],
        "period": f"{row['period_start']}/{row['period_end']}",
        "area": area,
        "place": place,
        "quote": row["quote"],
        "reference": row["fact_id"],
    }
    if row["note"]:
        body["note"] = row["note"]
    if found := _RANGE.search(row["note"]):
        body["range"] = {"low": int(found[1]), "high": int(found[2])}
    return body
