"""The parts: what they say, what they refuse to let through, and how the page of all parts stands up in a browser."""

import gzip
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template, engines
from django.test import RequestFactory
from playwright.sync_api import Browser, Page, Route, expect

from upturn.web.middleware import ContentSecurityPolicy
from upturn.web.templatetags import parts
from upturn.web.views.parts import SHELL, gallery

SITE = "https://parts.test"


def rendered(source: str, **context: object) -> str:
    return Template("{% load parts %}" + source).render(Context(context))


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def moment(hour: int, minute: int) -> datetime:
    return datetime(2026, 6, 30, hour, minute, tzinfo=UTC)


# Words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (date(2026, 6, 30), '<time datetime="2026-06-30">30 June 2026</time>'),
        ("2026-06-30", '<time datetime="2026-06-30">30 June 2026</time>'),
        (moment(0, 5), '<time datetime="2026-06-30T00:05+00:00">30 June 2026, 12:05 am</time>'),
        (moment(12, 0), '<time datetime="2026-06-30T12:00+00:00">30 June 2026, 12:00 pm</time>'),
        (moment(16, 20), '<time datetime="2026-06-30T16:20+00:00">30 June 2026, 4:20 pm</time>'),
        (None, "not set"),
    ],
)
def test_a_date_reads_the_same_everywhere(value: object, said: str) -> None:
    assert rendered("{% date value %}", value=value) == said


@pytest.mark.parametrize(
    ("status", "tone"),
    [
        ("Due tomorrow", "soon"),
        ("Talk soon", "soon"),
        ("In progress", "status"),
        ("Completed", "done"),
        ("Cannot start yet", "quiet"),
    ],
)
def test_a_status_has_the_tone_of_its_word(status: str, tone: str) -> None:
    assert rendered("{% tag status %}", status=status) == f'<strong class="tag {tone}">{status}</strong>'


def test_a_status_may_bring_its_own_tone_and_is_escaped() -> None:
    assert (
        rendered("{% tag status %}", status={"label": "<b>", "tone": "soon"})
        == '<strong class="tag soon">&lt;b&gt;</strong>'
    )


@pytest.mark.parametrize(
    ("roles", "said"),
    [
        (["you"], "Who sees this: you ."),
        (["you", "Dana Brooks", "HR"], "Who sees this: you, Dana Brooks and HR ."),
        ("everybody on the plan", "Who sees this: everybody on the plan ."),
    ],
)
def test_the_audience_is_written_as_a_sentence(roles: object, said: str) -> None:
    assert text_of(rendered("{% who_sees roles %}", roles=roles)).replace(" .", ".") == said.replace(" .", ".")


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="#" hx-post="/give-up" hx-trigger="load">x</a>',
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "<style>*{display:none}</style>",
        "![x](https://example.org/spy.png)",
        "<!-- x --><svg onload=alert(1)>",
    ],
)
def test_nothing_a_person_writes_becomes_markup_that_acts(hostile: str) -> None:
    html = parts.markdown(hostile)
    assert re.findall(r"<(?!/?(?:p|br|a)\b)", html) == []
    assert re.findall(r"<[^>]*(?:hx-|on\w+=|javascript:|data:|src=)", html) == []


@pytest.mark.parametrize(
    "words",
    [
        "# 1 reason",
        "2025. It was a hard year",
        r"C:\_reports\new",
        "&amp; is five characters",
        "[a]: /b",
        "***",
        "a\n---\nb",
        "    four spaces",
    ],
)
def test_no_character_of_what_a_person_wrote_is_lost(words: str) -> None:
    html = parts.markdown(words)
    shown = text_of(html.replace('<ol start="2025">', "2025. ")).replace("&amp;", "&")
    assert re.sub(r"\s+", "", shown) == re.sub(r"\s+", "", words)


def test_words_keep_their_paragraphs_lines_lists_and_emphasis() -> None:
    assert parts.markdown("one\ntwo\n\n- *a*\n- **b**") == (
        "<p>one<br>\ntwo</p>\n<ul>\n<li><em>a</em></li>\n<li><strong>b</strong></li>\n</ul>\n"
    )


def test_links_in_words_open_but_vouch_for_nothing() -> None:
    assert parts.markdown("<https://example.org>") == (
        '<p><a href="https://example.org" rel="nofollow noopener noreferrer">https://example.org</a></p>\n'
    )


