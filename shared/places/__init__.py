"""The places there are: official units keyed with the date they are valid from, places that no longer exist,
and how a key reads to people.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Final

# Resolution 202/2025/QH15 and the resolutions on commune-level units took effect on this day.
UNITS_OF_2025: Final = date(2025, 7, 1)


@dataclass(frozen=True, slots=True)
class Area:
    """`key` is the path; `kind` is province, ward, commune, special_zone or legacy.

    `rolled_up` False: shown, never part of a sum. `lat` and `lon` are the official centroid in degrees.
    """

    key: str
    name: str
    kind: str
    parent: str | None
    valid_from: date
    rolled_up: bool = True
    lat: float | None = None
    lon: float | None = None
    fictional: bool = False

    @property
    def position(self) -> str:
        """Names it: codes were used again, so the day from which it is valid belongs to the name."""
        return f"{self.key}@{self.valid_from.isoformat()}"


FICTIONAL: Final = (
    Area("99", "Tỉnh Giả Định", "province", None, UNITS_OF_2025, fictional=True),
    Area("99/99001", "Phường Bình Minh (giả định)", "ward", "99", UNITS_OF_2025, fictional=True),
)
# The places of the attested statistics; they ended on 2025-06-30 at the latest.
LEGACY: Final = (
    Area(
        "legacy/18841",
        "Phường Kỳ Liên, TX Kỳ Anh, Hà Tĩnh",
        "legacy",
        None,
        date(2004, 1, 1),
        rolled_up=False,
    ),
    Area("legacy/mong-cai", "TP Móng Cái, Quảng Ninh", "legacy", None, date(2008, 9, 24), rolled_up=False),
    Area("legacy/29248", "Phường 5, TP Trà Vinh", "legacy", None, date(2004, 1, 1), rolled_up=False),
)
_KINDS: Final = {"Phường": "ward", "Xã": "commune", "Đặc khu": "special_zone"}


def known_areas() -> Iterator[Area]:
    """The 34 provinces and 3,321 units of 2025, the fictional ward, and the legacy places of attested
    statistics.

    Source of the units: the MIT package vietnamadminunits 1.0.4 (see `README.md` here).
    """
    with files(__name__).joinpath("units_2025.csv").open(encoding="utf-8") as lines:
        yield from official_units(csv.DictReader(lines))
    yield from FICTIONAL
    yield from LEGACY


def place_name(key: str) -> str:
    """`99/99001/tdp-4` as `tdp-4, Phường Bình Minh (giả định), Tỉnh Giả Định`; an unknown one by its key."""
    known = _names()
    if key in known:
        return known[key]
    around, _, last = key.rpartition("/")
    return f"{last}, {known[around]}" if around in known else key


@cache
def _names() -> Mapping[str, str]:
    areas = {area.key: area for area in known_areas()}
    return {
        key: area.name if area.parent is None else f"{area.name}, {areas[area.parent].name}"
        for key, area in areas.items()
    }


def official_units(rows: Iterable[Mapping[str, str]]) -> Iterator[Area]:
    """Areas from rows of `units_2025.csv`: each province once, before its first ward."""
    provinces: set[str] = set()
    for row in rows:
        province = row["province_code"]
        if province not in provinces:
            provinces.add(province)
            yield Area(province, row["province"], "province", None, UNITS_OF_2025)
        yield Area(
            f"{province}/{row['ward_code']}",
            row["ward"],
            _KINDS[row["ward_type"]],
            province,
            UNITS_OF_2025,
            lat=float(row["lat"]),
            lon=float(row["lon"]),
        )
