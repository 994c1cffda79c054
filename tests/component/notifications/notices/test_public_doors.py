"""The public doors: pages of other origins, HEAD, a mistyped area; and what no headline may hold."""

import pytest

from tests.component.notifications.notices.conftest import Desk

FEED = "/feeds/public.json"
ELSEWHERE = {"Origin": "https://portal.example"}


async def test_a_page_of_any_origin_may_read_the_public_feed(desk: Desk) -> None:
    answer = await desk.http.get(FEED, headers=ELSEWHERE)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
    assert "Origin" in answer.headers["Vary"]
    asked = {**ELSEWHERE, "Access-Control-Request-Method": "GET"}
    ahead = await desk.http.options(
        FEED, headers={**asked, "Access-Control-Request-Headers": "if-none-match"}
    )
    assert ahead.status_code == 200
    assert (await desk.http.options("/feeds/public/stream", headers=asked)).status_code == 200
    post = await desk.http.options(FEED, headers={**asked, "Access-Control-Request-Method": "POST"})
    assert post.status_code == 400


@pytest.mark.parametrize("path", ["/webhooks", "/subscriptions", "/feeds/stream", "/alerts", "/bulletin"])
async def test_nothing_else_is_open_to_other_origins(desk: Desk, path: str) -> None:
    asked = {**ELSEWHERE, "Access-Control-Request-Method": "GET"}
    for answer in (
        await desk.http.get(path, headers=ELSEWHERE),
        await desk.http.options(path, headers=asked),
    ):
        assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("path", [FEED, "/bulletin"])
async def test_head_tells_what_get_would(desk: Desk, path: str) -> None:
    got, headed = await desk.http.get(path), await desk.http.head(path)
    assert headed.status_code == 200
    assert headed.headers["Content-Type"] == got.headers["Content-Type"]
    assert headed.headers.get("ETag") == got.headers.get("ETag")


async def test_an_area_that_is_none_is_told_on_the_page_and_everything_is_shown(desk: Desk) -> None:
    await desk.issued()
    answer = await desk.http.get("/bulletin", params={"area": "nonsense<b>"})
    assert answer.status_code == 422
    assert answer.headers["Content-Type"].startswith("text/html")
    assert 'role="alert"' in answer.text
    assert "99/99001" in answer.text
    assert "nonsense<b>" not in answer.text
    assert "Nước sông dâng nhanh" in answer.text
    assert 'role="alert"' not in (await desk.http.get("/bulletin", params={"area": "99/99001"})).text


@pytest.mark.parametrize("unseen", ["\u202e", "\u2028", "\u2029", "\u200b", "\x07", "\ufeff"])
async def test_a_headline_with_what_cannot_be_seen_is_refused_by_its_pointer(desk: Desk, unseen: str) -> None:
    answer = await desk.post(
        "/alerts", desk.alert(headline={"vi": f"Nước{unseen}dâng", "en": "Rising"}), headers=desk.author()
    )
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert fault == {"pointer": "/headline/vi", "message": "holds a character that cannot be shown"}
