"""Area keys: paths `province/ward/residential-area` such as `99/99001/tdp-4`, or `legacy/<code or slug>`."""

from typing import Final

# A place that no longer exists is `legacy/…`: shown, never rolled up.
AREA_PATTERN: Final = r"^(legacy/[a-z0-9][a-z0-9-]{0,63}|[0-9]{2}(/[0-9]{5}(/[a-z0-9][a-z0-9-]{0,31})?)?)$"
PROVINCE_OR_WARD_PATTERN: Final = r"^[0-9]{2}(/[0-9]{5})?$"
WARD_OR_BELOW_PATTERN: Final = r"^[0-9]{2}/[0-9]{5}(/[a-z0-9][a-z0-9-]{0,31})?$"


def area_covers(prefix: str, area: str) -> bool:
    """Whether `prefix` is `area` or one of its ancestors, by whole segments.

    `99/9900` does not cover `99/99001`. An empty prefix covers nothing: a claim left empty must not open the
    country.
    """
    return bool(prefix) and (area == prefix or area.startswith(prefix + "/"))


def areas_meet(one: str, other: str) -> bool:
    """Whether one of the two covers the other: what is said of one concerns people in the other."""
    return area_covers(one, other) or area_covers(other, one)
