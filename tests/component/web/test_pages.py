"""The one base of all pages: its languages, its style under stamped names, and what it refuses to show."""

import re
from collections.abc import AsyncIterator
from typing import Annotated

import httpx
import jinja2
import pytest
from fastapi import FastAPI, Query, Request
from fastapi.responses import HTMLResponse

from shared.web import problems
from shared.web.pages import LANGUAGES, Pages
from shared.web.pages.texts import COMMON
from shared.words import Language

TEXTS: dict[Language, dict[str, str]] = {
    "vi": {"title": "Trang thử", "greeting": "Xin chào"},
    "en": {"title": "A page", "greeting": "Hello"},
}


@pytest.fixture
def pages() -> Pages:
    return Pages("tests.support.pages", TEXTS)


@pytest.fixture
async def client(pages: Pages) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    problems.install(app)
    app.include_router(pages.routes())

    @app.get("/demo")
    async def demo(
        request: Request, lang: Language = "vi", name: Annotated[str, Query()] = "An"
    ) -> HTMLResponse:
        return pages.page("demo.html", request, lang, name=name)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://demo") as client:
        yield client


def statics(page: str) -> dict[str, str]:
    """Addresses of a page's static files by the file's plain name."""
    found = re.findall(r'"(/static/([a-z-]+)\.[0-9a-f]{12}(\.[a-z]+))"', page)
    return {stem + kind: address for address, stem, kind in found}


async def test_a_page_is_vietnamese_first_and_says_whom_to_call(client: httpx.AsyncClient) -> None:
    page = (await client.get("/demo")).text
    assert '<html lang="vi">' in page
    assert "<title>Trang thử · Liên Gia</title>" in page
    assert "Xin chào, An" in page
    for number in ("tel:113", "tel:114", "tel:115"):
        assert number in page
    assert "This is not an emergency line" in (await client.get("/demo?lang=en")).text


async def test_the_language_switch_keeps_the_rest_of_the_query(client: httpx.AsyncClient) -> None:
    page = (await client.get("/demo", params={"name": "Bình & Ánh", "lang": "en"})).text
    (href,) = re.findall(r'class="language" lang="vi"[^>]* href="([^"]+)"', page)
    other = (await client.get("/demo" + href.replace("&amp;", "&"))).text
    assert "Xin chào, Bình &amp; Ánh" in other


async def test_static_files_are_kept_for_ever_under_the_name_of_their_content(
    client: httpx.AsyncClient,
) -> None:
    mine = statics((await client.get("/demo")).text)
    assert set(mine) == {"base.css", "demo.css"}
    for address in mine.values():
        asset = await client.get(address)
        assert asset.headers["content-type"] == "text/css; charset=utf-8"
        assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
        again = await client.get(address, headers={"If-None-Match": asset.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


async def test_a_page_of_another_release_gets_the_file_there_is_but_does_not_keep_it(
    client: httpx.AsyncClient,
) -> None:
    asset = await client.get("/static/base.0123456789ab.css")
    assert (asset.status_code, asset.headers["cache-control"]) == (200, "no-cache")


@pytest.mark.parametrize("name", ["base.css", "none.0123456789ab.css", "..%2Ftexts.0123456789ab.py"])
async def test_nothing_else_is_served(client: httpx.AsyncClient, name: str) -> None:
    assert (await client.get(f"/static/{name}")).status_code == 404


async def test_what_somebody_typed_is_shown_as_text(client: httpx.AsyncClient) -> None:
    page = (await client.get("/demo", params={"name": "<script>alert(1)</script>"})).text
    assert "<script>" not in page


def test_a_template_that_shows_what_nobody_gave_it_fails(pages: Pages) -> None:
    with pytest.raises(jinja2.UndefinedError):
        pages.part("demo.html", "vi", switch={"lang": "en", "href": "?"})


def test_both_languages_have_every_sentence() -> None:
    first, *others = (COMMON[language].keys() for language in LANGUAGES)
    assert all(other == first for other in others)
