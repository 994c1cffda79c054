"""What the receipt shows: the code as it is said, as a picture, and what happens next by which moment."""

from dataclasses import dataclass
from datetime import datetime

import segno

from services.tips.clocks.domain import wording
from services.tips.intake.usecases import Accepted
from services.tips.receipt.domain import codes
from shared.words import Language


@dataclass(frozen=True, slots=True)
class NextStep:
    """`duty` is what must be done, `due` by when (UTC)."""

    duty: str
    due: datetime
    provisional: bool


@dataclass(frozen=True, slots=True)
class Receipt:
    """`words` with their marks; `qr` an SVG element that holds them, and no address."""

    words: tuple[str, ...]
    qr: str
    clocks: tuple[NextStep, ...]


def shown(accepted: Accepted, language: Language) -> Receipt:
    aloud = codes.aloud(accepted.receipt_code)
    steps = (
        NextStep(wording.duty(name)[language], due, provisional)
        for name, due, provisional in sorted(accepted.clocks, key=lambda clock: clock[1])
    )
    picture = segno.make_qr(aloud, error="m").svg_inline(omitsize=True, border=2)
    return Receipt(tuple(aloud.split()), picture, tuple(steps))
