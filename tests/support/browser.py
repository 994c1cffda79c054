"""Pages in a real browser: the system's Chromium, one for the run, and what every page is held to in it.

Tests that use it run on the session's event loop (`pytestmark = IN_BROWSER`), which the browser belongs to.
"""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, Final, Literal

import pytest
import pytest_asyncio
import uvicorn
from axe_playwright_python.async_playwright import Axe
from fastapi import FastAPI
from playwright.async_api import Browser, Page, async_playwright

IN_BROWSER: Final = pytest.mark.asyncio(loop_scope="session")
PHONE, DESKTOP = 360, 1280
SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
_HEIGHT: Final = 800
_FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_FOCUSED: Final = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect(), style = getComputedStyle(one);
  return {
    name: one.tagName + ' ' + (one.id || one.className || one.textContent.trim()),
    skip: one.matches('.skip'),
    body: one === document.body,
    outlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    across: box.width > 0 && box.left >= 0 && box.right <= innerWidth,
    down: box.bottom > 0 && box.top < innerHeight,
  };
}"""


def chromium() -> str | None:
    """The browser of this machine, or None."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One headless Chromium for the whole run."""
    found = chromium()
    if found is None:
        pytest.skip("pages are looked at in Chromium: install it, or name it in CHROMIUM")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=found, args=list(_FLAGS))
        yield started
        await started.close()


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Any:
        """Signals are the test runner's."""
        yield


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """`app`, whose lifespan runs already, on a port of its own; gives its address."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        server = _Server(uvicorn.Config(app, lifespan="off", log_config=None, timeout_graceful_shutdown=1))
        running = asyncio.create_task(server.serve(sockets=[door]))
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            server.should_exit = True
            with suppress(asyncio.CancelledError):
                await running


@asynccontextmanager
async def opened(browser: Browser, address: str, **options: Any) -> AsyncIterator[Page]:
    """The page at `address` in a tab of its own. A script's fault or a breach of the page's policy fails."""
    context = await browser.new_context(viewport={"width": DESKTOP, "height": _HEIGHT}, **options)
    page, faults = await context.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Security Policy" in said.text else None)
    try:
        await page.goto(address)
        yield page
        assert faults == []
    finally:
        await context.close()


async def assert_fit_for_all(page: Page) -> None:
    """On a phone and a desk, by day and by night: no grave fault by axe's rules, nothing beyond the edge."""
    for width in (PHONE, DESKTOP):
        await page.set_viewport_size({"width": width, "height": _HEIGHT})
        beyond = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert beyond <= 0, f"at {width} px the page scrolls sideways by {beyond} px"
        for scheme in SCHEMES:
            await page.emulate_media(color_scheme=scheme)
            # Only colours differ between the schemes.
            rules = {} if scheme == "light" else {"runOnly": ["cat.color"]}
            options = {"resultTypes": ["violations"], **rules}
            found = (await Axe().run(page, options=options)).response["violations"]
            grave = [
                f"{one['id']}: {one['help']}: {node['target']} {node.get('failureSummary', '')}"
                for one in found
                if one["impact"] in ("serious", "critical")
                for node in one["nodes"]
            ]
            assert grave == [], f"at {width} px, {scheme}"
    await page.emulate_media(color_scheme="no-preference")


async def assert_usable_by_keyboard(page: Page) -> None:
    """The first stop leads past the head of the page, and at every stop one sees where one is."""
    await page.evaluate("document.body.tabIndex = -1; document.body.focus()")
    await page.keyboard.press("Tab")
    first = await page.evaluate(_FOCUSED)
    assert first["skip"], f"the first stop is {first['name']}"
    stops = 0
    while not (stop := await page.evaluate(_FOCUSED))["body"]:
        seen = stop["outlined"] and stop["across"] and stop["down"]
        assert seen, f"the focus is not to be seen on {stop['name']}"
        stops += 1
        assert stops < 200, "the focus never leaves the page"
        await page.keyboard.press("Tab")
    await page.evaluate("document.querySelector('.skip').focus()")
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "main"
