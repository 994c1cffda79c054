"""The arithmetic of the bench: percentiles, medians with their spread, ratios of interleaved rounds."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `measured` are figures by their unit (or name), `beside` what stands beside
    them; `aim` is what was wished, `met` whether it came true (None: there is nothing to meet, or it was not
    run).
    """

    group: str
    what: str
    measured: Mapping[str, str]
    beside: str = ""
    aim: str = ""
    met: bool | None = None


def not_run(group: str, what: str, reason: str) -> Row:
    """A line that says so, instead of a figure."""
    return Row(group, what, {"not run": reason})


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest of the ascending `ordered` that at least `share` (0 to 1) of them do not exceed (nearest
    rank). NaN without values.
    """
    if not ordered:
        return math.nan
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def spread(values: Sequence[float]) -> str:
    """`median (lowest–highest)`, or the one value alone, in three significant digits."""
    if not values:
        return "–"
    if len(values) == 1:
        return digits(values[0])
    return f"{digits(median(values))} ({digits(min(values))}–{digits(max(values))})"


def digits(value: float) -> str:
    """Three significant digits, never an exponent."""
    if math.isnan(value):
        return "–"
    if value == 0:
        return "0"
    decimals = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{min(decimals, 3)}f}"


def ratios(ours: Sequence[float], others: Sequence[float]) -> list[float]:
    """Ours over theirs, round by round: neighbours in time, so that a busy moment hurts both. Rounds in which
    either is missing or nothing are left out.
    """
    return [one / other for one, other in zip(ours, others, strict=False) if one > 0 and other > 0]
