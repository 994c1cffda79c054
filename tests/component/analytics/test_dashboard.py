"""The dashboard: what everybody sees, what a token adds, and that its tables say what the JSON says."""

import re
from html.parser import HTMLParser
from typing import Any

from shared.words import INDICATORS, UNITS, number, word
from tests.component.analytics.conftest import World
from tests.component.analytics.test_statistics_and_areas import post
from tests.support.case_events import life_of_a_case
from tests.support.tip_events import later, tip_event


class Tables(HTMLParser):
    """Rows of all tables of a page, each a list of cell texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        self._inside = tag in ("td", "th") or (self._inside and tag == "q")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.rows[-1][-1] += data


async def test_everybody_sees_reported_figures_areas_and_whom_to_call(world: World) -> None:
    await post(world)
    await post(world, value=None, qualifier="order_of_magnitude", unit="tip", quote="hàng trăm tin")
    page = await world.http.get("/", params={"q": "binh minh"})
    assert page.status_code == 200
    assert 'lang="vi"' in page.text
    for words in ("trên 15.000 lượt người", "hàng trăm tin báo (100–999)", "TP Móng Cái", "99/99001",
                  "tel:113", "tel:114", "tel:115"):  # fmt: skip
        assert words in page.text, words
    english = (await world.http.get("/", params={"lang": "en"})).text
    assert "over 15,000 attendances" in english
    assert "not an emergency line" in english


async def test_figures_of_one_name_are_bars_of_their_own_and_never_put_end_to_end(world: World) -> None:
    for year, value in (("2023", 300), ("2024", 200), ("2025", 100)):
        await post(world, period=year, value=value, qualifier="exact", quote=None)
    page = (await world.http.get("/")).text
    bars = {row: float(length) for row, length in re.findall(r'd="M0,([\d.]+)h([\d.]+)v21\.6', page)}
    first, second, third = bars.values()
    assert (round(second / first, 2), round(third / first, 2)) == (0.67, 0.33)
    for year in ("2023", "2024", "2025"):
        assert f">năm {year}: " in page


async def test_the_page_runs_under_a_strict_policy_with_its_own_files_only(world: World) -> None:
    page = await world.http.get("/")
    assert "'unsafe-inline'" not in page.headers["content-security-policy"]
    assert "style=" not in page.text
    assert "http://" not in page.text.replace("http://www.w3.org/", "")
    assert "https://" not in page.text
    own = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    assert {name.split(".")[0].removeprefix("/static/") for name in own} == {"base", "sign-in", "dashboard"}
    for name in own:
        assert (await world.http.get(name)).status_code == 200


async def test_live_figures_need_a_token_for_the_area(world: World) -> None:
    assert (await world.http.get("/partials/figures")).status_code == 401
    headers = world.issuer.bearer("indicators:read", areas=("99/99001",))
    assert (
        await world.http.get("/partials/figures", params={"area": "98"}, headers=headers)
    ).status_code == 403


async def test_the_tables_say_what_the_json_says_and_a_chart_stands_above_each(world: World) -> None:
    await world.count(
        [
            *(tip_event("received", tip=tip, at=later(days=tip % 3), category="noise") for tip in range(7)),
            tip_event("resolved", tip=1, sequence=2),
            *life_of_a_case(1),
            *life_of_a_case(2, dispute_type="animals")[:3],
        ]
    )
    params: dict[str, Any] = {"area": "99/99001", "period": "2026-09", "compare": "previous"}
    headers = world.issuer.bearer("indicators:read")
    part = await world.http.get("/partials/figures", params=params, headers=headers)
    assert part.status_code == 200
    shown = {row[0]: row[1] for row in Tables(part.text).rows if len(row) == 4}
    for item in await world.items(**params):
        figure = item["figure"]
        unit = word(UNITS, figure["unit"], "vi")
        wanted = f"{number(figure['value'] or 0, 'vi')} {unit}".replace(" %", "%")
        if figure["value"] is None:
            wanted = "không có gì để tính" if figure["reporting"]["received"] else "chưa có báo cáo"
        assert shown[word(INDICATORS, item["indicator"], "vi")] == wanted
    assert shown["Tỷ lệ hòa giải thành"] == "100%"
    by_day = {row[0]: row[1] for row in Tables(part.text).rows if len(row) == 2}
    for item in await world.items(
        area="99/99001", period="2026-09", group_by="day", indicator="tip.received"
    ):
        key, value = item["group"]["key"], item["figure"]["value"]
        wanted = "chưa có báo cáo" if value is None else f"{value} tin báo"
        assert by_day[f"{key[8:]}/{key[5:7]}"] == wanted
    assert by_day["Vật nuôi"] == "1 vụ"
    assert by_day["Hòa giải thành"] == "1 vụ"
    assert part.text.count("<svg ") == 6


async def test_a_ward_that_never_mediated_is_told_apart_from_one_where_nothing_was_found(
    world: World,
) -> None:
    await world.count([tip_event("received", area="98/98001"), *life_of_a_case(1, area="98/98002")])
    said = {}
    for area in ("98/98001", "98/98002"):
        part = await world.http.get(
            "/partials/figures",
            params={"area": area, "period": "2026-09-19/2026-09-20", "lang": "en"},
            headers=world.issuer.bearer("indicators:read"),
        )
        rows = {row[0]: row[1] for row in Tables(part.text).rows if len(row) == 3}
        said[area] = rows["Cases brought to mediation"], rows["Share settled"], rows["Tips received"]
        for words in ("Nobody reported in this period.", "None in this period."):
            assert words in part.text, words
    assert said["98/98001"] == ("nobody reported", "nobody reported", "0 tips")
    assert said["98/98002"] == ("0 cases", "nothing to take it of", "nobody reported")


async def test_a_comparison_across_the_reform_says_so_in_the_readers_language(world: World) -> None:
    async def shown(period: str, lang: str) -> str:
        return (
            await world.http.get(
                "/partials/figures",
                params={"area": "99/99001", "period": period, "compare": "year_ago", "lang": lang},
                headers=world.issuer.bearer("indicators:read"),
            )
        ).text

    assert "địa giới cũ" in await shown("2026-03", "vi")
    assert "belong to other boundaries" in await shown("2026-03", "en")
    assert 'class="break"' not in await shown("2026-09", "vi")


async def test_what_somebody_typed_is_shown_as_text(world: World) -> None:
    await post(world, quote="<script>alert(1)</script>", place="<b>x</b>", area="99/99002", indicator="a.b")
    page = await world.http.get("/", params={"q": '"><script>alert(2)</script>'})
    assert "<script>alert" not in page.text
    assert "<b>x</b>" not in page.text