# Fields -----------------------------------------------------------------------------------------------------------


class Form(forms.Form):
    goal = forms.CharField(label="The goal", help_text="What others can see", max_length=5, widget=forms.Textarea)
    count = forms.IntegerField(label="How many?", min_value=1, max_value=9)
    share = forms.DecimalField(label="Which share?", required=False)
    due = forms.DateField(label="By when?", input_formats=parts.DATE_INPUT_FORMATS)
    mail = forms.EmailField(label="E-mail", required=False)
    meaning = forms.ChoiceField(
        label="Meaning", choices=[("a", "I agree"), ("b", "I received it")], widget=forms.RadioSelect
    )
    read = forms.BooleanField(label="I have read it")


def field(name: str, data: dict[str, str] | None = None) -> str:
    return rendered("{% field bound %}", bound=Form(data)[name])


def control(html: str) -> dict[str, str]:
    (found,) = re.findall(r"<(?:input|textarea|select)\b([^>]*)>", html)
    return dict(re.findall(r'([\w-]+)(?:="([^"]*)")?', found))


def test_the_browser_neither_cuts_nor_blocks_what_a_person_types() -> None:
    checks = {"required", "maxlength", "min", "max", "step", "pattern"}
    assert [control(field(name)).keys() & checks for name in ("goal", "count", "share", "due", "mail", "read")] == [
        set()
    ] * 6


def test_numbers_and_addresses_are_typed_in_plain_boxes_with_the_right_keyboard() -> None:
    kinds = [(control(field(name))["type"], control(field(name))["inputmode"]) for name in ("count", "share", "mail")]
    assert kinds == [("text", "numeric"), ("text", "decimal"), ("text", "email")]


def test_hint_and_error_are_read_with_the_control() -> None:
    html = field("goal", {})
    assert control(html)["aria-describedby"] == "id_goal-hint id_goal-error"
    assert control(html)["aria-invalid"] == "true"
    assert [f'id="{each}"' in html for each in ("id_goal-hint", "id_goal-error")] == [True, True]


def test_a_bare_required_becomes_a_sentence_that_names_the_field() -> None:
    assert "Answer “The goal”" in field("goal", {})


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("2026-06-30", "date"), ("30 June 2026", "text"), ("next week", "text"), ("2026-02-31", "text")],
)
def test_a_date_is_typed_or_picked_and_what_was_typed_always_comes_back(typed: str, shown: str) -> None:
    box = control(field("due", {"due": typed}))
    assert (box["type"], box["value"]) == (shown, typed)


@pytest.mark.parametrize("typed", ["2026-06-30", "30 June 2026", "June 30, 2026", "30 Jun 2026"])
def test_a_date_is_read_however_its_month_is_written(typed: str) -> None:
    assert Form({"due": typed})["due"].field.clean(typed) == date(2026, 6, 30)


def test_a_date_that_could_be_two_days_is_not_guessed() -> None:
    with pytest.raises(forms.ValidationError):
        Form()["due"].field.clean("6/7/2026")


def test_a_choice_is_a_fieldset_whose_legend_asks_and_whose_error_it_carries() -> None:
    html = field("meaning", {})
    assert '<fieldset class="field" id="id_meaning" aria-describedby="id_meaning-error">' in html
    assert "<legend>Meaning</legend>" in html
    assert re.findall(r'<label for="([^"]+)">', html) == ["id_meaning_0", "id_meaning_1"]


def test_the_audience_stands_at_the_box() -> None:
    html = rendered("{% field bound who='you and HR' %}", bound=Form()["goal"])
    assert text_of(html).endswith("Who sees this: you and HR.")


def test_the_error_summary_links_to_every_control_it_names() -> None:
    form = Form({"count": "twelve"})
    html = rendered("{% error_summary form %}{% for bound in form %}{% field bound %}{% endfor %}", form=form)
    anchors = re.findall(r'<a href="#([^"]+)">', html)
    assert anchors == ["id_goal", "id_count", "id_due", "id_meaning_0", "id_read"]
    assert [anchor for anchor in anchors if f'id="{anchor}"' not in html] == []


