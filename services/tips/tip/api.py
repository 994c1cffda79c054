"""What the HTTP doors of every feature share: a call on one tip, and a tip without its contents."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Depends, Path
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.tips.tip.domain.rules import LIMITS
from services.tips.tip.domain.state import Tip
from services.tips.tip.usecases.access import Command
from services.tips.tip.usecases.bench import Bench
from services.tips.tip.usecases.summary import summary
from shared import logs
from shared.contracts.base import Shape
from shared.contracts.case_vocabulary import MediationOutcome
from shared.contracts.tip_submission import Text
from shared.contracts.vocabulary import (
    Category,
    Channel,
    Classification,
    DisputeType,
    Harm,
    IdentityMode,
    TipOutcome,
    TipState,
)
from shared.outbox import Loaded
from shared.web import Caller, IfMatch, answer

Note = Annotated[str, Field(min_length=1, max_length=LIMITS.reason), Text]


TipIdPath = Annotated[str, Path(max_length=64)]


async def command(tip_id: TipIdPath, caller: Caller, if_match: IfMatch) -> Command:
    return Command(tip_id, caller, if_match, logs.current_traceparent())


Called = Annotated[Command, Depends(command)]


class Nothing(Shape):
    """`{}`: the call itself says it all."""


class Answer(BaseModel):
    """What this service answers holds these members and no others."""

    model_config = ConfigDict(extra="forbid")


class BothLanguages(Answer):
    vi: str
    en: str


class TipSummary(Answer):
    """A tip without its contents. `next_deadline` is the earliest that somebody still has to meet.

    `referral` counts the referrals to mediation; `mediation_outcome` is null while the latest one is open.
    """

    id: str
    version: int
    status: TipState
    area: str
    category: Category
    channel: Channel
    identity_mode: IdentityMode
    received_at: datetime
    restricted: Literal["inspectorate"] | None
    classification: Classification | None
    dispute_type: DisputeType | None
    harm: Harm | None
    pattern: str | None
    assigned_to: str | None
    referral: int
    mediation_outcome: MediationOutcome | None
    outcome: TipOutcome | None
    duplicate_of: str | None
    overdue: bool
    next_deadline: datetime | None


def changed(bench: Bench, loaded: Loaded[Tip]) -> Response:
    return answer(summary(loaded, bench.now()), version=loaded.version)
