"""The pages of residents in a browser: on a phone, by keyboard, in the dark, with and without script."""

from playwright.async_api import Browser, expect

from tests.component.tips.conftest import Ward
from tests.component.tips.pages import pick
from tests.component.tips.test_reporter import TO_REPLIED
from tests.support.browser import IN_BROWSER, assert_fit_for_all, assert_usable_by_keyboard, opened

pytestmark = IN_BROWSER


async def test_every_step_is_fit_for_all(ward: Ward, browser: Browser) -> None:
    async with opened(browser, ward.address + "/report") as page:
        await assert_fit_for_all(page)
        await assert_usable_by_keyboard(page)
        await pick(page, "Người bị hại hoặc mất tích", "Bạo lực gia đình")
        await assert_fit_for_all(page)
        await page.get_by_role("button", name="Gửi tin").click()
        await expect(page.get_by_role("alert")).to_be_focused()
        await assert_fit_for_all(page)
        await assert_usable_by_keyboard(page)
        await page.get_by_label("Kể lại chuyện đã xảy ra").fill("Nhà bên có tiếng la hét.")
        await page.get_by_role("button", name="Gửi tin").click()
        await expect(page.get_by_role("heading", name="Mã tra cứu của bạn")).to_be_visible()
        await assert_fit_for_all(page)
        await assert_usable_by_keyboard(page)


async def test_a_stranger_without_an_act_is_told_so_on_a_page_fit_for_all(
    ward: Ward, browser: Browser
) -> None:
    async with opened(browser, ward.address + "/report") as page:
        await pick(page, "Hàng xóm, cán bộ, việc khác", "Thấy người lạ")
        await expect(page.get_by_role("link", name="Trực ban 0291 123 456")).to_be_visible()
        await assert_fit_for_all(page)


async def test_a_report_is_made_without_script(ward: Ward, browser: Browser) -> None:
    async with opened(browser, ward.address + "/report", java_script_enabled=False) as page:
        await pick(page, "Chỗ nguy hiểm, môi trường", "Tiếng ồn")
        await page.get_by_label("Kể lại chuyện đã xảy ra").fill("Loa kéo hát đến khuya.")
        await page.get_by_role("button", name="English").click()
        await expect(page.get_by_label("Tell what happened")).to_have_value("Loa kéo hát đến khuya.")
        await page.get_by_label("Anonymous").check()
        await page.get_by_label("Which spot, near what").fill("trước chợ")
        await page.get_by_label("Which spot, near what").press("Enter")
        await expect(page.get_by_role("heading", name="Your code")).to_be_visible()
        assert page.url == ward.address + "/report"
        await page.reload()
        await expect(page.get_by_role("heading", name="Your code")).to_be_visible()
    listed = (await ward.desk.http.get("/tips", headers=ward.desk.officer())).json()["items"]
    assert [tip["identity_mode"] for tip in listed] == ["anonymous"]


async def test_leaving_quickly_takes_the_page_out_of_the_way_back(ward: Ward, browser: Browser) -> None:
    async with opened(browser, ward.address + "/bulletin") as page:
        await page.route("https://nchmf.gov.vn/", lambda route: route.fulfill(body="weather"))
        await page.goto(ward.address + "/report")
        before = await page.evaluate("history.length")
        await page.get_by_role("link", name="Rời trang nhanh").click()
        await expect(page.get_by_text("weather")).to_be_visible()
        assert await page.evaluate("history.length") == before
        await page.go_back()
        assert page.url == ward.address + "/bulletin"


async def test_a_rough_position_is_filled_in_when_asked_for(ward: Ward, browser: Browser) -> None:
    place = {"latitude": 10.7712345, "longitude": 106.7098765}
    async with opened(
        browser, ward.address + "/report", geolocation=place, permissions=["geolocation"]
    ) as page:
        await pick(page, "Chỗ nguy hiểm, môi trường", "Tiếng ồn")
        await page.get_by_role("button", name="Điền vị trí của tôi").click()
        await expect(page.get_by_label("Vị trí gần đúng")).to_have_value("10.771, 106.710")


async def test_a_report_is_followed_on_a_page_fit_for_all(ward: Ward, browser: Browser) -> None:
    desk = ward.desk
    received = await desk.received()
    await desk.call(received["id"], "messages", {"text": "Việc xảy ra khoảng mấy giờ?"})
    await desk.walk(received["id"], *TO_REPLIED)
    async with opened(browser, ward.address + "/track") as page:
        await assert_fit_for_all(page)
        await assert_usable_by_keyboard(page)
        await page.get_by_label("Mã tra cứu").fill("re khu mat")
        await page.get_by_role("button", name="Xem tin").click()
        await expect(page.get_by_role("alert")).to_contain_text("Chưa tìm thấy tin nào")
        await assert_fit_for_all(page)
        await page.get_by_label("Mã tra cứu").fill(received["receipt_code"].upper())
        await page.get_by_role("button", name="Xem tin").click()
        await expect(page.get_by_text("Chúng tôi đã xử lý.")).to_be_visible()
        await assert_fit_for_all(page)
        await assert_usable_by_keyboard(page)


async def test_a_reporter_writes_and_rates_without_script_and_leaves_nothing_behind(
    ward: Ward, browser: Browser
) -> None:
    desk = ward.desk
    received = await desk.received()
    await desk.walk(received["id"], *TO_REPLIED)
    async with opened(browser, ward.address + "/track", java_script_enabled=False) as page:
        await page.get_by_label("Mã tra cứu").fill(received["receipt_code"])
        await page.get_by_role("button", name="Xem tin").click()
        await page.get_by_label("Nhắn thêm").fill("Cảm ơn")
        await page.get_by_role("button", name="Gửi tin nhắn").click()
        await expect(page.get_by_role("status")).to_have_text("Đã gửi.")
        await page.get_by_label("Rất tốt").check()
        await page.get_by_role("button", name="Gửi đánh giá").click()
        await expect(page.get_by_text("Bạn đã chấm: Rất tốt.")).to_be_visible()
        assert page.url == ward.address + "/track"
        assert await page.context.cookies() == []
        await page.get_by_role("link", name="Đóng tin này").click()
        await expect(page.get_by_label("Mã tra cứu")).to_have_value("")