def test_the_error_summary_takes_formsets_pairs_and_sentences_and_is_absent_without_problems() -> None:
    rows = forms.formset_factory(Form)({"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-count": "x"})
    html = rendered("{% error_summary rows pairs %}", rows=rows, pairs=[("there", "Mend this"), "Whole page"])
    assert re.findall(r'<a href="#([^"]+)">', html)[-1] == "there"
    assert "id_form-0-count" in html
    assert rendered("{% error_summary form %}", form=Form()).strip() == ""


def test_enter_in_a_repeating_table_saves_and_moves_no_row() -> None:
    block = {
        "name": "a",
        "rows": [{"legend": "One", "name": "a-0"}, {"legend": "Two", "name": "a-1"}],
        "add_label": "Add",
    }
    html = rendered("{% repeating_rows rows %}", rows=block)
    assert re.findall(r'<button[^>]*?(?:name="row" value="([^"]*)")?>', html) == [
        "",
        "down:a-0",
        "remove:a-0",
        "up:a-1",
        "remove:a-1",
        "add:a",
    ]


# Headers ----------------------------------------------------------------------------------------------------------


def answer(view: Callable[[HttpRequest], HttpResponse], path: str = "/parts/") -> HttpResponse:
    """A view's response behind the middleware, without the rest of the site."""
    request = RequestFactory().get(path)
    request.user = AnonymousUser()  # context processors ask for it
    return ContentSecurityPolicy(view)(request)


def test_every_page_carries_a_policy_that_allows_no_foreign_or_inline_code() -> None:
    response = answer(gallery)
    assert response["Content-Security-Policy"].split("; ") == [
        "default-src 'none'",
        f"script-src 'self' 'nonce-{nonce_of(response)}'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types htmx",
    ]
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "camera=()" in response["Permissions-Policy"]


def nonce_of(response: HttpResponse) -> str:
    (nonce,) = re.findall(r"'nonce-([^']+)'", response["Content-Security-Policy"])
    return nonce


def test_a_nonce_is_used_once_and_every_script_carries_it() -> None:
    first, second = answer(gallery), answer(gallery)
    assert nonce_of(first) != nonce_of(second)
    assert set(re.findall(r'<script[^>]* nonce="([^"]+)"', first.content.decode())) == {nonce_of(first)}


def test_what_depends_on_a_cookie_is_kept_by_no_cache() -> None:
    own = answer(lambda request: HttpResponse("mine", headers={"Vary": "Cookie"}))
    assert own["Cache-Control"] == "private, no-store"
    assert "Cache-Control" not in answer(lambda request: HttpResponse("everybody's"))


def test_a_view_may_set_a_stricter_policy() -> None:
    strict = answer(lambda request: HttpResponse("file", headers={"Content-Security-Policy": "sandbox"}))
    assert strict["Content-Security-Policy"] == "sandbox"


def test_no_page_has_inline_styles_or_scripts() -> None:
    class Reader(HTMLParser):
        inline: list[str] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            names = [name for name, _ in attrs]
            if tag == "style" or (tag == "script" and "src" not in names):
                self.inline.append(tag)
            self.inline += [name for name in names if name == "style" or name.startswith("on")]

    Reader().feed(answer(gallery).content.decode())
    assert Reader.inline == []


def test_a_first_visit_weighs_less_than_thirty_kilobytes() -> None:
    html = answer(gallery).content
    static = [parts_file(path) for path in re.findall(rb'(?:src|href)="/static/([^"?]+)', html)]
    assert len(static) == 3
    assert sum(len(gzip.compress(each)) for each in [html, *static]) < 30 * 1024
    assert len(parts_file(b"upturn/app.css")) < 20 * 1024


def parts_file(path: bytes | str) -> bytes:
    found = finders.find(path.decode() if isinstance(path, bytes) else path)
    assert isinstance(found, str)
    return Path(found).read_bytes()


# In a browser -----------------------------------------------------------------------------------------------------


