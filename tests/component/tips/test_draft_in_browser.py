"""A lost connection costs nobody their report: it waits, a draft is kept when asked for, and one tip comes
of it."""

from playwright.async_api import Browser, Page, Route, expect

from tests.component.tips.conftest import Ward
from tests.component.tips.pages import pick
from tests.support.browser import IN_BROWSER, assert_fit_for_all, opened

pytestmark = IN_BROWSER
STORY = "Loa kéo hát đến khuya."


async def typed(page: Page, *, keep: bool) -> None:
    await pick(page, "Chỗ nguy hiểm, môi trường", "Tiếng ồn")
    if keep:
        await page.get_by_label("Giữ bản nháp trên máy này").check()
    await page.get_by_label("Kể lại chuyện đã xảy ra").fill(STORY)


async def stored(page: Page) -> str | None:
    kept: str | None = await page.evaluate("localStorage.getItem('liengia.draft')")
    return kept


async def tips(ward: Ward) -> int:
    return len((await ward.desk.http.get("/tips", headers=ward.desk.officer())).json()["items"])


async def test_a_report_waits_for_the_connection_and_is_sent_once_when_it_is_back(
    ward: Ward, browser: Browser
) -> None:
    async with opened(browser, ward.address + "/report") as page:
        await typed(page, keep=False)
        await page.context.set_offline(True)
        await page.get_by_role("button", name="Gửi tin").click()
        await expect(page.get_by_role("status")).to_contain_text("Mất kết nối")
        await assert_fit_for_all(page)
        assert await stored(page) is None
        await page.context.set_offline(False)
        await expect(page.get_by_role("heading", name="Mã tra cứu của bạn")).to_be_visible()
    assert await tips(ward) == 1


async def test_what_is_changed_while_waiting_is_not_sent_by_itself(ward: Ward, browser: Browser) -> None:
    async with opened(browser, ward.address + "/report") as page:
        await typed(page, keep=False)
        await page.context.set_offline(True)
        await page.get_by_role("button", name="Gửi tin").click()
        await expect(page.get_by_role("status")).to_contain_text("Mất kết nối")
        await page.get_by_label("Kể lại chuyện đã xảy ra").fill("Khoan đã")
        await expect(page.get_by_text("Mất kết nối")).to_be_hidden()
        async with page.expect_event("console", lambda said: said.text == "back"):
            await page.evaluate("addEventListener('online', () => console.log('back'))")
            await page.context.set_offline(False)
        await expect(page.get_by_label("Kể lại chuyện đã xảy ra")).to_have_value("Khoan đã")
    assert await tips(ward) == 0


async def test_a_kept_draft_goes_on_after_a_lost_answer_and_makes_one_tip(
    ward: Ward, browser: Browser
) -> None:
    async with opened(browser, ward.address + "/report") as page:
        await typed(page, keep=True)

        async def lose_the_answer(route: Route) -> None:
            if route.request.method == "POST":
                await route.fetch()
                await route.abort()
            else:
                await route.continue_()

        await page.route("**/report", lose_the_answer)
        async with page.expect_event("requestfailed", lambda lost: lost.method == "POST"):
            await page.get_by_role("button", name="Gửi tin").click()
        await page.unroute("**/report")
        await page.goto(ward.address + "/report")
        await page.get_by_role("button", name="Viết tiếp").click()
        await expect(page.get_by_label("Kể lại chuyện đã xảy ra")).to_have_value(STORY)
        await page.get_by_role("button", name="Gửi tin").click()
        await expect(page.get_by_role("heading", name="Mã tra cứu của bạn")).to_be_visible()
        assert await stored(page) is None
    assert await tips(ward) == 1


async def test_nothing_is_kept_unless_asked_for_and_leaving_quickly_forgets_it(
    ward: Ward, browser: Browser
) -> None:
    async with opened(browser, ward.address + "/report") as page:
        await typed(page, keep=False)
        assert await stored(page) is None
        await page.get_by_label("Giữ bản nháp trên máy này").check()
        assert STORY in (await stored(page) or "")
        await page.goto(ward.address + "/report")
        await expect(page.get_by_text("Máy này đang giữ một bản nháp")).to_be_visible()
        await assert_fit_for_all(page)
        await page.route("https://nchmf.gov.vn/", lambda route: route.fulfill(body="weather"))
        await page.get_by_role("link", name="Rời trang nhanh").click()
        await expect(page.get_by_text("weather")).to_be_visible()
        await page.goto(ward.address + "/report")
        await expect(page.get_by_text("Máy này đang giữ một bản nháp")).to_be_hidden()


async def test_when_many_send_the_page_computes_by_itself_and_gets_through(
    ward: Ward, browser: Browser
) -> None:
    async with opened(browser, ward.address + "/report") as page:
        await typed(page, keep=False)
        await page.evaluate(
            """async (times) => { for (let n = 0; n < times; n++) {
                 const fields = new FormData(document.getElementById('report'));
                 fields.set('step', 'send'); fields.set('token', crypto.randomUUID());
                 await fetch('/report', { method: 'POST', body: new URLSearchParams(fields) });
               } }""",
            ward.desk.settings.tips_free_per_address,
        )
        async with page.expect_response(lambda answer: answer.status == 429):
            await page.get_by_role("button", name="Gửi tin").click()
        await expect(page.get_by_role("heading", name="Mã tra cứu của bạn")).to_be_visible(timeout=20_000)
