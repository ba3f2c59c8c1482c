"""A real browser: Debian's Chromium through Playwright, and axe-core to find what shuts people out."""

from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.machine import program

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",  # a page that calls out fails
]
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = program("chromium", "chromium-browser", package="chromium", untried="nothing was tried in a browser")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def new_page(browser: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """Make a page on the running site, in a session of its own, whose addresses may begin with a slash.

    Options beside the width are Playwright's: color_scheme="dark", forced_colors="active", java_script_enabled=False,
    locale, timezone_id ... Whatever the page complains of on its console fails the test.
    """
    contexts, complaints = [], []

    def make(*, width: int = 1280, height: int = 900, **options: Any) -> Page:
        size = {"width": width, "height": height}
        context = browser.new_context(base_url=live_server.url, viewport=size, **options)
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("console", lambda message: complaints.extend(complaint(message)))
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def complaint(message: ConsoleMessage) -> list[str]:
    """An error or warning on the console; the browser's own note about a 404 that a test asked for is none."""
    wanted = message.type in ("error", "warning") and not message.text.startswith("Failed to load resource")
    return [f"{message.location.get('url')}: {message.text}"] if wanted else []


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page 1280 pixels wide, light, with scripts."""
    return new_page()


@pytest.fixture(scope="session")
def axe() -> Callable[..., list[str]]:
    """What axe finds wrong on a page, by WCAG 2.0 to 2.2 A and AA and best practice: a line for each element."""

    def find(page: Page, *, without: tuple[str, ...] = ()) -> list[str]:
        page.evaluate(AXE)
        rules = {rule: {"enabled": False} for rule in without}
        options = {"resultTypes": ["violations"], "runOnly": RULES, "rules": rules}
        found = page.evaluate("options => axe.run(document, options)", options)["violations"]
        return [f"{each['id']}: {each['help']}: {node['html'][:200]}" for each in found for node in each["nodes"]]

    return find
