"""`POST /tips/{id}/refer-to-mediation`."""

from fastapi import APIRouter
from pydantic import StrictBool
from starlette.responses import Response

from services.tips.mediation import domain, usecases
from services.tips.mediation.domain import ConsentMeans
from services.tips.tip.api import Called, TipSummary, changed
from services.tips.tip.usecases.bench import Bench
from shared.contracts.base import Moment, Shape


class ScopeAnswers(Shape):
    """What is asked at referral. Each must be answered; one `true` keeps the matter out of mediation."""

    state_or_public_interest: StrictBool
    must_be_prosecuted: StrictBool
    must_be_sanctioned: StrictBool
    barred_by_law: StrictBool


class Consent(Shape):
    """How and when the reporter agreed to the referral."""

    how: ConsentMeans
    at: Moment


class ReferToMediation(Shape):
    """`consent` is required where the reporter is a party of the dispute, and only there."""

    scope: ScopeAnswers
    reporter_is_party: StrictBool
    consent: Consent | None = None


def routes(bench: Bench) -> APIRouter:
    router = APIRouter(prefix="/tips/{tip_id}", tags=["mediation"])

    @router.post(
        "/refer-to-mediation", summary="A dispute that the parties may settle", response_model=TipSummary
    )
    async def refer(call: Called, body: ReferToMediation) -> Response:
        """Only a tip classified as a dispute. `not_mediable` (409) and `out_of_mediation_scope` (422) say
        what to do instead. The reporter then finds a single-use join code at `GET /reporter/tip`.
        """
        loaded = await usecases.refer(
            bench,
            call,
            scope=domain.ScopeAnswers(**dict(body.scope)),
            reporter_is_party=body.reporter_is_party,
            consent=None if body.consent is None else domain.Consent(body.consent.how, body.consent.at),
        )
        return changed(bench, loaded)

    return router