NONCE = 'hx-nonce="{{ request.csp_nonce }}"'
FETCH = 'hx-get="/fragment/" hx-target="#place"'
LIVE = f"""{{% extends "base.html" %}}{{% block title %}}Live{{% endblock %}}{{% block content %}}<h1>Live</h1>
<button id="ours" {FETCH} {NONCE}>Ours</button>
<button id="theirs" {FETCH}>Theirs</button>
<button id="guessed" {FETCH} hx-nonce="guessed">Guessed</button>
<div id="place">untouched</div>{{% endblock %}}"""
FRAGMENT = f"""<b>swapped</b><button id="inner" hx-get="/second/" hx-target="#place" {NONCE}>Inner</button>
<script nonce="{{{{ request.csp_nonce }}}}">document.title = "stolen"</script>"""
DRAFT = f"""{{% extends "base.html" %}}{{% block title %}}Draft{{% endblock %}}{{% block content %}}<h1>Draft</h1>
<form method="post" data-autosave="/saved/" hx-post="/saved/" hx-trigger="input delay:10ms from:this"
 hx-target="#autosave" hx-swap="outerHTML" hx-sync="this:replace" {NONCE}><label>Words <input name="words"></label>
{{% include "parts/autosave.html" with saved_at=None only %}}</form>{{% endblock %}}"""
SAVED = """{% include "parts/autosave.html" with saved_at=shell.now only %}"""


def page_of(source: str) -> Callable[[HttpRequest], HttpResponse]:
    return lambda request: HttpResponse(engines["django"].from_string(source).render({"shell": SHELL}, request))


VIEWS: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "/parts/": gallery,
    "/live/": page_of(LIVE),
    "/fragment/": page_of(FRAGMENT),
    "/second/": page_of("second"),
    "/draft/": page_of(DRAFT),
    "/saved/": page_of(SAVED),
}


def serve(route: Route) -> None:
    """Answers the browser from this process: no port, no database."""
    path = route.request.url.removeprefix(SITE).split("#")[0]
    if path.startswith("/static/"):
        kind = "text/css" if ".css" in path else "text/javascript"
        route.fulfill(body=parts_file(path.removeprefix("/static/").split("?")[0]), headers={"content-type": kind})
        return
    response = answer(VIEWS[path.split("?")[0]], path)
    route.fulfill(status=response.status_code, body=response.content, headers=dict(response.headers))


