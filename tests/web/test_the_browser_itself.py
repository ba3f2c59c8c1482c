"""The tools of the browser tests can fail: otherwise their silence would say nothing."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

GOOD = '<html lang="en"><title>A plan</title><main><h1>A plan</h1><p>Calm.</p></main>'


@pytest.fixture
def blank(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def test_axe_finds_nothing_wrong_on_a_plain_page(blank: Page, axe: Callable[..., list[str]]) -> None:
    blank.set_content(GOOD)
    assert axe(blank) == []


def test_axe_names_an_image_without_words_and_a_field_without_a_label(
    blank: Page, axe: Callable[..., list[str]]
) -> None:
    blank.set_content(GOOD.replace("<p>", "<img src='x.png'><input><p>"))
    assert [line.split(":")[0] for line in axe(blank)] == ["image-alt", "label"]


def test_axe_finds_text_too_pale_to_read(blank: Page, axe: Callable[..., list[str]]) -> None:
    blank.set_content(GOOD.replace("<p>", "<p style='color:#bbb'>"))
    assert [line.split(":")[0] for line in axe(blank)] == ["color-contrast"]
