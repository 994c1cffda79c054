"""`/track`: look, write, rate, contest. Every step is a posted form that carries a ticket, never the code.

No cookie: the next person at the device finds the empty form. A ticket ends after twenty minutes.
"""

import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import TypeAdapter, ValidationError

from services.tips.dialogue.api import Said
from services.tips.pages.forms import Form, language_of, read_form
from services.tips.pages.track_texts import TRACK
from services.tips.pressure.doorkeeper import Doorkeeper
from services.tips.pressure.gate import Proof
from services.tips.reporter import usecases as reporter
from services.tips.tip.usecases.bench import Bench
from services.tips.tracking.shown import shown
from services.tips.tracking.tickets import Tickets
from shared import logs
from shared.errors import Conflict, Unauthorised, Unavailable
from shared.web.pages import Pages
from shared.words import CATEGORIES, Language, word

_WORDS: Final = TypeAdapter(Said)


@dataclass(frozen=True, slots=True)
class Desk:
    bench: Bench
    tickets: Tickets
    doorkeeper: Doorkeeper
    pages: Pages


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an action came to: a sentence for the top, faults beside fields; `keep` shows what was typed."""

    notice: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    keep: bool = False


Act = Callable[[Bench, str, Form], Awaitable[Outcome]]


def desk(bench: Bench, doorkeeper: Doorkeeper) -> Desk:
    return Desk(bench, Tickets(bench.sealer, bench.clock), doorkeeper, Pages("services.tips.pages", TRACK))


def routes(desk: Desk) -> APIRouter:
    router = APIRouter(tags=["pages"], default_response_class=HTMLResponse, include_in_schema=False)

    @router.head("/track")
    @router.get("/track")
    async def start(request: Request, lang: Language = "vi") -> HTMLResponse:
        return _start(desk, request, lang)

    @router.post("/track")
    async def step(request: Request) -> HTMLResponse:
        typed = await read_form(request)
        language = language_of(typed)
        code = desk.tickets.code(typed["ticket"]) if "ticket" in typed else typed.get("code", "")
        if code is None:
            return _start(desk, request, language, fault="expired", pending=_pending(typed))
        proof = None if "ticket" in typed else desk.doorkeeper.asks(request, "code", typed)
        if proof is not None:
            return _start(
                desk,
                request,
                language,
                fault="crowded",
                typed=code,
                pending=_pending(typed),
                proof=proof,
                status=429,
            )
        act = _ACTS.get(typed.get("act", ""), _look)
        try:
            outcome = await _done(act, desk.bench, code, typed)
            return await _tip(desk, request, language, code, typed, outcome)
        except Unauthorised:
            # Only wrong codes count, and whoever computes or waits is let try: nobody locks a reporter out.
            desk.doorkeeper.count(request, "code")
            return _start(desk, request, language, fault="unknown", typed=typed.get("code", ""))
        except Unavailable as away:
            kept = _pending(typed) | {"ticket": desk.tickets.issue(code)}
            busy = _start(desk, request, language, fault="busy", pending=kept, status=503)
            busy.headers["Retry-After"] = str(away.retry_after)
            return busy

    return router


def _pending(typed: Form) -> dict[str, str]:
    """What was asked for and could not be done yet: the next attempt carries it along."""
    return {name: typed[name] for name in ("act", "text", "token", "rating", "reason") if typed.get(name)}


def _start(
    desk: Desk,
    request: Request,
    language: Language,
    *,
    fault: str = "",
    typed: str = "",
    pending: Mapping[str, str] | None = None,
    proof: Proof | None = None,
    status: int = 422,
) -> HTMLResponse:
    answer = desk.pages.page(
        "track.html", request, language, fault=fault, typed=typed, pending=pending or {}, proof=proof
    )
    answer.status_code = status if fault else 200
    return answer


async def _tip(
    desk: Desk, request: Request, language: Language, code: str, typed: Form, outcome: Outcome
) -> HTMLResponse:
    tip = reporter.view(desk.bench, await reporter.find(desk.bench, code))
    answer = desk.pages.page(
        "tip.html",
        request,
        language,
        tip=tip,
        **shown(tip, language),
        labels=partial(word, CATEGORIES, language=language),
        notice=outcome.notice,
        faults=outcome.faults,
        typed=typed if outcome.faults or outcome.keep else {},
        ticket=desk.tickets.issue(code),
        token=str(uuid.uuid4()),
    )
    answer.status_code = outcome.status
    return answer


async def _done(act: Act, bench: Bench, code: str, typed: Form) -> Outcome:
    """Raises Unauthorised for an unknown code and Unavailable; every other refusal has its words."""
    try:
        return await act(bench, code, typed)
    except Conflict as refused:
        if refused.code == "idempotency_mismatch":
            return Outcome("sent_before", status=409, keep=True)
        notice = "full" if refused.code == "too_many_messages" else "no_longer"
        return Outcome(notice, status=409)


async def _look(bench: Bench, code: str, typed: Form) -> Outcome:
    return Outcome()


async def _write(bench: Bench, code: str, typed: Form) -> Outcome:
    text = _words(typed.get("text", ""))
    if text is None:
        return Outcome(faults={"text": "fault_text"}, status=422)
    await reporter.write(
        bench, code, text=text, key=typed.get("token") or None, traceparent=logs.current_traceparent()
    )
    return Outcome("sent")


async def _rate(bench: Bench, code: str, typed: Form) -> Outcome:
    score = typed.get("rating", "")
    if score not in {"1", "2", "3", "4", "5"}:
        return Outcome(faults={"rating": "fault_rating"}, status=422)
    await reporter.rate(bench, code, rating=int(score), traceparent=logs.current_traceparent())
    return Outcome()


async def _contest(bench: Bench, code: str, typed: Form) -> Outcome:
    said = typed.get("reason", "")
    reason = _words(said)
    if said and reason is None:
        return Outcome(faults={"reason": "fault_text"}, status=422)
    await reporter.contest(bench, code, reason=reason, traceparent=logs.current_traceparent())
    return Outcome("contested")


def _words(said: str) -> str | None:
    """What was written, as the calls of the reporter take it; None where they would refuse it."""
    try:
        return _WORDS.validate_python(said)
    except ValidationError:
        return None


_ACTS: Final[Mapping[str, Act]] = {"message": _write, "rate": _rate, "contest": _contest}
