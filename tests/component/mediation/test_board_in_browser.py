"""The board in a browser: on a phone, by keyboard, in the dark, and asked for again."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from services.mediation.config import MediationSettings
from services.mediation.main import create, prepare
from tests.component.mediation.conftest import Desk, open_door
from tests.support.browser import IN_BROWSER, assert_fit_for_all, assert_usable_by_keyboard, opened, served
from tests.support.moving import MovableClock
from tests.support.tokens import Issuer

pytestmark = IN_BROWSER


@dataclass
class Board:
    desk: Desk
    page: Page

    async def sign_in(self, headers: dict[str, str]) -> None:
        await self.page.get_by_label("Mã truy cập").fill(headers["Authorization"].removeprefix("Bearer "))
        await self.page.get_by_role("button", name="Mở bảng").click()


@pytest_asyncio.fixture(loop_scope="session")
async def board(browser: Browser, settings: MediationSettings, issuer: Issuer) -> AsyncIterator[Board]:
    await prepare(settings)
    clock = MovableClock()
    app = create(settings, clock=clock)
    async with (
        open_door(app) as http,
        served(app) as address,
        opened(browser, address + "/board") as page,
    ):
        yield Board(Desk(http, issuer, clock, settings), page)


async def test_it_is_fit_for_all_with_a_case_that_is_late(board: Board) -> None:
    desk, page = board.desk, board.page
    team_id = await desk.team()
    case_id, _ = await desk.opened()
    await desk.walk(
        case_id,
        ("scope-check", {"decision": "in"}),
        ("consents", {"party": 1, "agrees": True}),
        ("consents", {"party": 2, "agrees": True}),
        ("assignments", {"team_id": team_id, "mediator": 1}),
    )
    desk.clock.ahead = timedelta(days=10)
    await desk.opened(area="99/99001/tdp-7")
    await board.sign_in(desk.head)
    await expect(page.get_by_role("listitem").filter(has_text="Quá hạn").first).to_be_visible()
    await assert_fit_for_all(page)
    await assert_usable_by_keyboard(page)


async def test_what_has_changed_shows_when_asked_for_and_is_gone_after_signing_out(board: Board) -> None:
    desk, page = board.desk, board.page
    await board.sign_in(desk.head)
    await expect(page.get_by_text("Không có việc nào đang mở.")).to_be_visible()
    case_id, _ = await desk.opened(area="99/99001/tdp-7")
    await page.get_by_role("button", name="Làm mới").click()
    await expect(page.get_by_text(case_id)).to_be_visible()
    await page.get_by_label("Mã địa bàn").fill("99/99001/tdp-2")
    await page.get_by_role("button", name="Lọc").click()
    await expect(page.get_by_text(case_id)).to_have_count(0)
    await page.get_by_role("button", name="Đăng xuất").click()
    await expect(page.get_by_label("Mã truy cập")).to_be_focused()
    await expect(page.get_by_text("Việc đang mở")).to_have_count(0)


async def test_a_field_that_is_no_area_is_not_even_sent(board: Board) -> None:
    await board.sign_in(board.desk.head)
    field = board.page.get_by_label("Mã địa bàn")
    for typed, fits in (("99/99001/tdp-2", True), ("Bình Minh", False)):
        await field.fill(typed)
        assert await field.evaluate("field => field.checkValidity()") is fits


async def test_a_token_of_somebody_else_is_told_no(board: Board) -> None:
    await board.sign_in(board.desk.police)
    await expect(board.page.get_by_role("status")).to_have_text("Mã này không được xem địa bàn đó.")
