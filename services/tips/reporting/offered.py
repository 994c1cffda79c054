"""The areas that a resident may choose from."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Final

from shared.areas import area_covers
from shared.places import Area, known_areas

_UNIT: Final = {"ward": "tdp"}
_VILLAGE: Final = "thon"


class Offered:
    """The wards within `home` (a province or a ward), or of the whole country without one.

    Fictional places are offered only where `home` says so. Raises ValueError when there is nothing in it.
    """

    def __init__(self, home: str | None) -> None:
        areas = [area for area in known_areas() if area.kind != "legacy"]
        if home is None:
            self._areas = [area for area in areas if not area.fictional]
        else:
            around = home.partition("/")[0]
            self._areas = [area for area in areas if area.key == around or area_covers(home, area.key)]
        if not self._wards:
            raise ValueError("names no ward, and no province with wards")

    @cached_property
    def _wards(self) -> Mapping[str, Area]:
        return {area.key: area for area in self._areas if area.parent is not None}

    @property
    def provinces(self) -> Sequence[Area]:
        """Those to choose from; one alone needs no choice."""
        return [area for area in self._areas if area.parent is None]

    def wards(self, province: str) -> Sequence[Area]:
        """Those of a province by name; none of one that is not offered."""
        mine = [area for area in self._wards.values() if area.parent == province]
        return sorted(mine, key=lambda area: area.name)

    def has_ward(self, key: str) -> bool:
        return key in self._wards

    def within(self, ward: str, number: int | None) -> str:
        """The area key of a numbered residential group (in a ward) or village (elsewhere)."""
        if number is None:
            return ward
        return f"{ward}/{_UNIT.get(self._wards[ward].kind, _VILLAGE)}-{number}"
