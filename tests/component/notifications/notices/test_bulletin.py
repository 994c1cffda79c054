"""What the bulletin shows: alerts that stand, those that do not any more, figures by place."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from services.notifications.store.alerts import AlertStore
from services.notifications.store.public import PublicItems
from services.notifications.usecases.bulletin import Bulletin, FigureLine, bulletin
from services.notifications.usecases.feed import FeedDesk
from shared.words import Language
from tests.component.notifications.notices.conftest import WARD, Desk
from tests.support.notice_events import statistic_event
from tests.support.tip_events import later


async def shown(desk: Desk, language: Language = "vi", area: str | None = None) -> Bulletin:
    feed = FeedDesk(PublicItems(desk.database), AlertStore(desk.database), ZoneInfo("Asia/Ho_Chi_Minh"))
    return await bulletin(feed, language, now=desk.clock.now(), area=area)


async def test_alerts_stand_until_they_expire_or_are_cancelled(desk: Desk) -> None:
    standing = await desk.issued(expires_at=desk.later(days=2))
    expired = await desk.issued(expires_at=desk.later(hours=1))
    cancelled = await desk.issued(expires_at=desk.later(days=2))
    await desk.drafted()
    await desk.post(
        f"/alerts/{cancelled['id']}/cancel",
        {"instruction": {"vi": "Hết.", "en": "Over."}, "headline": {"vi": "Hủy", "en": "Off"}},
    )
    await desk.approved(cancelled["id"])
    desk.clock.ahead = timedelta(hours=2)
    page = await shown(desk)
    assert [notice.alert for notice in page.current] == [standing["id"]]
    assert {notice.alert: notice.state for notice in page.past} == {
        expired["id"]: "expired",
        cancelled["id"]: "cancelled",
    }
    (notice,) = page.current
    assert (notice.headline, notice.severity) == ("Nước sông dâng nhanh", "nghiêm trọng")
    assert (await shown(desk, "en")).current[0].headline == "The river rises fast"
    assert (await shown(desk, area="98")).current == ()


async def test_figures_stand_by_place_with_their_qualifiers(desk: Desk) -> None:
    await desk.deliver(
        statistic_event(1),
        statistic_event(2, area="legacy/mong-cai", at=later(hours=1), period="2026"),
        statistic_event(3, origin="computed"),
    )
    places = (await shown(desk)).places
    assert [place.area for place in places] == [WARD, "legacy/mong-cai"]
    assert [place.name for place in places] == [
        "Phường Bình Minh (giả định), Tỉnh Giả Định",
        "TP Móng Cái, Quảng Ninh",
    ]
    assert places[0].figures == (
        FigureLine("Lượt người dự tuyên truyền", "trên 15.000 lượt người", "quý 3 năm 2026"),
    )


async def test_the_gravest_alert_stands_first(desk: Desk) -> None:
    for severity in ("minor", "extreme", "moderate"):
        await desk.issued(severity=severity)
    assert [notice.severity for notice in (await shown(desk, "en")).current] == [
        "extreme",
        "moderate",
        "minor",
    ]
