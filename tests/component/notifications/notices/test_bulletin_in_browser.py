"""The bulletin in a browser: on a phone, by keyboard, in the dark, live, and without script."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest_asyncio
from playwright.async_api import Browser, expect

from services.notifications.config import NotificationsSettings
from tests.component.notifications.notices.conftest import Desk, open_desk
from tests.support.browser import IN_BROWSER, assert_fit_for_all, assert_usable_by_keyboard, opened, served
from tests.support.notice_events import statistic_event
from tests.support.tokens import Issuer

pytestmark = IN_BROWSER


@dataclass
class Public:
    """`address` is where the service can be reached by a browser."""

    desk: Desk
    address: str


@pytest_asyncio.fixture(loop_scope="session")
async def public(settings: NotificationsSettings, issuer: Issuer) -> AsyncIterator[Public]:
    async with open_desk(settings, issuer) as desk, served(desk.app) as address:
        yield Public(desk, address)


async def test_it_is_fit_for_all(public: Public, browser: Browser) -> None:
    await public.desk.issued()
    await public.desk.issued(headline={"vi": "Mất nước", "en": "No water"}, severity="minor")
    await public.desk.deliver(statistic_event(1))
    async with opened(browser, public.address + "/bulletin") as page:
        await assert_fit_for_all(page)
        await assert_usable_by_keyboard(page)


async def test_what_comes_is_shown_at_once(public: Public, browser: Browser) -> None:
    async with opened(browser, public.address + "/bulletin") as page:
        await expect(page.get_by_text("Chưa có số liệu nào được công bố.")).to_be_visible()
        await expect(page.get_by_role("status")).to_have_text("Đang cập nhật trực tiếp.")
        await public.desk.deliver(statistic_event(1))
        await expect(page.get_by_text("trên 15.000 lượt người")).to_be_visible()
        await expect(page.get_by_role("status")).to_have_text("Bản tin vừa được cập nhật.")


async def test_it_says_all_without_script(public: Public, browser: Browser) -> None:
    await public.desk.issued()
    async with opened(browser, public.address + "/bulletin", java_script_enabled=False) as page:
        await page.get_by_label("Mã địa bàn").fill("99/99001")
        await page.get_by_role("button", name="Xem").click()
        await expect(page.get_by_role("heading", name="Nước sông dâng nhanh")).to_be_visible()
        await expect(page.get_by_label("Mã địa bàn")).to_have_value("99/99001")
        await page.get_by_role("link", name="English").click()
        await expect(page.get_by_role("heading", name="The river rises fast")).to_be_visible()
