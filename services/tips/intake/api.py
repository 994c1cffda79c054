"""`POST /tips`, `POST /events` for tip.submitted, and the key to which submissions are encrypted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter
from starlette.responses import Response

from services.tips.intake.submission_key import SubmissionKey
from services.tips.intake.usecases import submit
from services.tips.tip.api import Answer
from services.tips.tip.usecases.bench import Bench
from shared import logs
from shared.auth import Principal
from shared.contracts.submissions import TIP_SUBMITTED
from shared.contracts.tip_submission import SealedTipSubmission, TipSubmission
from shared.contracts.vocabulary import IdentityMode
from shared.errors import Unauthorised
from shared.events import Event
from shared.identifiers import Origin
from shared.outbox import Cause
from shared.web import DirectRoute, IdempotencyKey, Intake, MaybeCaller, answer

SUBMIT = "tips:submit"


class FirstDeadline(Answer):
    """`provisional`: the calendar of that day is not published yet, so the deadline may move."""

    clock: str
    due_at: datetime
    provisional: bool


class AcceptedReport(Answer):
    """What a reporter or an integration gets. The code is told here and nowhere else."""

    id: str
    receipt_code: str
    status: Literal["received"]
    clocks: list[FirstDeadline]


class SubmissionKeys(Answer):
    """A JWK set (RFC 7517, section 5): public parts only, the current key first."""

    keys: list[dict[str, Any]]


def routes(bench: Bench, key: SubmissionKey) -> APIRouter:
    router = APIRouter(tags=["intake"])

    async def report(
        submission: TipSubmission, caller: MaybeCaller, idempotency_key: IdempotencyKey
    ) -> Response:
        """Anyone, without a token; an integration with scope `tips:submit`.

        A repeat with the same `Idempotency-Key`, or from an integration the same `channel` and
        `channel_msg_id`, gets the same answer, receipt code included.
        """
        origin = _origin(submission, caller, key=idempotency_key)
        cause = _cause(submission, caller, logs.current_traceparent())
        accepted = await submit(bench, submission, origin, cause)
        return answer(accepted.to_json(), 201, headers={"Location": f"/tips/{accepted.id}"})

    router.add_api_route(
        "/tips",
        report,
        methods=["POST"],
        status_code=201,
        summary="Report an incident",
        response_model=AcceptedReport,
        route_class_override=DirectRoute,
    )

    @router.get(
        "/.well-known/jwks.json",
        summary="The key to which submissions are encrypted",
        response_model=SubmissionKeys,
    )
    async def jwks() -> Response:
        """RFC 7517. Encrypt with ECDH-ES and A256GCM, compact (RFC 7516), naming `kid`."""
        return answer(key.public(), headers={"Cache-Control": "public, max-age=300"})

    return router


def event_intake(bench: Bench, key: SubmissionKey) -> Mapping[str, Intake]:
    """What `POST /events` takes in here: the same use case, never a detour over Kafka."""

    async def take(event: Event, caller: Principal | None) -> Mapping[str, Any]:
        if caller is None:
            raise Unauthorised("This call needs a token.")
        caller.require(SUBMIT)
        raw = event.data if event.sealed is None else key.open(event.sealed)
        submission = SealedTipSubmission.accept(raw)
        origin = _origin(submission, caller, event=(event.source, event.id))
        cause = _cause(submission, caller, event.traceparent or logs.current_traceparent())
        accepted = await submit(bench, submission, origin, cause, given_code=submission.receipt_code)
        return accepted.to_json()

    return {TIP_SUBMITTED: take}


def _origin(
    submission: TipSubmission,
    caller: Principal | None,
    *,
    key: str | None = None,
    event: tuple[str, str] | None = None,
) -> Origin:
    """Raises Forbidden for a token without the scope, or without the area.

    Without a token only the key counts, which must be a random UUID: a message id can be guessed, and would
    hand a stranger somebody's receipt code.
    """
    if caller is None:
        return Origin("anonymous", key=key)
    caller.require(SUBMIT, submission.area)
    sent = submission.channel_msg_id
    message = (submission.channel.value, sent) if sent is not None else None
    return Origin(caller.name, message=message, key=key, event=event)


def _cause(submission: TipSubmission, caller: Principal | None, traceparent: str | None) -> Cause:
    """Who handed it in. An anonymous report keeps no name at all: the officer who typed it may be its
    author.
    """
    if caller is None or submission.identity_mode is IdentityMode.ANONYMOUS:
        return Cause("reporter", traceparent)
    return Cause(caller.name, traceparent)
