"""The page of the ledger in a browser: on a phone, by keyboard, in the dark; the proof comes as a file."""

import asyncio

from playwright.async_api import Browser, expect

from services.tips.ledger.shapes import TipReceipt
from tests.component.tips.conftest import Ward
from tests.component.tips.ledger.conftest import Stranger
from tests.support.browser import IN_BROWSER, assert_fit_for_all, assert_usable_by_keyboard, opened

pytestmark = IN_BROWSER


async def test_the_page_is_fit_for_all_and_hands_out_the_proof(ward: Ward, browser: Browser) -> None:
    stranger = Stranger(ward.desk)
    made = await ward.desk.received()
    await stranger.next_checkpoint()
    async with opened(browser, ward.address + "/ledger") as page:
        await assert_fit_for_all(page)
        await assert_usable_by_keyboard(page)
        await page.get_by_label("Mã tra cứu").fill("không đúng")
        await page.get_by_role("button", name="Tải bằng chứng").click()
        await expect(page.get_by_role("alert")).to_have_text("Mã này không đúng. Hãy xem lại từng chữ.")
        await assert_fit_for_all(page)
        await page.get_by_label("Mã tra cứu").fill(made["receipt_code"])
        async with page.expect_download() as coming:
            await page.get_by_role("button", name="Tải bằng chứng").click()
        file = await (await coming.value).path()
        kept = await asyncio.to_thread(file.read_text)
    receipt = TipReceipt.model_validate_json(kept)
    assert [entry.index is not None for entry in receipt.entries] == [True]
