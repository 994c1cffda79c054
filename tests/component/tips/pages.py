"""What the tests of residents' pages share: forms as a browser sends them, and what stands on a page."""

import html
import re
from typing import Any

import httpx
from playwright.async_api import Page

CODE = re.compile(r"<li>([a-zà-ỹđ]+)</li>")


async def choose(http: httpx.AsyncClient, category: str = "theft_burglary", **more: str) -> httpx.Response:
    return await http.post("/report", data={"category": category, **more})


async def pick(page: Page, group: str, kind: str) -> None:
    """Opens a group of the first view and chooses in it."""
    await page.get_by_text(group).click()
    await page.get_by_role("button", name=kind).click()


def hidden(page: str, name: str) -> str:
    found = re.search(rf'type="hidden" name="{name}" value="([^"]*)"', page)
    assert found is not None, f"{name} is not on the page"
    return html.unescape(found[1])


async def filled(http: httpx.AsyncClient, category: str = "theft_burglary", **typed: str) -> dict[str, str]:
    """The fields of a filled-in form, token included."""
    page = (await choose(http, category, province=typed.get("province", ""))).text
    return {
        "step": "send",
        "token": hidden(page, "token"),
        "category": category,
        "ward": "99/99001",
        "text": "Mất xe máy trong hẻm lúc hai giờ sáng.",
        "identity": "protected",
        **typed,
    }


async def send(http: httpx.AsyncClient, typed: dict[str, str]) -> httpx.Response:
    return await http.post("/report", data=typed)


def code_on(receipt: httpx.Response) -> str:
    """The passphrase as it is printed."""
    assert receipt.status_code == 200, receipt.text
    words = CODE.findall(receipt.text)
    assert len(words) == 9, receipt.text
    return " ".join(words)


def faults(page: str) -> dict[str, str]:
    """What is said beside each field."""
    found = re.findall(r'<p class="fault" id="([a-z_]+)-fault">([^<]*)</p>', page)
    return {field: html.unescape(sentence) for field, sentence in found}


def values(page: str) -> dict[str, Any]:
    """What the fields of a page hold."""
    typed = re.findall(r'<input id="([a-z_]+)" [^>]*value="([^"]*)"', page)
    texts = re.findall(r'<textarea id="([a-z_]+)"[^>]*>([^<]*)</textarea>', page)
    return {name: html.unescape(value) for name, value in [*typed, *texts]}
