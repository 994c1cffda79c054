"""The dashboard in a browser: on a phone, by keyboard, in the dark, and while figures change."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.component.analytics.conftest import World, open_world
from tests.component.analytics.test_statistics_and_areas import post
from tests.support.browser import IN_BROWSER, assert_fit_for_all, assert_usable_by_keyboard, opened, served
from tests.support.case_events import life_of_a_case
from tests.support.stack import FreshDatabase
from tests.support.tip_events import tip_event

pytestmark = IN_BROWSER


@dataclass
class Dashboard:
    world: World
    page: Page

    async def sign_in(self, token: str) -> None:
        await self.page.get_by_label("Mã truy cập").fill(token)
        await self.page.get_by_role("button", name="Mở số liệu").click()


@pytest_asyncio.fixture(loop_scope="session")
async def dashboard(
    browser: Browser, fresh_database: FreshDatabase, tmp_path: Path
) -> AsyncIterator[Dashboard]:
    async with open_world(fresh_database, tmp_path) as world:
        await post(world)
        await post(world, value=None, qualifier="order_of_magnitude", unit="tip", quote="hàng trăm tin")
        await world.count([tip_event("received", tip=1), *life_of_a_case(1)])
        async with served(world.app) as address, opened(browser, address + "/?q=binh+minh") as page:
            yield Dashboard(world, page)


async def test_before_signing_in_it_is_fit_for_all(dashboard: Dashboard) -> None:
    await assert_fit_for_all(dashboard.page)
    await assert_usable_by_keyboard(dashboard.page)


async def test_with_figures_it_is_fit_for_all(dashboard: Dashboard) -> None:
    await dashboard.sign_in(dashboard.world.issuer.token("indicators:read"))
    await dashboard.page.get_by_label("So với").select_option("year_ago")
    await dashboard.page.get_by_label("Mã địa bàn").fill("99/99001")
    await dashboard.page.get_by_label("Kỳ", exact=True).fill("2026")
    await dashboard.page.get_by_role("button", name="Xem").click()
    await expect(dashboard.page.get_by_text("thuộc địa giới cũ")).to_be_visible()
    await expect(dashboard.page.get_by_role("heading", name="Kết quả hòa giải")).to_be_visible()
    await assert_fit_for_all(dashboard.page)
    await assert_usable_by_keyboard(dashboard.page)


async def test_figures_follow_what_happens_until_one_signs_out(dashboard: Dashboard) -> None:
    page, world = dashboard.page, dashboard.world
    await dashboard.sign_in(world.issuer.token("indicators:read"))
    received = page.get_by_role("row", name="Tin báo đã tiếp nhận").first
    await expect(received).to_contain_text("1 tin báo")
    await expect(page.get_by_role("status")).to_have_text("Đang cập nhật trực tiếp.")
    await world.count([tip_event("received", tip=2)])
    await expect(received).to_contain_text("2 tin báo")
    await page.get_by_role("button", name="Đăng xuất").click()
    await expect(received).to_have_count(0)
    await page.reload()
    await expect(page.get_by_label("Mã truy cập")).to_be_visible()


async def test_a_token_that_is_no_good_is_asked_for_again(dashboard: Dashboard) -> None:
    await dashboard.sign_in("not-a-token")
    await expect(dashboard.page.get_by_role("status")).to_have_text("Mã truy cập không đúng hoặc đã hết hạn.")
    await expect(dashboard.page.get_by_label("Mã truy cập")).to_be_visible()


async def test_the_other_language_keeps_what_was_searched(dashboard: Dashboard) -> None:
    await dashboard.page.get_by_role("link", name="English").click()
    await expect(dashboard.page.get_by_role("heading", name="Find an area")).to_be_visible()
    await expect(dashboard.page.get_by_role("rowheader", name="Phường Bình Minh")).to_be_visible()
