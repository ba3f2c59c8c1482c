"""The wording checker beside the box: advice while somebody writes, on the page and after “Check this section”."""

from html import unescape
from typing import Any

import pytest
from django.template.loader import render_to_string

from tests.web.doing import Network, client_of, network, sections
from tests.web.on_screen import text_of
from upturn.core.commands import Answer, Move

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


def test_a_language_that_is_not_checked_is_said_in_one_quiet_line() -> None:
    html = render_to_string("parts/guidance.html", {"title": "T", "advice": [], "quiet": "", "unread": "Left alone."})
    assert '<p class="meta">Left alone.</p>' in html
