"""The wording checker beside the box: advice while somebody writes, on the page and after “Check this section”."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Page, expect

from tests.core.small import case_of, small
from tests.web.doing import Network, client_of, network, sections, signed_in
from tests.web.on_screen import text_of
from upturn.core.commands import Answer, Move
from upturn.web.views.acting.advice import start_guidance

pytestmark = pytest.mark.django_db

JUDGED = "“What led to this plan”: “lazy” judges the person: what was done or said, and when?"
WHAT = "a-steps-0-what"


@pytest.fixture
def net() -> Network:
    made = network()
    made.told()
    return made


def panel(response: Any) -> str:
    """What stands in the guidance panel, as people read it."""
    html = response.content.decode()
    return text_of(html.partition('id="guidance"')[2] or html.partition("#guidance")[2])


def step(net: Network, **more: str) -> dict[str, str]:
    """The boxes of one improvement step."""
    first = sections(net.now)["improvement_steps"]["steps"][0] | more
    given = {k: str(v) for k, v in first.items() if not isinstance(v, list)}
    return {"a-steps-0-_id": "r1", **{f"a-steps-0-{k}": v for k, v in given.items()}, "a-steps-rows": "1"}


def test_a_word_about_character_is_advised_on_while_it_stands_there_and_no_longer(net: Network) -> None:
    client, url = client_of(net.mara), net.address("write/situation/draft/")
    saved = client.post(url, {"a-led_to": "In October I was lazy.", "expected": "0"})
    assert saved.status_code == 200
    assert f"{JUDGED} Tell what was done or said, when, and what it led to." in panel(saved)
    mended = client.post(url, {"a-led_to": "In October I closed none of three recommendations.", "expected": "0"})
    assert "judges the person" not in panel(mended)


def test_advice_is_no_error_and_keeps_nobody_from_sharing(net: Network) -> None:
    client, url = client_of(net.mara), net.address("write/situation/")
    words = {"a-led_to": "In October I was lazy.", "a-why_change": "The group relies on it.", "expected": "99"}
    page = client.post(url, words | {"press": "check"}, follow=True)
    assert JUDGED in panel(page)
    assert 'id="error-summary"' not in page.content.decode()
    assert client.post(url, words | {"press": "share"}).status_code == 302
    assert net.seen().plan.sections["situation"].answers["led_to"] == "In October I was lazy."


def test_check_this_section_shows_the_advice_without_script(net: Network) -> None:
    client, url = client_of(net.mara), net.address("write/situation/")
    checked = client.post(url, {"a-led_to": "In October I was lazy.", "expected": "0", "press": "check"})
    assert (checked.status_code, checked.headers["Location"]) == (302, f"{url}#guidance")
    assert JUDGED in panel(client.get(url))


def test_what_people_wrote_is_quoted_and_never_run(net: Network) -> None:
    client, url = client_of(net.mara), net.address("write/improvement_steps/draft/")
    hostile = "<img src=x onerror=alert(1)> by the lazy <b>member</b>"
    html = client.post(url, step(net, what=hostile) | {"expected": "0"}).content.decode()
    assert "“lazy” judges the person" in unescape(html)
    assert "<img" not in html
    assert "<b>member" not in html


def test_a_goal_is_read_out_as_a_stranger_reads_it(net: Network) -> None:
    client, url = client_of(net.mara), net.address("write/improvement_steps/draft/")
    given = step(net, what="Close the open recommendations", when="2030-01-29", source="", judge="")
    read = panel(client.post(url, given | {"expected": "0"}))
    assert (
        "As a stranger reads it Step 1: By 29 January 2030, close the open recommendations (recommendations closed: at "
        "least 2 recommendations). Where it can be checked is not said. Nobody is named who decides."
    ) in read
    assert "Step 1 lacks" not in read


def test_only_a_handful_is_said_at_once_and_fairness_first(net: Network) -> None:
    client, url = client_of(net.mara), net.address("write/situation/draft/")
    words = "I was lazy, rude, careless, sloppy, arrogant and abrasive. It was noticed that doors were left open."
    said = panel(client.post(url, {"a-led_to": words, "expected": "0"}))
    assert said.count("“What led to this plan”") == 5
    assert said.index("who saw it, when") < said.index("judges the person")


def test_the_step_to_signing_asks_for_a_reason_where_such_words_stand_and_keeps_it(net: Network) -> None:
    words = sections(net.now)
    words["situation"]["led_to"] = "In October I was lazy."
    net.do("mara", *(Answer(section=s, answers=a) for s, a in words.items()), Move(move="submit"))
    client, url = client_of(net.finn), net.address("do/finish/")
    assert JUDGED in text_of(client.get(url).content.decode())
    net.do("finn", Move(move="finish", reasons={"wording_clear": "Mara's own word, and she keeps it."}))
    (kept,) = net.seen().plan.made("finish")[0].warnings
    assert (kept["rule"], kept["reason"]) == ("wording_clear", "Mara's own word, and she keeps it.")


# The plan as a whole --------------------------------------------------------------------------------------------------


def steps(net: Network, *rows: dict[str, str]) -> dict[str, str]:
    """The boxes of several improvement steps."""
    boxes = {"a-steps-rows": " ".join(f"r{n}" for n in range(1, len(rows) + 1)), "expected": "0"}
    for n, row in enumerate(rows):
        boxes |= {k.replace("steps-0-", f"steps-{n}-"): v for k, v in step(net, **row).items() if "-0-" in k}
        boxes[f"a-steps-{n}-_id"] = f"r{n + 1}"
    return boxes


def advised(net: Network, *rows: dict[str, str]) -> str:
    url = net.address("write/improvement_steps/draft/")
    return panel(client_of(net.mara).post(url, steps(net, *rows)))


def test_what_a_goal_lacks_in_the_plan_is_told_once_for_all_goals_that_lack_it(net: Network) -> None:
    bare = {"baseline": ""}
    said = advised(net, bare, {}, bare)
    assert (
        said.count(
            "Step 1, “Does what”; Step 3, “Does what”: this goal does not say where it stands now: what is the figure "
            "today? Fill in where it stands now, with the same source that will be asked at the end."
        )
        == 1
    )
    assert "where it stands now" not in advised(net, {}, {})


def test_what_another_line_says_is_not_said_again_for_the_plan(net: Network) -> None:
    said = advised(net, {"source": "", "judge": "", "when": ""})
    assert "names no source" not in said
    assert "Nobody is named who decides whether" not in said
    assert said.count("Who determines successful completion") == 1
    assert "no day" not in said


def test_too_many_goals_are_told_where_the_goals_are_written(net: Network) -> None:
    ask = "6 goals at once: which 5 matter most now?"
    assert ask in advised(net, *[{}] * 6)
    assert "goals at once" not in advised(net, *[{}] * 5)
    other = client_of(net.mara).post(net.address("write/situation/draft/"), {"a-led_to": "x", "expected": "0"})
    assert "goals at once" not in panel(other)


def test_goals_that_are_all_due_on_the_last_day_are_told_of(net: Network) -> None:
    header = sections(net.now)["header"]
    net.do("mara", Answer(section="header", answers=header))
    last = {"when": header["target_date"]}
    assert "All 2 goals are due on the last day: what can be seen before?" in advised(net, last, last)
    assert "on the last day" not in advised(net, last, {})


def test_help_that_stands_nowhere_is_told_of_and_help_beside_a_goal_is_help(net: Network) -> None:
    none = {"facilitator_help": "", "group_help": ""}
    assert "This plan asks for goals and promises no help" in advised(net, none)
    assert "promises no help" not in advised(net, none, {})


# Where a concern is raised --------------------------------------------------------------------------------------------

BASIS = "/plans/new/evolve-mip/basis/"
LAZY = "On 3 November Mara was lazy."
ON_CONCERN = "“The concern”: “lazy” judges the person: what was done or said, and when?"


def starting(net: Network) -> Any:
    """Finn, about to raise a concern about Mara."""
    client = client_of(net.finn)
    client.post("/plans/new/evolve-mip/", {"subject": str(net.mara.pk)})
    people = {"facilitator": "Finn Alder", "group": str(net.group.pk), "opened_for": str(net.mara.pk)}
    client.post("/plans/new/evolve-mip/people/", people)
    return client


def basis(net: Network, concern: str) -> dict[str, str]:
    return {"opened_for": str(net.mara.pk), "a-_asked": "concern", "a-concern": concern}


def test_advice_begins_where_a_concern_is_raised_and_goes_when_the_words_change(net: Network) -> None:
    client = starting(net)
    assert "About the words What could be said so that" in panel(client.get(BASIS))
    saved = client.post(f"{BASIS}?draft=1", basis(net, LAZY))
    assert "Draft saved" in text_of(saved.content.decode())
    assert f"{ON_CONCERN} Tell what was done or said, when, and what it led to." in panel(saved)
    mended = client.post(f"{BASIS}?draft=1", basis(net, "On 3 November Mara left two of three calls early."))
    assert "Nothing to suggest about these words." in panel(mended)


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_advice_on_a_concern_comes_while_one_types_and_shuts_nobody_out(
    net: Network, new_page: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    starting(net)
    page = signed_in(new_page, net.finn)
    page.goto(BASIS)
    assert axe(page) == []
    page.locator("[name=a-concern]").fill(LAZY)
    expect(page.locator("#guidance")).to_contain_text(ON_CONCERN)
    expect(page.locator("#autosave")).to_contain_text("Draft saved")
    for width, scheme in ((1280, "light"), (320, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert axe(page) == [], f"at {width}, {scheme}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"scrolls sideways at {width}"


def test_advice_on_a_concern_stands_there_without_script_and_is_no_error(net: Network) -> None:
    client = starting(net)
    given = basis(net, LAZY) | {"a-identified_on": "2026-02-20", "a-basis_of_concern": "observation"}
    assert client.post(BASIS, given).headers["Location"].endswith("/check/")
    page = client.get(BASIS)
    assert ON_CONCERN in panel(page)
    assert 'id="error-summary"' not in page.content.decode()
    refused = client.post(BASIS, basis(net, LAZY))
    assert (refused.status_code, ON_CONCERN in panel(refused)) == (422, True)
    summary = refused.content.decode().partition('id="error-summary"')[2].partition("</div>")[0]
    assert "judges the person" not in summary


def test_a_concern_in_a_language_that_is_not_read_is_left_alone_in_one_quiet_line(net: Network) -> None:
    french = "Le 3 mars elle a été paresseuse, et elle n'est pas venue aux réunions du groupe."
    saved = starting(net).post(f"{BASIS}?draft=1", basis(net, french))
    html = saved.content.decode().partition("#guidance")[2]
    assert (html.count("<li>"), html.count("<p")) == (0, 1)
    assert '<p class="meta">' in html


def test_what_is_typed_as_a_concern_is_quoted_and_never_run(net: Network) -> None:
    hostile = "<img src=x onerror=alert(1)> On 3 November the lazy <b>member</b> left."
    html = starting(net).post(f"{BASIS}?draft=1", basis(net, hostile)).content.decode()
    assert "“lazy” judges the person" in unescape(html)
    assert "<img" not in html


def test_a_start_that_asks_for_no_text_to_read_has_no_advice_beside_it() -> None:
    program = small("start: {fields: [{id: since, kind: date, title: Since}]}")
    assert start_guidance(program, {}, case_of(program).values, "") is None


@pytest.mark.parametrize(("language", "told"), [("", 1), ("en", 1), ("fr", 0)])
def test_a_concern_is_read_in_the_language_the_plan_is_written_in(language: str, told: int) -> None:
    program = small("start: {fields: [{id: concern, kind: longtext, title: The concern, reads_as: deficiency}]}")
    found = start_guidance(program, {"concern": "On 3 March: lazy."}, case_of(program).values, language)
    assert found is not None
    assert (len(found["advice"]), bool(found["quiet"]), bool(found["unread"])) == (told, bool(told), not told)


def test_a_language_that_is_not_checked_is_said_in_one_quiet_line() -> None:
    html = render_to_string("parts/guidance.html", {"title": "T", "advice": [], "quiet": "", "unread": "Left alone."})
    assert '<p class="meta">Left alone.</p>' in html
