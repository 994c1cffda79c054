"""The bulletin as a page: what everybody sees of it, with and without script."""

import re
from datetime import timedelta

import pytest

from tests.component.notifications.notices.conftest import Desk
from tests.support.notice_events import statistic_event

FIRST_VIEW_BYTES = 60_000


async def page(desk: Desk, **params: str) -> str:
    answer = await desk.http.get("/bulletin", params=params)
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_alerts_in_force_stand_above_those_that_are_over_and_figures_keep_their_qualifier(
    desk: Desk,
) -> None:
    await desk.issued(headline={"vi": "Cắt điện", "en": "Power off"}, expires_at=desk.later(hours=1))
    desk.clock.ahead = timedelta(hours=2)
    await desk.issued()
    await desk.deliver(statistic_event(1))
    shown = await page(desk)
    places = [
        shown.index(words)
        for words in ("Nước sông dâng nhanh", "Hết hiệu lực", "Cắt điện", "trên 15.000 lượt người")
    ]
    assert places == sorted(places)
    english = await page(desk, lang="en")
    assert "The river rises fast" in english
    assert "over 15,000 attendances" in english


async def test_it_leads_feed_readers_to_the_same_in_json(desk: Desk) -> None:
    shown = await page(desk, area="99/99001")
    (link,) = re.findall(r'<link rel="alternate" type="application/feed\+json"[^>]* href="([^"]+)"', shown)
    feed = await desk.http.get(link.replace("&amp;", "&"))
    assert feed.headers["content-type"].startswith("application/feed+json")
    assert "area=99%2F99001" in link


@pytest.mark.parametrize(("area", "there"), [("", True), ("99/99001/tdp-4", True), ("98", False)])
async def test_it_can_be_narrowed_to_an_area(desk: Desk, area: str, there: bool) -> None:
    await desk.issued()
    assert ("Nước sông dâng nhanh" in await page(desk, area=area)) is there


async def test_what_somebody_wrote_is_shown_as_text(desk: Desk) -> None:
    await desk.issued(headline={"vi": "Mưa & gió &lt;b&gt;", "en": "Rain"})
    assert "Mưa &amp; gió &amp;lt;b&amp;gt;" in await page(desk)


async def test_the_first_view_is_small(desk: Desk) -> None:
    for _ in range(5):
        await desk.issued()
    shown = await page(desk)
    files = [await desk.http.get(name) for name in re.findall(r'"(/static/[^"]+)"', shown)]
    assert {file.status_code for file in files} == {200}
    assert len(shown.encode()) + sum(len(file.content) for file in files) < FIRST_VIEW_BYTES
