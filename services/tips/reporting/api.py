"""`/report`: choose what happened, tell it, get a receipt. Each step is the answer to a posted form.

Nothing a resident chooses or types stands in an address, since addresses stay in histories.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from services.tips.categories import Kind, catalogue
from services.tips.intake.usecases import submit
from services.tips.pages.forms import Form, language_of, read_form
from services.tips.pages.report_texts import RECEIPT, REPORT
from services.tips.pressure.doorkeeper import Doorkeeper
from services.tips.pressure.gate import Proof
from services.tips.reporting import form as forms
from services.tips.reporting import receipt
from services.tips.reporting.offered import Offered
from services.tips.tip.usecases.bench import Bench
from shared import logs
from shared.contracts.vocabulary import Category
from shared.errors import Conflict, Invalid, Unavailable
from shared.identifiers import Origin
from shared.outbox import Cause
from shared.web.pages import Pages
from shared.words import CATEGORIES, Language, word

PACKAGE: Final = "services.tips.pages"
SEND: Final = "send"


@dataclass(frozen=True, slots=True)
class Desk:
    """What the page works with. `home` is the area it serves, None the country; `duty` a telephone number."""

    bench: Bench
    offered: Offered
    home: str | None
    duty: str | None
    doorkeeper: Doorkeeper
    pages: Pages
    receipts: Pages


def desk(bench: Bench, home: str | None, duty: str | None, doorkeeper: Doorkeeper) -> Desk:
    return Desk(bench, Offered(home), home, duty, doorkeeper, Pages(PACKAGE, REPORT), Pages(PACKAGE, RECEIPT))


def routes(desk: Desk) -> APIRouter:
    router = APIRouter(tags=["pages"], default_response_class=HTMLResponse, include_in_schema=False)

    @router.head("/report")
    @router.get("/report")
    async def start(request: Request, lang: Language = "vi") -> HTMLResponse:
        return _start(desk, request, lang)

    @router.post("/report")
    async def step(request: Request) -> HTMLResponse:
        typed = await read_form(request)
        language, chosen = language_of(typed), typed.get("category", "")
        declined = catalogue().turned_back.get(chosen)
        if declined is not None:
            return desk.pages.page("turned_back.html", request, language, one=declined, duty=desk.duty)
        if chosen not in set(Category):
            return _start(desk, request, language, fault="fault_choice")
        asked = _Asked(desk, request, language, catalogue().kinds[Category(chosen)], typed)
        if not asked.wards:
            return _start(desk, request, language, fault="fault_province")
        return await _send(asked) if typed.get("step") == SEND else asked.page()

    return router


def _start(desk: Desk, request: Request, language: Language, fault: str = "") -> HTMLResponse:
    answer = desk.pages.page(
        "start.html",
        request,
        language,
        groups=catalogue().groups,
        labels=partial(word, CATEGORIES, language=language),
        provinces=desk.offered.provinces,
        home=desk.home,
        fault=fault,
    )
    answer.status_code = 422 if fault else 200
    return answer


class _Asked:
    """One posted form, and the page that asks again."""

    def __init__(self, desk: Desk, request: Request, language: Language, kind: Kind, typed: Form) -> None:
        provinces = desk.offered.provinces
        self.desk = desk
        self.language = language
        self.kind = kind
        self.typed = typed
        self.token = _token(typed)
        self.province = provinces[0].key if len(provinces) == 1 else typed.get("province", "")
        self.wards = desk.offered.wards(self.province)
        self._request = request

    def proof(self) -> Proof | None:
        """What the form has to bring first, when its address has sent much; None lets it through."""
        return self.desk.doorkeeper.asks(self._request, "report", self.typed)

    def taken(self) -> None:
        self.desk.doorkeeper.count(self._request, "report")

    def page(
        self,
        faults: forms.Faults | None = None,
        *,
        notice: str = "",
        status: int = 200,
        same: bool = False,
        proof: Proof | None = None,
    ) -> HTMLResponse:
        """`same` keeps the form's token: what was sent under it may have been taken. Else it is a new one:
        whoever made the browser post a form of theirs knows its token, and with it could fetch the receipt.
        """
        answer = self.desk.pages.page(
            "details.html",
            self._request,
            self.language,
            kind=self.kind,
            labels=partial(word, CATEGORIES, language=self.language),
            numbers=_numbers(self.desk.pages.texts(self.language)),
            typed=self.typed,
            faults=faults or {},
            notice=notice,
            proof=proof,
            token=self.token if same else str(uuid.uuid4()),
            province=self.province,
            wards=self.wards,
        )
        answer.status_code = status
        return answer


def _numbers(texts: Mapping[str, str]) -> Mapping[str, str]:
    return {
        "113": texts["police"],
        "114": texts["fire"],
        "115": texts["ambulance"],
        "111": texts["number_111"],
    }


def _token(typed: Form) -> str:
    """The form's own; whoever writes forms by hand and leaves it out just has no protection from repeats."""
    try:
        return str(uuid.UUID(typed.get("token", ""), version=4))
    except ValueError:
        return str(uuid.uuid4())


async def _send(asked: _Asked) -> HTMLResponse:
    desk = asked.desk
    origin, cause = Origin("anonymous", key=asked.token), Cause("reporter", logs.current_traceparent())
    try:
        report = forms.submission(asked.typed, asked.kind, desk.offered)
        proof = asked.proof()
        if proof is not None:
            return asked.page(notice="crowded", status=429, same=True, proof=proof)
        accepted = await submit(desk.bench, report, origin, cause)
    except forms.Faulty as faulty:
        return asked.page(faulty.faults, status=422)
    except Invalid as refused:
        return asked.page(forms.faults_of(refused), status=422)
    except Conflict:
        return asked.page(notice="sent_before", status=409)
    except Unavailable as away:
        busy = asked.page(notice="busy", status=503, same=True)
        busy.headers["Retry-After"] = str(away.retry_after)
        return busy
    asked.taken()
    told = receipt.shown(accepted, asked.language)
    return desk.receipts.part(
        "receipt.html",
        asked.language,
        switch={},
        now=desk.bench.now(),
        words=told.words,
        qr=told.qr,
        clocks=told.clocks,
    )