@pytest.fixture
def show(browser: Browser) -> Iterator[Callable[..., Page]]:
    """A page of VIEWS; whatever it complains of on its console fails the test."""
    contexts, complaints = [], []

    def make(path: str = "/parts/", *, width: int = 1280, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda said: complaints.extend([said.text] if said.type in ("error", "warning") else []))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.route(SITE + "/**", serve)
        page.goto(SITE + path)
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.mark.parametrize("path", ["/parts/", "/parts/?errors"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_every_part_in_every_state_is_open_to_everybody(
    show: Callable[..., Page], axe: Callable[..., list[str]], width: int, scheme: str, path: str
) -> None:
    assert axe(show(path, width=width, color_scheme=scheme)) == []


@pytest.mark.parametrize(
    ("width", "text", "options"),
    [(320, 100, {}), (640, 200, {}), (1280, 200, {}), (320, 100, {"forced_colors": "active"})],
)
def test_no_part_makes_the_page_scroll_sideways(
    show: Callable[..., Page], width: int, text: int, options: dict[str, str]
) -> None:
    page = show("/parts/?errors", width=width, **options)
    page.evaluate("size => document.documentElement.style.fontSize = size + '%'", text)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    outside = (
        "[...document.querySelectorAll('main *')].filter(each => each.getBoundingClientRect().right > innerWidth + 1)"
    )
    assert page.evaluate(f"{outside}.filter(each => !each.closest('.unseen, thead')).map(each => each.outerHTML)") == []


def test_words_in_a_chart_are_at_least_twelve_pixels_on_a_small_screen(show: Callable[..., Page]) -> None:
    size = "parseFloat(getComputedStyle(each).fontSize) * each.getScreenCTM().a"
    heights = f"[...document.querySelectorAll('svg text')].map(each => {size})"
    assert min(show(width=320).evaluate(heights)) >= 12


def test_words_in_a_chart_stay_on_the_screen(show: Callable[..., Page]) -> None:
    edges = (
        "[...document.querySelectorAll('svg text')].map(t => t.getBoundingClientRect()).flatMap(b => [b.left, b.right])"
    )
    found = show(width=320).evaluate(edges)
    assert (min(found) >= 0, max(found) <= 320) == (True, True)


def test_everything_one_presses_is_large_enough_for_a_thumb(show: Callable[..., Page]) -> None:
    boxes = "select, textarea, input:not([type=radio], [type=checkbox])"
    pressed = f".button, .plain, nav a, .back, summary, .choice label, {boxes}"
    heights = """pressed => [...document.querySelectorAll(pressed)]
      .map(each => [each.outerHTML, each.getBoundingClientRect().height])
      .filter(([, height]) => height > 1 && height < 44)"""
    assert show(width=320).evaluate(heights, pressed) == []


def test_a_page_with_errors_begins_at_its_summary_and_says_so_in_its_title(show: Callable[..., Page]) -> None:
    page = show("/parts/?errors")
    assert page.evaluate("document.activeElement.id") == "error-summary"
    assert page.title() == "Error: Parts – Upturn"
    page.get_by_role("link", name="Choose what your signature means").click()
    assert page.evaluate("document.activeElement.id") == "id_meaning_0"


def test_the_first_press_of_tab_offers_to_skip_to_the_content(show: Callable[..., Page]) -> None:
    page = show()
    page.keyboard.press("Tab")
    assert page.evaluate(
        "[document.activeElement.textContent, document.activeElement.getBoundingClientRect().top >= 0]"
    ) == [
        "Skip to the content",
        True,
    ]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_whole_row_of_a_task_is_its_link(show: Callable[..., Page]) -> None:
    page = show()
    row = page.locator(".task").first.bounding_box()
    assert row is not None
    assert (
        page.evaluate(
            "([x, y]) => document.elementFromPoint(x, y).closest('a')?.hash",
            [row["x"] + row["width"] / 2, row["y"] + row["height"] / 2],
        )
        == "#sign"
    )


def test_print_leaves_out_what_cannot_be_pressed_on_paper_and_opens_what_is_folded(show: Callable[..., Page]) -> None:
    page = show()
    page.emulate_media(media="print")
    shown = "each => each.checkVisibility({contentVisibilityAuto: true})"
    seen = f"selector => [...document.querySelectorAll(selector)].filter({shown}).length"
    gone = [".site-header", "main .button", ".plain", ".skip", ".back", ".filters", ".pages", ".guidance", "summary"]
    assert [page.evaluate(seen, each) for each in gone] == [0] * len(gone)
    assert page.evaluate(seen, "details td") == page.evaluate("document.querySelectorAll('details td').length") > 0
    assert page.locator(".only-print").inner_text() == (
        "Upturn, Lakeside Peer Network. The page as Priya Shah saw it on 22 November 2026, 4:20 pm."
    )


def test_htmx_acts_on_our_elements_and_on_those_in_our_fragments(show: Callable[..., Page]) -> None:
    page = show("/live/")
    page.click("#ours")
    expect(page.locator("#place b")).to_have_text("swapped")
    assert page.title() == "Live – Upturn"  # a script in a fragment never runs
    page.click("#inner")
    expect(page.locator("#place")).to_have_text("second")


@pytest.mark.parametrize("stranger", ["#theirs", "#guessed"])
def test_an_htmx_element_without_the_nonce_is_inert(show: Callable[..., Page], stranger: str) -> None:
    page = show("/live/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.click(stranger)
    page.wait_for_timeout(200)
    assert (asked, page.inner_text("#place")) == ([], "untouched")


def test_a_draft_says_when_it_was_saved(show: Callable[..., Page]) -> None:
    page = show("/draft/")
    page.fill("input[name=words]", "half a thought")
    expect(page.locator("#autosave")).to_contain_text("Draft saved, 22 November 2026")


def test_a_draft_that_cannot_be_saved_says_so_and_keeps_the_words(browser: Browser) -> None:
    page = browser.new_page()
    page.route(SITE + "/**", lambda route: route.abort() if "/saved/" in route.request.url else serve(route))
    page.goto(SITE + "/draft/")
    page.fill("input[name=words]", "half a thought")
    expect(page.locator("#autosave")).to_contain_text("Not saved")
    assert page.input_value("input[name=words]") == "half a thought"
    page.close()


def test_without_script_every_part_is_there(show: Callable[..., Page]) -> None:
    page = show(java_script_enabled=False)
    assert page.get_by_role("heading", name="What has happened").is_visible()
    assert page.get_by_role("button", name="Save and continue").is_visible()
