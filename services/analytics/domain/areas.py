"""Areas: official units keyed with the date they are valid from, places that no longer exist, and how names
are found.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
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


def official_units(rows: Iterable[Mapping[str, str]]) -> Iterator[Area]:
    """Areas from rows of `admin_units_2025.csv`: each province once, before its first ward."""
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
