"""The dashboard: a public page with attested figures and areas, and partials of live figures for a token."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from services.analytics.api.indicators import AreaQuery, PeriodQuery
from services.analytics.domain.periods import VIET_NAM, Period
from services.analytics.pages import attested, tables
from services.analytics.pages.charts import Chart, draw
from services.analytics.usecases.desk import Desk
from services.analytics.usecases.grouping import Compare, GroupBy, Question
from services.analytics.usecases.indicators import MAX_GROUPED_DAYS
from services.analytics.usecases.statistics import Statements, Wanted
from shared.web import Caller
from shared.web.pages import Pages
from shared.words import Language, period_in_words

SHOWN_STATISTICS: Final = 300
SHOWN_AREAS: Final = 20
_GROUPED: Final[tuple[tuple[GroupBy, str, Callable[[Sequence[tables.Item], Language], tables.Part]], ...]] = (
    ("day", "tip.received", tables.by_day),
    ("category", "tip.received", tables.by_category),
    ("dispute_type", "mediation.requested", tables.by_dispute),
)


def routes(desk: Desk, statistics: Statements, pages: Pages) -> APIRouter:
    router = APIRouter(tags=["pages"], default_response_class=HTMLResponse, include_in_schema=False)

    @router.get("/")
    async def page(
        request: Request, lang: Language = "vi", q: Annotated[str, Query(max_length=100)] = ""
    ) -> HTMLResponse:
        found = await desk.areas.find(q, None, None, SHOWN_AREAS) if q.strip() else []
        reported = await _reported(desk, statistics, lang)
        return pages.page("dashboard.html", request, lang, q=q, areas=found, reported=reported)

    @router.get("/partials/statistics")
    async def reported_part(lang: Language = "vi") -> HTMLResponse:
        return pages.part("reported.html", lang, reported=await _reported(desk, statistics, lang))

    @router.get("/partials/figures")
    async def figures(
        caller: Caller,
        area: AreaQuery = None,
        period: PeriodQuery = None,
        compare: Compare | None = None,
        lang: Language = "vi",
    ) -> HTMLResponse:
        question = desk.question(caller, area=area or None, period=period or None, compare=compare)
        return pages.part("figures.html", lang, **await _figures(desk, question, lang))

    return router


async def _reported(desk: Desk, statistics: Statements, lang: Language) -> list[tuple[Any, Markup]]:
    """Places with their figures, each with its drawn chart ("" for none)."""
    listed = [one.statistic for one in await statistics.read(Wanted(), None, SHOWN_STATISTICS)]
    names = await desk.areas.names(sorted({one.area for one in listed}))
    places = attested.reported(listed, names, lang)
    return [(place, await _drawn(place.chart)) for place in places]


async def _figures(desk: Desk, question: Question, lang: Language) -> dict[str, Any]:
    overall = await desk.answer(question)
    parts = [tables.outcomes(overall, lang)]
    for by, indicator, show in _GROUPED:
        if by == "day" and question.period.length > MAX_GROUPED_DAYS:
            continue
        grouped = replace(question, group_by=by, compare=None, indicators=(indicator,))
        parts.append(show(await desk.answer(grouped), lang))
    parts += [tables.mediated(overall, lang), tables.kept(overall, lang)]
    names = await desk.areas.names([question.area] if question.area else [])
    as_of = (await desk.as_of()).astimezone(VIET_NAM)
    return {
        "area": names.get(question.area or "", question.area or ""),
        "period": _period(question.period, lang),
        "as_of": as_of.strftime("%H:%M:%S %d/%m/%Y" if lang == "vi" else "%Y-%m-%d %H:%M:%S"),
        "overview": tables.overview(overall, lang),
        "compared": question.compare is not None,
        "broken": tables.broken(overall, lang),
        "parts": [(part, await _drawn(part.chart)) for part in parts],
    }


def _period(period: Period, lang: Language) -> str:
    return period_in_words(period.text, lang)


async def _drawn(chart: Chart | None) -> Markup:
    """The SVG is ours: Vega escapes what it is given, and it is given names and numbers only."""
    return Markup("") if chart is None else Markup((await draw([chart]))[0])
