"""What reconciling found: problems by kind, and what is allowed to repeat, counted."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["lost", "duplicated", "disordered"]
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Problem:
    """`text` names the id and the place."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Findings:
    """`accepted` requests were held against everything; `lost`, `duplicated` (effects) and `disordered` must
    be 0. `repeats_raw`: webhook posts that came again under their `webhook-id`, `repeats_kafka`: records that
    stand twice in a topic; both are allowed, since each is known by its id. `details`: the first problems.
    """

    accepted: int
    lost: int
    duplicated: int
    disordered: int
    repeats_raw: int
    details: list[str] = field(default_factory=list)
    repeats_kafka: int = 0

    @property
    def clean(self) -> bool:
        return not (self.lost or self.duplicated or self.disordered)


def findings_of(
    accepted: int,
    problems: Sequence[Problem],
    *,
    repeats_raw: int,
    repeats_kafka: int,
    known: Collection[str] = (),
) -> Findings:
    """`known` are texts that an earlier fault on the same stack answers for."""
    fresh = [problem for problem in problems if problem.text not in known]
    kinds = Counter(problem.kind for problem in fresh)
    details = [f"{problem.kind}: {problem.text}" for problem in fresh]
    return Findings(
        accepted=accepted,
        lost=kinds["lost"],
        duplicated=kinds["duplicated"],
        disordered=kinds["disordered"],
        repeats_raw=repeats_raw,
        details=details[:_SHOWN],
        repeats_kafka=repeats_kafka,
    )
