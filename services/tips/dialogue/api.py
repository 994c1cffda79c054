"""An officer writes to the reporter; what reporters write comes in by their own door (`reporter/api.py`)."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from services.tips.dialogue import usecases
from services.tips.tip.api import Answer, Called
from services.tips.tip.domain.rules import LIMITS
from services.tips.tip.usecases.bench import Bench
from shared.contracts.base import Shape
from shared.contracts.tip_submission import Text
from shared.contracts.vocabulary import MessageAuthor
from shared.web import IdempotencyKey, answer

Said = Annotated[str, Field(min_length=1, max_length=LIMITS.message), Text]


class Message(Shape):
    text: Said


class PostedMessage(Answer):
    """`number` counts the messages of the tip."""

    number: int
    author: MessageAuthor
    at: datetime


class DialogueMessage(PostedMessage):
    text: str


def routes(bench: Bench) -> APIRouter:
    router = APIRouter(prefix="/tips/{tip_id}", tags=["dialogue"])

    @router.post(
        "/messages",
        status_code=201,
        summary="Ask the reporter",
        response_model=PostedMessage,
    )
    async def ask(call: Called, body: Message, idempotency_key: IdempotencyKey) -> Response:
        return answer(await usecases.ask(bench, call, text=body.text, key=idempotency_key), 201)

    return router
